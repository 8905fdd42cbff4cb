"""Would catch a survey API whose export loses responses, ignores its dates, or names employees who answered anonymously."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.company.params import Settings
from sandbox.company.world import build
from sandbox.store import Store
from sandbox.vendors.qualtrics import rows as qualtrics_rows
from sandbox.vendors.qualtrics.questions import SURVEYS
from tests.unit.sandbox_company import client, login, shared_home


@pytest.fixture(scope="module")
def api() -> TestClient:
    served = client(shared_home())
    served.headers["X-API-TOKEN"] = login(shared_home(), "qualtrics")[1]
    return served


def _export(api: TestClient, survey: str, **wish: str) -> bytes:
    address = f"/qualtrics/API/v3/surveys/{survey}/export-responses"
    progress = api.post(address, json={"format": "json", **wish}).json()["result"]["progressId"]
    seen = []
    while True:
        state = api.get(f"{address}/{progress}").json()["result"]
        seen.append(state["status"])
        if state["status"] == "complete":
            break
    assert seen == ["inProgress", "complete"]
    archive = zipfile.ZipFile(io.BytesIO(api.get(f"{address}/{state['fileId']}/file").content))
    return archive.read(archive.namelist()[0])


def _responses(api: TestClient, survey: str, **wish: str) -> list[dict[str, Any]]:
    return list(json.loads(_export(api, survey, **wish))["responses"])


def test_strangers_and_wrong_surveys_are_refused(api: TestClient) -> None:
    assert client(shared_home()).get("/qualtrics/API/v3/whoami").status_code == 401
    assert api.get("/qualtrics/API/v3/whoami").json()["result"]["brandId"] == "haldenmark"
    assert api.get("/qualtrics/API/v3/survey-definitions/SV_other").status_code == 404
    known = next(iter(SURVEYS.values())).id
    assert api.post(f"/qualtrics/API/v3/surveys/{known}/export-responses", json={"format": "shoe"}).status_code == 400
    assert api.get(f"/qualtrics/API/v3/surveys/{known}/export-responses/ES_none").status_code == 404


def test_every_response_is_exported_and_csv_says_the_same(api: TestClient) -> None:
    listed = api.get("/qualtrics/API/v3/surveys").json()["result"]["elements"]
    assert {s["id"] for s in listed} == {s.id for s in SURVEYS.values()}
    for survey in SURVEYS.values():
        responses = _responses(api, survey.id)
        assert len({r["responseId"] for r in responses}) == len(responses) == Store(shared_home()).counts()[f"qualtrics.{survey.id}"]
        table = list(csv.reader(io.StringIO(_export(api, survey.id, format="csv").decode())))
        imports = [json.loads(cell)["ImportId"] for cell in table[2]]
        assert [dict(zip(imports, row, strict=True))["_recordId"] for row in table[3:]] == [r["responseId"] for r in responses]
        nps = next(q.qid for q in survey.questions if q.measure == "nps")
        assert [dict(zip(imports, row, strict=True))[nps] for row in table[3:]] == [str(r["values"].get(nps, "")) for r in responses]
        lines = _export(api, survey.id, format="ndjson").splitlines()
        assert [json.loads(line) for line in lines] == responses


def test_dates_split_responses_without_gap_or_overlap(api: TestClient) -> None:
    survey = SURVEYS["relationship"].id
    middle = "2025-10-10T00:00:00Z"
    before, after = _responses(api, survey, endDate=middle), _responses(api, survey, startDate=middle)
    assert before
    assert after
    assert [r["responseId"] for r in before + after] == [r["responseId"] for r in _responses(api, survey)]


def test_answers_fit_the_questions_of_the_definition(api: TestClient) -> None:
    for survey in SURVEYS.values():
        questions = api.get(f"/qualtrics/API/v3/survey-definitions/{survey.id}").json()["result"]["Questions"]
        for question in survey.questions:
            entry = questions[question.qid.partition("_")[0]]
            choices = entry.get("Answers") or entry.get("Choices") or {}
            answers = {str(r["values"][question.qid]) for r in _responses(api, survey.id) if question.qid in r["values"]}
            assert answers
            if question.top:
                assert answers <= set(choices)


def test_the_pulse_names_nobody_and_transactions_name_their_ticket(api: TestClient) -> None:
    personal = ("recipientEmail", "recipientFirstName", "recipientLastName", "externalDataReference", "ipAddress")
    assert not any(r["values"][p] for r in _responses(api, SURVEYS["engagement"].id) for p in personal)
    transactional = _responses(api, SURVEYS["transactional"].id)
    with_ticket = Store(shared_home()).bodies("zendesk.tickets", [int(r["values"]["ticketId"]) for r in transactional])
    assert len(with_ticket) == len(transactional)
    assert any(r["values"]["recipientEmail"] for r in transactional)


def test_late_uploads_and_previews_are_marked() -> None:
    responses = build(Settings(shared_home(), 0.3)).responses
    late = [r for r in responses if r.recorded_at > r.answered_at]
    assert 0 < len(late) < 0.03 * len(responses)
    assert 0 < sum(r.is_preview for r in responses) < 0.02 * len(responses)
    assert {qualtrics_rows.record(r).body["values"]["status"] for r in late} <= {1, 16}


def test_every_invitation_is_told_and_leads_to_its_response(api: TestClient) -> None:
    """Would catch: silent people who are nowhere told, so that a response rate is always 100 %, or a response that nobody was asked for."""
    root = "/qualtrics/API/v3"
    assert api.get(f"{root}/distributions").status_code == 400
    contacts = _all(api, f"{root}/directories/POOL_hg0000000000001/contacts?pageSize=500")
    known = {contact["contactId"] for contact in contacts}
    for kind in ("relationship", "transactional"):
        survey = SURVEYS[kind].id
        mailings = _all(api, f"{root}/distributions?surveyId={survey}")
        told = [entry for mailing in mailings for entry in _all(api, f"{root}/distributions/{mailing['id']}/history")]
        assert len(told) == len({entry["contactLookupId"] for entry in told}) == sum(m["stats"]["sent"] for m in mailings)
        assert {entry["contactId"] for entry in told} <= known
        answered = {r["responseId"] for r in _responses(api, survey) if r["values"]["status"] != 1}
        assert {entry["responseId"] for entry in told} - {None} == answered
        states = {entry["status"] for entry in told}
        assert states == {"HardBounce", "Blocked", "Success", "Opened", "SurveyStarted", "SurveyPartiallyFinished", "SurveyFinished"}
        assert 0.1 < len(answered) / len(told) < 0.6
        late = _all(api, f"{root}/distributions?surveyId={survey}&sendStartDate=2026-06-01T00:00:00Z")
        assert 0 < len(late) < len(mailings)


def _all(api: TestClient, address: str | None) -> list[dict[str, Any]]:
    found = []
    while address:
        result = api.get(address).json()["result"]
        found += result["elements"]
        address = result["nextPage"]
    return found
