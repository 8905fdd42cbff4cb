"""Salesforce's endpoints: OAuth token, query, queryAll, paging by locator, describe."""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections import OrderedDict
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.http import JSON, Site, answer, base, same
from sandbox.vendors.salesforce.soql import MalformedQueryError, Query, comparable, moment, parse

TOKEN_SECONDS = 7200
BATCH = 2000
OPEN_LOCATORS = 20
FAR = 1 << 40


class Salesforce:
    """Answers as `https://<domain>.my.salesforce.com` does."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.tokens: dict[str, float] = {}
        self.locators: OrderedDict[str, tuple[list[bytes], int]] = OrderedDict()

    def app(self) -> Starlette:
        """Return the application, to be mounted anywhere."""
        return Starlette(
            routes=[
                Route("/services/oauth2/token", self.token, methods=["POST"]),
                Route("/services/data", self.versions),
                Route("/services/data/{version}/query", self.query),
                Route("/services/data/{version}/queryAll", self.query),
                Route("/services/data/{version}/query/{locator}", self.more),
                Route("/services/data/{version}/queryAll/{locator}", self.more),
                Route("/services/data/{version}/sobjects/{name}/describe", self.describe),
            ]
        )

    async def token(self, request: Request) -> Response:
        """OAuth 2.0 token: https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_username_password_flow.htm."""
        form = {k: v[0] for k, v in parse_qs((await request.body()).decode()).items()}
        accepted = self.site.credentials["salesforce"]
        kind = form.get("grant_type")
        if kind not in ("password", "client_credentials"):
            return answer({"error": "unsupported_grant_type", "error_description": "grant type not supported"}, 400)
        if not (same(form.get("client_id", ""), accepted["client_id"]) and same(form.get("client_secret", ""), accepted["client_secret"])):
            return answer({"error": "invalid_client", "error_description": "invalid client credentials"}, 400)
        if kind == "password" and not (
            same(form.get("username", ""), accepted["login"]) and same(form.get("password", ""), accepted["password"])
        ):
            return answer({"error": "invalid_grant", "error_description": "authentication failure"}, 400)
        issued, token = str(int(time.time() * 1000)), f"00DHG!{secrets.token_urlsafe(48)}"
        self.tokens[token] = time.monotonic() + TOKEN_SECONDS
        identity = f"{base(request)}/id/00DHG0000000001AAA/005HG0000000001AAA"
        signature = hmac.new(accepted["client_secret"].encode(), (identity + issued).encode(), "sha256").hexdigest()
        return answer(
            {
                "access_token": token,
                "instance_url": base(request),
                "id": identity,
                "token_type": "Bearer",
                "issued_at": issued,
                "signature": signature,
            }
        )

    def _refused(self, request: Request) -> Response | None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or self.tokens.get(token, 0) < time.monotonic():
            return answer([{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}], 401)
        if self.site.faults.is_limited("salesforce"):
            # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
            return answer([{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}], 403)
        if self.site.faults.on("server_error", "salesforce"):
            return answer([{"message": "An unexpected error occurred.", "errorCode": "UNKNOWN_EXCEPTION"}], 500)
        return None

    async def versions(self, _: Request) -> Response:
        """The one resource that needs no session."""
        return answer([{"label": "Winter '25", "url": "/services/data/v62.0", "version": "62.0"}])

    async def query(self, request: Request) -> Response:
        """Run a query; `queryAll` also returns deleted and merged records."""
        if (refused := self._refused(request)) is not None:
            return refused
        try:
            query = parse(request.query_params.get("q", ""))
        except (MalformedQueryError, ValueError) as error:
            return answer([{"message": str(error), "errorCode": "MALFORMED_QUERY"}], 400)
        stream = f"salesforce.{query.object}"
        sample = self.site.store.page(stream, (-FAR, ""), FAR, 1)
        if not sample:
            return answer([{"message": f"sObject type '{query.object}' is not supported.", "errorCode": "INVALID_TYPE"}], 400)
        if unknown := [f for f in query.named if f not in orjson.loads(sample[0][2])]:
            message = f"No such column '{unknown[0]}' on entity '{query.object}'."
            return answer([{"message": message, "errorCode": "INVALID_FIELD"}], 400)
        found = self._select(query, stream, include_deleted="/queryAll" in request.url.path, fallback=sample[0][2])
        if query.is_count:
            return answer({"totalSize": len(found), "done": True, "records": []})
        return self._first_batch(request, query, found)

    def _first_batch(self, request: Request, query: Query, found: list[dict[str, Any]]) -> Response:
        """Return the first records and keep the rest under a locator."""
        version = request.path_params["version"]
        bodies = [_shape(record, query, version) for record in found]
        option = re.search(r"batchSize=(\d+)", request.headers.get("sforce-query-options", ""))
        size = min(max(int(option[1]), 200), BATCH) if option else BATCH
        locator = f"01gHG{secrets.token_hex(6)}AAA"
        if len(bodies) > size:
            self.locators[locator] = bodies, size
            while len(self.locators) > OPEN_LOCATORS:
                self.locators.popitem(last=False)
        return _batch(bodies, 0, size, f"/services/data/{version}/query/{locator}")

    def _select(self, query: Query, stream: str, *, include_deleted: bool, fallback: bytes) -> list[dict[str, Any]]:
        since = max(
            (int(c.value.timestamp()) for c in query.conditions if c.field == "SystemModstamp" and c.op in (">", ">=", "=")), default=-FAR
        )
        rows = self.site.store.page(stream, (since, ""), FAR, FAR)
        bodies = self.site.faults.spoil(stream, [r[2] for r in rows], fallback)
        records = [orjson.loads(b) for b in bodies]
        conditions = [
            c for c in query.conditions if not (c.field == "SystemModstamp" and c.op == ">=" and self.site.faults.on("bad_rows", stream))
        ]
        records = [r for r in records if (include_deleted or not r.get("IsDeleted")) and all(c.holds(r) for c in conditions)]
        for name, descending in reversed(query.order):
            records.sort(key=lambda r, n=name: (r[n] is not None, comparable(r[n]) if r[n] is not None else 0), reverse=descending)  # type: ignore[misc]
        return records[: query.limit] if query.limit is not None else records

    async def more(self, request: Request) -> Response:
        """Return the next batch: the locator names the query and where it stands."""
        if (refused := self._refused(request)) is not None:
            return refused
        name, _, offset = request.path_params["locator"].partition("-")
        known = self.locators.get(name)
        if known is None or not offset.isdigit():
            return answer([{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}], 400)
        address = request.url.path.removeprefix(request.scope.get("root_path", "")).rsplit("/", 1)[0]
        return _batch(known[0], int(offset), known[1], f"{address}/{name}")

    async def describe(self, request: Request) -> Response:
        """Return an object's fields: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm."""
        if (refused := self._refused(request)) is not None:
            return refused
        name = request.path_params["name"]
        sample = self.site.store.page(f"salesforce.{name}", (-FAR, ""), FAR, 1)
        if not sample:
            return answer([{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}], 404)
        fields = [
            {"name": k, "type": _type(k, v), "custom": k.endswith("__c"), "nillable": k != "Id"}
            for k, v in orjson.loads(sample[0][2]).items()
        ]
        return answer({"name": name, "queryable": True, "fields": fields})


def _type(name: str, value: Any) -> str:
    if name == "Id" or (name.endswith("Id") and name != "MasterRecordId"):
        return "id" if name == "Id" else "reference"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "double"
    return "datetime" if isinstance(value, str) and len(value) == 28 and value.endswith("+0000") and moment(value) else "string"


def _shape(record: dict[str, Any], query: Query, version: str) -> bytes:
    attributes = {"type": query.object, "url": f"/services/data/{version}/sobjects/{query.object}/{record['Id']}"}
    extra = {k: v for k, v in record.items() if k in ("shadow_score", "internal_owner")}
    return orjson.dumps({"attributes": attributes, **{f: record[f] for f in query.fields}, **extra})


def _batch(bodies: list[bytes], offset: int, size: int, address: str) -> Response:
    """Return one batch; `nextRecordsUrl` is relative to the instance:
    https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm.
    """
    end = offset + size
    tail: dict[str, Any] = {"done": end >= len(bodies)}
    if end < len(bodies):
        tail["nextRecordsUrl"] = f"{address}-{end}"
    head = b'{"totalSize":' + str(len(bodies)).encode() + b',"records":[' + b",".join(bodies[offset:end]) + b"],"
    return Response(head + orjson.dumps(tail)[1:], media_type=JSON)
