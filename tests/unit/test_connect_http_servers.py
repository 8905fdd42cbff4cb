"""Catches sources that hold a run up, stay silent, or answer under another's name, and runs that say too much or too little."""

# ruff: noqa: ARG005 - an answer need not look at its request

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from rapport.connect import ConnectError, client, egress, pages, retries

from tests.unit.connect_server import declared, vendor
from tests.unit.test_connect_http_egress import answering, no_proxy
from tests.unit.test_connect_rest import PLAIN, ROWS, ids, no_waiting, read

__all__ = ["no_proxy", "no_waiting"]  # the fixtures hold here too


def certificate(folder: Path, name: str) -> Path:
    """Write a certificate for a name that signs itself, and its key, to one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / f"{name}.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def raw(answer: bytes, pause: float = 0.0, tls: Path | None = None) -> Iterator[int]:
    """A server that answers every connection with the same bytes, one by one if it is to be slow; gives its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if tls:
        context.load_cert_chain(tls)

    def serve(taken: socket.socket) -> None:
        with taken:
            try:
                spoken = context.wrap_socket(taken, server_side=True) if tls else taken
                spoken.recv(65536)
                for byte in answer if pause else ():
                    spoken.sendall(bytes([byte]))
                    threading.Event().wait(pause)
                spoken.sendall(b"" if pause else answer)
                spoken.close()
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                taken, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(taken,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()


def ask_raw(host: str) -> list[int]:
    source = declared(PLAIN, "{protocol: rest, id: tiny, auth: {type: none}, network: private}")
    return ids(list(pages(source, source.streams["s"], {"host": host, "extra": {}}, None, log=lambda line: None)))


def test_the_certificate_is_that_of_the_name_and_not_of_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: connecting to a checked address at the price of not checking whose certificate answers there."""
    answering(monkeypatch, ["127.0.0.1"])
    body = b'{"rows": [{"id": 1}]}'
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    right, wrong = certificate(tmp_path, "crm.example"), certificate(tmp_path, "other.example")
    for served, trusted, is_good in ((right, right, True), (wrong, wrong, False), (right, wrong, False)):
        egress._tls.cache_clear()  # certificates are read once a process
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with raw(answer, tls=served) as port:
            if is_good:
                assert ask_raw(f"https://crm.example:{port}") == [1]
            else:
                with pytest.raises(ConnectError, match="not trusted"):
                    ask_raw(f"https://crm.example:{port}")
    egress._tls.cache_clear()


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n" + b" " * 1000, b"HTTP/1.1 200 OK\r\nx: " + b"y" * 1000]
)
def test_a_server_that_sends_a_byte_now_and_then_is_given_up(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a run held up for days by a source whose every single wait is short, in the body or in the headers."""
    monkeypatch.setattr(client, "REQUEST_SECONDS", 0.3)
    with raw(answer, pause=0.02) as port, pytest.raises(ConnectError, match="no whole answer in") as caught:
        ask_raw(f"http://127.0.0.1:{port}")
    assert caught.value.code == "transport"


def test_silence_and_cut_connections_are_tried_again(no_waiting: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a run lost to one time-out, or one that never ends because each is forgiven."""
    monkeypatch.setattr(client, "_TIMEOUT", httpx.Timeout(0.05))
    for answer, pause in ((b"", 0.0), (b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n12", 0.0), (b"HTTP/1.1 200 OK\r\n", 0.5)):
        no_waiting.clear()
        with raw(answer, pause=pause) as port, pytest.raises(ConnectError, match=f"in {retries.ATTEMPTS} attempts"):
            ask_raw(f"http://127.0.0.1:{port}")
        assert len(no_waiting) == retries.ATTEMPTS - 1


def test_each_request_wait_and_retry_is_one_line_without_data(no_waiting: list[float]) -> None:
    """Would catch: a run that waits in silence, or a line that names a person, a token or a query."""
    served: list[Any] = [
        (503, {}, {}),
        (200, {}, b"{"),
        {"rows": ROWS[:1], "next": "/jane%40doe.example/x?q=jane"},
        (429, {"retry-after": "30"}, {}),
        {"rows": []},
    ]
    with vendor(lambda request: served[len(running.requests) - 1]) as running:
        read(running, PLAIN + "\n  paging: {type: next_url, next: next}")
    assert [line.split()[:4] for line in running.lines] == [
        ["GET", "/rows", "503", "2"],
        ["RETRY", "GET", "/rows", "503,"],
        ["GET", "/rows", "200", "1"],
        ["RETRY", "GET", "/rows", "a"],
        ["GET", "/rows", "200", "91"],
        ["GET", "/{…}/x", "429", "2"],
        ["RETRY", "GET", "/{…}/x", "429,"],
        ["WAIT", "30.0", "s:", "as"],
        ["GET", "/{…}/x", "200", "12"],
    ]
    assert "jane" not in "".join(running.lines)
    assert len(no_waiting) == 3
