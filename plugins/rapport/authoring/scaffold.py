"""Write the files of a new source: declaration, staging model, its description and its test. Never overwrites."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rapport.authoring import templates
from rapport.declarations.errors import DeclarationError
from rapport.home import Home

# The entity that a source of a domain most likely feeds, and what its records are called.
ENTITY_OF = {
    "crm": "accounts",
    "support": "tickets",
    "survey": "survey_answers",
    "website": "web_events",
    "hr": "employees",
    "social": "mentions",
    "training": "trainings",
    "finance": "account_revenue",
    "partner": "partner_orders",
}
_DBT_TYPES = {"string": "string", "timestamp": "timestamp", "float": "float", "bigint": "bigint", "boolean": "boolean"}
_OF_THE_PLATFORM = frozenset({"source", "source_id", "loaded_at", "is_deleted", "_built_at"})


@dataclass(frozen=True)
class Wanted:
    """What a new source is to be: domain, name, protocol, first stream and the vendor-neutral entity that it fills."""

    domain: str
    name: str
    protocol: str
    stream: str
    entity: str

    @property
    def model(self) -> str:
        """Name of the staging model."""
        return f"stg_{self.name}__{self.entity}"


def entities(home: Home) -> list[str]:
    """Return the vendor-neutral entities."""
    return sorted(file.stem.removeprefix("input__") for file in _models(home).glob("input/input__*.yml"))


def scaffold(home: Home, wanted: Wanted) -> list[Path]:
    """Write the files and return them.

    Raises:
        DeclarationError: a file is there already; nothing is written then.
    """
    staging = _models(home) / "staging" / wanted.name
    columns = _columns(home, wanted.entity)
    texts = {
        home.sources_dir / wanted.domain / f"{wanted.name}.yml": templates.declaration(wanted),
        staging / f"_{wanted.name}__sources.yml": templates.raw_tables(wanted),
        staging / f"{wanted.model}.sql": templates.model(wanted, [(column["name"], _null_of(column)) for column in columns]),
        staging / f"{wanted.model}.yml": templates.description(wanted, columns),
    }
    for file in texts:
        if file.exists():
            raise DeclarationError(file, 1, "", "is there already, and is not overwritten: choose another name, or remove it first")
    for file, text in texts.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return list(texts)


def _models(home: Home) -> Path:
    return home.root / "dbt_project" / "models"


def _columns(home: Home, entity: str) -> list[dict[str, Any]]:
    file = _models(home) / "input" / f"input__{entity}.yml"
    if not file.is_file():
        raise DeclarationError(file, 1, "", f"there is no entity {entity}; there are: {', '.join(entities(home))}")
    model = yaml.safe_load(file.read_text())["models"][0]
    return [column for column in model["columns"] if column["name"] not in _OF_THE_PLATFORM]


def _null_of(column: dict[str, Any]) -> str:
    declared = str(column["data_type"])
    return f"cast(null as {{{{ dbt.type_{_DBT_TYPES[declared]}() }}}})" if declared in _DBT_TYPES else f"cast(null as {declared})"
