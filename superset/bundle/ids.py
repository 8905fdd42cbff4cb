"""Identifiers that are the same on every machine."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

_NAMESPACE = uuid5(NAMESPACE_URL, "https://rapport.invalid/superset")


def stable_uuid(kind: str, *names: str) -> str:
    """Return the uuid of the object `names` of `kind` (`database`, `dataset`, `chart`, `dashboard`)."""
    return str(uuid5(_NAMESPACE, "/".join((kind, *names))))
