"""Protocol `export_job`: start an export, ask until it is done, download its file. Streams without `export` are read as `rest`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rapport.connect import rest
from rapport.connect.bodies import body_reader
from rapport.connect.client import Client, Log
from rapport.connect.errors import ConnectError
from rapport.connect.page import Page
from rapport.connect.paging import Asked
from rapport.connect.reading import items_of, names_of, page_of, records_in, shaped, translations
from rapport.connect.records import PARENT, Record, RecordReader, dig
from rapport.connect.templates import filled_path
from rapport.declarations import Source, Stream

LONGEST_JOB = 1800.0  # seconds that one export may take
ROWS = 20_000  # of a page

count = rest.count


def pages(
    source: Source, stream: Stream, connection: Mapping[str, Any] | None, cursor: Mapping[str, Any] | None, *, log: Log
) -> Iterator[Page]:
    """Yield the pages of an export, one job for each item of `each`; see `rapport.connect.pages`."""
    if "export" not in stream.options:
        yield from rest.pages(source, stream, connection, cursor, log=log)
        return
    with Client(source, stream, connection, log) as client:
        asker, progress = rest.Requests(client), rest.progress_of(client, stream, cursor)
        names = {**client.names, **names_of(stream, progress, client.where)}
        reader = RecordReader(stream, "explode" in stream.options, translations(asker, stream, names))
        read = body_reader({"archive": "zip", **stream.options}, client.where)
        since = {} if progress.is_of_list else progress.params()  # the same for all items: the newest answer of one is not that of another
        items: Iterator[tuple[Record, dict[str, str]]] = iter([({}, {})])
        if "each" in stream.options:
            items = items_of(asker, stream, progress, names)
        for item, named in items:
            found = _export(client, stream, {**names, **named}, since, read)
            rows = shaped(stream, records_in(found, stream.options, client.where), item or None)
            if not progress.is_of_list:
                progress.see(row[PARENT] if "unpivot" in stream.options else row for row in rows)
            for first in range(0, len(rows), ROWS):
                yield page_of(reader, rows[first : first + ROWS], progress.state(is_last=False))
        if (state := progress.state(is_last=True)) is not None:
            yield page_of(reader, [], state)


def _export(client: Client, stream: Stream, names: Mapping[str, Any], since: Mapping[str, Any], read: Callable[[bytes], Any]) -> Any:
    """Run one job to its end and return what its file holds."""
    said = stream.options["export"]
    start = {"json": {}, **said["start"]}
    asked = Asked.of(start, names)
    for name, value in since.items():
        asked = asked.having(name, value)
    body = client.json(start.get("method", "POST"), asked.path, params=asked.params, body=asked.body, headers=start.get("headers"))
    names = {**names, "job": _word(client, body, said["job"])}
    deadline, pause = time.monotonic() + LONGEST_JOB, 0.1
    while True:
        body = client.json("GET", filled_path(said["poll"], names))
        state = dig(body, said.get("status", "status"))
        if state == said["done"]:
            break
        if state in said.get("failed", ()):
            raise ConnectError(
                "job", f"{client.where}: the vendor reports that the export failed: start it again, or see the vendor's page"
            )
        if time.monotonic() > deadline:
            raise ConnectError("job", f"{client.where}: the export was not done after {LONGEST_JOB / 60:.0f} minutes")
        client.pause(pause)
        pause = min(pause * 2, 10.0)
    if "file_id" in said:
        names = {**names, "file": _word(client, body, said["file_id"])}
    answer = client.ask("GET", filled_path(said["file"], names), read=read)
    return answer.body if answer else None


def _word(client: Client, body: Any, path: str) -> str:
    value = dig(body, path)
    if not isinstance(value, str | int):
        raise ConnectError("body", f"{client.where}: the answer holds nothing at {path}")
    return str(value)
