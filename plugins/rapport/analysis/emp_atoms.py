"""Employee results as sums over blocks: one partition of each closed cycle's respondents, one of each closed quarter's employees.

What a cycle shows is decided once: blocks and sums of a period that the table holds already are never computed again, whatever comes late.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rapport.analysis.emp_company import reliability, staying
from rapport.analysis.emp_people import RECORDS, SURVEY, UNKNOWN, Part, moved_between, parts_of_records, records, survey
from rapport.analysis.partition import Block, Cell, partition, steady
from rapport.analysis.step import Outcome, Step, Work

if TYPE_CHECKING:
    import pandas as pd

_SEVERAL = "Several divisions"
_SPREAD_FROM = 20  # below, a sum of squares would tell who stands apart


def _run(work: Work) -> Outcome:
    import pandas as pd

    people: dict[str, Any] = dict(work.config["people"])
    k = int(people["block_size"])
    known = work.frame("select distinct population, period_start, block_key, cell_key from analysis.emp_cell")
    found: dict[str, list[dict[str, Any]]] = {"emp_atom": [], "emp_total": [], "emp_cell": [], "emp_estimate": []}
    for population, frame in ((SURVEY, survey(work)), (RECORDS, records(work, people))):
        before = _frozen(known, population)
        for period in sorted(set(frame["period_start"]) - before.keys()):
            rows = frame[frame["period_start"] == period]
            earlier = max((day for day in before if day < period), default=None)
            blocks = partition(_cells(rows), k, _whole(rows))
            if earlier is not None and blocks:
                blocks = steady(blocks, before[earlier], moved_between(work, population, earlier, period, people), k, _whole(rows))
            if not blocks:
                continue
            before[period] = [block.keys for block in blocks]
            parts = parts_of_records(work, period, rows) if population == RECORDS else []
            rows = rows[~rows["item"].isin(("training_due", "training_score"))]
            for block in blocks:
                found["emp_atom"] += _atoms(population, period, block, rows)
                found["emp_cell"] += _members(population, period, block)
            found["emp_total"] += ({"population": population, "period_start": period} | sums for sums in _sums(rows))
            if population == SURVEY:
                found["emp_estimate"] += reliability(period, rows)
            else:
                found["emp_estimate"] += staying(work, period)
                for part in parts:
                    _add_part(found, part, period, blocks, (k, _whole(rows)))
    if not found["emp_atom"]:
        reason = None if len(known) else f"no closed cycle of an employee survey, and no closed quarter of records, of at least {k} people"
        return Outcome(refused=reason)
    work.log(f"emp_atoms: {len({(a['population'], a['period_start']) for a in found['emp_atom']})} periods decided")
    return Outcome({table: pd.DataFrame(rows, dtype=object) for table, rows in found.items() if rows})


def _frozen(known: pd.DataFrame, population: str) -> dict[Any, list[frozenset[tuple[str, ...]]]]:
    """Return the cells of each block of the periods that are decided."""
    found: dict[Any, list[frozenset[tuple[str, ...]]]] = {}
    mine = known[known["population"] == population]
    for (period, _), block in mine.groupby(["period_start", "block_key"]):
        found.setdefault(period, []).append(frozenset(tuple(key.split("\x1f")) for key in block["cell_key"]))
    return found


def _cells(rows: pd.DataFrame) -> list[Cell]:
    """Return the cells of people given one row a person and item, or one row a person."""
    found = []
    for (values, names), members in rows.groupby(["values", "names"]):
        answers = members[members["is_answer"]]
        yes = {}
        for item, given in answers.groupby("item"):
            of = len(given)
            if item == "nps":
                yes["promoters"] = (int((given["score"] >= 9).sum()), of)
                yes["detractors"] = (int((given["score"] <= 6).sum()), of)
            else:
                yes[str(item)] = (int((given["score"] >= 4).sum()), of)
        found.append(Cell(values, names, members["person"].nunique(), yes))
    return found


def _whole(rows: pd.DataFrame) -> str:
    """Return what everybody together is called: the name that all paths begin with, or 'Everybody'."""
    tops = set(rows["top"]) - {UNKNOWN}
    return tops.pop() if len(tops) == 1 else "Everybody"


def block_key(population: str, block: Block) -> str:
    """Return the key of a block: of what it is made of, not of who is in it."""
    made = "\x1e".join(sorted("\x1f".join(key) for key in block.keys))
    return hashlib.md5(f"{population}|{made}".encode(), usedforsecurity=False).hexdigest()


def _head(population: str, period: Any, block: Block) -> dict[str, Any]:
    return {
        "population": population,
        "period_start": period,
        "block_key": block_key(population, block),
        "block_label": block.label,
        "division": block.only(0),
        "team": block.only(1),
        **{f"demographic_{n}": block.only(n + 1) if len(block.cells[0].values) > n + 1 else None for n in (1, 2)},
    }


def _atoms(population: str, period: Any, block: Block, rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for sums in _sums(rows[rows["values"].isin(block.keys)]):
        yield _head(population, period, block) | sums


def _sums(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the additive parts of each item: one row of `rows` is one person and item."""
    for item, given in rows.groupby("item"):
        score, base, people = given["score"], given["base"], given["person"].nunique()
        is_rated, is_flag, is_spread = bool(given["is_answer"].all()), bool(given["is_flag"].all()), people >= _SPREAD_FROM
        yield {
            "item": item,
            "people": people,
            "cases": int(given["cases"].sum()),
            "total": float(score.sum()),
            "base": float(base.sum()),
            "total_squared": float((score**2).sum()) if is_spread else None,
            "base_squared": float((base**2).sum()) if is_spread else None,
            "cross_product": float((score * base).sum()) if is_spread else None,
            "favourable": int((score >= 4).sum()) if is_rated and item != "nps" else int(score.sum()) if is_flag else None,
            "promoters": int((score >= 9).sum()) if item == "nps" else None,
            "detractors": int((score <= 6).sum()) if item == "nps" else None,
        }


def _add_part(found: dict[str, list[dict[str, Any]]], part: Part, period: Any, blocks: list[Block], how: tuple[int, str]) -> None:
    """Add a part of the employees, in blocks that are unions of the employees' own: the two cannot be played off against each other."""
    cells, spans = [], {}
    for block in blocks:
        members, key, division = part.people[part.people["values"].isin(block.keys)], block_key(RECORDS, block), block.only(0) or _SEVERAL
        spans[key] = block.keys
        yes = {flag: (int(members[flag].sum()), len(members)) for flag in part.flags}
        cells.append(Cell((division, key), (division, block.label), len(members), yes))
    merged = partition(cells, *how)
    for block in merged:
        keys = frozenset[tuple[str, ...]]().union(*(spans[cell.values[1]] for cell in block.cells))
        head = _head(part.population, period, block) | {"team": None}
        found["emp_atom"] += (head | sums | _exposure(part, keys) for sums in _sums(part.rows[part.rows["values"].isin(keys)]))
    if merged:
        head = {"population": part.population, "period_start": period}
        found["emp_total"] += (head | sums | _exposure(part) for sums in _sums(part.rows))


def _exposure(part: Part, keys: frozenset[tuple[str, ...]] | None = None) -> dict[str, float]:
    if part.exposure is None:
        return {}
    inside = part.exposure if keys is None else part.exposure[part.exposure["values"].isin(keys)]
    return {"base": float(inside["score"].sum())}


def _members(population: str, period: Any, block: Block) -> Iterator[dict[str, Any]]:
    for cell in block.cells:
        yield {
            "population": population,
            "period_start": period,
            "block_key": block_key(population, block),
            "cell_key": "\x1f".join(cell.values),
            "org_unit_key": None if cell.values[1] == UNKNOWN else cell.values[1],
            "unit_name": cell.names[1],
        }


STEP = Step(
    name="emp_atoms",
    version=1,
    reads=(
        "core_ex.fct_engagement_answer",
        "core_ex.fct_employee_day",
        "core_ex.fct_training",
        "core_ex.dim_employee",
        "core.dim_org_unit",
    ),
    writes=("emp_atom", "emp_total", "emp_cell", "emp_estimate"),
    run=_run,
    settings=("people",),
    merges=dict.fromkeys(("emp_atom", "emp_total", "emp_cell", "emp_estimate"), "false"),
)
