"""What every reader of a settings file needs: days, versions, names that have to be known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rapport.declarations.document import Document

BEGINNING = "1900-01-01"  # a version without `valid_from` has always been in force
END = "9999-12-31"


@dataclass(frozen=True)
class Known:
    """What other files have declared.

    Attributes:
        metrics: names of the metrics.
        config: the settings read so far.
    """

    metrics: frozenset[str] = frozenset()
    config: dict[str, Any] = field(default_factory=dict)

    def ids(self, key: str) -> set[str]:
        """Return the ids of a list of settings read before."""
        return {str(item["id"]) for item in self.config.get(key, [])}


Reader = Callable[[Document, Known], dict[str, Any]]
Place = tuple[Any, ...]


def day(document: Document, place: Place, value: object) -> str:
    """Return a day as `2026-12-25`.

    Raises:
        DeclarationError: it is none.
    """
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()[:10]
    except ValueError:
        raise document.error(place, "is no day: write 2026-12-25") from None


def optional_day(document: Document, place: Place, item: dict[str, Any], name: str) -> str | None:
    """Return the day `name` of an item, or None where it says none."""
    return day(document, (*place, name), item[name]) if item.get(name) is not None else None


def one_of(document: Document, place: Place, value: str, known: Collection[str], what: str) -> None:
    """Refuse a name that nothing declares.

    Raises:
        DeclarationError: `value` is none of `known`.
    """
    if value not in known:
        shown = ", ".join(sorted(known)[:12]) or "none"
        raise document.error(place, f"there is no {what} {value}; there are {shown}")


def once(document: Document, place: Place, items: list[dict[str, Any]], keys: Iterable[str] = ("id",)) -> None:
    """Refuse a list in which two items have the same key.

    Raises:
        DeclarationError: at the second of them.
    """
    seen: set[tuple[Any, ...]] = set()
    for number, item in enumerate(items):
        key = tuple(item.get(name) for name in keys)
        if key in seen:
            raise document.error((*place, number), f"{', '.join(map(str, key))} stands twice: give one of them another name")
        seen.add(key)


def versions(document: Document, place: Place, items: list[dict[str, Any]], key: Iterable[str] = ("id",)) -> list[dict[str, Any]]:
    """Return items with `valid_from` and `valid_to` (half-open days) and `version` (1, 2, …) within their key.

    Raises:
        DeclarationError: two versions of one key begin on the same day, or a first version begins and `valid_from` is no day.
    """
    names = tuple(key)
    found: dict[tuple[Any, ...], list[tuple[str, int, dict[str, Any]]]] = {}
    for number, item in enumerate(items):
        begins = day(document, (*place, number, "valid_from"), item.get("valid_from", BEGINNING))
        group = found.setdefault(tuple(item.get(name) for name in names), [])
        if begins in {earlier for earlier, _, _ in group}:
            what = ", ".join(str(item.get(name)) for name in names)
            raise document.error((*place, number), f"{what} stands twice from the same day: give the newer version a `valid_from`")
        group.append((begins, number, item))
    built = {}
    for group in found.values():
        group.sort(key=lambda version: version[0])
        ends = [begins for begins, _, _ in group[1:]] + [END]
        for version, ((begins, number, item), until) in enumerate(zip(group, ends, strict=True), start=1):
            built[number] = {**item, "valid_from": BEGINNING if version == 1 else begins, "valid_to": until, "version": version}
    return [built[number] for number in sorted(built)]
