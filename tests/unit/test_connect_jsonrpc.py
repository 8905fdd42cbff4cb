"""Catches calls whose answers are lost between surveys and pages, sessions left open or given up, and errors taken for data."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from rapport.connect import ConnectError, Page, client, count, pages

from tests.unit.connect_server import Request, Vendor, declared, vendor

SESSION = """{protocol: jsonrpc, id: survey, path: /admin/remotecontrol, auth: {type: session,
  login: {method: get_session_key, params: ["{login}", "{password}"]}, logout: {method: release_session_key, params: ["{session}"]}}}"""
DEAD = {"status": "Invalid session key"}
ANSWERS = """s:
  each:
    call: {method: list_surveys, params: ["{session}"], empty: [No surveys found]}
    value: sid
    name: survey
  call:
    method: export_responses
    params: ["{session}", "{survey}", json, null, complete, code, short, "{since}"]
    decode: base64_json
    empty: ["No Data, survey table does not exist."]
  records: responses.*
  cursor: {field: submitdate, format: "%Y-%m-%d %H:%M:%S", time_zone: Europe/Berlin, inclusive: false, precision: second}
  key: [parent.sid, id]
  fields:
    parent.sid: {type: bigint, class: internal, as: survey_id}
    id: {type: bigint, class: internal}
    submitdate: {type: timestamp, format: "%Y-%m-%d %H:%M:%S", time_zone: Europe/Berlin, class: internal}
    q1: {type: bigint, class: internal}
"""


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.Client.__init__, "__defaults__", ([].append,))


def survey_server(dies_after: int = 0, says: Any = None) -> Any:
    """A server with the manners of LimeSurvey: errors and empty lists are results, and a session dies after so many calls.

    What it then says is a result, an error of the protocol, or a status of HTTP.
    """
    sessions: dict[str, int] = {}
    state = {"given": 0}

    def result(method: str, params: list[Any]) -> Any:  # noqa: PLR0911 - one answer a method
        if method == "get_session_key":
            if params != ["me@corp.example/token", "s3cret"]:
                return {"status": "Invalid user name or password"}
            state["given"] += 1
            sessions[f"k{state['given']}"] = 0
            return f"k{state['given']}"
        if params[0] not in sessions or (dies_after and state["given"] == 1 and sessions[params[0]] >= dies_after):
            return DEAD
        sessions[params[0]] += 1
        if method == "release_session_key":
            del sessions[params[0]]
            return "OK"
        if method == "list_surveys":
            return [{"sid": "11", "surveyls_title": "a"}, {"sid": "22"}, {"sid": "33"}]
        if params[1] == "22":
            return {"status": "No Data, survey table does not exist."}
        rows = [{"id": f"{n}", "submitdate": f"2024-05-01 10:00:0{n}", "q1": n} for n in (1, 2)]
        return base64.b64encode(json.dumps({"responses": [{row["id"]: row} for row in rows]}).encode()).decode()

    def answer(request: Request) -> Any:
        asked = json.loads(request.body)
        assert request.path == "/admin/remotecontrol"
        given = result(asked["method"], asked["params"])
        if given is DEAD and says is not None:
            return (says, {}, {}) if isinstance(says, int) else {"id": asked["id"], "result": None, "error": says}
        return {"id": asked["id"], "result": given, "error": None}

    answer.sessions = sessions  # type: ignore[attr-defined]
    return answer


def read(running: Vendor, said: str, cursor: dict[str, Any] | None = None, connection: str = SESSION) -> list[Page]:
    source = declared(said, connection)
    return list(pages(source, source.streams["s"], running.connection, cursor, log=running.lines.append))


def rows(found: list[Page]) -> list[tuple[Any, ...]]:
    return [tuple(row.values())[:2] for page in found for row in page.table.to_pylist()]


def calls(running: Vendor) -> list[dict[str, Any]]:
    return [json.loads(request.body) for request in running.requests]


@pytest.mark.parametrize(
    ("dies_after", "says"),
    [(0, None), (2, None), (2, 401), (2, {"code": 7, "message": "Session expired for jane"}), (2, ["UserError", ["Unknown session", ""]])],
)
def test_answers_of_all_surveys_are_read_in_one_session_that_ends(dies_after: int, says: Any) -> None:
    """Would catch: answers lost when a session dies half-way, an empty survey taken for an error, or sessions left open."""
    answer = survey_server(dies_after, says)
    with vendor(answer) as running:
        found = read(running, ANSWERS)
        asked = calls(running)
        again = read(running, ANSWERS, found[-1].cursor)
    assert rows(found) == [(11, 1), (11, 2), (33, 1), (33, 2)] == rows(again)
    assert not any(page.rejected or page.undeclared for page in found)
    assert found[-1].cursor == {"since": "2024-05-01T08:00:02+00:00"}, "the time zone of the server's times counts"
    methods = [call["method"] for call in asked]
    assert methods.count("get_session_key") == (2 if dies_after else 1)
    assert methods[-1] == "release_session_key"
    assert next(call["params"][-1] for call in asked if call["method"] == "export_responses") == "1970-01-01 00:59:59"
    assert calls(running)[-2]["params"][-1] == "2024-05-01 10:00:01", "a source that compares strictly is asked a second back"
    assert set(answer.sessions) == ({"k1"} if dies_after else set()), "the one that had died cannot be ended"
    assert not any(word in line for line in running.lines for word in ("s3cret", "k1", "2024"))
    assert any("export_responses" in line for line in running.lines)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"result": None, "error": {"code": -32601, "message": "jane@doe.example"}}, "error -32601"),
        ({"result": None, "error": "jane@doe.example"}, "an error"),
        ({"result": {"status": "jane@doe.example"}}, "not declared in `empty`"),
        ({"result": [], "id": "another"}, "another call"),
        ({"rows": []}, "endpoint"),
        ([], "endpoint"),
    ],
)
def test_errors_of_the_protocol_are_errors_and_hold_no_data(given: Any, says: str) -> None:
    """Would catch: an error taken for an empty list, or a server's words with a person's address in a log."""
    said = "s:\n  call: {method: party.read, params: {}}\n  fields:\n    id: {type: bigint, class: internal}\n"
    plain = "{protocol: jsonrpc, id: survey, path: /rpc, auth: {type: basic}}"

    def answer(request: Request) -> Any:
        return {"id": json.loads(request.body)["id"], **given} if isinstance(given, dict) else given

    with vendor(answer) as running, pytest.raises(ConnectError, match=says) as caught:
        read(running, said, connection=plain)
    assert "jane" not in str(caught.value) + "".join(running.lines)


def test_a_login_that_is_refused_is_an_error_of_the_credentials() -> None:
    """Would catch: the words of a refusal used as a session."""
    with vendor(survey_server()) as running, pytest.raises(ConnectError, match="check login") as caught:
        source = declared(ANSWERS, SESSION)
        list(pages(source, source.streams["s"], {**running.connection, "password": "x"}, None, log=running.lines.append))
    assert caught.value.code == "auth"


def test_pages_by_number_in_positional_and_named_parameters_and_a_count() -> None:
    """Would catch: the first page read for ever, or a count of pages in place of records."""
    positional = "params: [[[write_date, '>=', '{since}']], 0, 2, '{fields}'], paging: {type: offset, param: '1', size: 2}"
    named = "params: {at: {offset: 0}, fields: '{fields}'}, paging: {type: offset, param: at.offset, size: 2}"
    plain = "{protocol: jsonrpc, id: survey, path: /rpc, auth: {type: none}}"

    def answer(request: Request) -> Any:
        asked = json.loads(request.body)
        if asked["method"] == "count":
            return {"jsonrpc": "2.0", "id": asked["id"], "result": {"n": 5}}
        params = asked["params"]
        first = params[1] if isinstance(params, list) else params["at"]["offset"]
        return {"jsonrpc": "2.0", "id": asked["id"], "result": [{"id": n} for n in range(5)][first : first + 2]}

    for said in (positional, named):
        params, paging = said.split(", paging: ")
        stream = f"s:\n  call: {{method: read, {params}}}\n  paging: {paging}\n  count: {{call: {{method: count}}, path: n}}\n"
        stream += "  cursor: {field: write_date, format: epoch}\n  key: [id]\n  fields:\n    id: {type: bigint, class: internal}\n"
        with vendor(answer) as running:
            assert [row[0] for row in rows(read(running, stream, connection=plain))] == [0, 1, 2, 3, 4]
            source = declared(stream, plain)
            assert count(source, source.streams["s"], running.connection, log=running.lines.append) == 5
    assert calls(running)[0]["params"]["fields"] == ["id"]
