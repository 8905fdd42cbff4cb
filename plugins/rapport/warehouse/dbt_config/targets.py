"""`targets.yml`: what the organisation aims at, with the day from which each aim counts."""

from __future__ import annotations

from typing import Any

from rapport.declarations.document import Document
from rapport.warehouse.dbt_config.reading import Known, versions


def read(document: Document, known: Known) -> dict[str, Any]:
    """Return `targets` (the newest value of each metric) and `target_versions` (all, with the days they count for)."""
    found: list[dict[str, Any]] = []
    for name, value in document.value["targets"].items():
        if name not in known.metrics:
            raise document.error(("targets", name), "there is no such metric; dbt_project/metrics/ holds those there are")
        listed = value if isinstance(value, list) else [{"value": value}]
        found.extend(versions(document, ("targets", name), [{**one, "metric": name} for one in listed], ("metric",)))
    newest = {one["metric"]: one["value"] for one in sorted(found, key=lambda one: one["version"])}
    return {"targets": newest, "target_versions": found}
