"""How a request proves who asks. Secrets come from the connection, never from the declaration."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote_plus

from rapport.connect.errors import ConnectError

TokenFetcher = Callable[[str, dict[str, str], dict[str, str]], Mapping[str, Any]]


class Granted:
    """The tokens of one connection, kept in memory and shared by its streams: a vendor that hands out a new refresh token with
    every use would refuse the second stream that comes with the old one.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.access: str | None = None
        self.refresh: str | None = None


class Auth:
    """The credentials of one connection, applied to requests.

    Args:
        said: the declaration's `auth` mapping.
        connection: the connection's `login`, `password` and `extra`.
        where: source and stream, for errors.
        fetch: posts a form with headers to the token address and returns the JSON answer.
        granted: where tokens are kept.
    """

    def __init__(self, said: Mapping[str, Any], connection: Mapping[str, Any], where: str, fetch: TokenFetcher, granted: Granted) -> None:
        self._said = said
        self._kind = str(said.get("type", "none"))
        self._login = str(connection.get("login") or "")
        self._password = str(connection.get("password") or "")
        self._extra: Mapping[str, Any] = connection.get("extra") or {}
        self._where = where
        self._fetch = fetch
        self._granted = granted
        self._used: str | None = None

    @property
    def is_renewable(self) -> bool:
        """Whether a refused request may be tried again with a new token."""
        return self._kind.startswith("oauth2_")

    def renew(self) -> None:
        """Forget the token that was refused, unless another stream has renewed it already: the next request fetches a new one."""
        with self._granted.lock:
            if self._granted.access == self._used:
                self._granted.access = None

    def headers(self) -> dict[str, str]:
        """Return the headers that carry the credentials."""
        if self._kind == "basic":
            return _basic(self._login, self._password)
        if self._kind == "bearer":
            return {"Authorization": f"Bearer {self._password}"}
        if self._kind == "header":
            return {str(self._said["name"]): f"{self._said.get('prefix', '')}{self._password}"}
        if self.is_renewable:
            with self._granted.lock:
                if self._granted.access is None:
                    self._granted.access = self._token()
                self._used = self._granted.access
            return {"Authorization": f"Bearer {self._used}"}
        return {}

    def query(self) -> dict[str, str]:
        """Return the query parameter that carries the secret, if that is where the vendor wants it."""
        return {str(self._said["name"]): self._password} if self._kind == "query" else {}

    def form(self) -> dict[str, str]:
        """Return form fields that carry the credentials; they travel in the body, where no log keeps them."""
        return {str(self._said["name"]): self._password} if self._kind == "form" else {}

    def _token(self) -> str:
        form, headers = self._grant(), dict[str, str]()
        if self._said.get("client") == "header":  # RFC 6749 §2.3.1: both are written as in a form first
            headers = _basic(quote_plus(form.pop("client_id")), quote_plus(form.pop("client_secret")))
        answer = self._fetch(str(self._said["token_path"]), {name: value for name, value in form.items() if value}, headers)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise ConnectError(
                "auth", f"{self._where}: the token address gave no access_token: check client_id and client_secret of the connection"
            )
        if isinstance(renewed := answer.get("refresh_token"), str) and renewed:
            self._granted.refresh = renewed
        return token

    def _grant(self) -> dict[str, str]:
        client = {name: str(self._extra.get(name, "")) for name in ("client_id", "client_secret")}
        scope = {"scope": str(self._said.get("scope", ""))}
        if self._kind == "oauth2_password":
            return {"grant_type": "password", "username": self._login, "password": self._password, **client, **scope}
        if self._kind == "oauth2_refresh":
            return {"grant_type": "refresh_token", "refresh_token": self._granted.refresh or self._password, **client, **scope}
        own = {"client_id": client["client_id"] or self._login, "client_secret": client["client_secret"] or self._password}
        return {"grant_type": "client_credentials", **own, **scope}


def _basic(login: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()}
