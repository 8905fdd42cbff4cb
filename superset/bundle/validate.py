"""Is the bundle sound? Answered offline, from the files alone: dashboard → chart → dataset → column of a mart, for its audience.

What is looked at is `assets/`, Superset's own export format, so that what was edited in Superset and brought back is judged as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlglot
import yaml
from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from bundle import marts, saved
from bundle.spec import ROOT, load_dashboards, load_datasets

READS_NOTHING = "reads no relation"


@dataclass
class Reading:
    """What one query reads.

    Attributes:
        columns: columns by relation (`schema.table`).
        metrics: names of metrics that its text asks for.
        problem: why it cannot be told; empty if it can.
    """

    columns: dict[str, set[str]] = field(default_factory=dict)
    metrics: set[str] = field(default_factory=set)
    problem: str = ""


def problems(files: dict[str, str], warehouse: dict[str, marts.Relation], policy: dict[str, Any]) -> list[str]:
    """Return one sentence for each thing wrong with the bundle, naming dashboard, chart, dataset and column.

    Args:
        files: text by path, as `write.read` returns it.
        warehouse: as `marts.relations` returns it.
        policy: as `marts.access` returns it.
    """
    parsed = {path: yaml.safe_load(text) for path, text in files.items()}
    datasets = {entry["uuid"]: entry for path, entry in parsed.items() if path.startswith("datasets/")}
    charts = {entry["uuid"]: entry for path, entry in parsed.items() if path.startswith("charts/")}
    databases = {entry["uuid"]: path.split("/")[1].removesuffix(".yaml") for path, entry in parsed.items() if path.startswith("databases/")}
    drawn: set[str] = set()
    found: list[str] = []
    for path, dashboard in parsed.items():
        if path.startswith("dashboards/"):
            for uuid, name in _drawn(dashboard):
                drawn.add(uuid)
                if uuid not in charts:
                    found.append(f"{dashboard['dashboard_title']}: the chart {name!r} is not in the bundle")
    for uuid, chart in charts.items():
        if uuid not in drawn:
            found.append(f"{chart['slice_name']}: no dashboard shows this chart")
        found += _chart_problems(chart, datasets.get(chart["dataset_uuid"]))
    asked = {chart["dataset_uuid"] for chart in charts.values()}
    read: dict[str, Reading] = {}
    explored = {name: declared.explored_by for name, declared in load_datasets().items()}  # analysts ask these as they like
    names = marts.metrics()
    defined = names["marts_cx"] | names["marts_ex"]
    for uuid, dataset in datasets.items():
        reading = read.setdefault(dataset["sql"], reads(dataset["sql"], warehouse))
        role = databases.get(dataset["database_uuid"])
        name = f"{dataset['table_name']} ({role})"
        found += [f"{name}: {problem}" for problem in _dataset_problems(reading, role, warehouse, policy, defined)]
        if uuid not in asked and role not in explored.get(dataset["table_name"], ()):
            found.append(f"{name}: no chart reads this dataset")
    for chart in charts.values():
        unknown = sorted(_metrics_asked(chart) - defined)
        found += [f"{chart['slice_name']}: asks for the metric {name}, which dbt_project/metrics does not define" for name in unknown]
    return sorted(set(found))


def unused() -> list[str]:
    """Return one sentence for each dataset of `datasets/` that no tile and no other dataset reads."""
    datasets = load_datasets()
    read = {tile.dataset for dashboard in load_dashboards() for tile in dashboard.tiles()} | {"release_header"}
    included = {name for name in datasets if any(f"{{{{ {name} }}}}" in file.read_text() for file in (ROOT / "datasets").glob("*.sql"))}
    explored = {name for name, dataset in datasets.items() if dataset.explored_by}
    return [f"datasets/{name}.sql: no tile reads it" for name in sorted(set(datasets) - read - included - explored)]


def queries(warehouse: dict[str, marts.Relation], policy: dict[str, Any]) -> list[str]:
    """Return one sentence for each saved query that an analyst may not ask, or that names what is not there.

    Args:
        warehouse: as `marts.relations` returns it.
        policy: as `marts.access` returns it.
    """
    names = marts.metrics()
    found = []
    for query in saved.load_queries():
        if "information_schema" in query.sql:  # the catalogue describes the marts; it is none
            continue
        reading = reads(query.sql, warehouse)
        found += [
            f"queries/{query.name}.sql: {text}" for text in _dataset_problems(reading, "analyst", warehouse, policy, names["marts_cx"])
        ]
    return found


def reads(sql: str, warehouse: dict[str, marts.Relation]) -> Reading:
    """Say which columns of which relations a query reads, through its own subqueries, and which metrics it names."""
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for name, relation in warehouse.items():
        schema.setdefault(name.split(".")[0], {})[name.split(".")[1]] = dict.fromkeys(relation.columns, "text")
    try:
        parsed = sqlglot.parse_one(sql, read="postgres")
        named = sorted(f"{table.db}.{table.name}" for table in parsed.find_all(exp.Table) if table.db) or [READS_NOTHING]
        if gone := [name for name in named if name not in warehouse]:
            return Reading(problem=f"reads {', '.join(gone)}, which no mart and no table of the platform is")
        metrics = set(_metrics_named(parsed))
        qualified = qualify(parsed, schema=schema, dialect="postgres", infer_schema=False)
    except (OptimizeError, ParseError) as error:
        return Reading(problem=f"cannot be resolved to columns of marts: {str(error).splitlines()[0]}")
    reading = Reading(columns={name: set() for name in named}, metrics=metrics)  # also what is only counted
    for scope in traverse_scope(qualified):
        for column in scope.columns:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table):
                reading.columns.setdefault(f"{source.db}.{source.name}", set()).add(column.name)
    return reading


def _drawn(dashboard: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for node in dashboard["position"].values():
        if isinstance(node, dict) and node.get("type") == "CHART":
            yield node["meta"]["uuid"], node["meta"].get("sliceName", "")


def _queries(chart: dict[str, Any]) -> list[dict[str, Any]]:
    content = chart.get("query_context")
    return list((json.loads(content) if isinstance(content, str) else content or {}).get("queries", []))


def _chart_problems(chart: dict[str, Any], dataset: dict[str, Any] | None) -> list[str]:
    name = chart["slice_name"]
    if dataset is None:
        return [f"{name}: its dataset is not in the bundle"]
    if not (queries := _queries(chart)):
        return [f"{name}: has no stored question, so that no reader may ask it"]
    columns = {column["column_name"] for column in dataset["columns"]}
    asked: set[str] = set()
    for query in queries:
        asked |= {column if isinstance(column, str) else column["sqlExpression"] for column in query.get("columns", [])}
        asked |= {metric["column"]["column_name"] for metric in query.get("metrics") or [] if isinstance(metric, dict)}
        asked |= {entry["col"] for entry in query.get("filters", [])}
        asked |= {entry[0] for entry in query.get("orderby", []) if isinstance(entry[0], str)}
    return [f"{name}: asks for {column}, which the dataset {dataset['table_name']} does not have" for column in sorted(asked - columns)]


def _dataset_problems(
    reading: Reading, role: str | None, warehouse: dict[str, marts.Relation], policy: dict[str, Any], defined: set[str]
) -> Iterator[str]:
    if role is None:
        yield "its connection is not in the bundle"
        return
    if reading.problem:
        yield reading.problem
        return
    for relation, columns in sorted(reading.columns.items()):
        if not marts.may_read(role, relation, policy):
            yield f"reads {relation}, which {role} may not read (config/access.yml)"
        for column in sorted(columns):
            if not warehouse[relation].columns[column].strip():
                yield f"reads {relation}.{column}, which nothing describes"
    for name in sorted(reading.metrics - defined):
        yield f"names the metric {name}, which dbt_project/metrics does not define"


def _metrics_asked(chart: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for query in _queries(chart):
        for entry in query.get("filters", []):
            if entry["col"] == "metric":
                found |= set(entry["val"] if isinstance(entry["val"], list) else [entry["val"]])
    return found


def _metrics_named(query: exp.Expression) -> Iterator[str]:
    """Yield what a column `metric` is compared with, and what a list of values with such a column holds."""
    for comparison in query.find_all(exp.EQ, exp.In):
        sides = [comparison.this, *comparison.expressions, *filter(None, [comparison.args.get("expression")])]
        if any(isinstance(side, exp.Column) and side.name == "metric" for side in sides):
            yield from (side.name for side in sides if isinstance(side, exp.Literal) and side.is_string)
    for cte in query.find_all(exp.CTE):
        names = [column.name for column in cte.args["alias"].columns]
        values = cte.this.find(exp.Values)
        if "metric" in names and values is not None:
            yield from (row.expressions[names.index("metric")].name for row in values.expressions)
