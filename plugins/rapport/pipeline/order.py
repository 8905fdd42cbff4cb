"""In which order sources are read: those that know people's names before those whose free text may hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import psycopg

from rapport.declarations import Source, Stream
from rapport.home import Home

# A text can only be freed of names that are known when it is read. CRM and HR know most people; a helpdesk knows requesters whom
# no CRM has, and they answer surveys and leave their names in page titles too.
_RANK = {"crm": 0, "hr": 0, "support": 1}
_LAST = 2


def in_order(sources: Iterable[Source]) -> list[list[Source]]:
    """Return groups of sources; a group is read when the one before it has ended, its sources at once."""
    groups: dict[int, list[Source]] = {}
    for source in sources:
        groups.setdefault(_rank(source), []).append(source)
    return [groups[rank] for rank in sorted(groups)]


def unread_names(home: Home, declared: Mapping[str, Source], source: Source) -> list[tuple[Source, Stream]]:
    """Return the streams that tell names, of sources that come before `source`, which this warehouse has never read."""
    with psycopg.connect(home.dsn("loader")) as conn:
        read = set(conn.execute("select distinct source, stream from ops.stream_load where state = 'success'").fetchall())
    return [
        (earlier, stream)
        for earlier in declared.values()
        if _rank(earlier) < _rank(source)
        for stream in earlier.ordered_streams
        if stream.feeds_directory and (earlier.name, stream.name) not in read
    ]


def _rank(source: Source) -> int:
    return _RANK.get(source.domain, _LAST)
