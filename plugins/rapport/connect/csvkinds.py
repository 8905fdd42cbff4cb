"""As what the columns of a CSV file are read: their declared types first, text where those do not fit, bytes where it is no text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

import pyarrow as pa

from rapport.declarations import Field, Stream
from rapport.declarations.schemas import arrow_types

_ZONED = re.compile(r"\d[Tt ].*([Zz]|[+-]\d\d(:?\d\d)?)\s*")
_LATE_STEPS = 3  # a file that surprises so often is read as text


def _cases(*words: str) -> list[str]:
    return list(dict.fromkeys(chain.from_iterable((word, word.capitalize(), word.upper()) for word in words)))


class Kinds:
    """What Arrow is asked to read each column as.

    Args:
        stream: the declaration.
        names: the columns of the file.
        sample: some rows, by which is seen how times are written.

    Attributes:
        types: by column.
    """

    true_words = _cases("true", "t", "yes", "y", "on", "1")
    false_words = _cases("false", "f", "no", "n", "off", "0")

    def __init__(self, stream: Stream, names: Sequence[str], sample: Sequence[Sequence[str]]) -> None:
        self._steps = 0
        self._choices: list[list[pa.DataType]] = []
        for index, name in enumerate(names):
            fields = [field for field in stream.fields if field.path == name]
            values = [row[index] for row in sample if index < len(row) and row[index].strip()]
            self._choices.append([*_typed(fields, values), pa.string(), pa.binary()])

    @property
    def types(self) -> list[pa.DataType]:
        """Return the type of each column."""
        return [choices[0] for choices in self._choices]

    def step(self, column: int) -> bool:
        """Take the next choice for a column that did not fit; False if there is none left."""
        self._steps += 1
        if len(self._choices[column]) == 1:
            return False
        del self._choices[column][0]
        if self._steps > _LATE_STEPS * len(self._choices):
            self._choices = [[pa.binary()] for _ in self._choices]
        return True

    def without_hex(self) -> bool:
        """Read integers as text: Arrow would take 0x10 for 16. Return whether that changed anything."""
        integers = [choices for choices in self._choices if choices[0] == pa.int64()]
        for choices in integers:
            del choices[0]
        return bool(integers)


def _typed(fields: Sequence[Field], values: Sequence[str]) -> list[pa.DataType]:
    """Return the types that Arrow parses as we do; none where it would not."""
    kinds = {field.type for field in fields}
    if len(kinds) != 1 or any(field.nulls or field.format for field in fields):
        return []
    (kind,) = kinds
    if kind in {"text", "json"}:
        return []
    if kind != "timestamp":
        return [arrow_types()[kind]]
    zoned, naive = arrow_types()[kind], pa.timestamp("us")
    return [zoned] if values and _ZONED.search(values[0]) else [naive]
