"""Writes `revenue_2026-09.csv` and `spend_2026-09.csv`: two files a closed month."""

from __future__ import annotations

from pathlib import Path

from sandbox.store import Store
from sandbox.vendors.filing import as_csv, bring, by_month, records

KEYS = {"revenue": ["debtor_no", "product"], "spend": ["function", "category"]}


def write(store: Store, folder: Path) -> None:
    """Bring the folder of exports to what the store holds."""
    bring(
        folder,
        {
            f"{name}_{month}.csv": as_csv(rows, ";")
            for name, key in KEYS.items()
            for month, rows in by_month(records(store, f"finance.{name}"), "month", key).items()
        },
    )
