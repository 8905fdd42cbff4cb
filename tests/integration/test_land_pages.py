"""Would catch: a retry that doubles rows, an old version that wins, a crash that leaves rows without their cursor, a row in an error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from landing import DECLARATION, KEYRING, Desk, helpdesk
from rapport.home import Home
from rapport.land import LandError, ensure_tables
from rapport.privacy import seal
from rapport.warehouse import server

ANN = {"id": 1, "name": "Annika Brandholt", "email": "Annika@Example.com", "phone": "030 1234567", "role": "end-user", "active": True}
MONDAY, TUESDAY = datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 3, 8, tzinfo=UTC)
NEWEST = "select distinct on (id) * from {} order by id, _version_at desc nulls last, _seen_at desc, _row_hash"


@pytest.fixture
def desk(warehouse: Home, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(warehouse, helpdesk(tmp_path))
    yield made
    made.close()


def test_the_same_page_twice_lands_once_and_is_counted_as_duplicate(desk: Desk) -> None:
    """Would catch: a retry that doubles rows."""
    rows = [{**ANN, "updated_at": MONDAY}, {**ANN, "id": 2, "updated_at": MONDAY}]
    first = desk.land("people", rows)
    second = desk.land("people", rows)
    assert (first.rows_landed, first.rows_duplicate) == (2, 0)
    assert (second.rows_landed, second.rows_duplicate) == (0, 2)
    assert desk.rows("select count(*) from raw_helpdesk.people") == [(2,)]


def test_with_a_clock_the_newest_version_is_the_sources_not_the_last_to_arrive(desk: Desk) -> None:
    """Would catch: merge that keeps what arrived last, and a repeated old version that is touched and wins."""
    desk.land("people", [{**ANN, "role": "agent", "updated_at": TUESDAY}])
    desk.land("people", [{**ANN, "role": "end-user", "updated_at": MONDAY}])
    desk.land("people", [{**ANN, "role": "end-user", "updated_at": MONDAY}])
    assert desk.rows("select count(*) from raw_helpdesk.people") == [(2,)]
    assert desk.rows(f"select role from ({NEWEST.format('raw_helpdesk.people')}) as newest") == [("agent",)]


def test_without_a_clock_a_value_that_returns_is_the_newest_again(desk: Desk) -> None:
    """Would catch: A, B, A read as B."""
    for body in ("one", "two", "one"):
        desk.land("notes", [{"id": 7, "body": body}])
    assert desk.rows("select count(*) from raw_helpdesk.notes") == [(2,)]
    assert desk.rows(f"select body_redacted from ({NEWEST.format('raw_helpdesk.notes')}) as newest") == [("one",)]


@pytest.mark.parametrize("stream", ["people", "notes"])
def test_a_row_that_stands_twice_in_a_page_lands_once(desk: Desk, stream: str) -> None:
    """Would catch: "cannot affect row a second time" on a vendor that repeats records."""
    landed = desk.land(stream, [{"id": 5}, {"id": 5}, {"id": 6}])
    assert (landed.rows_landed, landed.rows_duplicate) == (2, 1)


def test_a_stream_without_a_key_keeps_one_of_each_distinct_record(desk: Desk) -> None:
    """Would catch: a primary key over nothing."""
    landed = desk.land("lines", [{"line": "a"}, {"line": "b"}, {"line": "a"}])
    assert (landed.rows_landed, landed.rows_duplicate) == (2, 1)


def test_every_declared_type_lands_with_its_value(desk: Desk) -> None:
    """Would catch: a fast path that writes another number than it was given."""
    note = {
        "id": -(2**63),
        "body": 'He said "7, 8"\nand \\. left',
        "amount": Decimal("12345678901234567890.123456789"),
        "share": 0.1 + 0.2,
        "tags": '{"b": [1, null, "é"], "a": "\\\\."}',
    }
    desk.land("notes", [note, {"id": 2, "body": "", "share": -0.0, "amount": Decimal("0.000000001")}, {"id": 3}])
    found = desk.rows("select id, body_redacted, body_length, amount, share, tags from raw_helpdesk.notes order by id")
    assert found[0] == (note["id"], note["body"], len(note["body"]), note["amount"], note["share"], {"a": "\\.", "b": [1, None, "é"]})
    assert found[1] == (2, "", 0, Decimal("0.000000001"), 0.0, None)
    assert found[2] == (3, None, None, None, None, None)
    edges = [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)]
    people = [{"id": i, "updated_at": edge, "born_on": date(1984, 2, 29), "age": 24, "active": i == 0} for i, edge in enumerate(edges)]
    desk.land("people", people)
    found = desk.rows(
        "select updated_at, _version_at, born_on_truncated, age_band, active, _is_deleted from raw_helpdesk.people order by id"
    )
    assert [row[0] for row in found] == edges == [row[1] for row in found]
    assert found[0][2:] == (date(1984, 1, 1), "18-24", True, False)
    assert found[1][4:] == (False, True)


def test_no_clear_identifier_lands_and_the_vault_gives_it_back(desk: Desk, warehouse: Home) -> None:
    """Would catch: tokens of the wrong domain, a name in a raw column, a vault row nobody can open."""
    desk.land(
        "people",
        [{**ANN, "updated_at": MONDAY, "page": "https://x.example/annika?mail=annika@example.com"}, {**ANN, "id": 2, "role": "agent"}],
    )
    desk.land("notes", [{"id": 1, "body": "Annika Brandholt, annika@example.com, 0301234567"}])
    customer, employee, page = desk.rows(
        "select email_customer_token, email_employee_token, page_truncated from raw_helpdesk.people order by id"
    )[0]
    assert customer.startswith("em1_")
    assert employee is None
    assert "annika" not in page.lower()
    assert desk.rows("select body_redacted from raw_helpdesk.notes") == [("<PERSON>, <EMAIL>, <PHONE>",)]
    with psycopg.connect(server.admin_dsn(warehouse, "rapport")) as admin:
        secrets = admin.execute("select domain, kind, token, ciphertext, key_version from vault.secret").fetchall()
    opened = {(domain, KEYRING.unseal(domain, kind, token, bytes(sealed))) for domain, kind, token, sealed, _ in secrets}
    assert ("customer", "annika@example.com") in opened
    assert ("employee", "annika@example.com") in opened
    assert ("customer", "+49301234567") in opened
    assert {row[4] for row in secrets} == {1}


def test_rows_cursor_counts_and_quarantine_are_one_transaction(desk: Desk) -> None:
    """Would catch: a crash between the rows and their cursor, which loses or repeats a page."""
    desk.conn.execute(
        "insert into ops.stream_load (load_id, run_id, source, domain, stream, started_at, state)"
        " values ('load-1', 'r', 'helpdesk', 'support', 'notes', now(), 'running')"
    )
    sealed = [seal({"id": "x", "body": "secret"}, "id", "is no bigint", KEYRING, source="helpdesk", stream="notes")]
    more = {"rejected": sealed, "undeclared": {"mood": 2, "bob@example.com": 1}, "cursor": {"next": "/2"}}
    desk.land("notes", [{"id": 1}, {"id": 2}, {"id": 1}], **more)
    counts = "select rows_fetched, rows_landed, rows_duplicate, rows_quarantined from ops.stream_load"
    assert desk.rows(counts) == [(4, 2, 1, 1)]
    assert desk.rows("select cursor from ops.stream_state") == [({"next": "/2"},)]
    aside = desk.rows("select field, reason, rows from ops.quarantine order by field")
    assert aside == [("(a name that may be data)", "not declared", 1), ("id", "is no bigint", 1), ("mood", "not declared", 2)]
    before = desk.rows("select count(*) from vault.directory")
    with pytest.raises(LandError):
        desk.land("notes", [{"id": 9, "tags": "{not json"}], cursor={"next": "/3"})
    assert desk.rows("select cursor from ops.stream_state") == [({"next": "/2"},)]
    assert desk.rows(counts) == [(4, 2, 1, 1)]
    assert desk.rows("select count(*) from vault.directory") == before
    assert desk.rows("select count(*) from raw_helpdesk.notes where id = 9") == [(0,)]


def test_an_error_of_the_database_names_source_and_code_and_no_row(desk: Desk) -> None:
    """Would catch: "Failing row contains (...)" in a task's log."""
    with pytest.raises(LandError) as caught:
        desk.land("notes", [{"id": 9, "tags": '{"secretive": oops'}])
    assert "helpdesk.notes" in str(caught.value)
    assert caught.value.sqlstate == "22P02"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "secretive" not in str(caught.value)
    with pytest.raises(psycopg.Error, match="secretive"):  # the database itself would have told
        desk.conn.execute("select '{\"secretive\": oops'::jsonb")


def test_a_field_declared_later_becomes_a_column_and_its_value_lands(desk: Desk, tmp_path: Path) -> None:
    """Would catch: a new field that needs the table dropped, or that no refresh can fill."""
    desk.land("notes", [{"id": 1, "body": "hello"}])
    desk.source = helpdesk(
        tmp_path / "later", DECLARATION.replace("      share:", "      mood: {type: text, class: internal}\n      share:")
    )
    ensure_tables(desk.conn, desk.source)
    assert desk.land("notes", [{"id": 1, "body": "hello", "mood": "good"}]).rows_landed == 1
    newest = NEWEST.format("raw_helpdesk.notes")
    assert desk.rows(f"select body_redacted, mood from ({newest}) as newest") == [("hello", "good")]


def test_a_record_of_two_hundred_fields_lands(desk: Desk, tmp_path: Path) -> None:
    """Would catch: a function's limit of a hundred arguments."""
    fields = "".join(f"      f{at}: {{type: text, class: internal}}\n" for at in range(200))
    desk.source = helpdesk(tmp_path / "wide", DECLARATION.replace("      line:", f"{fields}      line:"))
    ensure_tables(desk.conn, desk.source)
    assert desk.land("lines", [{"f7": "a", "f199": "b"}]).rows_landed == 1
    assert desk.rows("select f7, f8, f199 from raw_helpdesk.lines") == [("a", None, "b")]


def test_a_token_whose_page_failed_is_sealed_by_the_next(desk: Desk, warehouse: Home) -> None:
    """Would catch: a vault row lost because a page that was rolled back counted as kept."""
    sealed: set[str] = set()
    bad = ANN | {"page": "x" * 10, "updated_at": MONDAY}
    desk.conn.execute("alter table raw_helpdesk.people add constraint refused check (id <> 1)")
    with pytest.raises(LandError, match="constraint refused"):
        desk.land("people", [bad], sealed_before=sealed)
    assert not sealed
    desk.conn.execute("alter table raw_helpdesk.people drop constraint refused")
    desk.land("people", [bad], sealed_before=sealed)
    desk.land("people", [bad | {"id": 2}], sealed_before=sealed)
    with psycopg.connect(server.admin_dsn(warehouse, "rapport")) as admin:
        assert {row[0] for row in admin.execute("select token from vault.secret")} == sealed
    assert len(sealed) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("amount: {type: decimal", "amount: {type: text"),
        (
            "key: [id]\n    fields:\n      id: {type: bigint, class: internal}\n      body",
            "key: [id, share]\n    fields:\n      id: {type: bigint, class: internal}\n      body",
        ),
    ],
)
def test_a_changed_type_or_key_is_refused_with_what_to_do(desk: Desk, tmp_path: Path, old: str, new: str) -> None:
    """Would catch: two meanings in one column, or versions that a new key cannot tell apart."""
    assert old in DECLARATION
    changed = helpdesk(tmp_path / "later", DECLARATION.replace(old, new))
    with pytest.raises(LandError, match=r"helpdesk\.notes: .*(raw table holds numeric|raw table's is)"):
        ensure_tables(desk.conn, changed)


def test_two_processes_landing_the_same_rows_at_once_land_each_once(desk: Desk, warehouse: Home, tmp_path: Path) -> None:
    """Would catch: a deadlock, or a row twice, when a task is retried while its first try still runs."""
    from concurrent.futures import ThreadPoolExecutor

    other = Desk(warehouse, helpdesk(tmp_path / "other"))
    batches = [
        [{**ANN, "id": i, "email": f"p{i}@example.com", "updated_at": MONDAY} for i in range(n, n + 300)] for n in range(0, 1500, 100)
    ]
    with ThreadPoolExecutor(2) as pool:
        forwards = pool.submit(lambda: [desk.land("people", batch) for batch in batches])
        backwards = pool.submit(lambda: [other.land("people", batch[::-1]) for batch in batches[::-1]])
        landed = sum(result.rows_landed for result in forwards.result() + backwards.result())
    other.close()
    assert landed == 1700
    assert desk.rows("select count(*), count(distinct id) from raw_helpdesk.people") == [(1700, 1700)]


def test_the_transformer_reads_raw_and_people_do_not(desk: Desk, warehouse: Home) -> None:
    """Would catch: a new raw table that dbt cannot read, or that an analyst can."""
    desk.land("notes", [{"id": 1}])
    with psycopg.connect(warehouse.dsn("transformer")) as conn:
        assert conn.execute("select count(*) from raw_helpdesk.notes").fetchone() == (1,)
    with psycopg.connect(warehouse.dsn("analyst")) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("select count(*) from raw_helpdesk.notes")
