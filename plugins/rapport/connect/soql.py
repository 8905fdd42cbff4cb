"""Protocol `soql`: ask an object for its declared fields, oldest change first, deleted records included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rapport.connect.client import Client, Log
from rapport.connect.held import key_stream, keys_in
from rapport.connect.page import Page
from rapport.connect.paging import Asked
from rapport.connect.progress import Progress
from rapport.connect.reading import page_of, walk
from rapport.connect.records import Record, RecordReader, dig, rows_of, shown
from rapport.connect.rest import Requests, number_at, progress_of
from rapport.declarations import Source, Stream

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = {"Sforce-Query-Options": "batchSize=2000"}


def pages(
    source: Source, stream: Stream, connection: Mapping[str, Any] | None, cursor: Mapping[str, Any] | None, *, log: Log
) -> Iterator[Page]:
    """Yield the pages of one object; see `rapport.connect.pages`.

    A query names its fields, so an undeclared one is never sent; the object's description tells which there are.
    """
    version = _version(source)
    with Client(source, stream, connection, log) as client:
        progress = progress_of(client, stream, cursor)
        reader = RecordReader(stream)
        described = _described(client, stream, version)
        if described is None:
            log(f"{source.name}.{stream.name}: the installation has no object {stream.options['object']}")
            return
        present, undeclared = described
        asked = Asked(f"/services/data/{version}/queryAll", {"q": query(stream, progress, present)})
        said = {"request": {"path": asked.path, "headers": _BATCH}, "records": "records", "paging": _PAGING}
        for rows, _, is_last in walk(Requests(client), said, asked, bool(stream.key)):
            records: list[Record] = [_without_attributes(record) for record in rows]
            progress.see(records)
            state = progress.state(is_last=is_last)
            if records or state is not None:
                page = page_of(reader, records, state)
                yield replace(page, undeclared=page.undeclared + Counter(dict.fromkeys(undeclared, len(records))))


_PAGING = {"type": "next_url", "next": "nextRecordsUrl", "stop": "done"}


def count(source: Source, stream: Stream, connection: Mapping[str, Any] | None, *, log: Log) -> int | None:
    """Return how many records the object holds that are not deleted; None if there is no such object and need not be one."""
    with Client(source, stream, connection, log) as client:
        if stream.options.get("optional") and _described(client, stream, _version(source)) is None:
            return None
        asked = {"q": f"SELECT COUNT() FROM {stream.options['object']}"}
        body = client.json("GET", f"/services/data/{_version(source)}/query", params=asked)
        return number_at(body, "totalSize", client.where)


def keys(source: Source, stream: Stream, connection: Mapping[str, Any] | None, *, log: Log) -> Iterator[pa.Table]:
    """Yield the keys of all records that are not deleted; no other field is asked for."""
    narrow = key_stream(stream)
    yield from keys_in(narrow, pages(source, narrow, connection, None, log=log))


def _version(source: Source) -> str:
    return str(source.connection.options.get("api_version", "v62.0"))


def _without_attributes(record: Record) -> Record:
    """Return the record without what the protocol adds to it."""
    return {name: value for name, value in record.items() if name != "attributes"}


def query(stream: Stream, progress: Progress, present: Container[str]) -> str:
    """Return the statement that asks for what is new; without a cursor, for everything.

    Args:
        stream: the declaration.
        progress: says from when.
        present: fields that the object has; a declared one that it lacks is null, for installations differ.
    """
    names = ", ".join(dict.fromkeys(field.path for field in stream.fields if "." in field.path or field.path in present))
    text = f"SELECT {names} FROM {stream.options['object']}"
    if stream.cursor is None:
        return text
    if (start := progress.start()) is not None:
        text += f" WHERE {stream.cursor.field} >= {start:%Y-%m-%dT%H:%M:%SZ}"
    return f"{text} ORDER BY {stream.cursor.field}, Id"


def _described(client: Client, stream: Stream, version: str) -> tuple[set[str], list[str]] | None:
    """Return the names of the object's fields, and those of them that nobody declared; None if an optional object is not there."""
    path = f"/services/data/{version}/sobjects/{stream.options['object']}/describe"
    answer = client.ask("GET", path, end_status={404} if stream.options.get("optional") else ())
    if answer is None:
        return None
    body = answer.body
    present = [str(field.get("name")) for field in rows_of(dig(body, "fields"))]
    known = {field.path for field in stream.fields} | set(stream.ignored)
    return set(present), [shown(name) for name in present if name not in known]
