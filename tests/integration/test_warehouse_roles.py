"""Would catch a grant that the policy does not give, and an assertion too blind to see one."""

from __future__ import annotations

import psycopg
import pytest
from rapport.home import Home
from rapport.warehouse import ops, roles, server

PEOPLE = ["analyst", "leader", "hr", "engineer", "steward", "representative"]


def _admin(home: Home) -> psycopg.Connection:
    return psycopg.connect(server.admin_dsn(home, "rapport"))


def _make(home: Home, role: str, *statements: str) -> None:
    with psycopg.connect(home.dsn(role)) as conn:
        for statement in statements:
            conn.execute(statement)


@pytest.fixture
def filled(warehouse: Home) -> Home:
    """A warehouse with one relation in each kind of schema, made by the role that makes it in real life."""
    _make(warehouse, "loader", "create schema raw_desk", "create table raw_desk.tickets (id bigint, email_token text)")
    _make(warehouse, "transformer", "create table staging.stg (id bigint)", "create table core.fct_ticket (id bigint)")
    _make(warehouse, "transformer", "create table core_ex.dim_employee (id bigint)", "create table next_marts_cx.metric_value (n bigint)")
    for schema in ("marts_cx", "marts_exec", "marts_ex"):
        _make(warehouse, "publisher", f"create table {schema}.metric_value (n bigint)")
    roles.enforce(warehouse)
    return warehouse


MAY_READ = {
    "marts_cx.metric_value": {"analyst", "leader", "engineer"},
    "marts_exec.metric_value": {"leader"},
    "marts_ex.metric_value": {"hr", "leader"},
    "core.fct_ticket": {"engineer"},
    "ops.release": {"engineer", "analyst"},
    "core_ex.dim_employee": set(),
    "raw_desk.tickets": set(),
    "staging.stg": set(),
    "next_marts_cx.metric_value": set(),
    "vault.secret": set(),
    "vault.directory": set(),
    "vault.quarantined_row": set(),
    "vault.access_log": set(),
    "vault.tombstone": set(),
    "vault.erasure_subject": set(),
    "ops.erasure_request": {"engineer"},
    "ops.person": {"engineer"},
    "ops.vault_access": {"representative", "steward"},
}


@pytest.mark.parametrize("role", PEOPLE)
def test_people_read_what_the_policy_names_and_nothing_else(filled: Home, role: str) -> None:
    """Would catch a person's role that reads raw, vault or another audience's mart."""
    with psycopg.connect(filled.dsn(role), autocommit=True) as conn:
        for relation, readers in MAY_READ.items():
            if role in readers:
                conn.execute(f"select * from {relation}")
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(f"select * from {relation}")


@pytest.mark.parametrize(
    "statement",
    [
        "create temporary table t (a int)",
        "create schema mine",
        "create table public.t (a int)",
        "select lo_from_bytea(0, 'x')",
        "select pg_notify('a', 'b')",
        "select pg_relation_size('pg_class')",
        "select count(n_live_tup) from pg_stat_all_tables",
        "set role loader",
        "set session authorization loader",
        "set temp_file_limit = -1",
        "copy (select 1) to program 'true'",
        "select pg_read_file('/etc/hostname')",
        "insert into marts_cx.metric_value values (1)",
        "create extension pg_trgm schema marts_cx",
        "select rolpassword from pg_authid",
    ],
)
def test_a_person_is_refused_what_is_open_by_default(filled: Home, statement: str) -> None:
    """Would catch a default right of PUBLIC that was not taken away; the superuser, as control, may do most of them."""
    with (
        psycopg.connect(filled.dsn("analyst"), autocommit=True) as conn,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue)),
    ):
        conn.execute(statement)


def test_people_reach_no_other_database(warehouse: Home) -> None:
    """Would catch CONNECT left with PUBLIC on the maintenance or the applications' databases."""
    for role in [*PEOPLE, "loader"]:
        for database in ("postgres", "template1", "airflow", "superset"):
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(warehouse.dsn(role, database))
    psycopg.connect(warehouse.dsn("superset", "superset")).close()


def test_the_loader_adds_to_the_vault_and_cannot_read_it(warehouse: Home) -> None:
    """Would catch a loader, which handles hostile input, that could read the vault back."""
    with psycopg.connect(warehouse.dsn("loader"), autocommit=True) as conn:
        conn.execute(
            "insert into vault.secret (token, domain, kind, ciphertext) values ('t', 'customer', 'email', 'x') on conflict do nothing"
        )
        conn.execute("insert into vault.directory values ('customer', 'x') on conflict do nothing")
        assert conn.execute("select count(*) from vault.directory").fetchone() == (1,)
        for table in ("secret", "quarantined_row", "access_log"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(f"select * from vault.{table}")


# each line opens a hole; the words are what the assertion has to say about it
HOLES = {
    "grant select on raw_desk.tickets to analyst": "analyst has SELECT on raw_desk.tickets",
    "grant select on vault.secret to public": "public has SELECT on vault.secret",
    "grant update on marts_cx.metric_value to analyst": "analyst has UPDATE on marts_cx.metric_value",
    "grant select (id) on core_ex.dim_employee to hr": "hr has SELECT on the column core_ex.dim_employee.id",
    "grant usage on schema staging to leader": "leader has USAGE on schema staging",
    "grant create on schema public to public": "public has CREATE on schema public",
    "grant temporary on database rapport to public": "public has TEMPORARY on database rapport",
    "grant connect on database postgres to analyst": "analyst has CONNECT on database postgres",
    "revoke select on marts_cx.metric_value from analyst": "analyst lacks SELECT on marts_cx.metric_value",
    "alter default privileges for role publisher grant select on tables to analyst": "new tables of publisher give SELECT to analyst",
    "alter role analyst createrole": "role analyst is createrole",
    "grant pg_read_all_data to engineer": "role engineer is a member of pg_read_all_data",
    "grant transformer to publisher": "role publisher is a member of transformer",
    "create view marts_cx.open_view as select 1 as n": "view marts_cx.open_view is read by people and has no security_barrier",
    "grant execute on function vault.reveal(text,text,text) to analyst": "analyst may execute function vault.reveal(text,text,text)",
    "revoke execute on function vault.reveal(text,text,text) from steward": "steward may not execute function vault.reveal(text,text,text)",
    "grant execute on function lo_create(oid) to public": "public may execute function lo_create(oid)",
    "create function core.f() returns int language sql as 'select 1'": "public may execute function core.f()",
    "alter role analyst set temp_file_limit = -1": "role analyst has the settings",
    "alter role analyst connection limit 500": "role analyst may open 500 connections",
}


@pytest.mark.parametrize("hole", HOLES)
def test_each_hole_is_seen_and_mended(filled: Home, hole: str) -> None:
    """Would catch an assertion that passes on anything: it is silent before, names the hole, and apply closes it."""
    with _admin(filled) as conn:
        roles.assert_access(conn)
        conn.execute(hole)
        with pytest.raises(roles.AccessError) as caught:
            roles.assert_access(conn)
        assert any(HOLES[hole] in text for text in caught.value.found), caught.value.found
        roles.apply_access(conn)
        if "create view" in hole:  # made by the superuser: its owner is wrong, which nobody but a person should settle
            assert [text for text in caught.value.found if "owned by" in text]
        else:
            roles.assert_access(conn)
        conn.rollback()


def test_a_function_with_its_owners_rights_is_named_and_left_to_a_person(filled: Home) -> None:
    """Would catch a security definer function, the usual way round every grant."""
    with _admin(filled) as conn:
        conn.execute("create function core.leak() returns bigint language sql security definer as 'select count(*) from vault.secret'")
        roles.apply_access(conn)
        with pytest.raises(roles.AccessError, match=r"core\.leak\(\) runs with its owner's rights"):
            roles.assert_access(conn)
        conn.rollback()


def test_publish_grants_its_own_new_table_in_its_own_transaction(filled: Home) -> None:
    """Would catch readers meeting a table without grants between a publish and the superuser's next pass."""
    with psycopg.connect(filled.dsn("publisher")) as conn:
        conn.execute("create table marts_cx.support_backlog_daily (day date)")
        assert roles.apply_access(conn) == 3
        roles.assert_access(conn)
    with psycopg.connect(filled.dsn("analyst")) as conn:
        conn.execute("select * from marts_cx.support_backlog_daily")


def test_preparing_twice_changes_nothing_and_keeps_passwords(warehouse: Home) -> None:
    """Would catch an upgrade that is not repeatable, and passwords standing in clear in the catalogue."""
    with _admin(warehouse) as conn:
        before = conn.execute("select rolname, rolpassword from pg_authid order by 1").fetchall()
    ops.ensure_warehouse(warehouse)
    with _admin(warehouse) as conn:
        assert roles.apply_access(conn) == 0
        after = conn.execute("select rolname, rolpassword from pg_authid order by 1").fetchall()
    assert before == after
    assert all(password.startswith("SCRAM-SHA-256$") for name, password in after if name in PEOPLE)
