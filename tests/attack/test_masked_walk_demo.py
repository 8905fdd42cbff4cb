"""Would catch: a walk on the dashboard by which whoever reads the marts finds fewer than twenty persons."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

import pytest

from tests.whole_box import Box

MOST_DAYS = 8
Walk = tuple[str, str, int, tuple[tuple[int, str], ...]]


@pytest.fixture(scope="module")
def walks(demo: Box) -> Counter[Walk]:
    """Every walk that an analyst can put together from the published contacts: segment, country, days and path, with its persons."""
    days = demo.query(
        "analyst",
        "select p.person_key, coalesce(p.country, 'unknown') as country, coalesce(a.segment, 'unknown') as segment,"
        " i.happened_day::text as day, json_agg(distinct i.touchpoint_key order by i.touchpoint_key)::text as touchpoints"
        " from marts_cx.fct_interaction as i"
        " join marts_cx.dim_person as p on p.person_key = i.person_key and p.is_current"
        " left join marts_cx.dim_account as a on a.account_key = p.account_key and a.is_current"
        " where i.touchpoint_key <> 'unmapped' group by 1, 2, 3, 4",
    )
    after = demo.query("analyst", "select (max(happened_day) - interval '12 months')::date::text as day from marts_cx.fct_interaction")[0][
        "day"
    ]
    persons: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in days:
        if row["day"] > after:
            persons[row["person_key"]].append(row)
    found: Counter[Walk] = Counter()
    for rows in persons.values():
        seen = [json.loads(row["touchpoints"]) for row in sorted(rows, key=lambda row: str(row["day"]))]
        for length in range(1, min(MOST_DAYS, len(seen)) + 1):
            path = tuple((number, touchpoint) for number, listed in enumerate(seen[-length:], start=1) for touchpoint in listed)
            found[rows[0]["segment"], rows[0]["country"], length, path] += 1
    return found


def test_whoever_reads_the_marts_finds_twenty_like_the_one_drawn(demo: Box, walks: Counter[Walk]) -> None:
    """Would catch a walk of too few, and a page that stays empty although enough persons walked alike."""
    drawn = demo.query("leader", "select * from marts_cx.masked_walk order by position")
    if not drawn:
        assert max(walks.values()) < 20
        return
    first = drawn[0]
    path = tuple(sorted((row["step_number"], row["touchpoint"]) for row in drawn))
    people = {
        tuple(sorted(walk[3])): count for walk, count in walks.items() if walk[:3] == (first["segment"], first["country"], first["days"])
    }
    assert people[path] == first["look_alikes"] >= 20
    assert not [name for name in first if name.endswith(("_key", "_id", "_at", "_day"))], "nothing that could be looked up, no exact time"


def test_most_walks_are_somebodys_alone(walks: Counter[Walk]) -> None:
    """Would catch a count that finds look-alikes for everybody: the positive control of the test above."""
    alone = sum(1 for count in walks.values() if count < 20)
    assert alone > len(walks) / 2
