"""Read a Parquet file some rows at a time: its types pass through, or are cast where the declaration says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rapport.connect.columnar import page_of, wanted
from rapport.connect.csvfile import check_names
from rapport.connect.errors import ConnectError
from rapport.connect.folder import File
from rapport.connect.page import Page
from rapport.declarations import Stream

ROWS = 100_000  # of a page
BYTES = 64 * 1024 * 1024  # about as much of a page, where rows are long
_BUFFER = 1024 * 1024  # read at once from a column
_FAULTS = (pa.ArrowException, OSError)


def read_parquet(stream: Stream, file: File) -> Iterator[Page]:
    """Yield the pages of one Parquet file; columns that nobody declared are not read.

    Raises:
        ConnectError: it is no readable Parquet file, or has none of the declared columns.
    """
    fault = ""
    with file.open_windable() as handle:
        try:
            table = pq.ParquetFile(handle, buffer_size=_BUFFER, pre_buffer=False)
            names = table.schema_arrow.names
            check_names(stream, names, file.where)
            read = wanted(stream, names)
            done = 0
            unread = [name for name in names if name not in read]
            for batch in _batches(table, read):
                columns = [(name, batch.column(index)) for index, name in enumerate(batch.schema.names)]
                numbers = np.arange(done + 1, done + batch.num_rows + 1)
                yield page_of(stream, columns, batch.num_rows, unread=unread, file=file.name, numbers=numbers)
                done += batch.num_rows
        except _FAULTS as error:
            fault = type(error).__name__
    if fault:
        raise ConnectError("file", f"{file.where}: not readable as Parquet ({fault}): is it cut off, damaged or encrypted?")


def count_parquet(file: File) -> int:
    """Return the number of rows that the file's footer gives."""
    try:
        with file.open_windable() as handle:
            return int(pq.read_metadata(handle).num_rows)
    except _FAULTS as error:
        fault = type(error).__name__
    raise ConnectError("file", f"{file.where}: not readable as Parquet ({fault})")


def _batches(table: pq.ParquetFile, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows in batches of about one size, however small the file's own groups are."""
    size = _rows_at_once(table.metadata)
    waiting: list[pa.RecordBatch] = []
    for batch in table.iter_batches(batch_size=size, columns=columns, use_threads=True):
        waiting.append(batch)
        if sum(part.num_rows for part in waiting) >= size:
            yield pa.concat_batches(waiting) if len(waiting) > 1 else batch
            waiting = []
    if sum(part.num_rows for part in waiting):
        yield pa.concat_batches(waiting)


def _rows_at_once(metadata: pq.FileMetaData) -> int:
    rows = max(metadata.num_rows, 1)
    size = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    return max(1_000, min(ROWS, BYTES * rows // max(size, 1)))
