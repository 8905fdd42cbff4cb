"""Would catch: a way in SQL by which somebody with a login sees, keeps or changes more than the policy gives; each probe has a control."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from psycopg import errors
from rapport.home import Home
from rapport.warehouse import roles, server

from tests.attack.probes import PROBES

MINE = {"analyst": "marts_cx.metric_value", "leader": "marts_exec.metric_value", "hr": "marts_ex.metric_value"}
OTHERS = {
    "analyst": ["marts_exec.metric_value", "marts_ex.metric_value"],
    "leader": [],
    "hr": ["marts_cx.metric_value", "marts_exec.metric_value", "ops.release", "ops.stream_load"],
}
# What a superuser meets past the question of rights: no transaction, no XML in this build, an object that is not there or of another kind
PAST_RIGHTS = (
    errors.ActiveSqlTransaction,
    errors.FeatureNotSupported,
    errors.UndefinedFunction,
    errors.WrongObjectType,
    errors.InvalidObjectDefinition,
)
ALONE = ("alter system", "create database")  # statements that run in no transaction


@pytest.fixture(scope="module")
def filled(module_warehouse: Home) -> Home:
    """One relation in each kind of schema, with a row, made by the role that makes it in real life."""

    def make(role: str, *statements: str) -> None:
        with psycopg.connect(module_warehouse.dsn(role)) as conn:
            for statement in statements:
                conn.execute(statement.encode())

    make("loader", "create schema raw_desk", "create table raw_desk.tickets as select 1 as id, 'em1_secret' as email_token")
    made = (
        "staging.stg",
        "input.input__tickets",
        "intermediate.int_links",
        "core.fct_ticket",
        "core_ex.dim_employee",
        "next_marts_cx.metric_value",
    )
    make("transformer", *(f"create table {name} as select 1 as n" for name in made))
    make("publisher", *(f"create table {name} as select 1 as n" for name in MINE.values()))
    roles.enforce(module_warehouse)
    return module_warehouse


@pytest.fixture
def superuser(filled: Home) -> Iterator[psycopg.Connection]:
    """Stands for a naive design: one login for everything. Nothing it does is kept."""
    conn = psycopg.connect(server.admin_dsn(filled, "rapport"))
    yield conn
    conn.rollback()
    conn.close()


def put(probe: str, mine: str) -> bytes:
    return probe.replace("MINE_2", f"{mine}_2").replace("MINE", mine).encode()


def run(conn: psycopg.Connection, statement: bytes) -> None:
    if statement.endswith(b"to stdout"):
        with conn.cursor().copy(statement) as copy:
            assert list(copy)
    else:
        conn.execute(statement)


@pytest.mark.parametrize("role", MINE)
@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_is_refused(filled: Home, role: str, probe: str) -> None:
    """Would catch: a right of PUBLIC, of a default or of a function that gives a person more than the policy says."""
    with (
        psycopg.connect(filled.dsn(role), autocommit=probe.startswith(ALONE)) as conn,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        run(conn, put(probe, MINE[role]))


@pytest.mark.parametrize("probe", PROBES)
def test_the_same_probe_succeeds_on_the_naive_design(superuser: psycopg.Connection, probe: str) -> None:
    """Would catch: a probe that fails for another reason than rights, and so proves nothing."""
    with suppress(*PAST_RIGHTS):
        run(superuser, put(probe, MINE["analyst"]))


@pytest.mark.parametrize("role", MINE)
def test_marts_of_others_are_closed_and_ones_own_is_open(filled: Home, role: str) -> None:
    """Would catch: one audience that reads another's results; the own mart is the control."""
    with psycopg.connect(filled.dsn(role), autocommit=True) as conn:
        assert conn.execute(f"select * from {MINE[role]}".encode()).fetchall() == [(1,)]
        for relation in OTHERS[role]:
            with pytest.raises(errors.InsufficientPrivilege):
                conn.execute(f"select * from {relation}".encode())


@pytest.mark.parametrize("role", MINE)
def test_statistics_and_catalogue_tell_nothing_of_what_is_closed(filled: Home, superuser: psycopg.Connection, role: str) -> None:
    """Would catch: most common values of a table that nobody may read, shown by pg_stats; the superuser, as control, sees them."""
    values = "select count(*) from pg_stats where schemaname in ('raw_desk', 'vault', 'core_ex', 'staging')"
    with psycopg.connect(server.admin_dsn(filled, "rapport"), autocommit=True) as conn:
        conn.execute("analyze raw_desk.tickets")
    assert superuser.execute(values.encode()).fetchone() != (0,)
    with psycopg.connect(filled.dsn(role), autocommit=True) as conn:
        assert conn.execute(values.encode()).fetchone() == (0,)
        bodies = conn.execute(
            "select string_agg(prosrc, ' ') from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname !~ '^pg_'"
        ).fetchone()
        assert filled.secret("privacy_master") not in str(bodies), "bodies of functions can be read by everybody"


@pytest.mark.parametrize("role", MINE)
def test_nobody_elses_session_can_be_ended_or_read(filled: Home, superuser: psycopg.Connection, role: str) -> None:
    """Would catch: one person who ends another's queries, or reads their text."""
    pid = superuser.info.backend_pid
    superuser.execute("select 'a secret of somebody'")
    with psycopg.connect(filled.dsn(role), autocommit=True) as conn:
        for function in ("pg_cancel_backend", "pg_terminate_backend"):
            with pytest.raises(errors.InsufficientPrivilege):
                conn.execute(f"select {function}({pid})".encode())
        assert conn.execute("select query from pg_stat_activity where pid = %s", [pid]).fetchone() == ("<insufficient privilege>",)


def test_there_are_as_many_probes_as_ways_are_known() -> None:
    """Would catch: a list that somebody has made shorter, or that says one thing twice."""
    assert len(set(PROBES)) == len(PROBES) >= 84
