"""Which declared sources are in use: those that this home can reach."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection
from contextlib import suppress

from rapport.declarations.errors import DeclarationError
from rapport.declarations.load import load_sources
from rapport.declarations.model import Source
from rapport.home import Home

ONLY = "RAPPORT_SOURCES_IN_USE"
CONNECTED = "connected.json"
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_OWN_HOME = "RAPPORT_HOME"


def sources_in_use(home: Home, connected: Collection[str] | None = None) -> dict[str, Source]:
    """Return the declared sources that are connected, by name.

    Args:
        home: the installation.
        connected: ids of the connections there are, for whoever may not look into the secrets; None looks.

    `RAPPORT_SOURCES_IN_USE`, names parted by commas, says it outright. In a home that knows no connection at all, every declared source is
    returned: nobody has chosen yet, and the error of reading one says what it needs.

    Raises:
        DeclarationError: a declaration is wrong, or a name of `RAPPORT_SOURCES_IN_USE` is not declared.
    """
    declared = load_sources(home.sources_dir)
    if said := os.environ.get(ONLY):
        names = [name.strip() for name in said.split(",") if name.strip()]
        if unknown := sorted(set(names) - declared.keys()):
            raise DeclarationError(home.sources_dir, 1, ONLY, f"names {', '.join(unknown)}; declared are {', '.join(declared) or 'none'}")
        return {name: source for name, source in declared.items() if name in names}
    return {name: source for name, source in declared.items() if why_not(home, source, connected) is None} or declared


def sources_left_out(home: Home) -> dict[str, str]:
    """Return the declared sources that are not in use, with what they lack."""
    used = sources_in_use(home)
    declared = load_sources(home.sources_dir)
    return {name: why_not(home, source) or f"not named by {ONLY}" for name, source in declared.items() if name not in used}


def note_connected(home: Home, connected: Collection[str]) -> None:
    """Keep the ids of the connections there are, without their secrets, for Airflow, which asks whenever it reads the DAGs."""
    file = home.path / CONNECTED
    draft = file.with_name(f".{CONNECTED}.{os.getpid()}")
    draft.write_text(json.dumps(sorted(connected)))
    draft.replace(file)


def noted_connected(home: Home) -> list[str] | None:
    """Return the ids that were kept, or None if nobody has: then nothing is known of what is connected."""
    with suppress(FileNotFoundError):
        return list(json.loads((home.path / CONNECTED).read_text()))
    return None


def why_not(home: Home, source: Source, connected: Collection[str] | None = None) -> str | None:
    """Return what a source lacks to be read, or None if it is connected; `connected` as in `sources_in_use`."""
    said = source.connection
    if said.id is not None:
        is_known = said.id in connected if connected is not None else home.connection(said.id) is not None
        is_known = is_known or any(f"{kind}_CONN_{said.id.upper()}" in os.environ for kind in ("RAPPORT", "AIRFLOW"))
        return None if is_known else f"no connection {said.id}: `rapport connect {said.id}`, or set RAPPORT_CONN_{said.id.upper()}"
    path = str(said.path)
    unset = [name for name in VARIABLE.findall(path) if name != _OWN_HOME and not os.environ.get(name)]
    if unset:
        return f"the environment variable {unset[0]} is not set: it names the folder of the files"
    if f"${{{_OWN_HOME}}}" in path and not _holds_files(home, source):
        return f"no file lies in {path.replace(f'${{{_OWN_HOME}}}', str(home.path))}"
    return None


def _holds_files(home: Home, source: Source) -> bool:
    """Return whether a folder of the home holds a file that the source reads: an empty inbox is no source."""
    folder = home.path / VARIABLE.sub("", str(source.connection.path)).strip("/")
    patterns = [str(stream.options.get("files", "*")) for stream in source.streams.values()]
    found = (file for pattern in patterns for file in folder.glob(pattern))
    return any(file.is_file() and not file.name.startswith(".") and file.suffix != ".example" for file in found)
