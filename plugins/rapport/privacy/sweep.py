"""Sweep: look for known values in files and databases, in every disguise that software gives them without meaning to.

A plain grep misses what is compressed, encoded or escaped. A sweep that finds nothing proves something only beside one that finds:
run it on a place that must hold the values, too.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import numpy as np
import psycopg
from psycopg import sql

_GRAM = 8
_TABLE_BITS = 20
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_CHUNK = 4 << 20
_DEPTH = 4
_LARGEST = 256 << 20
_BYTES = re.compile(rb"\\\\x((?:[0-9a-f]{2}){8,})")  # how a row copied out of PostgreSQL writes a column of bytes
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")


@dataclass(frozen=True)
class Hit:
    """A value was found.

    Attributes:
        needle: id of the value (the value itself is not repeated).
        place: file or relation.
        variant: how it was written there.
    """

    needle: str
    place: str
    variant: str


class Sweep:
    """Looks for many values at once; `hits` gathers what is found."""

    def __init__(self, needles: Mapping[str, Iterable[str]]) -> None:
        """Make a sweep.

        Args:
            needles: id -> the forms in which the value is written. Case is ignored.
        """
        self.hits: set[Hit] = set()
        self._patterns: dict[bytes, list[tuple[bytes, str, str]]] = {}
        self._table = np.zeros(1 << _TABLE_BITS, dtype=bool)
        for needle, forms in needles.items():
            for form in forms:
                for variant, pattern in variants(form):
                    self._add(needle, variant, pattern.lower())

    @property
    def found(self) -> set[str]:
        """The ids of the values found so far."""
        return {hit.needle for hit in self.hits}

    def look(self, place: str, content: bytes) -> None:
        """Look at bytes and at whatever is packed in them."""
        for layer in _layers(content):
            self._look(place, layer)

    def folder(self, folder: Path) -> int:
        """Look at the name and content of every file below `folder`, and return how many files there were."""
        files = 0
        for file in sorted(folder.rglob("*")):
            self._look(str(file), str(file.relative_to(folder)).encode())
            if file.is_file() and not file.is_symlink():
                files += 1
                try:
                    self.look(str(file), file.read_bytes())
                except FileNotFoundError:  # a server's file may go while it is swept
                    continue
        return files

    def database(self, conn: psycopg.Connection) -> int:
        """Look at every row of every table that the connection may read, catalogue included, and return how many tables there were."""
        tables = conn.execute(
            "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'm') and n.nspname !~ '^pg_(toast|temp)' and has_table_privilege(c.oid, 'select')"
            " order by 1, 2"
        ).fetchall()
        for schema, table in tables:
            self._table_rows(conn, schema, table)
        return len(tables)

    def _table_rows(self, conn: psycopg.Connection, schema: str, table: str) -> None:
        query = sql.SQL("copy (select * from {}) to stdout").format(sql.Identifier(schema, table))
        rows: list[bytes] = []
        size = 0
        with conn.cursor().copy(query) as copy:
            for part in copy:
                rows.append(bytes(part))
                size += len(part)
                if size >= _CHUNK and rows[-1].endswith(b"\n"):
                    self.look(f"{schema}.{table}", b"".join(rows))
                    rows, size = [], 0
        self.look(f"{schema}.{table}", b"".join(rows))

    def _add(self, needle: str, variant: str, pattern: bytes) -> None:
        if len(pattern) < _GRAM:
            if variant == "plain":
                raise ValueError(f"the value {needle!r} is too short to be swept for: {_GRAM} bytes at least")
            return
        gram = pattern[:_GRAM]
        self._patterns.setdefault(gram, []).append((pattern, needle, variant))
        self._table[int(_hashed(np.frombuffer(gram, "<u8"))[0])] = True

    def _look(self, place: str, content: bytes) -> None:
        lowered = content.lower()
        for start in range(0, max(len(lowered) - _GRAM + 1, 0), _CHUNK):
            chunk = lowered[start : start + _CHUNK + _GRAM - 1]
            grams = np.ndarray((len(chunk) - _GRAM + 1,), "<u8", chunk, strides=(1,))
            for at in np.flatnonzero(self._table[_hashed(grams)]):
                here = start + int(at)
                for pattern, needle, variant in self._patterns.get(lowered[here : here + _GRAM], ()):
                    if lowered.startswith(pattern, here):
                        self.hits.add(Hit(needle, place, variant))


def variants(value: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name, bytes) of each way in which software writes a text without meaning to hide it."""
    plain = value.encode()
    yield "plain", plain
    yield "utf-16-le", value.encode("utf-16-le")
    yield "utf-16-be", value.encode("utf-16-be")
    yield "hex", plain.hex().encode()
    for skipped in range(3):  # a value may begin at any of three places of a base64 group; the first and last groups hold neighbours
        encoded = base64.b64encode(b"\0" * skipped + plain)
        yield f"base64+{skipped}", encoded[(0, 2, 3)[skipped] : -4]
    yield "sha256", hashlib.sha256(plain).hexdigest().encode()
    yield "sha1", hashlib.sha1(plain, usedforsecurity=False).hexdigest().encode()
    yield "md5", hashlib.md5(plain, usedforsecurity=False).hexdigest().encode()
    escaped = {
        "url": quote(value, safe=""),
        "form": quote_plus(value),
        "html": html.escape(value),
        "json": json.dumps(value)[1:-1],
    }
    for name, text in escaped.items():
        if text != value:
            yield name, text.encode()


def _hashed(grams: np.ndarray) -> np.ndarray:
    return (grams.astype(np.uint64) * _FACTOR) >> np.uint64(64 - _TABLE_BITS)


def _layers(content: bytes, depth: int = _DEPTH) -> Iterator[bytes]:
    """Yield the bytes and, to a depth, what is compressed or encoded in them."""
    yield content
    if depth:
        for inner in _unpacked(content):
            yield from _layers(inner, depth - 1)
        for match in _BYTES.finditer(content):
            yield from _layers(bytes.fromhex(match.group(1).decode()), depth - 1)
        for match in _BASE64.finditer(content):
            text = match.group().replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
            text = text[: len(text) - (len(text) % 4 == 1)]
            try:
                inner = base64.b64decode(text + b"=" * (-len(text) % 4))
            except binascii.Error:
                continue
            for unpacked in _unpacked(inner):
                yield from _layers(unpacked, depth - 1)


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what a gzip, zip or zlib container holds; broken ones hold what could be read."""
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.open(io.BytesIO(content)) as file:
                yield file.read(_LARGEST)
        except (OSError, EOFError, zlib.error):
            return
    elif content[:4] == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for name in archive.namelist():
                    yield name.encode()
                    with archive.open(name) as member:
                        yield member.read(_LARGEST)
        except (zipfile.BadZipFile, RuntimeError, zlib.error):
            return
    elif content[:1] == b"\x78" and content[1:2] in b"\x01\x5e\x9c\xda":
        try:
            yield zlib.decompressobj().decompress(content, _LARGEST)
        except zlib.error:
            return
