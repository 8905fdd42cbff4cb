"""Which source systems this home talks to: the company's own, or the simulated company's.

Simulated and real people never meet in one warehouse: the sandbox is used only in a home that holds no connection of a
real system at all.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import Any

import psycopg

from rapport import processes
from rapport.box import airflow_settings
from rapport.box.services import SANDBOX, is_well, service
from rapport.declarations import Source, load_sources
from rapport.home import Home, HomeError


def declared_sources(home: Home) -> dict[str, Source]:
    """Return the declared sources of this home, by name."""
    sources = load_sources(home.sources_dir)
    if not sources:
        raise HomeError(f"no source is declared in {home.sources_dir}: set RAPPORT_SOURCES, or add <domain>/<source>.yml there")
    return sources


def needs_sandbox(home: Home, sources: dict[str, Source]) -> bool:
    """Return whether the simulated company has to answer for this home's sources.

    Raises:
        HomeError: some sources have a real connection and others none.
    """
    wanted = {source.connection.id for source in sources.values() if source.connection.id}
    known = {name: home.connection(name) for name in wanted}
    real = sorted(name for name, body in known.items() if body and not (body.get("extra") or {}).get("sandbox"))
    missing = sorted(name for name, body in known.items() if not body)
    if real and missing:
        raise HomeError(
            f"no connection for {', '.join(missing)}: set RAPPORT_CONN_{missing[0].upper()} or add it to secrets/connections.json. "
            f"The sandbox is not used beside the real {', '.join(real)}"
        )
    return bool(wanted) and not real


def refuse_mixture(home: Home, simulated: bool) -> None:
    """Refuse to bring simulated and real data together in one warehouse: nobody could tell their numbers apart.

    Raises:
        HomeError: the warehouse holds data of the other kind.
    """
    with psycopg.connect(home.dsn("loader")) as conn:
        row = conn.execute(
            "select (select value from ops.setting where key = 'is_sandbox'), exists (select from ops.stream_load where rows_landed > 0)"
        ).fetchone()
    held, is_filled = row if row else (None, False)
    if is_filled and held is not None and (held == "true") != simulated:
        kinds = ("the simulated company", "real data")
        there, wanted = kinds if held == "true" else kinds[::-1]
        raise HomeError(f"{home.path} holds {there}, and {wanted} may not stand beside it: set RAPPORT_HOME to a folder of its own")


def prepare(home: Home, sources: dict[str, Source]) -> bool:
    """Start the sandbox if this home's sources need it and hand out its connections; returns whether they do."""
    simulated = needs_sandbox(home, sources)
    if simulated:
        start_sandbox(home)
    wanted = {source.connection.id for source in sources.values() if source.connection.id}
    found = {name: body for name in sorted(wanted) if (body := home.connection(name))}
    airflow_settings.write_connections(home, found)
    return simulated


def start_sandbox(home: Home, seconds: float = 180.0) -> None:
    """Start the simulated company, wait until it answers (it is made on first start) and copy its connections."""
    description = service(home, SANDBOX)
    home.sandbox_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not is_well(home, SANDBOX):
        processes.start(home, SANDBOX, description.argv, description.env, cwd=description.cwd)
        deadline = time.monotonic() + seconds
        while not is_well(home, SANDBOX):
            if processes.running(home, SANDBOX) is None or time.monotonic() > deadline:
                raise HomeError(f"the sandbox company did not start:\n{processes.last_lines(home, SANDBOX)}")
            time.sleep(0.2)
    copied = _read(home)
    file = home.dir("secrets") / "connections.json"
    with suppress(FileNotFoundError, json.JSONDecodeError):
        if json.loads(file.read_text()) == copied:
            return
    draft = file.with_name(f".connections.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(copied, indent=1))
    draft.replace(file)


def _read(home: Home) -> dict[str, Any]:
    file = home.sandbox_path / "connections.json"
    with suppress(FileNotFoundError, json.JSONDecodeError):
        return dict(json.loads(file.read_text()))
    raise HomeError(f"the sandbox company answers but has not written {file}")
