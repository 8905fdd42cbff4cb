"""What the organisation has set (`config/*.yml`), validated with file and line and handed to dbt as one variable.

A further file is one row of `FILES`: its name, who reads it, and what stands in for it where a company has none. Its JSON Schema
is `dbt_schemas/<name>.json`. Files are read in the order of the table, so that a later one may name what an earlier one declares.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapport.declarations.document import Document
from rapport.home import Home
from rapport.warehouse.dbt_config import (
    actions,
    calendars,
    governance,
    journey,
    organisation,
    people,
    reasons,
    surveys,
    targets,
    topics,
    value,
)
from rapport.warehouse.dbt_config.reading import Known, Reader

__all__ = ["FILES", "Setting", "config_folder", "deciding", "load_config"]

_SCHEMAS = Path(__file__).parents[1] / "dbt_schemas"


@dataclass(frozen=True)
class Setting:
    """One file of the company's settings.

    Attributes:
        name: of the file, without `.yml`, and of its schema.
        read: turns the checked document into keys of dbt's variable `config`; refuses what a schema cannot say.
        instead: content of a file that a company has not; None: it has to be there.
        decides_facts: whether rows of incremental facts depend on it. Where not, a change does not rebuild them.
    """

    name: str
    read: Reader
    instead: str | None = None
    decides_facts: bool = True


FILES = (
    Setting("organisation", organisation.read),
    Setting("calendars", calendars.read),
    Setting("surveys", surveys.read),
    Setting("people", people.read, "{}"),
    Setting("channels", journey.read_channels, "channels: []"),
    Setting("journey", journey.read),
    Setting("roles", journey.read_roles, "roles: []"),
    Setting("reasons", reasons.read, "{}", decides_facts=False),
    Setting("content", journey.read_content, "content: []"),
    Setting("currency", value.read_currency, "reporting: EUR", decides_facts=False),
    Setting("lock_in", value.read_lock_in, "{version: 1, rules: []}", decides_facts=False),
    Setting("strategic", value.read_strategic, value.DECLARED_ONLY, decides_facts=False),
    Setting("loyalty", value.read_loyalty, "{}"),
    Setting("promises", governance.read_promises, "promises: []", decides_facts=False),
    Setting("targets", targets.read, "targets: {}", decides_facts=False),
    Setting("kpis", governance.read_kpis, "kpis: []", decides_facts=False),
    Setting("fivew", governance.read_fivew, "items: []", decides_facts=False),
    Setting("trust", governance.read_trust, "facets: []", decides_facts=False),
    Setting("decisions", actions.read_decisions, "decisions: []", decides_facts=False),
    Setting("actions", actions.read_actions, "actions: []", decides_facts=False),
    Setting("forecasts", actions.read_forecasts, "forecasts: []", decides_facts=False),
    Setting("topics", topics.read, "topics: []", decides_facts=False),
    Setting("evidence", governance.read_evidence, "sources: []", decides_facts=False),
)


def config_folder(home: Home) -> Path:
    """Return the folder of the organisation's settings: `RAPPORT_CONFIG`, or `config/` of the checkout."""
    configured = os.environ.get("RAPPORT_CONFIG")
    return Path(configured).expanduser().resolve() if configured else home.root / "config"


def load_config(folder: Path, metrics: Collection[str]) -> dict[str, Any]:
    """Return the organisation's settings as dbt's variable `config`.

    Args:
        folder: holds the files of `FILES`.
        metrics: names of the metrics that may have a target.

    Raises:
        DeclarationError: a setting is wrong, with file, line and what to write instead.
    """
    known = Known(metrics=frozenset(metrics))
    return {key: value for setting in FILES for key, value in _read(folder, setting, known).items()}


def deciding(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of `config` that decides rows of incremental facts."""
    left_out = {key for setting in FILES if not setting.decides_facts for key in _keys(setting)}
    return {key: value for key, value in config.items() if key not in left_out}


def _read(folder: Path, setting: Setting, known: Known) -> dict[str, Any]:
    file = folder / f"{setting.name}.yml"
    document = Document(file, setting.instead) if setting.instead is not None and not file.exists() else Document.read(file)
    document.check(_SCHEMAS / f"{setting.name}.json")
    found = setting.read(document, known)
    known.config.update(found)
    return found


def _keys(setting: Setting) -> set[str]:
    """Return the keys of `config` that a file gives: those of its empty form, which are all."""
    return set(setting.read(Document(Path(f"{setting.name}.yml"), setting.instead or "{}"), Known())) if setting.instead else set()
