"""Zendesk's endpoints. Quirks cite https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/ as [IE]."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.http import Site, answer, base, basic_credentials, listing, number, same

Handler = Callable[[Request], Awaitable[Response]]
SAFETY_SECONDS = 60
SIDELOADS = {
    "users": ("zendesk.users", ("requester_id", "submitter_id", "assignee_id")),
    "groups": ("zendesk.groups", ("group_id", "default_group_id")),
    "organizations": ("zendesk.organizations", ("organization_id",)),
}


class Zendesk:
    """Answers as `https://<subdomain>.zendesk.com` does."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def app(self) -> Starlette:
        """Return the application, to be mounted anywhere."""
        routes: list[tuple[str, Handler]] = [
            ("/api/v2/incremental/tickets/cursor{ext}", self._cursor("tickets")),
            ("/api/v2/incremental/users/cursor{ext}", self._cursor("users")),
            ("/api/v2/incremental/organizations{ext}", self._timed("organizations")),
            ("/api/v2/incremental/ticket_events{ext}", self._timed("ticket_events")),
            ("/api/v2/incremental/ticket_metric_events{ext}", self._timed("ticket_metric_events")),
            ("/api/v2/slas/policies{ext}", self._whole("sla_policies")),
            ("/api/v2/groups{ext}", self._paged("groups")),
            ("/api/v2/satisfaction_ratings{ext}", self._paged("satisfaction_ratings")),
            ("/api/v2/ticket_fields{ext}", self._paged("ticket_fields")),
            ("/api/v2/business_hours/schedules{ext}", self._whole("schedules")),
            ("/api/v2/business_hours/schedules/{id:int}/holidays{ext}", self._whole("holidays")),
        ]
        return Starlette(
            routes=[
                Route(path.format(ext=ext, id="{id:int}") if "{id" not in path else path.replace("{ext}", ext), self._guard(handler))
                for path, handler in routes
                for ext in (".json", "")
            ]
        )

    def _guard(self, handler: Handler) -> Handler:
        """API token authentication: https://developer.zendesk.com/api-reference/introduction/security-and-auth/#api-token."""

        async def guarded(request: Request) -> Response:
            accepted, given = self.site.credentials["zendesk"], basic_credentials(request)
            if given is None or not (same(given[0], accepted["login"]) and same(given[1], accepted["password"])):
                return answer({"error": "Couldn't authenticate you"}, 401, {"WWW-Authenticate": 'Basic realm="Zendesk"'})
            if self.site.faults.is_limited("zendesk"):
                return answer(
                    {
                        "error": "APIRateLimitExceeded",
                        "description": "Number of allowed incremental ticket export API requests per minute exceeded",
                    },
                    429,
                    {"Retry-After": "1"},
                )
            return await handler(request)

        return guarded

    def _refused(self, stream: str) -> Response | None:
        return answer({"error": "InternalError"}, 500) if self.site.faults.on("server_error", f"zendesk.{stream}") else None

    def _start(self, request: Request) -> int | Response:
        """`start_time` is required, and must be more than a minute old [IE, "Query string parameters"]."""
        start = number(request, "start_time")
        if start is None:
            return answer(
                {
                    "error": {
                        "title": "Invalid attribute",
                        "message": "You passed an invalid value for the start_time attribute. must be an integer",
                    }
                },
                400,
            )
        if start > self.site.now - SAFETY_SECONDS:
            return answer(
                {"error": "InvalidValue", "description": f"Too recent start_time. Use a start_time older than {SAFETY_SECONDS} seconds."},
                422,
            )
        return start

    def _cursor(self, stream: str) -> Handler:
        """Cursor-based export [IE, "Cursor-based incremental exports"]: up to 1,000 records, nothing of the last minute."""

        async def handler(request: Request) -> Response:
            if (refused := self._refused(stream)) is not None:
                return refused
            cursor = request.query_params.get("cursor")
            if cursor:
                try:
                    second, _, key = base64.b64decode(cursor, validate=True).decode().partition("||")
                    position = (int(float(second)), int(key.rstrip("|")))
                except ValueError:
                    return answer({"error": "InvalidValue", "description": "Invalid cursor"}, 400)
            else:
                start = self._start(request)
                if isinstance(start, Response):
                    return start
                position = (start, -1)
            limit = min(max(number(request, "per_page", 1000) or 1000, 1), 1000)
            rows = self.site.store.page(f"zendesk.{stream}", position, self.site.now - SAFETY_SECONDS, limit + 1)
            more, rows = len(rows) > limit, rows[:limit]
            second_of, key_of = rows[-1][:2] if rows else position
            after = base64.b64encode(f"{second_of}.0||{key_of}|".encode()).decode()
            query = {"cursor": after, "per_page": limit} | {
                k: v for k, v in request.query_params.items() if k in ("include", "exclude_deleted")
            }
            bodies = [r[2] for r in rows]
            if stream == "tickets" and request.query_params.get("exclude_deleted") == "true":
                bodies = [b for b in bodies if b'"status":"deleted"' not in b]
            extra = self._sideload(request, bodies)
            last = self.site.store.page(f"zendesk.{stream}", (0, -1), self.site.now, 1)
            bodies = self.site.faults.spoil(f"zendesk.{stream}", bodies, last[0][2] if last else None)
            return listing(
                stream,
                bodies,
                extra
                | {
                    "after_url": f"{base(request)}/api/v2/incremental/{stream}/cursor.json?{urlencode(query)}",
                    "after_cursor": after,
                    "before_url": None,
                    "before_cursor": None,
                    "end_of_stream": not more,
                },
            )

        return handler

    def _sideload(self, request: Request, bodies: list[bytes]) -> dict[str, object]:
        """Related records beside the page: https://developer.zendesk.com/documentation/ticketing/using-the-zendesk-api/side_loading/."""
        wanted = [w for w in request.query_params.get("include", "").split(",") if w in SIDELOADS]
        if not wanted:
            return {}
        records = [orjson.loads(b) for b in bodies]
        found: dict[str, object] = {}
        for name in wanted:
            stream, columns = SIDELOADS[name]
            keys = sorted({r[c] for r in records for c in columns if r.get(c)})
            found[name] = [orjson.loads(b) for b in self.site.store.bodies(stream, keys)]
        return found

    def _timed(self, stream: str) -> Handler:
        """Time-based export [IE, "Time-based incremental exports"]: pages may overlap by the records that share a second."""

        async def handler(request: Request) -> Response:
            if (refused := self._refused(stream)) is not None:
                return refused
            start = self._start(request)
            if isinstance(start, Response):
                return start
            limit = min(max(number(request, "per_page", 1000) or 1000, 1), 1000)
            until, name = self.site.now - SAFETY_SECONDS, f"zendesk.{stream}"
            rows = self.site.store.page(name, (start, -1), until, limit)
            if len(rows) == limit:
                rows += self.site.store.same_second(name, rows[-1][0], rows[-1][1])
            end = rows[-1][0] if rows else None
            more = bool(end is not None and self.site.store.page(name, (end + 1, -1), until, 1))
            bodies = [r[2] for r in rows]
            if stream == "ticket_events" and "comment_events" not in request.query_params.get("include", ""):
                bodies = [_without_comments(b) for b in bodies]
            query = {"start_time": end} | {k: v for k, v in request.query_params.items() if k in ("include", "per_page")}
            last = self.site.store.page(name, (0, -1), until, 1)
            bodies = self.site.faults.spoil(name, bodies, last[0][2] if last else None)
            return listing(
                stream,
                bodies,
                {
                    "next_page": f"{base(request)}/api/v2/incremental/{stream}.json?{urlencode(query)}" if end is not None else None,
                    "count": len(rows),
                    "end_of_stream": not more,
                    "end_time": end,
                },
            )

        return handler

    def _paged(self, stream: str) -> Handler:
        """Offset or cursor pagination: https://developer.zendesk.com/api-reference/introduction/pagination/."""

        async def handler(request: Request) -> Response:
            if (refused := self._refused(stream)) is not None:
                return refused
            name, query = f"zendesk.{stream}", request.query_params
            since = number(request, "start_time", 0) or 0
            by_cursor = "page[size]" in query
            size = min(max(number(request, "page[size]" if by_cursor else "per_page", 100) or 100, 1), 100)
            page = number(request, "page", 1) or 1
            try:
                skip = int(base64.b64decode(query.get("page[after]", "")) or 0) if by_cursor else (page - 1) * size
            except ValueError:
                return answer({"error": "InvalidPaginationParameter"}, 400)
            bodies, total = self.site.store.offset(name, since, skip, size)
            more = skip + len(bodies) < total
            bodies = self.site.faults.spoil(name, bodies)
            address, common = f"{base(request)}/api/v2/{stream}.json", {"start_time": since} if since else {}
            if by_cursor:
                after = base64.b64encode(str(skip + size).encode()).decode() if more else None
                following = f"{address}?{urlencode(common | {'page[size]': size, 'page[after]': after})}" if more else None
                return listing(
                    stream,
                    bodies,
                    {"meta": {"has_more": more, "after_cursor": after, "before_cursor": None}, "links": {"next": following, "prev": None}},
                )
            following = f"{address}?{urlencode(common | {'page': page + 1, 'per_page': size})}" if more else None
            previous = f"{address}?{urlencode(common | {'page': page - 1, 'per_page': size})}" if page > 1 else None
            return listing(stream, bodies, {"next_page": following, "previous_page": previous, "count": total})

        return handler

    def _whole(self, stream: str) -> Handler:
        """Schedules, their holidays and SLA policies come whole: https://developer.zendesk.com/api-reference/ticketing/ticket-management/schedules/."""

        async def handler(request: Request) -> Response:
            if (refused := self._refused(stream)) is not None:
                return refused
            schedule = request.path_params.get("id")
            bodies, _ = self.site.store.offset(f"zendesk.{stream}" + (f".{schedule}" if schedule else ""), 0, 0, 10_000)
            if schedule and not bodies:
                return answer({"error": "RecordNotFound", "description": "Not found"}, 404)
            return listing(
                stream,
                self.site.faults.spoil(f"zendesk.{stream}", bodies),
                {"next_page": None, "previous_page": None, "count": len(bodies)},
            )

        return handler


def _without_comments(body: bytes) -> bytes:
    """Without `include=comment_events` only the fact of a comment is sent [IE, "Incremental Ticket Event Export"]."""
    record = orjson.loads(body)
    record["child_events"] = [
        {
            "id": c["id"],
            "via": record["via"],
            "via_reference_id": None,
            "event_type": "Comment",
            "comment_present": True,
            "comment_public": c["public"],
        }
        if c["event_type"] == "Comment"
        else c
        for c in record["child_events"]
    ]
    return orjson.dumps(record)
