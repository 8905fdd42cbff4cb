"""Finds every record in which a planted identifier stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from sandbox.company.canaries import Canary
from sandbox.company.params import Settings
from sandbox.store import Store


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield `(dotted path, text)` of every text below a value; list positions are left out of the path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from strings(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, path)


def places(settings: Settings) -> list[dict[str, Any]]:
    """Return the 50 planted identifiers, each with `kind`, `value`, `forms`, `known` and `places` (source, stream, key, field)."""
    store = Store(settings.home)
    planted = _planted(settings)
    found: dict[str, list[dict[str, Any]]] = {c.id: [] for c in planted}
    for stream, key, body in store.canary_rows():
        source, _, name = stream.partition(".")
        texts = [(path, text.casefold()) for path, text in strings(orjson.loads(body))]
        for canary in planted:
            hit = sorted({path for path, text in texts if any(form.casefold() in text for form in canary.forms)})
            found[canary.id] += [{"source": source, "stream": name, "key": key, "field": path} for path in hit]
    return [
        {"id": c.id, "kind": c.kind, "value": c.forms[0], "forms": list(c.forms), "known": c.known, "places": found[c.id]} for c in planted
    ]


def _planted(settings: Settings) -> list[Canary]:
    """Return the identifiers as the truth file names them."""
    records = orjson.loads((settings.home / "truth.json").read_bytes())["canaries"]
    return [Canary(r["id"], r["kind"], tuple(r["forms"]), r["known"]) for r in records]
