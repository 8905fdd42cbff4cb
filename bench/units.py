"""What units of some size should show of employees and customers together, in a world like this one.

The planted effect acts on a ticket; units are compared. How far they agree depends on how many people answered on each side and on what
else moves a share of good experiences, so it is worked out for the very units that were compared: their teams, quarters and numbers of
answers are taken as they are, and what the answers would be is drawn from the world's own rules, moods of teams and all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import log

import numpy as np
from numpy.typing import NDArray

from sandbox.company.surveys import PULSE_ITEMS
from sandbox.company.world import World

COMPARED = """
    select cells.unit_name, units.period_start, units.block_key, units.employees, units.cx_n
    from analysis.link_unit as units
    inner join analysis.emp_cell as cells
        on units.block_key = cells.block_key and units.period_start = cells.period_start and cells.population = 'survey'
    where units.engagement is not null and units.cx is not null
"""
_DRAWS = 400


@dataclass
class _Unit:
    """One unit in one quarter: who could answer in it, and how many did."""

    teams: NDArray[np.int_]  # of each employee, the index of the team
    employees: int
    logits: NDArray[np.float64]  # of each solved ticket, the log odds of a good experience, without the mood of its team
    solved_by: NDArray[np.int_]
    customers: int


def expected_correlation(world: World, compared: Iterable[Sequence[object]]) -> float:
    """Return the mean correlation over worlds that differ from this one by the moods of teams and by who answers what.

    Args:
        world: whose tickets, employees and effects.
        compared: rows of `COMPARED`.

    Returns:
        NaN where fewer than four units were compared.
    """
    units = _units(world, compared)
    if len(units) < 4:
        return float("nan")
    slope = _slope(world)
    rng = np.random.default_rng(1)
    found = []
    for _ in range(_DRAWS):
        mood = rng.normal(size=len(world.units))
        said = [(_engagement(unit, mood, rng), _good(unit, slope * mood, rng)) for unit in units]
        found.append(np.corrcoef(np.array(said), rowvar=False)[0, 1])
    return float(np.mean(found))


def _slope(world: World) -> float:
    """Return the log odds that one unit of mood is worth: by itself, and by the quicker first reply."""
    params = world.params
    return params.ex_to_cx + params.csat_per_doubling_of_reply * params.ex_to_reply_log / log(2)


def _engagement(unit: _Unit, mood: NDArray[np.float64], rng: np.random.Generator) -> float:
    """Return the share of favourable answers: round(3.65 + mood / 2 + 0.75 z) is 4 or more, of each item."""
    asked = mood[rng.choice(unit.teams, unit.employees)]
    answers = 3.65 + 0.5 * asked[:, None] + 0.75 * rng.normal(size=(unit.employees, len(PULSE_ITEMS)))
    return float((answers >= 3.5).mean())


def _good(unit: _Unit, effect: NDArray[np.float64], rng: np.random.Generator) -> float:
    rated = rng.integers(len(unit.logits), size=unit.customers)
    odds = unit.logits[rated] + effect[unit.solved_by[rated]]
    return float((rng.random(unit.customers) < 1 / (1 + np.exp(-odds))).mean())


def _units(world: World, compared: Iterable[Sequence[object]]) -> list[_Unit]:
    index = {unit.name: unit.index for unit in world.units}
    slope = _slope(world)
    tickets: dict[tuple[int, date], list[float]] = defaultdict(list)
    for ticket in world.tickets:
        if ticket.person and ticket.solved_at and ticket.merged_into is None and ticket.deleted_at is None:
            tickets[ticket.unit.index, _quarter(ticket.solved_at)].append(ticket.good_logit - slope * ticket.unit.mood)
    teams: dict[tuple[date, object], set[int]] = defaultdict(set)
    sizes: dict[tuple[date, object], tuple[int, int]] = {}
    for name, quarter, key, employees, customers in compared:
        assert isinstance(quarter, date)
        teams[quarter, key].add(index[str(name)])
        sizes[quarter, key] = int(str(employees)), int(str(customers))
    units = []
    for (quarter, key), members in teams.items():
        at = int(datetime(quarter.year, quarter.month + 1, 8, tzinfo=UTC).timestamp())
        staff = [team for team in members for one in world.units[team].members if one.works(at) and one.job(at).unit.index == team]
        logits = [(logit, team) for team in members for logit in tickets[team, quarter]]
        if staff and logits:
            values, solved_by = zip(*logits, strict=True)
            units.append(_Unit(np.array(staff), sizes[quarter, key][0], np.array(values), np.array(solved_by), sizes[quarter, key][1]))
    return units


def _quarter(moment: int) -> date:
    day = datetime.fromtimestamp(moment, tz=UTC).date()
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
