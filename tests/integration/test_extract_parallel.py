"""Would catch: streams that wait for each other where the vendor allows several, more at once than it allows, or texts before names."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rapport.connect import ConnectError
from rapport.declarations import Source, load_source
from rapport.home import Home
from rapport.pipeline.extract import StreamResult
from rapport.pipeline.loads import shared_out
from rapport.pipeline.runlog import FILE, RunLog
from rapport.pipeline.source import extract_source

from tests.unit.connect_server import Request, vendor

NAMES, TEXTS = ("people", "agents"), ("notes", "calls", "mails")
STREAM = """
  {name}:
    request: {{path: /{name}}}
    records: rows
    key: [id]
    fields:
      id: {{type: bigint, class: internal}}
      said: {{type: text, {said}}}
"""


def declared(folder: Path, parallel: int) -> Source:
    """Declare streams that tell names and streams that may hold them; what stands first is read last."""
    file = folder / "support" / "talk.yml"
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = f"{{protocol: rest, id: talk, auth: {{type: none}}, network: private, parallel: {parallel}, rate_limit_per_minute: 100}}"
    head = f"source: talk\ndomain: support\nsystem: T\nowner: o\nschedule: '0 * * * *'\nconnection: {connection}\nstreams:"
    texts = [STREAM.format(name=name, said="class: free_text") for name in TEXTS]
    names = [STREAM.format(name=name, said="class: personal, kind: name, directory: true") for name in NAMES]
    file.write_text(head + "".join(texts + names))
    return load_source(file)


@contextmanager
def extracting(home: Home, source: Source, answer: Any) -> Iterator[Any]:
    """Serve answers and give the function that extracts the source."""
    with vendor(answer) as served, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_CONN_TALK", f'{{"host": "{served.host}", "extra": {{}}}}')
        patch.setenv("RAPPORT_SOURCES", str(source.file.parents[1]))
        told: list[str] = []
        lines = RunLog(home, told.append)
        ended: list[StreamResult] = []

        def extract() -> tuple[list[StreamResult], list[str]]:
            done = extract_source(home, source, run_id="r", log_of=lambda stream: lines.of("talk", stream.name), ended=ended.append)
            assert sorted(result.stream for result in ended) == sorted(result.stream for result in done)
            return done, told

        yield extract
        lines.close()


def test_streams_are_read_at_once_and_names_before_texts(warehouse: Home, tmp_path: Path) -> None:
    """Would catch: a pool of one, or a text that is redacted before its names are known."""
    together = {NAMES: threading.Barrier(2), TEXTS: threading.Barrier(3)}
    order: list[str] = []

    def answer(request: Request) -> Any:
        name = request.path.strip("/")
        order.append(name)
        next(barrier for names, barrier in together.items() if name in names).wait(20)  # passes only when all of them are asked for
        return {"rows": [{"id": 1, "said": "Ada Lovelace"}]}

    with extracting(warehouse, declared(tmp_path, 4), answer) as extract:
        results, told = extract()
    assert sorted(order[:2]) == sorted(NAMES)
    assert [result.stream for result in results] == [*NAMES, *TEXTS]
    assert any(line.startswith("  talk.notes: 1 pages, 1 rows") for line in told)
    assert not any("GET" in line for line in told), "single requests are for the file"
    kept = (warehouse.dir("logs") / FILE).read_text()
    assert "talk.notes: GET /notes 200" in kept
    assert "Lovelace" not in kept


def test_no_more_streams_at_once_than_declared_and_a_failure_stops_what_follows(warehouse: Home, tmp_path: Path) -> None:
    """Would catch: a vendor that is asked by more streams than it bears, or texts read although the names failed."""
    inside, most, asked = 0, 0, set()
    lock = threading.Lock()

    def answer(request: Request) -> Any:
        nonlocal inside, most
        asked.add(request.path.strip("/"))
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.05)
        with lock:
            inside -= 1
        return (403, {}, {}) if request.path == "/people" else {"rows": []}

    with extracting(warehouse, declared(tmp_path, 1), answer) as extract, pytest.raises(ConnectError, match=r"talk\.people"):
        extract()
    assert most == 1
    assert asked == set(NAMES), "the stream beside it is read to its end, and no text is"


def test_processes_share_the_limit_between_them(tmp_path: Path) -> None:
    """Would catch: four tasks that each use the whole limit."""
    source = declared(tmp_path, 4)
    narrow, connection = shared_out(source, {"host": "h", "extra": {"rate_limit_per_minute": 10, "team": 7}}, 4)
    assert narrow.connection.rate_limit_per_minute == 25
    assert connection == {"host": "h", "extra": {"rate_limit_per_minute": 2, "team": 7}}
    assert shared_out(source, None, 1) == (source, None)
