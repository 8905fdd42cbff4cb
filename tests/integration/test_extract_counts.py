"""Would catch: a difference between the source and what stands here that nobody notices, or that words explain away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from rapport.declarations import Stream, load_source
from rapport.home import Home
from rapport.warehouse.publish_reconcile import Counts, count_rows, explain

from tests.integration.shop import Shop, open_shop
from tests.whole_box import Box

_NONE = Counts(source=None, fetched=0, landed=0, duplicate=0, quarantined=0, versions=0, records=0, current=0)


@pytest.fixture
def shop(warehouse: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("RAPPORT_SOURCES", str(tmp_path))
    with open_shop(warehouse, tmp_path) as opened:
        yield opened


@pytest.fixture
def stream(shop: Shop, tmp_path: Path) -> Stream:
    return load_source(tmp_path / "crm" / "shop.yml").streams["swept"]


def test_the_sources_own_count_is_noted_with_the_load_and_its_failure_fails_nothing(shop: Shop) -> None:
    """Would catch: a reconciliation without the source's side, or a load thrown away because a count was refused."""
    shop.fill("swept", range(1, 31))
    shop.fill("reread", range(1, 3))
    shop.extract("swept")
    shop.extract("reread")
    assert shop.rows("select stream, rows_source from ops.stream_load order by 1") == [("reread", None), ("swept", 30)]
    shop.refuses_to_count = True
    shop.put("swept", 31, updated_at="2026-02-01T00:00:00Z")
    assert shop.extract("swept").rows_landed == 1
    assert any("asked how many records it holds, in vain" in line for line in shop.lines)


def test_what_stands_here_is_what_is_not_deleted(shop: Shop, tmp_path: Path) -> None:
    """Would catch: a source's count compared with records that are gone, or that came back."""
    shop.fill("swept", range(1, 41))
    shop.extract("swept")
    kept = shop.records["swept"][1]
    for number in (1, 2, 3):
        del shop.records["swept"][number]
    shop.extract("swept", full_refresh=True)
    shop.records["swept"][1] = kept
    shop.put("swept", 2, updated_at="2026-02-01T00:00:00Z")
    shop.extract("swept", full_refresh=True)
    source = load_source(tmp_path / "crm" / "shop.yml")
    with psycopg.connect(shop.home.dsn("transformer")) as conn:
        counts = count_rows(conn, source, source.streams["swept"])
    assert (counts.source, counts.current, counts.records, counts.versions) == (39, 39, 40, 44)
    assert "1 of 40 records deleted at the source" in str(explain(counts, source.streams["swept"], None, []))


@pytest.mark.parametrize(
    ("counts", "entity", "words"),
    [
        (replace(_NONE, source=30, fetched=30, landed=30, versions=30, records=30, current=30, staged=30, core=30), "tickets", None),
        (
            replace(_NONE, fetched=120, landed=100, duplicate=20, versions=100, records=100, current=100, staged=100, core=100),
            "tickets",
            "served 120, held 100: 20 served again",
        ),
        (
            replace(_NONE, source=105, fetched=102, landed=100, quarantined=2, versions=100, records=100, current=100, staged=100, core=97),
            "tickets",
            "the source counts 105, 100 stand here undeleted: 2 set aside, 3 younger than the reading: if they do not come, read all again;"
            " served 102, held 100: 2 set aside; 3 of 100 tickets deleted at the source or of another kind",
        ),
        (
            replace(_NONE, source=90, fetched=110, landed=110, versions=110, records=100, current=95, staged=60),
            "survey_answers",
            "the source counts 90, 95 stand here undeleted: 5 gone there or not counted; the comparison of keys every 7 days finds"
            " them; 110 versions of 100 records; the newest counts; 5 of 100 records deleted at the source;"
            " 40 of 100 records of another kind than survey answers, or superseded",
        ),
        (replace(_NONE, fetched=5, landed=5, versions=5, records=5, current=5), None, "lands only; no model reads it"),
    ],
)
def test_words_add_up(stream: Stream, counts: Counts, entity: str | None, words: str | None) -> None:
    """Would catch: an explanation whose numbers do not make the difference."""
    assert explain(counts, stream, entity, []) == words


_NEWEST = """
    select * from ops.reconciliation
    where run_id = (
        select run_id from ops.release join ops.run using (run_id) where release.state = 'published' order by started_at desc limit 1
    )
    order by source, stream
"""


def test_every_stream_of_a_run_is_reconciled_and_the_mart_shows_it(run_home: Box) -> None:
    """Would catch: a stream that is left out, a look-up counted as what it is joined to, a difference without a word."""
    shown = run_home.query("engineer", "select * from marts_cx.stream_health order by source, stream")
    counted = run_home.query("engineer", _NEWEST)
    names = ("source", "stream", "rows_source", "rows_fetched", "rows_duplicate", "rows_staged", "rows_core", "explanation")
    assert [[row[name] for name in names] for row in shown] == [[row[name] for name in names] for row in counted]
    for row in counted:
        assert row["rows_fetched"] == row["rows_landed"] + row["rows_duplicate"] + row["rows_quarantined"], row["stream"]
        if row["rows_staged"] is None or row["rows_core"] not in {None, row["rows_staged"]}:
            assert row["explanation"], row["stream"]
    said = {(row["source"], row["stream"]): row["explanation"] for row in counted}
    assert "serves look-ups of stg_zendesk__groups" in said["zendesk", "groups"]
    assert "serves look-ups of stg_matomo__web_events" in said["matomo", "visits"]
    requests = (run_home.home.dir("logs") / "extract.log").read_text().splitlines()
    assert any("zendesk.tickets: GET /" in line for line in requests), "every request is to be found again"
    salesforce = [row for row in counted if row["source"] == "salesforce" and row["rows_source"] is not None]
    assert salesforce, "the source that can count was not asked"
