"""One line of a web server's log: the common and combined formats, and JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rapport.connect.bodies import parse_json
from rapport.connect.cast.values import BadValueError, parser
from rapport.connect.errors import ConnectError
from rapport.connect.records import dig
from rapport.declarations import Field, Stream

TIME = "%d/%b/%Y:%H:%M:%S %z"
_LINE = re.compile(
    r'(?P<remote_host>\S+) (?P<identity>\S+) (?P<user>\S+(?: \S+)*?) \[(?P<time>[^\]]+)\] "(?P<request>(?:[^"\\]|\\.)*)" '
    r'(?P<status>\d{3}) (?P<bytes>\d+|-)(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<user_agent>(?:[^"\\]|\\.)*)")?(?P<rest>.*)'
)
_REQUEST = re.compile(r"(?P<method>[A-Z]+) (?P<url>\S+)(?: (?P<http_version>HTTP/\S+))?")
_ABSENT = frozenset({"-", ""})


class LineReader:
    """Reads the lines of one stream's logs.

    Args:
        stream: its `format` is `combined` (also common) or `json`; of JSON, the stream's `clock` says when a line was written.

    Attributes:
        refusal: why a line is refused.
    """

    def __init__(self, stream: Stream) -> None:
        self._is_json = stream.options.get("format") == "json"
        self.refusal = "not a JSON object" if self._is_json else "not a line of the common or combined log format"
        self._clock: Field | None = stream.by_column[stream.clock] if stream.clock else None
        if self._is_json and self._clock is None:
            raise ConnectError("config", f"{stream.name}: a log of JSON lines needs a `clock`: the field that says when a line was written")

    def parse(self, text: str) -> dict[str, Any] | None:
        """Return the fields of one line, `-` as None; None if it is no such line."""
        return parse_json_line(text) if self._is_json else parse_line(text)

    def time_of(self, record: Mapping[str, Any]) -> str | None:
        """Return when a line was written as ISO text, or None if it does not say."""
        try:
            if not self._is_json:
                return datetime.strptime(record["time"] or "", TIME).isoformat()  # noqa: DTZ007 - the pattern ends in %z
            if self._clock is None:
                return None
            moment = parser(self._clock)(dig(record, self._clock.path))
        except (ValueError, BadValueError):
            return None
        return str(moment.isoformat()) if moment else None


def parse_line(text: str) -> dict[str, Any] | None:
    """Return the fields of one line of the common or combined format, `-` as None; None if it is no such line."""
    match = _LINE.fullmatch(text)
    if not match:
        return None
    fields: dict[str, Any] = {name: None if value in _ABSENT else value for name, value in match.groupdict().items() if name != "rest"}
    request = _REQUEST.fullmatch(fields["request"] or "")
    fields |= request.groupdict() if request else dict.fromkeys(_REQUEST.groupindex)
    if match["rest"].strip():
        fields["rest"] = match["rest"].strip()
    return fields


def parse_json_line(text: str) -> dict[str, Any] | None:
    """Return the object of one line, `-` as None and a list of one value, as headers are logged, as that value."""
    try:
        found = parse_json(text.encode("utf-8", "backslashreplace"))
    except (ValueError, RecursionError):
        return None
    return {name: _plain(value) for name, value in found.items()} if isinstance(found, dict) else None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], dict | list):
        return _plain(value[0])
    return None if isinstance(value, str) and value in _ABSENT else value
