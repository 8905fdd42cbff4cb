"""Which identifiers on a person's records are theirs alone, and which stand on records of others, too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from psycopg import sql

from rapport.declarations import Source, Stream
from rapport.privacy.tombstones import spoken_of
from rapport.rights.conditions import Name, any_of, is_customers, key_of, subject_tokens, table_of

if TYPE_CHECKING:
    from rapport.rights.finding import Finder

Place = tuple[str, str]  # source, stream
_REACHES = re.compile(r"(em|ph|hd|xe|xp|xh)\d")  # tokens of what a person is written to at


@dataclass
class Found:
    """What is held of a person.

    Attributes:
        tokens: tokens that are this person's and nobody else's.
        shared: tokens on this person's records that others' records carry, too.
        records: (source, stream) -> keys of the records.
        persons: person keys of the identity bridge.
    """

    tokens: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    records: dict[Place, set[Name]] = field(default_factory=lambda: defaultdict(set))
    persons: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many records there are."""
        return sum(map(len, self.records.values()))


def take_in_own_tokens(finder: Finder, found: Found) -> None:
    """Take in those tokens of the records found that no record of anybody else carries."""
    carried: set[str] = set()
    for place, names in found.records.items():
        source, stream = finder.streams[place]
        for column in subject_tokens(stream) if names else ():
            carried |= {value[0] for value in finder.values(source, stream, [column], names) if value[0]}
    fresh = carried - found.tokens
    if not fresh:
        return
    others: set[str] = set()
    for source, stream in finder.streams.values():
        if columns := subject_tokens(stream):
            others |= _of_others(finder, found, (source, stream), columns, carried)
    others -= _joined(finder, found, fresh)
    found.shared = fresh & others
    found.tokens |= fresh - others


def _joined(finder: Finder, found: Found, tokens: set[str]) -> set[str]:
    """Return those addresses that the identity bridge joins to the persons found and to nobody else, whatever else a record carries."""
    if not finder.has_email_keys or not found.persons:
        return set()
    rows = finder.conn.execute(
        "select email_token from intermediate.int_identity__email_keys where email_token = any(%s)"
        " group by email_token having bool_and(person_key = any(%s))",
        [sorted(tokens), sorted(found.persons)],
    )
    return {str(row[0]) for row in rows}


def _of_others(finder: Finder, found: Found, place: tuple[Source, Stream], columns: Sequence[str], carried: set[str]) -> set[str]:
    source, stream = place
    ours = found.records[source.name, stream.name]
    rows = finder.conn.execute(
        sql.SQL("select distinct {key}, array[{columns}]::text[] from {table} where {condition}").format(
            key=key_of(stream),
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            table=table_of(source, stream),
            condition=any_of(columns),
        ),
        {"tokens": sorted(carried)},
    ).fetchall()
    strangers = [(tuple(key), {token for token in tokens if token}) for key, tokens in rows if tuple(key) not in ours]
    foreign: set[str] = set()
    for name, tokens in strangers:
        # another address, number or handle is another person; another device, or id of a system, may be the same one's
        is_another = any(_REACHES.match(token) for token in tokens - carried - found.tokens)
        if not is_another and is_customers(stream) and len(name) == 1:
            is_another = bool(finder.persons_of([(spoken_of(source), name[0])]) - found.persons)
        if is_another:
            foreign |= tokens & carried
    return foreign
