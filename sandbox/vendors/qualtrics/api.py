"""Qualtrics' endpoints: whoami, surveys, definitions, mailings, contacts, and the response export in its three steps."""

from __future__ import annotations

import csv
import io
import secrets
import zipfile
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.company.params import HISTORY_START, epoch, iso
from sandbox.http import Site, answer, base, number, same
from sandbox.vendors.qualtrics.identifiers import DIRECTORY
from sandbox.vendors.qualtrics.questions import SURVEYS, Questionnaire, definition

Handler = Callable[[Request], Awaitable[Response]]
BY_ID = {s.id: s for s in SURVEYS.values()}
KEPT_EXPORTS = 30
CSV_HEADS = (
    ("startDate", "StartDate", "Start Date"),
    ("endDate", "EndDate", "End Date"),
    ("status", "Status", "Response Type"),
    ("ipAddress", "IPAddress", "IP Address"),
    ("progress", "Progress", "Progress"),
    ("duration", "Duration (in seconds)", "Duration (in seconds)"),
    ("finished", "Finished", "Finished"),
    ("recordedDate", "RecordedDate", "Recorded Date"),
    ("_recordId", "ResponseId", "Response ID"),
    ("recipientLastName", "RecipientLastName", "Recipient Last Name"),
    ("recipientFirstName", "RecipientFirstName", "Recipient First Name"),
    ("recipientEmail", "RecipientEmail", "Recipient Email"),
    ("externalDataReference", "ExternalReference", "External Data Reference"),
    ("locationLatitude", "LocationLatitude", "Location Latitude"),
    ("locationLongitude", "LocationLongitude", "Location Longitude"),
    ("distributionChannel", "DistributionChannel", "Distribution Channel"),
    ("userLanguage", "UserLanguage", "User Language"),
)


@dataclass
class Export:
    """A running or finished export; the first poll finds it running."""

    survey: Questionnaire
    format: str
    bodies: list[bytes]
    file_id: str
    polls: int = 0


class Qualtrics:
    """Answers as `https://<datacenter>.qualtrics.com` does."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.exports: OrderedDict[str, Export] = OrderedDict()

    def app(self) -> Starlette:
        """Return the application, to be mounted anywhere."""
        one = "/API/v3/surveys/{survey}/export-responses"
        return Starlette(
            routes=[
                Route("/API/v3/whoami", self._guard(self.whoami)),
                Route("/API/v3/surveys", self._guard(self.surveys)),
                Route("/API/v3/survey-definitions/{survey}", self._guard(self.survey_definition)),
                Route(one, self._guard(self.start), methods=["POST"]),
                Route(one + "/{export}/file", self._guard(self.file)),
                Route(one + "/{export}", self._guard(self.poll)),
                Route("/API/v3/distributions", self._guard(self.distributions)),
                Route("/API/v3/distributions/{distribution}/history", self._guard(self.history)),
                Route("/API/v3/directories", self._guard(self.directories)),
                Route("/API/v3/directories/{directory}/contacts", self._guard(self.contacts)),
            ]
        )

    def _answer(self, result: Any, status: str = "200 - OK") -> Response:
        body = {"meta": {"requestId": secrets.token_hex(16), "httpStatus": status}}
        return answer(({"result": result} if result is not None else {}) | body, int(status[:3]))

    def _error(self, status: str, code: str, message: str) -> Response:
        meta = {"requestId": secrets.token_hex(16), "httpStatus": status, "error": {"errorCode": code, "errorMessage": message}}
        return answer({"meta": meta}, int(status[:3]))

    def _guard(self, handler: Handler) -> Handler:
        """Authentication by token: https://api.qualtrics.com/2b4ffbd8af74e-api-key-authentication."""

        async def guarded(request: Request) -> Response:
            if not same(request.headers.get("x-api-token", ""), self.site.credentials["qualtrics"]["password"]):
                return self._error("401 - Unauthorized", "AUTH_6", "Unrecognized X-API-TOKEN.")
            if self.site.faults.is_limited("qualtrics"):
                return self._error("429 - Too Many Requests", "RTL_2", "Rate limit exceeded. Please try again later.")
            survey = request.path_params.get("survey")
            if survey is not None and survey not in BY_ID:
                return self._error("404 - Not Found", "QVAL_1", "The requested resource does not exist.")
            return await handler(request)

        return guarded

    async def whoami(self, request: Request) -> Response:
        """Return who the token belongs to."""
        login = self.site.credentials["qualtrics"]["login"]
        return self._answer(
            {
                "brandId": "haldenmark",
                "userId": "UR_hg0000000000001",
                "userName": login,
                "firstName": "Survey",
                "lastName": "Integration",
                "email": login,
                "accountType": "UT_brandadmin",
                "datacenter": base(request).split("//")[-1],
                "timeZone": "UTC",
                "language": "en",
            }
        )

    async def surveys(self, request: Request) -> Response:
        """Return the surveys, a page at a time: https://api.qualtrics.com/c5da1c84ab56a-list-surveys."""
        offset, size = number(request, "offset", 0) or 0, number(request, "pageSize", 100) or 100
        created = iso(epoch(HISTORY_START))
        found = [
            {
                "id": s.id,
                "name": s.name,
                "ownerId": "UR_hg0000000000001",
                "lastModified": created,
                "creationDate": created,
                "isActive": True,
            }
            for s in SURVEYS.values()
        ]
        following = f"{base(request)}/API/v3/surveys?offset={offset + size}&pageSize={size}" if offset + size < len(found) else None
        return self._answer({"elements": found[offset : offset + size], "nextPage": following})

    def _page(self, request: Request, stream: str, most: int) -> Response:
        """Return a page of a list; `nextPage` is the whole next address, as in all lists of the vendor."""
        skip, size = number(request, "skipToken", 0) or 0, min(number(request, "pageSize", 100) or 100, most)
        bodies, total = self.site.store.offset(stream, -1, skip, size, by_key=True)
        query = {**request.query_params, "skipToken": str(skip + size)}
        following = f"{base(request)}{request.url.path.removeprefix(request.scope.get('root_path', ''))}?{urlencode(query)}"
        return self._answer({"elements": [orjson.loads(b) for b in bodies], "nextPage": following if skip + size < total else None})

    async def distributions(self, request: Request) -> Response:
        """Return the mailings of one survey, which has to be named; `sendStartDate` leaves out earlier ones."""
        survey = request.query_params.get("surveyId")
        if survey not in BY_ID:
            return self._error("400 - Bad Request", "QVAL_1", "The surveyId parameter is required.")
        since = _seconds(request.query_params.get("sendStartDate"), 0)
        found = [orjson.loads(b) for _, _, b in self.site.store.page(f"qualtrics.distributions_{survey}", (-1, ""), 1 << 40, 1 << 40)]
        return self._answer({"elements": [d for d in found if _seconds(d["sendDate"], 0) >= since], "nextPage": None})

    async def history(self, request: Request) -> Response:
        """Return what became of each invitation of a mailing, a page at a time."""
        return self._page(request, f"qualtrics.history_{request.path_params['distribution']}", 500)

    async def directories(self, _request: Request) -> Response:
        """Return the one directory of contacts."""
        found = {"directoryId": DIRECTORY, "name": "Haldenmark contacts", "isDefault": True, "deduplicationCriteria": {"email": True}}
        return self._answer({"elements": [found], "nextPage": None})

    async def contacts(self, request: Request) -> Response:
        """Return the contacts of the directory."""
        if request.path_params["directory"] != DIRECTORY:
            return self._error("404 - Not Found", "QVAL_1", "The requested resource does not exist.")
        return self._page(request, "qualtrics.contacts", 500)

    async def survey_definition(self, request: Request) -> Response:
        """Return a survey's questions and flow."""
        return self._answer(definition(BY_ID[request.path_params["survey"]], iso(epoch(HISTORY_START))))

    async def start(self, request: Request) -> Response:
        """Start an export; `startDate` is inclusive, `endDate` exclusive, on `recordedDate`.

        https://api.qualtrics.com/6b00592b9c013-start-response-export
        """
        survey = BY_ID[request.path_params["survey"]]
        try:
            wish = orjson.loads(await request.body() or b"{}")
            since, until = _seconds(wish.get("startDate"), 0), _seconds(wish.get("endDate"), 1 << 40)
        except (ValueError, AttributeError):
            return self._error("400 - Bad Request", "RDT_1", "The request body is not valid.")
        kind = wish.get("format")
        if kind not in ("json", "csv", "ndjson"):
            return self._error("400 - Bad Request", "ERE_6", "Invalid export format: use csv, json or ndjson here.")
        if self.site.faults.on("server_error", f"qualtrics.{survey.id}"):
            return self._error("500 - Internal Server Error", "ISE_1", "Internal error.")
        rows = self.site.store.page(f"qualtrics.{survey.id}", (since, ""), until - 1, int(wish.get("limit") or 1 << 40))
        last = self.site.store.page(f"qualtrics.{survey.id}", (0, ""), 1 << 40, 1)
        bodies = self.site.faults.spoil(f"qualtrics.{survey.id}", [r[2] for r in rows], last[0][2] if last else None)
        progress = f"ES_{secrets.token_hex(8)}"
        self.exports[progress] = Export(survey, kind, bodies, f"{secrets.token_hex(16)}-def")
        while len(self.exports) > KEPT_EXPORTS:
            self.exports.popitem(last=False)
        return self._answer({"progressId": progress, "percentComplete": 0.0, "status": "inProgress"})

    async def poll(self, request: Request) -> Response:
        """Say how far an export is: https://api.qualtrics.com/37e6a66f74ab4-get-response-export-progress."""
        export = self.exports.get(request.path_params["export"])
        if export is None or export.survey.id != request.path_params["survey"]:
            return self._error("404 - Not Found", "ERE_2", "The export job was not found.")
        export.polls += 1
        if export.polls == 1:
            return self._answer({"percentComplete": 47.0, "status": "inProgress"})
        return self._answer({"fileId": export.file_id, "percentComplete": 100.0, "status": "complete"})

    async def file(self, request: Request) -> Response:
        """Return the finished file, zipped: https://api.qualtrics.com/41296b6f2e828-get-response-export-file."""
        export = next((e for e in self.exports.values() if e.file_id == request.path_params["export"] and e.polls > 1), None)
        if export is None:
            return self._error("404 - Not Found", "ERE_3", "The file was not found.")
        if export.format == "json":
            content = b'{"responses":[' + b",".join(export.bodies) + b"]}"
        elif export.format == "ndjson":
            content = b"\n".join(export.bodies)
        else:
            content = _csv(export)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(f"{export.survey.name}.{export.format}", content)
        return Response(packed.getvalue(), media_type="application/zip")


def _seconds(text: str | None, default: int) -> int:
    if text is None:
        return default
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())


def _csv(export: Export) -> bytes:
    """Return the CSV with its three header rows: names, texts, import ids."""
    survey = export.survey
    columns = [*CSV_HEADS, *((q.qid, q.tag, q.text) for q in survey.questions), *((e, e, e) for e in survey.embedded)]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([name for _, name, _ in columns])
    writer.writerow([text for _, _, text in columns])
    writer.writerow([orjson.dumps({"ImportId": key}).decode() for key, _, _ in columns])
    for body in export.bodies:
        values = orjson.loads(body)["values"]
        writer.writerow([values.get(key) for key, _, _ in columns])
    return out.getvalue().encode()
