"""Redaction of free text: normalise and defuse, then known identifiers, patterns, names and places; what is found becomes a type tag."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from rapport.privacy.directory import Directory
from rapport.privacy.markup import clean, defuse_formula
from rapport.privacy.names import Names
from rapport.privacy.patterns import Mail, Numbers, Web
from rapport.privacy.phones import Phones
from rapport.privacy.spans import SEPARATOR, Recogniser, Span, blocks, merge, replace
from rapport.privacy.spoken import Spoken

REDACTION_VERSION = 2
_TAG = re.compile(r"<[A-Z]+>")
_MARKUP = re.compile(r"<[A-Za-z/!?]|\{[{%]")


class Redactor:
    """Applies recognisers to many texts at once."""

    def __init__(self, recognisers: Sequence[Recogniser]) -> None:
        """Make a redactor.

        Args:
            recognisers: each is asked for its places; places that overlap are joined, so their order does not matter.
        """
        self._recognisers = tuple(recognisers)

    @classmethod
    def standard(cls, directory: Directory) -> Redactor:
        """Return the redactor for free text: the directory, every pattern, names and places."""
        return cls((directory, Mail(), Web(), Numbers(), Phones(directory.knows_digits), Spoken(), Names(directory.brands)))

    def find(self, cleaned: str) -> Iterator[Span]:
        """Yield the places of one cleaned text, without overlaps, in order."""
        return merge(chain.from_iterable(recogniser.spans(cleaned) for recogniser in self._recognisers))

    def texts(self, texts: Sequence[str], counts: Counter[str]) -> list[str]:
        """Return the texts redacted, in order; `counts` gains the number of places by type."""
        done: list[str] = []
        for run in blocks(texts):
            block = SEPARATOR.join(map(clean, run))
            spans = chain.from_iterable(recogniser.spans(block) for recogniser in self._recognisers)
            done.extend(map(defuse_formula, replace(block, spans, counts).split(SEPARATOR)))
        return done

    def column(self, values: pa.Array | pa.ChunkedArray, counts: Counter[str]) -> tuple[pa.Array, pa.Array]:
        """Redact a text column; equal texts are redacted once.

        Returns:
            The redacted texts, and the number of characters each had before (both null where the text was null).
        """
        array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        encoded = array.dictionary_encode()
        redacted = pa.array(self.texts(encoded.dictionary.to_pylist(), counts), pa.string())
        return pc.take(redacted, encoded.indices), pc.utf8_length(array).cast(pa.int64())


class Guard:
    """Second look at text that is declared to be no free text: identifiers that stand there by mistake, and markup."""

    # Only what cannot be an ordinary code: bare digits and single names are what such columns hold.
    _SUSPECT = (
        r"@|%40|[\(\[\{] ?(?i:at) ?[\)\]\}]|<[A-Za-z/!?]|\{[{%]|(^|[^\w])\+\d|[A-Za-z]{2}\d{2}[ -]?[A-Za-z0-9]{4}|\b\d{3}-\d{2}-\d{4}\b"
        r"|\b\d{4}[ -]\d{4}[ -]\d{4}[ -]\d|\b3\d{3}[ -]\d{6}[ -]\d{5}\b"
    )
    # What the directory may know: names of two words, numbers with a gap or a zero in front.
    _MAYBE_KNOWN = r"\pL[ \t.,'’_‐–-]{1,4}\pL|[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]{2}|(^|\D)0\d{6}|\d[ ().\/–-]{1,3}\d"

    # A machine's random id: digits of it may pass for a card or an IBAN by chance, and a key must stay what it is.
    _MACHINE = r"^(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$"

    def __init__(self, is_known: Directory | None = None) -> None:
        """Make a guard; full names and telephone numbers of the directory are found if one is given."""
        knows = is_known.knows_digits if is_known is not None else (lambda _digits: False)
        self._known = Redactor((_Known(is_known),)) if is_known is not None else None
        self._redactor = Redactor((Mail(), Numbers(), _International(knows), *([_Known(is_known)] if is_known is not None else [])))

    def column(self, values: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, int]:
        """Return the column with identifiers replaced by type tags, and the number of rows that held one."""
        array = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        encoded = array.dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        held = [False] * len(texts)
        is_machine = pc.fill_null(pc.match_substring_regex(encoded.dictionary, self._MACHINE), False)
        suspects = self._matching(encoded.dictionary, self._SUSPECT, is_machine)
        looks = [(self._redactor, suspects)]
        if self._known is not None:
            looks.append((self._known, pc.and_not(self._matching(encoded.dictionary, self._MAYBE_KNOWN, is_machine), suspects)))
        for redactor, chosen in looks:
            at = pc.indices_nonzero(chosen).to_pylist()
            for place, redacted in zip(at, redactor.texts([texts[place] for place in at], Counter()), strict=True):
                held[place] = _TAG.search(redacted) is not None  # a cleaned text holds no `<` of its own
                if held[place] or (redactor is self._redactor and _MARKUP.search(texts[place])):
                    texts[place] = redacted
        if not any(held) and not pc.any(suspects).as_py():
            return array, 0
        rows = pc.sum(pc.take(pa.array(held), encoded.indices)).as_py() or 0
        return pc.take(pa.array(texts, pa.string()), encoded.indices), rows

    @staticmethod
    def _matching(texts: pa.Array, pattern: str, apart_from: pa.Array) -> pa.Array:
        return pc.and_not(pc.fill_null(pc.match_substring_regex(texts, pattern), False), apart_from)


class _Known:
    """Only what the directory knows and no code looks like: full names, and numbers written as people write them."""

    _WRITTEN = re.compile(r"(?<![\w.+-])\(?\d(?:[ ().\-/–]{0,3}\d){6,16}(?![\w])")

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def spans(self, block: str) -> Iterator[Span]:
        yield from self._directory.full_names(block)
        for match in self._WRITTEN.finditer(block):
            digits = "".join(filter(str.isdigit, match.group()))
            if (digits.startswith("0") or len(digits) < len(match.group())) and self._directory.knows_digits(digits):
                yield Span(match.start(), match.end(), "PHONE")


class _International(Phones):
    """Only numbers with a country code or in the directory."""

    def _is_phone(self, text: str, before: str) -> bool:
        digits = "".join(filter(str.isdigit, text))
        return super()._is_phone(text, before) if text.startswith(("+", "(+")) or self._is_known(digits) else False
