"""Writes `access.log`, to which lines are only ever added, and `access.log-20261001` for each month that was rotated away."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sandbox.store import Store
from sandbox.vendors.filing import bring, by_month, keyed


def write(store: Store, folder: Path) -> None:
    """Bring the folder of logs to what the store holds; a month is rotated when the next one has its first line.

    Named as by logrotate's `dateext`: https://github.com/logrotate/logrotate/blob/main/logrotate.8.in.
    """
    months = by_month(keyed(store, "access_log.requests"), "month", ["_key"])
    newest = max(months, default="")
    bring(
        folder,
        {
            "access.log" if month == newest else f"access.log-{_following(month):%Y%m%d}": "".join(f"{r['line']}\n" for r in rows).encode()
            for month, rows in months.items()
        },
    )


def _following(month: str) -> date:
    day = date.fromisoformat(f"{month}-01")
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
