"""Would catch: a mail that shows one leader's address to another, goes in the clear over a network, or fails with an address in the log."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from rapport.box import letters
from rapport.home import Home, HomeError, checkout


class Sink(Message):
    """Keeps what a server would deliver."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[tuple[list[str], str]] = []

    def handle_message(self, message: object) -> None:
        self.kept.append(([str(message["X-RcptTo"])], str(message)))  # type: ignore[index]


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    kept = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    yield kept, port
    server.stop()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", checkout())


def told(monkeypatch: pytest.MonkeyPatch, host: str, **extra: str) -> None:
    said = {"host": host, "extra": {"sender": "r@example.org", "to": "a@example.org", **extra}}
    monkeypatch.setenv("RAPPORT_CONN_MAIL", json.dumps(said))


def test_each_leader_gets_a_mail_of_their_own(home: Home, monkeypatch: pytest.MonkeyPatch, sink: tuple[Sink, int]) -> None:
    """Would catch all addresses in one header, and an attachment that gets lost."""
    told(monkeypatch, f"127.0.0.1:{sink[1]}", tls="none", to="a@example.org, b@example.org")
    where = letters.post(home)
    assert where
    assert letters.send(where, "Scorecard", "Text, ümlaut.", {"s.pdf": b"%PDF-1.7 short"}) == 2
    assert [recipients for recipients, _ in sink[0].kept] == [["a@example.org"], ["b@example.org"]]
    assert "b@example.org" not in sink[0].kept[0][1]
    assert 'filename="s.pdf"' in sink[0].kept[0][1]


def test_without_a_server_nothing_is_mailed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAPPORT_CONN_MAIL", raising=False)
    assert letters.post(home) is None


@pytest.mark.parametrize(
    ("host", "extra", "says"),
    [
        ("mail.example.org:25", {"tls": "none"}, "without TLS only a server on this machine"),
        ("127.0.0.1:25", {"tls": "perhaps"}, "not perhaps"),
        ("127.0.0.1", {}, "lacks host with its port"),
        ("127.0.0.1:25", {"to": " , "}, "lacks to"),
    ],
)
def test_a_connection_that_would_leak_or_lacks_something_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch, host: str, extra: dict[str, str], says: str
) -> None:
    told(monkeypatch, host, **extra)
    with pytest.raises(HomeError, match=says):
        letters.post(home)


def test_a_server_that_does_not_answer_is_told_without_an_address(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch an address of a person in the task's log."""
    told(monkeypatch, "127.0.0.1:9", tls="none")
    where = letters.post(home)
    assert where
    with pytest.raises(HomeError) as refused:
        letters.send(where, "x", "y")
    assert "did not take the mail" in str(refused.value)
    assert "@" not in str(refused.value)
