"""Whose a stream's records are: what an erasure follows from a person to every record, by declaration and not by memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapport.declarations.document import Document

if TYPE_CHECKING:
    from rapport.declarations.model import Source, Stream


@dataclass(frozen=True)
class Link:
    """Fields that name the record of a person, or a record that belongs to one.

    Attributes:
        columns: columns before treatment that hold the name.
        source: source of the named record.
        stream: its stream; empty where `system` decides.
        to: columns of that stream which hold the same; empty for its key.
        item: key of the objects in a list that `columns` holds; such a record belongs to somebody only if nobody else is in the list.
        system: column that names the source of the record, whose id `columns` holds; None where `stream` says it.
    """

    columns: tuple[str, ...]
    source: str
    stream: str = ""
    to: tuple[str, ...] = ()
    item: str | None = None
    system: str | None = None


@dataclass(frozen=True)
class Reach:
    """Whose the records of a stream are.

    Attributes:
        subject: columns before treatment that identify the person whom a record is about.
        belongs_to: the records whose person a record belongs to; any of them is enough.
        mentions: columns that name a person whose record it is not: cut when that person is erased.
        nobody: why a record is nobody's; None if it is somebody's.
    """

    subject: tuple[str, ...] = ()
    belongs_to: tuple[Link, ...] = ()
    mentions: tuple[Link, ...] = ()
    nobody: str | None = None


def read_reach(
    document: Document, place: tuple[Any, ...], source: str, said: Mapping[str, Any], columns: Mapping[str, str]
) -> Reach | None:
    """Return what a stream says of itself, None if it says nothing.

    Args:
        document: the declaration, for errors.
        place: the stream's place in it.
        source: its source.
        said: the stream as written.
        columns: field name -> column before treatment.

    Raises:
        DeclarationError: a field is not declared, or is dropped before landing.
    """
    owner, mentions = said.get("belongs_to"), said.get("mentions", [])
    if owner is None and "subject" not in said:
        if mentions:
            raise document.error((*place, "mentions"), "say whose the records are first: `subject` or `belongs_to`")
        return None

    def column(field: str, *path: Any) -> str:
        if field in columns.values():
            return field
        if field not in columns:
            raise document.error((*place, *path), f"names the field {field!r}, which the stream does not declare")
        return columns[field]

    def links(key: str, body: Any) -> Iterator[Link]:
        for one in [body] if isinstance(body, dict) else body:
            fields = tuple(column(field, key) for field in _listed(one["field"]))
            if "system" in one:
                yield Link(fields, "", system=column(one["system"], key))
                continue
            named, _, stream = one["stream"].rpartition(".")
            yield Link(fields, named or source, stream, tuple(_listed(one.get("to", []))), one.get("item"))

    nobody = owner.get("nobody") if isinstance(owner, dict) else None
    if nobody and "subject" in said:
        raise document.error((*place, "belongs_to"), "a record with a subject is somebody's")
    return Reach(
        subject=tuple(column(field, "subject") for field in said.get("subject", ())),
        belongs_to=() if nobody or owner is None else tuple(links("belongs_to", owner)),
        mentions=tuple(links("mentions", mentions)),
        nobody=nobody,
    )


def check_reach(document: Document, source: Source) -> None:
    """Check that every link leads to a stream and columns that are there, within the source; others may not be in use.

    Raises:
        DeclarationError: a link leads nowhere, or a field of one does not land.
    """
    for stream in source.streams.values():
        if stream.reach is None:
            continue
        place = ("streams", stream.name)
        for name in stream.reach.subject:
            _landed(document, (*place, "subject"), stream, name)
        for key, links in (("belongs_to", stream.reach.belongs_to), ("mentions", stream.reach.mentions)):
            for link in links:
                if key == "mentions" and set(link.columns) & set(stream.key):
                    raise document.error((*place, key), "names the key, which cannot be cut: the record belongs to whom it names")
                for name in (*link.columns, *([link.system] if link.system else [])):
                    _landed(document, (*place, key), stream, name)
                if link.source == source.name:
                    _check_target(document, (*place, key), source, link)


def unreached(sources: Mapping[str, Source]) -> list[str]:
    """Return `source.stream` of every stream that does not say whose its records are, and every link that leads to no declared stream."""
    found = [f"{source.name}.{stream.name}" for source in sources.values() for stream in source.streams.values() if stream.reach is None]
    for source in sources.values():
        for stream in source.streams.values():
            for link in (*stream.reach.belongs_to, *stream.reach.mentions) if stream.reach else ():
                if link.source in sources and link.stream not in sources[link.source].streams:
                    found.append(f"{source.name}.{stream.name} -> {link.source}.{link.stream}")
    return found


def _check_target(document: Document, place: tuple[Any, ...], source: Source, link: Link) -> None:
    target = source.streams.get(link.stream)
    if target is None:
        raise document.error(place, f"leads to the stream {link.stream!r}, which the source does not declare")
    for name in link.to:
        _landed(document, place, target, name)
    if len(link.to or target.key) != len(link.columns):
        raise document.error(place, f"names {len(link.columns)} fields for {len(link.to or target.key)} of {link.stream}")


def _landed(document: Document, place: tuple[Any, ...], stream: Stream, column: str) -> None:
    declared = stream.by_column.get(column)
    if declared is None:
        raise document.error(place, f"names the column {column!r}, which {stream.name} does not have")
    if declared.treatment not in {"keep", "token"}:
        raise document.error(place, f"names {column}, of which {declared.treatment} leaves nothing to find a person by")


def _listed(said: Any) -> list[str]:
    return [said] if isinstance(said, str) else list(said)
