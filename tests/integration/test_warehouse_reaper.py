"""Would catch: a statement that runs for ever because its owner lifted the time limit, and server logs that hold rows."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from rapport import processes
from rapport.box import lifecycle, services
from rapport.home import Home
from rapport.warehouse import reaper, server
from rapport.warehouse.roles_policy import Policy, load_policy

CANARY = "canary@rows-in-the-log.example"


@pytest.fixture
def strict() -> Policy:
    """The policy, with a second for an analyst's statement and an hour for an engineer's."""
    policy = load_policy()
    short = {"statement_timeout": "1s", "idle_in_transaction_session_timeout": "1s"}
    roles = {
        "analyst": replace(policy.roles["analyst"], settings=short),
        "engineer": replace(policy.roles["engineer"], settings={"statement_timeout": "1h"}),
    }
    return replace(policy, roles={**policy.roles, **roles})


@pytest.fixture
def eye(warehouse: Home) -> Iterator[psycopg.Connection]:
    with psycopg.connect(warehouse.dsn(reaper.ROLE), autocommit=True) as conn:
        yield conn


def sleep(home: Home, role: str, ended: dict[str, str]) -> threading.Thread:
    """Run a statement for as long as it may, its limit lifted; note how it ended."""

    def run() -> None:
        with psycopg.connect(home.dsn(role), autocommit=True) as conn:
            conn.execute("set statement_timeout = 0")
            try:
                conn.execute("select pg_sleep(12)")
                ended[role] = "ran to its end"
            except psycopg.errors.QueryCanceled:
                ended[role] = "cancelled"

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_lifted_limit_binds_all_the_same(warehouse: Home, strict: Policy, eye: psycopg.Connection) -> None:
    """Would catch: a limit that is a default only, and a reaper that cancels whoever is within theirs; the engineer is the control."""
    ended: dict[str, str] = {}
    threads = [sleep(warehouse, role, ended) for role in ("analyst", "engineer")]
    deadline, told = time.monotonic() + 10, []
    while not told and time.monotonic() < deadline:
        told = reaper.reap(eye, strict, grace=0.0)
        time.sleep(0.1)
    threads[0].join()
    assert ended == {"analyst": "cancelled"}, "the engineer's runs on"
    threads[1].join()
    assert ended == {"analyst": "cancelled", "engineer": "ran to its end"}
    assert len(told) == 1
    assert told[0].startswith("cancelled a statement of analyst after ")
    assert "pg_sleep" not in told[0]


def test_a_session_that_does_not_heed_or_holds_a_transaction_is_ended(warehouse: Home, strict: Policy, eye: psycopg.Connection) -> None:
    """Would catch: a transaction that keeps old rows, and publication, waiting for ever."""
    with psycopg.connect(warehouse.dsn("analyst")) as idle:
        idle.execute("set idle_in_transaction_session_timeout = 0")
        idle.commit()
        idle.execute("select 1")
        assert reaper.reap(eye, strict, grace=0.0) == [], "control: it has not been long enough"
        time.sleep(1.2)
        assert [line[: line.index(" for ")] for line in reaper.reap(eye, strict, grace=0.0)] == [
            "ended a session of analyst that held a transaction open"
        ]
        with pytest.raises(psycopg.OperationalError):
            idle.execute("select 1")


@pytest.mark.parametrize("statement", ["select * from ops.person", "select * from vault.secret", "create schema mine", "set role postgres"])
def test_the_reaper_reads_nothing(eye: psycopg.Connection, statement: str) -> None:
    """Would catch: a role that may signal everybody and look into everything as well."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        eye.execute(statement.encode())


def test_it_is_a_service_and_says_what_it_did(warehouse: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a reaper that nobody starts, or whose health says well though it is not connected."""
    monkeypatch.setenv("RAPPORT_HOME", str(warehouse.path))
    assert not services.is_well(warehouse, services.REAPER)
    lifecycle.start_reaper(warehouse)
    try:
        assert services.is_well(warehouse, services.REAPER)
    finally:
        processes.stop(warehouse, services.REAPER)


def test_rows_and_statements_stay_out_of_the_servers_log(warehouse: Home) -> None:
    """Would catch: the failed row, the statement or a cast's value in the server's log; the client's own error, as control, has them."""
    log = warehouse.dir("logs") / "postgres.log"
    before = log.stat().st_size
    with psycopg.connect(server.admin_dsn(warehouse, "rapport"), autocommit=True) as conn:
        conn.execute("create table public.strict (id bigint not null, note text)")
        for statement, error in (
            (f"insert into public.strict values (null, '{CANARY}')", psycopg.errors.NotNullViolation),
            (f"select cast('{CANARY}' as bigint)", psycopg.errors.InvalidTextRepresentation),
            (f"select '{CANARY}' from nowhere", psycopg.errors.UndefinedTable),
        ):
            with pytest.raises(error) as caught:
                conn.execute(statement.encode())
            assert CANARY in f"{caught.value} {statement}"
        with pytest.raises(psycopg.errors.NotNullViolation) as caught:
            conn.execute("insert into public.strict values (null, %s)", [CANARY])
        assert CANARY in str(caught.value), "control: the client is told, so loads must not log what it says"
        conn.execute("drop table public.strict")
    with log.open("rb") as file:
        file.seek(before)
        assert CANARY.encode() not in file.read()
