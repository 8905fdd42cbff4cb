"""The gate on raw rows, on a real warehouse with a small declared source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rapport.declarations import Source
from rapport.home import Home
from rapport.quality import GateError, gate_raw

from tests.integration import gates
from tests.integration.gates import land, release, ticket

CLEAR = "anna.keller@example.com"


@pytest.fixture
def desk(warehouse: Home, tmp_path: Path) -> tuple[Home, dict[str, Source]]:
    sources = gates.declared(tmp_path)
    gates.make_table(warehouse, sources["desk"])
    return warehouse, sources


def test_good_rows_pass_and_every_verdict_is_kept(desk: tuple[Home, dict[str, Source]]) -> None:
    """Catches a gate that fails on good rows, or passes without having judged anything: the positive control of this page."""
    home, sources = desk
    land(home, [ticket(number) for number in range(1, 101)])
    result = gate_raw(home, "run 1", sources)
    assert result.passed
    assert result.failures == ()
    said = gates.verdicts(home, "run 1")
    assert len(said) == result.judged == 9
    assert all(said.values())
    pages = home.dir("gx") / "docs" / "raw"
    assert (pages / "index.html").is_file()


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        ({"id": None}, "key_is_given(id)"),
        ({"status": "weird"}, "value_is_known(status)"),
        ({"created_at": datetime(2099, 1, 1, tzinfo=UTC)}, "clock_is_sane(created_at)"),
        ({"updated_at": datetime(1970, 1, 1, tzinfo=UTC)}, "clock_is_sane(updated_at)"),
        ({"requester_token": CLEAR}, "token_is_a_token(requester_token)"),
        ({"subject_redacted": f"write to {CLEAR}"}, "text_is_redacted(subject_redacted)"),
    ],
)
def test_one_bad_row_fails_its_rule_alone(desk: tuple[Home, dict[str, Source]], bad: dict[str, Any], rule: str) -> None:
    """Catches a rule that a bad row slips past, and a bad value that is copied into a verdict or a page."""
    home, sources = desk
    land(home, [ticket(number) for number in range(1, 101)] + [ticket(101, **bad)])
    result = gate_raw(home, "run 1", sources)
    assert not result.passed
    assert [name for name, success in gates.verdicts(home, "run 1").items() if not success] == [rule]
    assert len(result.failures) == 1
    assert result.failures[0].startswith("raw_desk.tickets breaks the rule: ")
    pages = [page for page in (home.dir("gx") / "docs" / "raw").rglob("*") if page.is_file()]
    assert any(rule.partition("(")[2].rstrip(")").encode() in page.read_bytes() for page in pages)  # the pages do speak of the column
    leaks = [page for page in pages for secret in (CLEAR, home.secret("transformer"), "weird") if secret.encode() in page.read_bytes()]
    assert leaks == []


def test_contradicting_versions_of_one_load_fail(desk: tuple[Home, dict[str, Source]]) -> None:
    """Catches a source that serves the same record twice with different values for the same moment."""
    home, sources = desk
    twins = [ticket(number, status="open", _row_hash="other") for number in range(1, 11)]
    land(home, [ticket(number, status="solved") for number in range(1, 101)] + twins)
    result = gate_raw(home, "run 1", sources)
    assert [name for name, success in gates.verdicts(home, "run 1").items() if not success] == ["one_version_a_moment"]
    assert not result.passed


def test_a_record_that_its_source_mended_passes_again(desk: tuple[Home, dict[str, Source]]) -> None:
    """Catches a bad version that blocks every later release, though the source has long corrected it."""
    home, sources = desk
    land(home, [ticket(number) for number in range(1, 101)] + [ticket(101, status="weird")])
    assert not gate_raw(home, "run 1", sources).passed
    land(home, [ticket(101, status="open", _version_at=gates.NOW, _row_hash="mended")], "load 2")
    assert gate_raw(home, "run 2", sources).passed


def test_rows_of_a_published_release_are_not_judged_again(desk: tuple[Home, dict[str, Source]]) -> None:
    """Catches a gate whose cost grows with history, and one that forgets the rows a blocked run left behind."""
    home, sources = desk
    yesterday = gates.NOW - timedelta(days=1)
    land(home, [ticket(number, _loaded_at=yesterday) for number in range(1, 101)])
    assert gate_raw(home, "run 1", sources).judged == 9
    release(home, "run 1")
    assert gate_raw(home, "run 2", sources).judged == 2  # volume and loads only: no row is fresh
    land(home, [ticket(101, status="weird", _loaded_at=datetime.now(UTC))], "load 2")
    assert not gate_raw(home, "run 3", sources).passed
    assert not gate_raw(home, "run 4", sources).passed  # nothing was published in between: still there


def test_lost_rows_fail(desk: tuple[Home, dict[str, Source]]) -> None:
    """Catches a raw table that was emptied behind the platform's back."""
    home, sources = desk
    land(home, [ticket(number) for number in range(1, 101)])
    with psycopg.connect(home.dsn("loader")) as conn:
        conn.execute("delete from raw_desk.tickets where id > 50")
    result = gate_raw(home, "run 1", sources)
    assert result.failures == ("raw_desk.tickets breaks the rule: at least 90% of the rows that were landed are still there",)


def test_quarantined_records_fail_until_a_full_read_lands_them(desk: tuple[Home, dict[str, Source]]) -> None:
    """Catches a source whose types changed: its rows are in quarantine, and what is left looks clean."""
    home, sources = desk
    land(home, [ticket(number) for number in range(1, 101)], "load 1", rows_fetched=110, rows_quarantined=10)
    assert gate_raw(home, "run 1", sources).passed
    land(home, [ticket(number) for number in range(101, 601)], "load 2", rows_fetched=1000, rows_quarantined=500)
    land(home, [ticket(601)], "load 3")  # the next load is small and clean; half of the records are still missing
    result = gate_raw(home, "run 2", sources)
    assert [name for name, success in gates.verdicts(home, "run 2").items() if not success] == ["quarantine_is_small"]
    assert not result.passed
    land(home, [ticket(number) for number in range(602, 1102)], "load 4", rows_fetched=1101, rows_duplicate=601)
    assert gate_raw(home, "run 3", sources).passed  # a full read landed them


def test_a_repeated_gate_leaves_one_set_of_verdicts(desk: tuple[Home, dict[str, Source]]) -> None:
    """Catches verdicts that pile up when a task is retried."""
    home, sources = desk
    land(home, [ticket(number) for number in range(1, 11)])
    for _ in range(2):
        gate_raw(home, "run 1", sources)
    with psycopg.connect(home.dsn("analyst")) as conn:
        assert conn.execute("select count(*), count(distinct expectation) from ops.gate").fetchone() == (9, 9)


def test_no_raw_table_is_an_error_not_a_pass(warehouse: Home, tmp_path: Path) -> None:
    """Catches a gate that passes an empty warehouse."""
    with pytest.raises(GateError, match="extract a source first"):
        gate_raw(warehouse, "run 1", gates.declared(tmp_path))


def test_a_rule_that_cannot_be_computed_says_which(desk: tuple[Home, dict[str, Source]]) -> None:
    """Catches a database error whose text quotes a value, and one that counts as a broken rule."""
    home, sources = desk
    land(home, [ticket(number) for number in range(1, 11)])
    with psycopg.connect(home.dsn("loader")) as conn:
        conn.execute("alter table raw_desk.tickets rename column status to state")
    with pytest.raises(GateError, match=r"raw_desk.tickets \(fresh rows\): the rule .* could not be computed") as caught:
        gate_raw(home, "run 1", sources)
    assert "UndefinedColumn" not in str(caught.value)
