"""Metric definitions and the kinds of case they count: read, validated and handed to dbt as data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rapport.declarations.document import Document

SCHEMA = Path(__file__).with_name("metric.schema.json")
EX_SCHEMA = Path(__file__).with_name("ex_metric.schema.json")
CASES_SCHEMA = Path(__file__).with_name("cases.schema.json")
# What a cell of a metric may be cut by, in the order of every relation that holds it. The macro `metric_dimensions` says the same to dbt.
DIMENSIONS = (
    "country",
    "segment",
    "industry",
    "strategic",
    "channel",
    "queue",
    "survey",
    "touchpoint",
    "stage",
    "role",
    "reason",
    "item",
)

# What an estimator can give, where that is not for the metric to say.
_UNIT_OF = {"wilson": ("share",), "km_share": ("share",), "nps_adjusted_wald": ("points",), "km": ("minutes", "days"), "count": ("count",)}


@cache
def load_cases(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the kinds of case described in `<folder>/cases/*.yml`, by name.

    Raises:
        DeclarationError: with file, line and what to write instead.
    """
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((folder / "cases").glob("*.yml")):
        document = Document.read(file)
        document.check(CASES_SCHEMA)
        if file.stem != document.value["cases"]:
            raise document.error(("cases",), f"must stand in {document.value['cases']}.yml, after its name")
        found[file.stem] = document.value
    return found


def load_metric(file: Path) -> dict[str, Any]:
    """Return the metric defined in `file`, with `over_time`, `population`, `where`, `frozen_after_days`, `model`, `entity` and
    `from_parts` filled in.

    Raises:
        DeclarationError: with file, line and what to write instead.
    """
    document = Document.read(file)
    document.check(SCHEMA)
    metric: dict[str, Any] = dict(document.value)
    if file.stem != metric["metric"]:
        raise document.error(("metric",), f"must stand in {metric['metric']}.yml, after its name")
    for number, cut in enumerate(metric["lattice"]):
        unknown = [name for name in cut if name not in metric["dimensions"]]
        if unknown:
            raise document.error(("lattice", number), f"cuts by {', '.join(unknown)}, which is not among the metric's dimensions")
    estimator = metric["estimator"]
    for name, unit in _UNIT_OF.items():
        if estimator["name"] == name and metric["unit"] not in unit:
            raise document.error(("unit",), f"the estimator {name} gives {' or '.join(unit)}")
    if {"cluster", "weight"} <= estimator.keys():
        raise document.error(("estimator",), "takes `cluster` or `weight`: no interval is known for both at once")
    kinds = load_cases(file.parent)
    if metric["cases"] not in kinds:
        raise document.error(("cases",), f"is none of {', '.join(kinds)}: describe it in {file.parent.name}/cases/")
    cases = kinds[metric["cases"]]
    if metric["day"] not in cases["days"]:
        raise document.error(("day",), f"is none of {', '.join(cases['days'])}")
    if "start" in estimator and "clock" not in cases:
        raise document.error(("estimator", "start"), f"needs a `clock` in cases/{metric['cases']}.yml: until when open cases are followed")
    if "clock" in cases:
        metric["clock"] = cases["clock"]
    filled = {"over_time": "sum", "population": "true", "where": "true", "frozen_after_days": 14, "entity": cases["entity"]}
    return {**filled, **metric, "model": cases["model"], "from_parts": from_parts(estimator)}


def from_parts(estimator: Mapping[str, Any]) -> str:
    """Return what sums over `metric_part` give of an estimator under any filter.

    `interval`: value and interval. `value`: the value alone, where cases of one account make the interval wider. `bucket_interval` and
    `bucket_value`: the same of a quantile, to the width of a bucket. `none`: the lattice only, as for a Kaplan-Meier curve, which needs to
    know how long each case was followed.
    """
    name, is_clustered = estimator["name"], "cluster" in estimator
    if "weight" in estimator or name in {"km", "km_share", "computed"}:
        return "none"
    if name == "quantile_order":
        return "bucket_value" if is_clustered else "bucket_interval"
    return "value" if is_clustered else "interval"


def load_metrics(folder: Path) -> list[dict[str, Any]]:
    """Return the metrics defined in `<folder>/*.yml`, in order of name.

    Raises:
        DeclarationError: a file is wrong.
    """
    return [load_metric(file) for file in sorted(folder.glob("*.yml"))]


def load_ex_metrics(folder: Path) -> list[dict[str, Any]]:
    """Return the metrics of employees defined in `<folder>/ex/*.yml`, in order of name: their audience is `ex`, and no other reads them.

    Raises:
        DeclarationError: a file is wrong.
    """
    found = []
    for file in sorted((folder / "ex").glob("*.yml")):
        document = Document.read(file)
        document.check(EX_SCHEMA)
        if file.stem != document.value["metric"]:
            raise document.error(("metric",), f"must stand in ex/{document.value['metric']}.yml, after its name")
        found.append(dict(document.value))
    return found
