"""Faults a test can switch on: bad rows, undeclared fields, refusals. Kept in `faults.json` of the sandbox home."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson

RECORDS = {
    "bad_rows": "serve, beside the good rows: a null id, a contradictory duplicate, a date in 2099, an unknown status",
    "extra_field": "every record carries a field that the vendor's documentation does not name",
    "personal_field": "every record carries a new field that holds a phone number",
    "colliding_field": "every record carries its key once more, in capitals",
    "twice": "every record stands twice in its page",
    "other_type": "in every fifth record a number or a date has become an object",
    "server_error": "answer 500",
    "rate_limit": "answer every third request with 429 and Retry-After",
}
# between a vendor and its caller, for a whole source: `sandbox.disturb`
BETWEEN = {
    "hiccup": "every third request is answered with 500",
    "busy": "every third request is answered with 429, without Retry-After",
    "busy_for_ever": "the third request is answered with 429 and a Retry-After of 1e9 seconds",
    "silence": "every third request is never answered",
    "broken_off": "the connection breaks in the middle of every third answer",
    "half_body": "every third answer is half a body that claims to be whole",
    "login_page": "every third answer is a page of HTML with status 200",
    "expired": "every third request is refused with 401, as after a token has expired",
    "page_again": "the second page is the first once more",
    "endless": "every next page is the same page",
    "next_elsewhere": "the next page stands on another host",
    "next_metadata": "the next page stands on the address of a cloud's metadata service",
    "redirect_elsewhere": "the second request is sent on to another host",
    "redirect_file": "the second request is sent on to a file of the caller's machine",
    "bomb": "the second answer is a few kilobytes that unpack to gigabytes",
}
KINDS = RECORDS | BETWEEN
KEYS = ("id", "Id", "idVisit", "responseId", "employeeId")
FUTURE_YEAR, FUTURE_SECONDS = "2099", 4_070_908_800
DATE = re.compile(r"20\d\d-\d\d-\d\d")
BIRTH_WORDS = ("creat", "recorded", "hiredate", "serverdate")
STATES = ("status", "stagename", "priority", "score", "role", "type", "employmentstatus", "visitortype", "distributionchannel")


def _other_type(number: int, record: dict[str, Any]) -> dict[str, Any]:
    """Return the record, every fifth of them with a number or a date, not of its key, turned into an object."""
    if isinstance(record.get("values"), dict):  # survey answers stand one level deeper
        return record | {"values": _other_type(number, record["values"])}
    name = next((k for k, v in record.items() if k not in KEYS and (type(v) is int or (isinstance(v, str) and DATE.match(v)))), None)
    return record if number % 5 or name is None else record | {name: {"value": record[name]}}


CHANGES: dict[str, Callable[[int, dict[str, Any]], dict[str, Any]]] = {
    "extra_field": lambda _, record: record | {"shadow_score": "0.5", "internal_owner": "Quillon Abernaut"},
    "personal_field": lambda _, record: record | {"mobile_private": "+1 202 555 0143"},
    "colliding_field": lambda _, record: record | {name.swapcase(): record[name] for name in KEYS if name in record},
    "other_type": _other_type,
}


class Faults:
    """Reads the faults anew at every request, so that a running server sees them."""

    def __init__(self, home: Path) -> None:
        self.path = home / "faults.json"
        self.met: Counter[str] = Counter()  # how often each fault between vendor and caller came about
        self._requests = 0

    def active(self) -> dict[str, list[str]]:
        """Return the streams each kind of fault is set for."""
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def set(self, assignments: list[str]) -> None:
        """Switch faults on, each given as `kind=stream`, e.g. `bad_rows=zendesk.tickets`; a wrong kind is a ValueError."""
        state = self.active()
        for item in assignments:
            kind, _, stream = item.partition("=")
            if kind not in KINDS or not stream:
                raise ValueError(f"{item!r}: write kind=source.stream with a kind of {', '.join(KINDS)}")
            state.setdefault(kind, [])
            if stream not in state[kind]:
                state[kind].append(stream)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path.write_text(json.dumps(state))

    def clear(self) -> None:
        """Switch all faults off."""
        self.path.unlink(missing_ok=True)

    def on(self, kind: str, stream: str) -> bool:
        """Say whether a fault is set for a stream, or for its whole source."""
        streams = self.active().get(kind, ())
        return stream in streams or stream.partition(".")[0] in streams

    def is_limited(self, source: str) -> bool:
        """Say whether this request is one of those that the rate limit refuses."""
        self._requests += 1
        return self.on("rate_limit", source) and self._requests % 3 == 0

    def spoil(self, stream: str, bodies: list[bytes], fallback: bytes | None = None) -> list[bytes]:
        """Return the records to send; `fallback` is a record to make bad ones of when the page is empty."""
        state = self.active()
        if not state:
            return bodies
        for kind, change in CHANGES.items():
            if self.on(kind, stream):
                bodies = [orjson.dumps(change(number, orjson.loads(body))) for number, body in enumerate(bodies)]
        if self.on("twice", stream):
            bodies = [body for body in bodies for _ in range(2)]
        if self.on("bad_rows", stream) and (bodies or fallback):
            known = bodies or [b for b in (fallback,) if b is not None]
            sample = [orjson.loads(b) for b in known[: max(5, len(bodies) // 20)]]
            bodies = bodies + [orjson.dumps(bad) for record in sample for bad in bad_rows(record)]
        return bodies


def bad_rows(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return four bad versions of a record: no key, a contradiction under the same key and time, the far future, an unknown state."""
    no_key, twin, future, unknown = (deepcopy(record) for _ in range(4))
    key = next((k for k in KEYS if k in record), None)
    if key:
        no_key[key] = None
        future[key] = _other(record[key], 1)
        unknown[key] = _other(record[key], 2)
    inner = (record, twin, future, unknown)
    deeper = next((name for name in ("values", "properties") if isinstance(record.get(name), dict)), None)  # where a vendor puts them
    if deeper:
        inner = (record[deeper], twin[deeper], future[deeper], unknown[deeper])
    _spoil_values(*inner)
    return [no_key, twin, future, unknown]


def _spoil_values(record: dict[str, Any], twin: dict[str, Any], future: dict[str, Any], unknown: dict[str, Any]) -> None:
    for name, value in record.items():
        lowered = name.lower()
        if isinstance(value, str) and DATE.match(value) and any(word in lowered for word in BIRTH_WORDS):
            future[name] = FUTURE_YEAR + value[4:]
        elif name in ("serverTimestamp", "lastActionTimestamp", "firstActionTimestamp"):
            future[name] = FUTURE_SECONDS
        elif lowered in STATES and isinstance(value, str):
            twin[name] = "closed" if value != "closed" else "new"
            unknown[name] = "exploded"


def _other(key: Any, step: int) -> Any:
    return key + 900_000_000 + step if isinstance(key, int) else f"{key}-{step}"
