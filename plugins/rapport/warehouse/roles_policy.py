"""The access policy (`config/access.yml`) as data: who may do what, and what each grant list means in privileges."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from rapport.home import checkout
from rapport.warehouse.server_place import WarehouseError

PUBLIC = "public"
OWNER_ADMIN = "admin"  # in the policy: whoever owns the database, the superuser in the box
_WRITE = ("SELECT", "INSERT", "UPDATE", "DELETE")
_GRANTS = {"read": ("SELECT",), "insert": ("INSERT",), "write": _WRITE}


@dataclass(frozen=True)
class Role:
    """A role that logs in: `kind` is `machine` or `person`; `memberships` are the server's own roles that it has, none for a person."""

    name: str
    kind: str
    connections: int
    settings: dict[str, str] = field(default_factory=dict)
    memberships: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rule:
    """What the policy says of the schemas that match `pattern`, and of single tables in them."""

    pattern: str
    owner: str
    use: frozenset[str]
    grants: frozenset[tuple[str, str]]
    tables: dict[str, frozenset[tuple[str, str]]]

    def of_table(self, table: str) -> frozenset[tuple[str, str]]:
        """Return the (role, privilege) pairs on one relation."""
        return self.tables.get(table, self.grants)


@dataclass(frozen=True)
class Database:
    """One database: its owner and the (role, privilege) pairs on it."""

    name: str
    owner: str
    grants: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Function:
    """A function that somebody other than its owner may execute, named with its argument types as `vault.reveal(text,text,text)`."""

    name: str
    execute: frozenset[str]
    is_definer: bool


@dataclass(frozen=True)
class Policy:
    """The whole policy."""

    roles: dict[str, Role]
    databases: dict[str, Database]
    rules: tuple[Rule, ...]
    functions: dict[str, Function] = field(default_factory=dict)

    def rule(self, schema: str) -> Rule:
        """Return the first rule that matches a schema's name; the policy ends with a rule that matches all."""
        return next(rule for rule in self.rules if fnmatchcase(schema, rule.pattern))

    @property
    def people(self) -> list[str]:
        """Names of the roles that stand for people."""
        return [role.name for role in self.roles.values() if role.kind == "person"]


def load_policy(file: Path | None = None) -> Policy:
    """Read the policy file (`config/access.yml` of the checkout by default).

    Raises:
        WarehouseError: the file names a role it does not define, lacks a part, or does not end with the rule `*`.
    """
    file = file or checkout() / "config" / "access.yml"
    try:
        data = yaml.safe_load(file.read_text())
        roles = {name: _role(name, body) for name, body in data["roles"].items()}
        databases = {name: _database(name, body) for name, body in data["databases"].items()}
        rules = tuple(_rule(name, body) for name, body in data["schemas"].items())
        functions = {name: _function(name, body) for name, body in data.get("functions", {}).items()}
    except (OSError, yaml.YAMLError, KeyError, AttributeError, TypeError) as error:
        raise WarehouseError(f"{file}: cannot be read as an access policy ({type(error).__name__}: {error})") from None
    named = {role for rule in rules for role, _ in rule.grants} | {role for rule in rules for role in rule.use}
    named |= {role for base in databases.values() for role, _ in base.grants}
    named |= {role for rule in rules for grants in rule.tables.values() for role, _ in grants}
    named |= {role for function in functions.values() for role in function.execute}
    if unknown := sorted(named - roles.keys()):
        raise WarehouseError(f"{file}: {', '.join(unknown)} is granted something but is not under `roles`: define or remove it")
    if not rules or rules[-1].pattern != "*":
        raise WarehouseError(f'{file}: the last entry of `schemas` must be "*", so that every schema has a rule')
    return Policy(roles, databases, rules, functions)


def _role(name: str, body: dict[str, Any]) -> Role:
    if body["kind"] not in {"machine", "person"}:
        raise TypeError(f"role {name}: kind is machine or person")
    memberships = frozenset(body.get("memberships", ()))
    if memberships and (body["kind"] == "person" or not all(group.startswith("pg_") for group in memberships)):
        raise TypeError(f"role {name}: memberships are roles of the server (pg_…), and a person has none")
    settings = {key: str(value) for key, value in body.get("settings", {}).items()}
    return Role(name, body["kind"], int(body["connections"]), settings, memberships)


def _database(name: str, body: dict[str, Any]) -> Database:
    lists = {"connect": "CONNECT", "temporary": "TEMPORARY", "create": "CREATE"}
    grants = {(role, privilege) for key, privilege in lists.items() for role in body.get(key, [])}
    return Database(name, body.get("owner", OWNER_ADMIN), frozenset(grants))


def _function(name: str, body: dict[str, Any]) -> Function:
    return Function(name, frozenset(body["execute"]), bool(body.get("definer", False)))


def _rule(pattern: str, body: dict[str, Any]) -> Rule:
    tables = {name: frozenset(_pairs(part)) for name, part in body.get("tables", {}).items()}
    grants = frozenset(_pairs(body))
    use = {role for role, _ in grants} | {role for pairs in tables.values() for role, _ in pairs} | set(body.get("use", []))
    return Rule(pattern, body["owner"], frozenset(use), grants, tables)


def _pairs(body: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for key, privileges in _GRANTS.items():
        for role in body.get(key, []):
            yield from ((role, privilege) for privilege in privileges)
