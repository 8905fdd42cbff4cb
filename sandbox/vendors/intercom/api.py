"""Intercom's endpoints: searches, one conversation with its parts, companies, teammates, teams and tags."""

from __future__ import annotations

import base64
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.http import Site, answer, number, same
from sandbox.vendors.intercom.query import QueryError, fits

Handler = Callable[[Request], Awaitable[Response]]
VERSIONS = ("2.9", "2.10", "2.11", "2.12", "2.13", "2.14")
SEARCH_LIMIT, COMPANY_LIMIT = 150, 60
COMPANY_TOTAL = 10_000  # beyond it there is the scroll only: https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/companies/listallcompanies
WINDOW_SECONDS, WINDOW_REQUESTS = 10, 166
FAR = 1 << 40
TAG = re.compile(r"<[^>]+>")


class Intercom:
    """Answers as `https://api.intercom.io` does."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def app(self) -> Starlette:
        """Return the application, to be mounted anywhere."""
        return Starlette(
            routes=[
                Route("/contacts/search", self._guard("contacts", self._search("contacts", by_day=True)), methods=["POST"]),
                Route("/conversations/search", self._guard("conversations", self._search("conversations", by_day=False)), methods=["POST"]),
                Route("/conversations/{id:int}", self._guard("conversations", self.conversation)),
                Route("/companies/list", self._guard("companies", self.companies), methods=["POST"]),
                Route("/admins", self._guard("admins", self._whole("admins", "admin.list", "admins"))),
                Route("/teams", self._guard("teams", self._whole("teams", "team.list", "teams"))),
                Route("/tags", self._guard("tags", self._whole("tags", "list", "data"))),
            ]
        )

    def _guard(self, stream: str, handler: Handler) -> Handler:
        """Access token and version: https://developers.intercom.com/docs/build-an-integration/learn-more/authentication.

        A refusal for the rate names no time to wait, only when the window ends:
        https://developers.intercom.com/docs/references/2.11/rest-api/errors/rate-limiting
        """

        async def guarded(request: Request) -> Response:
            kind, _, token = request.headers.get("authorization", "").partition(" ")
            if kind.lower() != "bearer" or not same(token, self.site.credentials["intercom"]["password"]):
                return _error(401, "unauthorized", "Access Token Invalid")
            if request.headers.get("intercom-version", VERSIONS[0]) not in VERSIONS:
                return _error(400, "intercom_version_invalid", "The requested version could not be found")
            if self.site.faults.is_limited("intercom"):
                response = _error(429, "rate_limit_exceeded", f"Exceeded rate limit of {WINDOW_REQUESTS} in {WINDOW_SECONDS}_seconds")
            elif self.site.faults.on("server_error", f"intercom.{stream}"):
                response = _error(500, "server_error", "Something went wrong")
            else:
                response = await handler(request)
            response.headers["X-RateLimit-Limit"] = str(WINDOW_REQUESTS)
            response.headers["X-RateLimit-Remaining"] = "0" if response.status_code == 429 else str(WINDOW_REQUESTS - 1)
            response.headers["X-RateLimit-Reset"] = str((int(time.time()) // WINDOW_SECONDS + 1) * WINDOW_SECONDS)
            return response

        return guarded

    def _search(self, stream: str, *, by_day: bool) -> Handler:
        """Records that fit a query, newest change first unless asked otherwise, page after page by a cursor.

        https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination
        """

        async def handler(request: Request) -> Response:
            try:
                asked = orjson.loads(await request.body() or b"{}")
                paging, sort = asked.get("pagination") or {}, asked.get("sort") or {}
                limit = int(paging.get("per_page", 20))
                if not 0 < limit <= SEARCH_LIMIT:
                    raise QueryError("parameter_invalid", f"per_page must be between 1 and {SEARCH_LIMIT}")
                rows = self.site.store.page(f"intercom.{stream}", (-FAR, ""), FAR, FAR)
                bodies = self.site.faults.spoil(f"intercom.{stream}", [row[2] for row in rows], rows[0][2] if rows else None)
                records = [
                    r for r in map(orjson.loads, bodies) if fits(r, asked.get("query") or {"operator": "AND", "value": []}, by_day=by_day)
                ]
                name = sort.get("field", "updated_at")
                records.sort(key=lambda r: (r.get(name) or 0, str(r["id"])), reverse=sort.get("order", "descending") == "descending")
                start = _position(paging.get("starting_after"))
            except QueryError as error:
                return _error(400, error.code, str(error))
            except (ValueError, TypeError):
                return _error(400, "parameter_invalid", "the body is not understood")
            return answer(_page(stream, records, start, limit))

        return handler

    async def conversation(self, request: Request) -> Response:
        """One conversation with its parts, the first 500; `display_as=plaintext` takes the markup out of bodies.

        https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/conversations/retrieveconversation
        """
        bodies = self.site.store.bodies("intercom.conversations", [request.path_params["id"] - 215_400_000_000_000])
        if not bodies:
            return _error(404, "not_found", "Resource Not Found")
        record = orjson.loads(self.site.faults.spoil("intercom.conversation_parts", bodies)[0])
        parts = record["conversation_parts"]["conversation_parts"][:500]
        record["conversation_parts"]["conversation_parts"] = parts
        if request.query_params.get("display_as") == "plaintext":
            for holder in (record["source"], *parts):
                holder["body"] = _plain(holder["body"])
            record["source"]["subject"] = _plain(record["source"]["subject"])
        return answer(record)

    async def companies(self, request: Request) -> Response:
        """Companies by number of page: https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/companies/listallcompanies."""
        page, size = number(request, "page", 1) or 1, number(request, "per_page", 15) or 15
        if not 0 < size <= COMPANY_LIMIT or page < 1:
            return _error(400, "parameter_invalid", f"per_page must be between 1 and {COMPANY_LIMIT}")
        if page * size > COMPANY_TOTAL:
            return _error(400, "page_limit_exceeded", f"You can list up to {COMPANY_TOTAL} companies: use the scroll")
        rows = self.site.store.by_key("intercom.companies", "", FAR)
        bodies = self.site.faults.spoil("intercom.companies", [body for _, body in rows[(page - 1) * size : page * size]])
        pages = {"type": "pages", "page": page, "per_page": size, "total_pages": -(-len(rows) // size), "next": None}
        return answer({"type": "list", "data": [orjson.loads(b) for b in bodies], "pages": pages, "total_count": len(rows)})

    def _whole(self, stream: str, kind: str, name: str) -> Handler:
        """Short lists come whole: https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/admins/listadmins."""

        async def handler(_: Request) -> Response:
            rows = self.site.store.by_key(f"intercom.{stream}", 0, FAR)
            bodies = self.site.faults.spoil(f"intercom.{stream}", [body for _, body in rows])
            return answer({"type": kind, name: [orjson.loads(b) for b in bodies]})

        return handler


def _page(stream: str, records: list[dict[str, Any]], start: int, limit: int) -> dict[str, Any]:
    page = records[start : start + limit]
    pages: dict[str, Any] = {"type": "pages", "page": start // limit + 1, "per_page": limit, "total_pages": -(-len(records) // limit)}
    if start + limit < len(records):
        pages["next"] = {"page": start // limit + 2, "starting_after": base64.b64encode(orjson.dumps([start + limit])).decode()}
    if stream == "contacts":
        return {"type": "list", "data": page, "total_count": len(records), "pages": pages}
    without = [{name: value for name, value in record.items() if name != "conversation_parts"} for record in page]
    return {"type": "conversation.list", "conversations": without, "total_count": len(records), "pages": pages}


def _position(cursor: str | None) -> int:
    return int(orjson.loads(base64.b64decode(cursor, validate=True))[0]) if cursor else 0


def _plain(text: str | None) -> str | None:
    if text is None:
        return None
    lines = TAG.sub("", text.replace("</p>", "\n")).removesuffix("\n")
    return lines.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _error(status: int, code: str, message: str) -> Response:
    said = {"code": code, "message": message}
    return answer({"type": "error.list", "request_id": secrets.token_hex(8), "errors": [said]}, status)
