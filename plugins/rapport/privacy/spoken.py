"""Telephone numbers written in words, in English, German, French and Spanish: `oh seven seven double one nine …`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapport.privacy.spans import Span

_ZERO = "zero zéro oh nought null cero"
_SINGLE = (
    "one two three four five six seven eight nine eins ein zwei zwo drei vier fünf fuenf sechs sieben acht neun"
    " un deux trois quatre cinq sept huit neuf uno dos tres cuatro cinco seis siete ocho nueve"
)
_TENS = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
    " zehn elf zwölf zwoelf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig dreissig vierzig fünfzig sechzig"
    " siebzig achtzig neunzig dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante septante huitante"
    " nonante diez once doce trece catorce quince dieciséis veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
)
_TIMES = {"double": 2, "doppel": 2, "triple": 3, "treble": 3}
_PLUS = "plus"
_ZEROS, _SINGLES = frozenset(_ZERO.split()), frozenset(f"{_ZERO} {_SINGLE}".split())
_FEWEST_DIGITS, _MOST_DIGITS, _FEWEST_WORDS = 7, 17, 5


def _alternatives(*lists: str) -> str:
    return "|".join(sorted({word for words in lists for word in words.split()}, key=len, reverse=True))


# German tens swallow their ones (`sechsundfünfzig`), French and Spanish ones follow them (`trente-quatre`, `treinta y cuatro`).
_GERMAN_PAIR = (
    r"(?:ein|zwei|drei|vier|fünf|fuenf|sechs|sieben|acht|neun)und"
    r"(?:zwanzig|dreißig|dreissig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig)"
)
_PAIR = (
    rf"quatre-vingts?(?:-(?:{_alternatives(_SINGLE, _TENS)}))?"
    rf"|(?:{_alternatives(_TENS)})(?:(?:-|\set\s|-et-|\sy\s)(?:{_alternatives(_SINGLE, _TENS)}))?(?:-(?:{_alternatives(_SINGLE)}))?"
    rf"|{_GERMAN_PAIR}"
)
_WORD = rf"(?:{_PAIR}|{_alternatives(_ZERO, _SINGLE, ' '.join(_TIMES), _PLUS)})(?![\w'’])"
_RUN = re.compile(
    rf"(?<![\w'’-])(?:{_WORD}|\d{{1,4}}\b)(?:[ \t]{{0,2}}[ \t,./–-][ \t]?(?:{_WORD}|\d{{1,4}}\b)){{{_FEWEST_WORDS - 1},}}", re.IGNORECASE
)
_PART = re.compile(rf"{_WORD}|\d{{1,4}}", re.IGNORECASE)
_HINT = re.compile(
    rf"\b(?:{_alternatives(_ZERO, _SINGLE)})[ ,-]+(?:{_alternatives(_ZERO, _SINGLE, _TENS, ' '.join(_TIMES))})\b", re.IGNORECASE
)


class Spoken:
    """Telephone numbers in words."""

    def spans(self, block: str) -> Iterator[Span]:
        """Yield runs of number words that stand for 7 to 17 digits.

        Such a run is taken for a telephone number if single digits alone make it long enough, or if it begins with a zero or a plus:
        `ten, twenty, thirty, forty` is a list, `zéro six douze trente-quatre …` is a number.
        """
        if not _HINT.search(block):
            return
        for run in _RUN.finditer(block):
            if _is_phone([part.group().casefold() for part in _PART.finditer(run.group())]):
                yield Span(run.start(), run.end(), "PHONE")


def _is_phone(parts: list[str]) -> bool:
    digits = singles = words = 0
    times = 1
    for part in parts:
        if part in _TIMES:
            times = _TIMES[part]
            continue
        if part.isdigit():
            digits += len(part)
        elif part in _SINGLES:
            digits, singles = digits + times, singles + times
        elif part != _PLUS:
            digits += 2
        words, times = words + (not part.isdigit()), 1
    begins = parts[0] in _ZEROS or parts[0] == _PLUS
    return words >= _FEWEST_WORDS and _FEWEST_DIGITS <= digits <= _MOST_DIGITS and (singles >= _FEWEST_DIGITS or begins)
