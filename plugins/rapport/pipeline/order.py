"""In which order sources are read on one pass: those that know people's names before those whose free text may hold them."""

from __future__ import annotations

from collections.abc import Iterable

from rapport.declarations import Source

# A text can only be freed of names that are known when it is read. CRM and HR know most people; a helpdesk knows requesters whom
# no CRM has, and they answer surveys and leave their names in page titles too.
_RANK = {"crm": 0, "hr": 0, "support": 1}
_LAST = 2


def in_order(sources: Iterable[Source]) -> list[list[Source]]:
    """Return groups of sources; a group is read when the one before it has ended, its sources at once."""
    groups: dict[int, list[Source]] = {}
    for source in sources:
        groups.setdefault(_RANK.get(source.domain, _LAST), []).append(source)
    return [groups[rank] for rank in sorted(groups)]
