"""Would catch: a steward who is told that less is held than is, or that a role sees less than it does."""

from __future__ import annotations

import json

import psycopg
import pytest
from click.testing import CliRunner
from dbt.contracts.graph.manifest import WritableManifest
from rapport.cli import cli
from rapport.declarations import load_sources, sources_in_use
from rapport.home import Home
from rapport.rights.holdings import as_json, holdings, lines, strays
from rapport.rights.simulate import lines as told
from rapport.rights.simulate import simulate
from rapport.rights.subject import RightsError
from rapport.warehouse import roles, server
from rapport.warehouse.dbt import manifest_file
from rapport.warehouse.dbt_lineage import orphaned, raw_tables

from tests.whole_box import Box


@pytest.fixture(scope="module")
def policed(module_warehouse: Home) -> Home:
    """A warehouse with a raw table, a fact in core and the same fact published."""
    for role, statement in (
        ("loader", "create schema raw_zendesk"),
        ("loader", "create table raw_zendesk.users (id bigint, email_customer_token text)"),
        ("transformer", "create table core.fct_ticket (ticket_key text, person_key text)"),
        ("publisher", "create table marts_cx.fct_ticket (ticket_key text, subject_redacted text)"),
    ):
        with psycopg.connect(module_warehouse.dsn(role)) as conn:
            conn.execute(statement.encode())
    roles.enforce(module_warehouse)
    return module_warehouse


def test_a_query_is_judged_column_by_column_and_the_way_out_is_named(policed: Home) -> None:
    """Would catch: a refusal without its reason, or a class that is not the declared one."""
    query = "select u.email_customer_token, t.ticket_key from raw_zendesk.users as u join core.fct_ticket as t on t.person_key = u.id::text"
    simulated = simulate(policed, "analyst", query)
    assert not simulated.is_seen
    assert simulated.refusal.startswith("permission denied")
    found = {f"{one.schema}.{one.name}": one for one in simulated.relations}
    assert {name: one.is_read for name, one in found.items()} == {"raw_zendesk.users": False, "core.fct_ticket": False}
    assert [(one.name, one.privacy, one.treatment) for one in found["raw_zendesk.users"].columns] == [
        ("id", "internal", "as it is"),
        ("email_customer_token", "personal", "token, keyed"),
    ]
    assert {one.name for one in found["core.fct_ticket"].columns} == {"ticket_key", "person_key"}
    assert found["core.fct_ticket"].instead == ("marts_cx.fct_ticket",)
    assert "`raw_*` in config/access.yml" in "\n".join(told(simulated))


@pytest.mark.parametrize(
    ("role", "query", "is_seen"),
    [
        ("analyst", "select subject_redacted from marts_cx.fct_ticket", True),
        ("analyst", "with t as (select * from marts_cx.fct_ticket) select count(*) from t", True),
        ("hr", "select subject_redacted from marts_cx.fct_ticket", False),
        ("engineer", "select person_key from core.fct_ticket", True),
        ("leader", "select count(*) from core.fct_ticket", False),
        ("steward", "select 1 from vault.secret", False),
        ("analyst", "select rolpassword from pg_authid", False),
        ("engineer", "select (select min(id) from raw_zendesk.users), person_key from core.fct_ticket", False),
    ],
)
def test_the_answer_is_the_one_postgresql_gives(policed: Home, role: str, query: str, is_seen: bool) -> None:
    """Would catch: a simulation that says yes where the server says no, or the other way round. Control: the query is then really run."""
    simulated = simulate(policed, role, query)
    assert simulated.is_seen is is_seen
    try:
        with psycopg.connect(policed.dsn(role)) as conn:
            conn.execute(query.encode())
        is_answered = True
    except psycopg.errors.InsufficientPrivilege:
        is_answered = False
    assert is_answered is is_seen


@pytest.mark.parametrize(
    "text",
    [
        "select 1; drop table core.fct_ticket",
        "delete from core.fct_ticket",
        "drop table core.fct_ticket",
        "select * from core.no_such_table",
        "select 1 into core.copied",
        "",
    ],
)
def test_only_one_reading_statement_is_simulated(policed: Home, text: str) -> None:
    """Would catch: a second statement, or one that writes, run with the administrator's rights that the simulation has."""
    with pytest.raises(RightsError):
        simulate(policed, "engineer", text)
    with psycopg.connect(server.admin_dsn(policed, "rapport")) as conn:
        assert conn.execute("select to_regclass('core.fct_ticket') is not null, to_regclass('core.copied') is null").fetchone() == (
            True,
            True,
        )


def test_a_simulated_query_is_not_run_and_leaves_nothing(policed: Home) -> None:
    """Would catch: a function called with the administrator's rights. Control: called, the sequence moves."""
    with psycopg.connect(server.admin_dsn(policed, "rapport"), autocommit=True) as conn:
        conn.execute("create sequence core.counter")
        assert simulate(policed, "engineer", "select nextval('core.counter')").is_seen
        assert conn.execute("select is_called from core.counter").fetchone() == (False,)
        conn.execute("select nextval('core.counter')")
        assert conn.execute("select is_called from core.counter").fetchone() == (True,)
        assert conn.execute("select count(*) from pg_class where relname = 'simulated_query'").fetchone() == (0,)


def test_a_machine_is_no_role_of_a_person(policed: Home) -> None:
    """Would catch: a misspelt role that is silently taken for one that sees nothing."""
    with pytest.raises(RightsError, match="no role loader: people come in as analyst"):
        simulate(policed, "loader", "select 1")


def test_the_command_says_by_its_exit_code_whether_anything_is_seen(policed: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a script that takes a refusal for an answer."""
    monkeypatch.setenv("RAPPORT_HOME", str(policed.path))
    run = CliRunner().invoke
    said = run(cli, ["privacy", "simulate", "--role", "analyst", "select ticket_key from marts_cx.fct_ticket"])
    assert (said.exit_code, said.output.splitlines()[0]) == (0, "analyst would see 1 column(s): ticket_key")
    assert run(cli, ["privacy", "simulate", "--role", "hr", "select ticket_key from marts_cx.fct_ticket"]).exit_code == 1


def test_a_relation_that_no_erasure_reaches_is_reported(policed: Home) -> None:
    """Would catch: a copy of persons that somebody made by hand, or a model's table that outlived its model: no rebuild touches it."""
    assert "raw_zendesk.users" not in strays(policed)  # declared
    before = set(strays(policed))
    with psycopg.connect(policed.dsn("transformer"), autocommit=True) as conn:
        conn.execute("create table core.dim_person_2019 (person_key text)")
        conn.execute("create table core.sums_2019 (persons bigint)")
        try:
            assert set(strays(policed)) - before == {"core.dim_person_2019"}
        finally:
            conn.execute("drop table core.dim_person_2019, core.sums_2019")


def test_a_whole_run_leaves_nothing_out_of_reach(run_home: Box) -> None:
    """Would catch: a model, step or ledger of our own that holds persons' keys beside what an erasure takes out and builds anew."""
    assert strays(run_home.home) == []
    manifest = WritableManifest.from_dict(json.loads(manifest_file(run_home.home).read_text()))
    raw = raw_tables(load_sources(run_home.home.sources_dir).values())
    assert orphaned(manifest, raw) == []
    assert len(orphaned(manifest, {})) > 10  # the control: without declarations nothing is a person's


def test_every_field_of_every_source_in_use_is_reported(policed: Home) -> None:
    """Would catch: a field that is held and not told, or told with another class or treatment than it gets."""
    found = {held.what: held for held in holdings(policed, every_class=True)}
    fields = [
        (f"{source.name}.{stream.name}.{field.name}", field)
        for source in sources_in_use(policed).values()
        for stream in source.streams.values()
        for field in stream.fields
    ]
    assert len(fields) > 500
    assert {name for name, _ in fields} <= found.keys()
    for name, field in fields:
        assert found[name].privacy == field.privacy_class
        landed = {place.rpartition(".")[2] for place in found[name].where if place.startswith("raw_")}
        assert landed == set(field.landed)
        assert (found[name].until == "not kept") is (not field.landed)


def test_the_report_tells_persons_data_with_its_place_and_term(policed: Home) -> None:
    """Would catch: a report that tells public columns as personal, or gives texts the term of records."""
    found = {held.what: held for held in holdings(policed)}
    assert all(held.privacy in {"personal", "sensitive", "free_text"} for held in found.values())
    email, text = found["zendesk.users.email"], found["zendesk.tickets.description"]
    assert (email.treatment, email.until) == ("token, keyed", "while the source serves it, or its person's erasure")
    assert "vault.directory (keyed hashes)" in email.where
    assert (text.treatment, text.until) == ("redacted; its length kept", "12 months after its last change")
    assert json.loads(as_json([email]))[0]["what"] == "zendesk.users.email"
    printed = "\n".join(lines([email, text]))
    assert "zendesk.users\n  email " in printed
    assert printed.endswith("2 fields and columns: 1 free_text, 1 personal")
