"""Would catch: rows lost, landed twice or locked for ever when the process that lands them is killed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from rapport.home import Home
from rapport.warehouse import server

from tests.unit.connect_server import Request, vendor

PHASES = ("fetch", "normalise", "load", "merge")
EACH, ALL, MOST = 5, 30, 200  # kills in each phase, in all, and attempts after which the test gives up
PAGE = 50
BAD = 97  # every so many records one does not fit its declaration
DECLARATION = """
source: shop
domain: crm
system: A shop
owner: data-platform
schedule: "20 * * * *"
connection: {protocol: rest, id: shop, auth: {type: basic}, network: private}
streams:
  orders:
    request: {path: /orders}
    records: rows
    paging: {type: cursor_url, next: next, stop: is_last}
    cursor: {field: updated_at, param: since}
    key: [id]
    clock: updated_at
    fields:
      id: {type: bigint, class: internal}
      email: {type: text, class: personal, kind: email, directory: true}
      amount: {type: decimal, class: internal}
      note: {type: text, class: free_text}
      updated_at: {type: timestamp, class: internal}
"""


class Orders:
    """Orders without an end until one is set, so that a process never comes to it before it is killed."""

    def __init__(self) -> None:
        self.served = 0
        self.end: int | None = None

    def answer(self, request: Request) -> dict[str, Any]:
        """Serve a page of orders, with the pace of a vendor."""
        time.sleep(0.005)
        start = int(request.params.get("after", 0))
        end = min(start + PAGE, self.end or start + PAGE)
        self.served = max(self.served, end)
        rows = [
            {
                "id": number,
                "email": f"p{number}@x.example",
                "amount": "odd" if number % BAD == 0 else f"{number}.10",
                "note": f"Order {number} of p{number}@x.example was late, call +49 151 2345678.",
                "updated_at": (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)).isoformat(),
            }
            for number in range(start, end)
        ]
        return {"rows": rows, "next": f"/orders?after={end}", "is_last": end == self.end}


class Extractor:
    """The program in `killed.py`, and what it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def say(self, line: str) -> None:
        """Send a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def heard(self) -> str:
        """Return the next line."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        assert line, "the program has ended"
        return line

    def extract(self, phase: str | None = None, after: int = 1, seconds: float = 0.0) -> tuple[int, set[str]]:
        """Extract; with a phase, kill the process some seconds into its so-manieth one. Returns its exit code and the phases it died in."""
        self.say("go")
        pid, seen, under_way = int(self.heard().removeprefix("pid ")), 0, Counter[str]()
        while not (line := self.heard()).startswith("exit"):
            under_way[line[1:]] += 1 if line[0] == "+" else -1
            if line == f"+{phase}":
                seen += 1
                if seen == after:
                    time.sleep(seconds)
                    os.kill(pid, signal.SIGKILL)
        return int(line.removeprefix("exit ")), {name for name, count in under_way.items() if count}


@contextmanager
def extractor(home: Home, sources: Path, host: dict[str, Any], *, is_naive: bool = False) -> Iterator[Extractor]:
    file = sources / "crm" / "shop.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(DECLARATION)
    program = [sys.executable, str(Path(__file__).with_name("killed.py"))]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        running = Extractor(process)
        running.say(
            json.dumps({"home": str(home.path), "sources": str(sources), "stream": "orders", "connection": host, "is_naive": is_naive})
        )
        yield running
        assert process.stdin is not None
        process.stdin.close()


def rows(home: Home, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.admin_dsn(home, "rapport")) as conn:
        return conn.execute(query.encode()).fetchall()


def test_kills_in_every_phase_lose_double_and_wedge_nothing(warehouse: Home, tmp_path: Path) -> None:
    """Would catch: a page landed without its cursor, vault or counts, or a lock, table or load left behind by a dead process."""
    luck, kills, hit, attempts = random.Random(20), 0, Counter[str](), 0  # noqa: S311 - no secret
    orders = Orders()
    with vendor(orders.answer) as shop, extractor(warehouse, tmp_path, shop.connection) as running:
        while kills < ALL or min(hit[phase] for phase in PHASES) < EACH:
            attempts += 1
            assert attempts <= MOST, f"{kills} kills: {dict(hit)}"
            wanted = min(PHASES, key=lambda phase: hit[phase])
            code, died_in = running.extract(wanted, luck.randint(1, 3), luck.random() * 0.004)
            assert code == -signal.SIGKILL
            # the next page is being fetched all the while: a kill counts as inside a fetch where nothing else was under way
            inner = died_in - {"fetch"} or died_in
            hit.update(inner)
            kills += bool(inner)  # a kill between two phases hit nothing, and is repeated
        print(f"{kills} kills in {attempts} attempts: {dict(hit)}")
        orders.end = orders.served + 10 * PAGE
        assert running.extract() == (0, set())
        good, bad = [number for number in range(orders.end) if number % BAD], (orders.end - 1) // BAD + 1
        landed = rows(warehouse, "select array_agg(id order by id), count(*) from raw_shop.orders")
        assert landed == [(good, len(good))]
        sums = "sum(rows_fetched), sum(rows_landed), sum(rows_duplicate), sum(rows_quarantined)"
        assert rows(warehouse, f"select {sums} from ops.stream_load") == [(orders.end, len(good), 0, bad)]
        assert rows(warehouse, "select sum(rows) from ops.quarantine") == [(bad,)]
        assert rows(warehouse, "select count(*) from vault.quarantined_row") == [(bad,)]
        assert rows(warehouse, "select count(*) from vault.secret where kind = 'email'") == [(len(good),)]
        states = "select coalesce(error_code, state), count(*) from ops.stream_load group by 1 order by 1"
        assert rows(warehouse, states) == [("interrupted", attempts), ("success", 1)]
        wait_for_backends(warehouse)
        left = (
            "select (select count(*) from pg_locks where locktype = 'advisory'), (select count(*) from pg_class where relpersistence = 't')"
        )
        assert rows(warehouse, left) == [(0, 0)]
        assert running.extract() == (0, set())
        assert rows(warehouse, "select count(*) from raw_shop.orders") == [(len(good),)]


def wait_for_backends(home: Home) -> None:
    """Wait until the server has noticed every dead client."""
    deadline = time.monotonic() + 20
    while rows(home, "select 1 from pg_stat_activity where usename = 'loader'"):
        assert time.monotonic() < deadline, "a dead process's session lives on"
        time.sleep(0.1)


def test_the_same_kills_double_rows_of_a_landing_that_only_appends(warehouse: Home, tmp_path: Path) -> None:
    """Would catch: kills that never hit the moment that matters, so that any landing would pass the test above."""
    with psycopg.connect(warehouse.dsn("loader")) as conn:
        conn.execute("create schema if not exists raw_shop")
        conn.execute("create table raw_shop.naive (id bigint)")
    orders = Orders()
    with vendor(orders.answer) as shop, extractor(warehouse, tmp_path, shop.connection, is_naive=True) as running:
        for _ in range(EACH):
            assert running.extract("merge")[0] == -signal.SIGKILL
        orders.end = orders.served + PAGE
        assert running.extract()[0] == 0
    ((many, distinct),) = rows(warehouse, "select count(*), count(distinct id) from raw_shop.naive")
    assert many > distinct
