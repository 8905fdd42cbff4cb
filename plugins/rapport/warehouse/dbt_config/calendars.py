"""`calendars.yml`: business hours, their holidays, and public holidays by country."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.organisation import check_zone
from rapport.warehouse.dbt_config.reading import Known, day

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MINUTES_A_DAY = 24 * 60


def read(document: Document, _known: Known) -> dict[str, Any]:
    """Return `default_schedule, schedules, public_holidays`; a schedule may take the public holidays of a country as its own."""
    public = [
        {"country": country, "day": day(document, ("public_holidays", country, number, "day"), one["day"]), "name": one["name"]}
        for country, holidays in document.value.get("public_holidays", {}).items()
        for number, one in enumerate(holidays)
    ]
    schedules = [_schedule(document, number, public) for number in range(len(document.value["schedules"]))]
    names = {"always", *(schedule["id"] for schedule in schedules)}
    if document.value["default_schedule"] not in names:
        raise document.error(("default_schedule",), f"is none of {', '.join(sorted(names))}")
    return {"default_schedule": document.value["default_schedule"], "schedules": schedules, "public_holidays": public}


def _schedule(document: Document, number: int, public: list[dict[str, Any]]) -> dict[str, Any]:
    place = ("schedules", number)
    schedule = document.value["schedules"][number]
    check_zone(document, (*place, "time_zone"), schedule["time_zone"])
    intervals = []
    for weekday, spans in schedule["hours"].items():
        for index, span in enumerate(spans):
            start, end = (_minute(clock) + _DAYS.index(weekday) * _MINUTES_A_DAY for clock in span.split("-"))
            if start >= end:
                raise document.error((*place, "hours", weekday, index), "ends before it begins: write a night as two spans, split at 24:00")
            intervals.append([start, end])
    country = schedule.get("holidays_of")
    if country and country not in {holiday["country"] for holiday in public}:
        raise document.error((*place, "holidays_of"), f"there are no public holidays of {country} below `public_holidays`")
    own = [day(document, (*place, "holidays", index), value) for index, value in enumerate(schedule.get("holidays", []))]
    holidays = sorted({*own, *(holiday["day"] for holiday in public if holiday["country"] == country)})
    return {"id": schedule["id"], "time_zone": schedule["time_zone"], "intervals": sorted(intervals), "holidays": holidays}


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
