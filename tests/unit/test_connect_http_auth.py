"""Catches credentials that are sent otherwise than declared, to another host, or stay in a log, an error or a remembered address."""

# ruff: noqa: ARG005 - an answer need not look at its request

from __future__ import annotations

from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from rapport.connect import ConnectError, pages
from rapport.connect.limiter import RateLimiter

from tests.unit.connect_server import Request, declared, vendor
from tests.unit.test_connect_rest import FIELDS, PLAIN, ROWS, ids, no_waiting, read

__all__ = ["no_waiting"]  # the fixture holds here too

AUTH = "{{protocol: rest, id: tiny, hosts: [{hosts}], auth: {auth}}}"


def said(auth: str, hosts: str = "") -> str:
    return AUTH.format(auth=auth, hosts=hosts)


def test_a_key_in_the_query_is_in_every_request_and_nowhere_else() -> None:
    """Would catch: a key lost on the second page, doubled by an address that repeats it, logged, or kept in the state between runs."""

    def answer(request: Request) -> Any:
        first = int(request.params.get("from", 0))
        address = f"/rows?api_key={request.params['api_key']}&from={first + 2}"
        return {"rows": ROWS[first : first + 2], "next": address, "end": first >= 4}

    stream = PLAIN + "\n  paging: {type: cursor_url, next: next, stop: end}\n  cursor: {field: at}"
    with vendor(answer) as running:
        found = read(running, stream, said=said("{type: query, name: api_key}"))
        assert ids(found) == [1, 2, 3, 4, 5]
        assert [request.params["api_key"] for request in running.requests] == ["s3cret"] * 3
        assert found[-1].cursor is not None
        assert found[-1].cursor["next"] == "/rows?from=6"
        assert not any("s3cret" in line for line in running.lines)
    with vendor(lambda request: (400, {}, {})) as running, pytest.raises(ConnectError) as caught:
        read(running, stream, said=said("{type: query, name: api_key}"))
    assert "s3cret" not in f"{caught.value} {caught.value.__cause__} {caught.value.__context__}"


def test_a_header_carries_its_prefix_and_no_auth_carries_nothing() -> None:
    """Would catch: `Authorization: <token>` where the vendor wants `Authorization: token <token>`."""
    with vendor(lambda request: {"rows": ROWS}) as running:
        read(running, PLAIN, said=said("{type: header, name: Authorization, prefix: 'token '}"))
        read(running, PLAIN, said=said("{type: none}"))
    assert [request.headers.get("authorization") for request in running.requests] == ["token s3cret", None]


@pytest.mark.parametrize("password", ["", "s3cret\n"])
def test_a_secret_that_fits_in_no_header_is_named_at_once(password: str) -> None:
    """Would catch: six attempts and a broken connection blamed, where the token is missing or was pasted with its line break."""
    source = declared(PLAIN, said("{type: header, name: Authorization, prefix: 'token '}"))
    with vendor(lambda request: {"rows": ROWS}) as running, pytest.raises(ConnectError, match="password is empty or holds a line break"):
        list(pages(source, source.streams["s"], {**running.connection, "password": password}, None, log=running.lines.append))
    assert not any("RETRY" in line for line in running.lines)


def test_a_refresh_token_that_is_new_with_every_use_serves_all_streams() -> None:
    """Would catch: a run that ends when the first access token does, or a second stream refused because it comes with the old token."""
    valid = {"refresh": "s3cret", "access": ""}
    uses = {"n": 0}

    def answer(request: Request) -> Any:
        if request.path == "/token":
            if request.form["refresh_token"] != valid["refresh"]:
                return 400, {}, {"error": "invalid_grant"}
            assert request.form["grant_type"] == "refresh_token"
            assert request.form["scope"] == "read all"
            uses["n"] += 1
            valid.update(refresh=f"r{uses['n']}", access=f"a{uses['n']}")
            return {"access_token": valid["access"], "refresh_token": valid["refresh"]}
        first = int(request.params.get("from", 0))
        if first == 2 and valid["access"] == "a1":
            valid["access"] = "expired"
        if request.headers["authorization"] != f"Bearer {valid['access']}":
            return 401, {}, {}
        return {"rows": ROWS[first : first + 2]}

    stream = PLAIN + "\n  paging: {type: offset, param: from, size: 2}"
    connection = said("{type: oauth2_refresh, token_path: /token, scope: read all}")
    with vendor(answer) as running:
        assert ids(read(running, stream, said=connection)) == [1, 2, 3, 4, 5]
        assert ids(read(running, stream, said=connection)) == [1, 2, 3, 4, 5]
        assert uses["n"] == 2, "the second stream goes on with the tokens of the first"
        assert not any(word in line for line in running.lines for word in ("s3cret", "a1", "r1"))
    with (
        vendor(lambda request: (400, {}, {"error": "invalid_grant"})) as running,
        pytest.raises(ConnectError, match="check login") as caught,
    ):
        read(running, stream, said=connection)
    assert caught.value.code == "auth"


def test_credentials_go_to_declared_hosts_and_not_along_with_a_redirect() -> None:
    """Would catch: a token handed to whichever host a redirect names, or a next page on a declared host refused."""
    with vendor(lambda request: {"rows": ROWS[2:]}) as other:

        def answer(request: Request) -> Any:
            if request.path == "/file":
                return 302, {"location": f"{other.host}/elsewhere"}, {}
            return {"rows": ROWS[:2], "next": f"{other.host}/rows"}

        second = other.host.removeprefix("http://")
        with vendor(answer) as running:
            connection = said("{type: bearer}", hosts=second)
            assert ids(read(running, PLAIN + "\n  paging: {type: next_url, next: next}", said=connection)) == [1, 2, 3, 4, 5]
            assert ids(read(running, PLAIN.replace("/rows", "/file"), said=connection)) == [3, 4, 5]
            with pytest.raises(ConnectError, match="another host"):
                read(running, PLAIN.replace("/rows", "/file"), said=said("{type: bearer}"))
        assert [(request.path, request.headers.get("authorization")) for request in other.requests] == [
            ("/rows", "Bearer s3cret"),
            ("/elsewhere", None),
        ]


def test_tokens_may_be_had_from_a_declared_host_of_their_own() -> None:
    """Would catch: a vendor whose token address stands elsewhere, or one whose declaration leads a password to any host."""
    with vendor(lambda request: {"access_token": "t"}) as grants:
        where = grants.host.replace("http://", "https://")
        auth = f"{{type: oauth2_client_credentials, token_path: '{where}/token'}}"
        with vendor(lambda request: {"rows": ROWS}) as running:
            with pytest.raises(ConnectError, match="another host"):
                read(running, PLAIN, said=said(auth))
            with pytest.raises(ConnectError) as caught:  # that host speaks no TLS, and the password does not go there without
                read(running, PLAIN, said=said(auth, hosts=grants.host.removeprefix("http://")))
        assert caught.value.code == "transport"
        assert grants.requests == running.requests == []


def test_two_streams_of_one_connection_share_its_limit_and_a_stream_keeps_its_own() -> None:
    """Would catch: a limit of the account kept by each stream apart, so that several of them break it."""
    streams = f"s:\n  request: {{path: /rows}}\n  records: rows\n{FIELDS}\nt:\n  rate_limit_per_minute: 2\n"
    streams += f"  request: {{path: /rows}}\n  records: rows\n{FIELDS}"
    source = declared(streams, "{protocol: rest, id: tiny, auth: {type: none}, rate_limit_per_minute: 5}")
    with vendor(lambda request: {"rows": ROWS}) as running:
        for name in "sstttsss":
            list(pages(source, source.streams[name], running.connection, None, log=running.lines.append))
    waits = [line for line in running.lines if line.startswith("WAIT")]
    assert len(running.requests) == 8
    assert len(waits) == 4, "the third of t (two a minute), and the sixth to eighth of all (five a minute)"


def test_the_client_proves_itself_in_a_header_where_the_vendor_wants_that() -> None:
    """Would catch: a token address that takes the secret in the header alone, refused; or a secret with a colon read as two."""
    seen: list[tuple[str | None, dict[str, str]]] = []

    def answer(request: Request) -> Any:
        if request.path == "/token":
            seen.append((request.headers.get("authorization"), request.form))
            return {"access_token": "t"}
        return {"rows": ROWS}

    with vendor(answer) as running:
        extra = {"client_id": "me", "client_secret": "a:b c"}
        read(running, PLAIN, said=said("{type: oauth2_client_credentials, token_path: /token, client: header}"), extra=extra)
    assert seen == [("Basic " + b64encode(b"me:a%3Ab+c").decode(), {"grant_type": "client_credentials"})]
    assert running.requests[-1].headers["authorization"] == "Bearer t"


def test_a_token_that_a_vendor_wants_inside_the_path_is_not_logged() -> None:
    """Would catch: the secret of a bot in every line of the log, because it is part of the address."""
    stream = PLAIN.replace("path: /rows", "path: '/bot{connection.token}/rows'")
    with vendor(lambda request: {"rows": ROWS} if len(running.requests) > 1 else (503, {}, {})) as running:
        assert len(ids(read(running, stream, said=said("{type: none}"), extra={"token": "123:s3cr3t-s3cr3t"}))) == 5
    assert running.requests[0].path == "/bot123%3As3cr3t-s3cr3t/rows"
    assert [line.split()[:3] for line in running.lines] == [
        ["GET", "/bot{connection.token}/rows", "503"],
        ["RETRY", "GET", "/bot{connection.token}/rows"],
        ["GET", "/bot{connection.token}/rows", "200"],
    ]


@pytest.mark.parametrize("limit", [0, -1, "60", 1.5, True])
def test_a_limit_that_is_none_is_an_error(limit: Any) -> None:
    """Would catch: a run that stops with an error of Python, or one without a limit, because of a word in the connection."""
    with vendor(lambda request: {"rows": ROWS}) as running, pytest.raises(ConnectError, match="whole number"):
        read(running, PLAIN, extra={"rate_limit_per_minute": limit})


@pytest.mark.parametrize(
    ("auth", "header", "wanted"),
    [
        ("{type: basic}", "authorization", "Basic " + b64encode(b"me@corp.example/token:s3cret").decode()),
        ("{type: bearer}", "authorization", "Bearer s3cret"),
        ("{type: header, name: X-API-TOKEN}", "x-api-token", "s3cret"),
    ],
)
def test_credentials_travel_as_declared_and_in_no_log_line(auth: str, header: str, wanted: str) -> None:
    """Would catch: a login refused because it is written otherwise than the vendor wants, or a secret in the log."""
    with vendor(lambda request: {"rows": ROWS}) as running:
        read(
            running, PLAIN + "\n  cursor: {field: at, param: who, start: '2024-01-01'}", said=f"{{protocol: rest, id: tiny, auth: {auth}}}"
        )
    assert running.requests[0].headers[header] == wanted
    assert running.lines
    assert not any("s3cret" in line or "2024" in line or "?" in line for line in running.lines)


def test_form_credentials_travel_in_the_body() -> None:
    """Would catch: a token in the address, where every log of the vendor keeps it."""
    with vendor(lambda request: {"rows": ROWS}) as running:
        read(running, PLAIN, said="{protocol: rest, id: tiny, auth: {type: form, name: token_auth}}")
    assert (running.requests[0].method, running.requests[0].form, running.requests[0].params) == ("POST", {"token_auth": "s3cret"}, {})


@pytest.mark.parametrize("grant", ["oauth2_password", "oauth2_client_credentials"])
def test_an_expired_token_is_renewed_once(grant: str) -> None:
    """Would catch: a run that ends when its token does, or one that asks for tokens without end."""

    def answer(request: Request) -> Any:
        if request.path == "/token":
            return {"access_token": f"t{len(running.requests)}"}
        return {"rows": ROWS} if request.headers["authorization"] == "Bearer t3" else (401, {}, {})

    with vendor(answer) as running:
        said = f"{{protocol: rest, id: tiny, auth: {{type: {grant}, token_path: /token}}}}"
        assert len(ids(read(running, PLAIN, said=said, extra={"client_id": "c", "client_secret": "d"}))) == 5
    assert running.requests[0].form["client_id"] == "c"
    with vendor(lambda request: {"access_token": "t"} if request.path == "/token" else (401, {}, {})) as running:
        with pytest.raises(ConnectError, match="check login"):
            read(running, PLAIN, said=said)
        assert len(running.requests) == 4


def test_streams_that_are_read_at_once_share_the_limit_and_a_wait_that_one_was_told_to_make() -> None:
    """Would catch: more requests a minute than allowed because each thread counts its own, or threads that go on after a 429."""
    now = 0.0
    limiter = RateLimiter(10, clock=lambda: now)
    with ThreadPoolExecutor(8) as threads:
        waits = sorted(future.result() for future in [threads.submit(limiter.reserve) for _ in range(25)])
    assert waits == [0.0] * 10 + [60.0] * 10 + [120.0] * 5
    free = RateLimiter(None, clock=lambda: now)
    assert [free.reserve() for _ in range(1000)] == [0.0] * 1000
    free.hold(30)
    now = 10.0
    assert [free.reserve(), free.reserve()] == [20.0, 20.0]
