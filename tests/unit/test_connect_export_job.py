"""Catches an export taken before it is done, unpacked without limit, or whose answers get lost between surveys and runs."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from typing import Any

import pytest
from rapport.connect import ConnectError, Page, bodies, client, export_job, pages

from tests.unit.connect_server import Request, Vendor, declared, vendor

EXPORT = """
  each: {request: {path: /surveys}, records: result.elements, value: id, name: survey, next: result.nextPage}
  export:
    start: {path: "/surveys/{survey}/export-responses", method: POST, json: {format: json}}
    job: result.progressId
    poll: "/surveys/{survey}/export-responses/{job}"
    status: result.status
    done: complete
    failed: [failed]
    file_id: result.fileId
    file: "/surveys/{survey}/export-responses/{file}/file"
  records: responses
"""
ANSWERS = f"""s:{EXPORT}  unpivot: {{object: values, matching: "QID[0-9]+"}}
  cursor: {{field: values.recordedDate, param: startDate, overlap_seconds: 60}}
  key: [parent.responseId, name]
  fields:
    parent.parent.id: {{type: text, class: internal, as: survey_id}}
    parent.responseId: {{type: text, class: internal, as: response_id}}
    name: {{type: text, class: internal, as: question_id}}
    value: {{type: json, class: internal, as: answer}}
"""
RESPONSES = f"""s:{EXPORT}  key: [responseId]
  fields:
    responseId: {{type: text, class: internal}}
    parent.id: {{type: text, class: internal, as: survey_id}}
    values.recordedDate: {{type: timestamp, class: internal, as: recorded_at}}
    values.QID*: {{ignore: "answers are a stream of their own"}}
"""


def zipped(body: Any, names: tuple[str, ...] = ("Survey.json",)) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, body if isinstance(body, bytes) else json.dumps(body))
    return out.getvalue()


def responses(survey: str) -> dict[str, Any]:
    day = {"A": 2, "B": 1}[survey]
    values = {"QID1": 9, "QID2": ["1", "3"], "QID3": None, "QID4_TEXT": "x", "recordedDate": f"2024-05-0{day}T00:00:00Z", "new": 1}
    return {"responses": [{"responseId": f"R{survey}", "values": values}]}


def answering(running: list[Vendor], file: Any = None, polls: int = 3, final: str = "complete") -> Any:
    def answer(request: Request) -> Any:
        parts = request.path.split("/")
        if request.path == "/surveys":
            second = "page" in request.params
            return {
                "result": {
                    "elements": [{"id": "B" if second else "A"}],
                    "nextPage": None if second else f"{running[0].host}/surveys?page=2",
                }
            }
        if request.path.endswith("/file"):
            return 200, {}, file if file is not None else zipped(responses(parts[2]))
        if request.method == "POST":
            return {"result": {"progressId": "J"}}
        asked = sum(1 for past in running[0].requests if past.path == request.path)
        return {"result": {"status": final, "fileId": "F"} if asked >= polls else {"status": "inProgress"}}

    return answer


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.Client.__init__, "__defaults__", ([].append,))


def read(running: Vendor, streams: str, cursor: dict[str, Any] | None = None) -> list[Page]:
    source = declared(streams, "{protocol: export_job, id: q, auth: {type: header, name: X-API-TOKEN}}")
    return list(pages(source, source.streams["s"], running.connection, cursor, log=running.lines.append))


def run(streams: str, cursor: dict[str, Any] | None = None, **more: Any) -> tuple[list[Page], Vendor]:
    box: list[Vendor] = []
    with vendor(answering(box, **more)) as running:
        box.append(running)
        return read(running, streams, cursor), running


def test_answers_of_all_surveys_are_read_and_the_starting_point_moves_at_the_end_only() -> None:
    """Would catch: answers to one survey lost, because another's are newer."""
    found, running = run(ANSWERS)
    rows = [tuple(row.values()) for page in found for row in page.table.to_pylist()]
    assert rows == [("A", "RA", "QID1", "9"), ("A", "RA", "QID2", '["1","3"]'), ("B", "RB", "QID1", "9"), ("B", "RB", "QID2", '["1","3"]')]
    assert [page.cursor for page in found] == [None, None, {"since": "2024-05-02T00:00:00+00:00"}]
    assert [json.loads(request.body) for request in running.requests if request.method == "POST"] == [{"format": "json"}] * 2
    again, running = run(ANSWERS, found[-1].cursor)
    started = [json.loads(request.body) for request in running.requests if request.method == "POST"]
    assert started == [{"format": "json", "startDate": "2024-05-01T23:59:00Z"}] * 2, (
        "survey B is asked from the old start, not from A's newest"
    )
    assert len(again) == 3


def test_ignored_families_of_fields_are_not_counted_and_new_fields_are() -> None:
    """Would catch: a list of new fields that nobody reads, because it names every question."""
    found, _ = run(RESPONSES)
    assert [row["survey_id"] for page in found for row in page.table.to_pylist()] == ["A", "B"]
    assert [page.undeclared for page in found] == [Counter({"values.new": 1})] * 2


def test_a_failed_export_is_an_error() -> None:
    """Would catch: an export that failed, taken for one without answers."""
    with pytest.raises(ConnectError, match="export failed"):
        run(ANSWERS, final="failed")


def test_an_export_that_is_never_done_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a run that asks for ever whether a job is done."""
    monkeypatch.setattr(export_job, "LONGEST_JOB", -1.0)
    with pytest.raises(ConnectError, match="not done"):
        run(ANSWERS)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b"no zip", "whole body"),
        (zipped(b"{"), "whole body"),
        (zipped(b"0" * 5_000_000), "unpacks to more"),
    ],
)
def test_a_file_that_is_not_what_was_asked_for_is_refused(file: bytes, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: half a file landed, or one that unpacks to more than the machine holds."""
    monkeypatch.setattr(bodies, "BODY_LIMIT", 1 << 20)
    with pytest.raises(ConnectError, match=says):
        run(ANSWERS, file=file)


def test_streams_without_an_export_are_read_as_pages() -> None:
    """Would catch: a list of surveys that is never read, because its system exports answers."""
    paged = "paging: {type: next_url, next: result.nextPage}"
    said = f"s:\n  request: {{path: /surveys}}\n  records: result.elements\n  {paged}\n  fields:\n    id: {{type: text, class: internal}}"
    found, _ = run(said)
    assert [row["id"] for page in found for row in page.table.to_pylist()] == ["A", "B"]
