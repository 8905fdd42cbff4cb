"""What the organisation has set (`config/*.yml`), validated with file and line and handed to dbt as one variable."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from rapport.declarations.document import Document
from rapport.home import Home

_SCHEMAS = Path(__file__).with_name("dbt_schemas")
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MINUTES_A_DAY = 24 * 60


def config_folder(home: Home) -> Path:
    """Return the folder of the organisation's settings: `RAPPORT_CONFIG`, or `config/` of the checkout."""
    configured = os.environ.get("RAPPORT_CONFIG")
    return Path(configured).expanduser().resolve() if configured else home.root / "config"


def load_config(folder: Path, metrics: Collection[str]) -> dict[str, Any]:
    """Return the organisation's settings as dbt's variable `config`.

    Args:
        folder: holds organisation.yml, calendars.yml, journey.yml, targets.yml and surveys.yml.
        metrics: names of the metrics that may have a target.

    Raises:
        DeclarationError: a setting is wrong, with file, line and what to write instead.
    """
    organisation, calendars, journey, targets, surveys = (
        _read(folder, name) for name in ("organisation", "calendars", "journey", "targets", "surveys")
    )
    _check_zone(organisation, ("time_zone",), organisation.value["time_zone"])
    for name in targets.value["targets"]:
        if name not in metrics:
            raise targets.error(("targets", name), "there is no such metric; dbt_project/metrics/ holds those there are")
    schedules = [_schedule(calendars, number) for number in range(len(calendars.value["schedules"]))]
    known = {"always", *(schedule["id"] for schedule in schedules)}
    if calendars.value["default_schedule"] not in known:
        raise calendars.error(("default_schedule",), f"is none of {', '.join(sorted(known))}")
    return {
        "time_zone": organisation.value["time_zone"],
        "calendar_start": _day(organisation, ("calendar_start",), organisation.value["calendar_start"]),
        "fiscal_year_start_month": organisation.value["fiscal_year_start_month"],
        "default_schedule": calendars.value["default_schedule"],
        "schedules": schedules,
        "touchpoints": [{"channel": None, **touchpoint} for touchpoint in journey.value["touchpoints"]],
        "targets": targets.value["targets"],
        "surveys": [_survey(survey) for survey in surveys.value["surveys"]],
    }


def _read(folder: Path, name: str) -> Document:
    document = Document.read(folder / f"{name}.yml")
    document.check(_SCHEMAS / f"{name}.json")
    return document


def _survey(survey: dict[str, Any]) -> dict[str, Any]:
    questions = [{"min": None, "max": None, **question} for question in survey["questions"]]
    return {"touchpoint": None, "trigger_source": None, **survey, "questions": questions}


def _schedule(calendars: Document, number: int) -> dict[str, Any]:
    place = ("schedules", number)
    schedule = calendars.value["schedules"][number]
    _check_zone(calendars, (*place, "time_zone"), schedule["time_zone"])
    intervals = []
    for day, spans in schedule["hours"].items():
        for index, span in enumerate(spans):
            start, end = (_minute(clock) + _DAYS.index(day) * _MINUTES_A_DAY for clock in span.split("-"))
            if start >= end:
                raise calendars.error((*place, "hours", day, index), "ends before it begins: write a night as two spans, split at 24:00")
            intervals.append([start, end])
    holidays = [_day(calendars, (*place, "holidays", index), value) for index, value in enumerate(schedule.get("holidays", []))]
    return {"id": schedule["id"], "time_zone": schedule["time_zone"], "intervals": sorted(intervals), "holidays": holidays}


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _day(document: Document, place: tuple[Any, ...], value: object) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()[:10]
    except ValueError:
        raise document.error(place, "is no day: write 2026-12-25") from None


def _check_zone(document: Document, place: tuple[Any, ...], zone: str) -> None:
    if zone not in available_timezones():
        raise document.error(place, f"{zone} is no time zone of the IANA database, such as Europe/Berlin")
