"""Would catch: a warehouse that depends on the order in which records arrived, or on the days on which it was built."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
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
# Not intermediate, which holds of tickets only those that a build computes.
SCHEMAS = ("input", "core", "core_ex", "analysis", "next_marts_cx", "next_marts_ex", "next_marts_exec")
MEDDLING = ("replay", "change", "reopen", "merge", "take_back")
# Columns that tell of loads and builds, not of what was loaded.
STAMPS = {
    "_built_at": "the build that wrote the row",
    "step.fingerprint": "of rows with their stamps",
    "step.run_id": "the run that computed",
    "step.computed_at": "when it did",
}
Contents = dict[str, tuple[list[str], Counter[tuple[str | None, ...]]]]


def test_days_in_any_order_give_what_a_full_rebuild_gives(company: tuple[Home, SandboxServer]) -> None:
    """Late, changed, reopened, merged, deleted and replayed older records; the home is left as rebuilt for the tests that follow."""
    home, sandbox = company
    deliveries, seen = Deliveries(home, SEED), Counter[str]()
    try:
        extract(home, "first")
        seen["held back"] += deliveries.hold_back()
        deliveries.of_yesterday()
        one_pass(home, "first")
        for number, days in enumerate(DAYS):
            sandbox.command("advance", "--days", str(days))
            extract(home, f"day {number}")
            seen["late"] += deliveries.deliver()
            if number < len(DAYS) - 1:
                seen["held back"] += deliveries.hold_back()
            for kind in MEDDLING:
                seen[kind] += getattr(deliveries, kind)()
            one_pass(home, f"day {number}")
    finally:
        deliveries.close()
    assert all(seen[kind] > 3 for kind in ("late", "held back", *MEDDLING)), seen
    added = contents(home)
    one_pass(home, "rebuilt", full_refresh=True)
    assert added["core.fct_interaction"][1].total() > 1000
    assert differences(added, contents(home)) == []


def test_a_planted_difference_is_seen(company: tuple[Home, SandboxServer]) -> None:
    """Positive control: one word of one row, and one row too many."""
    home, _ = company
    before = contents(home)
    with psycopg.connect(home.dsn("transformer")) as conn:
        conn.execute("update core.fct_ticket set reason = 'another' where ticket_key = (select min(ticket_key) from core.fct_ticket)")
        conn.execute("insert into next_marts_cx.metric_value select * from next_marts_cx.metric_value limit 1")
    found = differences(before, contents(home))
    assert [line.split(":")[0] for line in found] == ["core.fct_ticket", "next_marts_cx.metric_value"]
    assert "1 rows changed in reason" in found[0]


@pytest.fixture(scope="module")
def company(module_warehouse: Home) -> Iterator[tuple[Home, SandboxServer]]:
    """An empty warehouse, and a company that is served to it."""
    with serve(SCALE) as sandbox, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_SOURCES_IN_USE", ",".join(sandbox.connections))
        for name, connection in sandbox.connections.items():
            patch.setenv(f"RAPPORT_CONN_{name.upper()}", json.dumps(connection))
        yield module_warehouse, sandbox


def extract(home: Home, run_id: str) -> None:
    for group in in_order(sources_in_use(home).values()):
        for source in group:
            extract_source(home, source, run_id=run_id, log_of=lambda _stream: lambda _line: None, ended=lambda _result: None)


def one_pass(home: Home, run_id: str, *, full_refresh: bool = False) -> None:
    open_run(home, run_id, "test")
    for layer in build.LAYERS:
        if layer == build.ANALYSE_BEFORE:
            build.analyse(home, run_id=run_id, full_refresh=full_refresh)
        build.build_layer(home, layer, run_id=run_id, full_refresh=full_refresh)
    close_run(home, run_id, "success")


def contents(home: Home, stamps: Mapping[str, str] = STAMPS) -> Contents:
    """Return every table's columns and its rows as texts, counted; columns named in `stamps` are left out."""
    found: Contents = {}
    with psycopg.connect(home.dsn("transformer")) as conn:
        for schema, table, names, types in conn.execute(_COLUMNS, [list(SCHEMAS)]).fetchall():
            told = [(column, kind) for column, kind in zip(names, types, strict=True) if not {column, f"{table}.{column}"} & stamps.keys()]
            read = [sql.SQL(_READ.get(kind, "{}::text")).format(sql.Identifier(column)) for column, kind in told]
            rows = conn.execute(sql.SQL("select {} from {}").format(sql.SQL(", ").join(read), sql.Identifier(schema, table)))
            found[f"{schema}.{table}"] = [column for column, _ in told], Counter(rows.fetchall())
    return found


def differences(one: Contents, other: Contents) -> list[str]:
    """Return a line for each table that differs: how many rows are only in one of them, and in which columns those most alike differ."""
    lines = [f"{name}: there is only one of it" for name in sorted(one.keys() ^ other.keys())]
    for name in sorted(one.keys() & other.keys()):
        (columns, mine), (_, theirs) = one[name], other[name]
        if mine == theirs:
            continue
        gone, come = list((mine - theirs).elements()), list((theirs - mine).elements())
        changed = Counter[str]()
        for row in gone[:50]:
            alike = min(come[:500], key=lambda new, row=row: len(_unlike(columns, row, new)), default=None)  # type: ignore[misc]
            if alike is not None:
                changed[", ".join(_unlike(columns, row, alike)[:6])] += 1
        told = "; ".join(f"{rows} rows changed in {where}" for where, rows in changed.most_common(4))
        lines.append(f"{name}: {len(gone)} rows only in one, {len(come)} only in the other. {told}")
    return lines


def _unlike(columns: list[str], one: tuple[str | None, ...], other: tuple[str | None, ...]) -> list[str]:
    return [column for column, mine, theirs in zip(columns, one, other, strict=True) if mine != theirs]


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
# a sum of floats depends on the order of its terms
_READ: dict[str, LiteralString] = {"double precision": "round({}::numeric, 6)::text"}
