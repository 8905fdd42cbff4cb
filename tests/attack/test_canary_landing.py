"""Would catch: an identifier that has a pattern or is known to the company, in the clear, anywhere behind privacy.

Fifty identifiers are planted in every record of the simulated company that may hold one. The same sweep looks into what the sources
serve, where it must find all of them, and into everything the platform keeps, where it must find none.
"""

from __future__ import annotations

import base64
import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from rapport.declarations import load_sources
from rapport.home import Home
from rapport.pipeline.extract import extract_stream
from rapport.pipeline.order import in_order
from rapport.privacy.sweep import Sweep
from rapport.warehouse import server, server_place
from sandbox_server import SandboxServer, serve


@dataclass
class Extracted:
    """A warehouse that took the whole company, and what was said meanwhile."""

    home: Home
    company: SandboxServer
    needles: dict[str, list[str]]
    planted: dict[str, set[str]]
    served: dict[str, Sweep] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def hear(self, system: str, content: bytes) -> None:
        """Sweep what a system served."""
        self.served.setdefault(system, Sweep(self.needles)).look("answer", content)


@pytest.fixture(scope="module")
def extracted(module_warehouse: Home) -> Iterator[Extracted]:
    with serve() as company, pytest.MonkeyPatch.context() as patch:
        canaries = company.canaries()
        planted: dict[str, set[str]] = {}
        for canary in canaries:
            for place in canary["places"]:
                planted.setdefault(place["source"], set()).add(canary["id"])
        result = Extracted(module_warehouse, company, {canary["id"]: canary["forms"] for canary in canaries}, planted)
        patch.setattr(httpx.Response, "iter_raw", _overheard(httpx.Response.iter_raw, result.hear))
        sources = load_sources(module_warehouse.sources_dir).values()
        for source in (source for group in in_order(sources) for source in group):  # who knows names comes first
            connection = company.connections.get(source.connection.id or "")
            if connection is None:  # a system that this company does not have
                continue
            if connection["host"].startswith("file://"):  # what it serves lies there already
                result.served.setdefault(source.name, Sweep(result.needles)).folder(Path(connection["host"].removeprefix("file://")))
            for stream in source.ordered_streams:
                extract_stream(module_warehouse, source.name, stream.name, run_id="r1", connection=connection, log=result.lines.append)
        yield result


def _overheard(read: Callable[..., Iterator[bytes]], hear: Callable[[str, bytes], None]) -> Callable[..., Iterator[bytes]]:
    """Return `Response.iter_raw` with a listener: the sweep sees the very bytes that the platform read."""

    def iter_raw(answer: httpx.Response, *arguments: Any) -> Iterator[bytes]:
        parts = []
        for part in read(answer, *arguments):
            parts.append(part)
            yield part
        hear(answer.url.path.split("/")[1], b"".join(parts))

    return iter_raw


def test_fifty_identifiers_are_planted(extracted: Extracted) -> None:
    """Would catch: a canary test without canaries."""
    assert len(extracted.needles) == 50


def test_the_sweep_finds_every_identifier_in_what_the_sources_serve(extracted: Extracted) -> None:
    """Would catch: a sweep that is blind, which would make every other test here pass; a source that never served its canaries."""
    declared = load_sources(extracted.home.sources_dir)
    assert extracted.served["zendesk"].found == set(extracted.needles)
    unseen = {name: extracted.planted[name] - extracted.served[name].found for name in declared if name in extracted.planted}
    assert not any(unseen.values()), unseen


def test_no_identifier_stands_in_any_table(extracted: Extracted) -> None:
    """Would catch: an identifier in raw, ops, vault or the catalogue."""
    sweep = Sweep(extracted.needles)
    for database in ("rapport", "postgres", "airflow", "superset"):
        with psycopg.connect(server.admin_dsn(extracted.home, database), autocommit=True) as conn:
            assert sweep.database(conn) > 50
    assert not sweep.hits
    with psycopg.connect(server.admin_dsn(extracted.home, "rapport")) as conn:
        row = conn.execute("select count(*) from raw_zendesk.ticket_events where body_redacted like '%<PERSON>%'").fetchone()
    assert row is not None
    assert row[0] > 10


def test_no_identifier_stands_in_a_file_of_the_platform(extracted: Extracted) -> None:
    """Would catch: an identifier in the state folder, a log, or the server's own files."""
    sweep = Sweep(extracted.needles)
    folders = [extracted.home.path, *server_place.outside_folders(extracted.home)]
    assert sum(sweep.folder(Path(folder)) for folder in folders) > 100
    assert not sweep.hits


def test_no_identifier_is_said_in_a_line_of_progress(extracted: Extracted) -> None:
    """Would catch: an identifier in what Airflow would keep as a task's log."""
    assert len(extracted.lines) > 20
    sweep = Sweep(extracted.needles)
    sweep.look("lines", "\n".join(extracted.lines).encode())
    assert not sweep.hits


@pytest.mark.parametrize("disguise", ["plain", "utf-16", "gzip", "base64", "base64 of gzip", "escaped"])
def test_the_sweep_sees_through_a_disguise_in_a_table_and_in_a_file(extracted: Extracted, tmp_path: Path, disguise: str) -> None:
    """Would catch: a leak that plain grep misses."""
    needle = "customer-1-email"
    text = f'{{"to": "{extracted.needles[needle][0]}", "rest": "{"x" * 40}"}}'
    packed = {
        "plain": text.upper().encode(),
        "utf-16": text.encode("utf-16"),
        "gzip": gzip.compress(text.encode()),
        "base64": base64.b64encode(text.encode()),
        "base64 of gzip": base64.b64encode(gzip.compress(text.encode())),
        "escaped": text.replace("@", "%40").encode(),
    }[disguise]
    (tmp_path / "left").write_bytes(b"\0\1" + packed if disguise == "plain" else packed)
    sweep = Sweep(extracted.needles)
    sweep.folder(tmp_path)
    assert sweep.found == {needle}
    if disguise in {"plain", "base64", "base64 of gzip", "escaped"}:
        with psycopg.connect(server.admin_dsn(extracted.home, "rapport")) as conn:
            conn.execute("create table public.left_behind (note text)")
            conn.execute("insert into public.left_behind values (%s)", [packed.decode()])
            sweep = Sweep(extracted.needles)
            sweep.database(conn)
            conn.rollback()
        assert {hit.place for hit in sweep.hits} == {"public.left_behind"}
