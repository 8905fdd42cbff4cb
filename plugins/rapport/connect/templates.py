"""Names in braces inside a declared request: `{since}`, `{session}`, `{connection.company}`, `{employee}`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

SINCE, FIELDS, SESSION = "since", "fields", "session"
_NAME = re.compile(r"\{([a-z][\w.]*)\}")


def filled(said: Any, names: Mapping[str, Any]) -> Any:
    """Return a declared value with the names in its texts replaced, in lists and objects too.

    A text that is a name and nothing else becomes the value itself, a number staying a number; what names nothing known stays
    as it is, for braces are part of many query languages.
    """
    if isinstance(said, str):
        if (whole := _NAME.fullmatch(said)) and whole[1] in names:
            return names[whole[1]]
        return _NAME.sub(lambda match: _text(names[match[1]]) if match[1] in names else match[0], said)
    if isinstance(said, Mapping):
        return {key: filled(value, names) for key, value in said.items()}
    if isinstance(said, Sequence):
        return [filled(value, names) for value in said]
    return said


def filled_path(path: str, names: Mapping[str, Any]) -> str:
    """Return a path with the names in it replaced; a value cannot add a further part to the path."""
    return _NAME.sub(lambda match: quote(_text(names[match[1]]), safe="") if match[1] in names else match[0], path)


def _text(value: Any) -> str:
    return ",".join(str(item) for item in value) if isinstance(value, list) else str(value)


def mentions(said: Any, name: str) -> bool:
    """Return whether `{name}` stands in a declared value."""
    if isinstance(said, str):
        return f"{{{name}}}" in said
    if isinstance(said, Mapping):
        return any(mentions(value, name) for value in said.values())
    return isinstance(said, Sequence) and any(mentions(value, name) for value in said)


def placed(said: Any, path: str, value: Any) -> Any:
    """Return a copy of a declared object (or list) with `value` at a dotted path; the number of a list's place counts from 0."""
    first, _, rest = path.partition(".")
    if isinstance(said, list):
        at = int(first)
        whole = [*said, *[None] * (at + 1 - len(said))]
        return [placed(old, rest, value) if rest and index == at else value if index == at else old for index, old in enumerate(whole)]
    whole_object = dict(said or {})
    whole_object[first] = placed(whole_object.get(first), rest, value) if rest else value
    return whole_object
