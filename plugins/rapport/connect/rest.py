"""Protocol `rest`: JSON over HTTP, page after page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rapport.connect.client import Client, Log
from rapport.connect.errors import ConnectError
from rapport.connect.page import Page
from rapport.connect.paging import Asked, Pager
from rapport.connect.progress import Progress
from rapport.connect.records import PARENT, RecordReader, dig
from rapport.declarations import Source, Stream


def pages(
    source: Source, stream: Stream, connection: Mapping[str, Any] | None, cursor: Mapping[str, Any] | None, *, log: Log
) -> Iterator[Page]:
    """Yield the pages of a REST stream; see `rapport.connect.pages`."""
    with Client(source, stream, connection, log) as client:
        progress = Progress(stream, cursor)
        reader = RecordReader(stream, owner_is_counted="explode" in stream.options)
        yield from _each(client, stream, reader, progress, cursor)


def _each(client: Client, stream: Stream, reader: RecordReader, progress: Progress, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    each = stream.options.get("each")
    if each is None:
        yield from _read(client, stream, reader, progress, asked=Pager(stream, client).first(progress, cursor))
        return
    items = list(_items(client, each, progress))
    for number, item in enumerate(items, start=1):
        named = {str(each["name"]): str(dig(item, each["value"]))}
        first = Pager(stream, client).first(Progress(stream, None), None).named(named)
        yield from _read(client, stream, reader, progress, asked=first, owner=item, is_last_item=number == len(items))


def _items(client: Client, each: Mapping[str, Any], progress: Progress) -> Iterator[dict[str, Any]]:
    """Yield the items of the list that a stream goes through, e.g. surveys or employees."""
    request = each["request"]
    address, params, seen = request["path"], {**request.get("params", {}), **progress.params()}, set()
    while address:
        if address in seen:
            raise ConnectError("paging", f"{client.where}: the list to go through leads back to a page already read")
        seen.add(address)
        body = client.json(request.get("method", "GET"), address, params=params, headers=request.get("headers"))
        for record in rows_of(dig(body, each.get("records"))):
            yield dict(record)
        address, params = dig(body, each.get("next")) if each.get("next") else None, {}


def _read(
    client: Client,
    stream: Stream,
    reader: RecordReader,
    progress: Progress,
    *,
    asked: Asked,
    owner: Mapping[str, Any] | None = None,
    is_last_item: bool = True,
) -> Iterator[Page]:
    pager = Pager(stream, client)
    request = stream.options["request"]
    current: Asked | None = asked
    while current is not None:
        pager.refuse_again(current)
        body = client.json(
            request.get("method", "GET"),
            current.path,
            params=current.params,
            body=request.get("json"),
            headers=request.get("headers"),
            end_status=pager.end_status,
        )
        if body is None:
            return
        rows = rows_of(dig(body, stream.options.get("records")))
        records = shaped(stream, rows, owner)
        following, resume = pager.after(current, body, len(rows))
        progress.see(records)
        state = progress.state(is_last=following is None and is_last_item, following=resume)
        if records or state is not None:
            yield page_of(reader, records, state)
        current = following


def page_of(reader: RecordReader, records: list[Mapping[str, Any]], state: dict[str, Any] | None) -> Page:
    """Cast records and count what nobody declared."""
    table, rejected, stripped = reader.cast(records)
    return Page(
        table=table, rejected=rejected, undeclared=reader.undeclared(records), fetched=len(records), cursor=state, nul_stripped=stripped
    )


def shaped(stream: Stream, records: list[Mapping[str, Any]], owner: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """Explode and filter records as declared; the owner stands in each under `parent`."""
    explode, where = stream.options.get("explode"), stream.options.get("where")
    if owner is not None:
        records = [{**record, PARENT: owner} for record in records]
    if explode:
        records = [{**child, PARENT: record} for record in records for child in rows_of(dig(record, explode))]
    if where:
        records = [record for record in records if all(_fits(dig(record, path), wanted) for path, wanted in where.items())]
    return records


def rows_of(found: Any) -> list[Mapping[str, Any]]:
    """Return records from what stands where they are declared: a list, one object, or an object of objects by id."""
    if isinstance(found, list):
        return [row for row in found if isinstance(row, Mapping)]
    if isinstance(found, Mapping):
        return list(found.values()) if found and all(isinstance(row, Mapping) for row in found.values()) else [found] if found else []
    return []


def _fits(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, list) else value == wanted
