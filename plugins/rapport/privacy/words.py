"""A text as words with what is known of each: its case, whether it is a name, an ordinary word, a place, a street or a number."""

from __future__ import annotations

import re
from functools import cache

from rapport.privacy import lexicon
from rapport.privacy.lexicon import CITY, COUNTRY, GIVEN, LANGUAGES, ORDINARY, SURNAME
from rapport.privacy.ordinary import CALENDAR, NATIONS, NEVER, PARTICLES, PRODUCTS, ROLE_WORDS, STREETS, TITLES, TONGUES, UNITS
from rapport.privacy.terms import fold

# Above the lexicon's flags: the shape of the word, and lists of its own.
CAPITAL, UPPER, LOWER, MIXED, NUMBER = (1 << bit for bit in range(16, 21))
TITLE, PARTICLE, STREET, UNIT, STOP, UNKNOWN, NATION, PLAIN = (1 << bit for bit in range(21, 29))
IN_GERMAN, IN_FRENCH, IN_SPANISH, IN_ENGLISH = (1 << bit for bit in range(29, 33))

_WORD = re.compile(r"\d+(?:st|nd|rd|th)\b|\d+[A-Za-z]?(?![^\W_])|\d+|[^\W\d_]+(?:['’][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’](?:s|S|ll|re|ve|d|m)\Z")
_ELIDED = re.compile(r"(?i:[ldjmtscnu]|qu|dell|all|nell|sull)['’](?=[^\W\d_]{2})")
_CAMEL = re.compile(r"(?:Mc|Mac|De|Di|Du|Le|La|Van|Fitz|O['’]|D['’])[A-Z][a-zà-ÿ]+\Z")
_STREET_ENDING = re.compile(
    r".{2,}(?:stra(?:ss|ß)e|strasse|gasse|platz|allee|ufer|damm|ring|steig|gürtel|straat|laan|plein|gracht|singel|weg|dijk|kade|hof|vej|gade|alle"
    r"|gatan|vägen|gränd|stigen|veien|vegen|gata|gate|katu|tie|kuja|polku|gatu|stígur|vegur|utca|út|útja|tér|körút|ulica|náměstí|třída"
    r"|aqqutaa|gasse|torvet|stræde)\Z"
)
ANY = "any"  # no function word tells the language
_ANY_LANGUAGE = LANGUAGES["de"] | LANGUAGES["fr"] | LANGUAGES["es"]
_MEMO_LIMIT = 400_000
_memo: dict[str, int] = {}


class Sheet:
    """The words of one text.

    Attributes:
        text: the text.
        start, end: where each word stands; a possessive `'s` is no part of it.
        info: what is known of each, as flags.
        language: `en`, `de`, `fr` or `es`, by its function words; `ANY` if it has none.
        has_case: whether capitals tell anything: the text is neither all small nor all large, nor a heading.
        is_small: whether it holds no capital at all.
    """

    def __init__(self, text: str) -> None:
        """Cut a text into words."""
        self.text = text
        found = list(_WORD.finditer(text))
        self.start = [match.start() for match in found]
        self.end = [match.end() for match in found]
        known = _memo
        self.info = [known.get(word) or look_up(word) for word in [match.group() for match in found]]
        if "'" in text or "’" in text:
            self._cut_endings()
        every = self.info
        self.language = _language(every)
        capitals = sum(1 for info in every if info & (CAPITAL | MIXED))
        uppers = sum(1 for info in every if info & UPPER)
        letters = sum(1 for info in every if not info & NUMBER)
        small = letters - capitals - uppers
        self.is_small = not capitals and uppers * 4 <= letters and letters > 1
        self.is_large = uppers * 2 > letters
        self.has_case = not self.is_small and not self.is_large and (capitals <= 3 or small * 2 > capitals or "\n" in text)

    def __len__(self) -> int:
        return len(self.info)

    def word(self, at: int) -> str:
        """Return a word as it is compared: folded, without apostrophes."""
        return _bare(self.text[self.start[at] : self.end[at]])

    def gap(self, at: int) -> str:
        """Return what stands between word `at` and the next one."""
        return self.text[self.end[at] : self.start[at + 1]] if at + 1 < len(self.start) else self.text[self.end[at] :]

    def begins(self, at: int) -> bool:
        """Say whether a sentence or line begins with this word, so that its capital tells nothing."""
        if at == 0:
            return True
        gap = self.text[self.end[at - 1] : self.start[at]]
        return any(mark in gap for mark in '.!?:\n•*"“‹') and not self._is_abbreviated(at - 1, gap)

    def _is_abbreviated(self, at: int, gap: str) -> bool:
        return gap in {". ", "."} and (self.end[at] - self.start[at] == 1 or bool(self.info[at] & TITLE))

    def _cut_endings(self) -> None:
        for at, (start, end) in enumerate(zip(self.start, self.end, strict=True)):
            word = self.text[start:end]
            if "'" in word or "’" in word:
                if ending := _POSSESSIVE.search(word):
                    self.end[at] = start + ending.start()
                elif (elided := _ELIDED.match(word)) and not _CAMEL.match(word):
                    self.start[at] = start + elided.end()


def look_up(word: str) -> int:
    """Return the flags of a word as it is written."""
    if word[0].isdigit():
        info = NUMBER if word[-1].isdigit() or word[-2:].lower() not in {"st", "nd", "rd", "th"} else STOP | PLAIN
    else:
        info = _of_letters(word)
    if len(_memo) < _MEMO_LIMIT:
        _memo[word] = info
    return info


def forget() -> None:
    """Forget the words seen so far, as in a process that begins."""
    _memo.clear()


def _of_letters(word: str) -> int:
    whole = word
    if "'" in word or "’" in word:
        if word[-2:].lower() in {"'t", "’t"}:
            return LOWER | STOP | PLAIN
        word = _POSSESSIVE.sub("", word)
        if (elided := _ELIDED.match(word)) and not _CAMEL.match(word):
            word = word[elided.end() :]
    bare = _bare(word)
    known = lexicon.words().get(bare, 0)
    if not known and bare.endswith("s") and len(bare) > 4:  # a possessive or plural without its apostrophe
        known = lexicon.words().get(bare[:-1], 0) & ORDINARY
    info = known | _lists().get(bare, 0)
    if word.islower():
        info |= LOWER
    elif word.isupper() and len(word) > 1:
        info |= UPPER
    elif word[0].isupper() and (word[1:].islower() or len(word) == 1 or _CAMEL.match(word)):
        info |= CAPITAL
    elif not word[0].isupper() and not any(c.isupper() for c in word):
        info |= CAPITAL  # a script without case
    else:
        info |= MIXED
    if not known and not info & (STOP | PLAIN | TITLE | PARTICLE | STREET | UNIT | NATION):
        info |= UNKNOWN
    if len(word) > 5 and not known & ORDINARY and _STREET_ENDING.match(word.casefold()):
        info |= STREET
    if whole[:1].isupper() and whole[-2:] in {"'m", "’m", "'d", "’d", "'l"} and len(word) == 1:
        info |= STOP
    return info


def _bare(word: str) -> str:
    return fold(word.replace("'", "").replace("’", "") if "'" in word or "’" in word else word)


@cache
def _lists() -> dict[str, int]:
    found: dict[str, int] = {}
    for flag, members in (
        (TITLE, TITLES),
        (PARTICLE, PARTICLES),
        (STREET, STREETS),
        (UNIT, UNITS),
        (NATION, NATIONS),
        (PLAIN, ROLE_WORDS | PRODUCTS | CALENDAR),
        (STOP, NEVER),
        (IN_ENGLISH, TONGUES["en"]),
        (IN_GERMAN, TONGUES["de"]),
        (IN_FRENCH, TONGUES["fr"]),
        (IN_SPANISH, TONGUES["es"]),
    ):
        for member in members:
            found[fold(member)] = found.get(fold(member), 0) | flag
    return found


def _language(every: list[int]) -> str:
    german = french = spanish = english = 0
    for info in every:
        if info >= IN_GERMAN:
            german += bool(info & IN_GERMAN)
            french += bool(info & IN_FRENCH)
            spanish += bool(info & IN_SPANISH)
            english += bool(info & IN_ENGLISH)
    most = max(german, french, spanish)
    if not most and not english:
        return ANY
    if most <= english or (most < 2 and english):
        return "en"
    return "de" if german == most else "fr" if french == most else "es"


def is_ordinary(info: int, language: str) -> bool:
    """Say whether a word is an ordinary one in its text's language; English words stand in texts of every language."""
    if language == "en":
        return bool(info & ORDINARY)
    if language == ANY:
        return bool(info & (ORDINARY | _ANY_LANGUAGE))
    return bool(info & LANGUAGES[language]) or info & ORDINARY >= 2 << lexicon.ORDINARY_SHIFT


def is_name(info: int) -> bool:
    """Say whether a word is a known given or family name."""
    return bool(info & (GIVEN | SURNAME))


def is_place(info: int) -> bool:
    """Say whether a word is a known city, country or state."""
    return bool(info & (CITY | COUNTRY | NATION))
