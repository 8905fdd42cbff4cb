"""Which page comes next, and when to stop."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rapport.connect.client import Answer
from rapport.connect.errors import ConnectError
from rapport.connect.records import Record, dig
from rapport.connect.templates import filled, filled_path, placed

MAX_PAGES = 100_000
REPEATS = 2  # a vendor may stumble and serve a page twice; one that serves it a third time leads in a circle
_PARAMETER = r";\s*([^\s=;,]+)\s*(?:=\s*(\"(?:[^\"\\]|\\.)*\"|[^\s\";,]+))?"
_LINK = re.compile(rf"<([^>]*)>((?:\s*{_PARAMETER})*)")


@dataclass(frozen=True)
class Asked:
    """One request: path (or address), query parameters, and the JSON of its body (None for a request without one)."""

    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None

    @classmethod
    def of(cls, request: Mapping[str, Any], names: Mapping[str, Any]) -> Asked:
        """Return a declared request with the names in it replaced; parameters that stand for nothing are left out."""
        params = {key: value for key, value in filled(request.get("params", {}), names).items() if value is not None}
        return cls(filled_path(request["path"], names), params, filled(request.get("json"), names))

    def having(self, name: str, value: Any) -> Asked:
        """Return the request with a further parameter: in the body, at a dotted path, if it has one, else in the query."""
        if self.body is not None:
            return replace(self, body=placed(self.body, name, value))
        return replace(self, params={**self.params, name: value})

    def number(self, name: str) -> int:
        """Return the number that `having` has put there."""
        if self.body is None:
            return int(self.params[name])
        value = self.body
        for part in name.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
        return int(value)


class Pager:
    """Follows one list from page to page.

    Args:
        said: the declaration's `paging`.
        relative: judges an address that an answer named, and says it without the host.
        where: source and stream, for errors.
        has_key: whether records can be told apart, so that equal pages are the same page.
    """

    def __init__(
        self, said: Mapping[str, Any] | None, relative: Callable[[str, str | None], str], where: str, has_key: bool = True
    ) -> None:
        self._said: Mapping[str, Any] = said or {"type": "none"}
        self._kind = str(self._said["type"])
        self._relative = relative
        self._where = where
        self._has_key = has_key
        self._asked: set[bytes] = set()
        self._served: Counter[bytes] = Counter()

    @property
    def resumes(self) -> bool:
        """Whether the next run goes on from the last address."""
        return self._kind == "cursor_url"

    def first(self, asked: Asked) -> Asked:
        """Return the first request with the parameters that paging needs."""
        if "size_param" in self._said:
            asked = asked.having(self._said["size_param"], self._said["size"])
        if self._kind == "page":
            return asked.having(self._said["param"], self._said.get("first", 1))
        return asked.having(self._said["param"], 0) if self._kind == "offset" else asked

    def after(self, asked: Asked, answer: Answer, rows: int) -> tuple[Asked | None, str | None]:
        """Return the next request, or None at the end, and the address that a later run resumes from, if there is one."""
        if self._kind in {"cursor_url", "next_url", "link_header"}:
            found = next_link(answer.headers.get("link", "")) if self._kind == "link_header" else dig(answer.body, self._said["next"])
            address = self._relative(str(found), answer.address) if found else None
            following = replace(asked, path=address, params={}) if address and not self._has_ended(answer.body) else None
            return following, address if self.resumes else None
        if self._has_ended(answer.body):
            return None, None
        if self._kind == "cursor_token":
            token = dig(answer.body, self._said["next"])
            return (None if token in (None, "", False) else asked.having(self._said["param"], token)), None
        if self._kind in {"offset", "page"} and rows > 0 and self._may_go_on(rows):
            step = rows if self._kind == "offset" else 1
            return asked.having(self._said["param"], asked.number(self._said["param"]) + step), None
        return None, None

    def check_request(self, asked: Asked) -> None:
        """Raise an error if this request was made before, or if there are more pages than can be."""
        mark = _digest([asked.path, dict(asked.params), asked.body])
        if mark in self._asked:
            raise ConnectError("paging", f"{self._where}: the next page is one already read: the vendor leads in a circle")
        if len(self._asked) >= (most := self._said.get("max_pages", MAX_PAGES)):
            raise ConnectError("paging", f"{self._where}: more than {most} pages: an endless list, or raise `max_pages`")
        self._asked.add(mark)

    def check_records(self, rows: Sequence[Record]) -> None:
        """Raise an error if the same records came under too many addresses: the vendor goes back, or does not heed the parameter."""
        if not rows or not self._has_key:
            return
        mark = _digest([len(rows), rows[0], rows[len(rows) // 2], rows[-1]])  # enough to tell pages apart, and cheap
        self._served[mark] += 1
        if self._served[mark] > REPEATS:
            raise ConnectError(
                "paging", f"{self._where}: the same page came {REPEATS + 1} times under different addresses: the vendor leads in a circle"
            )

    def _may_go_on(self, rows: int) -> bool:
        return "more" in self._said or self._said.get("until") == "empty" or rows >= self._said["size"]

    def _has_ended(self, body: Any) -> bool:
        if "stop" in self._said and dig(body, self._said["stop"]):
            return True
        return "more" in self._said and not dig(body, self._said["more"])


def next_link(header: str) -> str | None:
    """Return the address of the relation `next` in a Link header (RFC 8288), or None."""
    for link in _LINK.finditer(header):
        parameters = {
            name.casefold(): value.strip('"') for name, value in reversed(re.findall(_PARAMETER, link[2]))
        }  # the first one counts
        if "next" in parameters.get("rel", "").casefold().split():
            return link[1]
    return None


def _digest(value: Any) -> bytes:
    return hashlib.blake2b(json.dumps(value, sort_keys=True, default=str).encode("utf-8", "surrogatepass"), digest_size=16).digest()
