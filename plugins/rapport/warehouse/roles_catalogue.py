"""Compare what the database's catalogue grants with what the access policy says, grant by grant.

Both who applies the policy and who asserts it use this one comparison, so that the two cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from rapport.warehouse.roles_policy import OWNER_ADMIN, PUBLIC, Policy, Rule

# Functions that are open to everybody by default and should not be: large objects fill the disk, pg_notify carries
# data past every grant, and the size and row counters tell how many rows an unreadable table has.
_CLOSED_FUNCTIONS = r"""
    (p.proname like 'lo\_%' or p.proname in ('loread', 'lowrite', 'pg_notify')
     or p.proname in ('pg_relation_size', 'pg_total_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_database_size')
     or (p.proname like 'pg\_stat\_get\_%' and p.pronargs = 1 and p.proargtypes[0] = 'oid'::regtype))
"""
_USER_SCHEMA = r"n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
_GRANTEE = f"coalesce(pg_get_userbyid(nullif(a.grantee, 0)), '{PUBLIC}')"

_RELATIONS = f"""
    select n.nspname, c.relname, c.relkind::text, pg_get_userbyid(c.relowner), {_GRANTEE}, a.privilege_type, a.is_grantable
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join lateral aclexplode(c.relacl) a on a.grantee <> c.relowner
    where c.relkind in ('r', 'v', 'm', 'p', 'f', 'S') and {_USER_SCHEMA}
"""
_COLUMNS = f"""
    select n.nspname, c.relname, t.attname, pg_get_userbyid(c.relowner), {_GRANTEE}, a.privilege_type
    from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace,
    lateral aclexplode(t.attacl) a
    where {_USER_SCHEMA}
"""
_SCHEMAS = f"""
    select n.nspname, pg_get_userbyid(n.nspowner), {_GRANTEE}, a.privilege_type, a.is_grantable
    from pg_namespace n left join lateral aclexplode(n.nspacl) a on a.grantee <> n.nspowner
    where {_USER_SCHEMA}
"""
_FUNCTIONS = f"""
    select p.oid::regprocedure::text, pg_get_userbyid(p.proowner), {_GRANTEE}, p.prosecdef and {_USER_SCHEMA}
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    left join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a on a.grantee <> p.proowner
    where ({_USER_SCHEMA} and (a.grantee is not null or p.prosecdef))
       or (n.nspname = 'pg_catalog' and a.grantee is not null and {_CLOSED_FUNCTIONS})
"""
_DATABASES = f"""
    select d.datname, pg_get_userbyid(d.datdba), {_GRANTEE}, a.privilege_type
    from pg_database d left join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a on a.grantee <> d.datdba
    where d.datallowconn and d.datname = any(%s)
"""
_DEFAULTS = f"""
    select pg_get_userbyid(d.defaclrole), d.defaclobjtype::text, {_GRANTEE}, a.privilege_type
    from pg_default_acl d, lateral aclexplode(d.defaclacl) a
    where a.grantee <> d.defaclrole
"""
_VIEWS = f"""
    select n.nspname, c.relname, pg_get_userbyid(c.relowner) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'v' and {_USER_SCHEMA} and not coalesce(c.reloptions @> array['security_barrier=true'], false)
"""
_ROLES = """
    select rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin, rolconnlimit,
           coalesce(rolconfig, '{}')
    from pg_roles where rolname = any(%s)
"""
_MEMBERS = """
    select pg_get_userbyid(m.member), pg_get_userbyid(m.roleid) from pg_auth_members m
    where pg_get_userbyid(m.member) = any(%s) or (pg_get_userbyid(m.roleid) = any(%s) and pg_get_userbyid(m.member) <> %s)
"""


@dataclass(frozen=True)
class Difference:
    """One way in which the catalogue is not what the policy says; `owner` may mend it by running `mend`, if any."""

    text: str
    owner: str
    mend: sql.Composed | None = None


def differences(conn: psycopg.Connection, policy: Policy) -> list[Difference]:
    """Return every difference between the catalogue (this database, and the server's roles) and the policy."""
    admin = conn.execute("select pg_get_userbyid(datdba) from pg_database where datname = current_database()").fetchone()
    owner_admin = str(admin[0]) if admin else ""
    found: list[Difference] = []
    found += _roles(conn, policy, owner_admin)
    found += _databases(conn, policy, owner_admin)
    found += _schemas(conn, policy, owner_admin)
    found += _relations(conn, policy, owner_admin)
    found += _functions(conn, policy)
    found += _defaults(conn, policy, owner_admin)
    found += _open_views(conn, policy)
    return found


def _compare(
    kind: str, name: sql.Composable, label: str, owner: str, *, expected: Iterable[tuple[str, str]], actual: set[tuple[str, str]]
) -> Iterator[Difference]:
    wanted = {pair for pair in expected if pair[0] != owner}
    for role, privilege in sorted(actual - wanted):
        text = f"{role} has {privilege} on {label}, which the policy does not give"
        statement = sql.SQL("revoke {} on {} {} from {}")
        yield Difference(text, owner, statement.format(sql.SQL(privilege), sql.SQL(kind), name, _grantee(role)))
    for role, privilege in sorted(wanted - actual):
        text = f"{role} lacks {privilege} on {label}, which the policy gives"
        statement = sql.SQL("grant {} on {} {} to {}")
        yield Difference(text, owner, statement.format(sql.SQL(privilege), sql.SQL(kind), name, _grantee(role)))


def _grantee(role: str) -> sql.Composable:
    return sql.SQL("public") if role == PUBLIC else sql.Identifier(role)


def _owner(rule_owner: str, admin: str) -> str:
    return admin if rule_owner == OWNER_ADMIN else rule_owner


def _schemas(conn: psycopg.Connection, policy: Policy, admin: str) -> Iterator[Difference]:
    actual: dict[str, tuple[str, set[tuple[str, str]]]] = {}
    for schema, owner, role, privilege, grantable in conn.execute(_SCHEMAS):
        entry = actual.setdefault(schema, (owner, set()))
        if privilege:
            entry[1].add((role, privilege))
        if grantable:
            yield Difference(f"{role} may pass on {privilege} on schema {schema}", owner)
    for rule in policy.rules:
        if "*" not in rule.pattern and rule.pattern not in actual:
            owner = _owner(rule.owner, admin)
            make = sql.SQL("create schema {} authorization {}").format(sql.Identifier(rule.pattern), sql.Identifier(owner))
            yield Difference(f"schema {rule.pattern} is missing", admin, make)
    for schema, (owner, grants) in actual.items():
        rule = policy.rule(schema)
        if owner != _owner(rule.owner, admin):
            yield Difference(f"schema {schema} is owned by {owner}, not by {_owner(rule.owner, admin)}", owner)
        usage = {(role, "USAGE") for role in rule.use}
        yield from _compare("schema", sql.Identifier(schema), f"schema {schema}", owner, expected=usage, actual=grants)


def _relations(conn: psycopg.Connection, policy: Policy, admin: str) -> Iterator[Difference]:
    actual: dict[tuple[str, str, str, str], set[tuple[str, str]]] = {}
    for schema, table, kind, owner, role, privilege, grantable in conn.execute(_RELATIONS):
        grants = actual.setdefault((schema, table, kind, owner), set())
        if privilege:
            grants.add((role, privilege))
        if grantable:
            yield Difference(f"{role} may pass on {privilege} on {schema}.{table}", owner)
    for (schema, table, kind, owner), grants in actual.items():
        rule = policy.rule(schema)
        label, name = f"{schema}.{table}", sql.Identifier(schema, table)
        if owner != _owner(rule.owner, admin):
            yield Difference(f"{label} is owned by {owner}, not by {_owner(rule.owner, admin)}", owner)
        if kind == "S":
            yield from _compare("sequence", name, f"sequence {label}", owner, expected=_sequence_grants(rule), actual=grants)
        else:
            yield from _compare("table", name, label, owner, expected=rule.of_table(table), actual=grants)
    for schema, table, column, owner, role, privilege in conn.execute(_COLUMNS):
        statement = sql.SQL("revoke {} ({}) on {} from {}")
        mend = statement.format(sql.SQL(privilege), sql.Identifier(column), sql.Identifier(schema, table), _grantee(role))
        yield Difference(f"{role} has {privilege} on the column {schema}.{table}.{column}: grants are by table", owner, mend)


def _sequence_grants(rule: Rule) -> set[tuple[str, str]]:
    return {(role, "USAGE") for role, privilege in rule.grants if privilege == "INSERT"}


def _functions(conn: psycopg.Connection, policy: Policy) -> Iterator[Difference]:
    actual: dict[tuple[str, str, bool], set[tuple[str, str]]] = {}
    for function, owner, role, definer in conn.execute(_FUNCTIONS):
        grants = actual.setdefault((function, owner, definer), set())
        if role:
            grants.add((role, "EXECUTE"))
    for (function, owner, definer), grants in actual.items():
        said = policy.functions.get(function)
        if definer and not (said and said.is_definer):
            yield Difference(f"function {function} runs with its owner's rights (security definer)", owner)
        wanted = {(role, "EXECUTE") for role in said.execute} if said else set()
        name = sql.SQL(function)
        for role, _ in sorted(grants - wanted):
            mend = sql.SQL("revoke execute on function {} from {}").format(name, _grantee(role))
            yield Difference(f"{role} may execute function {function}", owner, mend)
        for role, _ in sorted(wanted - grants):
            mend = sql.SQL("grant execute on function {} to {}").format(name, _grantee(role))
            yield Difference(f"{role} may not execute function {function}, which the policy gives", owner, mend)
    for missing in sorted(policy.functions.keys() - {function for function, _, _ in actual}):
        yield Difference(f"function {missing} is missing, or nobody but its owner may execute it", OWNER_ADMIN)


def _databases(conn: psycopg.Connection, policy: Policy, admin: str) -> Iterator[Difference]:
    actual: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for name, owner, role, privilege in conn.execute(_DATABASES, [[*policy.databases, "postgres", "template1"]]):
        grants = actual.setdefault((name, owner), set())
        if privilege:
            grants.add((role, privilege))
    for (name, owner), grants in actual.items():
        database = policy.databases.get(name)
        if database and owner != _owner(database.owner, admin):
            yield Difference(f"database {name} is owned by {owner}, not by {_owner(database.owner, admin)}", owner)
        expected = database.grants if database else frozenset()
        yield from _compare("database", sql.Identifier(name), f"database {name}", owner, expected=expected, actual=grants)


def _defaults(conn: psycopg.Connection, policy: Policy, admin: str) -> Iterator[Difference]:
    kinds = {"r": "tables", "S": "sequences", "f": "functions", "T": "types", "n": "schemas", "L": "large objects"}
    for role, kind, grantee, privilege in conn.execute(_DEFAULTS):
        # the policy's people get their rights by name, after each publish: a default would hand them whatever appears next
        if grantee in policy.people or (grantee == PUBLIC and kind != "T"):
            mend = sql.SQL("alter default privileges for role {} revoke {} on {} from {}").format(
                sql.Identifier(role), sql.SQL(privilege), sql.SQL(kinds.get(kind, "tables")), _grantee(grantee)
            )
            yield Difference(f"new {kinds.get(kind, kind)} of {role} give {privilege} to {grantee} by default", admin, mend)


def _open_views(conn: psycopg.Connection, policy: Policy) -> Iterator[Difference]:
    for schema, view, owner in conn.execute(_VIEWS):
        if any(role in policy.people for role, _ in policy.rule(schema).of_table(view)):
            mend = sql.SQL("alter view {} set (security_barrier = true)").format(sql.Identifier(schema, view))
            yield Difference(f"view {schema}.{view} is read by people and has no security_barrier", owner, mend)


def _roles(conn: psycopg.Connection, policy: Policy, admin: str) -> Iterator[Difference]:
    names = list(policy.roles)
    seen = set()
    for name, *powers, can_login, limit, settings in conn.execute(_ROLES, [names]):
        seen.add(name)
        role = policy.roles[name]
        labels = ("superuser", "createrole", "createdb", "replication", "bypassrls")
        for label, has in zip(labels, powers, strict=True):
            if has:
                yield Difference(f"role {name} is {label}", admin, sql.SQL("alter role {} no" + label).format(sql.Identifier(name)))
        if not can_login or limit != role.connections:
            mend = sql.SQL("alter role {} login connection limit {}").format(sql.Identifier(name), sql.Literal(role.connections))
            yield Difference(f"role {name} may open {limit} connections, the policy says {role.connections}", admin, mend)
        if sorted(settings) != (wanted := sorted(f"{key}={value}" for key, value in role.settings.items())):
            statements = [sql.SQL("alter role {} reset all").format(sql.Identifier(name))]
            for key, value in role.settings.items():
                statement = sql.SQL("alter role {} set {} = {}").format(sql.Identifier(name), sql.Identifier(key), sql.Literal(value))
                statements.append(statement)
            mend = sql.SQL("; ").join(statements)
            yield Difference(f"role {name} has the settings {sorted(settings)}, the policy says {wanted}", admin, mend)
    for name in sorted(set(names) - seen):
        yield Difference(f"role {name} is missing", admin)
    members = set(conn.execute(_MEMBERS, [names, names, admin]).fetchall())
    wanted_members = {(role.name, group) for role in policy.roles.values() for group in role.memberships if role.name in seen}
    for member, group in sorted(members - wanted_members):
        mend = sql.SQL("revoke {} from {}").format(sql.Identifier(group), sql.Identifier(member))
        yield Difference(f"role {member} is a member of {group}", admin, mend)
    for member, group in sorted(wanted_members - members):
        mend = sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(member))
        yield Difference(f"role {member} is not a member of {group}, which the policy says", admin, mend)
