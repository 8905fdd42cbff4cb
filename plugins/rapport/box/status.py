"""What stands where: the release, every stream, every service."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg

from rapport.box import services
from rapport.declarations import load_sources, sources_left_out
from rapport.home import Home
from rapport.warehouse import server

_RELEASE = """
    select (select release_id from ops.release where state = 'published' order by published_at desc limit 1) as id,
           (select state from ops.release order by published_at desc limit 1) as state,
           (select published_at from ops.release where state = 'published' order by published_at desc limit 1) as published_at,
           (select data_as_of from ops.release where state = 'published' order by published_at desc limit 1) as data_as_of
"""
_LOADS = """
    select source, stream, sum(rows_landed)::bigint, sum(rows_quarantined)::bigint,
           max(finished_at) filter (where state = 'success')
    from ops.stream_load group by source, stream
"""
_GATES = """
    select relation, case when bool_and(success) then 'passed' else 'failed' end
    from ops.gate g
    where gate = 'raw' and run_id = (
        select run_id from ops.gate newest where newest.gate = 'raw' and newest.relation = g.relation
        order by checked_at desc limit 1)
    group by relation
"""


def status(home: Home) -> dict[str, Any]:
    """Return the state of a home.

    Returns:
        `release` (what readers see; its `state` is `blocked` when a later attempt was), `sources` with their streams,
        and `services`. Times are ISO 8601 in UTC; what has never happened is None.
    """
    release: dict[str, Any] = dict.fromkeys(("id", "state", "published_at", "data_as_of"))
    loads: dict[tuple[str, str], tuple[int, int, Any]] = {}
    gates: dict[str, str] = {}
    well = services.health(home)
    has_port = server.is_external() or services.POSTGRES in home.ports()  # asking for a port would reserve one
    if well[services.POSTGRES]:
        with suppress(psycopg.OperationalError, psycopg.errors.UndefinedTable), _connect(home) as conn:
            row = conn.execute(_RELEASE).fetchone()
            release = dict(zip(release, map(_iso, row or ()), strict=True))
            loads = {(source, stream): (landed, set_aside, at) for source, stream, landed, set_aside, at in conn.execute(_LOADS)}
            gates = dict(conn.execute(_GATES).fetchall())
    return {
        "release": release,
        "sources": _sources(home, loads, gates),
        "services": [
            {
                "name": name,
                "address": services.address(home, name) if name != services.POSTGRES or has_port else None,
                "healthy": well[name],
            }
            for name in services.NAMES
            if name == services.POSTGRES or well[name] or (home.path / "run" / f"{name}.json").is_file()
        ],
    }


def _connect(home: Home) -> psycopg.Connection[Any]:
    conn = psycopg.connect(home.dsn("engineer"), connect_timeout=5)
    conn.execute("set transaction read only")
    return conn


def _sources(home: Home, loads: dict[tuple[str, str], tuple[int, int, Any]], gates: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    left_out = sources_left_out(home)
    for source in load_sources(home.sources_dir).values():
        streams = []
        for name in source.streams:
            landed, set_aside, at = loads.get((source.name, name), (0, 0, None))
            gate = gates.get(f"{source.raw_schema}.{name}")
            streams.append({"name": name, "rows_landed": landed, "rows_quarantined": set_aside, "last_loaded_at": _iso(at), "gate": gate})
        found.append({"name": source.name, "domain": source.domain, "left_out": left_out.get(source.name), "streams": streams})
    return found


def _iso(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def lines(state: dict[str, Any]) -> list[str]:
    """Return a status as lines for a person."""
    release = state["release"]
    if release["id"]:
        text = [f"release {release['id']}: {release['state']}, published {release['published_at']}, data as of {release['data_as_of']}"]
    else:
        text = ["no release yet: `rapport run` makes one"]
    for source in state["sources"]:
        if source["left_out"] and not any(stream["last_loaded_at"] for stream in source["streams"]):
            text.append(f"  {source['name']:<34} not connected: {source['left_out']}")
            continue
        for stream in source["streams"]:
            loaded = stream["last_loaded_at"] or "never loaded"
            text.append(
                f"  {source['name'] + '.' + stream['name']:<34} {stream['rows_landed']:>9} rows {stream['rows_quarantined']:>6} set aside"
                f"  gate {stream['gate'] or '-':<7} {loaded}"
            )
    text += [f"  {'well' if one['healthy'] else 'DOWN':<5} {one['name']:<22} {one['address'] or ''}" for one in state["services"]]
    return text
