"""BambooHR's endpoints, below `/api/gateway.php/{company}/v1` and, as its OpenAPI document has it, below `/api/v1`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.company.params import iso
from sandbox.http import Site, answer, basic_credentials, same
from sandbox.vendors.bamboohr.time import OVERTIME_TABLE

Handler = Callable[[Request], Awaitable[Response]]
TABLES = ("jobInfo", "employmentStatus", OVERTIME_TABLE)
DIRECTORY = (
    "displayName",
    "firstName",
    "lastName",
    "preferredName",
    "jobTitle",
    "workPhone",
    "mobilePhone",
    "workEmail",
    "department",
    "location",
    "division",
    "supervisor",
)
MAX_FIELDS = 400
FAR = 1 << 40
COMPANY = "haldenmark"


class BambooHR:
    """Answers as `https://haldenmark.bamboohr.com` does."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def app(self) -> Starlette:
        """Return the application, to be mounted anywhere."""
        routes: list[tuple[str, Handler]] = [
            ("/employees/changed", self.changed),
            ("/employees/changed/tables/{table}", self.changed_tables),
            ("/employees/directory", self.directory),
            ("/employees/{id}", self.employee),
            ("/employees/{id}/tables/{table}", self.table),
            ("/time_off/requests", self.time_off),
            ("/meta/fields", self.fields),
            ("/meta/tables", self.tables),
        ]
        return Starlette(
            routes=[
                Route(prefix + path, self._guard(handler))
                for prefix in (f"/api/gateway.php/{COMPANY}/v1", "/api/v1")
                for path, handler in routes
            ]
        )

    def _guard(self, handler: Handler) -> Handler:
        """Basic authentication with the API key as user name: https://documentation.bamboohr.com/docs/getting-started#authentication."""

        async def guarded(request: Request) -> Response:
            given = basic_credentials(request)
            if given is None or not same(given[0], self.site.credentials["bamboohr"]["login"]):
                return Response(status_code=401, headers={"WWW-Authenticate": 'Basic realm="BambooHR"'})
            if self.site.faults.is_limited("bamboohr"):
                return Response(status_code=503, headers={"Retry-After": "1", "X-BambooHR-Error-Message": "Limit exceeded"})
            if self.site.faults.on("server_error", "bamboohr"):
                return Response(status_code=500)
            return await handler(request)

        return guarded

    def _bad(self, status: int, message: str) -> Response:
        return Response(status_code=status, headers={"X-BambooHR-Error-Message": message})

    def _since(self, request: Request) -> int | None:
        try:
            found = datetime.fromisoformat(request.query_params["since"].replace("Z", "+00:00"))
        except (KeyError, ValueError):
            return None
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())

    async def changed(self, request: Request) -> Response:
        """Return who changed since a moment (operation get-changed-employee-ids): ids, not records."""
        since, kind = self._since(request), request.query_params.get("type", "all").lower()
        if since is None or kind not in ("all", "inserted", "updated", "deleted"):
            return self._bad(400, "since must be an ISO 8601 date; type one of inserted, updated, deleted, all")
        found: dict[str, dict[str, str]] = {}
        latest = since
        for at, key, body in self.site.store.page("bamboohr.employees", (since, FAR), FAR, FAR):
            action = "Inserted" if orjson.loads(body)["hireDate"] == iso(at)[:10] else "Updated"
            if kind in ("all", action.lower()):
                found[str(key)] = {"id": str(key), "action": action, "lastChanged": iso(at)}
            latest = at
        return answer({"latest": iso(latest), "employees": found})

    async def employee(self, request: Request) -> Response:
        """Return the asked fields of one employee (operation get-employee)."""
        names = [n for n in request.query_params.get("fields", "firstName,lastName").split(",") if n]
        if len(names) > MAX_FIELDS:
            return self._bad(400, f"at most {MAX_FIELDS} fields")
        key = request.path_params["id"]
        bodies = self.site.store.bodies("bamboohr.employees", [int(key)]) if key.isdigit() else []
        if not bodies:
            return self._bad(404, "The employee does not exist.")
        record: dict[str, Any] = orjson.loads(self.site.faults.spoil("bamboohr.employees", bodies)[0])
        extra = {k: v for k, v in record.items() if k in ("shadow_score", "internal_owner")}
        return answer({"id": record["id"]} | {n: record[n] for n in names if n in record} | extra)

    async def directory(self, _: Request) -> Response:
        """Return the active employees (operation get-employees-directory)."""
        employees = []
        for row in self.site.store.page("bamboohr.employees", (-FAR, 0), FAR, FAR):
            record = orjson.loads(row[2])
            if record["status"] == "Active":
                employees.append(
                    {"id": record["id"], **{n: record[n] for n in DIRECTORY}, "photoUploaded": False, "photoUrl": "", "canUploadPhoto": 0}
                )
        return answer({"fields": [{"id": n, "type": "text", "name": n} for n in DIRECTORY], "employees": employees})

    async def table(self, request: Request) -> Response:
        """Return the rows of one table of one employee, or of all (operation get-employee-table-data)."""
        table, key = request.path_params["table"], request.path_params["id"]
        if table not in TABLES or not (key == "all" or key.isdigit()):
            return self._bad(404, "The employee or table does not exist.")
        stream = f"bamboohr.{table}"
        bodies = (
            [r[2] for r in self.site.store.page(stream, (-FAR, 0), FAR, FAR)]
            if key == "all"
            else self.site.store.bodies(stream, [int(key)])
        )
        if not bodies:
            return self._bad(404, "The employee or table does not exist.")
        rows = [orjson.dumps(row) for b in bodies for row in orjson.loads(b)["rows"]]
        return Response(b"[" + b",".join(self.site.faults.spoil(stream, rows)) + b"]", media_type="application/json")

    async def changed_tables(self, request: Request) -> Response:
        """Return a table for everybody who changed since a moment (operation get-changed-employee-table-data)."""
        table, since = request.path_params["table"], self._since(request)
        if table not in TABLES:
            return self._bad(404, "The specified table does not exist.")
        if since is None:
            return self._bad(400, "The since parameter is missing or is not a valid ISO 8601 date.")
        found = {str(key): orjson.loads(body) for _, key, body in self.site.store.page(f"bamboohr.{table}", (since, FAR), FAR, FAR)}
        return answer({"table": table, "employees": found})

    async def time_off(self, request: Request) -> Response:
        """Return the requests for time off that touch a span of days (operation list-time-off-requests)."""
        try:
            first, last = (date.fromisoformat(request.query_params[name]).isoformat() for name in ("start", "end"))
        except (KeyError, ValueError):
            return self._bad(400, "start and end must be dates")
        wanted = {word for word in request.query_params.get("status", "").split(",") if word}
        rows = self.site.faults.spoil("bamboohr.time_off", [r[2] for r in self.site.store.page("bamboohr.time_off", (-FAR, 0), FAR, FAR)])
        found = [r for r in map(orjson.loads, rows) if _within(r, first, last) and (not wanted or r["status"]["status"] in wanted)]
        return answer(found)

    async def fields(self, _: Request) -> Response:
        """Return the employee fields (operation list-fields)."""
        sample = orjson.loads(self.site.store.page("bamboohr.employees", (-FAR, 0), FAR, 1)[0][2])
        return answer(
            [
                {"id": n, "name": name, "type": "date" if name.endswith("Date") else "text", "alias": name}
                for n, name in enumerate(sample, 1)
                if name != "id"
            ]
        )

    async def tables(self, _: Request) -> Response:
        """Return the tables and their fields (operation list-tabular-fields)."""
        found = []
        for table in TABLES:
            sample = orjson.loads(self.site.store.page(f"bamboohr.{table}", (-FAR, 0), FAR, 1)[0][2])["rows"][0]
            fields = [
                {"id": n, "name": name, "alias": name, "type": "date" if name == "date" else "text"}
                for n, name in enumerate(sample, 1)
                if name not in ("id", "employeeId")
            ]
            found.append({"alias": table, "fields": fields})
        return answer(found)


def _within(record: dict[str, Any], first: str, last: str) -> bool:
    return bool(record["start"] <= last and record["end"] >= first)
