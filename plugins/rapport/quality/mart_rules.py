"""What must be true of marts: read from `mart_rules.yml`, a small table that a person can extend."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rapport.quality.rules import Check, no_row_where

KEPT_SHARE = 0.8
ACCEPT_SHRINK = "RAPPORT_QUALITY_ACCEPT_SHRINK"
_FILE = Path(__file__).with_name("mart_rules.yml")


@cache
def _table() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def compared() -> tuple[str, ...]:
    """Return the published relations that new marts are compared with."""
    return tuple(entry["kept_of"] for entry in _table() if "kept_of" in entry)


def mart_checks(published: Collection[str]) -> list[Check]:
    """Return what to judge.

    Args:
        published: which of `compared()` exist, that is, are read by somebody now.
    """
    return list(_checks(set() if os.environ.get(ACCEPT_SHRINK) == "1" else set(published)))


def _checks(published: set[str]) -> Iterator[Check]:
    for entry in _table():
        relation = entry["relation"]
        if "kept_of" not in entry:
            query = " ".join(entry.get("query", f"select * from {relation}").split())
            rules = tuple(no_row_where(rule["name"], rule["says"], rule["broken_row"].strip()) for rule in entry["rules"])
            yield Check("warehouse", relation, entry["part"], query, rules)
        elif entry["kept_of"] in published:
            query = f"select (select count(*) from {relation}) as built, (select count(*) from {entry['kept_of']}) as published"
            says = (
                f"holds at least {KEPT_SHARE:.0%} of the rows of the release that readers see"
                f" (if a source was retired on purpose, set {ACCEPT_SHRINK}=1 for one run)"
            )
            rule = no_row_where("release_has_not_shrunk", says, f"built < {KEPT_SHARE} * published")
            yield Check("warehouse", relation, "volume", query, (rule,))
