"""Protocol `rest`: JSON over HTTP, page after page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rapport.connect.client import Client, Log
from rapport.connect.errors import ConnectError
from rapport.connect.page import Page
from rapport.connect.paging import Asked, Pager
from rapport.connect.progress import Progress
from rapport.connect.records import PARENT, Record, RecordReader, dig, rows_of
from rapport.declarations import Source, Stream

BATCH = 1000  # records of a page that is put together from several items' answers


def pages(
    source: Source, stream: Stream, connection: Mapping[str, Any] | None, cursor: Mapping[str, Any] | None, *, log: Log
) -> Iterator[Page]:
    """Yield the pages of a REST stream; see `rapport.connect.pages`."""
    with Client(source, stream, connection, log) as client:
        progress = Progress(stream, cursor)
        reader = RecordReader(stream, owner_is_counted="explode" in stream.options)
        if "each" in stream.options:
            yield from _of_items(client, stream, reader, progress)
            return
        for records, resume, is_last in _answers(client, stream, Pager(stream, client).first(progress.params(), cursor)):
            progress.see(records)
            state = progress.state(is_last=is_last, following=resume)
            if records or state is not None:
                yield page_of(reader, records, state)


def _of_items(client: Client, stream: Stream, reader: RecordReader, progress: Progress) -> Iterator[Page]:
    """Yield the records of all items; answers of one record each, as of employees, are put together."""
    waiting: list[Record] = []
    for item, named in items_of(client, stream, progress):
        asked = Pager(stream, client).first({} if progress.is_of_list else progress.params(), None).named(named)
        for records, _, _ in _answers(client, stream, asked, owner=item):
            progress.see(records)
            waiting += records
            if len(waiting) >= BATCH:
                yield page_of(reader, waiting, progress.state(is_last=False))
                waiting = []
    state = progress.state(is_last=True)
    if waiting or state is not None:
        yield page_of(reader, waiting, state)


def items_of(client: Client, stream: Stream, progress: Progress) -> Iterator[tuple[Record, dict[str, str]]]:
    """Yield the items of the list that a stream goes through, e.g. surveys or employees, and what `{name}` stands for.

    The whole list is read first: pages of the items may take long, and the list's next address may not last.
    """
    each = stream.options["each"]
    request = each["request"]
    items: list[Record] = []
    seen: set[str] = set()
    address, params = request["path"], {**request.get("params", {}), **(progress.params() if progress.is_of_list else {})}
    while address:
        if address in seen:
            raise ConnectError("paging", f"{client.where}: the list to go through leads back to a page already read")
        seen.add(address)
        body = client.json(request.get("method", "GET"), address, params=params, headers=request.get("headers"))
        items += rows_of(dig(body, each.get("records")))
        address, params = dig(body, each.get("next")) if each.get("next") else None, {}
    for item in items:
        progress.see([{PARENT: item}])
        named = {str(each["name"]): str(dig(item, each["value"]))}
        client.hide(named)
        yield item, named


def _answers(client: Client, stream: Stream, asked: Asked, owner: Record | None = None) -> Iterator[tuple[list[Record], str | None, bool]]:
    """Yield, page after page, the records, the address a later run resumes from, and whether this page is the last."""
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
        current, resume = pager.after(current, body, len(rows))
        yield shaped(stream, rows, owner), resume, current is None


def page_of(reader: RecordReader, records: list[Record], state: dict[str, Any] | None) -> Page:
    """Cast records and count what nobody declared."""
    table, rejected, stripped = reader.cast(records)
    return Page(
        table=table, rejected=rejected, undeclared=reader.undeclared(records), fetched=len(records), cursor=state, nul_stripped=stripped
    )


def shaped(stream: Stream, records: list[Record], owner: Record | None) -> list[Record]:
    """Explode, turn and filter records as declared; the owner stands in each under `parent`."""
    explode, unpivot, where = (stream.options.get(option) for option in ("explode", "unpivot", "where"))
    if owner is not None:
        records = [{**record, PARENT: owner} for record in records]
    if explode:
        records = [{**child, PARENT: record} for record in records for child in rows_of(dig(record, explode))]
    if unpivot:
        wanted = re.compile(unpivot["matching"])
        records = [
            {"name": name, "value": value, PARENT: record}
            for record in records
            for name, value in (dig(record, unpivot["object"]) or {}).items()
            if wanted.fullmatch(name) and value is not None
        ]
    if where:
        records = [record for record in records if all(_fits(dig(record, path), value) for path, value in where.items())]
    return records


def _fits(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, list) else value == wanted
