"""Protocol `export_job`: start an export, ask until it is done, download a zip of JSON. Streams without `export` are read as `rest`."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from rapport.connect import rest
from rapport.connect.client import BODY_LIMIT, Client, Log, parse_json
from rapport.connect.errors import ConnectError
from rapport.connect.page import Page
from rapport.connect.paging import Asked
from rapport.connect.progress import Progress
from rapport.connect.records import PARENT, Record, RecordReader, dig, rows_of
from rapport.declarations import Source, Stream

LONGEST_JOB = 1800.0  # seconds that one export may take
ROWS = 20_000  # of a page


def pages(
    source: Source, stream: Stream, connection: Mapping[str, Any] | None, cursor: Mapping[str, Any] | None, *, log: Log
) -> Iterator[Page]:
    """Yield the pages of an export, one job for each item of `each`; see `rapport.connect.pages`."""
    if "export" not in stream.options:
        yield from rest.pages(source, stream, connection, cursor, log=log)
        return
    with Client(source, stream, connection, log) as client:
        progress = Progress(stream, cursor)
        reader = RecordReader(stream, owner_is_counted="explode" in stream.options)
        since = {} if progress.is_of_list else progress.params()  # the same for all items: the newest answer of one is not that of another
        items: Iterator[tuple[Record, dict[str, str]]] = iter([({}, {})])
        if "each" in stream.options:
            items = rest.items_of(client, stream, progress)
        for item, named in items:
            rows = rest.shaped(stream, rows_of(dig(_export(client, stream, named, since), stream.options.get("records"))), item or None)
            progress.see(row[PARENT] if "unpivot" in stream.options else row for row in rows)
            for first in range(0, len(rows), ROWS):
                yield rest.page_of(reader, rows[first : first + ROWS], progress.state(is_last=False))
        if (state := progress.state(is_last=True)) is not None:
            yield rest.page_of(reader, [], state)


def _export(client: Client, stream: Stream, named: Mapping[str, str], since: Mapping[str, Any]) -> Any:
    """Run one job to its end and return the JSON in its file."""
    said = stream.options["export"]
    start = said["start"]
    body = client.json(start.get("method", "POST"), _filled(start["path"], named), body={**start.get("json", {}), **since})
    names = {**named, "job": _word(client, body, said["job"])}
    deadline, pause = time.monotonic() + LONGEST_JOB, 0.1
    while True:
        body = client.json("GET", _filled(said["poll"], names))
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
        names["file"] = _word(client, body, said["file_id"])
    _, content = client.fetch("GET", _filled(said["file"], names))
    return _unzipped(client, content)


def _unzipped(client: Client, content: bytes) -> Any:
    too_much = f"{client.where}: the export unpacks to more than {BODY_LIMIT >> 20} MiB: export shorter periods"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if sum(member.file_size for member in members) > BODY_LIMIT:
                raise ConnectError(
                    "body", f"{client.where}: the export unpacks to more than {BODY_LIMIT >> 20} MiB: export shorter periods"
                )
            if len(members) != 1:
                raise ConnectError("body", f"{client.where}: the export holds {len(members)} files where one is expected")
            with archive.open(members[0]) as file:
                unpacked = file.read(BODY_LIMIT + 1)  # the size in the archive's index may lie
        if len(unpacked) > BODY_LIMIT:
            raise ConnectError("body", too_much)
        return parse_json(unpacked)
    except (zipfile.BadZipFile, zlib.error, ValueError, RecursionError):
        raise ConnectError("body", f"{client.where}: the export is not a zip of one JSON file: ask for `format: json`") from None


def _word(client: Client, body: Any, path: str) -> str:
    value = dig(body, path)
    if not isinstance(value, str | int):
        raise ConnectError("body", f"{client.where}: the answer holds nothing at {path}")
    return str(value)


def _filled(path: str, names: Mapping[str, str]) -> str:
    return Asked(path).named(names).path
