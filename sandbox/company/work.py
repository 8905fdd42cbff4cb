"""Time away from work and hours beyond the schedule: what each employee asks for, is ill for and works too long."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from sandbox.company.hours import HOLIDAYS
from sandbox.company.params import DAY, Params, Settings, epoch, iso
from sandbox.company.people import GROWTH_DAYS
from sandbox.company.staff import Employee

HOURS_A_DAY = 8
VACATION, SICK, PARENTAL = "Vacation", "Sick", "Parental Leave"
REGION = {"US": "amer", "CA": "amer", "DE": "emea", "GB": "emea", "FR": "emea", "IN": "apac", "AU": "apac"}


@dataclass(slots=True)
class Absence:
    """One request for time off. Times are Unix seconds; `days` are the working days it covers, as dates.

    Illness is reported on its first day; a vacation is asked for weeks before, and may be called off.
    """

    id: int
    employee: Employee
    kind: str
    created_at: int
    decided_at: int
    cancelled_at: int | None
    days: tuple[str, ...]

    def status(self, now: int) -> str:
        """Return `requested`, `approved` or `canceled`."""
        if self.cancelled_at is not None and self.cancelled_at <= now:
            return "canceled"
        return "approved" if self.decided_at <= now else "requested"

    def changed_at(self, now: int) -> int:
        """Return when the record last changed."""
        moments = (self.created_at, self.decided_at, self.cancelled_at)
        return max(moment for moment in moments if moment is not None and moment <= now)


@dataclass(slots=True)
class Overtime:
    """Hours beyond the schedule on one day, written down that evening."""

    id: int
    employee: Employee
    day: str
    hours: float
    entered_at: int


@lru_cache(maxsize=4)
def working_days(region: str, start: int, days: int) -> tuple[str, ...]:
    """Return the working days of a region's offices as dates, from the day of `start` (Unix seconds) on."""
    closed = {(month, day) for _, month, day in HOLIDAYS[region]}
    found = []
    for index in range(days):
        text = iso(start + index * DAY)[:10]
        weekday = (start // DAY + index + 3) % 7  # 1 January 1970 was a Thursday
        if weekday < 5 and (int(text[5:7]), int(text[8:])) not in closed:
            found.append(text)
    return tuple(found)


def absences(settings: Settings, params: Params, employees: list[Employee]) -> list[Absence]:
    """Return every request up to the present; an employee's draws depend on nothing but the employee."""
    return [
        a
        for employee in employees
        if employee.hired_at <= settings.now
        for a in _absences_of(settings, params, employee)
        if a.created_at <= settings.now
    ]


def overtime(settings: Settings, params: Params, employees: list[Employee]) -> list[Overtime]:
    """Return every day with hours beyond the schedule up to the present."""
    return [
        o
        for employee in employees
        if employee.hired_at <= settings.now
        for o in _overtime_of(settings, params, employee)
        if o.entered_at <= settings.now
    ]


def _span(settings: Settings, employee: Employee) -> tuple[int, int]:
    horizon = settings.first_now + GROWTH_DAYS * DAY
    return max(employee.hired_at // DAY * DAY + DAY, settings.start), min(employee.left_at or horizon, horizon)


def _absences_of(settings: Settings, params: Params, employee: Employee) -> Iterator[Absence]:
    rng = np.random.default_rng([settings.seed, 811, employee.index])
    begin, end = _span(settings, employee)
    years = max(end - begin, 0) / (365 * DAY)
    mood = employee.job(begin).unit.mood
    sick = params.sick_spells_per_year * math.exp(params.sick_per_mood_log * mood)
    plans = [(SICK, at, 1 + min(int(rng.exponential(1.7)), 14)) for at in _moments(rng, begin, end, sick * years)]
    plans += [(VACATION, at, int(rng.choice((1, 3, 5, 10)))) for at in _moments(rng, begin, end, params.vacations_per_year * years)]
    plans += [(PARENTAL, at, int(rng.integers(40, 110))) for at in _moments(rng, begin, end, params.parental_leaves_per_year * years)]
    draws = rng.random((len(plans), 3)).tolist()
    taken = 0
    calendar = _calendar(settings, employee)
    last = bisect_left(calendar, iso(max(end, begin))[:10])
    for number, ((kind, at, length), (u, v, w)) in enumerate(zip(sorted(plans, key=lambda p: p[1]), draws, strict=True)):
        start = max(at, taken)
        first = bisect_left(calendar, iso(start)[:10])
        days = calendar[first : min(first + length, last)]
        if not days:
            continue
        taken = start + (length * 7 // 5 + 3) * DAY
        if kind == SICK:
            created, decided, cancelled = start // DAY * DAY + 7 * 3600, start // DAY * DAY + 9 * 3600, None
        else:
            created = max(start - int((15 + 40 * u) * DAY), employee.hired_at)
            decided = created + int((0.2 + 3 * v) * DAY)
            cancelled = decided + int(0.5 * (start - decided)) if w < params.time_off_cancelled_share and start > decided else None
        yield Absence(employee.index * 1000 + number, employee, kind, created, decided, cancelled, days)


def _overtime_of(settings: Settings, params: Params, employee: Employee) -> Iterator[Overtime]:
    rng = np.random.default_rng([settings.seed, 812, employee.index])
    begin, end = _span(settings, employee)
    share = params.overtime_day_share * math.exp(params.overtime_per_mood_log * employee.job(begin).unit.mood)
    calendar = _calendar(settings, employee)
    draws = rng.random((len(calendar), 2))
    first, last = (bisect_left(calendar, iso(moment)[:10]) for moment in (begin, max(end, begin)))
    for index in np.flatnonzero(draws[:, 0] < share).tolist():
        if first <= index < last:
            day = calendar[index]
            hours = round(0.5 + 3.5 * float(draws[index, 1]) ** 2, 2)
            yield Overtime(employee.index * 10_000 + index, employee, day, hours, epoch(date.fromisoformat(day)) + 19 * 3600)


def _moments(rng: np.random.Generator, begin: int, end: int, expected: float) -> list[int]:
    return sorted(begin + int(u * (end - begin)) for u in rng.random(int(rng.poisson(expected))).tolist())


def _calendar(settings: Settings, employee: Employee) -> tuple[str, ...]:
    days = (settings.first_now - settings.start) // DAY + GROWTH_DAYS
    return working_days(REGION[employee.country.code], settings.start, days)
