"""Would catch exports that differ from the company's records, change when nothing did, or a log that is not only added to."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest

from sandbox.company.params import Settings
from sandbox.make import advance, ensure
from sandbox.store import Store
from sandbox.vendors.filing import bring, records
from sandbox.vendors.snowplow.columns import COLUMNS

FILES = ("training", "finance", "partner_orders", "snowplow", "access_log")
STREAMS = {
    "training/assignments_": ("training.assignments", ","),
    "finance/revenue_": ("finance.revenue", ";"),
    "finance/spend_": ("finance.spend", ";"),
    "partner_orders/order_lines_": ("partner_orders.lines", ","),
}


def _contents(home: Path) -> dict[str, tuple[bytes, int]]:
    folder = home / "exports"
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns) for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return ensure(Settings(tmp_path_factory.mktemp("files"), 0.05, vendors=FILES))


def test_every_record_stands_in_a_file_once_and_as_it_is(settings: Settings) -> None:
    """Would catch: a month that is missing or a row that is written twice."""
    files = _contents(settings.home)
    for beginning, (stream, delimiter) in STREAMS.items():
        written = [
            row
            for name, (content, _) in files.items()
            if name.startswith(beginning)
            for row in csv.DictReader(io.StringIO(content.decode(), newline=""), delimiter=delimiter)
        ]
        held = [{k: "" if v is None else str(v) for k, v in r.items()} for r in records(Store(settings.home), stream)]
        assert sorted(map(str, written)) == sorted(map(str, held))
        assert written
    lines = [n for name, (content, _) in files.items() if name.startswith("access_log/") for n in content.decode().splitlines()]
    assert len(lines) == Store(settings.home).counts()["access_log.requests"]


def test_events_have_131_columns_without_names_or_quotes(settings: Settings) -> None:
    """Would catch: a file that only looks like an enriched event."""
    found = [
        line.split("\t")
        for name, (content, _) in _contents(settings.home).items()
        if name.startswith("snowplow/")
        for line in gzip.decompress(content).decode().splitlines()
    ]
    assert {len(line) for line in found} == {131} == {len(COLUMNS)}
    ids = [line[COLUMNS.index("event_id")] for line in found]
    assert len(set(ids)) == len(ids) == Store(settings.home).counts()["snowplow.events"]
    assert {line[COLUMNS.index("event")] for line in found} == {"page_view", "struct"}


def test_time_adds_to_the_newest_files_and_leaves_the_old_ones_alone(tmp_path: Path) -> None:
    """Would catch: a month that is rewritten without need, so that everything is read again each night, or a log that is rewritten."""
    settings = ensure(Settings(tmp_path, 0.05, vendors=FILES))
    before = _contents(tmp_path)
    advance(settings, 12)
    after = _contents(tmp_path)
    changed = {name for name in after if after[name][0] != before.get(name, (b"", 0))[0]}
    assert {name for name in after if name in before and after[name][1] != before[name][1]} == changed & set(before)
    assert {name.partition("/")[0] for name in changed} == set(FILES)
    assert "finance/revenue_2026-10.csv" in set(after) - set(before)
    assert not {name for name in changed if "2026-0" in name or "2025" in name} - {
        n for n in changed if n.startswith(("training", "partner"))
    }
    grown = after["access_log/access.log-20261101"][0]
    assert grown.startswith(before["access_log/access.log"][0])
    assert len(grown) > len(before["access_log/access.log"][0])


def test_a_file_that_should_not_be_there_goes(tmp_path: Path) -> None:
    """Would catch: exports of an older company that stay beside the new one's."""
    bring(tmp_path, {"a/one.csv": b"1", "two.csv": b"2"})
    bring(tmp_path, {"two.csv": b"3"})
    assert {str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == {"two.csv": b"3"}
