"""By which system, stream and load the rows behind a number came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from rapport.home import Home
from rapport.warehouse.dbt_project import sources_to_build

_LOADS_SHOWN = 5
_FEWEST_TOLD = 5  # fewer rows could tell who it was


@dataclass(frozen=True)
class Counted:
    """The cases that a cell counts: `from … where …` with its parameters."""

    clause: sql.Composed
    values: dict[str, Any]

    def keys(self, key: str, limit: int) -> sql.Composed:
        """Return the select of some of their keys, as column `key`."""
        return (
            sql.SQL("select distinct {} as key ").format(sql.Identifier(key))
            + self.clause
            + sql.SQL(" order by 1 limit {}").format(sql.Literal(limit))
        )


def erased_since(home: Home, counted: int | None, behind: int) -> dict[str, str]:
    """Return how many of the cases of a number have been erased since it was read; a few are told as `<5`, for they could be counted.

    Args:
        home: the installation.
        counted: cases of the number as it is shown.
        behind: cases that the data hold.

    Returns:
        `erased_since`, or nothing where nobody was erased or no case is missing.
    """
    with psycopg.connect(home.dsn("transformer")) as conn:
        was_erased = conn.execute("select exists (select from ops.setting where key = 'erased_at')").fetchone() == (True,)
    missing = (counted or 0) - behind
    if not was_erased or missing <= 0:
        return {}
    return {"erased_since": f"{missing:,}" if missing >= _FEWEST_TOLD else f"<{_FEWEST_TOLD}"}


def loads_behind(
    home: Home, conn: psycopg.Connection[dict[str, Any]], metric: Mapping[str, Any], *, key: str, counted: Counted, keys: Sequence[Any]
) -> list[dict[str, Any]]:
    """Return one object a source system: how many of the rows are its, its streams that feed the entity, and loads of the rows shown.

    Args:
        home: the installation.
        conn: a connection as `transformer`.
        metric: the definition.
        key: column of the case relation, and of the fact in core, that identifies a row.
        counted: the cases that count.
        keys: keys of the rows shown.
    """
    fact = sql.Identifier("core", metric["model"])
    if not _has(conn, metric["model"], key, "source", "loaded_at"):
        return []
    shares = conn.execute(
        sql.SQL("select facts.source, count(distinct facts.{}) as n from {} as facts where facts.{} in (select {} ").format(
            sql.Identifier(key), fact, sql.Identifier(key), sql.Identifier(key)
        )
        + counted.clause
        + sql.SQL(") group by facts.source order by facts.source"),
        counted.values,
    ).fetchall()
    sources = sources_to_build(home)
    told = []
    for share in shares:
        own = [source for source in sources.values() if source.name == share["source"] or share["source"] == source.name.split("_")[0]]
        feeding = [source for source in own if metric["entity"] in source.feeds] or own
        streams = [f"{source.name}.{stream}" for source in feeding for stream in source.streams]
        landed = conn.execute(
            sql.SQL(
                "select loads.load_id, loads.stream, loads.finished_at, count(*) as shown from {} as facts"
                " inner join ops.stream_load as loads on loads.source = any(%(sources)s) and loads.rows_landed > 0"
                " and facts.loaded_at at time zone 'UTC' between loads.started_at and coalesce(loads.finished_at, now())"
                " where facts.{} = any(%(keys)s) and facts.source = %(source)s"
                " group by loads.load_id, loads.stream, loads.finished_at order by count(*) desc, loads.stream limit {}"
            ).format(fact, sql.Identifier(key), sql.Literal(_LOADS_SHOWN)),
            {"sources": [source.name for source in feeding], "keys": list(keys), "source": share["source"]},
        ).fetchall()
        told.append(
            {
                "source": share["source"],
                "system": feeding[0].system if feeding else None,
                "rows": share["n"],
                "streams": streams,
                "loads": [{"load_id": row["load_id"], "stream": row["stream"], "landed_at": _text(row["finished_at"])} for row in landed],
            }
        )
    return told


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _has(conn: psycopg.Connection[dict[str, Any]], relation: str, *columns: str) -> bool:
    found = conn.execute(
        "select count(*) as n from information_schema.columns where table_schema = 'core' and table_name = %s and column_name = any(%s)",
        [relation, list(columns)],
    ).fetchone()
    return bool(found and found["n"] == len(columns))
