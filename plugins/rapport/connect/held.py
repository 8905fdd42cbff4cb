"""Which records a source holds now: their keys alone, out of a whole reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from rapport.connect.page import Page
from rapport.connect.records import RecordReader
from rapport.declarations import Stream


def key_stream(stream: Stream) -> Stream:
    """Return a stream of the key and the deletion marker alone: another field's fault does not hide a record from it."""
    wanted = {*stream.key, *((stream.deleted.column,) if stream.deleted else ())}
    return replace(stream, fields=tuple(field for field in stream.fields if field.column in wanted), clock=None)


def keys_in(stream: Stream, pages: Iterable[Page]) -> Iterator[pa.Table]:
    """Yield the key columns, before treatment, of all records in pages that are not marked as deleted.

    Args:
        stream: the declaration that the pages were cast to.
        pages: a whole reading; records that were set aside for another field's sake count, for the source does hold them.
    """
    reader = RecordReader(key_stream(stream))
    for page in pages:
        yield _current(stream, page.table)
        if page.rejected:
            yield _current(stream, reader.cast([reject.record for reject in page.rejected])[0])


def _current(stream: Stream, table: pa.Table) -> pa.Table:
    if stream.deleted:
        table = table.filter(pc.invert(stream.deleted.mask(table)))
    return table.select(list(stream.key))
