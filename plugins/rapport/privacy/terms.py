"""What the directory remembers of an identifier: the forms in which people write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

from rapport.privacy import normalise
from rapport.privacy.ordinary import ORDINARY_WORDS, PARTICLES, ROLE_WORDS, TITLES

LONGEST_PHRASE = 5
# Scripts written without blanks: each character is a word, so that a name is found inside a sentence.
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

# (label, text): labels are `word`, `phrase`, `head` (first word of a phrase), `ident` and `digits`.
Term = tuple[str, str]


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Return a word as it is compared: case and accents removed."""
    word = word.casefold()
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word.translate(_LETTERS)) if not unicodedata.combining(c))


ORDINARY = frozenset(map(fold, ORDINARY_WORDS | PARTICLES | ROLE_WORDS | TITLES))


def of_name(value: str, _region: str | None = None) -> Iterator[Term]:
    """Yield full name, first with last in either order, initial with last, written together, and each name that is no ordinary word."""
    for spelling in {value, value.casefold().translate(_UMLAUTS)}:
        if spelled := normalise.words(spelling):
            yield from _of_spelling(spelled)


def _of_spelling(spelled: str) -> Iterator[Term]:
    family, comma, given = _BRACKETS.sub(" ", spelled).partition(",")
    has_given = comma and any(fold(word) not in TITLES for word in WORD.findall(given))
    spelled = f"{given} {family}" if has_given else family
    words = [folded for word in WORD.findall(spelled) if (folded := fold(word)) not in TITLES]
    if not words or all(word in ROLE_WORDS for word in words):
        return
    for word in words:
        if (len(word) > 2 or (len(words) == 1 and _CJK.match(word))) and word not in ORDINARY:
            yield "word", word
    if len(words) == 1:
        return
    if all(_CJK.match(word) for word in words):
        yield from _phrase(words[:LONGEST_PHRASE])
        return
    yield from _phrase(words if len(words) <= LONGEST_PHRASE else [*words[:2], *words[-3:]])
    first, last = words[0], words[-1]
    yield from _phrase([first, last])
    yield from _phrase([last, first])
    for at, word in enumerate(words[1:], 1):
        if word in PARTICLES:  # `van der Berg`, `de la Cruz`
            yield from _phrase([first, *words[at:]])
            yield from _phrase(words[at:])
            break
    if len(last) > 1:
        yield from _phrase([first[0], last])
    if len(first) + len(last) > 5:
        yield "word", first + last


def of_email(value: str, _region: str | None = None) -> Iterator[Term]:
    """Yield the local part: it often is a user name or a name written together. Whole addresses are found by their pattern."""
    address = normalise.email(value)
    if address is not None:
        local = address.rpartition("@")[0].strip('"').split("+", 1)[0]
        yield from of_handle(local)


def of_phone(value: str, region: str | None = None) -> Iterator[Term]:
    """Yield the digits with and without the country code."""
    number = normalise.phone(value, region)
    digits = "".join(filter(str.isdigit, number or normalise.plain(value)))
    if len(digits) >= 7:
        yield "digits", digits.lstrip("0")
    if number:
        yield "digits", normalise.national_digits(number)


def of_handle(value: str, _region: str | None = None) -> Iterator[Term]:
    """Yield a user name: letters alone only if they are long enough to be no ordinary word."""
    name = normalise.handle(value)
    if not name:
        return
    if name.isalpha():
        if len(name) > 5 and fold(name) not in ORDINARY:
            yield "word", fold(name)
    elif len(name) > 3:
        yield from of_id(name)


def of_id(value: str, _region: str | None = None) -> Iterator[Term]:
    """Yield an identifier of a system; short numbers are left out, they would hit any count."""
    name = (normalise.exact(value) or "").casefold()
    if name.isdigit():
        if len(name) > 6:
            yield "digits", name.lstrip("0")
    elif len(name) > 3 and not name.isalpha() and not all(fold(word) in ROLE_WORDS for word in WORD.findall(name)):
        yield "ident", name


BY_KIND: dict[str, Callable[[str, str | None], Iterator[Term]]] = {
    "name": of_name,
    "email": of_email,
    "phone": of_phone,
    "handle": of_handle,
    "id": of_id,
}


def _phrase(words: list[str]) -> Iterator[Term]:
    yield "head", words[0]
    yield "phrase", " ".join(words)
