"""Check declarations offline: every fault with file and line, and what is likely to be a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapport.authoring.propose import looks_personal
from rapport.declarations import DeclarationError, Source, Stream
from rapport.declarations.build import build_source
from rapport.declarations.document import Document
from rapport.declarations.load import SCHEMA, misplaced
from rapport.home import Home

_ASKS_FOR_THE_NEW = frozenset({"rest", "soql", "jsonrpc", "sql", "export_job"})
_CLEAR = frozenset({"public", "internal"})


@dataclass(frozen=True)
class Finding:
    """One thing found in a declaration.

    Attributes:
        file: the declaration, or the staging file that it needs.
        line: where.
        path: dotted place in the document.
        is_error: whether the source cannot be used like this; else it is probably a mistake.
        message: what is wrong and what to do.
    """

    file: Path
    line: int
    path: str
    is_error: bool
    message: str

    def __str__(self) -> str:
        level = "error" if self.is_error else "look"
        return f"{self.file}:{self.line}: {level}: {self.path + ': ' if self.path else ''}{self.message}"


def check(home: Home, file: Path) -> list[Finding]:
    """Return what is wrong with a declaration, errors first; empty if there is nothing to say."""
    try:
        document = Document.read(file)
        faults = [_finding(fault) for fault in document.faults(SCHEMA)]
        if faults:
            return faults
        source = build_source(document)
    except DeclarationError as error:
        return [_finding(error)]
    wrong_place = misplaced(document, source)
    found = [_finding(wrong_place)] if wrong_place else []
    found += _staging(home, document, source)
    found += _unreached(document, source)
    for stream in source.streams.values():
        found += [
            Finding(file, document.line(path), ".".join(map(str, path)), False, message)
            for path, message in (*_asks_for_the_new(source, stream), *_says_what_is_personal(stream))
        ]
    return sorted(found, key=lambda finding: (not finding.is_error, finding.line))


def _finding(error: DeclarationError) -> Finding:
    return Finding(error.file, error.line, error.path, True, error.message)


def _staging(home: Home, document: Document, source: Source) -> Iterator[Finding]:
    """Every model that is to feed an entity must stand where dbt finds it, with its description."""
    staging = home.root / "dbt_project" / "models" / "staging"
    standing = {file.name for file in staging.rglob("stg_*")}
    for entity, models in source.feeds.items():
        for model in models:
            for suffix in (".sql", ".yml"):
                if f"{model}{suffix}" not in standing:
                    yield Finding(
                        source.file,
                        document.line(("feeds", entity)),
                        f"feeds.{entity}",
                        True,
                        f"{model}{suffix} is missing below {staging}: `rapport source new` writes one",
                    )


def _unreached(document: Document, source: Source) -> Iterator[Finding]:
    """Every stream must say whose its records are: a request for erasure follows that, and nothing else."""
    for stream in source.streams.values():
        if stream.reach is None:
            place = ("streams", stream.name)
            message = (
                "does not say whose its records are, so no request for erasure would reach them: name the fields that identify the person "
                "with `subject`, the record it belongs to with `belongs_to: {field: …, stream: …}`, or `belongs_to: {nobody: reason}`"
            )
            yield Finding(source.file, document.line(place), ".".join(place), True, message)


def _asks_for_the_new(source: Source, stream: Stream) -> Iterator[tuple[tuple[Any, ...], str]]:
    place = ("streams", stream.name)
    if not stream.key:
        yield place, "has no key: every distinct record is kept as one of its own; name the fields that identify a record with `key`"
    if stream.cursor and not stream.clock and not stream.cursor.field.startswith("parent."):  # else it is about the list, not the records
        yield place, "has a cursor and no clock: say with `clock` which field orders the versions of a record"
    if source.connection.protocol not in _ASKS_FOR_THE_NEW:
        return
    if stream.deleted is not None or {"deletes", "replace"} & stream.options.keys():
        return
    yield place, "does not say how deletions are found: `deleted` (a marker), `deletes: {sweep_days: 7}` or `deletes: {none: reason}`"
    if stream.cursor is None and stream.options.get("paging", {}).get("type") != "cursor_url":
        yield place, "is read whole every time: give it a cursor, or say with `replace: {}` that each reading is the whole stream"


def _says_what_is_personal(stream: Stream) -> Iterator[tuple[tuple[Any, ...], str]]:
    for declared in stream.fields:
        if declared.privacy_class in _CLEAR and declared.treatment == "keep" and declared.note is None:
            reason = looks_personal(declared.name, declared.type)
            if reason:
                yield (
                    ("streams", stream.name, "fields", declared.name),
                    f"{reason}, and lands in the clear: class it, or say in a `note` why not",
                )
