"""The feed's endpoints: mentions by the time of their last change, and how many there are."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.http import Site, answer, listing, number, same

Handler = Callable[[Request], Awaitable[Response]]
STREAM = "mentions.mentions"
MAX_LIMIT, DEFAULT_LIMIT = 200, 50
FAR = 1 << 40


class Mentions:
    """Answers as a mention feed does: `updated_since` is inclusive, a cursor is opaque, pages are in order of change."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def app(self) -> Starlette:
        """Return the application, to be mounted anywhere."""
        return Starlette(
            routes=[Route("/v1/mentions", self._guard(self.mentions)), Route("/v1/mentions/count", self._guard(self.count))],
        )

    def _guard(self, handler: Handler) -> Handler:
        """Authentication by bearer: https://datatracker.ietf.org/doc/html/rfc6750#section-2.1."""

        async def guarded(request: Request) -> Response:
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            if not same(given, self.site.credentials["mentions"]["password"]):
                return answer({"error": {"code": "unauthorized"}}, 401, {"WWW-Authenticate": "Bearer"})
            if self.site.faults.is_limited("mentions"):
                return answer({"error": {"code": "too_many_requests"}}, 429, {"Retry-After": "1"})
            if self.site.faults.on("server_error", STREAM):
                return answer({"error": {"code": "internal"}}, 500)
            return await handler(request)

        return guarded

    async def mentions(self, request: Request) -> Response:
        """Return a page; of two parameters `cursor` wins over `updated_since`."""
        try:
            after = self._start(request)
        except ValueError:
            return answer({"error": {"code": "bad_request", "message": "updated_since or cursor is not valid"}}, 400)
        limit = min(max(number(request, "limit", DEFAULT_LIMIT) or DEFAULT_LIMIT, 1), MAX_LIMIT)
        found = self.site.store.page(STREAM, after, FAR, limit + 1)
        page = found[:limit]
        following = base64.urlsafe_b64encode(f"{page[-1][0]}|{page[-1][1]}".encode()).decode() if len(found) > limit else None
        last = self.site.store.page(STREAM, (-1, ""), FAR, 1)
        bodies = self.site.faults.spoil(STREAM, [r[2] for r in page], last[0][2] if last else None)
        return listing("data", bodies, {"meta": {"next_cursor": following, "has_more": following is not None}})

    async def count(self, _: Request) -> Response:
        """Return how many mentions stand, deleted ones not among them."""
        bodies, _ = self.site.store.offset(STREAM, -1, 0, FAR)
        return answer({"count": sum(not orjson.loads(body)["is_deleted"] for body in bodies)})

    @staticmethod
    def _start(request: Request) -> tuple[int, str]:
        if cursor := request.query_params.get("cursor"):
            second, _, key = base64.urlsafe_b64decode(cursor).decode().partition("|")
            return int(second), key
        since = request.query_params.get("updated_since")
        if not since:
            return -1, ""
        moment = datetime.fromisoformat(since.replace("Z", "+00:00"))
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()), ""
