"""One HTTP client for every protocol: it talks to the connection's host only, politely, and logs nothing personal."""

from __future__ import annotations

import ipaddress
import json
import logging
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import httpx

from rapport.connect.auth import Auth
from rapport.connect.errors import ConnectError
from rapport.connect.limiter import RateLimiter
from rapport.declarations import Source, Stream

Log = Callable[[str], None]
logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses, queries and ids of people included

ATTEMPTS = 6
LONGEST_WAIT = 120.0  # seconds; a vendor that says "come back in a year" is asked again after this
BODY_LIMIT = 256 * 1024 * 1024  # bytes after decompression
REDIRECTS = 3
_TRANSIENT = frozenset({408, 429, 500, 502, 503, 504})


class Client:
    """HTTP to one connection.

    Args:
        source: the source, for auth and rate limit.
        stream: the stream, for its own rate limit and for errors.
        connection: `host`, `login`, `password`, `extra`.
        log: takes one line a request: method, path without query, status, milliseconds.
        sleep: waits for seconds.
    """

    def __init__(
        self, source: Source, stream: Stream, connection: Mapping[str, Any] | None, log: Log, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.where = f"{source.name}.{stream.name}"
        if not connection or not connection.get("host"):
            raise ConnectError(
                "config", f"{self.where}: no connection {source.connection.id!r}: set RAPPORT_CONN_{str(source.connection.id).upper()}"
            )
        self._base = str(connection["host"]).rstrip("/")
        self._origin = _origin(self._base)
        is_loopback = _is_loopback(urlsplit(self._base).hostname or "")
        if self._origin[0] != "https" and not (self._origin[0] == "http" and is_loopback):
            raise ConnectError("egress", f"{self.where}: the connection's host must be https (http only for this machine itself)")
        extra = connection.get("extra") or {}
        limit = stream.options.get("rate_limit_per_minute", source.connection.rate_limit_per_minute)
        if "rate_limit_per_minute" in extra or extra.get("sandbox"):  # a simulated company has no quota to respect
            limit = extra.get("rate_limit_per_minute")
        self._named = {f"{{connection.{name}}}": quote(str(value), safe="") for name, value in extra.items()}
        self._limiter = RateLimiter(limit, sleep=sleep)
        self._hidden: dict[str, str] = {}
        self._log = log
        self._sleep = sleep
        self._auth = Auth(source.connection.auth, connection, self.where, self._fetch_token)
        timeout = httpx.Timeout(60.0, connect=10.0)
        self._http = httpx.Client(
            timeout=timeout,
            follow_redirects=False,
            trust_env=not is_loopback,
            headers={"User-Agent": "rapport", "Accept": "application/json"},
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def hide(self, named: Mapping[str, str]) -> None:
        """Show these values in log lines and errors by their names: an address may hold the id of a person."""
        self._hidden = {quote(value, safe=""): f"{{{name}}}" for name, value in named.items()}

    def url(self, path: str) -> str:
        """Return the address of a path on the connection's host, or of a full address that leads to the same host.

        Raises:
            ConnectError: the address leads to another host.
        """
        for name, value in self._named.items():
            path = path.replace(name, value)
        is_path = path.startswith("/") and not path.startswith("//")
        address = self._base + path if is_path else urljoin(self._base + "/", path)
        if _origin(address) != self._origin:
            raise ConnectError("egress", f"{self.where}: refused to follow an address to another host than the connection's")
        return address

    def relative(self, address: str) -> str:
        """Return an address without the connection's host: what may be remembered between runs."""
        return self.url(address).removeprefix(self._base)

    def pause(self, seconds: float) -> None:
        """Wait, e.g. before asking again whether a job is done."""
        self._sleep(seconds)

    def json(self, method: str, path: str, *, params: Any = None, body: Any = None, headers: Any = None, end_status: Any = ()) -> Any:
        """Ask and return the JSON answer; None if the vendor answers with a status of `end_status`.

        Raises:
            ConnectError: refused, failed after all attempts, or not JSON.
        """
        for attempt in range(1, ATTEMPTS + 1):
            status, content = self.fetch(method, path, params=params, body=body, headers=headers, end_status=end_status)
            if status in end_status:
                return None
            try:
                return parse_json(content)
            except RecursionError:
                raise ConnectError("body", f"{self.where}: the answer is nested too deeply to be read") from None
            except ValueError:
                if attempt == ATTEMPTS:
                    raise ConnectError(
                        "body", f"{self.where}: {self._shown(path)} did not answer with whole JSON in {ATTEMPTS} attempts"
                    ) from None
                self._back_off(attempt, None)
        raise AssertionError("unreachable")

    def fetch(
        self, method: str, path: str, *, params: Any = None, body: Any = None, headers: Any = None, end_status: Any = ()
    ) -> tuple[int, bytes]:
        """Ask and return status and body, after retries, redirects within the host and at most one renewed token."""
        address, redirects, renewed = self.url(path), 0, False
        attempt = 0
        while True:
            attempt += 1
            try:
                status, answer, content = self._once(method, address, params, body, headers)
            except httpx.TransportError as error:
                if attempt >= ATTEMPTS:
                    raise ConnectError(
                        "transport", f"{self.where}: {self._shown(address)}: {type(error).__name__} in {ATTEMPTS} attempts"
                    ) from None
                self._log(f"{method} {self._shown(address)} {type(error).__name__}, attempt {attempt}")
                self._back_off(attempt, None)
                continue
            if status < 300 or status in end_status:
                return status, content
            if status in {301, 302, 303, 307, 308} and answer.get("location") and redirects < REDIRECTS:
                address, redirects, params = self.url(urljoin(address, answer["location"])), redirects + 1, None
            elif status == 401 and self._auth.is_renewable and not renewed:
                self._auth.renew()
                renewed = True
            elif status in _TRANSIENT and attempt < ATTEMPTS:
                self._back_off(attempt, answer.get("retry-after"))
            else:
                raise self._refused(status, address)

    def _once(self, method: str, address: str, params: Any, body: Any, headers: Any) -> tuple[int, httpx.Headers, bytes]:
        form = self._auth.form()
        sent = {**self._auth.headers(), **(headers or {})}
        self._limiter.wait()
        began = time.monotonic()
        with self._http.stream(
            "POST" if form else method, address, params=params or None, json=body, data=form or None, headers=sent
        ) as answer:
            content = bytearray()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > BODY_LIMIT:
                    raise ConnectError(
                        "body",
                        f"{self.where}: {self._shown(address)} answered with more than {BODY_LIMIT >> 20} MiB: ask for smaller pages",
                    )
            self._log(
                f"{method} {self._shown(address)} {answer.status_code} {len(content)} bytes {(time.monotonic() - began) * 1000:.0f} ms"
            )
            return answer.status_code, answer.headers, bytes(content)

    def _fetch_token(self, path: str, form: dict[str, str]) -> Mapping[str, Any]:
        address = self.url(path)
        try:
            answer = self._http.post(address, data=form)
        except httpx.TransportError as error:
            raise ConnectError("transport", f"{self.where}: {self._shown(address)}: {type(error).__name__}") from None
        self._log(f"POST {self._shown(address)} {answer.status_code}")
        if answer.status_code != 200:
            raise self._refused(answer.status_code, address)
        with suppress(ValueError):
            if isinstance(granted := answer.json(), dict):
                return granted
        raise ConnectError("auth", f"{self.where}: the token address did not answer with JSON")

    def _shown(self, address: str) -> str:
        return "/".join(self._hidden.get(part, part) for part in urlsplit(address).path.split("/"))

    def _refused(self, status: int, address: str) -> ConnectError:
        if status in {401, 403}:
            return ConnectError(
                "auth", f"{self.where}: {self._shown(address)} answered {status}: check login, password and scopes of the connection"
            )
        return ConnectError(
            "status", f"{self.where}: {self._shown(address)} answered {status} after retries: see the vendor's page for this status"
        )

    def _back_off(self, attempt: int, retry_after: str | None) -> None:
        wait = _seconds(retry_after) if retry_after else None
        if wait is None:
            wait = min(2.0 ** (attempt - 1), 30.0) * (0.5 + random.random() / 2)  # noqa: S311 - spreads retries, no secret
        self._sleep(min(max(wait, 0.0), LONGEST_WAIT))


def parse_json(content: bytes) -> Any:
    """Parse a JSON body; an integer of thousands of digits becomes infinity, which no declared type takes.

    Raises:
        ValueError: not JSON.
    """
    try:
        return json.loads(content)
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python refuses to read integers of more than 4,300 digits; one such value must not stop a page
        return json.loads(content, parse_int=lambda digits: int(digits) if len(digits) < 4000 else float("inf"))


def _seconds(retry_after: str) -> float | None:
    if retry_after.strip().isdigit():
        return float(retry_after)
    with suppress(ValueError, TypeError):
        return (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
    return None


def _origin(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, (parts.hostname or "").casefold(), port or {"https": 443, "http": 80}.get(parts.scheme)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
