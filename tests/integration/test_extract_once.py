"""Would catch: a record lost or landed twice when a reading is repeated, overlaps, goes back or begins anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rapport.connect import ConnectError
from rapport.home import Home
from rapport.warehouse import server

from tests.integration.shop import Shop, open_shop
from tests.unit.connect_server import Request

STREAMS = ("swept", "tokens", "reread", "replaced")


@pytest.fixture
def shop(warehouse: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("RAPPORT_SOURCES", str(tmp_path))
    with open_shop(warehouse, tmp_path) as opened:
        yield opened


def contents(shop: Shop) -> list[list[Any]]:
    """Return every row of the raw tables, the vault and the directory; of the load metadata only when a version was landed, and by whom."""
    kept = [shop.rows(f"select to_jsonb(t) - '_seen_at' from raw_shop.{stream} as t order by id, _row_hash") for stream in STREAMS]
    with psycopg.connect(server.admin_dsn(shop.home, "rapport")) as conn:
        for table in ("vault.secret", "vault.directory"):
            kept.append(conn.execute(f"select to_jsonb(t) from {table} as t order by 1".encode()).fetchall())
    return kept


def test_a_second_run_with_the_cursor_reset_changes_no_row(shop: Shop) -> None:
    """Would catch: a replay that adds versions, moves what incremental models go by, or fills the vault twice."""
    for stream in STREAMS:
        shop.fill(stream, range(1, 71))
        shop.put(stream, 70, note="call me at +49 151 23456789")
        shop.extract(stream)
    before = contents(shop)
    assert [len(rows) for rows in before[:-1]] == [70, 70, 70, 70, 70]
    with psycopg.connect(shop.home.dsn("loader")) as conn:
        conn.execute("delete from ops.stream_state")
    for stream in STREAMS:
        again = shop.extract(stream)
        assert (again.rows_fetched, again.rows_landed, again.rows_duplicate) == (70, 0, 70)
    assert contents(shop) == before
    for stream in STREAMS:
        shop.extract(stream, full_refresh=True)
        shop.extract(stream, since=datetime(2021, 5, 1, tzinfo=UTC))
    assert contents(shop) == before
    shop.put("swept", 1, updated_at="2026-02-01T00:00:00Z")
    shop.extract("swept")
    assert contents(shop) != before, "the comparison would see a change"


def test_the_same_page_served_twice_and_a_record_that_moves_between_pages_land_once(shop: Shop) -> None:
    """Would catch: paging that shifts while it is read, counted or landed twice."""
    shop.fill("reread", range(1, 41))

    def shift(request: Request) -> None:
        if request.params["page"] == "2":
            shop.records["reread"] = {0: {**shop.records["reread"][1], "id": 0}, **shop.records["reread"]}

    shop.before_answer = shift
    result = shop.extract("reread")
    assert (result.rows_fetched, result.rows_landed, result.rows_duplicate) == (41, 40, 1)
    shop.before_answer = lambda _request: None
    shop.extract("reread", since=datetime(2021, 5, 1, tzinfo=UTC))
    assert shop.current("reread") == set(range(41))


def test_a_page_that_is_asked_for_again_lands_once(shop: Shop) -> None:
    """Would catch: a retry after a failure of the source, or a second run after a broken one, that doubles or drops a page."""
    shop.fill("swept", range(1, 61))
    shop.fails_on_page = 3
    with pytest.raises(ConnectError):
        shop.extract("swept")
    assert len(shop.current("swept")) <= 40
    shop.fails_on_page, failures = None, [(503, {"retry-after": "0"}, {}), (200, {}, b'{"rows": [{"id": 1')]
    shop.instead = lambda request: failures.pop() if failures and request.params.get("page") == "2" else None
    result = shop.extract("swept")
    assert failures == []
    assert result.rows_fetched == 60, "records in no order are read anew after a broken run"
    assert shop.current("swept") == set(range(1, 61))
    assert shop.rows("select count(*), sum((_is_deleted)::int) from raw_shop.swept") == [(60, 0)]
    assert len([line for line in shop.lines if line.startswith("RETRY")]) == 2
