"""HubSpot's endpoints: lists, search, one record, owners, pipelines, call dispositions."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.http import Site, answer, base, number, same
from sandbox.vendors.hubspot.records import ARCHIVED
from sandbox.vendors.hubspot.search import SearchError, found

Handler = Callable[[Request], Awaitable[Response]]
OBJECTS = ("contacts", "companies", "deals", "calls", "emails", "meetings", "notes")
# What is sent when no property is asked for: https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide
ALWAYS = ("createdate", "hs_createdate", "lastmodifieddate", "hs_lastmodifieddate", "hs_object_id")
DEFAULTS = {
    "contacts": ("email", "firstname", "lastname"),
    "companies": ("name", "domain"),
    "deals": ("amount", "closedate", "dealname", "dealstage", "pipeline"),
}
# Asking for history lowers how many records one request may name, to 50: https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide
LIST_LIMIT, HISTORY_LIMIT, SEARCH_LIMIT, OWNER_LIMIT = 100, 50, 200, 500
SEARCH_TOTAL = 10_000  # the search gives no more for one query: https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide
FAR = 1 << 60
LIMITED = {
    "status": "error",
    "message": "You have reached your ten_secondly_rolling limit.",
    "errorType": "RATE_LIMIT",
    "policyName": "TEN_SECONDLY_ROLLING",
}


class HubSpot:
    """Answers as `https://api.hubapi.com` does."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def app(self) -> Starlette:
        """Return the application, to be mounted anywhere."""
        return Starlette(
            routes=[
                Route("/crm/v3/objects/{kind}", self._guard(self.listed)),
                Route("/crm/v3/objects/{kind}/search", self._guard(self.search), methods=["POST"]),
                Route("/crm/v3/objects/{kind}/{id:int}", self._guard(self.one)),
                Route("/crm/v3/owners", self._guard(self.owners)),
                Route("/crm/v3/owners/", self._guard(self.owners)),
                Route("/crm/v3/pipelines/deals", self._guard(self.pipelines)),
                Route("/calling/v1/dispositions", self._guard(self.dispositions)),
            ]
        )

    def _guard(self, handler: Handler) -> Handler:
        """A private app's token: https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview.

        Every answer tells how much of the limit is left, except the search's, and a refusal names the policy but no time to wait:
        https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
        """

        async def guarded(request: Request) -> Response:
            kind, _, token = request.headers.get("authorization", "").partition(" ")
            if kind.lower() != "bearer" or not same(token, self.site.credentials["hubspot"]["password"]):
                return _error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
            if self.site.faults.is_limited("hubspot"):
                said = {
                    "message": "You have reached your ten_secondly_rolling limit.",
                    "errorType": "RATE_LIMIT",
                    "policyName": "TEN_SECONDLY_ROLLING",
                }
                return answer({"status": "error", "correlationId": secrets.token_hex(16), **said}, 429)
            kind = request.path_params.get("kind", "owners")
            if self.site.faults.on("server_error", f"hubspot.{kind}"):
                return _error(500, "INTERNAL_ERROR", "internal error")
            response = await handler(request)
            if not request.url.path.endswith("/search"):
                response.headers["X-HubSpot-RateLimit-Max"] = "100"
                response.headers["X-HubSpot-RateLimit-Remaining"] = "99"
                response.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = "10000"
            return response

        return guarded

    async def listed(self, request: Request) -> Response:
        """A page of live or of archived records, by id; there is no filter: https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide."""
        kind, query = request.path_params["kind"], request.query_params
        if kind not in OBJECTS:
            return _error(400, "VALIDATION_ERROR", f"Unable to infer object type from: {kind}")
        history = _names(query.get("propertiesWithHistory"))
        most = HISTORY_LIMIT if history else LIST_LIMIT
        limit = number(request, "limit", 10)
        if limit is None or not 0 < limit <= most:
            return _error(400, "VALIDATION_ERROR", f"The limit must be between 1 and {most}")
        stream = f"hubspot.{kind}" + (f".{ARCHIVED}" if query.get("archived") == "true" else "")
        rows = self.site.store.by_key(stream, number(request, "after", 0) or 0, limit + 1)
        shape = _Shape(kind, _names(query.get("properties")), history, _names(query.get("associations")))
        bodies = self.site.faults.spoil(stream, [body for _, body in rows[:limit]])
        results = [shape.of(orjson.loads(body)) for body in bodies]
        tail: dict[str, Any] = {}
        if len(rows) > limit:
            after = str(rows[limit - 1][0])
            link = f"{base(request)}/crm/v3/objects/{kind}?{urlencode({**query, 'after': after})}"
            tail = {"paging": {"next": {"after": after, "link": link}}}
        return answer({"results": results, **tail})

    async def search(self, request: Request) -> Response:
        """Filtered and sorted records, without associations and without history, archived ones never."""
        kind = request.path_params["kind"]
        if kind not in OBJECTS:
            return _error(400, "VALIDATION_ERROR", f"Unable to infer object type from: {kind}")
        try:
            asked = orjson.loads(await request.body() or b"{}")
            limit, after = int(asked.get("limit", 10)), int(asked.get("after") or 0)
            if not 0 < limit <= SEARCH_LIMIT:
                raise SearchError(f"limit must be between 1 and {SEARCH_LIMIT}")
            if after + limit > SEARCH_TOTAL:
                raise SearchError(f"Paging is limited to {SEARCH_TOTAL} records: after + limit must not be more")
            stream = f"hubspot.{kind}"
            rows = self.site.store.by_key(stream, 0, FAR)
            bodies = self.site.faults.spoil(stream, [body for _, body in rows], rows[0][1] if rows else None)
            matching = found([orjson.loads(body) for body in bodies], asked)
        except (SearchError, KeyError, ValueError) as error:
            return _error(400, "VALIDATION_ERROR", str(error))
        shape = _Shape(kind, tuple(asked.get("properties") or ()), (), ())
        page = matching[after : after + limit]
        tail = {"paging": {"next": {"after": str(after + limit)}}} if after + limit < len(matching) else {}
        return answer({"total": len(matching), "results": [shape.of(record) for record in page], **tail})

    async def one(self, request: Request) -> Response:
        """One live record."""
        kind, query = request.path_params["kind"], request.query_params
        bodies = self.site.store.bodies(f"hubspot.{kind}", [request.path_params["id"]])
        if not bodies:
            return _error(404, "OBJECT_NOT_FOUND", "Object not found")
        shape = _Shape(kind, *(_names(query.get(name)) for name in ("properties", "propertiesWithHistory", "associations")))
        return answer(shape.of(orjson.loads(bodies[0])))

    async def owners(self, request: Request) -> Response:
        """Owners, or those who have left: https://developers.hubspot.com/docs/api-reference/crm-crm-owners-v3/guide."""
        stream = "hubspot.owners" + (f".{ARCHIVED}" if request.query_params.get("archived") == "true" else "")
        limit = min(max(number(request, "limit", 100) or 100, 1), OWNER_LIMIT)
        rows = self.site.store.by_key(stream, number(request, "after", 0) or 0, limit + 1)
        bodies = self.site.faults.spoil(stream, [body for _, body in rows[:limit]])
        tail = {"paging": {"next": {"after": str(rows[limit - 1][0])}}} if len(rows) > limit else {}
        return answer({"results": [orjson.loads(body) for body in bodies], **tail})

    async def pipelines(self, _: Request) -> Response:
        """Pipelines with their stages: https://developers.hubspot.com/docs/api-reference/crm-pipelines-v3/guide."""
        return answer({"results": [orjson.loads(body) for _, body in self.site.store.by_key("hubspot.pipelines", 0, FAR)]})

    async def dispositions(self, _: Request) -> Response:
        """The outcomes of calls: a bare list."""
        return answer([orjson.loads(body) for _, body in self.site.store.by_key("hubspot.dispositions", -1, FAR)])


class _Shape:
    """What of a record is sent: the properties asked for, those of the kind when none is, history and associations when asked for."""

    def __init__(self, kind: str, properties: tuple[str, ...], history: tuple[str, ...], associations: tuple[str, ...]) -> None:
        self.properties = (*ALWAYS, *(properties or DEFAULTS.get(kind, ())))
        self.history, self.associations = history, associations

    def of(self, record: dict[str, Any]) -> dict[str, Any]:
        held = record["properties"]
        body = {name: value for name, value in record.items() if name not in ("properties", "propertiesWithHistory", "associations")}
        body["properties"] = {name: held[name] for name in self.properties if name in held}
        if self.history:
            body["propertiesWithHistory"] = {n: record.get("propertiesWithHistory", {}).get(n, []) for n in self.history}
        linked = {to: ids for to, ids in record.get("associations", {}).items() if to in self.associations}
        return body | ({"associations": linked} if linked else {})


def _names(said: str | None) -> tuple[str, ...]:
    return tuple(name for name in (said or "").split(",") if name)


def _error(status: int, category: str, message: str) -> Response:
    return answer({"status": "error", "message": message, "correlationId": secrets.token_hex(16), "category": category}, status)
