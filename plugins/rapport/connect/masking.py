"""Addresses as they may be logged: their path, without what may be data of a person or a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

_PART = re.compile(r"(?:[\w.~{}-]|%20){0,60}")
_SECRET = 8  # letters; shorter values are words that stand in many a path


class Mask:
    """Shows paths of one connection.

    Args:
        extra: of the connection; its values are shown by their names: some vendors want a token inside the path.
    """

    def __init__(self, extra: Mapping[str, Any]) -> None:
        self._own = {quote(value, safe=""): f"{{connection.{name}}}" for name, value in extra.items() if isinstance(value, str) and value}
        self._hidden: dict[str, str] = {}

    def hide(self, named: Mapping[str, str]) -> None:
        """Show these values, and no longer those before them, by their names: an address may hold the id of a person."""
        self._hidden = {quote(value, safe=""): f"{{{name}}}" for name, value in named.items()}

    def shown(self, address: str) -> str:
        """Return the path of an address; a part that is no plain word is `{…}`."""
        return "/".join(self._part(part) for part in urlsplit(address).path.split("/"))

    def _part(self, part: str) -> str:
        part = self._hidden.get(part) or self._own.get(part) or part
        for value, name in self._own.items():
            if len(value) >= _SECRET:
                part = part.replace(value, name)
        return part if _PART.fullmatch(part) else "{…}"
