"""Would catch: a way to find deletions that cannot work and is accepted, or a source that does not say how they are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from rapport.declarations import DeclarationError, Source, load_sources
from rapport.declarations.build import build_source
from rapport.declarations.document import Document
from rapport.declarations.load import SCHEMA
from rapport.home import checkout

HEAD = "source: tiny\ndomain: crm\nsystem: T\nowner: o\nschedule: '0 * * * *'\nconnection: {protocol: files, path: /x}\nstreams:\n  s:\n"
FIELDS = "    fields: {id: {type: bigint, class: internal}, at: {type: timestamp, class: internal}}\n"


def declare(said: str) -> Source:
    document = Document(Path("tiny.yml"), HEAD + "".join(f"    {line}\n" for line in said.split("\n")) + FIELDS)
    document.check(SCHEMA)
    return build_source(document)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("replace: {}", "finds deleted records by their key"),
        ("deletes: {sweep_days: 7}", "finds deleted records by their key"),
        ("key: [id]\nreplace: {max_shrink: 0.1}\ncursor: {field: at}", "has no use beside `replace`"),
        ("key: [id]\nreplace: {}\nreread: {every_days: 7}", "has no use beside `replace`"),
        ("key: [id]\nreplace: {}\ndeletes: {sweep_days: 3}", "has no use beside `replace`"),
    ],
)
def test_what_cannot_find_deletions_is_refused(said: str, fault: str) -> None:
    """Would catch: a sweep that compares nothing, or a replaced stream that is only half read."""
    with pytest.raises(DeclarationError, match=fault):
        declare(said)


def test_what_can_is_accepted() -> None:
    """The control of the test above."""
    for said in ("deletes: {none: it is a log}", "key: [id]\ncursor: {field: at}\ndeletes: {sweep_days: 7}", "key: [id]\nreplace: {}"):
        assert declare(said).streams["s"]


def test_every_stream_that_comes_with_the_product_says_how_deletions_are_found() -> None:
    """Would catch: a stream whose deleted records stay for ever, without anybody having decided so."""
    silent = [
        f"{source.name}.{stream.name}"
        for source in load_sources(checkout() / "sources").values()
        for stream in source.streams.values()
        if stream.deleted is None and "deletes" not in stream.options and "replace" not in stream.options
    ]
    assert silent == []
