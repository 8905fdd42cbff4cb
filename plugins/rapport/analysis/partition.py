"""One partition of a population into blocks of at least k people, from which every published number is summed.

Any number that can be made of the blocks is a sum over some of them, so the difference of two nested sets is again a union of blocks:
nobody, or at least k people. That holds whatever is filtered, drilled or computed, also in SQL. (Willenborg and de Waal, Elements of
Statistical Disclosure Control, 2001, ch. 3: non-nested tables over the same rows are what lets cells be recovered.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

ALIKE = 0.9  # a yes/no answer that more than this share of a block gives is as good as everybody's


@dataclass(frozen=True)
class Cell:
    """The finest group there is: people alike in every dimension.

    Attributes:
        values: one value a dimension, from the outermost in; a value of an inner dimension belongs to one of the outer ones or to many.
        names: what each value is called.
        n: people in it.
        yes: for each yes/no answer that will be published, how many gave it, and how many answered.
    """

    values: tuple[str, ...]
    names: tuple[str, ...]
    n: int
    yes: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """Cells that are only shown together. `label` names them: the units from the outermost in, "Team X + 2 others" where merged."""

    cells: tuple[Cell, ...]
    label: str

    @property
    def n(self) -> int:
        """People in it."""
        return sum(cell.n for cell in self.cells)

    @property
    def keys(self) -> frozenset[tuple[str, ...]]:
        """The values of its cells: what it is made of, whoever is in it."""
        return frozenset(cell.values for cell in self.cells)

    def only(self, dimension: int) -> str | None:
        """Return the name that all of it shares in a dimension, or None."""
        names = {cell.names[dimension] for cell in self.cells}
        return names.pop() if len(names) == 1 else None


def partition(cells: Sequence[Cell], k: int, whole: str) -> list[Block]:
    """Return the blocks of a population, fewest people first within their unit; none when even all of it is too few or too alike.

    The population is split by the first dimension, each part by the next, and so on. Parts of fewer than k people, or of whom too many
    answered alike, are merged with the smallest part beside them until they are not; what cannot be split stays whole.

    Args:
        cells: every person is in exactly one.
        k: fewest people in a block.
        whole: what the whole population is called.

    Raises:
        ValueError: `cells` have different numbers of dimensions, or two the same values.
    """
    present = sorted((cell for cell in cells if cell.n > 0), key=lambda cell: cell.values)
    if len({len(cell.values) for cell in present}) > 1 or len({cell.values for cell in present}) < len(present):
        raise ValueError("cells of one partition have the same dimensions, and each its own values")
    if not is_safe(present, k):
        return []
    return _split(present, k, 0, whole)


def is_safe(cells: Collection[Cell], k: int) -> bool:
    """Say whether these people may be shown as one: at least k, and on no yes/no answer more than nine in ten alike."""
    if sum(cell.n for cell in cells) < k:
        return False
    for answer in {name for cell in cells for name in cell.yes}:
        yes = sum(cell.yes.get(answer, (0, 0))[0] for cell in cells)
        of = sum(cell.yes.get(answer, (0, 0))[1] for cell in cells)
        if of < k or not (1 - ALIKE) * of <= yes <= ALIKE * of:
            return False
    return True


def _split(cells: list[Cell], k: int, depth: int, label: str) -> list[Block]:
    if depth == len(cells[0].values):
        return [Block(tuple(cells), label)]
    parts: dict[str, list[Cell]] = {}
    for cell in cells:
        parts.setdefault(cell.values[depth], []).append(cell)
    found = []
    for names, members in _merged([({part[0].names[depth]}, part) for part in parts.values()], k):
        within = label if len(names) == len(parts) > 1 else f"{label} / {_called(names)}" if depth else _called(names)
        found += _split(sorted(members, key=lambda cell: cell.values), k, depth + 1, within)
    return found


def _merged(parts: list[tuple[set[str], list[Cell]]], k: int) -> list[tuple[set[str], list[Cell]]]:
    """Merge parts that are not safe with the smallest of the others, until all are; order decides nothing."""

    def size(part: tuple[set[str], list[Cell]]) -> tuple[int, str]:
        return sum(cell.n for cell in part[1]), min(part[0])

    parts = sorted(parts, key=size)
    while len(parts) > 1 and (unsafe := next((part for part in parts if not is_safe(part[1], k)), None)):
        rest = [part for part in parts if part is not unsafe]
        names, members = rest.pop(0)
        parts = sorted([*rest, (unsafe[0] | names, unsafe[1] + members)], key=size)
    return parts


def _called(names: set[str]) -> str:
    first, *others = sorted(names)
    return first if not others else f"{first} + {len(others)} other{'s' if len(others) > 1 else ''}"


Values = tuple[str, ...]
Keys = frozenset[Values]
Move = tuple[Values | None, Values | None]


def steady(blocks: Sequence[Block], before: Collection[Keys], moves: Collection[Move], k: int, whole: str) -> list[Block]:
    """Return the blocks, merged further where one cycle after the other would tell of the few who came, went or changed places.

    Whoever adds up blocks of two cycles can compare what both cover: the smallest such sets are the groups of blocks, of both cycles, that
    hang together by common cells. Of each group nobody, or at least k people, may have come or left since, and between any two groups
    nobody, or at least k, may have moved; then every union of groups differs by nobody or by at least k. A group that breaks the first
    rule is tied to another one, two that break the second to each other, by merging a block of each: those that share most of their path,
    the smallest of them. Only everybody together is shown in any case.

    Args:
        blocks: of this cycle.
        before: the cells of each block of the cycle before.
        moves: of everybody in the population, answering or not, whose cell is another than before: the cell before and now, None for out.
        k: fewest people in a difference.
        whole: what the whole population is called.
    """
    found = list(blocks)
    while len(found) > 1:
        groups = _groups([block.keys for block in found], list(before))
        together = _shaky(groups, moves, k)
        if not together:
            break
        first = groups[min(together)][0]
        others = groups[max(together)][0] if len(together) == 2 else [index for index in range(len(found)) if index not in first]
        one, other = min(product(first, others), key=lambda pair: _distance(found[pair[0]], found[pair[1]]))
        cells = tuple(sorted((*found[one].cells, *found[other].cells), key=lambda cell: cell.values))
        rest = [block for index, block in enumerate(found) if index not in (one, other)]
        found = [*rest, Block(cells, _label(cells) if rest else whole)]
    return found


def _shaky(groups: list[tuple[list[int], Keys]], moves: Collection[Move], k: int) -> set[int]:
    """Return the first group that too few came into or left, or the first two between which too few moved; none if all is well."""
    where = {key: number for number, (_, keys) in enumerate(groups) for key in keys}
    seen: Counter[frozenset[int | None]] = Counter()
    for start, end in moves:
        ends = frozenset(where.get(cell) if cell else None for cell in (start, end))
        if len(ends) == 2:
            seen[ends] += 1
    few = sorted(
        (sorted(group for group in ends if group is not None) for ends, n in seen.items() if n < k), key=lambda one: (len(one), one)
    )
    return next((set(one) for one in few if len(one) < len(groups) or len(one) == 2), set())


def _groups(now: list[Keys], before: list[Keys]) -> list[tuple[list[int], Keys]]:
    """Return groups of blocks that hang together by common cells: which blocks of now, and all their cells."""
    groups: list[tuple[list[int], Keys]] = [([], keys) for keys in before]
    for index, keys in enumerate(now):
        touching = [group for group in groups if group[1] & keys]
        apart = [group for group in groups if not group[1] & keys]
        joined = sorted({index, *(i for group in touching for i in group[0])})
        groups = [*apart, (joined, keys.union(*(group[1] for group in touching)))]
    return sorted((group for group in groups if group[0]), key=lambda group: group[0])


def _distance(one: Block, other: Block) -> tuple[int, int, str, str]:
    """Return how far apart two blocks are: by the dimensions, from the outermost, that they have in common; then by their people."""
    depth = 0
    while depth < len(one.cells[0].values) and {c.values[depth] for c in one.cells} & {c.values[depth] for c in other.cells}:
        depth += 1
    return -depth, one.n + other.n, one.label, other.label


def _label(cells: Sequence[Cell]) -> str:
    """Return the name of cells that were merged across parts."""
    words: list[str] = []
    for depth in range(len(cells[0].names)):
        names = {cell.names[depth] for cell in cells}
        words.append(_called(names))
        if len(names) > 1:
            break
    return " / ".join(words)
