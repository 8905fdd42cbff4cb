"""Writes `order_lines_2026-10.csv`: one file a month of ordering, rewritten as deliveries and disputes come in."""

from __future__ import annotations

from pathlib import Path

from sandbox.store import Store
from sandbox.vendors.filing import as_csv, bring, by_month, records


def write(store: Store, folder: Path) -> None:
    """Bring the folder of exports to what the store holds."""
    months = by_month(records(store, "partner_orders.lines"), "ordered_at", ["order_no", "line_no"])
    bring(folder, {f"order_lines_{month}.csv": as_csv(rows) for month, rows in months.items()})
