"""Catches a declaration that misses a field its API sends, refuses a record that it sends, or loses records between pages and runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from rapport.connect import Page, pages
from rapport.declarations import Source, Stream, load_sources
from rapport.home import checkout

from tests.contract.sandbox_company import Company, running_company

SOURCES = load_sources(checkout() / "sources")
REAL = {"request_tracker", "tryton"}  # connections that no company simulates: real servers, see tests/integration/test_server_*.py
STREAMS = [
    (name, stream)
    for name, source in SOURCES.items()
    if source.connection.id and source.connection.id not in REAL
    for stream in source.streams
]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with running_company(tmp_path_factory.mktemp("company")) as running:
        yield running


def read(company: Company, source: Source, stream: Stream, cursor: dict[str, Any] | None = None) -> list[Page]:
    return list(pages(source, stream, company.connections[str(source.connection.id)], cursor, log=[].append))


def keys(stream: Stream, found: list[Page]) -> Counter[Any]:
    return Counter(row for page in found for row in zip(*(page.table.column(name).to_pylist() for name in stream.key), strict=True))


@pytest.mark.parametrize(("source_name", "stream_name"), STREAMS)
def test_every_record_fits_and_every_field_is_declared(company: Company, source_name: str, stream_name: str) -> None:
    source = SOURCES[source_name]
    stream = source.streams[stream_name]
    found = read(company, source, stream)
    assert sum(page.table.num_rows for page in found) > 0
    assert [(r.field, r.reason) for page in found for r in page.rejected] == []
    assert Counter(name for page in found for name in page.undeclared.elements()) == Counter()
    pages_overlap = stream.options.get("explode") or stream.options.get("paging", {}).get("next") == "next_page"  # time-based export
    assert [count for count in keys(stream, found).values() if count > 1] == [] or pages_overlap, "a key twice in one reading"
    for field in stream.fields:
        if field.accepted:
            values = {value for page in found for value in page.table.column(field.column).to_pylist()} - {None}
            assert values <= set(field.accepted), field.name


def test_an_undeclared_field_would_have_been_seen(company: Company) -> None:
    """The positive control of the test above."""
    source = SOURCES["zendesk"]
    stream = source.streams["groups"]
    cut = Stream(name="groups", fields=stream.fields[:1], key=stream.key, options=stream.options)
    (page,) = read(company, source, cut)
    assert {"url", "name", "created_at"} <= set(page.undeclared)


def test_a_later_run_reads_what_is_new_and_all_of_it(company: Company) -> None:
    incremental = [(SOURCES[name], SOURCES[name].streams[stream]) for name, stream in STREAMS if SOURCES[name].streams[stream].cursor]
    before = [read(company, source, stream) for source, stream in incremental]
    company.command("advance", "--days", "3")
    for (source, stream), first in zip(incremental, before, strict=True):
        where = f"{source.name}.{stream.name}"
        whole = keys(stream, read(company, source, stream))
        more = keys(stream, read(company, source, stream, first[-1].cursor))
        assert set(whole) <= set(keys(stream, first)) | set(more), f"{where}: a record fell between two runs"
        assert len(more) > 0, f"{where}: nothing in three days"
        assert len(more) < len(whole) / 2, f"{where}: nearly everything is read again"
