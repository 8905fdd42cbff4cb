"""Names of people and places that nobody has told us: by a lexicon, by capitals that no ordinary word explains, and by what stands around.

A word is judged as a name, as one that may belong to a name beside it, or as neither; names then take in what is joined to them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from rapport.privacy import cues
from rapport.privacy.cues import is_slip
from rapport.privacy.judge import NEVER, YES, judge
from rapport.privacy.lexicon import CITY, GIVEN, IN_LOWER_CASE, ORDINARY, ORDINARY_SHIFT, SURNAME, SURNAME_SHIFT
from rapport.privacy.places import addresses
from rapport.privacy.spans import SEPARATOR, Span
from rapport.privacy.words import (
    CAPITAL,
    LOWER,
    MIXED,
    PARTICLE,
    PLAIN,
    STOP,
    TITLE,
    UNKNOWN,
    UPPER,
    Sheet,
    is_name,
    is_place,
)

_LONGEST = 6
_WORDS = re.compile(r"\w+")
_JOINS = re.compile(r"(?: |-|\. |\.|, (?=(?:Jr|Sr)\b))\Z")
_ARTICLES = frozenset(["el", "la", "los", "las", "san", "santa", "st", "de", "van", "von", "le", "les"])


class Names:
    """Names, places and addresses in free text."""

    def __init__(self, brands: Collection[str] = frozenset()) -> None:
        """Make the recogniser.

        Args:
            brands: names that are nobody's; in any case, and with any gap between their words.
        """
        phrases = [r"\W{1,3}".join(map(re.escape, words)) for brand in sorted(brands) if (words := _WORDS.findall(brand))]
        self._brands = re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE) if phrases else None

    def spans(self, block: str) -> Iterator[Span]:
        """Yield names as PERSON, places and addresses as LOCATION."""
        at = 0
        for text in block.split(SEPARATOR):
            if text:
                sheet = Sheet(text)
                spared = [brand.span() for brand in self._brands.finditer(text)] if self._brands else []
                for start, end, tag in (*people(sheet), *addresses(sheet)):
                    if not any(first <= start and end <= last for first, last in spared):
                        yield Span(at + start, at + end, tag)
            at += len(text) + 1


def people(sheet: Sheet) -> Iterator[Span]:
    """Yield the names and places of a text."""
    done = -1
    for at, info in enumerate(sheet.info):
        if at <= done or info & NEVER or (info & LOWER and not info & (IN_LOWER_CASE | TITLE | UNKNOWN | GIVEN | CITY)):
            continue
        if info & TITLE:
            first, last = _titled(sheet, at)
        elif judge(sheet, at) == YES:
            first, last = _joined(sheet, at, done)
        else:
            continue
        if last < 0 or _is_company(sheet, first, last):
            continue
        done = last
        place = all(is_place(sheet.info[here]) and not sheet.info[here] & GIVEN for here in range(first, last + 1))
        yield Span(sheet.start[first], sheet.end[last], "LOCATION" if place else "PERSON")


def _titled(sheet: Sheet, at: int) -> tuple[int, int]:
    """Return the words after a title such as `Mrs`, or nothing if none of them can be a name."""
    following = at + 1
    if following >= len(sheet) or sheet.gap(at) not in {" ", ". ", "."}:
        return at, -1
    info = sheet.info[following]
    if info & TITLE:
        return _titled(sheet, following)
    is_capital = info & (CAPITAL | UPPER) and not info & (NEVER & ~PLAIN)
    is_small = info & LOWER and not info & NEVER and not info & ORDINARY and not sheet.info[at] & CAPITAL
    if not (is_capital or is_small) or (sheet.end[at] - sheet.start[at] < 2):
        return at, -1
    return following, _last(sheet, following)


def _joined(sheet: Sheet, at: int, done: int) -> tuple[int, int]:
    """Return the first and last word of the name that word `at` belongs to."""
    first = at
    while first - 1 > done and first > at - 3:
        gap, before = sheet.gap(first - 1), sheet.info[first - 1]
        is_initial = sheet.end[first - 1] - sheet.start[first - 1] == 1 and before & CAPITAL and not before & STOP
        if gap not in ({" ", ". ", "."} if is_initial else {" ", "-"}):
            break
        is_part = before & CAPITAL and not before & (NEVER | TITLE) and (is_name(before) or not sheet.begins(first - 1))
        if before & CAPITAL and before & PARTICLE and gap == " " and sheet.word(first - 1) in _ARTICLES and not sheet.begins(first - 1):
            first -= 1  # El Tanque, San Marino
            continue
        is_part = is_part or (gap == "-" and before & CAPITAL and not before & NEVER)
        is_small = sheet.is_small and before & LOWER and before & UNKNOWN and not before & NEVER
        if not (is_initial or is_part or is_small) or is_place(sheet.info[at]) > is_name(sheet.info[at]):
            break
        first -= 1
    return first, _last(sheet, at)


def _last(sheet: Sheet, at: int) -> int:
    """Return the last word of the name that goes on after word `at`."""
    last = at
    while last + 1 < len(sheet) and last - at < _LONGEST and _JOINS.match(sheet.gap(last)):
        info = sheet.info[last + 1]
        is_initial = sheet.end[last + 1] - sheet.start[last + 1] == 1 and info & CAPITAL and sheet.text[sheet.start[last + 1]] != "I"
        if is_initial and sheet.gap(last) == " ":
            last += 1
            continue
        if sheet.gap(last).startswith(".") and sheet.end[last] - sheet.start[last] > 1:
            break
        if info & PARTICLE and last + 2 < len(sheet) and sheet.gap(last + 1) in {" ", "'", "’"} and _goes_on(sheet, last + 2):
            last += 2
        elif _goes_on(sheet, last + 1):
            last += 1
        else:
            break
    return last


def _goes_on(sheet: Sheet, at: int) -> bool:
    """Say whether a word next to a name is more of it."""
    info = sheet.info[at]
    if info & TITLE:
        return bool(info & (CAPITAL | UPPER | MIXED)) and sheet.gap(at - 1) == " " and sheet.text[sheet.start[at]].isupper()
    if info & NEVER:
        return False
    if info & (CAPITAL | UPPER) and not sheet.is_large:
        return bool(not info & ORDINARY or info & (GIVEN | SURNAME)) or (sheet.language == "en" and info & ORDINARY < 3 << ORDINARY_SHIFT)
    if info & LOWER and not sheet.is_small:
        return False
    if info & UNKNOWN:
        return not is_slip(sheet.word(at))
    is_usual = info & ORDINARY == 3 << ORDINARY_SHIFT  # `roderick grant`: only a usual family name is more than the usual word
    return bool(info & IN_LOWER_CASE) or info & SURNAME >= (3 if is_usual else 2) << SURNAME_SHIFT


def _is_company(sheet: Sheet, first: int, last: int) -> bool:
    if cues.COMPANY.match(sheet.text, sheet.end[last]):
        return not any(sheet.info[at] & GIVEN >= 4 for at in range(first, last + 1))
    return False
