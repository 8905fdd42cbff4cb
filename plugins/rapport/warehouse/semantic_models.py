"""The metrics for other tools: dbt `semantic_models` and `metrics` over the additive parts, made of the same definitions and formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from rapport.declarations.metrics import DIMENSIONS, load_metrics
from rapport.estimators import closed_form
from rapport.home import Home
from rapport.warehouse import dbt, dbt_project

FILE = Path("dbt_project") / "semantic" / "metric_part.yml"
_MADE = """\
# Made by `rapport docs` from dbt_project/metrics/: do not edit. For tools that read dbt's semantic layer (`rapport semantic`): value,
# interval and number of cases of every metric that is a function of additive parts, under any filter. Quantiles, Kaplan-Meier and what
# steps in Python compute are on the lattice only (marts_cx.metric_value), and so is the interval where accounts have several cases each.
"""
_ENTITY = "part"
_PARTS = {
    "num": "Cases with the outcome.",
    "den": "Cases that count.",
    "promoters": "Answers of 9 or 10.",
    "detractors": "Answers of 0 to 6.",
    "total": "Sum of the measure.",
    "total_squared": "Sum of the measure's squares.",
    "base": "Sum of the denominator.",
    "base_squared": "Sum of the denominator's squares.",
    "cross_product": "Sum of the products of measure and denominator.",
}
_LAST = "closing_"  # a stock counts on the last day only
_ENDS = {"low": "lower end of the 95 % interval", "high": "upper end of the 95 % interval"}


def semantic_models(root: Path) -> str:
    """Return the file's text for the checkout `root`.

    Raises:
        DeclarationError: a metric is wrong.
    """
    metrics = [metric for metric in load_metrics(root / "dbt_project" / "metrics") if metric["from_parts"] in {"interval", "value"}]
    bases = {name for metric in metrics for name in _bases(root, metric)}
    said = {
        "semantic_models": [_model(sorted(bases))],
        "metrics": [*map(_base, sorted(bases)), *(told for metric in metrics for told in _told(root, metric))],
    }
    return _MADE + yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=150)


def write(root: Path) -> Path:
    """Write the file and return it."""
    file = root / FILE
    file.write_text(semantic_models(root))
    return file


def write_manifest(home: Home) -> Path:
    """Let dbt read the project as other tools do, with the semantic models and with marts where they are published.

    Returns:
        dbt's semantic manifest, beside its manifest; dbt has validated it.

    Raises:
        DbtError: dbt does not understand the project.
    """
    dbt.invoke(home, ["parse"], variables={**dbt_project.build_variables(home), "for_tools": True}, target="semantic")
    return dbt.manifest_file(home, "semantic").with_name("semantic_manifest.json")


def _model(bases: list[str]) -> dict[str, Any]:
    time = {"name": "cases_on", "type": "time", "expr": "day", "type_params": {"time_granularity": "day"}}
    return {
        "name": "metric_part",
        "description": "Additive parts of every metric by day and dimensions. Choose one metric: its own measures do.",
        "model": "ref('metric_part')",
        "defaults": {"agg_time_dimension": "cases_on"},
        "primary_entity": _ENTITY,
        "dimensions": [time, *({"name": name, "type": "categorical"} for name in ("metric", *DIMENSIONS))],
        "measures": [_measure(name) for name in bases],
    }


def _measure(name: str) -> dict[str, Any]:
    part = name.removeprefix(_LAST)
    measure = {"name": name, "expr": part, "agg": "sum", "description": _PARTS[part]}
    return measure | ({"non_additive_dimension": {"name": "cases_on", "window_choice": "max"}} if name != part else {})


def _base(name: str) -> dict[str, Any]:
    about = f"{_PARTS[name.removeprefix(_LAST)]} Of one metric only: the others of this file filter by it."
    return {"name": f"sum_of_{name}", "label": f"sum of {name}", "description": about, "type": "simple", "type_params": {"measure": name}}


def _bases(root: Path, metric: Mapping[str, Any]) -> dict[str, str]:
    """Return, by the measure's name, the part it gives, of those that the metric's formulas use."""
    used = {"den"}

    def part(name: str) -> str:
        used.add(name)
        return name

    closed_form(root, metric["estimator"]["name"], part)
    first = "" if metric["over_time"] == "sum" else _LAST
    return {first + name: name for name in sorted(used)}


def _told(root: Path, metric: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the metric as dbt's `derived` ones: value, the ends of the interval where parts give them, and number of cases."""
    name, sums = metric["metric"], closed_form(root, metric["estimator"]["name"], str)
    told = {name: (metric["title"], sums["value"], metric["definition"].strip())}
    if metric["from_parts"] == "interval":
        told |= {f"{name}_{end}": (f"{metric['title']}: {said}", sums[end], f"The {said} of {name}.") for end, said in _ENDS.items()}
    told[f"{name}_n"] = (f"{metric['title']}: cases", "den", f"How many cases {name} counts.")
    inputs = _bases(root, metric)
    return [_derived(metric, key, *said, inputs=inputs) for key, said in told.items()]


def _derived(metric: Mapping[str, Any], name: str, label: str, formula: str, about: str, *, inputs: Mapping[str, str]) -> dict[str, Any]:
    of_it = f"{{{{ Dimension('{_ENTITY}__metric') }}}} = '{metric['metric']}'"
    used = {base: part for base, part in inputs.items() if part == "den" or re.search(rf"\b{part}\b", formula)}
    return {
        "name": name,
        "label": label,
        "description": about,
        "type": "derived",
        "type_params": {
            "expr": f"case when den >= {metric['privacy_k']} then {formula} end",
            "metrics": [{"name": f"sum_of_{base}", "alias": part, "filter": of_it} for base, part in used.items()],
        },
        "config": {"meta": {key: metric[key] for key in ("version", "unit", "direction", "owner")}},
    }
