"""What charts may read, as git says it: relations and columns by the dbt contracts and the platform's tables, readers by the policy."""

from __future__ import annotations

import ast
import fnmatch
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlglot
import yaml
from sqlglot import exp

from bundle.spec import ROOT

CHECKOUT = ROOT.parent
_AUDIENCES = ("cx", "ex", "exec")
_STATEMENT = re.compile(r"^(?:create table|alter table|comment on column)\b(?:[^';]|'[^']*')*;", re.MULTILINE)
_PREFIX = "cx__"  # a mart that has its core model's name is a model `cx__<name>`


@dataclass(frozen=True)
class Relation:
    """One table of the warehouse.

    Attributes:
        model: the dbt model that makes it; None for a table of the platform.
        columns: description by column, empty where there is none.
    """

    model: str | None
    columns: dict[str, str]


def relations(checkout: Path = CHECKOUT) -> dict[str, Relation]:
    """Return the relations of `marts_*` and `ops` by `schema.name`."""
    found: dict[str, Relation] = {}
    for audience in _AUDIENCES:
        for file in sorted((checkout / "dbt_project" / "models" / "marts" / audience).rglob("*.yml")):
            for model in yaml.safe_load(file.read_text()).get("models", []):
                columns = {column["name"]: column.get("description", "") for column in model["columns"]}
                found[f"marts_{audience}.{model['name'].removeprefix(_PREFIX)}"] = Relation(model["name"], columns)
    warehouse = checkout / "plugins" / "rapport" / "warehouse"
    found |= _platform((warehouse / "ops.sql").read_text())
    found["marts_cx.release_status"] = Relation(None, _release_status((warehouse / "publish.py").read_text()))
    return found


def metrics(checkout: Path = CHECKOUT) -> dict[str, set[str]]:
    """Return the names of the metrics that are defined, by the schema in which their values stand."""
    folder = checkout / "dbt_project" / "metrics"
    return {"marts_cx": {file.stem for file in folder.glob("*.yml")}, "marts_ex": {file.stem for file in (folder / "ex").glob("*.yml")}}


def may_read(role: str, relation: str, policy: dict[str, Any]) -> bool:
    """Say whether `role` of the warehouse may read a relation by `config/access.yml`.

    Args:
        role: a role of the policy.
        relation: `schema.table`.
        policy: the policy, as `access` returns it.
    """
    schema, table = relation.split(".")
    entry = next((entry for pattern, entry in policy["schemas"].items() if fnmatch.fnmatch(schema, pattern)), {})
    exception = entry.get("tables", {}).get(table)
    return role in (entry if exception is None else exception).get("read", [])


def access(checkout: Path = CHECKOUT) -> dict[str, Any]:
    """Return the access policy."""
    content: dict[str, Any] = yaml.safe_load((checkout / "config" / "access.yml").read_text())
    return content


def _platform(text: str) -> dict[str, Relation]:
    """Read the tables of `ops` from the statements that make them."""
    found: dict[str, Relation] = {}
    for match in _STATEMENT.finditer(text):
        statement = sqlglot.parse_one(match[0].rstrip(";"), read="postgres")
        if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema):
            columns = {column.name: "" for column in statement.this.expressions if isinstance(column, exp.ColumnDef)}
            found[f"{statement.this.this.db}.{statement.this.this.name}"] = Relation(None, columns)
        elif isinstance(statement, exp.Alter):
            added = (action.name for action in statement.args["actions"] if isinstance(action, exp.ColumnDef))
            found[f"{statement.this.db}.{statement.this.name}"].columns.update(dict.fromkeys(added, ""))
        elif isinstance(statement, exp.Comment) and isinstance(statement.this, exp.Column):
            column = statement.this
            found[f"{column.db}.{column.table}"].columns[column.name] = statement.expression.name
    return {name: relation for name, relation in found.items() if name.startswith("ops.")}


def _release_status(source: str) -> dict[str, str]:
    """Read the columns of `release_status` from the comments that publish gives them."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_STATUS_COMMENTS":
            comments: dict[str | None, str] = ast.literal_eval(node.value)
            return {column: text for column, text in comments.items() if column}
    raise LookupError("publish.py no longer says what the columns of release_status mean")
