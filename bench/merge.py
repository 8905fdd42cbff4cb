"""Merging 11,000 changed and new rows into a table that is there, against a hand-written COPY and `on conflict`."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv
from rapport.home import Home
from rapport.warehouse import server

from bench import data
from bench.box import environment, postmaster, psql, python
from bench.land import EXTRACT, declare, empty
from bench.measure import Command, Runs, interleaved

CHANGED, NEW = 10_000, 1_000


def run(home: Home, folder: Path, rows: int, rounds: int) -> dict[str, Runs]:
    """Time both ways of merging, `rounds` times in turn, each time with other rows."""
    waiting, inbox = folder / "waiting", folder / "inbox"
    for made in (waiting, inbox):
        made.mkdir(parents=True, exist_ok=True)
    data.write(inbox, "orders", data.TYPED, rows)
    (inbox / "orders.parquet").unlink()
    for number in range(rounds):
        later = next(data.made(data.TYPED, CHANGED, number * CHANGED, changed=1 + number))
        fresh = next(data.made(data.TYPED, NEW, rows + number * NEW))
        pa_csv.write_csv(pa.concat_tables([later, fresh]), waiting / f"orders-{number}.csv")
    columns = data.TYPED
    with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
        conn.execute("create schema if not exists bench")
        conn.execute("drop table if exists bench.merged")
        conn.execute(f"create table bench.merged ({data.table_of(columns)}, primary key (id))".encode())
    subprocess.run(
        [psql(), server.admin_dsn(home, "rapport"), "-qc", f"\\copy bench.merged from '{inbox / 'orders.csv'}' csv header"], check=True
    )
    sources = declare(
        folder / "sources",
        data.declaration(columns, '    files: "orders*.csv"\n    format: csv\n', f'protocol: files, path: "{inbox}"'),
    )
    env = {**environment(home), "RAPPORT_SOURCES": str(sources)}
    empty(home)
    subprocess.run([python(home), "-c", EXTRACT], env=env, check=True, stdout=subprocess.DEVNULL)
    with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
        conn.execute("vacuum analyze bench.merged")
        conn.execute("vacuum analyze raw_bench.orders")
    by_hand, ours = sorted(waiting.iterdir()), sorted(waiting.iterdir())
    script = folder / "merge.sql"

    def next_by_hand() -> None:
        script.write_text(_by_hand(by_hand.pop(0)))

    def next_delivery() -> None:
        file = ours.pop(0)
        (inbox / file.name).write_bytes(file.read_bytes())

    return interleaved(
        [
            Command("COPY and on conflict, by hand", [psql(), server.admin_dsn(home, "rapport"), "-qf", str(script)], before=next_by_hand),
            Command("rapport, one more file", [python(home), "-c", EXTRACT], before=next_delivery, env=env),
        ],
        rounds,
        postmaster(home),
    )


def _by_hand(file: Path) -> str:
    values = ", ".join(f"{name} = excluded.{name}" for name in data.TYPED if name != "id")
    return (
        "begin;\ncreate temporary table fresh (like bench.merged) on commit drop;\n"
        f"\\copy fresh from '{file}' csv header\n"
        f"insert into bench.merged select * from fresh on conflict (id) do update set {values};\ncommit;\n"
    )
