"""Talk to source systems: every protocol yields pages cast to the declared Arrow schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rapport.connect.errors import ConnectError
from rapport.connect.page import Page, Reject
from rapport.declarations import Source, Stream

if TYPE_CHECKING:
    import pyarrow as pa

    from rapport.connect.client import Log

__all__ = ["ConnectError", "Page", "Reject", "count", "keys", "pages"]

# A protocol is a module of its name with a function `pages`, and, where the source can tell how much it holds, `count`.
_PROTOCOLS = frozenset({"rest", "soql", "export_job", "jsonrpc", "sql", "files", "access_log"})


def pages(
    source: Source, stream: Stream, connection: Mapping[str, Any] | None, cursor: Mapping[str, Any] | None, *, log: Log
) -> Iterator[Page]:
    """Yield the pages of a stream, from where `cursor` says.

    Args:
        source: the source's declaration.
        stream: one of its streams.
        connection: `host`, `login`, `password`, `extra`; None for files.
        cursor: `Page.cursor` of the last page that was landed; None reads everything.
        log: takes one line of text at a time; the lines hold no data.

    Yields:
        Pages in the order read. An empty page is yielded only to carry a new cursor.

    Raises:
        ConnectError: the source cannot be read; pages yielded before stand.
    """
    found: Iterator[Page] = _protocol(source).pages(source, stream, connection, cursor, log=log)
    return found


def count(source: Source, stream: Stream, connection: Mapping[str, Any] | None, *, log: Log) -> int | None:
    """Return how many records of a stream the source says it holds now, or None if it cannot tell; arguments and errors as of `pages`."""
    protocol = _protocol(source)
    if not hasattr(protocol, "count"):
        return None
    held: int | None = protocol.count(source, stream, connection, log=log)
    return held


def keys(source: Source, stream: Stream, connection: Mapping[str, Any] | None, *, log: Log) -> Iterator[pa.Table]:
    """Yield the key of every record that the source holds now, as tables of the key's columns before treatment.

    Records marked as deleted are left out, and those that another field's fault would set aside are not. A source that reads columns
    alone reads no others; from any other the whole stream is fetched. Arguments and errors as of `pages`.
    """
    protocol = _protocol(source)
    if hasattr(protocol, "keys"):
        yield from protocol.keys(source, stream, connection, log=log)
        return
    keys_in = import_module("rapport.connect.held").keys_in
    yield from keys_in(stream, protocol.pages(source, stream, connection, None, log=log))


def _protocol(source: Source) -> Any:
    name = source.connection.protocol
    if name not in _PROTOCOLS:
        raise ConnectError("config", f"{source.name}: protocol {name} is not available")
    return import_module(f"rapport.connect.{name}")
