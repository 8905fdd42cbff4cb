"""LimeSurvey's endpoint: JSON-RPC by POST, a session key as the first parameter of every method but the one that gives it."""

from __future__ import annotations

import base64
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.company.params import HISTORY_START
from sandbox.http import Site, answer, same
from sandbox.vendors.limesurvey.questions import EMPTY_SURVEY, SURVEYS, Survey, listed

SESSION_SECONDS = 7200  # `iSessionExpirationTime`, https://www.limesurvey.org/manual/Optional_settings
KEPT_SESSIONS = 100
FAR = 1 << 40
BY_ID = {survey.sid: survey for survey in SURVEYS.values()}
# What goes wrong comes as a result with a status, not as an error: https://www.limesurvey.org/manual/RemoteControl_2_API
BAD_LOGIN, BAD_SESSION, BAD_SURVEY = "Invalid user name or password", "Invalid session key", "Error: Invalid survey ID"
NO_DATA, NO_TABLE, NOBODY = "No Data, could not get max id.", "Error: No survey participants table", "No survey participants found."
ALWAYS_TOLD = ("tid", "token", "participant_info")


class LimeSurvey:
    """Answers as `https://<server>/index.php/admin/remotecontrol` does.

    Attributes:
        session_seconds: how long a session key is good for.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.session_seconds: float = SESSION_SECONDS
        self.sessions: OrderedDict[str, float] = OrderedDict()
        self.methods: dict[str, Callable[..., Any]] = {
            "list_surveys": self.list_surveys,
            "list_questions": self.list_questions,
            "export_responses": self.export_responses,
            "get_summary": self.get_summary,
            "list_participants": self.list_participants,
        }

    def app(self) -> Starlette:
        """Return the application, to be mounted anywhere."""
        return Starlette(routes=[Route("/index.php/admin/remotecontrol", self.call, methods=["POST"])])

    async def call(self, request: Request) -> Response:
        """Answer one call; parameters come by position or by name."""
        try:
            wish = orjson.loads(await request.body())
            method, params = str(wish["method"]), wish.get("params") or []
        except (ValueError, KeyError, TypeError):
            return answer({"id": None, "result": None, "error": {"code": -32600, "message": "Invalid Request"}}, 400)
        if self.site.faults.is_limited("limesurvey"):
            return answer({"message": "Too Many Requests"}, 429, {"Retry-After": "1"})
        if self.site.faults.on("server_error", "limesurvey"):
            return answer({"message": "Internal Server Error"}, 500)
        try:
            result = self._result(method, *params) if isinstance(params, list) else self._result(method, *params.values())
        except TypeError:
            return answer({"id": wish.get("id"), "result": None, "error": "Invalid params"})
        if result is None:
            return answer({"id": wish.get("id"), "result": None, "error": "Method not found"})
        return answer({"id": wish.get("id"), "result": result, "error": None})

    def _result(self, method: str, *params: Any) -> Any:
        if method == "get_session_key":
            return self.get_session_key(*params)
        key, rest = str(params[0]) if params else "", params[1:]
        if method == "release_session_key":
            self.sessions.pop(key, None)
            return "OK"
        if method not in self.methods:
            return None
        if time.monotonic() > self.sessions.get(key, 0.0):
            return {"status": BAD_SESSION}
        return self.methods[method](*rest)

    def get_session_key(self, user: str, password: str, _plugin: str = "Authdb") -> Any:
        """Return a session key, or a status that refuses it."""
        known = self.site.credentials["limesurvey"]
        if not (same(str(user), known["login"]) and same(str(password), known["password"])):
            return {"status": BAD_LOGIN}
        key = secrets.token_urlsafe(24)
        self.sessions[key] = time.monotonic() + self.session_seconds
        while len(self.sessions) > KEPT_SESSIONS:
            self.sessions.popitem(last=False)
        return key

    def list_surveys(self, _user: str | None = None) -> Any:
        """Return the surveys, one of which nobody has answered."""
        titles = {survey.sid: survey.title for survey in SURVEYS.values()} | {EMPTY_SURVEY: "Supplier survey (draft)"}
        return [
            {
                "sid": sid,
                "surveyls_title": title,
                "startdate": HISTORY_START.isoformat() + " 00:00:00",
                "expires": None,
                "active": "Y" if sid in BY_ID else "N",
            }
            for sid, title in titles.items()
        ]

    def list_questions(self, sid: Any, _group: Any = None, _language: Any = None) -> Any:
        """Return a survey's questions."""
        survey = _survey(sid)
        if survey is None:
            return {"status": "No questions found" if str(sid) == str(EMPTY_SURVEY) else BAD_SURVEY}
        return listed(survey)

    def export_responses(  # noqa: PLR0917 (the parameters are the vendor's, by position)
        self,
        sid: Any,
        kind: str,
        _language: str | None = None,
        completion: str = "all",
        _heading: str = "code",
        _response: str = "short",
        first: int | None = None,
        last: int | None = None,
        columns: list[str] | None = None,
    ) -> Any:
        """Return the responses as base64 of a JSON document; of an empty survey a status."""
        survey = _survey(sid)
        if survey is None:
            return {"status": "No Data, survey table does not exist." if str(sid) == str(EMPTY_SURVEY) else BAD_SURVEY}
        if kind != "json":
            return {"status": "Unsupported document type: this server gives json"}
        stream = f"limesurvey.{survey.sid}"
        bodies = [b for _, k, b in self.site.store.page(stream, (-1, 0), FAR, FAR) if int(k) >= (first or 0) and int(k) <= (last or FAR)]
        if not bodies:
            return {"status": NO_DATA}
        found = [orjson.loads(b) for b in self.site.faults.spoil(stream, bodies)]
        if completion != "all":
            found = [row for row in found if (row.get("submitdate") is not None) == (completion == "complete")]
        if columns:
            found = [{name: row.get(name) for name in columns} for row in found]
        return base64.b64encode(orjson.dumps({"responses": found})).decode()

    def get_summary(self, sid: Any, name: str = "all") -> Any:
        """Return how many responses there are, as text, as the database gives them."""
        survey = _survey(sid)
        if survey is None:
            return {"status": BAD_SURVEY}
        bodies = [orjson.loads(b) for _, _, b in self.site.store.page(f"limesurvey.{survey.sid}", (-1, 0), FAR, FAR)]
        done = sum(body["submitdate"] is not None for body in bodies)
        told = {"completed_responses": str(done), "incomplete_responses": str(len(bodies) - done), "full_responses": str(len(bodies))}
        return told if name == "all" else told.get(name, {"status": "No such property"})

    def list_participants(
        self,
        sid: Any,
        start: int = 0,
        limit: int = 10,
        unused: bool = False,
        attributes: list[str] | bool = False,
        _conditions: Any = None,
    ) -> Any:
        """Return a page of participants: ten unless asked for more, and no attribute that is not asked for."""
        survey = _survey(sid)
        if survey is None and str(sid) != str(EMPTY_SURVEY):
            return {"status": BAD_SURVEY}
        if survey is None or survey.is_anonymised:
            return {"status": NO_TABLE}
        stream = f"limesurvey.participants_{survey.sid}"
        found = [orjson.loads(b) for b in self.site.store.offset(stream, -1, int(start), int(limit), by_key=True)[0]]
        found = [row for row in found if row["completed"] == "N"] if unused else found
        if not found:
            return {"status": NOBODY}
        asked = attributes if isinstance(attributes, list) else []
        return [{name: value for name, value in row.items() if name in ALWAYS_TOLD or name in asked} for row in found]


def _survey(sid: Any) -> Survey | None:
    return BY_ID.get(int(sid)) if str(sid).isdigit() else None
