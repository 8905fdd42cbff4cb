"""What a dataset may show: nothing personal or sensitive, no text that nobody redacted, no words of customers or employees."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import sqlglot
import yaml

from bundle.spec import ROOT, Dataset, SpecError

MARTS = ROOT.parent / "dbt_project" / "models" / "marts"
_TREATED = "_redacted"
# Texts that a dashboard may quote: what is public anyway, and what the organisation writes of itself. Redaction misses some names that
# stand only in free text, so what customers write to the organisation and what employees answer is counted there, and never quoted.
_QUOTED = frozenset({"fct_mention", "gov_decision", "gov_action", "gov_fivew_item", "fivew_cell", "dim_promise"})
_BY_PUBLISH = frozenset({"release_status"})  # one row about the release: no model makes it

Classes = Mapping[str, Mapping[str, str]]  # relation -> column -> privacy class


@cache
def classes(folder: Path = MARTS) -> Classes:
    """Return the class of each column of each published relation, as the models' yml say; a model is called like its relation."""
    found = {}
    for file in sorted(folder.rglob("*.yml")):
        for model in (yaml.safe_load(file.read_text()) or {}).get("models", []):
            columns = {column["name"]: column.get("config", {}).get("meta", {}).get("privacy", "") for column in model.get("columns", [])}
            found[model["name"].rpartition("__")[2]] = columns
    return found


def check(dataset: Dataset, known: Classes) -> None:
    """Refuse a dataset that would show what people may not see.

    Raises:
        SpecError: it reads a relation that no mart makes, or a column that is personal, sensitive, or text that is not redacted; or it
            quotes what customers or employees write.
    """
    parsed = sqlglot.parse_one(dataset.sql, read="postgres")
    tables = {(table.db, table.name) for table in parsed.find_all(sqlglot.exp.Table) if table.db.startswith("marts_")}
    named = {column.name for column in parsed.find_all(sqlglot.exp.Column)}
    has_star = any(not isinstance(star.parent, sqlglot.exp.Count) for star in parsed.find_all(sqlglot.exp.Star))
    for schema, name in sorted(tables):
        if name in _BY_PUBLISH:
            continue
        if name not in known:
            raise SpecError(f"{dataset.name} reads {schema}.{name}, which no model in {MARTS.name} makes")
        for column, privacy in known[name].items():
            if column not in named and not has_star:
                continue
            if privacy in {"personal", "sensitive"} or (privacy == "free_text" and not column.endswith(_TREATED)):
                raise SpecError(f"{dataset.name} shows {schema}.{name}.{column}, which is {privacy}: nobody may see it on a dashboard")
            if privacy == "free_text" and name not in _QUOTED:
                raise SpecError(f"{dataset.name} quotes {schema}.{name}.{column}: dashboards count what people write, and never quote it")
