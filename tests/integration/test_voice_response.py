"""Would catch: who was asked and did not answer counted otherwise than by the book, and a gap between answers of different people."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rapport.home import Home, checkout
from rapport.pipeline.build import build_layer
from rapport.pipeline.extract import extract_stream
from rapport.warehouse.dbt import invoke

SURVEYS = """
surveys:
  - id: rel
    type: relationship
    quarantine_days: 90
    questions:
      - {id: q1, measure: nps, min: 0, max: 10}
      - {id: q2, measure: driver, item: price, min: 1, max: 5}
      - {id: q3, measure: driver, item: help, min: 1, max: 5}
      - {id: q4, measure: driver, item: ease, min: 1, max: 5}
      - {id: e1, measure: expectation, touchpoint: visit_website, min: 1, max: 7, optional: true}
      - {id: p1, measure: perception, touchpoint: visit_website, min: 1, max: 7, optional: true}
"""
STATUS = {
    1: "finished",
    2: "started",
    3: "started",
    4: "bounced",
    5: "refused",
    6: "sent",
    7: "opened",
    8: "started",
    9: "not sent",
    10: "finished",
}
DAY = "2026-01-{:02d}T09:00:00Z"
MEASURE = {"q1": "nps", "q2": "driver", "q3": "driver", "q4": "driver", "e1": "expectation", "p1": "perception"}


def _csv(file: Path, rows: list[dict[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as handle:
        out = csv.DictWriter(handle, list({name: None for row in rows for name in row}), restval="")
        out.writeheader()
        out.writerows(rows)


def _answers(response: str, person: int, scores: dict[str, int], invited: str, answered: str, *, complete: bool) -> list[dict[str, Any]]:
    same = {"survey_id": "rel", "survey_type": "relationship", "response_id": response, "person_id": f"p-{person}", "is_complete": complete}
    same |= {"invited_at": invited, "answered_at": answered, "updated_at": answered}
    ends = {"nps": (0, 10), "driver": (1, 5), "expectation": (1, 7), "perception": (1, 7)}
    return [
        {"id": f"{response}-{q}", "question_id": q, "measure": MEASURE[q], "score": score}
        | dict(zip(("scale_min", "scale_max"), ends[MEASURE[q]], strict=True))
        | same
        for q, score in scores.items()
    ]


def _fill(inbox: Path) -> None:
    late = "2026-03-20T09:00:00Z"
    persons = [{"id": f"p-{n}", "country": "DE", "updated_at": DAY.format(1)} for n in range(1, 13)]
    _csv(inbox / "persons" / "p.csv", persons)
    invitations = [
        {"id": f"i-{n}", "survey_id": "rel", "survey_type": "relationship", "person_id": f"p-{n}", "delivery_status": status}
        | {
            "response_id": f"r-{n}" if n in {1, 2, 3, 10} else "",
            "invited_at": late if n == 10 else DAY.format(2),
            "updated_at": DAY.format(3),
        }
        for n, status in STATUS.items()
    ]
    after = {
        "survey_id": "aft",
        "survey_type": "transactional",
        "channel": "phone",
        "invited_at": DAY.format(2),
        "updated_at": DAY.format(3),
    }
    invitations += [
        {"id": f"a-{n}", "person_id": f"p-{n}", "delivery_status": "sent", "response_id": "s-1" if n == 1 else ""} | after
        for n in range(1, 5)
    ]
    _csv(inbox / "survey_invitations" / "i.csv", invitations)
    whole = {"q1": 9, "q2": 4, "q3": 4, "q4": 5}
    day = DAY.format
    rows = [
        # only the answer tells by which channel the contact was; of the other survey the invitation does
        *({**row, "channel": "chat"} for row in _answers("r-1", 1, {**whole, "e1": 5, "p1": 4}, day(2), day(3), complete=True)),
        *(
            {**row, "survey_id": "aft", "survey_type": "transactional", "channel": "phone"}
            for row in _answers("s-1", 1, {"q1": 9}, day(2), day(3), complete=True)
        ),
        *_answers("r-2", 2, {"q1": 6, "q2": 3, "e1": 6}, day(2), day(4), complete=False),
        *_answers("r-3", 3, {"q2": 3, "q3": 2, "q4": 2}, day(2), day(4), complete=False),
        *_answers("r-10", 10, whole, late, late, complete=True),
        # one invitation, three responses: the last that is complete counts
        *_answers("r-11a", 11, {**whole, "q1": 1}, day(5), day(6), complete=True),
        *_answers("r-11b", 11, {**whole, "q1": 2}, day(5), day(7), complete=True),
        *_answers("r-11c", 11, {"q1": 3}, day(5), day(8), complete=False),
        # asked on day 0, 40 and 100: the second is inside the quarantine, the third begins a further ninety days
        *_answers("r-12a", 12, whole, "2025-11-01T09:00:00Z", "2025-11-02T09:00:00Z", complete=True),
        *_answers("r-12b", 12, whole, "2025-12-11T09:00:00Z", "2025-12-12T09:00:00Z", complete=True),
        *_answers("r-12c", 12, whole, "2026-02-09T09:00:00Z", "2026-02-10T09:00:00Z", complete=True),
    ]
    _csv(inbox / "survey_answers" / "a.csv", rows)
    wording = [
        {"id": number, "survey_id": "rel", "question_id": "q1", "wording": text, "worded_since": since, "updated_at": day(1)}
        for number, text, since in (("w1", "Recommend us?", "2025-01-01"), ("w2", "Recommend us to a friend?", "2026-02-01"))
    ]
    _csv(inbox / "survey_questions" / "q.csv", wording)


@pytest.fixture(scope="module")
def desk(module_warehouse: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    home, settings = module_warehouse, tmp_path_factory.mktemp("settings")
    shutil.copytree(checkout() / "config", settings, dirs_exist_ok=True)
    (settings / "surveys.yml").write_text(SURVEYS)
    (settings / "people.yml").unlink()  # it names the surveys of employees, of which there are none here
    _fill(home.path / "inbox")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_HOME", str(home.path))
        patch.setenv("RAPPORT_CONFIG", str(settings))
        patch.setenv("RAPPORT_SOURCES_IN_USE", "inbox_crm,inbox_survey")
        for source, stream in [
            ("inbox_crm", "persons"),
            *(("inbox_survey", f"survey_{what}") for what in ("invitations", "answers", "questions")),
        ]:
            result = extract_stream(home, source, stream, run_id="one")
            assert (result.rows_landed > 0, result.rows_quarantined) == (True, 0), stream
        for layer in ("staging", "intermediate", "core"):
            build_layer(home, layer)
        invoke(home, ["run", "--select", "int_cases__expectation_gaps", "int_cases__survey_invitations"])
        yield home
    shutil.rmtree(home.path / "inbox")


def _rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(home.dsn("transformer")) as conn:
        return conn.execute(query.encode()).fetchall()


def test_every_invitation_has_the_disposition_of_the_book(desk: Home) -> None:
    """Would catch: a partial taken for a break-off. Everybody is asked four questions: two with the key one are half."""
    told = _rows(
        desk,
        "select source_id, disposition, aapor_code, is_valid, is_matured from core.fct_survey_invitation"
        " where is_told and survey <> 'aft' order by 1",
    )
    assert [row for row in told if row[0] != "i-10"] == [
        ("i-1", "complete", "1.1", True, True),
        ("i-2", "partial", "1.2", True, True),
        ("i-3", "break-off", "2.12", True, True),
        ("i-4", "bounced", "3.30", True, True),
        ("i-5", "refused", "2.11", True, True),
        ("i-6", "non-contact", "2.20", True, True),
        ("i-7", "non-contact", "2.20", True, True),
        ("i-8", "break-off", "2.12", True, True),
        ("i-9", "non-contact", "2.20", False, True),
    ]
    assert [row[1:] for row in told if row[0] == "i-10"] == [("complete", "1.1", True, False)]
    rate = """
        select count(*) filter (where disposition = 'complete'), count(*)
        from core.fct_survey_invitation where is_told and is_valid and is_matured and survey <> 'aft'
    """
    assert _rows(desk, rate) == [(1, 8)], "response rate 1: the one who came to the end, of eight who were asked"
    assert _rows(desk, "select answer_minutes from core.fct_survey_invitation where source_id = 'i-1'") == [(24 * 60,)]


def test_no_rate_is_cut_by_what_only_answers_tell(desk: Home) -> None:
    """Would catch: a channel of which everybody seems to answer, because the channel of the silent is not known."""
    kept = "select channel, count(*) from core.fct_survey_invitation where is_told and survey <> 'aft' group by 1 order by 1"
    assert _rows(desk, kept) == [("chat", 1), ("unknown", 9)]
    rates = """
        select survey, channel, count(*), count(*) filter (where disposition = 'complete')
        from intermediate.int_cases__survey_invitations where is_valid and is_matured and is_invitation_known group by 1, 2 order by 1, 2
    """
    found = _rows(desk, rates)
    assert [row[1:] for row in found if row[0] == "aft"] == [("phone", 4, 1)]
    assert {row[1] for row in found if row[0] != "aft"} == {"unknown"}


def test_of_several_responses_the_right_one_counts(desk: Home) -> None:
    """Would catch: a person who answers the same survey twice and counts twice, or whose last word is lost."""
    nps = "select source_id, reject_reason from core.fct_survey_answer where question_id = 'q1' and source_id like 'r-1_%-q1' order by 1"
    assert _rows(desk, nps) == [
        ("r-10-q1", None),
        ("r-11a-q1", "superseded"),
        ("r-11b-q1", None),
        ("r-11c-q1", "superseded"),
        ("r-12a-q1", None),
        ("r-12b-q1", "inside quarantine"),
        ("r-12c-q1", None),
    ]


def test_a_gap_is_of_one_person_and_an_unpaired_side_is_counted(desk: Home) -> None:
    """Would catch: what one expected taken from what another got. 4 - 5 = -1; the other said only what they expected."""
    gaps = "select expected, perceived, gap, is_paired, touchpoint, stage from intermediate.int_cases__expectation_gaps order by expected"
    assert _rows(desk, gaps) == [
        (5.0, 4.0, -1.0, True, "visit_website", "discovery"),
        (6.0, None, None, False, "visit_website", "discovery"),
    ]


def test_an_answer_belongs_to_the_question_as_it_was_worded_then(desk: Home) -> None:
    """Would catch: answers before and after a new wording drawn as one line."""
    versions = """
        select a.source_id, q.version from core.fct_survey_answer as a join core.dim_survey_question as q using (survey_question_sk)
        where a.question_id = 'q1' and a.source_id in ('r-12a-q1', 'r-12c-q1') order by 1
    """
    assert _rows(desk, versions) == [("r-12a-q1", 1), ("r-12c-q1", 2)]


def test_answers_that_come_late_change_or_move_give_what_a_rebuild_gives(desk: Home) -> None:
    """Would catch: a response that keeps an answer which now belongs to another one, or misses one that came later."""
    day, later = DAY.format, {"updated_at": DAY.format(20)}
    more = [
        *_answers("r-2", 2, {"q3": 5, "q4": 5}, day(2), day(9), complete=True),
        *({**row, "response_id": "r-3b"} for row in _answers("r-3", 3, {"q2": 3}, day(2), day(4), complete=False)),
        *_answers("r-6", 6, {"q1": 7, "q2": 2}, day(2), day(10), complete=False),
    ]
    _csv(desk.path / "inbox" / "survey_answers" / "b.csv", [row | later for row in more])
    extract_stream(desk, "inbox_survey", "survey_answers", run_id="two")
    models = ["input__survey_answers", "int_voice__responses", "int_voice__invited_responses", "fct_survey_invitation"]
    chosen = ["run", "--select", *models, "fct_survey_answer", "int_voice__frame"]
    relations = {
        "intermediate.int_voice__responses": "response_id",
        "core.fct_survey_invitation": "source_id",
        "core.fct_survey_answer": "source_id",
        "intermediate.int_voice__frame": "survey_invitation_key",
    }

    def snapshot() -> dict[str, list[tuple[Any, ...]]]:
        return {name: _rows(desk, f"select to_jsonb(t) - '_built_at' from {name} as t order by {key}") for name, key in relations.items()}

    before = snapshot()
    invoke(desk, chosen)
    increments = snapshot()
    invoke(desk, [*chosen, "--full-refresh"])
    assert increments == snapshot()
    assert increments["intermediate.int_voice__responses"] != before["intermediate.int_voice__responses"]
    held = "select items_answered from intermediate.int_voice__responses where response_id in ('rel|r-3', 'rel|r-3b') order by 1"
    assert _rows(desk, held) == [(1,), (2,)]
