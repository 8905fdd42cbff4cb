"""One HTTP client for every protocol: it talks to declared hosts only, politely, and logs nothing personal."""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Self

import httpx

from rapport.connect import bodies, retries
from rapport.connect.auth import Auth
from rapport.connect.bodies import Inflater, TooLargeError, parse_json
from rapport.connect.egress import Deadline, Egress, is_private
from rapport.connect.errors import ConnectError
from rapport.connect.masking import Mask
from rapport.connect.shared import granted_to, limiters_of
from rapport.connect.templates import filled_path
from rapport.declarations import Source, Stream

__all__ = ["Answer", "Client", "Log"]

Log = Callable[[str], None]
logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses, queries and ids of people included

REQUEST_SECONDS = 300.0  # from the first byte sent to the last one received
REDIRECTS = 3
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)


@dataclass(frozen=True)
class Answer:
    """What a source said: the address that answered, its headers, and the body as it was read."""

    address: str
    headers: httpx.Headers
    body: Any


@dataclass(frozen=True)
class _Request:
    method: str
    address: str
    params: Mapping[str, Any] | None = None
    body: Any = None
    headers: Mapping[str, str] | None = None
    end_status: frozenset[int] = frozenset()
    form: Mapping[str, str] | None = None
    is_trusted: bool = True  # whether credentials go with it
    note: str = ""


class Client:
    """HTTP to one connection.

    Args:
        source: the source, for auth, hosts and rate limit.
        stream: the stream, for its own rate limit and for errors.
        connection: `host`, `login`, `password`, `extra`.
        log: takes one line a request, retry or wait: method, path without query, status, milliseconds.
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
        extra = connection.get("extra") or {}
        options = source.connection.options
        self.is_sandbox = bool(extra.get("sandbox"))
        self.names: dict[str, Any] = {f"connection.{name}": value for name, value in extra.items()}
        self._egress = Egress(
            str(connection["host"]),
            options.get("hosts", ()),
            is_private=is_private(options, extra),
            is_sandbox=self.is_sandbox,
            where=self.where,
        )
        self._limiters = limiters_of(source, stream, connection)
        self._mask = Mask(extra)
        self.log = log
        self._sleep = sleep
        self._auth = Auth(source.connection.auth, connection, self.where, self._fetch_token, granted_to(source, connection))
        self._deadline = Deadline()
        headers = {"User-Agent": "rapport", "Accept-Encoding": "gzip"}
        headers["Accept"] = (
            "application/json" if stream.options.get("body", "json") == "json" and "archive" not in stream.options else "*/*"
        )
        self._http = httpx.Client(timeout=_TIMEOUT, transport=self._egress.transport(self._deadline), headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def hide(self, named: Mapping[str, str]) -> None:
        """Show these values in log lines and errors by their names: an address may hold the id of a person."""
        self._mask.hide(named)

    def address(self, path: str, current: str | None = None) -> str:
        """Return the address of a path on the connection's host, or of one that an answer of `current` named.

        Raises:
            ConnectError: the address leads to another host, or the connection lacks a name of the path.
        """
        if "{connection." in path:
            raise ConnectError("config", f"{self.where}: the path holds a name that the connection's `extra` does not")
        return self._egress.address(path, current)

    def relative(self, address: str, current: str | None = None) -> str:
        """Return an address without the connection's host and without the secret: what may be remembered between runs."""
        path, _, query = self.address(address, current).removeprefix(self._egress.base).partition("?")
        secret = self._auth.query()
        kept = [part for part in query.split("&") if part and part.partition("=")[0] not in secret]
        return f"{path}?{'&'.join(kept)}" if kept else path

    def pause(self, seconds: float) -> None:
        """Wait, e.g. before asking again whether a job is done."""
        self._sleep(seconds)

    def json(self, method: str, path: str, *, params: Any = None, body: Any = None, headers: Any = None) -> Any:
        """Ask and return the JSON answer.

        Raises:
            ConnectError: refused, failed after all attempts, or not JSON.
        """
        answer = self.ask(method, path, params=params, body=body, headers=headers)
        return answer.body if answer else None

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Any = None,
        body: Any = None,
        headers: Any = None,
        end_status: Collection[int] = (),
        read: Callable[[bytes], Any] | None = None,
        note: str = "",
    ) -> Answer | None:
        """Ask until a whole answer has come.

        Args:
            method: GET or POST.
            path: path on the connection's host, or an address on it or on a declared host.
            params: query.
            body: JSON to send.
            headers: further headers.
            end_status: statuses that are an answer too: there is nothing more.
            read: makes a value of the content and raises `ValueError` for one that is not whole; default: JSON.
            note: shown behind the path in log lines.

        Returns:
            The answer, or None for a status of `end_status` and for 204, no content.

        Raises:
            ConnectError: refused, failed after all attempts, too large, or never whole.
        """
        request = _Request(method, self.address(path), params, body, headers, frozenset(end_status), note=note)
        for attempt in range(1, retries.ATTEMPTS + 1):
            status, address, answered, content = self._fetch(request)
            if status in request.end_status or status == 204:
                return None
            try:
                return Answer(address, answered, (read or parse_json)(content))
            except RecursionError:
                raise ConnectError("body", f"{self.where}: the answer is nested too deeply to be read") from None
            except ValueError:
                if attempt < retries.ATTEMPTS:
                    self._retry(request, "a broken body", attempt)
        place = f"{self.where}: {self._shown(request)}"
        raise ConnectError("body", f"{place} did not answer with a whole body in {retries.ATTEMPTS} attempts")

    def _fetch(self, request: _Request) -> tuple[int, str, httpx.Headers, bytes]:
        """Ask and return status, address, headers and content, after retries, redirects and at most one renewed token."""
        attempt, redirects, renewed = 0, 0, False
        while True:
            attempt += 1
            try:
                status, answered, content = self._once(request)
            except httpx.TransportError as error:
                self._give_up_on(error, request, attempt)
                self._retry(request, type(error).__name__, attempt)
                continue
            if status < 300 or status in request.end_status:
                return status, request.address, answered, content
            if status in {301, 302, 303, 307, 308} and answered.get("location") and redirects < REDIRECTS:
                following = self._egress.address(str(answered["location"]), request.address)
                request = replace(request, address=following, params=None, is_trusted=request.is_trusted and self._egress.is_own(following))
                if status == 303 or (request.method == "POST" and status in {301, 302}):
                    request = replace(request, method="GET", body=None)
                redirects, attempt = redirects + 1, attempt - 1
            elif status == 401 and self._auth.is_renewable and request.is_trusted and not renewed:
                self._auth.renew()
                renewed, attempt = True, attempt - 1
            elif status in retries.TRANSIENT and attempt < retries.ATTEMPTS:
                self._retry(request, str(status), attempt, answered)
            else:
                raise self._refused(status, request)

    def _once(self, request: _Request) -> tuple[int, httpx.Headers, bytes]:
        """Ask once; credentials go where the declaration points, and not where a redirect leads away from the own host."""
        trusted = request.is_trusted
        form = {**(request.form or {}), **(self._auth.form() if trusted else {})}
        headers = {**(self._auth.headers() if trusted else {}), **(request.headers or {})}
        query = {**(request.params or {}), **(self._auth.query() if trusted else {})}
        full = f"{request.address}{'&' if '?' in request.address else '?'}{httpx.QueryParams(query)}" if query else request.address
        if (wait := max(limiter.reserve() for limiter in self._limiters)) > 0:
            if wait >= 1:
                self.log(f"WAIT {wait:.1f} s: as many requests as the source allows")
            self._sleep(wait)
        began = time.monotonic()
        self._deadline.set(REQUEST_SECONDS)
        method = "POST" if form else request.method
        with self._http.stream(method, full, json=request.body, data=form or None, headers=headers) as answer:
            content = self._content(answer, request)
            shown = f"{method} {self._shown(request)} {answer.status_code}"
            self.log(f"{shown} {len(content)} bytes {(time.monotonic() - began) * 1000:.0f} ms")
            return answer.status_code, answer.headers, content

    def _content(self, answer: httpx.Response, request: _Request) -> bytes:
        packed = answer.headers.get("content-encoding", "identity").strip().casefold()
        if packed not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise ConnectError("body", f"{self.where}: {self._shown(request)} answered in an encoding that was not asked for")
        limit = bodies.BODY_LIMIT
        inflater = None if packed in {"", "identity"} else Inflater(limit)
        content = bytearray()
        try:
            for piece in answer.iter_raw():
                content += inflater.feed(piece) if inflater else piece
                if len(content) > limit:
                    raise TooLargeError(f"more than {limit >> 20} MiB")
                if self._deadline.left <= 0:
                    raise httpx.ReadTimeout("too slow")
            if inflater and content:
                inflater.end()
        except TooLargeError as error:
            raise ConnectError("body", f"{self.where}: {self._shown(request)} answered with {error}: ask for smaller pages") from None
        except (zlib.error, ValueError):
            raise httpx.RemoteProtocolError("not gzip") from None
        return bytes(content)

    def _fetch_token(self, path: str, form: dict[str, str], headers: dict[str, str]) -> Mapping[str, Any]:
        address = self.address(filled_path(path, self.names))
        _, _, _, content = self._fetch(_Request("POST", address, headers=headers, form=form, is_trusted=False))
        with suppress(ValueError, RecursionError):
            if isinstance(granted := parse_json(content), dict):
                return granted
        raise ConnectError("auth", f"{self.where}: the token address did not answer with JSON")

    def _shown(self, request: _Request) -> str:
        path = self._mask.shown(request.address)
        return f"{path} {request.note}" if request.note else path

    def _refused(self, status: int, request: _Request) -> ConnectError:
        place = f"{self.where}: {self._shown(request)} answered {status}"
        if status in {401, 403} or (request.form and not request.is_trusted):
            return ConnectError("auth", f"{place}: check login, password and scopes of the connection")
        return ConnectError("status", f"{place} after retries: see the vendor's page for this status")

    def _give_up_on(self, error: httpx.TransportError, request: _Request, attempt: int) -> None:
        """Raise an error if another try is of no use."""
        place = f"{self.where}: {self._shown(request)}"
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise ConnectError("transport", f"{place}: the certificate is not trusted: name its authority in SSL_CERT_FILE") from None
        if isinstance(error, httpx.LocalProtocolError):  # no header may be made of it, whoever is asked and however often
            raise ConnectError("auth", f"{place}: cannot be asked: the connection's password is empty or holds a line break") from None
        if self._deadline.left <= 0:
            raise ConnectError("transport", f"{place}: no whole answer in {REQUEST_SECONDS:.0f} s: ask for smaller pages") from None
        if attempt >= retries.ATTEMPTS:
            raise ConnectError("transport", f"{place}: {type(error).__name__} in {retries.ATTEMPTS} attempts") from None

    def _retry(self, request: _Request, reason: str, attempt: int, answered: Mapping[str, str] = NO_HEADERS) -> None:
        wait = retries.pause(attempt, answered)
        shown = f"{request.method} {self._shown(request)}"
        self.log(f"RETRY {shown} {reason}, attempt {attempt} of {retries.ATTEMPTS}, in {wait:.1f} s")
        if reason == "429":  # said to one stream, meant for all of the connection: they wait in the limiter
            self._limiters[0].hold(wait)
        else:
            self._sleep(wait)
