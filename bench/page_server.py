"""A quick HTTP server of JSON pages, made beforehand: `python -m bench.page_server ROWS`; prints its port."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import orjson

from bench import data

PAGE = 1000


def pages(rows: int) -> list[bytes]:
    """Return the bodies: a thousand orders each, and the address of the next page, null behind the last."""
    records = chain.from_iterable(chunk.to_pylist() for chunk in data.made(data.TYPED, rows))
    whole = list(records)
    starts = range(0, rows, PAGE)
    return [
        orjson.dumps({"orders": whole[start : start + PAGE], "next": f"/orders?page={number}" if start + PAGE < rows else None})
        for number, start in enumerate(starts, 2)
    ]


def main(rows: int) -> None:
    """Serve until killed."""
    bodies = pages(rows)

    class Pages(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            number = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
            body = bodies[number - 1]
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
