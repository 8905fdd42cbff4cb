"""Reads a stream page after page, whatever the protocol by which it asks: lists to go through, lookups, paging, progress."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from rapport.connect.client import Answer
from rapport.connect.errors import ConnectError
from rapport.connect.page import Page
from rapport.connect.paging import Asked, Pager
from rapport.connect.progress import NEXT, Progress
from rapport.connect.records import PARENT, Record, RecordReader, Translations, dig, is_there, rows_at, rows_of
from rapport.connect.templates import FIELDS, SINCE, mentions
from rapport.declarations import Stream

BATCH = 1000  # records of a page that is put together from several items' answers


class Asker(Protocol):
    """One way of asking a source: the declared `request` of REST or the `call` of JSON-RPC."""

    where: str
    names: Mapping[str, Any]

    def asked(self, said: Mapping[str, Any], names: Mapping[str, Any]) -> Asked:
        """Return what `said` (a stream, a list or a count) declares to ask, with the names in it replaced."""

    def ask(self, said: Mapping[str, Any], asked: Asked) -> Answer | None:
        """Ask; None where the source says that there is nothing."""

    def relative(self, address: str, current: str | None, /) -> str:
        """Return an address that an answer named, without the host, or raise an error if it leads elsewhere."""

    def hide(self, named: Mapping[str, str], /) -> None:
        """Show these values in log lines by their names only."""


def read_stream(asker: Asker, stream: Stream, progress: Progress, cursor: Mapping[str, Any] | None) -> Iterator[Page]:
    """Yield the pages of a stream.

    Args:
        asker: asks the source.
        stream: the declaration.
        progress: the cursor of this run.
        cursor: `Page.cursor` of the last page that was landed.
    """
    names = {**asker.names, **names_of(stream, progress, asker.where)}
    reader = RecordReader(stream, owner_is_counted="explode" in stream.options, translations=translations(asker, stream, names))
    if "each" in stream.options:
        yield from _of_items(asker, stream, progress, names, reader)
        return
    asked = _since(asker.asked(stream.options, names), progress)
    resume_at = (cursor or {}).get(NEXT)
    for rows, resume, is_last in walk(asker, stream.options, asked, bool(stream.key), resume_at=resume_at):
        records = shaped(stream, rows, None)
        progress.see(records)
        state = progress.state(is_last=is_last, following=resume)
        if records or state is not None:
            yield page_of(reader, records, state)


def _of_items(asker: Asker, stream: Stream, progress: Progress, names: Mapping[str, Any], reader: RecordReader) -> Iterator[Page]:
    """Yield the records of all items; answers of one record each, as of employees, are put together."""
    waiting: list[Record] = []
    for item, named in items_of(asker, stream, progress, names):
        asked = asker.asked(stream.options, {**names, **named})
        asked = asked if progress.is_of_list else _since(asked, progress)
        for rows, _, _ in walk(asker, stream.options, asked, bool(stream.key)):
            records = shaped(stream, rows, item)
            progress.see(records if not progress.is_of_list else ())
            waiting += records
            if len(waiting) >= BATCH:
                yield page_of(reader, waiting, progress.state(is_last=False))
                waiting = []
    state = progress.state(is_last=True)
    if waiting or state is not None:
        yield page_of(reader, waiting, state)


def items_of(asker: Asker, stream: Stream, progress: Progress, names: Mapping[str, Any]) -> Iterator[tuple[Record, dict[str, str]]]:
    """Yield the items of the list that a stream goes through, e.g. surveys or employees, and what `{name}` stands for.

    The whole list is read first: pages of the items may take long, and the list's next address may not last.
    """
    for item, named in _listed(asker, stream.options["each"], names, progress if progress.is_of_list else None):
        asker.hide(named)
        yield item, named
        progress.see([{PARENT: item}] if progress.is_of_list else ())  # only now are its records read


def _listed(
    asker: Asker, each: Mapping[str, Any], names: Mapping[str, Any], progress: Progress | None
) -> list[tuple[Record, dict[str, str]]]:
    """Return the items of a list, which may itself be asked for each item of another, e.g. the mailings of every survey."""
    above: list[tuple[Record | None, dict[str, str]]] = [(None, {})]
    if "each" in each:
        above = [*_listed(asker, each["each"], names, None)]
    items: dict[tuple[str, ...], tuple[Record, dict[str, str]]] = {}
    for owner, outer in above:
        asker.hide(outer)
        for item in _whole(asker, each, {**names, **outer}, progress):
            value = dig(item, each["value"])
            if not isinstance(value, str | int) or value == "":
                raise ConnectError("body", f"{asker.where}: an item of the list to go through has no {each['value']}")
            named = {**outer, str(each["name"]): str(value)}
            # a list that moves while it is read may hold an item twice
            items[tuple(named.values())] = ({**item, PARENT: owner} if owner is not None else item), named
    return list(items.values())


def translations(asker: Asker, stream: Stream, names: Mapping[str, Any]) -> Translations:
    """Read the lists of `lookups`: name -> what stands in a record -> what is meant."""
    found: dict[str, dict[str, Any]] = {}
    for name, said in stream.options.get("lookups", {}).items():
        rows = _whole(asker, said, names, None)
        found[name] = {str(dig(row, said["key"])): dig(row, said["value"]) for row in rows if dig(row, said["key"]) is not None}
    return found


def walk(
    asker: Asker,
    said: Mapping[str, Any],
    asked: Asked,
    has_key: bool,
    *,
    resume_at: str | None = None,
) -> Iterator[tuple[list[Record], str | None, bool]]:
    """Yield, page after page, the records, the address a later run resumes from, and whether this page is the last.

    Args:
        asker: asks the source.
        said: what is declared of the list: how to ask, `records`, `paging` (or `next`, the path of the next address).
        asked: the first request.
        has_key: whether its records can be told apart.
        resume_at: address at which the last run stopped, for paging of type `cursor_url`.
    """
    paging = said.get("paging") or ({"type": "next_url", "next": said["next"]} if "next" in said else None)
    pager = Pager(paging, asker.relative, asker.where, has_key)
    current: Asked | None = Asked(asker.relative(resume_at, None)) if resume_at and pager.resumes else pager.first(asked)
    while current is not None:
        pager.check_request(current)
        answer = asker.ask(said, current)
        if answer is None:
            return
        rows = records_in(answer.body, said, asker.where)
        pager.check_records(rows)
        current, resume = pager.after(current, answer, len(rows))
        yield rows, resume, current is None


def records_in(body: Any, said: Mapping[str, Any], where: str) -> list[Record]:
    """Return the records of an answer.

    Args:
        body: the answer.
        said: `records`, and `optional` for a source that leaves out an empty list, as XML does.
        where: source and stream, for errors.

    Raises:
        ConnectError: nothing stands where the records are declared: an error in the guise of an answer must not look like an empty source.
    """
    is_xml = said.get("body") == "xml"  # there, an element whose children have children of their own is one record
    path = said.get("records")
    rows = rows_at(body, path, by_id=not is_xml)
    if not rows and not is_xml and not said.get("optional") and not is_there(body, path):
        place = path or "its top"
        raise ConnectError(
            "body", f"{where}: no records at {place} of the answer: an error? If an empty list is left out: `optional: true`"
        )
    return rows


def names_of(stream: Stream, progress: Progress, where: str) -> dict[str, Any]:
    """Return what the names in braces stand for: `{since}`, `{fields}`, and `{fields.properties}` for those below an object."""
    own = (declared.path for declared in stream.fields)
    paths = list(dict.fromkeys(path for path in own if not path.startswith((f"{PARENT}.", "_"))))
    names: dict[str, Any] = {FIELDS: paths}
    for path in paths:
        above, _, below = path.partition(".")
        if below:
            names.setdefault(f"{FIELDS}.{above}", []).append(below)
    if (since := progress.since()) is not None:
        names[SINCE] = since
    elif mentions({name: said for name, said in stream.options.items() if name in {"request", "call", "each", "export"}}, SINCE):
        raise ConnectError("config", f"{where}: {{since}} stands in the request, and the stream declares no `cursor`")
    return names


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


def _whole(asker: Asker, said: Mapping[str, Any], names: Mapping[str, Any], progress: Progress | None) -> list[Record]:
    """Return all records of a list, asked from the starting point if that is the list's."""
    asked = asker.asked(said, names)
    asked = _since(asked, progress) if progress else asked
    return [row for rows, _, _ in walk(asker, said, asked, has_key=True) for row in rows]


def _since(asked: Asked, progress: Progress) -> Asked:
    for name, value in progress.params().items():
        asked = asked.having(name, value)
    return asked


def _fits(value: Any, wanted: Any) -> bool:
    return value in wanted if isinstance(wanted, list) else value == wanted
