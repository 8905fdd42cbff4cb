"""Opening hours: business minutes by arithmetic on the list of open intervals of a schedule."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.company.params import HISTORY_START

HORIZON_DAYS = 5 * 366

HOLIDAYS: dict[str, tuple[tuple[str, int, int], ...]] = {
    "amer": (("New Year", 1, 1), ("Independence Day", 7, 4), ("Thanksgiving", 11, 27), ("Christmas Day", 12, 25)),
    "emea": (("New Year", 1, 1), ("Labour Day", 5, 1), ("Christmas Day", 12, 25), ("Boxing Day", 12, 26)),
    "apac": (("New Year", 1, 1), ("Republic Day", 1, 26), ("Independence Day", 8, 15), ("Christmas Day", 12, 25)),
}


@dataclass
class Schedule:
    """One region's opening hours, Monday to Friday in local time.

    Attributes:
        region: `amer`, `emea` or `apac`.
        zone: IANA time zone.
        opens, closes: local hours.
    """

    id: int
    region: str
    name: str
    zone: str
    opens: int
    closes: int
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        tz = ZoneInfo(self.zone)
        for offset in range(-7, HORIZON_DAYS):
            day = HISTORY_START + timedelta(days=offset)
            if self.is_open(day):
                self.starts.append(int(datetime.combine(day, time(self.opens), tz).timestamp()))
                self.ends.append(int(datetime.combine(day, time(self.closes), tz).timestamp()))

    def is_open(self, day: date) -> bool:
        """Say whether the schedule opens at all on this local day."""
        return day.weekday() < 5 and not any((day.month, day.day) == (m, d) for _, m, d in HOLIDAYS[self.region])

    def add(self, moment: int, minutes: float) -> int:
        """Return the moment that lies `minutes` of open time after `moment` (Unix seconds)."""
        left = int(minutes * 60)
        index = bisect_right(self.ends, moment)
        moment = max(moment, self.starts[index])
        while moment + left > self.ends[index]:
            left -= self.ends[index] - moment
            index += 1
            moment = self.starts[index]
        return moment + left

    def seconds(self, start: int, end: int) -> int:
        """Return the open seconds between two moments (Unix seconds)."""
        index, found = bisect_right(self.ends, start), 0
        while self.starts[index] < end:
            found += max(min(end, self.ends[index]) - max(start, self.starts[index]), 0)
            index += 1
        return found

    def is_working(self, moment: int) -> bool:
        """Say whether the schedule is open at this moment."""
        index = bisect_right(self.ends, moment)
        return self.starts[index] <= moment


SCHEDULES = {
    "amer": Schedule(4410001, "amer", "Americas", "America/New_York", 9, 18),
    "emea": Schedule(4410002, "emea", "Europe, Middle East and Africa", "Europe/Berlin", 8, 18),
    "apac": Schedule(4410003, "apac", "Asia Pacific", "Asia/Kolkata", 9, 18),
}
ZONES = {name: ZoneInfo(s.zone) for name, s in SCHEDULES.items()}
