"""Files that people write by hand: a wrong file is set aside whole, a wrong row alone, each with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from rapport.connect.errors import ConnectError
from rapport.connect.page import Page, Reject
from rapport.connect.records import shown
from rapport.declarations import Stream

FILE = "(file)"  # stands for the field where a whole file is set aside
_LINES_NAMED = 5


def header_fault(stream: Stream, header: Iterable[str]) -> str | None:
    """Return what is wrong with a file's columns, or None; only a strict stream minds."""
    if not stream.is_strict:
        return None
    if fault := unknown_names(stream, header):
        return fault
    if missing := [field.path for field in stream.fields if field.required and field.path not in header]:
        return f"required columns are missing: {', '.join(missing)}"
    return None


def unknown_names(stream: Stream, names: Iterable[str]) -> str | None:
    """Return which names of columns nobody declared, with what was probably meant; None if all are known."""
    declared = [field.path for field in stream.fields]
    unknown = [name for name in names if name not in declared and name not in stream.ignored]
    if not unknown:
        return None
    meant = [get_close_matches(name.strip().lower().replace(" ", "_"), declared, n=1) for name in unknown[:3]]
    said = [shown(name) + (f" (is it {close[0]}?)" if close else "") for name, close in zip(unknown, meant, strict=False)]
    more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
    return f"columns that are not known: {', '.join(said)}{more}"


def check_whole(page: Page, where: str) -> None:
    """Raise ConnectError if a quote is opened and never closed: all rows behind it stand in one, and would be set aside as one."""
    for reject in page.rejected:
        torn = str(reject.record.get("line", "")) if reject.field == "(row)" else ""
        if "\n" in torn and torn.count('"') % 2:
            raise ConnectError("file", f"{where}: a quote is opened in line {reject.line} and never closed")


def refused(stream: Stream, file: str, error: ConnectError) -> Page:
    """Return a page that holds nothing but the note that a file was set aside, and why."""
    why = str(error).removeprefix(f"{stream.name}: {file}: ")
    return Page(stream.arrow_schema.empty_table(), remarks=Counter({(FILE, f"{shown(file)}: {why}"): 1}))


def placed(page: Page, file: str) -> Page:
    """Return the page with file and lines in the reasons of what it sets aside; rows with the same fault share one reason."""
    lines: dict[tuple[str, str], list[int]] = {}
    for reject in page.rejected:
        if reject.line is not None:
            lines.setdefault((reject.field, reject.reason), []).append(reject.line)
    reasons = {fault: f"{fault[1]} ({shown(file)}, {_named(sorted(numbers))})" for fault, numbers in lines.items()}

    def told(reject: Reject) -> Reject:
        return replace(reject, reason=reasons.get((reject.field, reject.reason), reject.reason))

    return replace(page, rejected=[told(reject) for reject in page.rejected])


def _named(lines: Sequence[int]) -> str:
    more = f" and {len(lines) - _LINES_NAMED:,} more" if len(lines) > _LINES_NAMED else ""
    return f"{'line' if len(lines) == 1 else 'lines'} {', '.join(map(str, lines[:_LINES_NAMED]))}{more}"
