"""Catches requests that leave for an address which is no source, and sources that hold a run up or let their credentials be read."""

# ruff: noqa: ARG005 - an answer need not look at its request

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import httpx
import pytest
from rapport.connect import ConnectError, pages
from rapport.connect.egress import Egress

from tests.unit.connect_server import Vendor, declared, vendor
from tests.unit.test_connect_rest import PLAIN, ROWS, ids, no_waiting, read

__all__ = ["no_waiting"]  # the fixture holds here too


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


PUBLIC, OWN, LOCAL, NEVER = "public", "private", "loopback", "never"
ADDRESSES = [
    ("93.184.215.14", PUBLIC), ("2606:2800:21f:cb07::1", PUBLIC), ("::ffff:93.184.215.14", PUBLIC),
    ("10.0.0.1", OWN), ("172.16.9.9", OWN), ("192.168.1.1", OWN), ("100.64.0.1", OWN), ("198.18.0.1", OWN), ("fd12::1", OWN),
    ("::ffff:10.0.0.1", OWN), ("64:ff9b::10.0.0.1", OWN), ("2002:a00:1::", OWN),
    ("127.0.0.1", LOCAL), ("127.9.9.9", LOCAL), ("::1", LOCAL), ("::ffff:127.0.0.1", LOCAL), ("64:ff9b::7f00:1", LOCAL),
    ("169.254.169.254", NEVER), ("169.254.0.1", NEVER), ("fe80::1", NEVER), ("::ffff:169.254.169.254", NEVER),
    ("64:ff9b::a9fe:a9fe", NEVER), ("2002:a9fe:a9fe::", NEVER), ("100.100.100.200", NEVER), ("fd00:ec2::254", NEVER),
    ("0.0.0.0", NEVER), ("::", NEVER),  # noqa: S104 - nothing is bound
    ("224.0.0.1", NEVER), ("ff02::1", NEVER), ("255.255.255.255", NEVER), ("240.0.0.1", NEVER), ("::127.0.0.1", NEVER),
]  # fmt: skip


@pytest.mark.parametrize(("is_private", "is_sandbox"), [(False, False), (True, False), (False, True)])
def test_every_kind_of_address_is_judged(is_private: bool, is_sandbox: bool) -> None:
    """Would catch: a private, local or metadata address taken for a source in any of the forms in which it can be written."""
    judge = Egress("https://crm.example", (), is_private=is_private, is_sandbox=is_sandbox, where="t")
    allowed = {PUBLIC} | ({OWN, LOCAL} if is_private else set()) | ({LOCAL} if is_sandbox else set())
    verdicts = {text: judge.fault(ipaddress.ip_address(text), is_plain=False) is None for text, _ in ADDRESSES}
    assert verdicts == {text: kind in allowed for text, kind in ADDRESSES}
    plain = {text for text, _ in ADDRESSES if judge.fault(ipaddress.ip_address(text), is_plain=True) is None}
    assert plain == {text for text, kind in ADDRESSES if kind in allowed - {PUBLIC}}, "what is not encrypted does not leave the company"


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest", "https://evil.example/", "//evil.example/x", "file:///etc/passwd", "ftp://crm.example/",
        "http://crm.example/", "https://crm.example:444/", "https://crm.example@evil.example/", "https://evil.example\\@crm.example/",
        "https://crm.example.evil.example/", "\\\\evil.example\\x", "https:evil.example", "https://[::1]/", "https://crm.example:99999/",
        "gopher://crm.example/", "javascript:alert(1)", "https://ⓒrm.example/",
    ],
)  # fmt: skip
def test_no_address_that_an_answer_names_leads_elsewhere(address: str) -> None:
    """Would catch: an address that one parser takes for the connection's host and the next for another."""
    judge = Egress("https://crm.example/base", (), is_private=False, is_sandbox=False, where="t")
    try:
        found = judge.address(address)
    except ConnectError as error:
        assert error.code == "egress"
    else:
        assert (httpx.URL(found).scheme, httpx.URL(found).host, httpx.URL(found).port) == ("https", "crm.example", None)


def test_paths_and_addresses_of_the_own_and_of_declared_hosts_are_followed() -> None:
    """Would catch (control): rules so strict that no next page is ever followed."""
    judge = Egress("https://crm.example/base", ["files.example:8443"], is_private=False, is_sandbox=False, where="t")
    for said, wanted in {
        "/rows?a=1": "https://crm.example/base/rows?a=1",
        "/base/rows": "https://crm.example/base/rows",
        "https://CRM.example:443/base/x": "https://CRM.example:443/base/x",
        "https://files.example:8443/y": "https://files.example:8443/y",
        "?p=2": "https://crm.example/base/rows?p=2",
    }.items():
        assert judge.address(said, "https://crm.example/base/rows") == wanted


def reach(running: Vendor, host: str = "", declared_as: str = "", **extra: Any) -> list[int]:
    source = declared(PLAIN, f"{{protocol: rest, id: tiny, auth: {{type: bearer}}{declared_as}}}")
    port = running.host.rsplit(":", 1)[1]
    connection = {**running.connection, "host": f"http://{host}:{port}" if host else running.host, "extra": extra}
    return ids(list(pages(source, source.streams["s"], connection, None, log=running.lines.append)))


def test_a_private_system_is_reached_only_where_it_is_declared_so() -> None:
    """Would catch: any declaration reads from this machine and the company's network, or none can."""
    with vendor(lambda request: {"rows": ROWS}) as running:
        for host in ("", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"):
            with pytest.raises(ConnectError) as caught:
                reach(running, host)
            assert caught.value.code == "egress"
        assert running.requests == []
        assert reach(running, network="private") == reach(running, sandbox=True) == reach(running, declared_as=", network: private")
        assert len(running.requests) == 3


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "https://127.0.0.1/",
        "//evil.example/",
    ],
)
def test_a_redirect_elsewhere_is_refused_at_any_point_of_a_run(location: str) -> None:
    """Would catch: a source that sends its reader to a file, this machine or to the cloud's metadata; within the host it may."""
    for status in (301, 302, 303, 307, 308):
        with vendor(lambda request, status=status: (status, {"location": location}, {})) as running:
            with pytest.raises(ConnectError, match="another host") as caught:
                read(running, PLAIN)
            assert caught.value.code == "egress"
            assert len(running.requests) == 1
    with vendor(lambda request: (307, {"location": "/moved"}, {}) if request.path == "/rows" else {"rows": ROWS}) as running:
        assert len(ids(read(running, PLAIN))) == 5
    with vendor(lambda request: (302, {"location": "/rows"}, {})) as running, pytest.raises(ConnectError, match="answered 302"):
        read(running, PLAIN)


def answering(monkeypatch: pytest.MonkeyPatch, answers: list[str]) -> list[str]:
    """Resolve `crm.example` to each of the addresses in turn; return the names asked for."""
    real, asked = socket.getaddrinfo, list[str]()

    def resolve(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        if host in {"crm.example", b"crm.example"}:
            asked.append("crm.example")
            host = answers[(len(asked) - 1) % len(answers)]
        return real(host, port, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_name_that_changes_its_address_after_the_check_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: DNS rebinding, where the check sees one address and the connection is made to another."""
    asked = answering(monkeypatch, ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - leads to this machine, and is never allowed
    with vendor(lambda request: {"rows": ROWS[:2], "next": "/rows?p=2"}) as running:
        port = running.host.rsplit(":", 1)[1]
        source = declared(
            PLAIN + "\n  paging: {type: next_url, next: next}", "{protocol: rest, id: tiny, auth: {type: none}, network: private}"
        )
        connection = {"host": f"http://crm.example:{port}", "extra": {}}
        found = pages(source, source.streams["s"], connection, None, log=running.lines.append)
        assert ids([next(found)]) == [1, 2]
        with pytest.raises(ConnectError, match="never a source"):  # the second connection is resolved, and judged, again
            list(found)
        assert len(running.requests) == 1
        assert len(asked) == 2, "once a connection: what was judged is what is connected to"
        control = httpx.get(f"http://crm.example:{port}/rows"), httpx.get(f"http://crm.example:{port}/rows")
        assert [answer.status_code for answer in control] == [200, 200], "without the rules, both addresses answer"


def test_a_proxy_of_the_environment_is_used_for_the_internet_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: systems of the own network asked through a proxy outside, or a company behind a proxy that reaches nothing."""
    with vendor(lambda request: (502, {}, {})) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.host)
        monkeypatch.setenv("HTTP_PROXY", proxy.host)
        with vendor(lambda request: {"rows": ROWS}) as running:
            assert ids(read(running, PLAIN)) == [1, 2, 3, 4, 5]
            source = declared(PLAIN)
            with pytest.raises(ConnectError, match="ProxyError"):
                list(pages(source, source.streams["s"], {"host": "https://crm.example"}, None, log=running.lines.append))
            for host in ("https://169.254.169.254", "https://[::ffff:10.0.0.1]", "https://127.0.0.1"):
                with pytest.raises(ConnectError) as caught:
                    list(pages(source, source.streams["s"], {"host": host}, None, log=running.lines.append))
                assert caught.value.code == "egress", "what stands behind the proxy's back is not asked for through it"
