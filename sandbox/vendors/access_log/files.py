"""Writes `access-2026-10.log`: lines are only ever added at the end of the newest file."""

from __future__ import annotations

from pathlib import Path

from sandbox.store import Store
from sandbox.vendors.filing import bring, by_month, keyed


def write(store: Store, folder: Path) -> None:
    """Bring the folder of logs to what the store holds."""
    months = by_month(keyed(store, "access_log.requests"), "month", ["_key"])
    bring(folder, {f"access-{month}.log": "".join(f"{row['line']}\n" for row in rows).encode() for month, rows in months.items()})
