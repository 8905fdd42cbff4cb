"""Postal addresses: a street, a flat or a code with its number is the anchor; what stands beside it in the same run belongs to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapport.privacy import lexicon
from rapport.privacy.lexicon import CITY, COUNTRY, GIVEN, ORDINARY, ORDINARY_SHIFT, SURNAME
from rapport.privacy.spans import Span
from rapport.privacy.words import CAPITAL, LOWER, NATION, NUMBER, PARTICLE, PLAIN, STOP, STREET, UNIT, UNKNOWN, UPPER, Sheet

_GAP = re.compile(r"(?:[\s,]{1,3}[.#/()-]?|[.#/()-])?[\s,]{0,8}\Z|[.,]?\s*\n[\s›>?|*•-]{0,8}\Z")
_CUE = re.compile(
    r"\b(?:address(?:es)?|lives?|lived|living|located|moved|return(?:ed)?|ship(?:ped)?|deliver(?:ed)?|sent?|send|mail"
    r"|restaurant|home|house|office|corner"
    r"|station|wohn\w*|adresse|anschrift|habite|domicili\w*|adresse|vive|vivo|direcci(?:ó|o)n|domicilio)\b[^.!?\n]{0,30}\Z",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b|\b\d{4}\s(?!AM|PM|MB|GB|KB|TB|HZ|KM|CM|MM|KG|ML|OK|TV|PC|ID|US|EU|UK)[A-Z]{2}\b"
    r"|\b[A-Z]\d[A-Z]\s?\d[A-Z]\d\b"
)
_NAMED_CODE = re.compile(
    r"\b(?:zip|zip code|post ?code|postal code|plz|postleitzahl|code postal|c(?:ó|o)digo postal)\s?(?:is|:|=|ist|est|es)?\s?"
    r"(?P<code>[A-Z\d][A-Z\d -]{2,8}\d[A-Z]{0,2})\b|\b(?:p\.?\s?o\.?\s?box|postfach|bo(?:î|i)te postale"
    r"|apartado(?: de correos)?)\s?#?\d{1,6}\b",
    re.IGNORECASE,
)
_FOREIGN_STREETS = frozenset(
    [
        "rue",
        "via",
        "viale",
        "calle",
        "avenida",
        "rua",
        "ulica",
        "ul",
        "piazza",
        "plaza",
        "chemin",
        "camino",
        "travessa",
        "praca",
        "largo",
        "allee",
        "boulevard",
        "quai",
        "paseo",
        "corso",
    ]
)
_NAMED_STREETS = frozenset(
    ["street", "road", "avenue", "lane", "boulevard", "strasse", "drive", "court", "crescent", "terrace", "square", "parkway"]
)
_ON = re.compile(r"\b(?:on|of|at|to|from|off|along|down|is|and)\s(?:the\s)?\Z", re.IGNORECASE)
_LINKS = frozenset(["delle", "degli", "dei", "das", "dos", "am", "an", "der", "im", "nad", "pod", "upon", "och", "bei", "sur", "sous"])
_STRONG_UNITS = frozenset(["apt", "apartment", "suite", "ste", "flat", "lgh", "wohnung", "appartement"])
_MOST_WORDS = 14
_BLANKS = frozenset([" ", ". ", ".", "'", "’"])


def addresses(sheet: Sheet) -> Iterator[Span]:
    """Yield addresses, their codes, and places of several words."""
    done = -1
    info = sheet.info
    for at, flags in enumerate(info):
        if at <= done or not flags & (STREET | NUMBER | UNIT):
            continue
        if _is_anchor(sheet, at):
            first, last = _run(sheet, at, done)
            done = last
            yield Span(sheet.start[first], sheet.end[last], "LOCATION")
    for match in _CODE.finditer(sheet.text):
        yield Span(match.start(), match.end(), "LOCATION")
    for match in _NAMED_CODE.finditer(sheet.text):
        yield Span(match.start("code") if match.group("code") else match.start(), match.end(), "LOCATION")
    yield from _several_words(sheet)


def _is_anchor(sheet: Sheet, at: int) -> bool:
    info = sheet.info[at]
    if info & STREET:
        return _is_street(sheet, at)
    if info & UNIT:
        return sheet.word(at) in _STRONG_UNITS and at + 1 < len(sheet) and bool(sheet.info[at + 1] & NUMBER)
    return _is_house_number(sheet, at) or _is_code(sheet, at)


def _is_code(sheet: Sheet, at: int) -> bool:
    """Say whether a number is the postal code beside a country or town at a line's end: `Norway 4673`."""
    if not at or not 3 <= sheet.end[at] - sheet.start[at] <= 6 or sheet.gap(at - 1) != " ":
        return False
    before = sheet.info[at - 1]
    is_end = at + 1 == len(sheet) or "\n" in sheet.gap(at)
    return (bool(before & COUNTRY) and not before & LOWER) or (bool(before & (CITY | COUNTRY)) and is_end and "\n" in sheet.text)


def _is_street(sheet: Sheet, at: int) -> bool:
    """Say whether a street's word has a number near, or the name of the street before it."""
    word = sheet.word(at)
    info = sheet.info[at]
    is_long = len(word) > 3
    before = range(at - 1, max(-1, at - 6), -1)
    for here in before:
        if not _belongs(sheet, here) or not _GAP.match(sheet.gap(here)):
            break
        if sheet.info[here] & NUMBER:
            is_named = any(_is_telling(sheet, between) for between in range(here + 1, at))
            return is_named or (bool(info & CAPITAL) and is_long) or (not info & ORDINARY and is_long)
    for here in range(at + 1, min(len(sheet), at + 6)):
        if not _GAP.match(sheet.gap(here - 1)) or "\n" in sheet.gap(here - 1) or not _belongs(sheet, here):
            break
        if sheet.info[here] & NUMBER:
            if info & ORDINARY >= 3 << ORDINARY_SHIFT and not info & CAPITAL:
                return bool(at and here == at + 1 and sheet.info[at - 1] & CAPITAL and sheet.info[at - 1] & UNKNOWN)  # Trenerys gate 232
            return bool(info & CAPITAL) or is_long
    if word in _FOREIGN_STREETS and info & (CAPITAL | LOWER) and not (info & LOWER and sheet.is_small):
        following = at + 1
        while (
            following < len(sheet)
            and following < at + 4
            and sheet.info[following] & (PARTICLE | STOP)
            and sheet.gap(following - 1) in _BLANKS
        ):
            following += 1
        if following < len(sheet) and sheet.gap(following - 1) in _BLANKS and (info & CAPITAL or following == at + 1):
            return bool(sheet.info[following] & CAPITAL) and not sheet.info[following] & (STOP | PLAIN)
    if info & CAPITAL and is_long and at and sheet.gap(at - 1) == " " and word in _NAMED_STREETS:
        before_info = sheet.info[at - 1]
        has_name = bool(before_info & CAPITAL and not before_info & (STOP | PLAIN))
        return has_name and (word in {"street", "road", "avenue", "lane"} or bool(_ON.search(sheet.text[: sheet.start[at - 1]])))
    return False


def _is_house_number(sheet: Sheet, at: int) -> bool:  # noqa: PLR0911
    """Say whether a number stands in an address without a word for street: `06 Reyes Católicos 17`, `45 Aðalgata 37`."""
    if sheet.end[at] - sheet.start[at] > 6:
        return False
    named = 0
    if at + 1 < len(sheet) and not sheet.gap(at):
        return False
    for here in range(at + 1, min(len(sheet), at + 7)):
        info = sheet.info[here]
        if not _GAP.match(sheet.gap(here - 1)) or not _belongs(sheet, here):
            break
        if info & NUMBER:
            if named and (not sheet.is_small or _is_said(sheet, at)) and sheet.gap(here - 1):
                return True
            continue
        if info & UNIT:
            return named > 0
        if not info & (PARTICLE | STOP):
            named += 1 if _is_telling(sheet, here) else 0
        if named > 1 and "," in sheet.gap(here - 1) and info & (CITY | COUNTRY | UNKNOWN | GIVEN | SURNAME) and info & CAPITAL:
            return True
    if named and _is_said(sheet, at):
        return True
    before = at - 1
    if before >= 0 and sheet.gap(before) == " " and _is_telling(sheet, before) and sheet.info[before] & UNKNOWN:
        return _is_said(sheet, before)
    return False


def _is_said(sheet: Sheet, at: int) -> bool:
    return bool(_CUE.search(sheet.text[max(0, sheet.start[at] - 60) : sheet.start[at]]))


def _is_telling(sheet: Sheet, at: int) -> bool:
    """Say whether a word may be the name of a street or town by itself."""
    info = sheet.info[at]
    if info & (STOP | PLAIN | NUMBER | PARTICLE) or sheet.end[at] - sheet.start[at] < 3:
        return False
    if sheet.is_small or info & LOWER:
        return bool(info & (UNKNOWN | CITY | COUNTRY | STREET) or (info & (GIVEN | SURNAME) and not info & ORDINARY))
    return bool(info & (CAPITAL | UPPER)) and (not info & ORDINARY or bool(info & (GIVEN | SURNAME | CITY)))


def _belongs(sheet: Sheet, at: int) -> bool:  # noqa: PLR0911
    """Say whether a word may stand inside an address."""
    info = sheet.info[at]
    size = sheet.end[at] - sheet.start[at]
    if info & NUMBER:
        return size <= 6
    if info & (STREET | UNIT | COUNTRY | NATION):
        return True
    if info & PARTICLE or sheet.word(at) in _LINKS:
        return sheet.word(at) not in {"and", "et", "y"} or (
            at + 1 < len(sheet) and bool(sheet.info[at + 1] & CAPITAL) and not sheet.is_small
        )
    if info & UPPER:
        return size <= 3 or not info & PLAIN
    if info & CAPITAL:
        return not info & (STOP | PLAIN)
    if info & LOWER:
        if info & STOP:
            return False
        return bool(info & (UNKNOWN | CITY)) or (
            sheet.is_small and bool(info & (GIVEN | SURNAME)) and info & ORDINARY < 3 << ORDINARY_SHIFT
        )
    return False


def _run(sheet: Sheet, at: int, done: int) -> tuple[int, int]:
    """Return the first and last word of the address around an anchor."""
    first = last = at
    while first - 1 > done and at - first < 6 and _GAP.match(sheet.gap(first - 1)) and _is_before(sheet, first - 1):
        first -= 1
    while last + 1 < len(sheet) and last - at < _MOST_WORDS and _is_after(sheet, last + 1):
        last += 1
    while last > at and sheet.info[last] & (PARTICLE | STOP) and not sheet.info[last] & (COUNTRY | STREET):
        last -= 1
    while first < at and sheet.info[first] & (PARTICLE | STOP) and not sheet.info[first] & (COUNTRY | STREET):
        first += 1
    return first, last


def _is_before(sheet: Sheet, at: int) -> bool:
    if "\n" in sheet.gap(at) and not sheet.info[at] & NUMBER:
        return False
    if sheet.info[at] & LOWER and sheet.info[at] & ORDINARY and sheet.info[at + 1] & STREET:
        return at > 0 and bool(sheet.info[at - 1] & NUMBER)  # `8 high street`
    return _belongs(sheet, at) and not (sheet.begins(at) and sheet.info[at] & ORDINARY and not sheet.info[at] & NUMBER)


def _is_after(sheet: Sheet, at: int) -> bool:
    gap = sheet.gap(at - 1)
    if not _GAP.match(gap):
        return False
    if "." in gap and sheet.info[at] & ORDINARY and not sheet.info[at] & (UNIT | STREET | CITY):
        return False
    if "\n" in gap and sheet.info[at - 1] & NUMBER and sheet.info[at] & NUMBER:
        return False  # a telephone number on the next line
    if gap.startswith(".") and sheet.info[at - 1] & NUMBER and not sheet.info[at] & (UNIT | NUMBER):
        return False
    return _belongs(sheet, at)


def _several_words(sheet: Sheet) -> Iterator[Span]:
    known = lexicon.places()
    for at, flags in enumerate(sheet.info):
        if flags & NUMBER or (flags & LOWER and not sheet.is_small):
            continue
        candidates = known.get(sheet.word(at))
        if not candidates or (flags & STOP and sheet.word(at) == "the"):
            continue
        phrase, best = sheet.word(at), -1
        for here in range(at + 1, min(len(sheet), at + 4)):
            if sheet.gap(here - 1) not in {" ", "-", ". "}:
                break
            phrase = f"{phrase} {sheet.word(here)}"
            if phrase in candidates:
                best = here
        if best > 0 and (sheet.is_small or sheet.text[sheet.start[best]].isupper()):
            yield Span(sheet.start[at], sheet.end[best], "LOCATION")
