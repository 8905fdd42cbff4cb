"""Would catch: a warehouse that depends on the order in which records arrived, or on the days on which it was built."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import LiteralString

import psycopg
import pytest
from deliveries import Deliveries
from psycopg import sql
from rapport.declarations import sources_in_use
from rapport.home import Home
from rapport.pipeline import build
from rapport.pipeline.order import in_order
from rapport.pipeline.runs import close_run, open_run
from rapport.pipeline.source import extract_source

from tests.sandbox_server import SandboxServer, serve

SEED, SCALE = 5, 0.03
DAYS = [2, 9]  # by how many days the company moves on before each build
# Not among them are the HR systems, of whose many days everything is computed whole at every build.
SOURCES = "finance,identity_review,matomo,mentions,partner_orders,qualtrics,salesforce,zendesk"
SCHEMAS = ("input", "core", "core_ex", "analysis", "next_marts_cx", "next_marts_ex", "next_marts_exec")
STAMPS = {"_built_at", "published_at", "release_id", "load_id", "last_loaded_at"}
OF_RUNS = {"next_marts_cx.stream_health", "analysis.step"}


def test_days_in_any_order_give_what_a_full_rebuild_gives(company: tuple[Home, SandboxServer]) -> None:
    home, sandbox = company
    deliveries, seen = Deliveries(home, SEED), Counter[str]()
    try:
        one_pass(home, "first")
        for number, days in enumerate(DAYS):
            last = number == len(DAYS) - 1
            since = deliveries.now()
            sandbox.command("advance", "--days", str(days))
            extract(home, f"day {number}")
            seen["late"] += deliveries.deliver()
            seen["held back"] += 0 if last else deliveries.hold_back(since)
            for kind in ("replay", "change", "reopen", "merge", "take_back"):
                seen[kind] += getattr(deliveries, kind)()
            one_pass(home, f"day {number}", extracted=True)
    finally:
        deliveries.close()
    assert all(seen[kind] > 3 for kind in ("late", "held back", "replay", "change", "reopen", "merge", "take_back")), seen
    added = contents(home)
    one_pass(home, "rebuilt", extracted=True, full_refresh=True)
    rebuilt = contents(home)
    assert sum(added["core.fct_interaction"].values()) > 1000
    assert differences(added, rebuilt) == []


def test_a_planted_difference_is_seen(company: tuple[Home, SandboxServer]) -> None:
    """Positive control: one word of one row, and one row too many."""
    home, _ = company
    before = contents(home)
    with psycopg.connect(home.dsn("transformer")) as conn:
        conn.execute("update core.fct_ticket set reason = 'another' where ticket_key = (select min(ticket_key) from core.fct_ticket)")
        conn.execute("insert into next_marts_cx.metric_value select * from next_marts_cx.metric_value limit 1")
    assert [line.split(":")[0] for line in differences(before, contents(home))] == ["core.fct_ticket", "next_marts_cx.metric_value"]


@pytest.fixture(scope="module")
def company(module_warehouse: Home) -> Iterator[tuple[Home, SandboxServer]]:
    """An empty warehouse, and a company that is served to it."""
    with serve(SCALE) as sandbox, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_SOURCES_IN_USE", SOURCES)
        for name, connection in sandbox.connections.items():
            patch.setenv(f"RAPPORT_CONN_{name.upper()}", json.dumps(connection))
        yield module_warehouse, sandbox


def extract(home: Home, run_id: str) -> None:
    for group in in_order(sources_in_use(home).values()):
        for source in group:
            extract_source(home, source, run_id=run_id, log_of=lambda _stream: lambda _line: None, ended=lambda _result: None)


def one_pass(home: Home, run_id: str, *, extracted: bool = False, full_refresh: bool = False) -> None:
    open_run(home, run_id, "test")
    if not extracted:
        extract(home, run_id)
    for layer in build.LAYERS:
        if layer == build.ANALYSE_BEFORE:
            build.analyse(home, run_id=run_id, full_refresh=full_refresh)
        build.build_layer(home, layer, run_id=run_id, full_refresh=full_refresh)
    close_run(home, run_id, "success")


def contents(home: Home) -> dict[str, Counter[str]]:
    """Return every table's rows as texts, counted, without the stamps of who wrote them when."""
    found: dict[str, Counter[str]] = {}
    with psycopg.connect(home.dsn("transformer")) as conn:
        for schema, table, names, types in conn.execute(_COLUMNS, [list(SCHEMAS)]).fetchall():
            if (name := f"{schema}.{table}") in OF_RUNS:
                continue
            told = [(column, kind) for column, kind in zip(names, types, strict=True) if column not in STAMPS]
            kept = [sql.SQL(_READ.get(kind, "{}")).format(sql.Identifier(column)) for column, kind in told]
            rows = sql.SQL("select row({})::text from {}").format(sql.SQL(", ").join(kept), sql.Identifier(schema, table))
            found[name] = Counter(str(row[0]) for row in conn.execute(rows))
    return found


def differences(one: dict[str, Counter[str]], other: dict[str, Counter[str]]) -> list[str]:
    """Return a line for each table that differs, with a row of each side."""
    lines = [f"{name}: there is only one of it" for name in sorted(one.keys() ^ other.keys())]
    for name in sorted(one.keys() & other.keys()):
        if one[name] != other[name]:
            mine, theirs = one[name] - other[name], other[name] - one[name]
            sides = (f"{sum(rows.values())} rows, such as {next(iter(rows), None)}" for rows in (mine, theirs))
            lines.append(f"{name}: only in one {next(sides)}; only in the other {next(sides)}")
    return lines


_COLUMNS = """
select
    table_schema,
    table_name,
    array_agg(column_name::text order by ordinal_position),
    array_agg(data_type::text order by ordinal_position)
from information_schema.columns
where table_schema = any(%s)
group by table_schema, table_name
"""
_READ: dict[str, LiteralString] = {"double precision": "round({}::numeric, 6)"}  # a sum of floats depends on the order of its terms
