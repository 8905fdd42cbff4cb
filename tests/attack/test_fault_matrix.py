"""Would catch: a fault of a vendor or of the network that loses a row, lands one twice, leads astray, or wedges a stream for good.

The simulated company answers wrongly in every way it knows, through one source of each protocol. After each fault a second, undisturbed
run must leave exactly the rows that an undisturbed first run leaves. `docs/reference/fault-matrix.md` is made of what was observed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pytest
from rapport.connect import ConnectError
from rapport.home import Home, checkout
from rapport.pipeline.extract import StreamResult, extract_stream
from rapport.warehouse import server
from sandbox_server import SandboxServer, serve

from sandbox.faults import BETWEEN, RECORDS, Faults

PAGE = checkout() / "docs" / "reference" / "fault-matrix.md"
PLACES = {
    "rest": "zendesk.users",
    "rest, tokens": "mentions.mentions",
    "soql": "salesforce.opportunity_history",
    "export_job": "qualtrics.responses",
    "jsonrpc": "limesurvey.responses",
}
SMALL_PAGES = {"per_page: 1000": "per_page: 200", "limit: 200": "limit: 50", "size: 500": "size: 50"}
WHOLE, ASIDE, REFUSED, NOT_MET = "whole", "set aside", "refused", "–"
FAULTS = {**{kind: what for kind, what in RECORDS.items() if kind != "bad_rows"}, **BETWEEN}
# What must be: by fault, for all places or for single ones. `whole`: every row landed in the same run, none twice.
EXPECTED: dict[str, str | dict[str, str]] = {
    **dict.fromkeys(("extra_field", "personal_field", "colliding_field", "twice", "hiccup", "busy", "busy_for_ever"), WHOLE),
    "rate_limit": {"soql": REFUSED, "*": WHOLE},  # this vendor says it with 403
    **dict.fromkeys(("silence", "broken_off", "half_body", "login_page"), WHOLE),
    **dict.fromkeys(("next_elsewhere", "next_metadata", "redirect_elsewhere", "redirect_file", "bomb", "endless", "server_error"), REFUSED),
    "other_type": ASIDE,
    "page_again": {"export_job": WHOLE, "*": REFUSED},  # an answer that is no job is asked for again
    "expired": {"soql": WHOLE, "jsonrpc": WHOLE, "*": REFUSED},  # only a login by OAuth and a session can be renewed
}


@dataclass
class Company:
    """The simulated company and a warehouse that takes it."""

    home: Home
    served: SandboxServer
    whole: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def extract(self, place: str) -> StreamResult:
        source, stream = PLACES[place].split(".")
        return extract_stream(self.home, source, stream, run_id="r1", connection=self.served.connections[source])

    def empty(self, place: str) -> None:
        source, stream = PLACES[place].split(".")
        with psycopg.connect(server.admin_dsn(self.home, "rapport"), autocommit=True) as conn:
            conn.execute(f"truncate raw_{source}.{stream}".encode())
            conn.execute("delete from ops.stream_state where source = %s", [source])

    def landed(self, place: str) -> set[tuple[Any, ...]]:
        source, stream = PLACES[place].split(".")
        with psycopg.connect(self.home.dsn("loader")) as conn:
            return set(conn.execute(f"select _row_hash, count(*) from raw_{source}.{stream} group by 1".encode()).fetchall())

    def disturb(self, *faults: str) -> None:
        """Let these faults happen, and no others."""
        state = Faults(self.served.home)
        state.clear()
        if faults:
            state.set(list(faults))

    def met(self, kind: str) -> int:
        host = next(iter(self.served.connections.values()))["host"].rsplit("/", 1)[0]
        return int(httpx.get(f"{host}/healthz").json()["met"].get(kind, 0))


@pytest.fixture(scope="module")
def company(module_warehouse: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    sources = tmp_path_factory.mktemp("sources")
    names = {place.split(".")[0] for place in PLACES.values()}
    for file in (checkout() / "sources").glob("*/*.yml"):
        if file.stem in names:
            text = file.read_text()
            for old, new in SMALL_PAGES.items():
                text = text.replace(old, new)
            text = re.sub(r"rate_limit_per_minute: \d+", "rate_limit_per_minute: 100000", text)
            (sources / file.parent.name).mkdir(exist_ok=True)
            (sources / file.parent.name / file.name).write_text(text)
    with serve(0.05, ",".join(sorted(names))) as served, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_SOURCES", str(sources))
        patch.setattr("rapport.connect.retries.pause", lambda *_: 0.0)
        patch.setattr("rapport.connect.soql._BATCH", {"Sforce-Query-Options": "batchSize=200"})
        patch.setattr("rapport.connect.client._TIMEOUT", httpx.Timeout(0.8))
        running = Company(module_warehouse, served)
        for place in PLACES:
            _prepare(running, place)
            running.extract(place)
            running.whole[place] = running.landed(place)
            assert len(running.whole[place]) > 40, place
        yield running


def _prepare(company: Company, place: str) -> None:
    """Read the streams that tell names first, as a run would: texts wait for them."""
    from rapport.declarations import load_sources

    source, stream = PLACES[place].split(".")
    for other in load_sources(company.home.sources_dir)[source].ordered_streams:
        if other.feeds_directory and other.name != stream:
            extract_stream(company.home, source, other.name, run_id="r0", connection=company.served.connections[source])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", FAULTS)
def test_after_any_fault_the_rows_are_those_of_an_undisturbed_run(company: Company, kind: str, place: str) -> None:
    """Would catch rows lost or doubled by a fault, a wrong answer taken for data, and a stream that never recovers."""
    source = PLACES[place].split(".")[0]
    company.empty(place)
    company.disturb(f"{kind}={source}")
    before = company.met(kind)
    try:
        result = company.extract(place)
    except ConnectError as error:
        observed = REFUSED
        assert PLACES[place] in str(error)
    else:
        observed = ASIDE if result.rows_quarantined else WHOLE
        if observed == WHOLE:
            assert company.landed(place) == company.whole[place]
        else:
            assert company.landed(place) < company.whole[place]
    if kind in BETWEEN and company.met(kind) == before:
        observed = NOT_MET
    company.disturb()
    if observed in {REFUSED, ASIDE}:
        if observed == ASIDE:
            company.empty(place)
        company.extract(place)
        assert company.landed(place) == company.whole[place]
    company.seen[kind, place] = observed
    expected = EXPECTED[kind]
    wanted = expected if isinstance(expected, str) else expected.get(place, expected["*"])
    assert observed in {wanted, NOT_MET}


def page(seen: dict[tuple[str, str], str]) -> str:
    """Return the reference page of what was observed."""
    head = "| what goes wrong | " + " | ".join(f"{place} (`{stream}`)" for place, stream in PLACES.items()) + " |"
    rows = [f"| {what} | " + " | ".join(seen[kind, place] for place in PLACES) + " |" for kind, what in FAULTS.items()]
    return f"""\
# Fault matrix

What happens to a load when a vendor or the network goes wrong. Observed by `tests/attack/test_fault_matrix.py` on real HTTP, one source a
protocol, and written by it (`RAPPORT_WRITE_DOCS=1`). After every fault the next, undisturbed run leaves exactly the rows that a run without
faults leaves: none lost, none twice.

- **{WHOLE}**: the same run lands every row, after retries, a renewed login or a second look; new fields are quarantined by name and count
- **{ASIDE}**: rows that do not fit are quarantined with field and reason, all others land
- **{REFUSED}**: the load ends with an error that names source and stream; what was landed before stands, and the next run goes on
- **{NOT_MET}**: the protocol gives the fault no place, e.g. there is no next address

{head}
|---|{"---|" * len(PLACES)}
{chr(10).join(rows)}
"""


def test_every_fault_came_about_and_the_page_says_what_was_seen(company: Company) -> None:
    """Would catch a fault that no source ever met, which would prove nothing, and a page of promises."""
    if len(company.seen) < len(FAULTS) * len(PLACES):
        pytest.fail("run the whole file: the page is made of all observations")
    for kind in FAULTS:
        assert any(company.seen[kind, place] != NOT_MET for place in PLACES), kind
    if os.environ.get("RAPPORT_WRITE_DOCS"):
        PAGE.write_text(page(company.seen))
    assert PAGE.read_text() == page(company.seen)
