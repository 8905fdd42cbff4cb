"""Reference values of employees as files of the inbox: a quarter with its leavers, and teams whose two experiences have a known r."""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]
QUARTER = "2026-01-01"  # whose turnover is the vector's
CYCLE = "2025-10-01"  # the quarter of the employees' survey
ITEMS = ("Q1[SQ001]", "Q1[SQ003]", "Q1[SQ004]")  # of config/people.yml: meaning, purpose, growth
SURVEY = "833907"
# By the vectors' number of units: the quarter in which so many teams have customers' answers, how many each, and how many of the teams
# with the better engagement (three of five people content instead of two) are among them.
LAGS = {12: ("before", "2025-08-12", 40, 6), 30: ("same", "2025-11-12", 60, 10), 100: ("after", "2026-02-12", 40, 50)}
_STAMP = {"updated_at": "2026-04-02T08:00:00Z"}


def people(golden: dict[str, Any]) -> dict[tuple[str, str], Rows]:
    """Return the rows of each stream, by source and stream."""
    teams = [{"id": f"t{number:03}", "name": f"Team {number:03}", "parent_id": "d", "level": 2} for number in range(max(LAGS))]
    units = [{"id": "c", "name": "Company", "level": 0}, {"id": "d", "name": "Service", "parent_id": "c", "level": 1}, *teams]
    solved = {"status": "solved", "created_at": "2025-07-01T08:00:00Z"} | _STAMP
    tickets = [{"id": f"k{team['id']}", "group_id": team["id"], "group_name": team["name"]} | solved for team in teams]
    return {
        ("inbox_hr", "org_units"): [unit | {"is_customer_facing": True} | _STAMP for unit in units],
        ("inbox_hr", "employees"): list(employees(golden["turnover"][0])),
        ("inbox_support", "tickets"): tickets,
    }


def employees(vector: dict[str, Any]) -> Rows:
    """Return who was employed: `headcount[0]` until the middle of the quarter of 90 days, `headcount[1]` after it, when the leavers go."""
    found = []
    for number in range(vector["headcount"][0]):
        row = {"id": f"e{number}", "org_unit_id": f"t{number % 4:03}", "location": "Leipzig", "hired_on": "2020-01-01"} | _STAMP
        if number < vector["separations"]:  # half of them by their own choice, one of whom had come within the year
            row |= {"left_on": "2026-02-14", "leave_reason": "resigned" if number % 2 else "dismissed"}
            row |= {"hired_on": "2025-05-01"} if number == 1 else {}
        found.append(row)
    return found


def answers() -> Rows:
    """Return the answers of five employees and of the customers of each team, such that r is 0.3 in each of the three quarters."""
    found: Rows = []
    for number, is_better in enumerate(levels()):
        for person, item in ((person, item) for person in range(5) for item in ITEMS):
            score = 5 if person < 2 + is_better else 2
            row = {"measure": "agreement", "response_id": f"e{number}-{person}", "question_id": item, "score": score, "scale_min": 1}
            row |= {"survey_id": SURVEY, "survey_name": "Pulse", "survey_type": "employee", "org_unit_id": f"t{number:03}"}
            found.append(row | {"id": f"e{number}-{person}-{item}", "scale_max": 5} | _at("2025-11-20"))
    for units, (lag, day, asked, _) in LAGS.items():
        for number, good in enumerate(goods(units)):
            for answer in range(asked):
                row = {"id": f"{lag}-{number}-{answer}", "measure": "csat", "survey_id": lag, "survey_name": f"after contact, {lag}"}
                row |= {"survey_type": "transactional", "score": 5 if answer < good else 2, "scale_min": 1, "scale_max": 5}
                found.append(row | {"trigger_source": "inbox", "trigger_id": f"kt{number:03}"} | _at(day))
    return found


def _at(day: str) -> dict[str, str]:
    return {"answered_at": f"{day}T10:00:00Z", "updated_at": f"{day}T10:00:00Z"}


def levels() -> list[bool]:
    """Return which teams have the better engagement: of the first 12, 30 and 100 as many as `LAGS` says."""
    found: list[bool] = []
    for units, (_, _, _, better) in sorted(LAGS.items()):
        new = better - sum(found)
        found += [True] * new + [False] * (units - len(found) - new)
    return found


def goods(units: int) -> list[int]:
    """Return the good answers of the first `units` teams: y = c + 3 u + v.

    u is the engagement about its mean, in whole numbers. v adds up to nothing in each of its two groups, so it goes with neither u nor the
    mean, and its squares add up to 91 of u's: then r = 3 / sqrt(9 + 91) = 0.3.
    """
    better = levels()[:units]
    count = sum(better)
    ups = {True: (units - count) // _common(count, units - count), False: -count // _common(count, units - count)}
    u = [ups[level] for level in better]
    half = LAGS[units][2] // 2
    pairs = iter(_squares(units // 2, 91 * sum(value * value for value in u) // 2))
    v: dict[bool, list[int]] = {True: [], False: []}
    for level in (True, False):
        for _ in range(better.count(level) // 2):
            one = next(pairs)
            v[level] += [one, -one]
    return [half + 3 * ups[level] + v[level].pop() for level in better]


def _common(one: int, other: int) -> int:
    return one if other == 0 else _common(other, one % other)


def _squares(count: int, total: int) -> list[int]:
    """Return `count` whole numbers, alike in size, whose squares add up to `total`."""

    def search(left: int, rest: int, below: int) -> list[int] | None:
        if left == 0:
            return [] if rest == 0 else None
        for one in range(min(below, int(rest**0.5)), -1, -1):
            if one * one * left < rest:
                return None
            if (found := search(left - 1, rest - one * one, one)) is not None:
                return [one, *found]
        return None

    start = int((total / count) ** 0.5)
    return next(found for below in range(start, start + 20) if (found := search(count, total, below)) is not None)
