"""dbt's exposures: which dashboard reads which mart, from the dashboards' own queries, so that lineage runs from source to chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bundle import marts, validate
from bundle.spec import Dashboard, load_dashboards, load_datasets

FILE = marts.CHECKOUT / "dbt_project" / "models" / "exposures.yml"
_HEAD = "# Made by `python -m bundle` in superset/, from the queries of the dashboards. Do not edit.\n"


def text(dashboards: list[Dashboard] | None = None) -> str:
    """Return the file's text: one exposure a dashboard, with the models and sources that its charts read.

    Raises:
        LookupError: a query cannot be resolved to relations; `rapport dashboards validate` says which and why.
    """
    warehouse = marts.relations()
    datasets = load_datasets()
    sources = _sources()
    readings = {name: validate.reads(dataset.sql, warehouse) for name, dataset in datasets.items()}
    entries = []
    for dashboard in dashboards or load_dashboards():
        names = {tile.dataset for tile in dashboard.tiles()} | {"release_header"}
        if unclear := sorted(name for name in names if readings[name].problem):
            raise LookupError(f"{dashboard.title}: {unclear[0]}.sql {readings[unclear[0]].problem}")
        read = {relation for name in names for relation in readings[name].columns}
        entries.append(_exposure(dashboard, sorted(filter(None, (_node(relation, warehouse, sources) for relation in read)))))
    return _HEAD + yaml.safe_dump({"version": 2, "exposures": entries}, sort_keys=False, allow_unicode=True, width=1000)


def write(file: Path = FILE) -> None:
    """Write the exposures."""
    file.write_text(text())


def _exposure(dashboard: Dashboard, depends_on: list[str]) -> dict[str, Any]:
    return {
        "name": dashboard.slug.replace("-", "_"),
        "label": dashboard.title,
        "type": "dashboard",
        "maturity": "high",
        "url": f"/superset/dashboard/{dashboard.slug}/",
        "description": f"{dashboard.question} For {dashboard.readers}.",
        "depends_on": depends_on,
        "owner": {"name": dashboard.owner},
    }


def _node(relation: str, warehouse: dict[str, marts.Relation], sources: set[str]) -> str | None:
    """Return how dbt calls a relation; None for what the platform writes and dbt does not know."""
    if model := warehouse[relation].model:
        return f"ref('{model}')"
    schema, table = relation.split(".")
    return f"source('{schema}', '{table}')" if relation in sources else None


def _sources() -> set[str]:
    content = yaml.safe_load((marts.CHECKOUT / "dbt_project" / "models" / "_platform__sources.yml").read_text())
    return {f"{source['schema']}.{table['name']}" for source in content["sources"] for table in source["tables"]}
