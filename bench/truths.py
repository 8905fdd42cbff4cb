"""What is planted in the simulated company, what an estimate of it should hold, and where the engine's own stands.

A truth is what a measure with unlimited data of this kind would show, not the parameter itself where sampling dulls it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import LiteralString

import numpy as np

from sandbox.company.hours import SCHEDULES
from sandbox.company.params import Params, iso
from sandbox.company.surveys import PULSE_ITEMS
from sandbox.company.world import World


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Truth:
    """One planted truth.

    Attributes:
        name: what the report calls it.
        role: who reads the estimate.
        query: gives value, low, high and the engine's words (or null) in one row.
        value: what is so in a world.
        nothing: what it would be without the effect.
        slack: how far from that it may be for other reasons, such as a second message after closing time.
    """

    name: str
    role: str
    query: LiteralString
    value: Callable[[World], float]
    nothing: float
    slack: float = 0.0


_QUARTER = "select value, ci_low, ci_high, change_label from marts_cx.metric_value where grain = 'quarter' and value is not null"
_WHOLE = " and country = 'all' and segment = 'all' and industry = 'all' and strategic = 'all' and channel = 'all' and queue = 'all'"
_LAST = " and survey = 'all' and reason = 'all' and item = 'all' and period_start = date '2026-07-01'"


def out_of_hours(world: World) -> float:
    """Return the share of the customers' tickets of July to September 2026 that came while their region's desk was open."""
    asked = [t for t in world.tickets if t.person and t.merged_into is None and _in_last_quarter(t.created_at)]
    return float(np.mean([SCHEDULES[t.region].is_working(t.created_at) for t in asked]))


def handed_over(world: World) -> float:
    """Return the share of the customers' tickets solved in July to September 2026 that went from one group to another."""
    asked = [t for t in world.tickets if t.person and t.merged_into is None and t.deleted_at is None and _in_last_quarter(t.created_at)]
    return float(np.mean([any(what == "group" and old is not None for a in t.audits for what, old, _ in a.changes) for t in asked]))


def _in_last_quarter(moment: int) -> bool:
    return 1_782_864_000 <= moment < 1_790_812_800  # 1 July to 1 October 2026, UTC


def ex_with_cx(world: World) -> float:
    """Return the correlation that units of some size should show between engagement and good answers after contacts.

    Each helpdesk team that serves customers has its own true engagement (what its mood makes of the items) and its own true share of good
    experiences (of all its tickets, whether rated or not). A unit is about two teams, about 17 employees and 70 customers answer in a
    quarter, and each side is as dull as so few answers make it: r x sqrt(reliability x reliability) (Spearman 1904).
    """
    teams = [unit for unit in world.units if unit.facing and unit.is_helpdesk]
    good = {unit.index: [t.felt_good for t in world.tickets if t.unit is unit and t.person and t.solved_at] for unit in teams}
    counted = [unit for unit in teams if len(good[unit.index]) >= 50]
    x = np.array([_favourable(unit.mood) for unit in counted])
    y = np.array([np.mean(good[unit.index]) for unit in counted])
    noise = y.mean() * (1 - y.mean())
    spread_y = max(float(y.var(ddof=1)) - noise / float(np.mean([len(good[unit.index]) for unit in counted])), 0.0)
    if spread_y == 0 or world.params.ex_to_cx == 0:
        return 0.0
    r = float(np.corrcoef(x, y)[0, 1]) * np.sqrt(float(y.var(ddof=1)) / spread_y)
    in_unit_x, in_unit_y = float(x.var(ddof=1)) / _TEAMS, spread_y / _TEAMS
    dull_x = in_unit_x + float(np.mean(x * (1 - x))) / len(PULSE_ITEMS) / _EMPLOYEES
    dull_y = in_unit_y + noise / _CUSTOMERS
    return float(min(r, 1.0) * np.sqrt(in_unit_x / dull_x * in_unit_y / dull_y))


_TEAMS, _EMPLOYEES, _CUSTOMERS = 2, 17, 70


def one_touch_against(world: World) -> float:
    """Return the correlation, by team and month within teams, between tickets solved with one reply and good experiences.

    The covariance is that of all tickets, answered or not; the spread of what customers say is what so few answers give it.
    """
    cells: dict[tuple[int, str], list[tuple[bool, bool, float]]] = {}
    for ticket in world.tickets:
        if ticket.person and ticket.solved_at and ticket.merged_into is None and ticket.deleted_at is None:
            replies = sum(a.actor == "agent" and a.public and a.text is not None for a in ticket.audits)
            answered = float(ticket.rating is not None and ticket.rating.answered_at is not None) + _SURVEYED
            cells.setdefault((ticket.unit.index, iso(ticket.created_at)[:7]), []).append((replies == 1, ticket.felt_good, answered))
    rows = np.array([(team, *np.mean(found, axis=0)[:2], len(found), np.sum(found, axis=0)[2]) for (team, _), found in cells.items()])
    rows = rows[(rows[:, 3] >= 5) & (rows[:, 4] >= 3)]
    if world.params.one_touch_csat == 0:
        return 0.0
    within = rows[:, 1:3] - np.array([rows[rows[:, 0] == team][:, 1:3].mean(axis=0) for team in rows[:, 0]])
    noise = rows[:, 2].mean() * (1 - rows[:, 2].mean())
    spread = (within[:, 1] ** 2).mean() + noise * (np.mean(1 / rows[:, 4]) - np.mean(1 / rows[:, 3]))
    return float((within[:, 0] * within[:, 1]).mean() / np.sqrt((within[:, 0] ** 2).mean() * spread))


_SURVEYED = 0.14  # of the tickets, those whose customer answers the survey after the contact


def _favourable(mood: float) -> float:
    """Return the share of items answered 4 or 5 by a team of this mood: the answers are round(3.65 + mood / 2 + 0.75 z)."""
    from scipy.stats import norm

    return float(norm.cdf((3.65 + 0.5 * mood - 3.5) / 0.75))


def weight_of_reliability(world: World) -> float:
    """Return the share of the explained variance that is the driver reliability's, by relative weights of two hundred thousand answers."""
    return _reliability(world.params)


@lru_cache(maxsize=4)
def _reliability(params: Params) -> float:
    names = [name for name, _ in params.driver_weights]
    weights = np.array([weight for _, weight in params.driver_weights])
    if not weights.any():
        return 1 / len(names)
    rng = np.random.default_rng(1)
    mood = rng.normal(size=(200_000, 1))
    drivers = np.clip(np.round(3.9 + 0.85 * (0.55 * mood + 0.83 * rng.normal(size=(200_000, len(names))))), 1, 5)
    score = np.clip(np.round(7.95 + 2.1 * (drivers - 3.7) @ weights + 0.75 * rng.normal(size=200_000)), 0, 10)
    correlations = np.corrcoef(np.column_stack([drivers, score]), rowvar=False)
    values, vectors = np.linalg.eigh(correlations[:-1, :-1])
    root = vectors @ np.diag(np.sqrt(values)) @ vectors.T
    raw = (root**2) @ (np.linalg.solve(root, correlations[:-1, -1]) ** 2)
    return float(raw[names.index("reliability")] / raw.sum())


TRUTHS = (
    Truth(
        "EX and CX of units",
        "leader",
        "select value, low, high, verdict from marts_exec.link_result"
        " where ex_metric = 'engagement' and lag = 'same' and statistic = 'correlation'",
        ex_with_cx,
        0.0,
    ),
    Truth("availability match", "analyst", _QUARTER + _WHOLE + _LAST + " and metric = 'availability_match'", out_of_hours, 1.0, 0.03),
    Truth("tickets handed over", "analyst", _QUARTER + _WHOLE + _LAST + " and metric = 'transfer_rate'", handed_over, 0.0, 0.01),
    Truth(
        "a KPI pulls against",
        "analyst",
        "select r, r_low, r_high, verdict from marts_cx.kpi_conflict where kpi = 'one_touch'",
        one_touch_against,
        0.0,
    ),
    Truth(
        "weight of reliability",
        "analyst",
        "select share, share_low, share_high, verdict from marts_cx.voice_driver where model = 'drivers' and driver = 'reliability'"
        " order by period_start desc limit 1",
        weight_of_reliability,
        0.2,
    ),
)
