"""From the nested records of a JSON body to columns, and the count of what nobody declared."""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapport.connect.cast import Cast, cast_lists
from rapport.declarations import Field, Stream

Record = Mapping[str, Any]
PARENT = "parent"
KEY = "_key"  # the name under which a record stood in an object of objects; not a field that must be declared
_PLAIN = re.compile(r"[@#]?[\w .:/$\[\]-]{1,80}")  # `@name` and `#text` are how attributes and text of XML are named
Translations = Mapping[str, Mapping[str, Any]]  # name of a list of `lookups` -> what stands in a record -> what is meant
NO_TRANSLATION = "no translation of "


def dig(body: Any, path: str | None) -> Any:
    """Return what stands at a dotted path of a JSON value, or None; an empty path is the value itself, `-1` a list's last entry."""
    for part in path.split(".") if path else ():
        if isinstance(body, Mapping):
            body = body.get(part)
        elif isinstance(body, list) and body and part == "-1":
            body = body[-1]
        else:
            return None
    return body


def is_there(body: Any, path: str | None) -> bool:
    """Return whether records, or null, stand at a dotted path of a JSON value; `.*` at its end does not count."""
    for part in (path or "").removesuffix("*").removesuffix(".").split("."):
        if part and (not isinstance(body, Mapping) or part not in body):
            return False
        body = body[part] if part else body
    return body is None or isinstance(body, list | Mapping)


def rows_of(found: Any) -> list[Record]:
    """Return the records of a JSON value: a list, one object, or an object of objects, each of which gets its name as `_key`.

    What is no object in a list, as in a list of ids or words, becomes the record `{value: …}`.
    """
    if isinstance(found, list):
        return [row if isinstance(row, Mapping) else {"value": row} for row in found if row is not None]
    if not isinstance(found, Mapping) or not found:
        return []
    if all(isinstance(row, Mapping) for row in found.values()):
        return [{KEY: name, **row} for name, row in found.items()]
    return [found]


def rows_at(body: Any, path: str | None, by_id: bool = True) -> list[Record]:
    """Return the records at a path of a body; with `.*` at its end, the objects inside each of the objects found there.

    Args:
        body: the answer.
        path: dotted path, or None for the body itself.
        by_id: whether one object whose values are all objects holds records by id.
    """
    above, is_inside = ((path or "").removesuffix("*").removesuffix("."), True) if (path or "").endswith("*") else (path, False)
    found = dig(body, above)
    if is_inside:
        outer = found if isinstance(found, list) else [found]
        return [row for each in outer if isinstance(each, Mapping) for row in each.values() if isinstance(row, Mapping)]
    if isinstance(found, Mapping) and not by_id:
        return [found]
    return rows_of(found)


def shown(name: str) -> str:
    """Return a field name that may be logged; names made of data (an e-mail as a key) are withheld."""
    return name if _PLAIN.fullmatch(name) else "(a name that is no word)"


@dataclass
class _Known:
    """What is declared below one place of a record."""

    is_leaf: bool = False
    below: dict[str, _Known] = field(default_factory=dict)
    name_key: str = ""
    names: set[str] = field(default_factory=set)
    beginnings: tuple[str, ...] = ()


class RecordReader:
    """Reads the declared fields of one stream out of its records.

    Args:
        stream: the declaration.
        owner_is_counted: whether undeclared fields of the exploded record count too (not those of an `each` list, which
            belong to another stream).
        translations: the lists that the stream's `lookups` gave.
    """

    def __init__(self, stream: Stream, owner_is_counted: bool = False, translations: Translations | None = None) -> None:
        self._stream = stream
        self._untranslated: Counter[str] = Counter()
        self._known = _Known()
        paths = {declared.path for declared in stream.fields}
        for path in (*paths, *stream.ignored):
            if path.endswith("*"):  # an ignored family of fields, e.g. `values.QID*`
                above, _, beginning = path.removesuffix("*").rpartition(".")
                place = self._place(above) if above else self._known
                place.beginnings = (*place.beginnings, beginning)
            else:
                self._place(path).is_leaf = True
        for declared in stream.fields:
            if declared.pick:
                place = self._place(declared.path)
                place.name_key = declared.pick.name_key
                place.names.add(declared.pick.name)
        self._getters = {
            declared.column: _getter(declared, has_deeper=any(path.startswith(f"{declared.path}.") for path in paths))
            for declared in stream.fields
        }
        for declared in stream.fields:
            if declared.lookup:
                self._getters[declared.column] = self._translated(declared, (translations or {}).get(declared.lookup, {}))
        self._known.below.setdefault(KEY, _Known(is_leaf=True))
        owner = self._known.below.pop(PARENT, _Known())
        self._plain = frozenset(name for name, place in self._known.below.items() if place.is_leaf and not place.below and not place.names)
        self._owner = owner if owner_is_counted else None
        if self._owner is not None:
            self._owner.below.setdefault(stream.options["explode"], _Known(is_leaf=True))
            for platform in (PARENT, KEY):
                self._owner.below.setdefault(platform, _Known(is_leaf=True))

    def cast(self, records: Sequence[Record], lines: Sequence[int] = ()) -> Cast:
        """Cast records; the owner of an exploded record stands in it under `parent`. `lines` says where they stand in their file."""
        columns = {column: list(map(get, records)) for column, get in self._getters.items()}
        return cast_lists(self._stream, columns, lambda row: dict(records[row]), lambda row: lines[row] if lines else None)

    def undeclared(self, records: Sequence[Record]) -> Counter[str]:
        """Count, by field, the records that carry a field nobody declared, and those cast since whose value has no translation."""
        found: Counter[str] = Counter()
        owners: dict[int, Record] = {}
        for record in records:
            if self._plain.issuperset(record):
                continue
            owner = record.get(PARENT)
            found.update(
                set(_unknown({name: value for name, value in record.items() if name != PARENT} if owner else record, self._known, ""))
            )
            if self._owner is not None and isinstance(owner, Mapping):
                owners[id(owner)] = owner
        for owner in owners.values():
            found.update(set(_unknown(owner, self._owner or _Known(), f"{PARENT}.")))
        counted = Counter({shown(name): count for name, count in found.items()}) + self._untranslated
        self._untranslated.clear()
        return counted

    def _translated(self, declared: Field, meant: Mapping[str, Any]) -> Callable[[Record], Any]:
        """Return the function that reads a field and translates it; what the list does not hold is its `else`, or null and counted."""
        get, remark = self._getters[declared.column], f"{NO_TRANSLATION}{declared.name}"
        said = self._stream.options["lookups"][declared.lookup]

        def one(value: Any) -> Any:
            if value is None or isinstance(value, Mapping):
                return None
            if str(value) not in meant and "else" in said:
                return said["else"]
            if str(value) not in meant:
                self._untranslated[remark] += 1
            return meant.get(str(value))

        def read(record: Record) -> Any:
            value = get(record)
            return [one(item) for item in value] if isinstance(value, list) else one(value)

        return read

    def _place(self, path: str) -> _Known:
        place = self._known
        for part in path.split("."):
            place = place.below.setdefault(part, _Known())
        return place


def _unknown(record: Record, known: _Known, prefix: str) -> Iterator[str]:
    for name, value in record.items():
        place = known.below.get(name)
        if place is None and any(name.startswith(beginning) for beginning in known.beginnings):
            continue
        if place is None:
            yield f"{prefix}{name}"
        elif place.names and isinstance(value, list):
            for item in value:
                if isinstance(item, Mapping) and str(item.get(place.name_key)) not in place.names:
                    yield f"{prefix}{name}.{item.get(place.name_key)}"
        elif place.below and isinstance(value, Mapping):
            yield from _unknown(value, place, f"{prefix}{name}.")
        elif not place.is_leaf and value is not None and not isinstance(value, Mapping):
            yield f"{prefix}{name}"


def _getter(declared: Field, has_deeper: bool) -> Callable[[Record], Any]:
    """Return the function that reads one field of a record."""
    parts = declared.path.split(".")

    def read(record: Record) -> Any:
        value: Any = record
        for part in parts:
            if not isinstance(value, Mapping):
                return None
            value = value.get(part)
        return value

    get: Callable[[Record], Any] = operator.methodcaller("get", parts[0]) if len(parts) == 1 else read
    if declared.pick:
        pick, whole = declared.pick, get

        def picked(record: Record) -> Any:
            for item in whole(record) or ():
                if isinstance(item, Mapping) and str(item.get(pick.name_key)) == pick.name:
                    return item.get(pick.value_key)
            return None

        get = picked
    if has_deeper:  # `via` is a word in one record and an object in the next: the object's parts have columns of their own
        mixed = get

        def scalar(record: Record) -> Any:
            value = mixed(record)
            return None if isinstance(value, Mapping | list) else value

        get = scalar
    if declared.beside:
        anywhere, needed = get, declared.beside

        def beside(record: Record) -> Any:
            return anywhere(record) if any(name in record for name in needed) else None

        get = beside
    return get
