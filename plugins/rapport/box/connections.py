"""Which source systems this home talks to: the company's own, or the simulated company's.

Simulated and real people never meet in one warehouse: the sandbox is used only in a home that holds no connection of a
real system at all, and never in one that `rapport init` made for a company of its own.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from rapport import processes
from rapport.box import airflow_settings
from rapport.box.services import SANDBOX, is_well, service
from rapport.declarations import Source, load_sources, sources_in_use
from rapport.declarations.in_use import note_connected
from rapport.home import Home, HomeError

FILE = "connections.json"
OWN = "own-company"  # a home that holds this file never talks to the simulated company


def declared_sources(home: Home) -> dict[str, Source]:
    """Return the declared sources of this home, by name."""
    sources = load_sources(home.sources_dir)
    if not sources:
        raise HomeError(f"no source is declared in {home.sources_dir}: set RAPPORT_SOURCES, or add <domain>/<source>.yml there")
    return sources


def needs_sandbox(home: Home, sources: dict[str, Source]) -> bool:
    """Return whether the simulated company has to answer for this home's sources.

    Raises:
        HomeError: some connections are real systems' and others the simulated company's, or the home is a company's own.
    """
    wanted = {source.connection.id for source in sources.values() if source.connection.id}
    known = {name: body for name in sorted(wanted) if (body := home.connection(name))}
    simulated = [name for name, body in known.items() if (body.get("extra") or {}).get("sandbox")]
    real = [name for name in known if name not in simulated]
    if simulated and (real or is_own(home)):
        raise HomeError(
            f"{', '.join(simulated)} leads to the simulated company, which may not stand beside "
            f"{'the real ' + ', '.join(real) if real else 'real data'}: take it out of secrets/connections.json, "
            "or set RAPPORT_HOME to a folder of its own (`rapport init`)"
        )
    return bool(wanted) and not real and not is_own(home)


def is_own(home: Home) -> bool:
    """Return whether `rapport init` made this home for a company of its own."""
    return (home.path / OWN).is_file()


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
    """Start the sandbox if this home's sources need it and hand out its connections; returns whether they do.

    Raises:
        HomeError: files of the company's own would be read beside the simulated company.
    """
    simulated = needs_sandbox(home, sources)
    if simulated:
        start_sandbox(home)
        used = sources_in_use(home).items()
        # what leaders state names nobody: a demonstration may have its own promises and targets
        if files := sorted(name for name, source in used if source.connection.id is None and source.domain != "governance"):
            raise HomeError(
                f"{', '.join(files)} reads files of your own, which may not stand beside the simulated company: "
                "make a home for your company with `rapport init FOLDER`, or take the files away"
            )
    write_connections(home, sources)
    return simulated


def write_connections(home: Home, sources: Mapping[str, Source]) -> None:
    """Hand the connections of the sources to Airflow."""
    wanted = {source.connection.id for source in sources.values() if source.connection.id}
    found = {name: body for name in sorted(wanted) if (body := home.connection(name))}
    airflow_settings.write_connections(home, found)
    note_connected(home, list(found))


def connect(home: Home, name: str, body: Mapping[str, Any]) -> None:
    """Keep how to reach a source system, in a file that only this account can read, and hand it to Airflow.

    Raises:
        HomeError: the home holds connections of the simulated company, beside which no real system may stand.
    """
    kept: dict[str, Any] = {}
    with suppress(FileNotFoundError, json.JSONDecodeError):
        kept = json.loads((home.dir("secrets") / FILE).read_text())
    if any((known.get("extra") or {}).get("sandbox") for known in kept.values()):
        raise HomeError(f"{home.path} is a home of the simulated company: make one for your company with `rapport init FOLDER`")
    _write(home, {**kept, name: dict(body)})
    write_connections(home, load_sources(home.sources_dir))


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
    with suppress(FileNotFoundError, json.JSONDecodeError):
        if json.loads((home.dir("secrets") / FILE).read_text()) == copied:
            return
    _write(home, copied)


def _write(home: Home, connections: Mapping[str, Any]) -> None:
    file: Path = home.dir("secrets") / FILE
    draft = file.with_name(f".connections.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(connections, indent=1))
    draft.chmod(0o400)
    draft.replace(file)


def _read(home: Home) -> dict[str, Any]:
    file = home.sandbox_path / FILE
    with suppress(FileNotFoundError, json.JSONDecodeError):
        return dict(json.loads(file.read_text()))
    raise HomeError(f"the sandbox company answers but has not written {file}")
