"""What dbt's manifest says about relations: keys, audiences, and whether every column is documented and classed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CLASSES = {"public", "internal", "personal", "sensitive", "free_text"}
ANALYSIS = "analysis"  # dbt's source of the tables that steps in Python write
BUILT = "next_"  # marts are built in next_<schema> and published to <schema>
# Words that say what was done to a personal column; an untreated one may be in no model at all.
TREATED = ("_token", "_redacted", "_band", "_truncated", "_key", "_keys", "_sk")
_SAID = {"token": "token, keyed", "key": "surrogate key", "keys": "surrogate keys", "sk": "surrogate key"}


@dataclass(frozen=True)
class Mart:
    """A relation that is published.

    Attributes:
        schema: schema that people read, e.g. `marts_cx`.
        name: name of the relation.
        key: columns that identify a row.
        is_tracked: whether its rows carry the stamp of the build that wrote them, and what it lost is noted.
        slice: columns by whose values it is built again, a slice at a time; none where it is not.
    """

    schema: str
    name: str
    key: tuple[str, ...]
    is_tracked: bool = False
    slice: tuple[str, ...] = ()

    @property
    def built_in(self) -> str:
        """Schema that dbt builds it in."""
        return BUILT + self.schema


def treatment_of(column: str) -> str:
    """Return what was done to a column, which the end of its name tells; `as it is` if it tells nothing."""
    word = column.rpartition("_")[2]
    return _SAID.get(word, word) if column.endswith(TREATED) else "as it is"


def undocumented(manifest: Any) -> list[str]:
    """Return what the project's columns lack: a meaning, a known privacy class, or a treatment of what is personal."""
    faults = []
    ours = [source for source in manifest.sources.values() if source.source_name == ANALYSIS]
    for node in [*(node for node in manifest.nodes.values() if node.resource_type == "model"), *ours]:
        if not node.columns:
            faults.append(f"{node.name} has no columns in its yml")
        if not node.description:
            faults.append(f"{node.name} does not say what it is")
        for column in node.columns.values():
            privacy = column.config.meta.get("privacy")
            if not column.description:
                faults.append(f"{node.name}.{column.name} has no description")
            if privacy not in CLASSES:
                faults.append(f"{node.name}.{column.name} has no privacy class (config.meta.privacy)")
            if privacy in {"personal", "free_text"} and not column.name.endswith(TREATED):
                faults.append(f"{node.name}.{column.name} is {privacy} and its name ends in no treatment ({', '.join(TREATED)})")
    return faults


def published_marts(file: Path) -> list[Mart]:
    """Return the relations to publish, as dbt's manifest file has them, in order of name.

    Raises:
        KeyError: a mart has no `config.meta.key`.
    """
    manifest = json.loads(file.read_text())
    marts = []
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and str(node["schema"]).startswith(BUILT):
            meta, strategy = node["config"]["meta"], node["config"].get("incremental_strategy")
            slices = tuple(meta["slice"]) if strategy == "sliced" else ()
            marts.append(Mart(node["schema"].removeprefix(BUILT), node["alias"], tuple(meta["key"]), strategy == "tracked", slices))
    return sorted(marts, key=lambda mart: (mart.schema, mart.name))
