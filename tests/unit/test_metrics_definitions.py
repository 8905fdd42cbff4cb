"""Would catch: a wrong metric definition that reaches the build, or an error that does not say where and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from rapport.declarations import DeclarationError
from rapport.declarations.metrics import load_metric, load_metrics
from rapport.home import checkout

FIRST_RELEASE = {
    *(
        "nps_relationship",
        "nps_transactional",
        "csat",
        "csat_binary",
        "ces",
        "backlog",
        "reopen_rate",
        "web_sessions",
        "web_task_completion",
    ),
    *(f"first_response_{clock}_{part}" for clock in ("calendar", "business") for part in ("median", "p90")),
    *(f"resolution_{clock}_{part}" for clock in ("calendar", "business") for part in ("median", "p90")),
}
METRICS = checkout() / "dbt_project" / "metrics"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    file = tmp_path / "csat.yml"
    text = (METRICS / "csat.yml").read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return file


def test_the_metrics_of_the_first_release_are_defined() -> None:
    metrics = {metric["metric"]: metric for metric in load_metrics(METRICS)}
    assert set(metrics) >= FIRST_RELEASE
    assert {metric["privacy_k"] for metric in metrics.values()} == {5}
    assert metrics["backlog"]["over_time"] == "last"
    assert metrics["csat"]["over_time"] == "sum"
    assert metrics["csat"]["model"] == "fct_survey_answer"


def test_relationship_and_transactional_scores_are_never_pooled() -> None:
    metrics = {metric["metric"]: metric for metric in load_metrics(METRICS)}
    for kind in ("relationship", "transactional"):
        assert f"survey_type = '{kind}'" in metrics[f"nps_{kind}"]["population"]


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("privacy_k: 5", "privacy_k: 4", "privacy_k", "less than the minimum"),
        ("name: wilson", "name: guess", "estimator", "quantile_order"),
        ("[segment, country]", "[segment, age]", "lattice", "age"),
        ("metric: csat", "metric: csat_top2", "metric", "csat_top2.yml"),
        ("dimensions: [country, ", "dimensions: [", "lattice", "country"),
    ],
)
def test_a_wrong_definition_is_refused_with_its_place(tmp_path: Path, old: str, new: str, place: str, says: str) -> None:
    with pytest.raises(DeclarationError) as refused:
        load_metric(changed(tmp_path, old, new))
    assert refused.value.path.startswith(place)
    assert refused.value.line > 0
    assert says in refused.value.message
