"""Writes `assignments_2026-10.csv`: one file a month of assignment."""

from __future__ import annotations

from pathlib import Path

from sandbox.store import Store
from sandbox.vendors.filing import as_csv, bring, by_month, records


def write(store: Store, folder: Path) -> None:
    """Bring the folder of exports to what the store holds."""
    months = by_month(records(store, "training.assignments"), "assigned_date", ["assignment_id"])
    bring(folder, {f"assignments_{month}.csv": as_csv(rows) for month, rows in months.items()})
