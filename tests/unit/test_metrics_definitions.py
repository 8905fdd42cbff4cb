"""Would catch: a wrong metric definition or setting that reaches the build, or an error that does not say where and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from rapport.declarations import DeclarationError
from rapport.declarations.metrics import load_metric, load_metrics
from rapport.home import checkout
from rapport.warehouse.dbt_config import load_config

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


def test_the_settings_in_the_checkout_are_valid() -> None:
    config = load_config(checkout() / "config", FIRST_RELEASE)
    office = next(schedule for schedule in config["schedules"] if schedule["id"] == config["default_schedule"])
    assert [1440 + 480, 1440 + 1080] in office["intervals"]  # Monday 08:00 to 18:00
    assert "2025-12-25" in office["holidays"]


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("calendars", '"08:00-18:00"', '"08:10-18:00"', "quarter of an hour"),
        ("calendars", '"08:00-18:00"', '"18:00-08:00"', "two spans"),
        ("calendars", "default_schedule: office", "default_schedule: shop", "always, office"),
        ("organisation", "Europe/Berlin", "Europe/Berlino", "no time zone"),
        ("organisation", "calendar_start: 2015-01-01", "calendar_start: soon", "2026-12-25"),
        ("targets", "csat: 0.85", "happiness: 0.85", "no such metric"),
        ("journey", "stage: discovery", "stage: purgatory", "purgatory"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_line(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    for setting in (checkout() / "config").glob("*.yml"):
        text = setting.read_text()
        (tmp_path / setting.name).write_text(text.replace(old, new, 1) if setting.stem == file else text)
    with pytest.raises(DeclarationError) as refused:
        load_config(tmp_path, FIRST_RELEASE)
    assert refused.value.file.name == f"{file}.yml"
    assert refused.value.line > 1
    assert says in refused.value.message
