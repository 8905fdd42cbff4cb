"""Would catch: a block of fewer than k people, a person lost, and filters whose difference isolates fewer than k.

The attack is the one on any published table: every set that filters can make is compared with every larger one. It has to succeed on a
cube of the same people that only hides small cells, else it is blind.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st
from rapport.analysis.partition import Block, Cell, Move, is_safe, partition, steady

K = 5
DIVISIONS = {f"division {d}": [f"team {d}{t}" for t in range(4)] for d in range(3)}
PLACES = ("Lyon", "Pune")


@st.composite
def populations(draw: st.DrawFn) -> list[Cell]:
    cells = []
    for division, teams in DIVISIONS.items():
        for team, place in product(teams, PLACES):
            n = draw(st.integers(0, 9))
            yes = draw(st.integers(0, n))
            cells.append(Cell((division, team, place), (division, team, place), n, {"meaning": (yes, n)}))
    return cells


def selections(known: Collection[tuple[tuple[str | None, ...], int]]) -> dict[frozenset[int], int]:
    """Return each set of shown rows that a filter on one value of some dimensions makes, with the people in it."""
    rows = list(known)
    found = {frozenset(range(len(rows))): sum(n for _, n in rows)}
    for size in (1, 2, 3):
        for dimensions in combinations(range(3), size):
            for values in {tuple(row[d] for d in dimensions) for row, _ in rows}:
                chosen = frozenset(i for i, (row, _) in enumerate(rows) if tuple(row[d] for d in dimensions) == values)
                found[chosen] = sum(rows[i][1] for i in chosen)
    return found


def isolated(sets: dict[frozenset[int], int], is_shown: Callable[[int], bool]) -> int:
    """Return how many pairs of a shown set and a larger shown one tell of 1 to k-1 people by subtraction."""
    shown = [(rows, n) for rows, n in sets.items() if is_shown(n)]
    return sum(1 for (a, n), (b, m) in product(shown, shown) if a < b and 0 < m - n < K)


def rows_of(blocks: Collection[Block]) -> list[tuple[tuple[str | None, ...], int]]:
    return [((block.only(0), block.only(1), block.only(2)), block.n) for block in blocks]


@settings(max_examples=150, deadline=None)
@given(populations(), st.randoms(use_true_random=False))
def test_blocks_are_a_safe_partition_whatever_the_population(cells: list[Cell], chance: random.Random) -> None:
    blocks = partition(cells, K, "All")
    if not is_safe(cells, K):
        assert blocks == []
        return
    assert min(block.n for block in blocks) >= K
    assert sum(block.n for block in blocks) == sum(cell.n for cell in cells)
    assert sorted(cell.values for block in blocks for cell in block.cells) == sorted(cell.values for cell in cells if cell.n)
    assert all(is_safe(block.cells, K) for block in blocks)
    assert isolated(selections(rows_of(blocks)), lambda n: n > 0) == 0
    shuffled = cells.copy()
    chance.shuffle(shuffled)
    assert partition(shuffled, K, "All") == blocks


def test_the_attack_succeeds_on_a_cube_that_only_hides_small_cells() -> None:
    """The positive control: without it the test above proves nothing."""
    chance = random.Random(5)  # noqa: S311 - a population, no secret
    cells = [((d, t, p), chance.randint(0, 9)) for d, teams in DIVISIONS.items() for t, p in product(teams, PLACES)]
    assert isolated(selections([(row, n) for row, n in cells if n]), lambda n: n >= K) > 5


def test_small_teams_find_their_block_beside_them() -> None:
    """Worked by hand: D, 3 people, is all of its division, which therefore goes to the other one; of the teams of both, D is the smallest
    and goes to the next, B of 4: 7. A and C are large enough.
    """

    def cell(division: str, team: str, n: int) -> Cell:
        return Cell((division, team), (division, team), n, {"meaning": (n // 2, n)})

    found = partition([cell("X", "A", 9), cell("X", "B", 4), cell("X", "C", 7), cell("Y", "D", 3)], K, "All")
    assert {block.label: block.n for block in found} == {"All / A": 9, "All / B + 1 other": 7, "All / C": 7}


def test_answers_that_are_all_alike_are_not_shown_alone() -> None:
    """Nine of ten (0.9) may be shown; ten of eleven (0.91) go to the team beside them."""

    def cells(yes: int, n: int) -> list[Cell]:
        return [Cell(("X", "A"), ("X", "A"), n, {"meaning": (yes, n)}), Cell(("X", "B"), ("X", "B"), 10, {"meaning": (5, 10)})]

    assert len(partition(cells(9, 10), K, "All")) == 2
    assert [block.label for block in partition(cells(10, 11), K, "All")] == ["X"]


@settings(max_examples=200, deadline=None)
@given(populations(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40))
def test_two_cycles_tell_of_nobody_who_came_or_went(cells: list[Cell], drawn: list[tuple[int, int]]) -> None:
    """Would catch: a team of which one has left since the cycle before, shown in both; unions of blocks that differ by one."""
    before = [block.keys for block in partition(cells, K, "All")]
    places = [cell.values for cell in cells] + [None] * 7
    moves: list[Move] = [(places[a], places[b]) for a, b in drawn if places[a] != places[b]]
    found = partition(cells, K, "All")
    blocks = steady(found, before, moves, K, "All")
    assert sorted(cell.values for block in blocks for cell in block.cells) == sorted(cell.values for block in found for cell in block.cells)
    for size in range(1, len(blocks)):
        for chosen in combinations(blocks, size):
            keys = frozenset[tuple[str, ...]]().union(*(block.keys for block in chosen))
            if frozenset[tuple[str, ...]]().union(*(block for block in before if block <= keys)) == keys:
                assert not 0 < sum((start in keys) != (end in keys) for start, end in moves) < K


def test_a_team_that_one_has_left_goes_to_the_team_beside_it() -> None:
    """Worked by hand: A 10, B 12, C 20; one has left A. A goes to B, the smaller of the others; five leaving would let it stand alone."""
    cells = [Cell(("X", name), ("X", name), n, {"meaning": (n // 2, n)}) for name, n in (("A", 10), ("B", 12), ("C", 20))]
    blocks = partition(cells, K, "All")
    before = [block.keys for block in blocks]
    assert [block.label for block in steady(blocks, before, [(("X", "A"), None)] * 5, K, "All")] == ["X / A", "X / B", "X / C"]
    assert [block.label for block in steady(blocks, before, [(("X", "A"), None)], K, "All")] == ["All"]
    moved = [(("X", "A"), ("X", "B"))]
    assert [block.label for block in steady(blocks, before, moved, K, "All")] == ["X / C", "X / A + 1 other"]
