"""How a request proves who asks. Secrets come from the connection, never from the declaration."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from rapport.connect.errors import ConnectError

TokenFetcher = Callable[[str, dict[str, str]], Mapping[str, Any]]


class Auth:
    """The credentials of one connection, applied to requests.

    Args:
        said: the declaration's `auth` mapping.
        connection: the connection's `login`, `password` and `extra`.
        where: source and stream, for errors.
        fetch: posts a form to a path of the connection's host and returns the JSON answer.
    """

    def __init__(self, said: Mapping[str, Any], connection: Mapping[str, Any], where: str, fetch: TokenFetcher) -> None:
        self._said = said
        self._login = str(connection.get("login") or "")
        self._password = str(connection.get("password") or "")
        self._extra: Mapping[str, Any] = connection.get("extra") or {}
        self._where = where
        self._fetch = fetch
        self._bearer: str | None = None

    @property
    def is_renewable(self) -> bool:
        """Whether a refused request may be tried again with a new token."""
        return str(self._said.get("type", "")).startswith("oauth2_")

    def renew(self) -> None:
        """Forget the token: the next request fetches a new one."""
        self._bearer = None

    def headers(self) -> dict[str, str]:
        """Return the headers that carry the credentials."""
        kind = self._said.get("type")
        if kind == "basic":
            return {"Authorization": "Basic " + base64.b64encode(f"{self._login}:{self._password}".encode()).decode()}
        if kind == "bearer":
            return {"Authorization": f"Bearer {self._password}"}
        if kind == "header":
            return {str(self._said["name"]): self._password}
        if self.is_renewable:
            if self._bearer is None:
                self._bearer = self._token(str(kind))
            return {"Authorization": f"Bearer {self._bearer}"}
        return {}

    def form(self) -> dict[str, str]:
        """Return form fields that carry the credentials; they travel in the body, where no log keeps them."""
        return {str(self._said["name"]): self._password} if self._said.get("type") == "form" else {}

    def _token(self, kind: str) -> str:
        if kind == "oauth2_password":
            form = {
                "grant_type": "password",
                "username": self._login,
                "password": self._password,
                "client_id": str(self._extra.get("client_id", "")),
                "client_secret": str(self._extra.get("client_secret", "")),
            }
        else:
            form = {
                "grant_type": "client_credentials",
                "client_id": str(self._extra.get("client_id") or self._login),
                "client_secret": str(self._extra.get("client_secret") or self._password),
            }
        answer = self._fetch(str(self._said["token_path"]), form)
        token = answer.get("access_token")
        if not token:
            raise ConnectError(
                "auth", f"{self._where}: the token address gave no access_token: check client_id and client_secret of the connection"
            )
        return str(token)
