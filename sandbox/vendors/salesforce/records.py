"""What all Salesforce records share: ids, moments, system fields."""

from __future__ import annotations

from typing import Any

from sandbox.company.params import iso
from sandbox.store import Row


def stamp(seconds: int) -> str:
    """Return a moment as Salesforce writes it: `2026-10-31T12:00:00.000+0000`."""
    return f"{iso(seconds)[:-1]}.000+0000"


def day(seconds: int) -> str:
    """Return a date."""
    return iso(seconds)[:10]


def ident(prefix: str, number: int) -> str:
    """Return an 18-character id with the key prefix of its object."""
    return f"{prefix}HG{number:010d}AAA"


def row(kind: str, key: str, created: int, modified: int, **fields: Any) -> Row:
    """Return a record with the system fields that every object has."""
    body = {"Id": key, **fields, "CreatedDate": stamp(created), "LastModifiedDate": stamp(modified), "SystemModstamp": stamp(modified)}
    body.setdefault("IsDeleted", False)
    return Row(f"salesforce.{kind}", key, modified, body)
