"""The keys of records as they land, read alone: to find out what a source no longer holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from rapport.connect import Reject
from rapport.connect.records import RecordReader
from rapport.declarations import Source, Stream
from rapport.privacy import Directory, Keyring, treat


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
