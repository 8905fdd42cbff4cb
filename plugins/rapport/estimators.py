"""The estimators' formulas outside dbt: its own macros (`dbt_project/macros/metrics/`), rendered where dbt does not run.

Superset's dataset and the semantic models for other tools take theirs from here, so that a formula is written once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

_MACROS = ("estimators.sql", "cells.sql")
_FLOAT = "double precision"
# By estimator: its macro, the parts it takes, and whether the number of cases comes again at the end (beside their effective number).
_CLOSED = {
    "wilson": ("wilson", ("num", "den"), False),
    "nps_adjusted_wald": ("nps_adjusted_wald", ("promoters", "detractors", "den"), False),
    "mean": ("mean", ("total", "total_squared", "den"), True),
    "ratio": ("ratio", ("total", "total_squared", "base", "base_squared", "cross_product"), True),
    "count": ("count_poisson", ("num",), False),
}
CLOSED = tuple(_CLOSED)


class _Returned(Exception):  # noqa: N818 - not an error: how a macro of dbt hands back something else than text
    """What a macro returned."""

    def __init__(self, value: Any) -> None:
        self.value = value


class _Dbt:
    """What the macros ask of dbt and of its adapter: PostgreSQL's words."""

    def __init__(self) -> None:
        self.macros: Any = None

    def type_float(self) -> str:
        return _FLOAT

    def dispatch(self, name: str) -> Callable[..., Any]:
        return lambda *arguments: _called(self.macros, f"default__{name}", *arguments)


def _hand_back(value: Any) -> None:
    raise _Returned(value)


@cache
def _macros(folder: Path) -> Any:
    dbt = _Dbt()
    text = "\n".join((folder / name).read_text() for name in _MACROS)
    environment = Environment(autoescape=False)  # noqa: S701 - SQL of the project itself, not a page
    template = environment.from_string(text, {"dbt": dbt, "adapter": dbt, "return": _hand_back})
    dbt.macros = template.module
    return dbt.macros


def _called(macros: Any, name: str, *arguments: Any) -> Any:
    try:
        return str(getattr(macros, name)(*arguments)).strip()
    except _Returned as returned:
        return returned.value


def macro(root: Path, name: str, *arguments: Any) -> Any:
    """Return what the macro `name` of the checkout `root` gives: SQL as text, or SQL by part.

    Raises:
        AttributeError: there is no such macro among those of estimators and cells.
    """
    return _called(_macros(root / "dbt_project" / "macros" / "metrics"), name, *arguments)


def closed_form(root: Path, estimator: str, part: Callable[[str], str]) -> dict[str, str]:
    """Return the SQL of `value`, `low` and `high` of an estimator that is a function of additive parts (`CLOSED`).

    Args:
        root: the checkout.
        estimator: its name.
        part: gives the SQL of a part's sum by the part's name, such as `sum(num)` for `num`.

    Raises:
        KeyError: the estimator is no function of additive parts.
    """
    name, parts, repeats_n = _CLOSED[estimator]
    arguments = [*map(part, parts), *([part("den")] if repeats_n else [])]
    sums = macro(root, name, *arguments)
    if estimator == "nps_adjusted_wald":  # the ends of its scale
        sums = {**sums, "low": f"greatest(-100, {sums['low']})", "high": f"least(100, {sums['high']})"}
    return {key: str(sums[key]) for key in ("value", "low", "high")}
