"""What recognisers give: places in a text that must not be landed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

# Between two texts of a block: no letter, digit or blank, and never left in a cleaned text (private use).
SEPARATOR = "\uf8ff"


class Span(NamedTuple):
    """A place to be replaced: characters `start` to `end` (exclusive) hold something of type `tag`."""

    start: int
    end: int
    tag: str


class Recogniser(Protocol):
    """Finds one family of identifiers."""

    def spans(self, block: str) -> Iterable[Span]:
        """Yield the places found in `block`: cleaned texts joined by `SEPARATOR`, which no span may cross."""


def merge(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the spans without overlaps, in order: of two that overlap the union is taken, with the longer one's tag."""
    ordered = sorted(spans, key=lambda span: (span.start, -span.end))
    current: Span | None = None
    longest = 0
    for span in ordered:
        if current is None or span.start >= current.end:
            if current is not None:
                yield current
            current, longest = span, span.end - span.start
            continue
        tag = current.tag
        if span.end - span.start > longest:
            tag, longest = span.tag, span.end - span.start
        current = Span(current.start, max(current.end, span.end), tag)
    if current is not None:
        yield current


def replace(block: str, spans: Iterable[Span], counts: Counter[str]) -> str:
    """Return `block` with every span replaced by its type tag, as `<EMAIL>`; `counts` gains one a tag."""
    parts: list[str] = []
    done = 0
    for start, end, tag in merge(spans):
        parts.append(block[done:start])
        parts.append(f"<{tag}>")
        counts[tag] += 1
        done = end
    parts.append(block[done:])
    return "".join(parts)


def blocks(texts: Sequence[str], limit: int = 1_000_000) -> Iterator[list[str]]:
    """Yield runs of texts of about `limit` characters together: one regular expression call then serves many texts."""
    run: list[str] = []
    size = 0
    for text in texts:
        run.append(text)
        size += len(text)
        if size >= limit:
            yield run
            run, size = [], 0
    if run:
        yield run
