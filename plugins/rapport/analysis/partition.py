"""One partition of a population into blocks of at least k people, from which every published number is summed.

Any number that can be made of the blocks is a sum over some of them, so the difference of two nested sets is again a union of blocks:
nobody, or at least k people. That holds whatever is filtered, drilled or computed, also in SQL. (Willenborg and de Waal, Elements of
Statistical Disclosure Control, 2001, ch. 3: non-nested tables over the same rows are what lets cells be recovered.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

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


def steady(blocks: Sequence[Block], before: Collection[Keys], moved: Mapping[Values, frozenset[str]], k: int, whole: str) -> list[Block]:
    """Return the blocks, merged further where one cycle after the other would tell of the few who came or went.

    Whoever adds up blocks of two cycles can compare what both cover: the smallest such sets are the groups of blocks, of both cycles, that
    hang together by common cells. Each has to have the same people as before, or at least k other ones; a group that has not is merged
    with the block beside it that shares most of its path and is smallest.

    Args:
        blocks: of this cycle.
        before: the cells of each block of the cycle before.
        moved: for each cell of either cycle, who came or left since the cycle before, answering or not; who changed cells is in both.
        k: fewest people in a difference.
        whole: what the whole population is called.
    """
    found = list(blocks)
    while len(found) > 1:
        groups = _groups([block.keys for block in found], list(before))
        shaky = [group for group in groups if 0 < _people(group[1], moved) < k and len(group[0]) < len(found)]
        if not shaky:
            break
        inside = {index for group in shaky[:1] for index in group[0]}
        merged = [found[index] for index in sorted(inside)]
        rest = [block for index, block in enumerate(found) if index not in inside]
        beside = min(rest, key=lambda block: (-_shared(merged[0], block), block.n, block.label))
        cells = tuple(sorted((cell for block in (*merged, beside) for cell in block.cells), key=lambda cell: cell.values))
        found = [block for block in rest if block is not beside]
        found.append(Block(cells, whole if not found else _label(cells)))
    return found


def _people(keys: Keys, moved: Mapping[Values, frozenset[str]]) -> int:
    """Return how many came into these cells or left them; who moved between two of them did neither."""
    seen = Counter(person for key in keys for person in moved.get(key, frozenset()))
    return sum(1 for times in seen.values() if times == 1)


def _groups(now: list[Keys], before: list[Keys]) -> list[tuple[list[int], Keys]]:
    """Return groups of blocks that hang together by common cells: which blocks of now, and all their cells."""
    groups: list[tuple[list[int], Keys]] = [([], keys) for keys in before]
    for index, keys in enumerate(now):
        touching = [group for group in groups if group[1] & keys]
        apart = [group for group in groups if not group[1] & keys]
        joined = sorted({index, *(i for group in touching for i in group[0])})
        groups = [*apart, (joined, keys.union(*(group[1] for group in touching)))]
    return sorted((group for group in groups if group[0]), key=lambda group: group[0])


def _shared(one: Block, other: Block) -> int:
    """Return how many dimensions, from the outermost, two blocks have in common."""
    depth = 0
    while depth < len(one.cells[0].values) and {c.values[depth] for c in one.cells} & {c.values[depth] for c in other.cells}:
        depth += 1
    return depth


def _label(cells: Sequence[Cell]) -> str:
    """Return the name of cells that were merged across parts."""
    words: list[str] = []
    for depth in range(len(cells[0].names)):
        names = {cell.names[depth] for cell in cells}
        words.append(_called(names))
        if len(names) > 1:
            break
    return " / ".join(words)
