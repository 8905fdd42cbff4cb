"""One page of a stream, as the other rooms get it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
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
    """

    key: str | None
    field: str
    reason: str
    record: dict[str, Any]


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
    """

    table: pa.Table
    rejected: list[Reject] = field(default_factory=list)
    undeclared: Counter[str] = field(default_factory=Counter)
    fetched: int = 0
    cursor: dict[str, Any] | None = None
    nul_stripped: int = 0
