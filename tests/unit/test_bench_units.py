"""Would catch: a truth that units are judged by which forgets how few answered, or which finds an effect where none is planted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bench.units import expected_correlation
from sandbox.company.params import Settings
from sandbox.company.world import World, build


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return build(Settings(tmp_path_factory.mktemp("company"), 0.15))


def compared(world: World, employees: int, customers: int) -> list[tuple[object, ...]]:
    """Each team of the helpdesk as a unit of the spring of 2026."""
    teams = [unit for unit in world.units if unit.facing and unit.is_helpdesk]
    return [(unit.name, date(2026, 4, 1), unit.name, employees, customers) for unit in teams]


def test_what_units_should_show_falls_with_the_answers(world: World) -> None:
    many, some, few = (expected_correlation(world, compared(world, n, m)) for n, m in ((300, 4000), (12, 60), (5, 30)))
    assert 0.55 < many < 0.95
    assert few < some - 0.03 < many - 0.06
    assert few > 0.1


def test_no_effect_of_the_teams_mood_shows_none(world: World) -> None:
    null = replace(world.params, ex_to_cx=0.0, ex_to_reply_log=0.0)
    assert abs(expected_correlation(replace(world, params=null), compared(world, 20, 100))) < 0.1


def test_too_few_units_have_no_truth(world: World) -> None:
    assert np.isnan(expected_correlation(world, compared(world, 20, 100)[:3]))
