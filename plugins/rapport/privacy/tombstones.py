"""Tombstones: what was erased is known again when a source serves it once more, by keyed hashes that say nothing else.

A hash is made of a token, or of the name of a record (source, stream, columns, values). Its key is of its own: whoever holds the
tombstones and the tokens, but not the master key, cannot tell which token was erased.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rapport.declarations import Field, Source, Stream
from rapport.declarations.reach import Link, Reach
from rapport.privacy.directory import Directory
from rapport.privacy.keyring import Keyring
from rapport.privacy.treat import treat

ERASED = "erased"
_BYTES = 16


class Tombstones:
    """The hashes of what was erased from one tenant's warehouse."""

    def __init__(self, keyring: Keyring, hashes: Iterable[bytes] = ()) -> None:
        """Remember hashes, as `of_token` and `of_record` make them."""
        self._keyring = keyring
        self._key = keyring.subkey("erasure", "tombstone")
        self._known = frozenset(hashes)

    def __len__(self) -> int:
        return len(self._known)

    def of_token(self, token: str) -> bytes:
        """Return the tombstone of a token."""
        return self._mac("token", token)

    def of_record(self, source: str, stream: str, columns: Sequence[str], values: Sequence[str]) -> bytes:
        """Return the tombstone of the records of a stream that hold `values`, as PostgreSQL writes them, in `columns`."""
        return self._mac("record", source, stream, *columns, *values)

    def knows_token(self, token: str | None) -> bool:
        """Say whether a token was erased."""
        return token is not None and self.of_token(token) in self._known

    def knows_record(self, source: str, stream: str, columns: Sequence[str], values: Sequence[Any]) -> bool:
        """Say whether the record was erased; one without a name was not."""
        if any(value is None for value in values):
            return False
        return self.of_record(source, stream, columns, [as_written(value) for value in values]) in self._known

    def _mac(self, *parts: str) -> bytes:
        return hmac.digest(self._key, "\0".join(parts).encode(), "sha256")[:_BYTES]


@dataclass(frozen=True)
class Left:
    """What is left of a page.

    Attributes:
        table: the rows of nobody erased; what names somebody erased is null in them.
        erased: rows that were taken out.
    """

    table: pa.Table
    erased: int


class Gatekeeper:
    """Takes erased people out of the pages of one stream before anything is made of them.

    Args:
        source: the declaration.
        stream: the stream.
        keyring: makes tokens, to compare.
        tombstones: what was erased.
        declared: the sources in use, to learn by which columns a link names another record.
    """

    def __init__(
        self, source: Source, stream: Stream, keyring: Keyring, tombstones: Tombstones, declared: Mapping[str, Source] | None = None
    ) -> None:
        self._source, self._stream, self._keyring, self._tombstones = source, stream, keyring, tombstones
        self._declared = {**(declared or {}), source.name: source}

    def take_out(self, table: pa.Table) -> Left:
        """Return what is left of a page, before treatment."""
        if not self.is_open or not table.num_rows:
            return Left(table, 0)
        landed = treat(table, self._source, self.looked_at, self._keyring, Directory(self._keyring)).table
        gone = self._gone(landed)
        for column, rows in self._cut(landed):
            at = table.schema.get_field_index(column)
            table = table.set_column(
                at, table.schema.field(at), pc.if_else(rows, pa.scalar(None, table.schema.field(at).type), table[column])
            )
        for link in (*self._reach.belongs_to, *self._reach.mentions):
            if link.item is not None:
                at = table.schema.get_field_index(link.columns[0])
                table = table.set_column(at, table.schema.field(at), self._without_items(table[link.columns[0]], link))
        erased = pc.sum(gone).as_py() or 0
        return Left(table.filter(pc.invert(gone)) if erased else table, erased)

    def _gone(self, landed: pa.Table) -> pa.Array:
        reach, stream = self._reach, self._stream
        masks = [self._tokens_known(landed, name) for column in reach.subject for name in token_columns(stream, column)]
        if stream.key:
            masks.append(self._records_known(landed, stream.landed_key, [(self._source.name, stream.name, stream.landed_key)]))
        for link in reach.belongs_to:
            masks.append(self._link_known(landed, link))
        gone = pa.array([False] * landed.num_rows)
        for mask in masks:
            gone = pc.or_(gone, mask)
        return gone

    def _cut(self, landed: pa.Table) -> Iterator[tuple[str, pa.Array]]:
        """Yield the columns, before treatment, that name somebody erased, and in which rows."""
        reach, stream = self._reach, self._stream
        for declared in mentioned(stream):
            masks = [self._tokens_known(landed, name) for name in token_columns(stream, declared.column)]
            rows = masks[0] if len(masks) == 1 else pc.or_(masks[0], masks[1])
            if pc.any(rows).as_py():
                yield declared.column, rows
        for link in reach.mentions:
            if link.item is None and link.system is None:
                rows = self._link_known(landed, link)
                if pc.any(rows).as_py():
                    for column in link.columns:
                        yield column, rows

    def _link_known(self, landed: pa.Table, link: Link) -> pa.Array:
        names = [name for column in link.columns for name in list(self._stream.by_column[column].landed)[:1]]
        if link.system is not None:
            return self._system_known(landed, names[0], link.system)
        if link.item is not None:
            listed = [_only(value, link.item) for value in landed[names[0]].to_pylist()]
            landed = pa.table({names[0]: pa.array(listed, pa.string())})
        target = self._declared.get(link.source)
        stream = target.streams.get(link.stream) if target else None
        if target is None or stream is None:
            return pa.array([False] * landed.num_rows)
        return self._records_known(landed, names, [(target.name, stream.name, named_by(stream, link))])

    def _without_items(self, values: pa.ChunkedArray, link: Link) -> pa.Array:
        """Take the erased out of lists."""
        target = self._declared.get(link.source)
        stream = target.streams.get(link.stream) if target else None
        if stream is None:
            return values
        columns = named_by(stream, link)

        def without(value: str | None) -> str | None:
            listed = json.loads(value) if value else None
            if not isinstance(listed, list):
                return value
            kept = [
                one
                for one in listed
                if not isinstance(one, dict) or not self._tombstones.knows_record(link.source, link.stream, columns, [one.get(link.item)])
            ]
            return value if len(kept) == len(listed) else json.dumps(kept)

        return pa.array([without(value) for value in values.to_pylist()], values.type)

    def _system_known(self, landed: pa.Table, name: str, system: str) -> pa.Array:
        known = [
            any(
                self._tombstones.knows_record(source.name, stream.name, stream.landed_key, [record])
                for source in self._declared.values()
                if spoken_of(source) == said
                for stream in source.streams.values()
                if len(stream.key) == 1
            )
            for said, record in zip(landed[system].to_pylist(), landed[name].to_pylist(), strict=True)
        ]
        return pa.array(known, pa.bool_())

    def _tokens_known(self, landed: pa.Table, name: str) -> pa.Array:
        return _by_distinct(landed[name], self._tombstones.knows_token)

    def _records_known(self, landed: pa.Table, names: Sequence[str], places: Sequence[tuple[str, str, Sequence[str]]]) -> pa.Array:
        def known(values: Sequence[Any]) -> bool:
            return any(self._tombstones.knows_record(source, stream, columns, values) for source, stream, columns in places)

        if len(names) == 1:
            return _by_distinct(landed[names[0]], lambda value: known([value]))
        rows = zip(*(landed[name].to_pylist() for name in names), strict=True)
        return pa.array([known(values) for values in rows], pa.bool_())

    @property
    def is_open(self) -> bool:
        """Whether there is anything to keep out."""
        return len(self._tombstones) > 0 and self._stream.reach is not None

    @property
    def _reach(self) -> Reach:
        return self._stream.reach or Reach()

    @cached_property
    def looked_at(self) -> Stream:
        """The stream with those fields alone that decide."""
        stream, reach = self._stream, self._stream.reach
        wanted = {*stream.key, *(declared.column for declared in mentioned(stream))}
        if reach is not None:
            wanted |= {*reach.subject}
            for link in (*reach.belongs_to, *reach.mentions):
                wanted |= {*link.columns, *([link.system] if link.system else [])}
        fields = tuple(
            replace(declared, directory=False, vault=False, surname=False, role=False)
            for declared in stream.fields
            if declared.column in wanted
        )
        return replace(stream, fields=fields, clock=None, deleted=None, cursor=None, reach=None)


def mentioned(stream: Stream) -> list[Field]:
    """Return the fields whose tokens may name somebody whose record it is not."""
    subject = stream.reach.subject if stream.reach else ()
    return [field for field in stream.fields if field.treatment == "token" and field.column not in {*subject, *stream.key}]


def named_by(stream: Stream, link: Link) -> tuple[str, ...]:
    """Return the landed columns of the stream a link leads to by which it names a record."""
    return tuple(next(iter(stream.by_column[column].landed)) for column in link.to or stream.key)


def spoken_of(source: Source) -> str:
    """Return how other systems call a source: the declarations of the inbox are one system."""
    return "inbox" if source.name.startswith("inbox_") else source.name


def as_written(value: Any) -> str:
    """Return a value as PostgreSQL casts it to text, with UTC as the session's zone."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        text = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}".rstrip("0").rstrip(".")
        return f"{text}+00"
    return str(value)


def token_columns(stream: Stream, column: str) -> list[str]:
    """Return the landed columns of a field that hold tokens of it; none if it is not tokenised."""
    declared = stream.by_column[column]
    if declared.treatment != "token":
        return []
    return [name for name in declared.landed if name.endswith("_token") and not name.endswith("_surname_token")]


def _only(value: str | None, item: str) -> str | None:
    """Return the name of the only object in a list, None where there are several or none."""
    listed = json.loads(value) if value else None
    if not isinstance(listed, list) or len(listed) != 1 or not isinstance(listed[0], dict):
        return None
    found = listed[0].get(item)
    return None if found is None else str(found)


def _by_distinct(values: pa.ChunkedArray, known: Any) -> pa.Array:
    encoded = values.combine_chunks().dictionary_encode()
    of_each = pa.array([value is not None and known(value) for value in encoded.dictionary.to_pylist()], pa.bool_())
    return pc.fill_null(pc.take(of_each, encoded.indices), False)
