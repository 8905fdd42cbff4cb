"""Folders and buckets: what lies in them, how to tell that it changed, and how to open it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

from rapport.connect.errors import ConnectError
from rapport.connect.records import shown
from rapport.declarations import Source
from rapport.home import Home

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_OWN_HOME = "RAPPORT_HOME"
_OF_THE_PLATFORM = frozenset({"sandbox", "network", "rate_limit_per_minute"})  # words of a connection's `extra` that are no storage options
# Scheme of an address -> names under which its file system takes login and password.
_SCHEMES: Mapping[str, tuple[str, str]] = {
    "s3": ("key", "secret"),
    "s3a": ("key", "secret"),
    "gs": ("project", "token"),
    "gcs": ("project", "token"),
    "az": ("account_name", "account_key"),
    "abfs": ("account_name", "account_key"),
    "abfss": ("account_name", "account_key"),
    "memory": ("", ""),
}
_VERSIONS = ("ETag", "etag", "generation", "md5Hash")
_TIMES = ("LastModified", "last_modified", "mtime", "updated", "created")


@dataclass(frozen=True)
class Entry:
    """A file as its folder or bucket describes it.

    Attributes:
        name: path below the folder.
        size: bytes.
        mark: what is remembered of it: another mark, another content.
    """

    name: str
    size: int
    mark: dict[str, Any]


class Place(Protocol):
    """A folder or bucket."""

    def entries(self, pattern: str) -> list[Entry]:
        """Return the files that match a pattern, in order of name."""

    def entry(self, name: str) -> Entry:
        """Return a file as it is now; ConnectError if it is gone."""

    def open(self, name: str) -> IO[bytes]:
        """Open a file for reading, at its beginning; it can be wound."""


def place_of(source: Source, connection: Mapping[str, Any] | None, *, is_optional: bool = False) -> Place:
    """Return where the files of a source lie: `connection.path`, or the host of its connection; `${VARIABLE}` comes from the environment.

    Args:
        source: the declaration.
        connection: host and credentials, or None.
        is_optional: whether a folder that is not there counts as an empty one.

    Raises:
        ConnectError: a variable is not set, there is no such folder, or the address is of no known storage.
    """
    address = str(source.connection.path or (connection or {}).get("host") or "")
    if not address:
        raise ConnectError(
            "config", f"{source.name}: its connection has no `host`: write the folder's or bucket's address, e.g. s3://exports"
        )
    address = _VARIABLE.sub(lambda match: _value(source, match[1]), address)
    scheme, _, rest = address.partition("://")
    if not rest:
        return Folder(source.name, Path(address), is_optional)
    if scheme == "file":
        return Folder(source.name, Path(rest), is_optional)
    if scheme not in _SCHEMES:
        raise ConnectError("config", f"{source.name}: files do not come from {scheme}://; there are: a folder, file, {', '.join(_SCHEMES)}")
    return Bucket(source.name, address, _options(scheme, connection or {}))


def _value(source: Source, variable: str) -> str:
    if variable == _OWN_HOME:  # also where nobody set it
        return str(Home.current().path)
    if found := os.environ.get(variable):
        return found
    raise ConnectError("config", f"{source.name}: the environment variable {variable} is not set: it names the folder of the files")


def _options(scheme: str, connection: Mapping[str, Any]) -> dict[str, Any]:
    extra = connection.get("extra") or {}
    options = {name: value for name, value in extra.items() if name not in _OF_THE_PLATFORM}
    for name, value in zip(_SCHEMES[scheme], (connection.get("login"), connection.get("password")), strict=True):
        if name and value:
            options.setdefault(name, value)
    return options


class Folder:
    """A folder of this machine; links that lead out of it are not followed."""

    def __init__(self, source: str, root: Path, is_optional: bool = False) -> None:
        if not root.is_dir() and not is_optional:
            raise ConnectError("file", f"{source}: {root} is no folder")
        self._root = root.resolve()
        self._source = source

    def entries(self, pattern: str) -> list[Entry]:
        """Return the files that match a pattern, in order of name."""
        found = sorted((path for path in self._root.glob(pattern) if path.is_file()), key=str)
        inside = (path for path in found if path.resolve().is_relative_to(self._root))
        return [self.entry(str(path.relative_to(self._root))) for path in inside]

    def entry(self, name: str) -> Entry:
        """Return a file as it is now."""
        try:
            stat = (self._root / name).stat()
        except OSError:
            raise ConnectError("file", f"{self._source}: {shown(name)} has gone since the folder was listed: run again") from None
        return Entry(name, stat.st_size, {"size": stat.st_size, "mtime": stat.st_mtime_ns})

    def open(self, name: str) -> IO[bytes]:
        """Open a file."""
        try:
            return (self._root / name).open("rb", buffering=0)
        except OSError as error:
            raise ConnectError("file", f"{self._source}: {shown(name)} cannot be opened: {type(error).__name__}") from None


class Bucket:
    """A folder in an object store."""

    def __init__(self, source: str, address: str, options: Mapping[str, Any]) -> None:
        import fsspec

        self._source = source
        # Neither instance nor listing may come from a cache: a later run has to see what is new.
        self._system, root = self._ask(
            lambda: fsspec.core.url_to_fs(address, use_listings_cache=False, skip_instance_cache=True, **options), "cannot be reached"
        )
        self._root = str(root).rstrip("/")

    def entries(self, pattern: str) -> list[Entry]:
        """Return the files that match a pattern, in order of name."""
        found = self._ask(lambda: self._system.glob(f"{self._root}/{pattern}", detail=True), "cannot be listed")
        return [_entry(path[len(self._root) :].lstrip("/"), info) for path, info in sorted(found.items()) if info.get("type") == "file"]

    def entry(self, name: str) -> Entry:
        """Return a file as it is now."""
        self._system.invalidate_cache()
        return _entry(name, self._ask(lambda: self._system.info(f"{self._root}/{name}"), f"has no {shown(name)} any more, or hides it"))

    def open(self, name: str) -> IO[bytes]:
        """Open a file."""
        opened: IO[bytes] = self._ask(lambda: self._system.open(f"{self._root}/{name}", "rb"), f"does not give {shown(name)}")
        return opened

    def _ask(self, question: Any, what: str) -> Any:
        try:
            return question()
        except Exception as error:  # each store has errors of its own, which quote addresses and sometimes keys
            kind = type(error).__name__
        raise ConnectError("file", f"{self._source}: the bucket {what} ({kind}): check address, credentials and rights of its connection")


def _entry(name: str, info: Mapping[str, Any]) -> Entry:
    size = int(info.get("size") or 0)
    mark: dict[str, Any] = {"size": size}
    if version := next((info[key] for key in _VERSIONS if info.get(key)), None):
        mark["version"] = str(version).strip('"')
    elif moment := next((info[key] for key in _TIMES if info.get(key)), None):
        mark["time"] = str(moment.timestamp() if isinstance(moment, datetime) else moment)
    return Entry(name, size, mark)
