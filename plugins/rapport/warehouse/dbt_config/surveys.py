"""`surveys.yml`: what the questions of the organisation's surveys measure."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import Known


def read(document: Document, _known: Known) -> dict[str, Any]:
    """Return `surveys`, with every optional word filled in."""
    return {"surveys": [_survey(survey) for survey in document.value["surveys"]]}


def _survey(survey: dict[str, Any]) -> dict[str, Any]:
    questions = [{"min": None, "max": None, **question} for question in survey["questions"]]
    return {"touchpoint": None, "trigger_source": None, **survey, "questions": questions}
