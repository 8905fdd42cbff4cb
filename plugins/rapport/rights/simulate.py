"""What a role would see of a query, and why not: by PostgreSQL's own reading of it, without running it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from rapport.declarations import load_sources
from rapport.home import Home
from rapport.rights.erase import connect
from rapport.rights.subject import RightsError
from rapport.warehouse.dbt import manifest_file
from rapport.warehouse.dbt_lineage import Table, raw_tables
from rapport.warehouse.dbt_manifest import BUILT, treatment_of
from rapport.warehouse.roles_policy import Policy, load_policy

_VIEW = "simulated_query"
_USED = f"""
select n.nspname, c.relname, a.attname, has_schema_privilege(%(role)s, n.oid, 'usage')
    and coalesce(has_column_privilege(%(role)s, c.oid, a.attnum, 'select'), has_any_column_privilege(%(role)s, c.oid, 'select'))
from pg_rewrite as r
join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
join pg_class as c on c.oid = d.refobjid and c.relkind in ('r', 'p', 'v', 'm', 'f')
join pg_namespace as n on n.oid = c.relnamespace
left join pg_attribute as a on a.attrelid = c.oid and a.attnum = d.refobjsubid and d.refobjsubid > 0
where r.ev_class = 'pg_temp.{_VIEW}'::regclass and d.refobjid <> r.ev_class
group by 1, 2, 3, 4 order by 1, 2, min(d.refobjsubid)
"""
_NAMESAKES = (
    "select n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relname = %s and c.relkind in ('r', 'v', 'm')"
)
_NOTHING = "42501"  # insufficient_privilege


@dataclass(frozen=True)
class Column:
    """A column that the query reads: `privacy` and `treatment` are empty for what the platform itself writes."""

    name: str
    privacy: str
    treatment: str


@dataclass(frozen=True)
class Relation:
    """A relation that the query reads.

    Attributes:
        schema, name: which.
        is_read: whether the role may read the columns.
        columns: those that the query reads; empty if it only counts rows.
        why: which rule says so, and who may read it.
        instead: relations of the same name that the role may read.
    """

    schema: str
    name: str
    is_read: bool
    columns: tuple[Column, ...]
    why: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Simulated:
    """What came of it.

    Attributes:
        role: who asks.
        is_seen: whether PostgreSQL would answer.
        refusal: what PostgreSQL says if not.
        relations: what the query reads.
        result: names of the result's columns.
    """

    role: str
    is_seen: bool
    refusal: str
    relations: tuple[Relation, ...]
    result: tuple[str, ...]


def simulate(home: Home, role: str, query: str) -> Simulated:
    """Return what `role` would see of a query.

    The query becomes a temporary view, which is planned by nobody and taken back: that tells every relation and column it reads. Then
    PostgreSQL is asked, as the role, to explain it, which checks the role's rights and fetches no row.

    Raises:
        RightsError: it is not one reading statement, or names something that is not there.
    """
    policy = load_policy()
    if role not in policy.people:
        raise RightsError(f"no role {role}: people come in as {', '.join(sorted(policy.people))}")
    classes = _classes(home)
    with connect(home) as conn, conn.transaction(force_rollback=True):
        try:
            conn.execute(f"create temporary view {_VIEW} as {query.strip().rstrip(';')}".encode(), prepare=True)
        except psycopg.Error as error:
            said = error.diag.message_primary or str(error).splitlines()[0]
            raise RightsError(f"not one query that reads: {said}") from None
        names = conn.execute("select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 order by attnum", [_VIEW])
        result = tuple(str(name) for (name,) in names)
        rows = conn.execute(_USED.encode(), {"role": role}).fetchall()
        relations = tuple(_relations(conn, policy, role, classes, rows))
    refusal = _ask(home, role, query)
    return Simulated(role, refusal is None, refusal or "", relations, result)


def lines(simulated: Simulated) -> Iterator[str]:
    """Yield the answer for a person who reads it."""
    if simulated.is_seen:
        yield f"{simulated.role} would see {len(simulated.result)} column(s): {', '.join(simulated.result)}"
    else:
        yield f"{simulated.role} would see nothing: PostgreSQL says {simulated.refusal}"
    for relation in simulated.relations:
        yield f"  {'reads  ' if relation.is_read else 'refused'} {relation.schema}.{relation.name}: {relation.why}"
        for column in relation.columns:
            said = f"{column.privacy}, {column.treatment}" if column.privacy else "written by the platform"
            yield f"            {column.name:<32} {said}"
        if relation.instead:
            yield f"            instead: {', '.join(relation.instead)}"


def _ask(home: Home, role: str, query: str) -> str | None:
    """Return why PostgreSQL refuses a query to a role, None if it does not."""
    try:
        with psycopg.connect(home.dsn(role), connect_timeout=10, options="-c default_transaction_read_only=on") as conn:
            conn.execute(f"explain {query.strip().rstrip(';')}".encode(), prepare=True)
    except psycopg.Error as error:
        said = error.diag.message_primary or str(error).splitlines()[0]
        if error.sqlstate != _NOTHING:
            raise RightsError(f"{role}: {said}") from None
        return said
    return None


def _relations(
    conn: psycopg.Connection, policy: Policy, role: str, classes: dict[Table, dict[str, str]], rows: list[tuple[str, str, str | None, bool]]
) -> Iterator[Relation]:
    for schema, name in dict.fromkeys((row[0], row[1]) for row in rows):
        held = [row for row in rows if (row[0], row[1]) == (schema, name)]
        known = classes.get((schema, name), {})
        columns = tuple(Column(row[2], known.get(row[2], ""), treatment_of(row[2])) for row in held if row[2])
        is_read = all(row[3] for row in held)
        rule = policy.rule(schema)
        readers = sorted({one for one, privilege in rule.of_table(name) if privilege == "SELECT"} | {rule.owner})
        why = f"{', '.join(readers)} may read it (`{rule.pattern}` in config/access.yml)"
        yield Relation(schema, name, is_read, columns, why, () if is_read else tuple(_instead(conn, policy, role, name, schema)))


def _instead(conn: psycopg.Connection, policy: Policy, role: str, name: str, refused: str) -> Iterator[str]:
    for (schema,) in conn.execute(_NAMESAKES.encode(), [name]).fetchall():
        if schema != refused and role in {reader for reader, _ in policy.rule(schema).of_table(name)}:
            yield f"{schema}.{name}"


def _classes(home: Home) -> dict[Table, dict[str, str]]:
    """Return relation -> column -> class, of raw tables by the declarations and of models by dbt's manifest."""
    found = {table: dict(raw.classes) for table, raw in raw_tables(load_sources(home.sources_dir).values()).items()}
    file = manifest_file(home)
    nodes = json.loads(file.read_text())["nodes"].values() if file.is_file() else ()
    for node in nodes:
        if node["resource_type"] == "model":
            columns = {name: column["config"]["meta"].get("privacy", "") for name, column in node["columns"].items()}
            for schema in {node["schema"], node["schema"].removeprefix(BUILT)}:
                found[schema, node["alias"] or node["name"]] = columns
    return found
