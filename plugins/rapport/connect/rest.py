"""Protocol `rest`: declared requests over HTTP, page after page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from rapport.connect.bodies import body_reader
from rapport.connect.client import Answer, Client, Log
from rapport.connect.errors import ConnectError
from rapport.connect.page import Page
from rapport.connect.paging import Asked
from rapport.connect.progress import Progress
from rapport.connect.reading import names_of, read_stream
from rapport.connect.records import dig
from rapport.connect.templates import FIELDS, filled
from rapport.declarations import Source, Stream


class Requests:
    """Asks by declared requests; an `Asker` of `rapport.connect.reading`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.where = client.where
        self.names: Mapping[str, Any] = client.names

    def asked(self, said: Mapping[str, Any], names: Mapping[str, Any]) -> Asked:
        """Return the declared `request`; the parameter `{fields}` is a list with commas, in a body a list of JSON."""
        request = said["request"]
        joined = {name: ",".join(value) if name.startswith(FIELDS) and isinstance(value, list) else value for name, value in names.items()}
        asked = Asked.of({**request, "json": None}, joined)
        return Asked(asked.path, asked.params, filled(request.get("json"), names))

    def ask(self, said: Mapping[str, Any], asked: Asked) -> Answer | None:
        """Send the request; the answer is read as `body` and `archive` beside it declare."""
        request = said["request"]
        return self._client.ask(
            request.get("method", "GET" if asked.body is None else "POST"),
            asked.path,
            params=asked.params,
            body=asked.body,
            headers=request.get("headers"),
            end_status=said.get("paging", {}).get("end_status", ()),
            read=body_reader(said, self.where),
        )

    def relative(self, address: str, current: str | None) -> str:
        """Return an address on the connection's host without the host, one on another declared host whole."""
        return self._client.relative(address, current)

    def hide(self, named: Mapping[str, str]) -> None:
        """Show these values in log lines by their names only."""
        self._client.hide(named)


def pages(
    source: Source, stream: Stream, connection: Mapping[str, Any] | None, cursor: Mapping[str, Any] | None, *, log: Log
) -> Iterator[Page]:
    """Yield the pages of a REST stream; see `rapport.connect.pages`."""
    with Client(source, stream, connection, log) as client:
        yield from read_stream(Requests(client), stream, progress_of(client, stream, cursor), cursor)


def count(source: Source, stream: Stream, connection: Mapping[str, Any] | None, *, log: Log) -> int | None:
    """Return how many records the source says it holds, by the stream's `count`; None if it declares none."""
    said = stream.options.get("count")
    if not said:
        return None
    with Client(source, stream, connection, log) as client:
        asker = Requests(client)
        names = {**asker.names, **names_of(stream, progress_of(client, stream, None), asker.where)}
        answer = asker.ask(said, asker.asked(said, names))
        return number_at(answer.body if answer else None, said.get("path"), asker.where)


def progress_of(client: Client, stream: Stream, cursor: Mapping[str, Any] | None) -> Progress:
    """Return the cursor of a run; the simulated company has a calendar of its own, in which the future is no fault."""
    return Progress(stream, cursor, None if client.is_sandbox else datetime.now(UTC))


def number_at(body: Any, path: str | None, where: str) -> int:
    """Return the number of records that an answer names.

    Raises:
        ConnectError: there is none at the declared path.
    """
    found = dig(body, path)
    if isinstance(found, str) and found.strip().isdigit():
        return int(found)
    if isinstance(found, bool) or not isinstance(found, int):
        raise ConnectError("body", f"{where}: the answer to `count` holds no number at {path or 'its top'}")
    return found
