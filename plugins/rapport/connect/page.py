"""One page of a stream, as the other rooms get it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Reject:
    """A record that does not fit its declaration.

    Attributes:
        key: its key as text, or None if it has none or the key is personal.
        field: the first field that does not fit.
        reason: why, without the value.
        record: the record as served: personal data, to be encrypted before it rests anywhere.
        line: where it stands in its file, from 1; None if it comes from no file.
    """

    key: str | None
    field: str
    reason: str
    record: dict[str, Any]
    line: int | None = None


@dataclass(frozen=True)
class Page:
    """Records of one page.

    Attributes:
        table: cast to `Stream.arrow_schema`, one row a record.
        rejected: records that failed the cast.
        undeclared: undeclared field -> records that carried it.
        fetched: records in the page as served: rows of `table` and `rejected` together.
        cursor: state to resume from once this page is landed; None if there is nothing to remember.
        nul_stripped: values from which NUL characters were taken out.
        remarks: what else goes to the quarantine's ledger, (field, reason) -> rows it concerns; they are not rows of the page.
    """

    table: pa.Table
    rejected: list[Reject] = field(default_factory=list)
    undeclared: Counter[str] = field(default_factory=Counter)
    fetched: int = 0
    cursor: dict[str, Any] | None = None
    nul_stripped: int = 0
    remarks: Counter[tuple[str, str]] = field(default_factory=Counter)


def joined(pages: Sequence[Page]) -> Page:
    """Return the pages, which follow each other, as one: what is remembered is where the last of them leads."""
    if len(pages) == 1:
        return pages[0]
    import pyarrow as pa

    return replace(
        pages[-1],
        table=pa.concat_tables([page.table for page in pages]).combine_chunks(),
        rejected=[reject for page in pages for reject in page.rejected],
        undeclared=sum((page.undeclared for page in pages), Counter()),
        fetched=sum(page.fetched for page in pages),
        cursor=next((page.cursor for page in reversed(pages) if page.cursor is not None), None),
        nul_stripped=sum(page.nul_stripped for page in pages),
        remarks=sum((page.remarks for page in pages), Counter()),
    )
