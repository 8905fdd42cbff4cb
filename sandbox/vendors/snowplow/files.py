"""Writes `run=2026-10-01-00-00-00/part-00000.tsv.gz`: the archive of a month, without a line of names and without quotes."""

from __future__ import annotations

import gzip
from pathlib import Path

from sandbox.store import Store
from sandbox.vendors.filing import bring, by_month, records
from sandbox.vendors.snowplow.columns import COLUMNS


def write(store: Store, folder: Path) -> None:
    """Bring the archive to what the store holds."""
    months = by_month(records(store, "snowplow.events"), "collector_tstamp", ["collector_tstamp", "event_id"])
    bring(
        folder,
        {
            f"run={month}-01-00-00-00/part-00000.tsv.gz": gzip.compress(
                "".join("\t".join(str(row.get(column, "")) for column in COLUMNS) + "\n" for row in rows).encode(), 6, mtime=0
            )
            for month, rows in months.items()
        },
    )
