"""The three surveys of the company as LimeSurvey numbers them: survey ids, question codes, group and question ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.company.surveys import PULSE, PULSE_ITEMS, RELATIONSHIP, TRANSACTIONAL
from sandbox.vendors.qualtrics.further import RELATIONSHIP_FURTHER, TRANSACTIONAL_FURTHER, Further
from sandbox.vendors.qualtrics.questions import DRIVER_TEXT, NPS_TEXT, PULSE_TEXT

NUMERIC, ARRAY, LONG_TEXT, SUBQUESTION = "N", "F", "T", "T"  # https://www.limesurvey.org/manual/Question_types


@dataclass(frozen=True)
class Question:
    """One question: what it measures in the company, the column of its answers (`Q2[SQ001]` in an array), its text."""

    measure: str
    column: str
    text: str
    type: str = NUMERIC


@dataclass(frozen=True)
class Survey:
    """One survey; an anonymised one has no participants."""

    kind: str
    sid: int
    title: str
    questions: tuple[Question, ...]
    is_anonymised: bool = False


def _further(found: tuple[Further, ...]) -> tuple[Question, ...]:
    """Return the further questions: `Q4[SQ001]` is the first line of an array, `Q5PREFERREDCHANNEL` a question of its own."""
    return tuple(
        Question(measure, f"Q{number}[SQ{line:03d}]", text, ARRAY)
        if line
        else Question(measure, f"Q{number}{measure.replace('_', '').upper()}", text)
        for measure, number, line, text, _, _ in found
    )


SURVEYS = {
    RELATIONSHIP: Survey(
        RELATIONSHIP,
        612345,
        "Customer relationship survey",
        (
            Question("nps", "Q1NPS", NPS_TEXT.format("Haldenmark Grid")),
            *(Question(k, f"Q2[SQ{n:03d}]", text, ARRAY) for n, (k, text) in enumerate(DRIVER_TEXT.items(), 1)),
            Question("comment", "Q3TEXT", "What is the main reason for your score?", LONG_TEXT),
            *_further(RELATIONSHIP_FURTHER),
        ),
    ),
    TRANSACTIONAL: Survey(
        TRANSACTIONAL,
        724518,
        "After-contact survey",
        (
            Question("csat", "Q1CSAT", "How satisfied are you with how we handled your request?"),
            Question("ces", "Q2CES", "It was easy to get my request solved."),
            Question("nps", "Q3NPS", NPS_TEXT.format("Haldenmark Grid after this contact")),
            Question("expectation", "Q4EXPECT", "How quickly did you expect an answer? (1 = not quickly, 7 = at once)"),
            Question("perception", "Q5PERCEIVE", "How quickly was it answered? (1 = not quickly, 7 = at once)"),
            Question("solved", "Q6SOLVED", "Was your request solved? (1 = yes, 2 = no)"),
            Question("comment", "Q7TEXT", "Anything else?", LONG_TEXT),
            *_further(TRANSACTIONAL_FURTHER),
        ),
    ),
    PULSE: Survey(
        PULSE,
        833907,
        "Employee pulse",
        (
            *(Question(k, f"Q1[SQ{n:03d}]", PULSE_TEXT[k], ARRAY) for n, k in enumerate(PULSE_ITEMS, 1)),
            Question("nps", "Q2NPS", NPS_TEXT.format("Haldenmark Grid as a place to work")),
            Question("comment", "Q3TEXT", "What should we change first?", LONG_TEXT),
        ),
        is_anonymised=True,
    ),
}
EMPTY_SURVEY = 945120  # active, and nobody has answered yet


def listed(survey: Survey) -> list[dict[str, Any]]:
    """Return the survey's questions as `list_questions` does: an array and each of its lines are entries of their own."""
    gid = survey.sid % 1000
    found: list[dict[str, Any]] = []
    parents: dict[str, int] = {}
    for number, question in enumerate(survey.questions, 1):
        code, _, line = question.column.removesuffix("]").partition("[")
        qid = survey.sid * 100 + number
        if line and code not in parents:
            parents[code] = survey.sid * 100 + 90 + len(parents)
            found.append(_entry(survey, (parents[code], 0, gid), ARRAY, code, "How much do you agree?", len(found)))
        kind = SUBQUESTION if line else question.type
        found.append(_entry(survey, (qid, parents.get(code, 0), gid), kind, line or code, question.text, len(found)))
    return found


def _entry(survey: Survey, ids: tuple[int, int, int], kind: str, title: str, *text: Any) -> dict[str, Any]:
    qid, parent, gid = ids
    words, order = text
    return {
        "id": qid,
        "question": words,
        "help": "",
        "language": "en",
        "qid": qid,
        "parent_qid": parent,
        "sid": survey.sid,
        "gid": gid,
        "type": kind,
        "title": title,
        "preg": "",
        "other": "N",
        "mandatory": "N",
        "encrypted": "N",
        "question_order": order + 1,
        "scale_id": 0,
        "same_default": 0,
        "relevance": "1",
        "question_theme_name": "longfreetext" if kind == LONG_TEXT and not parent else "numerical",
        "modulename": None,
        "same_script": 0,
        "available_answers": "No available answers",
        "subquestions": "No available answers",
        "attributes": "No available answers",
    }
