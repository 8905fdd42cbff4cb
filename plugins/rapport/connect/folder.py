"""Files of a folder, and which of them changed since the last run."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapport.connect.errors import ConnectError
from rapport.declarations import Source, Stream
from rapport.home import Home

FILES = "files"
OWN_HOME = "RAPPORT_HOME"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class File:
    """A file to read.

    Attributes:
        path: where it is.
        name: path below the folder: what the state and the `_file` field hold.
        mark: size, time of change and content hash, as remembered once it has been landed.
    """

    path: Path
    name: str
    mark: dict[str, Any]


def folder_of(source: Source) -> Path:
    """Return the folder of a `files` or `access_log` source, with `${VARIABLE}` replaced from the environment.

    Raises:
        ConnectError: a variable is not set, or there is no such folder.
    """

    def value(match: re.Match[str]) -> str:
        found = str(Home.current().path) if match[1] == OWN_HOME else os.environ.get(match[1])
        if not found:
            raise ConnectError("config", f"{source.name}: the environment variable {match[1]} is not set: it names the folder of the files")
        return found

    folder = Path(_VARIABLE.sub(value, str(source.connection.path)))
    if not folder.is_dir():
        raise ConnectError("file", f"{source.name}: {source.connection.path} is no folder")
    return folder


def matching(source: Source, stream: Stream) -> list[tuple[str, Path]]:
    """Return name and path of the stream's files, in order of name; links that lead out of the folder are left out.

    Raises:
        ConnectError: no file matches, and the stream is not `optional`: one that has vanished must not pass for an empty one.
    """
    is_optional = bool(stream.options.get("optional"))
    try:
        folder = folder_of(source).resolve()
    except ConnectError:
        if is_optional:
            return []
        raise
    pattern = str(stream.options.get("files", "*"))
    found = sorted((path for path in folder.glob(pattern) if path.is_file() and not is_aside(path)), key=str)
    inside = [(str(path.relative_to(folder)), path) for path in found if path.resolve().is_relative_to(folder)]
    if not inside and not is_optional:
        raise ConnectError("file", f"{source.name}.{stream.name}: no file matches {pattern} in {source.connection.path}")
    return inside


def is_aside(path: Path) -> bool:
    """Return whether a file is not meant to be read: hidden, or an example."""
    return path.name.startswith(".") or path.suffix == ".example"


def changed(source: Source, stream: Stream, state: Mapping[str, Any]) -> list[File]:
    """Return the files whose content the last run has not seen.

    Args:
        source: the declaration.
        stream: one of its streams.
        state: file name -> `File.mark` of the last run.
    """
    files = []
    for name, path in matching(source, stream):
        stat, known = path.stat(), state.get(name) or {}
        mark: dict[str, Any] = {"size": stat.st_size, "mtime": stat.st_mtime_ns}
        if all(known.get(key) == value for key, value in mark.items()):
            continue
        mark["sha256"] = _digest(path)
        if known.get("sha256") != mark["sha256"]:
            files.append(File(path, name, mark))
    return files


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
