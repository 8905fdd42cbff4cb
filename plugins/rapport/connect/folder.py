"""The files of a stream, and which of them changed since the last run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import IO, Any

from rapport.connect.errors import ConnectError
from rapport.connect.packed import Unpacked, in_memory, members, unpack
from rapport.connect.records import shown
from rapport.connect.storage import Entry, Place, place_of
from rapport.declarations import Source, Stream

FILES = "files"
_ZIP = ".zip"
_DIGESTED = 64 * 1024 * 1024  # bytes: larger files are known by size and time alone


@dataclass(frozen=True)
class File:
    """A file to read.

    Attributes:
        place: where it lies.
        entry: how it lies there, an archive as a whole.
        name: path below the folder, and in the archive: what the state and the `_file` field hold.
        where: stream and file, for errors.
        mark: what is remembered once it has been landed.
        member: its name in the archive.
        closes: archive -> mark, remembered once its last member has been landed.
        before: mark of the file that lies there, asked for by name; a listing may know less of it.
    """

    place: Place
    entry: Entry
    name: str
    where: str
    mark: dict[str, Any]
    member: str | None = None
    closes: dict[str, dict[str, Any]] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)

    def open(self) -> Unpacked:
        """Open it to be read once, from first to last."""
        return unpack(self.place.open(self.entry.name), self.name, self.member, self.entry.size, self.where)

    def open_windable(self) -> IO[bytes]:
        """Open it for formats that are read from their end; a packed one is held in memory."""
        if self.member is None and not self.name.lower().endswith(".gz"):
            return self.place.open(self.entry.name)
        return in_memory(self.open(), self.where)

    def check_unchanged(self) -> None:
        """Raise ConnectError if the file was replaced, cut or went away while it was read."""
        if self.place.entry(self.entry.name).mark != self.before:
            raise ConnectError(
                "file", f"{self.where}: changed while it was read: write files elsewhere and move them in whole, then run again"
            )


def is_aside(name: str) -> bool:
    """Return whether a file is not meant to be read: hidden, or an example."""
    path = PurePosixPath(name)
    return path.name.startswith(".") or path.suffix == ".example"


def matching(source: Source, stream: Stream, place: Place) -> list[Entry]:
    """Return the stream's files, archives whole, in order of name.

    Raises:
        ConnectError: no file matches, and the stream is not `optional`: one that has vanished must not pass for an empty one.
    """
    pattern, _ = _pattern(stream)
    found = [entry for entry in place.entries(pattern) if not is_aside(entry.name)]
    if not found and not stream.options.get("optional"):
        at = source.connection.path or "its folder"
        raise ConnectError("file", f"{source.name}.{stream.name}: no file matches {pattern} in {at}")
    return found


def changed(source: Source, stream: Stream, connection: Mapping[str, Any] | None, state: Mapping[str, Any]) -> Iterator[File]:
    """Yield the files whose content the last run has not seen.

    Args:
        source: the declaration.
        stream: one of its streams.
        connection: host and credentials of a bucket, or None.
        state: file name -> `File.mark` of the last run.
    """
    place = place_of(source, connection, is_optional=bool(stream.options.get("optional")))
    for entry in matching(source, stream, place):
        known = state.get(entry.name) or {}
        if all(known.get(key) == value for key, value in entry.mark.items()):
            continue
        where = f"{stream.name}: {shown(entry.name)}"
        if entry.name.lower().endswith(_ZIP):
            yield from _changed_members(stream, place, entry, state)
            continue
        mark, before = dict(entry.mark), place.entry(entry.name).mark
        if entry.size <= _DIGESTED and "version" not in mark:
            mark["sha256"] = _digest(place, entry)
            if known.get("sha256") == mark["sha256"]:
                continue
        yield File(place, entry, entry.name, where, mark, before=before)


def _changed_members(stream: Stream, place: Place, entry: Entry, state: Mapping[str, Any]) -> Iterator[File]:
    _, inside = _pattern(stream)
    infos = members(place.open(entry.name), f"{stream.name}: {shown(entry.name)}")
    wanted = [info for info in infos if fnmatchcase(info.filename, inside) and not is_aside(info.filename)]
    files, before = [], place.entry(entry.name).mark
    for info in wanted:
        name, mark = f"{entry.name}/{info.filename}", {"size": info.file_size, "crc": info.CRC}
        if state.get(name) != mark:
            files.append(File(place, entry, name, f"{stream.name}: {shown(name)}", mark, info.filename, before=before))
    yield from files[:-1]
    yield from (replace(last, closes={entry.name: entry.mark}) for last in files[-1:])


def _pattern(stream: Stream) -> tuple[str, str]:
    """Return the pattern of file names, and of names inside a zip: `export.zip/*.csv`."""
    pattern = str(stream.options.get("files", "*"))
    outside, found, inside = pattern.partition(f"{_ZIP}/")
    return (f"{outside}{_ZIP}", inside) if found else (pattern, "*")


def _digest(place: Place, entry: Entry) -> str:
    digest = hashlib.sha256()
    with place.open(entry.name) as handle:
        while data := handle.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()
