"""A small HTTP server whose answers a test writes, for tests of the connectors."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from rapport.declarations import Source
from rapport.declarations.build import build_source
from rapport.declarations.document import Document
from rapport.declarations.load import SCHEMA


@dataclass
class Request:
    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]
    body: bytes


Answer = tuple[int, dict[str, str], Any]


@dataclass
class Vendor:
    """A running server: its address and every request it got."""

    host: str
    requests: list[Request] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def connection(self) -> dict[str, Any]:
        return {"host": self.host, "login": "me@corp.example/token", "password": "s3cret", "extra": {"network": "private"}}


@contextmanager
def vendor(answer: Callable[[Request], Any]) -> Iterator[Vendor]:
    """Serve `answer(request)`: a JSON value, or (status, headers, JSON value or bytes)."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            request = Request(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                {name.lower(): value for name, value in self.headers.items()},
                dict(parse_qsl(content.decode("latin-1"))),
                content,
            )
            running.requests.append(request)
            given = answer(request)
            status, headers, body = given if isinstance(given, tuple) else (200, {}, given)
            sent = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = _serve  # noqa: N815 - the names the base class looks for

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = Vendor(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()


def declared(streams: str, connection: str = "{protocol: rest, id: tiny, auth: {type: basic}}") -> Source:
    """Return a source of the given connection and streams (YAML, streams from column 0)."""
    lines = "\n".join(f"  {line}" for line in streams.splitlines())
    text = f"source: tiny\ndomain: crm\nsystem: T\nowner: o\nschedule: '0 * * * *'\nconnection: {connection}\nstreams:\n{lines}\n"
    document = Document(Path("tiny.yml"), text)
    document.check(SCHEMA)
    return build_source(document)
