"""What goes wrong between a vendor and its caller, whatever the vendor: switched on with `python -m sandbox fault --set KIND=source`."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from typing import Any

import orjson
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults import BETWEEN, Faults

_EVERY_THIRD = ("hiccup", "busy", "silence", "broken_off", "half_body", "login_page", "expired")
_SECOND = ("page_again", "redirect_elsewhere", "redirect_file", "bomb")
_ALL_ANSWERS = ("endless", "next_elsewhere", "next_metadata")
_NEXT = re.compile(r"next|after_url", re.IGNORECASE)
_ENDS = {"end_of_stream": False, "done": False, "has_more": True, "hasMore": True}
_BOMB_BYTES = 3 << 30
_A_PAGE = 4000  # bytes
_DATA = ("GET", "POST")


class Disturbed:
    """A vendor's application, some of whose answers go wrong.

    Tokens are fetched undisturbed: what is tested is the reading of records.
    """

    def __init__(self, app: ASGIApp, faults: Faults, vendor: str) -> None:
        self._app, self._faults, self._vendor = app, faults, vendor
        self._asked: Counter[str] = Counter()
        self._first: bytes | None = None
        self._token: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, wrongly if a fault says so."""
        kind = self._kind() if scope["type"] == "http" and scope["method"] in _DATA else None
        request = Request(scope) if kind else None
        if kind is None or request is None or "token" in request.url.path:
            await self._app(scope, receive, send)
            return
        self._asked[kind] += 1
        asked = self._asked[kind]
        if (kind in _EVERY_THIRD and asked % 3) or (kind in _SECOND and asked != 2) or (kind == "busy_for_ever" and asked != 3):
            content = await self._answer(scope, receive, send)
            if kind == "page_again" and asked == 1:
                self._first = content
                if len(content) < _A_PAGE:  # a count, a job's state: no page to serve again
                    self._asked.clear()
        else:
            await self._disturb(kind, request, receive, send)

    def _kind(self) -> str | None:
        active = self._faults.active()
        kind = next((kind for kind in BETWEEN if self._vendor in active.get(kind, ())), None)
        if kind is None:
            self._asked.clear()
            self._token.clear()
        return kind

    async def _answer(self, scope: Scope, receive: Receive, send: Send, change: Any = None) -> bytes:
        """Let the vendor answer, the body changed by `change`; returns the body."""
        start: dict[str, Any] = {}
        body = bytearray()

        async def take(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, take)
        content = change(bytes(body)) if change and start["status"] == 200 else bytes(body)
        headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        await _send(send, start["status"], content, headers)
        return content

    async def _disturb(self, kind: str, request: Request, receive: Receive, send: Send) -> None:
        if kind not in _ALL_ANSWERS:
            self._faults.met[kind] += 1
        if kind in {"hiccup", "expired"}:
            await _send(send, 500 if kind == "hiccup" else 401, b'{"error": "try again"}')
        elif kind in {"busy", "busy_for_ever"}:
            await _send(send, 429, b'{"error": "busy"}', [(b"retry-after", b"1000000000")] if kind == "busy_for_ever" else [])
        elif kind == "silence":
            while (await receive())["type"] != "http.disconnect":
                pass
        elif kind == "login_page":
            await _send(send, 200, b"<html><title>Please log in</title></html>", [(b"content-type", b"text/html")])
        elif kind in {"redirect_elsewhere", "redirect_file"}:
            await _send(
                send, 302, b"", [(b"location", b"http://127.0.0.2:9/" if kind == "redirect_elsewhere" else b"file:///etc/hostname")]
            )
        elif kind == "bomb":
            await _send(send, 200, _bomb(), [(b"content-encoding", b"gzip"), (b"content-type", b"application/json")])
        elif kind == "page_again" and self._first is not None:
            await _send(send, 200, self._first, [(b"content-type", b"application/json")])
        elif kind == "half_body":
            await self._answer(request.scope, receive, send, lambda body: body[: len(body) // 2])
        elif kind == "broken_off":
            await _send(send, 200, b'{"results": [', [(b"content-length", b"100000")])
        else:
            await self._answer(request.scope, receive, send, lambda body: self._led_astray(body, kind, str(request.url)))

    def _led_astray(self, body: bytes, kind: str, asked: str) -> bytes:
        changed = _led_astray(body, kind, asked, self._token)
        self._faults.met[kind] += changed != body
        return changed


async def _send(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    has_length = any(name == b"content-length" for name, _ in headers or ())
    length = [] if has_length else [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*(headers or []), *length]})
    await send({"type": "http.response.body", "body": body})


def _led_astray(body: bytes, kind: str, asked: str, token: dict[str, str]) -> bytes:
    """Return an answer whose next page is another than the vendor's; without an address, every next page is the one named first."""
    address = {"endless": asked, "next_elsewhere": "http://127.0.0.2:9/next", "next_metadata": "http://169.254.169.254/latest/meta-data/"}[
        kind
    ]

    def following(name: str, part: Any) -> Any:
        if name in _ENDS and kind == "endless":
            return _ENDS[name]
        if not isinstance(part, str) or not _NEXT.search(name):
            return change(part)
        return address if "/" in part else token.setdefault(name, part) if kind == "endless" else part

    def change(value: Any) -> Any:
        if isinstance(value, list):
            return value if len(value) > 3 else [change(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {name: following(name, part) for name, part in value.items()}

    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    changed = change(said)
    return body if changed == said else orjson.dumps(changed)


def _bomb() -> bytes:
    """Return gzip of gigabytes of zeros, nested nowhere: what counts is what comes out."""
    block = gzip.compress(bytes(8 << 20), 9)
    return block * (_BOMB_BYTES // (8 << 20))
