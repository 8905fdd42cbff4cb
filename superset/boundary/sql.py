"""Only reading statements leave Superset.

PostgreSQL's roles decide what may be read. This fence keeps a session from changing who it is
(`SET ROLE`, `set_config`) and from writing, whatever connection it runs on.
"""

from __future__ import annotations

from typing import Any

import sqlglot
from sqlglot import exp

_WRITING = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Into, exp.Lock)
_EXPLAIN_OPTIONS = ("ANALYZE", "VERBOSE")
FORBIDDEN_PREFIXES = ("pg_", "lo_", "dblink", "_rapport", "txid_", "currval", "nextval", "setval")
FORBIDDEN_FUNCTIONS = frozenset(
    {
        "cursor_to_xml",
        "cursor_to_xmlschema",
        "database_to_xml",
        "database_to_xml_and_xmlschema",
        "database_to_xmlschema",
        "has_table_privilege",
        "query_to_xml",
        "query_to_xml_and_xmlschema",
        "query_to_xmlschema",
        "schema_to_xml",
        "schema_to_xml_and_xmlschema",
        "schema_to_xmlschema",
        "set_config",
        "set_role",
        "table_to_xml",
        "table_to_xml_and_xmlschema",
        "table_to_xmlschema",
        "ts_stat",
    }
)
READABLE_CATALOGUES = frozenset({"information_schema"})


class StatementRefusedError(ValueError):
    """The statement does something other than read; the message says what to write instead."""


def check_reads_only(sql: str) -> None:
    """Raise unless every statement of `sql` is a SELECT, or an EXPLAIN of one.

    Args:
        sql: one or more PostgreSQL statements.

    Raises:
        StatementRefusedError: the text cannot be parsed, writes, changes the session, or calls a server function.
    """
    try:
        statements = [statement for statement in sqlglot.parse(sql, read="postgres") if statement is not None]
    except sqlglot.errors.SqlglotError:
        raise StatementRefusedError("This statement could not be read as SQL: write one plain SELECT.") from None
    for statement in statements:
        _check(statement)


def mutate(sql: str, **_: Any) -> str:
    """Superset's `SQL_QUERY_MUTATOR`: hand `sql` back unchanged, or refuse it."""
    check_reads_only(sql)
    return sql


def _check(statement: exp.Expression) -> None:
    if isinstance(statement, exp.Command) and statement.name.upper() == "EXPLAIN":
        check_reads_only(_explained(str(statement.expression)))
        return
    if isinstance(statement, exp.Semicolon):  # a comment after the last statement
        return
    if not isinstance(statement, exp.Query):
        raise StatementRefusedError("Only SELECT and EXPLAIN run here: the warehouse is read-only and the role is fixed.")
    for node in statement.walk():
        if isinstance(node, _WRITING):
            raise StatementRefusedError("This SELECT would write or lock: only reading runs here.")
        if isinstance(node, exp.Func) and _forbidden(node):
            raise StatementRefusedError(f"The function {_function_name(node)}() is not available here.")


def _explained(text: str) -> str:
    """Return the statement behind EXPLAIN's options."""
    rest = text.strip().strip("'")
    if rest.startswith("("):
        rest = rest.partition(")")[2].strip()
    while rest.upper().startswith(_EXPLAIN_OPTIONS):
        rest = rest.partition(" ")[2].strip()
    return rest


def _function_name(node: exp.Func) -> str:
    name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
    return str(name).lower()


def _forbidden(node: exp.Func) -> bool:
    name = _function_name(node)
    return name in FORBIDDEN_FUNCTIONS or name.startswith(FORBIDDEN_PREFIXES)
