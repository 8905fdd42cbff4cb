"""How many tickets a day brings, from whom, at what local hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np

from sandbox.company.hours import SCHEDULES, ZONES
from sandbox.company.params import HISTORY_START, Params, Settings, epoch
from sandbox.company.people import Person

MONTH_FACTOR = (1.16, 1.08, 1.02, 0.96, 0.94, 0.95, 0.92, 0.86, 0.98, 1.03, 1.06, 1.10)
OUT_HOURS = (6, 7, 18, 19, 20, 21, 22, 23, 0, 5)


def day_weight(day: date, region: str, params: Params) -> float:
    """Return a day's demand relative to a normal working day of the region."""
    return 1.0 if SCHEDULES[region].is_open(day) else params.weekend_day_weight


def weekday_out_share(region: str, params: Params) -> float:
    """Return the out-of-hours share of open days that makes the planted share hold over a year, closed days included."""
    days = [HISTORY_START + timedelta(days=i) for i in range(364)]
    closed = sum(day_weight(d, region, params) for d in days if not SCHEDULES[region].is_open(d))
    total = sum(day_weight(d, region, params) for d in days)
    return (params.out_of_hours_share * total - closed) / (total - closed)


class Demand:
    """Draws requesters and arrival times day by day; a day's draws never depend on how far history reaches."""

    def __init__(self, settings: Settings, params: Params, persons: list[Person]) -> None:
        self.settings, self.params, self.persons = settings, params, persons
        self.out_share = {region: weekday_out_share(region, params) for region in SCHEDULES}
        self.cumulative = np.zeros(0)
        self.active: list[Person] = []

    def start_month(self, moment: int) -> None:
        """Fix who can write in the month that starts at `moment`."""
        self.active = [
            p
            for p in self.persons
            if p.joined_at <= moment
            and (p.account.churned_at is None or p.account.churned_at > moment)
            and (p.deleted_at is None or p.deleted_at > moment + 31 * 86_400)
        ]
        self.cumulative = np.cumsum([p.activity + 0.05 for p in self.active])

    def expected(self, index: int, per_day: float) -> float:
        """Return the expected number of tickets on a day, before the day-of-week weight of the requester's region."""
        day = self.settings.day(index)
        level = per_day * self.settings.scale * (1 + self.params.growth_per_month) ** (index / 30.4) * MONTH_FACTOR[day.month - 1]
        if 0 <= (day - self.params.outage_start).days < self.params.outage_days:
            level *= self.params.outage_demand_factor
        return level

    def requesters(self, index: int, rng: np.random.Generator) -> list[Person]:
        """Return who writes on this day, one entry a ticket; people of a closed region write less."""
        if not self.active:
            return []
        day = self.settings.day(index)
        count = int(rng.poisson(self.expected(index, self.params.tickets_per_day)))
        found = np.searchsorted(self.cumulative, rng.random(count) * self.cumulative[-1])
        keep = rng.random(count)
        people = [self.active[min(int(i), len(self.active) - 1)] for i in found]
        return [p for p, k in zip(people, keep, strict=True) if k < day_weight(day, p.country.region, self.params)]

    def arrival(self, index: int, region: str, u: float, v: float, w: float) -> int:
        """Return the moment of arrival (Unix seconds) on a local day of the region, in or out of opening hours as planted."""
        day, schedule = self.settings.day(index), SCHEDULES[region]
        if not schedule.is_open(day):
            hour = 8 + int(v * 14)
        elif u < self.out_share[region]:
            hour = OUT_HOURS[int(v * len(OUT_HOURS))]
            hour = 7 if hour == schedule.opens else hour
        else:
            width = schedule.closes - schedule.opens
            hour = schedule.opens + int((0.55 * v + 0.45 * v * v) * width)
        local = datetime(day.year, day.month, day.day, hour, int(w * 60), int(w * 3600) % 60, tzinfo=ZONES[region])
        return max(int(local.timestamp()), epoch(HISTORY_START))
