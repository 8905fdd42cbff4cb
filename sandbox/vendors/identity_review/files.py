"""Writes `pairs.csv`: every pair that was compared."""

from __future__ import annotations

from pathlib import Path

from sandbox.store import Store
from sandbox.vendors.filing import as_csv, bring, records


def write(store: Store, folder: Path) -> None:
    """Bring the folder of exports to what the store holds."""
    bring(folder, {"pairs.csv": as_csv(list(records(store, "identity_review.pairs")))})
