"""`surveys.yml`: what the questions of the organisation's surveys measure."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import Known

_QUARANTINE_DAYS = {"relationship": 90, "transactional": 30}
_OPTIONAL: dict[str, Any] = {"item": None, "touchpoint": None, "polarity": "higher", "optional": False, "options": [], "correct": None}


def read(document: Document, _known: Known) -> dict[str, Any]:
    """Return `surveys`, with every optional word filled in.

    Raises:
        DeclarationError: a question stands twice, or `options` and the scale do not fit each other.
    """
    return {"surveys": [_survey(document, number) for number in range(len(document.value["surveys"]))]}


def _survey(document: Document, number: int) -> dict[str, Any]:
    survey = document.value["surveys"][number]
    seen: set[str] = set()
    for place, question in enumerate(survey["questions"]):
        where = ("surveys", number, "questions", place)
        if question["id"] in seen:
            raise document.error((*where, "id"), "stands twice in this survey: keep one")
        seen.add(question["id"])
        options = question.get("options", [])
        if options and (question.get("min"), question.get("max")) != (1, len(options)):
            raise document.error((*where, "options"), f"are {len(options)}: write min: 1 and max: {len(options)}")
        if question.get("correct", 1) > max(len(options), 1):
            raise document.error((*where, "correct"), "is the number of none of the `options`")
    questions = [{"min": None, "max": None, **_OPTIONAL, **question} for question in survey["questions"]]
    quarantine = _QUARANTINE_DAYS.get(survey["type"])
    return {"touchpoint": None, "trigger_source": None, "quarantine_days": quarantine, **survey, "questions": questions}
