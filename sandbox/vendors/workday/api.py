"""Workday's endpoint: `/ccx/service/customreport2/<tenant>/<owner>/<report>?format=json`."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.http import Site, answer, basic_credentials, listing, same
from sandbox.vendors.workday.rows import REPORTS

TENANT, OWNER = "haldenmark", "ISU_Rapport"
FAR = 1 << 40


class Workday:
    """Answers as `https://wd3-impl-services1.workday.com` does."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def app(self) -> Starlette:
        """Return the application, to be mounted anywhere."""
        return Starlette(routes=[Route("/ccx/service/customreport2/{tenant}/{owner}/{report}", self.report)])

    async def report(self, request: Request) -> Response:
        """Return a whole report; it knows no pages and no since: https://doc.workday.com/ (reports as a service)."""
        given, known = basic_credentials(request), self.site.credentials["workday"]
        if given is None or not (same(given[0], known["login"]) and same(given[1], known["password"])):
            return answer({"error": "invalid username or password"}, 401, {"WWW-Authenticate": 'Basic realm="Workday"'})
        if self.site.faults.is_limited("workday"):
            return answer({"error": "Too many requests"}, 429, {"Retry-After": "1"})
        if self.site.faults.on("server_error", "workday"):
            return answer({"error": "Processing error occurred."}, 500)
        wanted = request.path_params
        if (wanted["tenant"], wanted["owner"]) != (TENANT, OWNER) or wanted["report"] not in REPORTS:
            return answer({"error": "Invalid instance in URL"}, 400)
        if request.query_params.get("format") != "json":  # the default is XML
            return Response(b"<wd:Report_Data/>", media_type="text/xml")
        stream = f"workday.{wanted['report']}"
        bodies = self.site.faults.spoil(stream, [row[2] for row in self.site.store.page(stream, (-FAR, ""), FAR, FAR)])
        return listing("Report_Entry", bodies, {})
