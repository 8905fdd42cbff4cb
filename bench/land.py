r"""Landing files, against a raw `\copy` of the same rows: typed columns, and with two of them tokenised."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from rapport.home import Home
from rapport.warehouse import server

from bench import data
from bench.box import environment, postmaster, psql, python
from bench.measure import Command, Runs, interleaved

EXTRACT = (
    "import sys; from rapport.home import Home; from rapport.pipeline.extract import extract_stream;"
    "print(extract_stream(Home.current(), 'bench', 'orders', run_id='bench'))"
)


def run(home: Home, folder: Path, rows: int, rounds: int) -> dict[str, dict[str, Runs]]:
    """Time every way of loading `rows` made rows, `rounds` times in turn; returns a table by its title."""
    return {
        f"{rows:,} rows of 15 typed columns": _compare(home, folder, data.TYPED, rows, rounds),
        f"{rows:,} rows of 15 columns, e-mail and telephone number tokenised": _compare(home, folder, data.PERSONAL, rows, rounds),
    }


def _compare(home: Home, folder: Path, columns: dict[str, str], rows: int, rounds: int) -> dict[str, Runs]:
    folder.mkdir(parents=True, exist_ok=True)
    data.write(folder, "orders", columns, rows)
    commands = [raw_copy(home, folder / "orders.csv", columns)]
    for kind in ("parquet", "csv"):
        stream, connection = f"    files: orders.{kind}\n    format: {kind}\n", f'protocol: files, path: "{folder}"'
        commands.append(_landing(home, folder, kind, data.declaration(columns, stream, connection)))
    if columns is data.TYPED:
        url = urlsplit(server.admin_dsn(home, "rapport"))
        place = {"host": f"postgresql://{url.hostname}:{url.port}{url.path}", "login": url.username, "password": url.password}
        declared = data.declaration(columns, "    table: bench.orders\n", "protocol: sql, id: bench, network: private")
        commands.append(_landing(home, folder, "a table", declared, {"RAPPORT_CONN_BENCH": json.dumps(place)}))
    found = interleaved(commands, rounds, postmaster(home))
    shutil.rmtree(folder)
    return found


def _landing(home: Home, folder: Path, kind: str, declared: str, variables: dict[str, str] | None = None) -> Command:
    sources = declare(folder / f"sources {kind}", declared)
    env = {**environment(home), "RAPPORT_SOURCES": str(sources), **(variables or {})}
    return Command(f"rapport, from {kind}", [python(home), "-c", EXTRACT], before=lambda: empty(home), env=env)


def raw_copy(home: Home, file: Path, columns: dict[str, str]) -> Command:
    r"""Return the measure of the others: psql's `\copy` of a CSV file into a table without keys."""

    def empty_copy() -> None:
        with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
            conn.execute("create schema if not exists bench")
            conn.execute("drop table if exists bench.orders")
            conn.execute(f"create table bench.orders ({data.table_of(columns)})".encode())
            conn.execute("checkpoint")

    return Command(
        "raw copy", [psql(), server.admin_dsn(home, "rapport"), "-c", f"\\copy bench.orders from '{file}' csv header"], before=empty_copy
    )


def declare(folder: Path, text: str) -> Path:
    """Write the declaration of the source `bench` below `folder`, which is returned."""
    file = folder / "crm" / "bench.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return folder


def empty(home: Home) -> None:
    """Forget everything that was landed."""
    with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
        conn.execute("drop schema if exists raw_bench cascade")
        conn.execute("truncate vault.secret, vault.directory, ops.stream_state, ops.stream_load")
        conn.execute("checkpoint")
