"""Which page comes next, and when to stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from rapport.connect.client import Client
from rapport.connect.errors import ConnectError
from rapport.connect.progress import NEXT
from rapport.connect.records import PARENT, dig
from rapport.declarations import Stream


@dataclass(frozen=True)
class Asked:
    """One request of a stream: path (or address on the same host) and parameters."""

    path: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def named(self, names: Mapping[str, str]) -> Asked:
        """Return the request with `{name}` replaced in path and parameters."""
        path, params = self.path, dict(self.params)
        for name, value in names.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
            params = {key: text.replace(f"{{{name}}}", value) if isinstance(text, str) else text for key, text in params.items()}
        return replace(self, path=path, params=params)


class Pager:
    """Follows one stream from page to page.

    Args:
        stream: the declaration; its `paging` decides.
        client: judges addresses.
    """

    def __init__(self, stream: Stream, client: Client) -> None:
        self._request = stream.options["request"]
        self._said: Mapping[str, Any] = stream.options.get("paging", {"type": "none"})
        self._client = client
        self._asked: set[str] = set()
        own = (declared.path for declared in stream.fields)
        self._fields = ",".join(dict.fromkeys(path for path in own if not path.startswith((f"{PARENT}.", "_"))))
        self.end_status: tuple[int, ...] = tuple(self._said.get("end_status", ()))

    def first(self, since: Mapping[str, Any], cursor: Mapping[str, Any] | None) -> Asked:
        """Return the first request: where the last run stopped, if the vendor gave an address for that, else by time."""
        if self._said["type"] == "cursor_url" and cursor and cursor.get(NEXT):
            return Asked(self._client.relative(str(cursor[NEXT])))
        params = {**self._request.get("params", {}), **since}
        params = {key: self._fields if value == "{fields}" else value for key, value in params.items()}
        if "size_param" in self._said:
            params[self._said["size_param"]] = self._said["size"]
        if self._said["type"] == "page":
            params[self._said["param"]] = self._said.get("first", 1)
        if self._said["type"] == "offset":
            params[self._said["param"]] = 0
        return Asked(self._request["path"], params)

    def after(self, asked: Asked, body: Any, rows: int) -> tuple[Asked | None, str | None]:
        """Return the next request, or None at the end, and the address that a later run resumes from, if there is one."""
        kind = self._said["type"]
        if kind in {"cursor_url", "next_url"}:
            address = dig(body, self._said["next"])
            resume = self._client.relative(str(address)) if address and kind == "cursor_url" else None
            following = Asked(self._client.relative(str(address))) if address and not self._has_ended(body) else None
            return following, resume
        if self._has_ended(body):
            return None, None
        if kind == "cursor_token":
            token = dig(body, self._said["next"])
            return (replace(asked, params={**asked.params, self._said["param"]: token}) if token else None), None
        if kind in {"offset", "page"} and rows > 0 and ("more" in self._said or rows >= self._said["size"]):
            step = rows if kind == "offset" else 1
            return replace(asked, params={**asked.params, self._said["param"]: int(asked.params[self._said["param"]]) + step}), None
        return None, None

    def refuse_again(self, asked: Asked) -> None:
        """Raise an error if the same page is asked for a second time: the vendor leads in a circle."""
        mark = f"{asked.path} {sorted((key, str(value)) for key, value in asked.params.items())}"
        if mark in self._asked:
            raise ConnectError("paging", f"{self._client.where}: the next page is one already read: the vendor leads in a circle")
        self._asked.add(mark)

    def _has_ended(self, body: Any) -> bool:
        if "stop" in self._said and dig(body, self._said["stop"]):
            return True
        return "more" in self._said and not dig(body, self._said["more"])
