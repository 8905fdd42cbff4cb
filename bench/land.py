r"""Landing: a million typed rows, two of their columns tokenised, against a raw `\copy` of the same file."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from rapport.home import Home
from rapport.warehouse import server

from bench.box import environment, psql, python
from bench.measure import Command, Runs, interleaved

_DECLARATION = """\
source: bench
domain: crm
system: made file
owner: bench
schedule: "0 0 * * *"
connection: {{protocol: files, path: "{folder}"}}
streams:
  orders:
    files: orders.csv
    format: csv
    key: [id]
    clock: updated_at
    fields:
      id: {{type: bigint, class: internal}}
      updated_at: {{type: timestamp, class: internal}}
      status: {{type: text, class: internal}}
      country: {{type: text, class: public}}
      amount: {{type: double, class: internal}}
      quantity: {{type: bigint, class: internal}}
      is_gift: {{type: boolean, class: internal}}
      email: {{type: text, class: personal, kind: email}}
      phone: {{type: text, class: personal, kind: phone}}
"""
_EXTRACT = (
    "from rapport.home import Home; from rapport.pipeline.extract import extract_stream;"
    "print(extract_stream(Home.current(), 'bench', 'orders', run_id='bench', full_refresh=True))"
)


def run(home: Home, folder: Path, rows: int, rounds: int) -> dict[str, Runs]:
    """Time both ways of loading `rows` made rows, `rounds` times in turn."""
    data, sources = folder / "data", folder / "sources" / "crm"
    data.mkdir(parents=True, exist_ok=True)
    sources.mkdir(parents=True, exist_ok=True)
    _write(data / "orders.csv", rows)
    (sources / "bench.yml").write_text(_DECLARATION.format(folder=data))

    def empty_raw() -> None:
        with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
            conn.execute("drop schema if exists raw_bench cascade")
            conn.execute("truncate vault.secret, vault.directory")

    def empty_copy() -> None:
        with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
            conn.execute("create schema if not exists bench")
            conn.execute("drop table if exists bench.orders")
            conn.execute(
                "create table bench.orders (id bigint, updated_at timestamptz, status text, country text, amount double precision,"
                " quantity bigint, is_gift boolean, email text, phone text)"
            )

    copy = [psql(), server.admin_dsn(home, "rapport"), "-c", f"\\copy bench.orders from '{data / 'orders.csv'}' csv header"]
    env = {**environment(home), "RAPPORT_SOURCES": str(sources.parent)}
    return interleaved(
        [
            Command("raw copy", copy, before=empty_copy),
            Command("rapport, two tokens", [python(home), "-c", _EXTRACT], before=empty_raw, env=env),
        ],
        rounds,
    )


def _write(file: Path, rows: int) -> None:
    """Make the file: 70 % of the persons distinct, as orders are."""
    chance = random.Random(11)  # noqa: S311 - made data
    start = datetime(2025, 1, 1, tzinfo=UTC)
    with file.open("w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["id", "updated_at", "status", "country", "amount", "quantity", "is_gift", "email", "phone"])
        for number in range(rows):
            person = chance.randrange(int(rows * 0.7) + 1)
            writer.writerow(
                [
                    number,
                    (start + timedelta(seconds=number * 30)).isoformat(),
                    chance.choice(("new", "paid", "sent", "returned")),
                    chance.choice(("US", "DE", "FR", "GB")),
                    round(chance.random() * 500, 2),
                    chance.randrange(1, 9),
                    chance.random() < 0.1,
                    f"person{person}@mail{person % 97}.example.com",
                    f"+1202555{person % 10000:04d}",
                ]
            )
