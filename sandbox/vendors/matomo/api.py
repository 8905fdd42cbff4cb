"""Matomo's endpoint: `index.php?module=API&method=Live.getLastVisitsDetails`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.company.params import DAY
from sandbox.http import JSON, Site, answer, same

METHODS = ("Live.getLastVisitsDetails", "API.getMatomoVersion", "SitesManager.getSiteFromId")
DEFAULT_LIMIT = 100
REFUSAL = "Unable to authenticate with the provided token. It is either invalid, expired or is required to be sent as a POST parameter."
FAR = 1 << 40


class Matomo:
    """Answers as a Matomo server does."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def app(self) -> Starlette:
        """Return the application, to be mounted anywhere."""
        return Starlette(routes=[Route(path, self.api, methods=["GET", "POST"]) for path in ("/index.php", "/")])

    async def api(self, request: Request) -> Response:
        """Answer one method; the token may also come in the body or as a bearer.

        https://developer.matomo.org/api-reference/reporting-api#authenticate-to-the-api-via-token_auth-parameter
        """
        wish = dict(request.query_params) | dict(parse_qsl((await request.body()).decode()))
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not same(wish.get("token_auth") or bearer, self.site.credentials["matomo"]["password"]):
            return self._error(
                REFUSAL,
                401,
            )
        if self.site.faults.is_limited("matomo"):
            return answer({"result": "error", "message": "Too many requests"}, 429, {"Retry-After": "1"})
        if wish.get("format", "xml").lower() != "json":
            return self._error("This server answers in JSON only: send format=JSON.", 400)
        return self._method(wish)

    def _method(self, wish: dict[str, str]) -> Response:
        method = wish.get("method", "")
        if wish.get("module") != "API" or method not in METHODS:
            return self._error(f"The method '{method}' does not exist or is not available.", 400)
        if method == "API.getMatomoVersion":
            return answer({"value": "5.2.1"})
        if wish.get("idSite") != "1":
            return self._error("You can't access this resource as it requires 'view' access for the website id.", 401)
        if method == "SitesManager.getSiteFromId":
            return answer(
                {
                    "idsite": 1,
                    "name": "Haldenmark Grid",
                    "main_url": "https://www.haldenmark-grid.com",
                    "timezone": "UTC",
                    "currency": "EUR",
                }
            )
        return self._visits(wish)

    def _error(self, message: str, status: int) -> Response:
        return answer({"result": "error", "message": message}, status)

    def _visits(self, wish: dict[str, str]) -> Response:
        """Return visits, newest first unless `filter_sort_order=asc`; `minTimestamp` keeps those whose last action is later."""
        if self.site.faults.on("server_error", "matomo.visits"):
            return self._error("An unexpected error occurred.", 500)
        try:
            since, until = _window(wish)
            limit, offset = int(wish.get("filter_limit", DEFAULT_LIMIT)), int(wish.get("filter_offset", 0))
            since = max(since, int(wish.get("minTimestamp", -1)) + 1)
        except ValueError:
            return self._error("The date, minTimestamp, filter_limit or filter_offset is not valid.", 400)
        ascending = wish.get("filter_sort_order", "desc").lower() == "asc"
        rows = self.site.store.reader.execute(
            "select body from record where stream = 'matomo.visits' and ord >= ? and ord < ?"
            f" order by ord {'asc' if ascending else 'desc'}, key {'asc' if ascending else 'desc'} limit ? offset ?",
            (since, until, limit if limit >= 0 else FAR, offset),
        ).fetchall()
        last = self.site.store.page("matomo.visits", (0, -1), FAR, 1)
        bodies = self.site.faults.spoil("matomo.visits", [r[0] for r in rows], last[0][2] if last else None)
        return Response(b"[" + b",".join(bodies) + b"]", media_type=JSON)


def _window(wish: dict[str, str]) -> tuple[int, int]:
    """Return the period asked for: https://developer.matomo.org/api-reference/reporting-api#standard-api-parameters."""
    text = wish.get("date")
    if not text or "period" not in wish:
        return 0, FAR
    first, _, last = text.partition(",")
    begin = date.fromisoformat(first)
    if wish["period"] == "range" or last:
        end = date.fromisoformat(last) + timedelta(days=1)
    elif wish["period"] == "month":
        begin = begin.replace(day=1)
        end = (begin + timedelta(days=32)).replace(day=1)
    elif wish["period"] in ("day", "week", "year"):
        begin = (
            begin - timedelta(days=begin.weekday())
            if wish["period"] == "week"
            else begin.replace(month=1, day=1)
            if wish["period"] == "year"
            else begin
        )
        end = (
            begin + timedelta(days=7)
            if wish["period"] == "week"
            else begin.replace(year=begin.year + 1)
            if wish["period"] == "year"
            else begin + timedelta(days=1)
        )
    else:
        raise ValueError(text)
    start = int(datetime(begin.year, begin.month, begin.day, tzinfo=UTC).timestamp())
    return start, start + (end - begin).days * DAY
