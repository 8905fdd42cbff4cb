"""Metric definitions: read, validated and handed to dbt as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rapport.declarations.document import Document

SCHEMA = Path(__file__).with_name("metric.schema.json")
# The fact that people find behind the cases a metric is computed from.
MODELS = {
    "tickets": "fct_ticket",
    "backlog": "fct_ticket",
    "survey_answers": "fct_survey_answer",
    "web_sessions": "fct_web_event",
    "web_tasks": "fct_web_event",
}
# The vendor-neutral entity without which there are no such cases.
ENTITIES = {
    "tickets": "tickets",
    "backlog": "tickets",
    "survey_answers": "survey_answers",
    "web_sessions": "web_events",
    "web_tasks": "web_events",
}


def load_metric(file: Path) -> dict[str, Any]:
    """Return the metric defined in `file`, with `over_time`, `model` and `entity` filled in.

    Raises:
        DeclarationError: with file, line and what to write instead.
    """
    document = Document.read(file)
    document.check(SCHEMA)
    metric: dict[str, Any] = dict(document.value)
    if file.stem != metric["metric"]:
        raise document.error(("metric",), f"must stand in {metric['metric']}.yml, after its name")
    for number, cut in enumerate(metric["lattice"]):
        unknown = [name for name in cut if name not in metric["dimensions"]]
        if unknown:
            raise document.error(("lattice", number), f"cuts by {', '.join(unknown)}, which is not among the metric's dimensions")
    if metric["estimator"]["name"] == "nps_adjusted_wald" and metric["unit"] != "points":
        raise document.error(("unit",), "a net promoter score is in points")
    return {"over_time": "sum", **metric, "model": MODELS[metric["cases"]], "entity": ENTITIES[metric["cases"]]}


def load_metrics(folder: Path) -> list[dict[str, Any]]:
    """Return the metrics defined in `<folder>/*.yml`, in order of name.

    Raises:
        DeclarationError: a file is wrong.
    """
    return [load_metric(file) for file in sorted(folder.glob("*.yml"))]
