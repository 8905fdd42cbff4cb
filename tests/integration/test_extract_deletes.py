"""Would catch: a record that is gone at the source and stays here, or one that is there and is taken for gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jinja2
import psycopg
import pytest
from rapport.connect import ConnectError
from rapport.home import Home, checkout
from rapport.land import ShrinkError

from tests.integration.shop import Shop, open_shop


@pytest.fixture
def shop(warehouse: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("RAPPORT_SOURCES", str(tmp_path))
    with open_shop(warehouse, tmp_path) as opened:
        yield opened


def test_a_sweep_marks_what_is_gone_keeps_its_versions_and_lets_it_come_back(shop: Shop) -> None:
    """Would catch: a hard delete never found, history lost, or an undeleted record that stays deleted for ever."""
    shop.fill("swept", range(1, 61))
    shop.extract("swept")
    del shop.records["swept"][7]
    shop.extract("swept")
    assert 7 in shop.current("swept"), "a sweep before its day would make every run a full one"
    shop.later("swept")
    shop.extract("swept")
    assert shop.current("swept") == set(range(1, 61)) - {7}
    assert shop.rows("select count(*), count(*) filter (where _is_deleted) from raw_shop.swept where id = 7") == [(2, 1)]
    assert shop.rows("select sum(rows_deleted) from ops.stream_load") == [(1,)]
    assert any("no longer served, so deleted from now on: 1; served again: 0" in line for line in shop.lines)
    before = shop.rows("select _loaded_at from raw_shop.swept where id = 7 and not _is_deleted")
    shop.put("swept", 7)  # as it was, its clock unmoved: served again by the whole reading
    shop.extract("swept", full_refresh=True)
    assert 7 in shop.current("swept")
    assert shop.rows("select _loaded_at from raw_shop.swept where id = 7 and not _is_deleted") > before, "incremental models would miss it"
    del shop.records["swept"][7]
    shop.later("swept")
    shop.extract("swept")
    assert 7 not in shop.current("swept")
    shop.put("swept", 7, updated_at="2026-03-01T00:00:00Z", amount="9")
    shop.extract("swept")
    assert 7 in shop.current("swept")


def test_a_record_served_again_in_an_ordinary_page_is_back_at_once(shop: Shop) -> None:
    """Would catch: a record that the sweep missed by bad luck and that waits a week to be there again."""
    shop.fill("swept", range(1, 41))
    shop.fill("swept", range(41, 43), updated_at="2026-02-01T00:00:00Z")
    shop.extract("swept")
    gone = shop.records["swept"].pop(42)
    shop.later("swept")
    shop.extract("swept")
    assert 42 not in shop.current("swept")
    shop.records["swept"][42] = gone
    shop.extract("swept")
    assert 42 in shop.current("swept")


def test_what_staging_takes_agrees(shop: Shop) -> None:
    """Would catch: a deleted version that loses against the one it deletes in the macro every staging model uses."""
    shop.fill("swept", range(1, 21))
    shop.extract("swept")
    del shop.records["swept"][3]
    shop.extract("swept", full_refresh=True)
    macros = "".join((checkout() / f"dbt_project/macros/platform/{name}.sql").read_text() for name in ("newest", "touched"))
    template = jinja2.Environment(autoescape=False, extensions=["jinja2.ext.do"]).from_string(macros + "{{ newest('raw_shop.swept') }}")  # noqa: S701
    query = template.render(config={})
    assert shop.rows(f"select id, _is_deleted from {query} as n where _is_deleted") == [(3, True)]
    assert shop.rows(f"select count(*) from {query} as n") == [(20,)]


def test_a_sweep_that_breaks_off_or_misses_too_much_marks_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: an outage of the source that deletes a company."""
    shop.fill("swept", range(1, 61))
    shop.extract("swept")
    for number in range(1, 21):
        del shop.records["swept"][number]
    shop.later("swept")
    with pytest.raises(ShrinkError, match=r"shop\.swept: 20 of 60 records \(33%\) .*20%.*RAPPORT_QUALITY_ACCEPT_SHRINK"):
        shop.extract("swept")
    assert shop.current("swept") == set(range(1, 61))
    assert shop.rows("select state, error_code from ops.stream_load order by started_at desc limit 1") == [("failed", "ShrinkError")]
    for number in range(6, 21):
        shop.put("swept", number)
    shop.fails_on_page = 2
    with pytest.raises(ConnectError):
        shop.extract("swept", full_refresh=True)
    assert shop.current("swept") == set(range(1, 61))
    shop.fails_on_page = None
    shop.extract("swept")  # still due: the two refused ones did not count
    assert shop.current("swept") == set(range(6, 61))
    for number in range(6, 31):
        del shop.records["swept"][number]
    monkeypatch.setenv("RAPPORT_QUALITY_ACCEPT_SHRINK", "1")  # a person has looked
    shop.extract("swept", full_refresh=True)
    assert shop.current("swept") == set(range(31, 61))


def test_a_record_set_aside_is_not_taken_for_gone(shop: Shop) -> None:
    """Would catch: a record that no longer fits its declaration, and is deleted for it."""
    shop.fill("tokens", range(1, 31))
    shop.extract("tokens")
    shop.put("tokens", 5, amount="a lot")
    del shop.records["tokens"][6]
    result = shop.extract("tokens")
    assert result.rows_quarantined == 1
    assert shop.current("tokens") == set(range(1, 31)) - {6}, "the stream has no cursor: each reading is whole, by its tokenised key"


def test_a_value_that_returns_is_the_newest_again_for_incremental_models_too(shop: Shop) -> None:
    """Would catch: a value set back to what it was, in a stream without a clock, that staging sees and facts never do."""
    for amount in ("1.00", "2.00", "1.00"):
        shop.put("tokens", 1, amount=amount)
        shop.extract("tokens")
    newest = "select amount, _loaded_at = max(_loaded_at) over () from raw_shop.tokens order by _seen_at desc limit 1"
    assert [(float(amount), is_last) for amount, is_last in shop.rows(newest)] == [(1.0, True)]
    loads = "select rows_landed, rows_duplicate, rows_deleted from ops.stream_load order by started_at"
    assert shop.rows(loads) == [(1, 0, 0), (1, 0, 0), (0, 1, 1)]
    shop.extract("tokens")
    assert shop.rows(loads)[-1] == (0, 1, 0), "nothing has changed"


def test_two_readings_at_once_mark_nothing(shop: Shop) -> None:
    """Would catch: a sweep that takes what another process just landed for gone."""
    shop.fill("swept", range(1, 41))
    shop.extract("swept")
    del shop.records["swept"][1]
    with psycopg.connect(shop.home.dsn("loader")) as other:
        other.execute("select pg_advisory_lock(hashtextextended('extract shop.swept', 0))")
        shop.extract("swept", full_refresh=True)
    assert 1 in shop.current("swept")
    shop.extract("swept", full_refresh=True)
    assert 1 not in shop.current("swept")


def test_a_replaced_stream_holds_what_the_source_holds_or_stays_as_it_was(shop: Shop) -> None:
    """Would catch: an empty answer that empties a table, or half of one that lands before it is refused."""
    shop.fill("replaced", range(1, 51))
    shop.extract("replaced")
    shop.records["replaced"] = {}
    shop.fill("replaced", range(31, 61), amount="2")
    before = shop.rows("select * from raw_shop.replaced order by id, _row_hash")
    with pytest.raises(ShrinkError, match="30 of 50 records"):
        shop.extract("replaced")
    shop.fails_on_page = 2
    with pytest.raises(ConnectError):
        shop.extract("replaced")
    assert shop.rows("select * from raw_shop.replaced order by id, _row_hash") == before
    shop.fails_on_page = None
    shop.fill("replaced", range(26, 31))
    result = shop.extract("replaced")
    assert (result.rows_fetched, result.rows_landed, result.rows_duplicate) == (35, 30, 5)
    assert shop.current("replaced") == set(range(26, 61))
    shop.put("replaced", 1)
    shop.extract("replaced")
    assert shop.current("replaced") == {1, *range(26, 61)}


def test_edits_that_the_filter_hides_are_found_by_reading_again(shop: Shop) -> None:
    """Would catch: a value that was changed behind its update time and stays wrong for ever; or a cursor that goes back."""
    days_ago = {days: f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (1, 10, 40)}
    for number, days in enumerate(days_ago, start=1):
        shop.put("reread", number, updated_at=days_ago[days])
    shop.extract("reread")
    shop.put("reread", 2, amount="7.00", updated_at=days_ago[10])
    shop.put("reread", 3, amount="8.00", updated_at=days_ago[40])
    assert shop.extract("reread").rows_landed == 0
    cursor = shop.rows("select cursor from ops.stream_state")
    shop.later("reread")
    found = shop.extract("reread")
    assert "shop.reread: due to be read again, 30 days back" in shop.lines
    assert (found.rows_fetched, found.rows_landed) == (2, 1)
    assert shop.extract("reread").rows_fetched == 1, "every run would be a long one"
    assert shop.extract("reread", full_refresh=True).rows_landed == 1
    assert shop.asked[-1].params.get("since") is None
    assert shop.rows("select cursor from ops.stream_state") == cursor
    shop.extract("reread", since=datetime(2020, 1, 1, tzinfo=UTC))
    assert shop.asked[-1].params["since"].startswith("2020-01-01")
    assert shop.rows("select cursor from ops.stream_state") == cursor


def test_a_crash_while_reading_again_keeps_the_place(shop: Shop) -> None:
    """Would catch: a backfill that breaks off and leaves the cursor years back, or counts as done."""
    shop.fill("reread", range(1, 61))
    shop.extract("reread")
    state = shop.rows("select cursor, reread_at from ops.stream_state")
    shop.fails_on_page = 3
    with pytest.raises(ConnectError):
        shop.extract("reread", since=datetime(2020, 1, 1, tzinfo=UTC))
    assert shop.rows("select cursor, reread_at from ops.stream_state") == state
