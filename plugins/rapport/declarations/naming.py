"""Names of warehouse columns, made from the names that source systems use."""

from __future__ import annotations

import re

LONGEST = 63  # bytes of a PostgreSQL name; a longer one would be cut without an error
RESERVED = frozenset({"_row_hash", "_version_at", "_is_deleted", "_loaded_at", "_seen_at", "_load_id"})

_ACRONYM = re.compile(r"([A-Z]+)([A-Z][a-z])")
_HUMP = re.compile(r"([a-z0-9])([A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def column_name(field: str) -> str:
    """Return the snake_case column of a source field, e.g. `AccountId` -> `account_id`, `via.channel` -> `via_channel`.

    Raises:
        ValueError: nothing usable is left, as of a name in another script or of digits only.
    """
    spaced = _HUMP.sub(r"\1_\2", _ACRONYM.sub(r"\1_\2", field))
    name = _OTHER.sub("_", spaced.lower()).strip("_")
    if not _NAME.fullmatch(name):
        raise ValueError(f"no column name can be made from {field!r}: give one with `as: name`")
    return name


def name_fault(column: str) -> str | None:
    """Say why `column` cannot name a landed column, or return None if it can."""
    if column in RESERVED:
        return f"the name {column} is used by the platform: choose another with `as`"
    if not _NAME.fullmatch(column):
        return f"{column!r} is no column name: use lower case letters, digits and underscores, beginning with a letter"
    if len(column.encode()) > LONGEST:
        return f"the name {column} is longer than {LONGEST} bytes: shorten it with `as`"
    return None
