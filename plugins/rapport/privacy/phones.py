"""Telephone numbers in free text: international forms, national forms with separators, bare digits where words announce them.

Order numbers, dates, amounts and versions are digits too; what stands around a number decides, and the directory knows the company's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rapport.privacy.spans import Span

_RUN = re.compile(r"(?<![\w#@$€£])(?<!\d[.,:])(?<!\w-)(?:\+\s?|\(\+)?\(?\d(?:[ ().\-/–]{0,3}\d){6,23}(?!\w(?<![xX])|\w\D)")
_EXTENSION = re.compile(r",?\s?(?:x|ext\.?|extension|durchwahl|poste)\s?\d{1,6}(?!\w)", re.IGNORECASE)
_DATE = re.compile(r"\A(?:(?:19|20)\d\d([-./])\d{1,2}\1\d{1,2}|\d{1,2}([-./])\d{1,2}\2(?:19|20)?\d\d)(?:\s\d{1,2})?\Z")
_NORTH_AMERICAN = re.compile(r"\A(?:1[-. ]?)?(?:\(\d{3}\)[-. /]{0,2}|\d{3}[-. /]{1,2})\d{3}[-. ]\d{4}\Z")
_TRUNK = re.compile(r"\A\(?0[1-9]")
_ANNOUNCED = re.compile(
    r"\b(?:phone|tel|telephone|call(?:ed|ing|s|back)?|mobile|mob|cell|fax|whats?app|ring|reach|dial|sms|text|contact|number is"
    r"|(?:my|meine|mon|mi) (?:number|nummer|numéro|número)|answering|registered|desk|office|hotline|handy|mobil"
    r"|telefon\w*|anruf\w*|ruf\w*|rückruf|erreich\w*|tél|téléphone|portable|móvil|teléfono|llam\w*|appel\w*|gsm"
    r"|cellulare)\b[^\n\uf8ff]{0,24}\n?\Z",
    re.IGNORECASE,
)
_OTHER_NUMBER = re.compile(
    r"(?:order|invoice|inv|ticket|case|ref|reference|po|sku|serial|s/n|imei|tracking|part|article|batch|lot|meter|contract"
    r"|bestell\w*|rechnung\w*"
    r"|auftrag\w*|commande|facture|pedido|factura)\s{0,2}(?:no\.?|nr\.?|number|num\.?|id|code)?\s{0,2}[:#.=]?\s{0,2}(?:is|was"
    r"|ist)?\s{0,2}\Z",
    re.IGNORECASE,
)
_LABELLED = re.compile(r"\s?[-–(]?\s?(?:office|fax|mobile|mob|home|work|cell|desk|phone|tel)\b", re.IGNORECASE)
_CHUNK = re.compile(r"\S+")
_MOST_GROUPS = 7
_LOOK_BACK = 48


class Phones:
    """Telephone numbers by form, by the words before them, and by the directory."""

    def __init__(self, is_known: Callable[[str], bool]) -> None:
        """Make the recogniser.

        Args:
            is_known: whether a string of digits is in the directory.
        """
        self._is_known = is_known

    def spans(self, block: str) -> Iterator[Span]:
        """Yield the numbers of `block`."""
        for run in _RUN.finditer(block):
            before = block[max(0, run.start() - _LOOK_BACK) : run.start()]
            before = before[before.rfind("\uf8ff") + 1 :]
            if _LABELLED.match(block, run.end()) and 6 <= sum(map(str.isdigit, run.group())) <= 15:
                yield Span(run.start(), run.end(), "PHONE")
                continue
            for first, last in self._numbers(run.group(), before):
                end = run.start() + last
                extension = _EXTENSION.match(block, end)
                yield Span(run.start() + first, extension.end() if extension else end, "PHONE")

    def _numbers(self, run: str, before: str) -> Iterator[tuple[int, int]]:
        """Yield the numbers inside a run of digits; two numbers, or a date and a number, may stand side by side."""
        if self._is_phone(run, before):
            yield 0, len(run)
            return
        chunks = [(chunk.start(), chunk.end()) for chunk in _CHUNK.finditer(run)]
        first = 0
        while first < len(chunks):
            for last in range(min(len(chunks), first + _MOST_GROUPS), first, -1):
                start, end = chunks[first][0], chunks[last - 1][1]
                if end - start < len(run) and self._is_phone(run[start:end], before if first == 0 else ""):
                    yield start, end
                    first = last
                    break
            else:
                first += 1

    def _is_phone(self, text: str, before: str) -> bool:
        digits = "".join(filter(str.isdigit, text))
        size = len(digits)
        if not 7 <= size <= 17:
            return False
        if self._is_known(digits):
            return True
        if text.startswith(("+", "(+")):
            return 8 <= size <= 16
        if _DATE.match(text) or _OTHER_NUMBER.search(before):
            return False
        return _has_form(text, digits) or (size <= 15 and bool(_ANNOUNCED.search(before)))


def _has_form(text: str, digits: str) -> bool:
    """Say whether digits are grouped or led as people write telephone numbers."""
    size = len(digits)
    if text.startswith("00"):
        return digits[2] != "0" and size >= 11
    if _TRUNK.match(text):
        return (9 if len(text) > size else 10) <= size <= 12
    return bool(_NORTH_AMERICAN.match(text))
