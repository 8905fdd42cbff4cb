"""The keys of records as they land, read alone: to find out what a source no longer holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import psycopg
import pyarrow as pa

from rapport.connect import Reject
from rapport.connect.records import RecordReader
from rapport.declarations import Source, Stream, load_sources
from rapport.home import Home
from rapport.privacy import Directory, Keyring, treat
from rapport.privacy.tombstones import Gatekeeper, Left, Tombstones


class KeyTreatment:
    """Makes landed keys of one stream.

    Args:
        source: the declaration.
        stream: the stream; it has a key.
        keyring: makes tokens of personal keys.
        directory: of known identifiers.
    """

    def __init__(self, source: Source, stream: Stream, keyring: Keyring, directory: Directory) -> None:
        self._source, self._keyring, self._directory = source, keyring, directory
        fields = tuple(declared for declared in stream.fields if declared.column in stream.key)
        self.stream: Stream = replace(stream, fields=fields, clock=None, deleted=None, cursor=None)

    def of_table(self, table: pa.Table) -> pa.Table:
        """Return the landed key columns of a table that holds the key's columns before treatment; rows without one are left out."""
        treated = treat(table.select(self.stream.arrow_schema.names), self._source, self.stream, self._keyring, self._directory)
        return treated.table.select(list(self.stream.landed_key)).drop_null()

    def of_rejects(self, rejects: Iterable[Reject]) -> pa.Table:
        """Return the keys of records that were set aside for another field's sake: the source does hold them."""
        records: list[Mapping[str, Any]] = [reject.record for reject in rejects]
        table, _, _ = RecordReader(self.stream).cast(records)
        return self.of_table(table)


class Gate(Gatekeeper):
    """Keeps out of a load who was erased, in records that could not be cast as well."""

    def is_erased(self, reject: Reject) -> bool:
        """Say whether a record that is set aside is somebody's who was erased, by the fields that can be read."""
        if not self.is_open:
            return False
        readable = [declared for declared in self.looked_at.fields if reject.field not in {declared.name, declared.column}]
        table, _, _ = RecordReader(replace(self.looked_at, fields=tuple(readable), key=())).cast([reject.record])
        if not table.num_rows:
            return False
        for column, kind in zip(self.looked_at.arrow_schema.names, self.looked_at.arrow_schema.types, strict=True):
            if column not in table.column_names:
                table = table.append_column(column, pa.nulls(table.num_rows, kind))
        return bool(self.take_out(table).erased)


class Gates:
    """A gate a key: who was erased before a rotation is known by the tokens of that time."""

    def __init__(self, gates: Sequence[Gate]) -> None:
        """Put gates one behind the other."""
        self._gates = tuple(gates)

    def take_out(self, table: pa.Table) -> Left:
        """Return what all gates leave of a page, before treatment."""
        erased = 0
        for gate in self._gates:
            left = gate.take_out(table)
            table, erased = left.table, erased + left.erased
        return Left(table, erased)

    def is_erased(self, reject: Reject) -> bool:
        """Say whether a record that is set aside is somebody's who was erased."""
        return any(gate.is_erased(reject) for gate in self._gates)


def gatekeeper(conn: psycopg.Connection, source: Source, stream: Stream, home: Home, keyring: Keyring) -> Gates:
    """Return what keeps erased people out of a load, by the tombstones that are there when it begins.

    An erasure lays its tombstones first and then waits for the loads under way.
    """
    hashes = [bytes(row[0]) for row in conn.execute("select hash from vault.tombstone")]
    names_others = stream.reach is not None and any(
        link.source != source.name for link in (*stream.reach.belongs_to, *stream.reach.mentions)
    )
    declared = load_sources(home.sources_dir) if hashes and names_others else {}
    return Gates([Gate(source, stream, one, Tombstones(one, hashes), declared) for one in (*keyring.earlier, keyring)])
