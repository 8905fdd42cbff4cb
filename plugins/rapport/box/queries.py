"""Questions to the warehouse with the rights of a role: PostgreSQL decides, nothing here does."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from rapport.declarations.metrics import DIMENSIONS
from rapport.home import Home, HomeError

_SHOWN = (
    *("value", "ci_low", "ci_high", "n", "change", "change_ci_low", "change_ci_high", "change_label"),
    *("low_precision", "suppressed_reason", "target", "restated", "release_id"),
)


def rows(home: Home, role: str, text: str | sql.Composed, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Run a statement as `role` and return its rows as objects that JSON can hold.

    Raises:
        HomeError: the server refused it; the message is the server's first line.
    """
    try:
        with psycopg.connect(home.dsn(role), connect_timeout=10, row_factory=dict_row) as conn:
            cursor = conn.execute(text if isinstance(text, sql.Composed) else text.encode(), values)
            found = cursor.fetchall() if cursor.description else []
            return [{name: _plain(value) for name, value in row.items()} for row in found]
    except psycopg.OperationalError as error:
        raise HomeError(f"the warehouse does not answer ({str(error).splitlines()[0]}): `rapport up` starts it") from None
    except psycopg.Error as error:
        raise HomeError(f"{role}: {error.diag.message_primary or str(error).splitlines()[0]} ({error.sqlstate})") from None


def metric(home: Home, role: str, name: str, *, grain: str, by: str | None) -> list[dict[str, Any]]:
    """Return a metric's cells of one grain, the newest period first; cut by one dimension or by none.

    Raises:
        HomeError: there is no such metric or dimension.
    """
    if by is not None and by not in DIMENSIONS:
        raise HomeError(f"no dimension {by}: cut by one of {', '.join(DIMENSIONS)}")
    known = [row["metric"] for row in rows(home, role, "select distinct metric from marts_cx.metric_definition order by 1")]
    if name not in known:
        raise HomeError(f"no metric {name}: choose one of {', '.join(known) or '(none yet: `rapport run` makes a release)'}")
    columns = ["period_start", *([by] if by else []), *_SHOWN]
    uncut = [sql.SQL("{} = 'all'").format(sql.Identifier(column)) for column in DIMENSIONS if column != by]
    cut = [sql.SQL("{} <> 'all'").format(sql.Identifier(by))] if by else []
    statement = sql.SQL(
        "select {} from marts_cx.metric_value where metric = %(metric)s and grain = %(grain)s and {} order by period_start desc, {}"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(" and ").join([*uncut, *cut]),
        sql.Identifier(by or "period_start"),
    )
    return rows(home, role, statement, {"metric": name, "grain": grain})


def definition(home: Home, role: str, name: str) -> dict[str, Any]:
    """Return what a metric is called and measured in: `metric`, `version`, `title`, `unit`, `direction`.

    Raises:
        HomeError: there is no such metric.
    """
    statement = sql.SQL("select metric, version, title, unit, direction from marts_cx.metric_definition where metric = {}")
    found = rows(home, role, statement.format(sql.Literal(name)))
    if not found:
        raise HomeError(f"no metric {name}: `rapport metric` names those there are")
    return found[0]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        value = int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
