"""Protocol `jsonrpc`: calls of methods, JSON-RPC 1 or 2, over POST to one address; with or without a session."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from itertools import count as numbers
from typing import Any, Self

from rapport.connect.bodies import csv_rows, parse_json
from rapport.connect.client import Answer, Client, Log
from rapport.connect.errors import ConnectError
from rapport.connect.page import Page
from rapport.connect.paging import Asked
from rapport.connect.reading import names_of, read_stream
from rapport.connect.rest import number_at, progress_of
from rapport.connect.templates import SESSION, filled
from rapport.declarations import Source, Stream

_CALL_FAILED = (-32700, -32600, -32601, -32602, -32603)  # the standard's own codes: none of them means an expired session


class Calls:
    """Asks by declared calls; an `Asker` of `rapport.connect.reading`.

    Args:
        client: sends the requests.
        source: path of the endpoint, and how a session is had.
        connection: login and password.
    """

    def __init__(self, client: Client, source: Source, connection: Mapping[str, Any] | None) -> None:
        self._client = client
        self._path = str(source.connection.path)
        self._auth = source.connection.auth
        self._login = {name: str((connection or {}).get(name) or "") for name in ("login", "password")}
        self._session: Any = None
        self._ids = numbers(1)
        self.where = client.where
        self.names: Mapping[str, Any] = client.names

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        """End the session; a server that will not is no reason to fail after all has been read."""
        is_gone = isinstance(error, ConnectError) and error.code == "transport"  # it would be asked six times more
        if self._session is not None and not is_gone and (said := self._auth.get("logout")):
            try:
                self._send(str(said["method"]), self._with_session(said.get("params", [])))
            except ConnectError:
                self._client.log(f"CALL {said['method']} failed: the session ends by itself")

    def asked(self, said: Mapping[str, Any], names: Mapping[str, Any]) -> Asked:
        """Return the declared `call`: its method and its parameters, but for the session."""
        call = said["call"]
        return Asked(str(call["method"]), body=filled(call.get("params", []), names))

    def ask(self, said: Mapping[str, Any], asked: Asked) -> Answer | None:
        """Call the method; an expired session is renewed once. None for a status of `empty`.

        Raises:
            ConnectError: the method answers with an error.
        """
        call = said["call"]
        for is_last in (False, True):
            try:
                answer, fault = self._send(asked.path, self._with_session(asked.body))
            except ConnectError as error:
                if is_last or self._session is None or error.code != "auth":
                    raise
                self._session = None
                continue
            if fault is None and (status := _status(answer.body)) is not None:
                if status in call.get("empty", ()):
                    return None
                fault = f"a status that is not declared in `empty`{', about the session' if 'session' in status.casefold() else ''}"
            if fault is None:
                return Answer(answer.address, answer.headers, self._decoded(answer.body, said))
            if is_last or self._session is None or "session" not in fault:
                raise ConnectError("status", f"{self.where}: {asked.path} answered with {fault}: see the server's log for its words")
            self._session = None
        raise AssertionError("unreachable")

    def relative(self, _address: str, _current: str | None, /) -> str:
        """Refuse: an answer of this protocol names no addresses."""
        raise ConnectError("config", f"{self.where}: paging by address is not part of jsonrpc: use offset, page or cursor_token")

    def hide(self, _named: Mapping[str, str], /) -> None:
        """Do nothing: parameters are never logged."""

    def _with_session(self, params: Any) -> Any:
        if self._auth.get("type") != "session":
            return params
        if self._session is None:
            login = self._auth["login"]
            answer, fault = self._send(str(login["method"]), filled(login.get("params", []), {**self.names, **self._login}))
            if fault is not None or not isinstance(answer.body, str | int) or isinstance(answer.body, bool) or answer.body == "":
                raise ConnectError("auth", f"{self.where}: {login['method']} gave no session: check login and password of the connection")
            self._session = answer.body
        return filled(params, {SESSION: self._session})

    def _send(self, method: str, params: Any) -> tuple[Answer, str | None]:
        """Call a method; return the answer with its result as body, and what is wrong with it, without the server's words."""
        number = next(self._ids)
        sent = {"jsonrpc": "2.0", "method": method, "params": params, "id": number}
        answer = self._client.ask("POST", self._path, body=sent, note=method)
        body = answer.body if answer else None
        if answer is None or not isinstance(body, Mapping) or ("result" not in body and not body.get("error")):
            raise ConnectError("body", f"{self.where}: {method} did not answer as JSON-RPC does: is `path` the address of the endpoint?")
        if error := body.get("error"):
            return answer, _fault(error)
        if body.get("id") not in (number, str(number)):
            raise ConnectError("body", f"{self.where}: {method} answered another call than the one made")
        return Answer(answer.address, answer.headers, body["result"]), None

    def _decoded(self, result: Any, said: Mapping[str, Any]) -> Any:
        decode = said["call"].get("decode")
        if decode is None:
            return result
        try:
            content = base64.b64decode(result, validate=False)
            return parse_json(content) if decode == "base64_json" else csv_rows(content, str(said.get("delimiter", ",")))
        except (binascii.Error, TypeError, ValueError, RecursionError):
            raise ConnectError("body", f"{self.where}: the result of {said['call']['method']} is not {decode}") from None


def pages(
    source: Source, stream: Stream, connection: Mapping[str, Any] | None, cursor: Mapping[str, Any] | None, *, log: Log
) -> Iterator[Page]:
    """Yield the pages of a stream of calls; see `rapport.connect.pages`."""
    with Client(source, stream, connection, log) as client, Calls(client, source, connection) as calls:
        yield from read_stream(calls, stream, progress_of(client, stream, cursor), cursor)


def count(source: Source, stream: Stream, connection: Mapping[str, Any] | None, *, log: Log) -> int | None:
    """Return how many records the source says it holds, by the stream's `count`; None if it declares none."""
    said = stream.options.get("count")
    if not said or "call" not in said:
        return None
    with Client(source, stream, connection, log) as client, Calls(client, source, connection) as calls:
        names = {**calls.names, **names_of(stream, progress_of(client, stream, None), calls.where)}
        answer = calls.ask(said, calls.asked(said, names))
        return 0 if answer is None else number_at(answer.body, said.get("path"), calls.where)


def _status(result: Any) -> str | None:
    """Return the words of a result that is nothing but a status, as LimeSurvey writes errors and empty lists."""
    if not isinstance(result, Mapping) or not isinstance(result.get("status"), str) or set(result) - {"status", "error_code"}:
        return None
    return None if result["status"] == "OK" else str(result["status"])


def _fault(error: Any) -> str:
    """Say what kind of error a server reports; its words may quote data."""
    code = error.get("code") if isinstance(error, Mapping) else None
    if isinstance(code, int) and code in _CALL_FAILED:
        return f"error {code}"
    words = " ".join(
        str(part) for part in (error.values() if isinstance(error, Mapping) else error if isinstance(error, list) else [error])
    )
    about = ", about the session" if "session" in words.casefold() else ""
    return (f"error {code}" if isinstance(code, int) else "an error") + about
