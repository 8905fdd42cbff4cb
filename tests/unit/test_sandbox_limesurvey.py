"""Would catch a survey API that departs from RemoteControl 2: errors as results, sessions that never end, other answers than elsewhere."""

from __future__ import annotations

import base64
import json
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from sandbox.company.params import Settings
from sandbox.company.surveys import PULSE, RELATIONSHIP, TRANSACTIONAL
from sandbox.server import site_of
from sandbox.store import Store
from sandbox.vendors.limesurvey.api import LimeSurvey
from sandbox.vendors.limesurvey.questions import EMPTY_SURVEY, SURVEYS
from sandbox.vendors.qualtrics import questions as qualtrics
from tests.unit.sandbox_company import SCALE, login, shared_home

FAR = 1 << 40
NPS = {RELATIONSHIP: ("Q1NPS", "QID1"), TRANSACTIONAL: ("Q3NPS", "QID3"), PULSE: ("Q2NPS", "QID2")}


class Caller:
    """Calls methods, with a session of its own."""

    def __init__(self) -> None:
        self.vendor = LimeSurvey(site_of(Settings(shared_home(), SCALE)))
        self.client = TestClient(self.vendor.app())
        self.key = self.ask("get_session_key", *login(shared_home(), "limesurvey"))

    def ask(self, method: str, *params: Any) -> Any:
        body = {"method": method, "params": list(params), "id": 1}
        answer = self.client.post("/index.php/admin/remotecontrol", json=body).json()
        assert answer["error"] is None
        assert answer["id"] == 1
        return answer["result"]

    def responses(self, sid: int, *more: Any) -> list[dict[str, Any]]:
        return list(json.loads(base64.b64decode(self.ask("export_responses", self.key, sid, "json", *more)))["responses"])


@pytest.fixture(scope="module")
def api() -> Caller:
    return Caller()


def test_what_goes_wrong_comes_as_a_status_and_not_as_an_error(api: Caller) -> None:
    """Would catch: an HTTP error where the vendor answers 200 with a status."""
    assert api.ask("get_session_key", "integration", "wrong") == {"status": "Invalid user name or password"}
    assert api.ask("list_surveys", "no-session") == {"status": "Invalid session key"}
    assert api.ask("export_responses", api.key, EMPTY_SURVEY, "json") == {"status": "No Data, survey table does not exist."}
    assert api.ask("export_responses", api.key, SURVEYS[PULSE].sid, "json", None, "all", "code", "short", 10**9) == {
        "status": "No Data, could not get max id."
    }
    assert api.ask("list_participants", api.key, SURVEYS[PULSE].sid) == {"status": "Error: No survey participants table"}
    assert api.ask("list_questions", api.key, 1) == {"status": "Error: Invalid survey ID"}


def test_a_session_ends_by_itself_and_when_it_is_given_back() -> None:
    """Would catch: a key that is good for ever, so that a client that never renews it works here and nowhere else."""
    api = Caller()
    assert len(api.ask("list_surveys", api.key)) == len(SURVEYS) + 1
    assert api.ask("release_session_key", api.key) == "OK"
    assert api.ask("list_surveys", api.key) == {"status": "Invalid session key"}
    api.vendor.session_seconds = -1.0
    late = api.ask("get_session_key", *login(shared_home(), "limesurvey"))
    assert api.ask("list_surveys", late) == {"status": "Invalid session key"}


@pytest.mark.parametrize("kind", list(SURVEYS))
def test_the_answers_are_those_of_the_other_survey_tool(api: Caller, kind: str) -> None:
    """Would catch: two tools of one company that disagree about what people answered."""
    ours, theirs = NPS[kind]
    responses = api.responses(SURVEYS[kind].sid)
    told = [
        orjson.loads(b)["values"]
        for _, _, b in Store(shared_home()).page(f"qualtrics.{qualtrics.SURVEYS[kind].id}", (-1, ""), 1 << 40, 1 << 40)
    ]
    assert sorted(int(r[ours]) for r in responses if r[ours]) == sorted(v[theirs] for v in told if theirs in v and v["status"] != 1)
    assert {r["submitdate"] is None for r in responses} == ({False} if kind == PULSE else {True, False})
    summary = api.ask("get_summary", api.key, SURVEYS[kind].sid)
    assert int(summary["full_responses"]) == len(responses)
    assert len(api.responses(SURVEYS[kind].sid, None, "complete")) == int(summary["completed_responses"])


def test_participants_come_ten_at_a_time_and_without_what_is_not_asked_for(api: Caller) -> None:
    """Would catch: an API more generous than the vendor's, which hides a client that forgets to ask."""
    sid = SURVEYS[RELATIONSHIP].sid
    first = api.ask("list_participants", api.key, sid)
    assert len(first) == 10
    assert set(first[0]) == {"tid", "token", "participant_info"}
    more = api.ask("list_participants", api.key, sid, 10, 5, False, ["sent", "attribute_1"])
    assert [p["tid"] for p in more] == ["11", "12", "13", "14", "15"]
    assert set(more[0]) == {"tid", "token", "participant_info", "sent", "attribute_1"}
    everybody = api.ask("list_participants", api.key, sid, 0, 100_000)
    assert {r["token"] for r in api.responses(sid)} < {p["token"] for p in everybody}
    finished = {r["token"] for r in api.responses(sid) if r["submitdate"]}
    told = api.ask("list_participants", api.key, sid, 0, 100_000, False, ["completed", "emailstatus"])
    assert {p["token"] for p in told if p["completed"] != "N"} == finished
    assert {p["emailstatus"] for p in told} == {"OK", "bounced", "OptOut"}
    assert api.ask("list_participants", api.key, sid, 100_000, 10) == {"status": "No survey participants found."}


def test_every_column_of_an_answer_is_a_listed_question(api: Caller) -> None:
    """Would catch: question codes that the list of questions does not explain."""
    for survey in SURVEYS.values():
        listed = {q["qid"]: q for q in api.ask("list_questions", api.key, survey.sid)}
        codes = {
            f"{listed[q['parent_qid']]['title']}[{q['title']}]" if q["parent_qid"] else q["title"]
            for q in listed.values()
            if q["parent_qid"] or q["type"] != "F"
        }
        assert codes == {name for name in api.responses(survey.sid)[0] if name.startswith("Q")}
