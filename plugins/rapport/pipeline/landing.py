"""The pages of one reading, treated and landed; and what the reading as a whole says: what the source no longer holds."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.compute as pc

from rapport.connect import Page
from rapport.connect.page import joined
from rapport.declarations import Source, Stream
from rapport.home import Home
from rapport.land import Gone, Served, land_page
from rapport.pipeline.ahead import Ahead
from rapport.pipeline.keys import KeyTreatment, gatekeeper
from rapport.pipeline.loads import Log
from rapport.pipeline.reading import Reading
from rapport.pipeline.spool import Spool
from rapport.privacy import Directory, Keyring, Sealed, Treated, seal, treat

_PROGRESS_SECONDS = 5.0
_MOST_WAITING = 20_000  # rows, or kilobytes, read ahead of their treatment


@dataclass(frozen=True)
class Ready:
    """A page that may be landed: treated rows, sealed records and what is noted beside them, as `land_page` takes it; and its keys."""

    treated: Treated
    sealed: list[Sealed]
    undeclared: Mapping[str, int]
    remarks: Counter[tuple[str, str]]
    fetched: int
    cursor: Mapping[str, Any] | None
    erased: int = 0
    keys: tuple[pa.Table, ...] = ()


class Load:
    """One extraction under way.

    Args:
        conn: a connection as `loader`, with autocommit.
        source: the declaration.
        stream: the stream.
        home: the installation, for a place on disk.
        keyring: makes tokens.
        directory: of known identifiers.
        reading: how the stream is read this time.
        load_id: the row in `ops.stream_load`.
        log: takes a line at a time.
    """

    def __init__(
        self,
        conn: psycopg.Connection,
        source: Source,
        stream: Stream,
        *,
        home: Home,
        keyring: Keyring,
        directory: Directory,
        reading: Reading,
        load_id: str,
        log: Log,
    ) -> None:
        self.conn, self.source, self.stream, self.log = conn, source, stream, log
        self.home, self.keyring, self.directory, self.reading, self.load_id = home, keyring, directory, reading, load_id
        self.sealed: set[str] = set()
        self.cursor: Mapping[str, Any] | None = None
        self.pages = self.fetched = self.landed = self.duplicate = self.quarantined = 0
        self.seconds = 0.0
        self._gate = gatekeeper(conn, source, stream, home, keyring)
        self._keys: KeyTreatment | None = None
        self._served: Served | None = None

    def run(self, pages: Iterable[Page], *, compares_keys: bool) -> None:
        """Land every page, saying now and then how far it is.

        Args:
            pages: what the source serves.
            compares_keys: whether the keys of this reading are kept, for `mark_gone`.

        Raises:
            LandError: the warehouse refused a page, or the stream would shrink too much (nothing is landed then).
        """
        if compares_keys:
            self._begin_keys()
        began = said = time.monotonic()
        with Ahead(pages, _MOST_WAITING, _size) as served, Ahead(map(self._prepare, served)) as prepared:
            waiting = chain.from_iterable(prepared)
            for ready in self._when_all_is_read(waiting) if self.reading.is_replacement else waiting:
                self._land(ready)
                if time.monotonic() - said >= _PROGRESS_SECONDS:
                    said = time.monotonic()
                    self.log(self._progress(said - began))
        self.seconds = time.monotonic() - began
        self.log(f"{self._progress(self.seconds)}; {self.landed:,} new, {self.duplicate:,} known, {self.quarantined:,} set aside")

    def sweep(self, tables: Iterable[pa.Table]) -> Gone:
        """Compare every key that the source serves, read alone, with what is landed.

        Args:
            tables: the key's columns before treatment, of every record the source holds.

        Raises:
            LandError: too many records would be marked deleted; none is.
        """
        keys, served = self._begin_keys()
        rows, said = 0, time.monotonic()
        for table in tables:
            served.add(keys.of_table(table))
            rows += table.num_rows
            if time.monotonic() - said >= _PROGRESS_SECONDS:
                said = time.monotonic()
                self.log(f"{self.source.name}.{self.stream.name}: {rows:,} keys compared")
        return self.mark_gone()

    def mark_gone(self) -> Gone:
        """Mark the records that this reading missed as deleted, and those that came back as there.

        Raises:
            LandError: too many would be marked deleted; none is.
        """
        if self._served is None:
            raise ValueError("mark_gone needs a reading whose keys were kept")
        gone = self._served.mark(self.load_id, self.reading.max_shrink)
        if gone.deleted or gone.returned:
            self.log(
                f"{self.source.name}.{self.stream.name}: no longer served, so deleted from now on: {gone.deleted:,}; "
                f"served again: {gone.returned:,}"
            )
        return gone

    def _begin_keys(self) -> tuple[KeyTreatment, Served]:
        self._keys = KeyTreatment(self.source, self.stream, self.keyring, self.directory)
        self._served = Served(self.conn, self.source, self.stream)
        return self._keys, self._served

    def _when_all_is_read(self, waiting: Iterable[Ready]) -> Iterator[Ready]:
        """Hold every page back until the last is read and the whole is found not to shrink too much."""
        with Spool(self.home.dir("spool")) as spool:
            said = time.monotonic()
            for ready in waiting:
                self._keep_keys(ready)
                spool.put(replace(ready, keys=()))
                if time.monotonic() - said >= _PROGRESS_SECONDS:
                    said = time.monotonic()
                    self.log(f"{self.source.name}.{self.stream.name}: {self.pages:,} pages read, none landed before the last")
            if self._served is not None:
                self._served.check(self.reading.max_shrink)
            yield from spool.pages()

    def _prepare(self, pages: Sequence[Page]) -> Ready:
        """Treat what was served meanwhile as one page: a transaction for each small page would cost more than its rows."""
        page = joined(pages)
        left = self._gate.take_out(page.table)  # before anything is made of it: tokens, vault rows, known names
        page = replace(page, table=left.table)
        rejected = [reject for reject in page.rejected if not self._gate.is_erased(reject)]
        erased = left.erased + len(page.rejected) - len(rejected)
        treated = treat(page.table, self.source, self.stream, self.keyring, self.directory, sealed_before=self.sealed)
        sealed = [self._seal(reject.record, reject.field, reject.reason) for reject in rejected]
        treated, keyless = self._without_keyless(page, treated)
        keys: tuple[pa.Table, ...] = ()
        if self._keys is not None:
            keys = (treated.table.select(list(self.stream.landed_key)), self._keys.of_rejects(page.rejected))
        self.pages += len(pages)
        self.fetched += page.fetched
        cursor = page.cursor if self.reading.keeps_place else None
        self.cursor = page.cursor or self.cursor
        return Ready(treated, sealed + keyless, page.undeclared, page.remarks, page.fetched, cursor, erased, keys)

    def _keep_keys(self, ready: Ready) -> None:
        for keys in ready.keys:
            if self._served is not None and keys.num_rows:
                self._served.add(keys)

    def _land(self, ready: Ready) -> None:
        self._keep_keys(ready)
        landed = land_page(
            self.conn,
            self.source,
            self.stream,
            ready.treated,
            load_id=self.load_id,
            rejected=ready.sealed,
            undeclared=ready.undeclared,
            fetched=ready.fetched,
            cursor=ready.cursor,
            erased=ready.erased,
            remarks=ready.remarks,
            sealed_before=self.sealed,
        )
        self.landed += landed.rows_landed
        self.duplicate += landed.rows_duplicate
        self.quarantined += len(ready.sealed) + ready.erased

    def _without_keyless(self, page: Page, treated: Treated) -> tuple[Treated, list[Sealed]]:
        """Set aside rows whose key is missing, or could not be made into a token."""
        sealed: list[Sealed] = []
        for column, landed in zip(self.stream.key, self.stream.landed_key, strict=True):
            missing = pc.is_null(treated.table[landed])
            if pc.any(missing).as_py():
                records = page.table.filter(missing).to_pylist()
                sealed += [self._seal(record, column, "the key is missing or not readable") for record in records]
                kept = pc.invert(missing)
                page = Page(page.table.filter(kept))
                treated = replace(treated, table=treated.table.filter(kept))
        return treated, sealed

    def _seal(self, record: Mapping[str, Any], field: str, reason: str) -> Sealed:
        return seal(record, field, reason, self.keyring, source=self.source.name, stream=self.stream.name)

    def _progress(self, seconds: float) -> str:
        rate = self.fetched / seconds if seconds > 0 else 0.0
        return f"{self.source.name}.{self.stream.name}: {self.pages:,} pages, {self.fetched:,} rows, {rate:,.0f} rows/s"


def _size(page: Page) -> int:
    return max(page.fetched, page.table.nbytes >> 10)
