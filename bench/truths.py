"""What is planted in the simulated company, what an estimate of it should hold, and where the engine's own stands.

A truth is what a measure with unlimited data of this kind would show, not the parameter itself where sampling dulls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import LiteralString

import numpy as np

from bench.leaving import leaving_ratio
from bench.units import COMPARED, expected_correlation
from sandbox.company.hours import SCHEDULES
from sandbox.company.params import Params, iso
from sandbox.company.world import World

Rows = Iterable[Sequence[object]]


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
        value: what is so in a world, given the rows of `asked`.
        nothing: what it would be without the effect.
        slack: how far from that it may be for other reasons, such as a second message after closing time.
        asked: for the transformer, who was asked (never what they said), where what a measure should show depends on that.
    """

    name: str
    role: str
    query: LiteralString
    value: Callable[[World, Rows], float]
    nothing: float
    slack: float = 0.0
    asked: LiteralString | None = None


_QUARTER = "select value, ci_low, ci_high, change_label from marts_cx.metric_value where grain = 'quarter' and value is not null"
_WHOLE = " and country = 'all' and segment = 'all' and industry = 'all' and strategic = 'all' and channel = 'all' and queue = 'all'"
_LAST = " and survey = 'all' and reason = 'all' and item = 'all' and period_start = date '2026-07-01'"


def out_of_hours(world: World, _: Rows) -> float:
    """Return the share of the customers' tickets of July to September 2026 that came while their region's desk was open."""
    asked = [t for t in world.tickets if t.person and t.merged_into is None and _in_last_quarter(t.created_at)]
    return float(np.mean([SCHEDULES[t.region].is_working(t.created_at) for t in asked]))


def handed_over(world: World, _: Rows) -> float:
    """Return the share of the customers' tickets solved in July to September 2026 that went from one group to another."""
    asked = [t for t in world.tickets if t.person and t.merged_into is None and t.deleted_at is None and _in_last_quarter(t.created_at)]
    return float(np.mean([any(what == "group" and old is not None for a in t.audits for what, old, _ in a.changes) for t in asked]))


def _in_last_quarter(moment: int) -> bool:
    return 1_782_864_000 <= moment < 1_790_812_800  # 1 July to 1 October 2026, UTC


def ex_with_cx(world: World, compared: Rows) -> float:
    """Return the correlation that the units compared should show between engagement and good answers after contacts."""
    return expected_correlation(world, compared) if world.params.ex_to_cx else 0.0


def one_touch_against(world: World, _: Rows) -> float:
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


def weight_of_reliability(world: World, _: Rows) -> float:
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


def leaving(world: World, _: Rows) -> float:
    """Return the ratio of hazards that months after a visible bad experience should show to others, alike in segment."""
    return leaving_ratio(world)


TRUTHS = (
    Truth(
        "EX and CX of units",
        "leader",
        "select value, low, high, verdict from marts_exec.link_result"
        " where ex_metric = 'engagement' and lag = 'same' and statistic = 'correlation'",
        ex_with_cx,
        0.0,
        asked=COMPARED,
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
    Truth(
        "leaving after a bad experience",
        "analyst",
        "select ratio, ratio_low, ratio_high, verdict from marts_cx.value_hazard order by period_start desc limit 1",
        leaving,
        1.0,
    ),
)
