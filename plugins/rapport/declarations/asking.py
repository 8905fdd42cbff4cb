"""What a protocol needs of each stream, and what a cursor may say: what a JSON Schema cannot tell, and a run would only find out late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rapport.declarations.document import Document

_NEEDS = {"rest": ("request",), "soql": ("object",), "jsonrpc": ("call",), "export_job": ("export", "request"), "sql": ("table", "query")}
_BY_ADDRESS = frozenset({"next_url", "cursor_url", "link_header"})
_FORMATS = frozenset({"iso", "date", "epoch", "epoch_ms"})
Place = tuple[Any, ...]


def check_asking(document: Document) -> None:
    """Check how a source, already checked against the schema, is asked.

    Raises:
        DeclarationError: a stream lacks what its protocol needs, names a list that is not there, or a time that is none.
    """
    said = document.value
    protocol = said["connection"]["protocol"]
    if said["connection"].get("auth", {}).get("type") == "session" and protocol != "jsonrpc":
        raise document.error(("connection", "auth", "type"), "a session is had by a call, and so part of the protocol jsonrpc only")
    for name, stream in said["streams"].items():
        for path, message in (*_asked(protocol, stream), *_times(stream), *_lists(stream)):
            raise document.error(("streams", name, *path), message)


def _asked(protocol: str, stream: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    needed = _NEEDS.get(protocol)
    if needed and not any(key in stream for key in needed):
        yield (), f"the protocol {protocol} needs {' or '.join(f'`{key}`' for key in needed)}"
    own = "call" if protocol == "jsonrpc" else "request"
    wrong = "request" if protocol == "jsonrpc" else "call"
    asked: dict[Place, Mapping[str, Any]] = {(key,): stream[key] for key in ("count", "each") if key in stream}
    asked |= {("lookups", name): body for name, body in stream.get("lookups", {}).items()}
    for path, body in asked.items():
        if own not in body and wrong not in body:
            yield path, f"needs `{own}`: how it is asked for"
    for path, body in {(): stream, **asked}.items():
        if wrong in body:
            yield (*path, wrong), f"is not how the protocol {protocol} asks"
        if protocol == "jsonrpc" and (body.get("paging", {}).get("type") in _BY_ADDRESS or "next" in body):
            yield (*path, "paging"), "an answer of jsonrpc names no addresses: use offset, page or cursor_token"


def _times(stream: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    cursor = stream.get("cursor", {})
    zones: dict[Place, Mapping[str, Any]] = {("cursor",): cursor}
    zones |= {("fields", name): body for name, body in stream["fields"].items()}
    for path, body in zones.items():
        if "time_zone" in body and not _is_zone(body["time_zone"]):
            yield (*path, "time_zone"), "is no time zone: write a name as Europe/Berlin"
    if "format" in cursor and cursor["format"] not in _FORMATS and "%" not in cursor["format"]:
        yield ("cursor", "format"), f"is {', '.join(sorted(_FORMATS))} or a pattern as %Y-%m-%d"
    if "start" in cursor and not _is_moment(cursor["start"]):
        yield ("cursor", "start"), "is no date or time in ISO form, as 2020-01-01T00:00:00Z"


def _lists(stream: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    for name, body in stream["fields"].items():
        if "lookup" in body and body["lookup"] not in stream.get("lookups", {}):
            yield ("fields", name, "lookup"), f"names {body['lookup']!r}, which is none of the stream's `lookups`"


def _is_zone(name: Any) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ValueError, OSError, KeyError):  # a name that is not known is a KeyError, one that is a folder an OSError
        return False


def _is_moment(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False
