"""From identifiers to every record of a person, by what the declarations say and the identity bridge joins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import psycopg
from psycopg import sql

from rapport.declarations import Source, Stream
from rapport.declarations.reach import Link
from rapport.privacy import Keyring
from rapport.privacy.tombstones import Tombstones, named_by, spoken_of
from rapport.rights.conditions import (
    Name,
    any_of,
    as_columns,
    is_customers,
    key_columns,
    key_of,
    link_condition,
    names_in,
    subject_tokens,
    table_of,
)
from rapport.rights.owning import Found, Place, take_in_own_tokens
from rapport.rights.subject import RightsError, Subject

_MOST_ROUNDS = 30


class Finder:
    """Follows the declarations of the sources in use through the raw tables.

    Args:
        conn: a connection that may read raw and core, its time zone UTC.
        keyring: makes tokens.
        sources: the declarations.
    """

    def __init__(self, conn: psycopg.Connection, keyring: Keyring, sources: Mapping[str, Source]) -> None:
        self.conn, self.keyring, self.sources = conn, keyring, sources
        tables = conn.execute("select table_schema, table_name from information_schema.tables where table_schema like 'raw\\_%'").fetchall()
        there = {(str(schema), str(name)) for schema, name in tables}
        self.streams = {
            (source.name, stream.name): (source, stream)
            for source in sources.values()
            for stream in source.streams.values()
            if (source.raw_schema, stream.name) in there
        }
        self.has_bridge = self._has("core.bridge_identity")
        self.has_email_keys = self._has("intermediate.int_identity__email_keys")

    def _has(self, relation: str) -> bool:
        return self.conn.execute("select to_regclass(%s) is not null", [relation]).fetchone() == (True,)

    def find(self, subject: Subject, *, may_be_several: bool = False) -> Found:
        """Return everything that is held of a person.

        Args:
            subject: whom.
            may_be_several: whether identifiers that lead to several persons mean all of them.

        Raises:
            RightsError: they lead to several persons, or an id names no stream of a source in use.
        """
        found = Found(tokens=subject.tokens(self.keyring, self.sources))
        for place, name in self._named(subject):
            found.records[place].add(name)
        self._by_tokens(found)
        seeds = self._persons(found)
        if not may_be_several and (len(seeds) > 1 or (not self.has_bridge and self._is_ambiguous(found))):
            raise RightsError(
                f"these identifiers lead to {len(seeds) or 'several'} persons, who share one of them: name one by --id SOURCE:ID, "
                "or say --all if all of them are meant"
            )
        found.persons = seeds
        for _ in range(_MOST_ROUNDS):
            before = (found.count, len(found.tokens), len(found.persons))
            self._by_bridge(found)
            take_in_own_tokens(self, found)
            self._by_tokens(found)
            self._by_links(found)
            if before == (found.count, len(found.tokens), len(found.persons)):
                return found
        raise RightsError("the declarations lead round in a circle that does not end: see `belongs_to`")

    def buried(self, tombstones: Tombstones) -> Found:
        """Return what stands here although it was erased: after a backup was restored."""
        found = Found()
        for place, (source, stream) in self.streams.items():
            rows = (
                self.conn.execute(sql.SQL("select distinct {} from {}").format(key_of(stream), table_of(source, stream)))
                if stream.key
                else ()
            )
            found.records[place] |= {
                name for row in rows if tombstones.knows_record(source.name, stream.name, stream.landed_key, name := tuple(row[0]))
            }
            for column in subject_tokens(stream):
                held = self.conn.execute(
                    sql.SQL("select distinct {c} from {t}").format(c=sql.Identifier(column), t=table_of(source, stream))
                )
                found.tokens |= {token for (token,) in held if tombstones.knows_token(token)}
        self._by_tokens(found)
        for _ in range(_MOST_ROUNDS):
            before = found.count
            self._by_links(found)
            if found.count == before:
                break
        return found

    def _named(self, subject: Subject) -> Iterator[tuple[Place, Name]]:
        for said in subject.ids:
            place, _, record = said.partition(":")
            source, _, only = place.partition(".")
            streams = [
                stream
                for owner, stream in self.streams.values()
                if spoken_of(owner) == source or owner.name == source
                if stream.reach and stream.reach.subject and len(stream.key) == 1 and (not only or stream.name == only)
            ]
            if not streams:
                raise RightsError(f"no stream of {source} in use is of persons and found by one id: write SOURCE:ID or SOURCE.STREAM:ID")
            for owner, stream in self.streams.values():
                if stream in streams and self._rows(owner, stream, stream.landed_key, [(record,)]):
                    yield (owner.name, stream.name), (record,)

    def _by_tokens(self, found: Found) -> None:
        for place, (source, stream) in self.streams.items():
            if columns := subject_tokens(stream):
                condition = any_of(columns)
                found.records[place] |= self._newest(source, stream, condition, {"tokens": sorted(found.tokens)})

    def _by_links(self, found: Found) -> None:
        for place, (source, stream) in self.streams.items():
            for link in stream.reach.belongs_to if stream.reach else ():
                if (condition := link_condition(stream, link)) and (values := self.link_values(found, stream, link)):
                    found.records[place] |= self._newest(source, stream, condition, as_columns(values))

    def link_values(self, found: Found, stream: Stream, link: Link) -> set[Name]:
        """Return the names by which a link of a stream leads to a record that was found."""
        if link.system is not None:
            return {
                (spoken_of(self.sources[source]), name[0])
                for (source, _), names in found.records.items()
                for name in names
                if len(name) == 1
            }
        place = (link.source, link.stream)
        if place not in self.streams or not (names := found.records.get(place)):
            return set()
        target = self.streams[place]
        columns = named_by(target[1], link)
        values = names if columns == target[1].landed_key else self.values(*target, columns, names)
        declared = stream.by_column[link.columns[0]]
        if declared.treatment == "token" and not columns[0].endswith("_token"):
            kind = declared.kind or "id"
            return {tuple(self.keyring.tokens(declared.domain.otherwise, kind, [value[0]]).to_pylist()) for value in values}
        return values

    def _persons(self, found: Found) -> set[str]:
        if not self.has_bridge:
            return set()
        pairs = [
            (spoken_of(self.sources[source]), name[0])
            for (source, stream), names in found.records.items()
            if is_customers(self.streams[source, stream][1])
            for name in names
            if len(name) == 1
        ]
        return self.persons_of(pairs)

    def persons_of(self, pairs: Sequence[tuple[str, str]]) -> set[str]:
        """Return the person keys of records, given as (system, id)."""
        if not self.has_bridge or not pairs:
            return set()
        rows = self.conn.execute(
            "select distinct b.person_key from core.bridge_identity as b join unnest(%s::text[], %s::text[]) as s (source, id)"
            " on b.source = s.source and (b.source_id = s.id or b.source_id like '%%:' || s.id) where b.record_type = 'record'",
            [[pair[0] for pair in pairs], [pair[1] for pair in pairs]],
        )
        return {str(row[0]) for row in rows}

    def _by_bridge(self, found: Found) -> None:
        found.persons |= self._persons(found) if not found.persons else set()
        if not self.has_bridge or not found.persons:
            return
        rows = self.conn.execute(
            "select source, source_id from core.bridge_identity where record_type = 'record' and person_key = any(%s)",
            [sorted(found.persons)],
        ).fetchall()
        for said, record in rows:
            name = (str(record).rpartition(":")[2],)
            for place, (source, stream) in self.streams.items():
                if (
                    spoken_of(source) == said
                    and is_customers(stream)
                    and len(stream.key) == 1
                    and name not in found.records[place]
                    and self._rows(source, stream, stream.landed_key, [name])
                ):
                    found.records[place].add(name)

    def _is_ambiguous(self, found: Found) -> bool:
        """Without the identity bridge: several records of one stream with a key of their own are taken for several persons."""
        return any(
            len(names) > 1 and is_customers(self.streams[place][1]) and self._is_referred_to(place)
            for place, names in found.records.items()
        )

    def _is_referred_to(self, place: Place) -> bool:
        links = [link for _, stream in self.streams.values() if stream.reach for link in stream.reach.belongs_to]
        return any((link.source, link.stream) == place for link in links)

    def _newest(self, source: Source, stream: Stream, condition: sql.Composable, values: Mapping[str, object]) -> set[Name]:
        """Return the records whose newest version meets a condition: an address that was another's before is not held against them."""
        rows = self.conn.execute(
            sql.SQL(
                "select key from (select distinct on (key) {key} as key, coalesce({condition}, false) as is_met from {table}"
                " where {key} in (select {key} from {table} where {condition})"
                " order by key, _version_at desc nulls last, _seen_at desc, _row_hash) as newest where is_met"
            ).format(key=key_of(stream), table=table_of(source, stream), condition=condition),
            values,
        )
        return {tuple(row[0]) for row in rows}

    def _rows(self, source: Source, stream: Stream, columns: Sequence[str], values: Sequence[Name]) -> bool:
        query = sql.SQL("select 1 from {} where {} limit 1").format(table_of(source, stream), names_in(columns))
        return self.conn.execute(query, as_columns(set(values))).fetchone() is not None

    def values(self, source: Source, stream: Stream, columns: Sequence[str], names: set[Name]) -> set[Name]:
        """Return what the found records of a stream hold in some columns, in any version."""
        query = sql.SQL("select distinct {} from {} where {}").format(
            sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in columns),
            table_of(source, stream),
            names_in(key_columns(stream)),
        )
        return {tuple(row) for row in self.conn.execute(query, as_columns(names)) if all(value is not None for value in row)}
