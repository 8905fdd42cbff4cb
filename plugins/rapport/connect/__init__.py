"""Talk to source systems: every protocol yields pages cast to the declared Arrow schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rapport.connect.errors import ConnectError
from rapport.connect.page import Page, Reject
from rapport.declarations import Source, Stream

if TYPE_CHECKING:
    from rapport.connect.client import Log

__all__ = ["ConnectError", "Page", "Reject", "pages"]

_OVER_HTTP = frozenset({"rest", "soql", "export_job"})
_FROM_FILES = frozenset({"files", "access_log"})


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
    protocol = source.connection.protocol
    if protocol in _OVER_HTTP:
        over_http: Callable[..., Iterator[Page]] = import_module(f"rapport.connect.{protocol}").pages
        return over_http(source, stream, connection, cursor, log=log)
    if protocol in _FROM_FILES:
        from_files: Callable[..., Iterator[Page]] = import_module(f"rapport.connect.{protocol}").pages
        return from_files(source, stream, cursor, log=log)
    raise ConnectError("config", f"{source.name}: protocol {protocol} is not available")
