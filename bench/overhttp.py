"""JSON pages over HTTP, against dlt's default path: its client, records as dicts, `insert` statements."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from rapport.home import Home
from rapport.warehouse import server

from bench import data
from bench.box import environment, postmaster, python
from bench.land import EXTRACT, declare, empty
from bench.measure import Command, Runs, interleaved

_STREAM = "    request: {path: /orders}\n    records: orders\n    paging: {type: next_url, next: next}\n"


def run(home: Home, folder: Path, rows: int, rounds: int) -> dict[str, Runs]:
    """Time both, in turn, on `rows` records in pages of a thousand."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = declare(
        folder / "sources",
        data.declaration(data.TYPED, _STREAM, "protocol: rest, id: bench, auth: {type: none}, network: private"),
    )
    with _served(home, rows) as host:
        connection = json.dumps({"host": host, "extra": {}})
        env = {**environment(home), "RAPPORT_SOURCES": str(sources), "RAPPORT_CONN_BENCH": connection}

        def forget() -> None:
            with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
                conn.execute("drop schema if exists peer_dlt cascade")
                conn.execute("drop schema if exists peer_dlt_staging cascade")
                conn.execute("checkpoint")

        peer = [str(home.root / ".venv-peers" / "bin" / "python"), "-P", str(Path(__file__).with_name("peer_dlt.py")), host]
        return interleaved(
            [
                Command(
                    "dlt, dicts, its defaults",
                    [*peer, server.admin_dsn(home, "rapport")],
                    before=forget,
                    env={**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false", "HOME": str(folder)},
                ),
                Command("rapport", [python(home), "-c", EXTRACT], before=lambda: empty(home), env=env),
            ],
            rounds,
            postmaster(home),
        )


@contextmanager
def _served(home: Home, rows: int) -> Iterator[str]:
    argv = [python(home), "-m", "bench.page_server", str(rows)]
    with subprocess.Popen(argv, cwd=home.root, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip() if process.stdout else ''}"
        finally:
            process.kill()
