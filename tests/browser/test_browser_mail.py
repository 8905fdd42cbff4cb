"""Would catch: a scorecard that arrives without its pages, with employees' results, or an alert about noise, or the same alert twice."""

from __future__ import annotations

import email
import io
import json
import socket
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pypdf import PdfReader
from rapport.box import printing
from rapport.declarations.metrics import DIMENSIONS
from rapport.home import checkout

from tests.whole_box import Box


class Sink:
    """A mail server on this machine that delivers nothing."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        self.mails.append(email.message_from_bytes(envelope.content))
        return "250 kept"


@pytest.fixture
def mailed(demo: Box) -> Iterator[tuple[Box, Sink]]:
    sink = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    extra = {"sender": "rapport@example.org", "to": "one@example.org,two@example.org", "tls": "none"}
    told = demo.home.dir("run") / "alerts_told.json"
    told.unlink(missing_ok=True)
    yield Box.at(demo.home, RAPPORT_CONN_MAIL=json.dumps({"host": f"127.0.0.1:{port}", "extra": extra})), sink
    told.unlink(missing_ok=True)
    server.stop()


def test_the_scorecard_arrives_printed_whole(mailed: tuple[Box, Sink]) -> None:
    """Would catch a PDF of the login page, of the first page only, or cut at the height of the window."""
    box, sink = mailed
    box.rapport("dashboards", "mail", "scorecard")
    assert [mail["To"] for mail in sink.mails] == ["one@example.org", "two@example.org"]
    pdf = next(part for part in sink.mails[0].walk() if part.get_content_type() == "application/pdf").get_payload(decode=True)
    kept = checkout() / "test-artifacts" / "scorecard.pdf"
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(pdf)
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) == len(printing.PAGES)
    assert "Are we keeping our promise" in pages[0]
    assert "What leaders did with the numbers" in pages[0], "the last chart of the scorecard is on the page"
    assert all("Simulated company" in page for page in pages)
    assert not any("Engagement" in page for page in pages), "results of employees are not mailed"


def test_only_clear_changes_are_told_and_each_once(mailed: tuple[Box, Sink]) -> None:
    """Would catch a mail about noise, and the same news with every release."""
    box, sink = mailed
    total = " and ".join(f"{cut} = 'all'" for cut in DIMENSIONS)
    clear = box.query(
        "leader",
        "select title from marts_cx.metric_value join marts_cx.metric_definition using (metric, version) cross join marts_cx.release_status"
        f" where grain = 'month' and {total} and change_label in ('up', 'down') and direction <> 'none'"
        " and period_start = date_trunc('month', data_as_of) - interval '1 month'",
    )
    for _ in range(2):
        box.rapport("dashboards", "mail", "changes")
    if not clear:
        assert sink.mails == []
        return
    assert len(sink.mails) == 2, "one mail an address, and none the second time"
    lines = [line for line in sink.mails[0].get_payload(decode=True).decode().splitlines() if "▲" in line or "▼" in line]
    assert sorted(line.split(":")[0].split(" ", 4)[-1].strip() for line in lines) == sorted(row["title"] for row in clear)
