"""What systems that only leave files share: writing CSV, and bringing a folder to what it should hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from sandbox.store import Store

FAR = 1 << 40


def records(store: Store, stream: str) -> Iterator[dict[str, Any]]:
    """Yield all records of a stream, in the order of their last change."""
    for _, _, body in store.page(stream, (-FAR, ""), FAR, FAR):
        yield orjson.loads(body)


def by_month(found: Iterable[dict[str, Any]], field: str, key: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return records by the month (`2026-10`) of one of their dates, sorted by their key."""
    months: dict[str, list[dict[str, Any]]] = {}
    for record in found:
        months.setdefault(record[field][:7], []).append(record)
    return {month: sorted(rows, key=lambda row: [row[name] for name in key]) for month, rows in sorted(months.items())}


def as_csv(rows: Sequence[Mapping[str, Any]], delimiter: str = ",") -> bytes:
    """Return rows as CSV with a line of names; an absent value is an empty field."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def bring(folder: Path, files: Mapping[str, bytes]) -> None:
    """Bring a folder to exactly these files; one that is right already stays untouched, a new one appears all at once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        if str(path.relative_to(folder)) not in files:
            path.unlink()
    for name, content in files.items():
        path = folder / name
        if path.exists() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.new")
        draft.write_bytes(content)
        draft.chmod(0o600)
        draft.replace(path)


def keyed(store: Store, stream: str) -> Iterator[dict[str, Any]]:
    """Yield all records of a stream with their key as `_key`, for files whose lines do not name it."""
    for _, key, body in store.page(stream, (-FAR, ""), FAR, FAR):
        yield orjson.loads(body) | {"_key": key}
