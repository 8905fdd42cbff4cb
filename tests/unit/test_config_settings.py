"""Would catch: a wrong setting of the company that reaches the build, or an error that does not say in which line and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rapport.declarations import DeclarationError
from rapport.declarations.metrics import load_metrics
from rapport.home import checkout
from rapport.warehouse.dbt_config import FILES, deciding, load_config

METRICS = [metric["metric"] for metric in load_metrics(checkout() / "dbt_project" / "metrics")]


def copied(tmp_path: Path, file: str = "", old: str = "", new: str = "") -> Path:
    """Return a folder with the settings of the checkout, one of which is changed."""
    for setting in (checkout() / "config").glob("*.yml"):
        text = setting.read_text()
        assert setting.stem != file or old in text
        (tmp_path / setting.name).write_text(text.replace(old, new, 1) if setting.stem == file else text)
    return tmp_path


def settings(folder: Path) -> dict[str, Any]:
    return load_config(folder, METRICS)


def test_the_settings_in_the_checkout_are_valid() -> None:
    config = settings(checkout() / "config")
    office = next(schedule for schedule in config["schedules"] if schedule["id"] == config["default_schedule"])
    assert [1440 + 480, 1440 + 1080] in office["intervals"]  # Monday 08:00 to 18:00
    assert "2025-12-25" in office["holidays"]
    assert [stage["id"] for stage in config["stages"]] == [
        "attraction",
        "awareness",
        "discovery",
        "cultivation",
        "purchase",
        "use",
        "advocacy",
    ]
    assert {"country": "GB", "day": "2026-12-28", "name": "Boxing Day"} in config["public_holidays"]  # the 26th is a Saturday


def test_the_example_roles_fit_the_same_schema(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "roles.yml").write_text((checkout() / "examples/university/roles.yml").read_text())
    assert [role["id"] for role in settings(folder)["roles"] if role.get("is_customer")] == ["student", "parent"]


def test_only_three_files_are_needed(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    for setting in FILES:
        if setting.instead is not None:
            (folder / f"{setting.name}.yml").unlink(missing_ok=True)
    config = settings(folder)
    assert config["promises"] == [] and config["fivew"] == [] and config["targets"] == {}


def test_a_target_keeps_its_history(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "targets.yml").write_text("targets:\n  csat: [{value: 0.9, valid_from: 2026-01-01}, {value: 0.8}]\n  ces: 0.7\n")
    config = settings(folder)
    assert config["targets"] == {"csat": 0.9, "ces": 0.7}
    assert [(one["value"], one["valid_from"], one["valid_to"]) for one in config["target_versions"] if one["metric"] == "csat"] == [
        (0.9, "2026-01-01", "9999-12-31"),
        (0.8, "1900-01-01", "2026-01-01"),
    ]


def test_what_only_judges_does_not_rebuild_facts(tmp_path: Path) -> None:
    """Would catch: a new target that makes the warehouse build all of its history again."""
    before = settings(checkout() / "config")
    target = settings(copied(tmp_path, "targets", "ces: 0.75", "ces: 0.76"))
    assert target != before
    assert deciding(target) == deciding(before)
    zone = settings(copied(tmp_path, "organisation", "Europe/Berlin", "Europe/Paris"))
    assert deciding(zone) != deciding(before)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("calendars", '"08:00-18:00"', '"08:10-18:00"', "quarter of an hour"),
        ("calendars", '"08:00-18:00"', '"18:00-08:00"', "two spans"),
        ("calendars", "default_schedule: office", "default_schedule: shop", "always, office"),
        ("calendars", "{day: 2024-07-14", "{day: 14 July", "2026-12-25"),
        ("calendars", "    time_zone: Europe/Berlin", "    time_zone: Europe/Berlin\n    holidays_of: SE", "no public holidays of SE"),
        ("organisation", "Europe/Berlin", "Europe/Berlino", "no time zone"),
        ("organisation", "calendar_start: 2015-01-01", "calendar_start: soon", "2026-12-25"),
        ("organisation", "currency: EUR", "currency: Euro", "three letters"),
        ("targets", "\n  csat: [", "\n  happiness: [", "no such metric"),
        ("targets", "0.85, valid_from: 2026-01-01}]\n", "0.85, valid_from: spring}]\n", "2026-12-25"),
        ("targets", "{value: 0.85, valid_from: 2026-01-01}]\n", "{value: 0.85}]\n", "stands twice from the same day"),
        ("journey", "stage: discovery", "stage: purgatory", "purgatory"),
        ("journey", "signal: download", "signal: rumour", "rumour"),
        ("journey", "where: {outcome: [won]}", "where: {colour: [won]}", "has no colour; it has outcome, stage"),
        ("journey", "metric: csat", "metric: joy", "no metric joy"),
        ("journey", "id: ask_by_email", "id: ask_by_form", "stands twice from the same day"),
        ("promises", "touchpoint: ask_by_form", "touchpoint: ask_by_fax", "no touchpoint ask_by_fax"),
        ("promises", "measure: is_completed", "measure: reopens", "no measure reopens"),
        ("promises", "kept: at_most", "kept: mostly", "mostly"),
        ("promises", "id: form_reply_in_a_day", "id: email_reply_in_a_day", "stands twice from the same day"),
        ("channels", "words: [api]", "words: [api, mail]", "already means email"),
        ("roles", "contract: ended", "contract: maybe", "maybe"),
        ("kpis", "driver: ces", "driver: luck", "no metric luck"),
        ("kpis", "review_on: 2026-12-10", "review_on: later", "2026-12-25"),
        ("kpis", "id: first_reply", "id: handle_time", "stands twice"),
        ("fivew", "chat: 0.25", "chat: 0.35", "add up to 1"),
        ("fivew", "w: when", "w: whence", "whence"),
        ("trust", "id: parting", "id: goodbye", "goodbye"),
        ("trust", "metric: reopen_rate", "metric: faith", "no metric faith"),
        ("content", "path: /about,", "path: about,", "such as /pricing"),
        ("evidence", "provenance: observed", "provenance: guessed", "guessed"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_line(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    folder = copied(tmp_path, file, old, new)
    changed = (folder / f"{file}.yml").read_text().splitlines()
    before = (checkout() / "config" / f"{file}.yml").read_text().splitlines()
    first = next(number for number, (now, was) in enumerate(zip(changed, before, strict=False), start=1) if now != was)
    with pytest.raises(DeclarationError) as refused:
        settings(folder)
    assert refused.value.file.name == f"{file}.yml"
    assert abs(refused.value.line - first) <= 3  # the line itself, or the head of the item it stands in
    assert says in refused.value.message
