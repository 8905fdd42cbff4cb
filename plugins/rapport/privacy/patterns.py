"""Identifiers that a pattern and, where there is one, a checksum tell from ordinary words and numbers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from rapport.privacy.iban import IBAN_LENGTHS
from rapport.privacy.spans import Span

_LOCAL = r"[\w.+%'!#$&*=?^`{|}~-]"
_HOST = r"[\w-]++(?:\.[\w-]++)*+"
_AT = r"(?:\(\s?(?:at|@)\s?\)|\[\s?(?:at|@)\s?\]|\{\s?(?:at|@)\s?\})"
_BRACKETED_DOT = r"\s?(?:\(\s?(?:dot|\.)\s?\)|\[\s?(?:dot|\.)\s?\]|\{\s?(?:dot|\.)\s?\})\s?"
_DOT = r"(?:\s?(?:\(\s?(?:dot|\.)\s?\)|\[\s?(?:dot|\.)\s?\]|\{\s?(?:dot|\.)\s?\})\s?|\s(?:dot|punkt|punto|point)\s|\s?\.\s?)"
_SPELLED_DOT = r"\s{1,2}(?:dot|punkt|punto|point)\s{1,2}"
_FLAGS = re.IGNORECASE

EMAIL = re.compile(rf"(?<!{_LOCAL})(?:\"[^\"\n\uf8ff@]{{1,64}}\"|{_LOCAL}++)(?:@|%40){_HOST}", _FLAGS)
# `%40` ends in characters that a local part may hold too, so it needs a look of its own.
EMAIL_ENCODED = re.compile(rf"(?<![\w.+-])[\w.+-]++%40{_HOST}", _FLAGS)
EMAIL_BRACKETED = re.compile(
    rf"(?<![\w.+-])[\w.+-]++(?:{_BRACKETED_DOT}[\w.+-]++){{0,3}}\s{{0,2}}{_AT}\s{{0,2}}[\w-]++(?:{_DOT}[\w-]++){{1,5}}", _FLAGS
)
EMAIL_SPELLED = re.compile(
    rf"(?<![\w.+-])[\w.+-]++(?:(?:{_SPELLED_DOT}|\s{{1,2}}(?:underscore|dash|minus)\s{{1,2}})[\w.+-]++){{0,3}}"
    rf"\s{{1,2}}at\s{{1,2}}[\w-]++(?:{_SPELLED_DOT}[\w-]++){{1,4}}",
    _FLAGS,
)
EMAIL_HALF_BRACKETED = re.compile(
    rf"(?<![\w.+-])[\w.+-]++(?:{_BRACKETED_DOT}[\w.+-]++){{0,3}}\s{{1,2}}at\s{{1,2}}[\w-]++(?:{_BRACKETED_DOT}[\w-]++){{1,4}}", _FLAGS
)
EMAIL_HALF_SPELLED = re.compile(r"(?<![\w.+-])(?=[\w+-]*[.\d_+])[\w.+-]++\s{1,2}at\s{1,2}[\w-]++(?:\.[\w-]++)++", _FLAGS)
EMAIL_SPACED = re.compile(r"(?<![\w.+-])[\w.+-]++\s{0,2}@\s{0,2}[\w-]++(?:(?:\s?\.|\s\.\s)[\w-]++)++", _FLAGS)

URL = re.compile(r"\b(?:https?|ftp|ftps|file|wss?)\s?:\s?//[^\s\uf8ff‹›\"'`|]++|\bwww\.[^\s\uf8ff‹›\"'`|]++", _FLAGS)
SCRIPT = re.compile(r"\b(?:javascript|vbscript|data|mailto|tel|sms|skype)\s?:\s?(?=[^\s\uf8ff])[^\s\uf8ff‹›)\]]++", _FLAGS)
BARE_URL = re.compile(r"(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}/[^\s\uf8ff‹›\"'`|]*[?=&%@\d][^\s\uf8ff‹›\"'`|]*", _FLAGS)
HANDLE = re.compile(r"(?<![\w@./-])@[A-Za-z_](?:[\w.-]{0,62}\w)?")

DOCUMENT = re.compile(
    r"\b(?:licen[cs]e|passport|national id|identity card|id card|tax id|personalausweis|reisepass|f(?:ü|ue)hrerschein|passeport"
    r"|dni|nie|pasaporte)"
    r"(?:\s(?:no\.?|number|nr\.?|nummer|num(?:é|e)ro|n(?:ú|u)mero))?\s?(?:is|was|ist|est|es|:|=|#)?\s{0,2}"
    r"(?P<id>(?=[A-Z-]{0,6}\d)[A-Z\d][A-Z\d-]{4,17})\b",
    _FLAGS,
)
SSN = re.compile(r"(?<![\w-])(?!000|666)\d{3}(?P<gap>[- ])(?!00)\d{2}(?P=gap)(?!0000)\d{4}(?![\w-])")
IPV4 = re.compile(r"(?<![\w.])(?<!\bv)(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)", _FLAGS)
IPV6 = re.compile(r"(?<![\w:.])(?=[\da-f]*:[\da-f]*:)[\da-f:]{3,39}(?:(?<=:)(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])", _FLAGS)
IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){10,32}", _FLAGS)
CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){11,18}(?![\w])(?!\.\d)")


class Mail:
    """E-mail addresses, written plainly, encoded or disguised."""

    def spans(self, block: str) -> Iterator[Span]:
        """Yield addresses such as `a@b.c`, `a%40b.c`, `a (at) b dot c`, `a @ b . c`."""
        if "@" in block:
            yield from _found(EMAIL, block, "EMAIL")
            yield from _found(EMAIL_SPACED, block, "EMAIL")
        if "%40" in block:
            yield from _found(EMAIL_ENCODED, block, "EMAIL")
        yield from _found(EMAIL_BRACKETED, block, "EMAIL")
        lowered = block.lower()
        if " at " in lowered or "\nat " in lowered:
            yield from _found(EMAIL_SPELLED, block, "EMAIL")
            yield from _found(EMAIL_HALF_SPELLED, block, "EMAIL")
            yield from _found(EMAIL_HALF_BRACKETED, block, "EMAIL")


class Web:
    """Addresses of pages, executable addresses and @handles. A page's address may name its reader in any part, so it goes whole."""

    def spans(self, block: str) -> Iterator[Span]:
        """Yield addresses and handles."""
        if "://" in block or "www." in block.lower() or ": //" in block:
            yield from _found(URL, block, "URL")
        if ":" in block:
            yield from _found(SCRIPT, block, "URL")
        if "/" in block:
            yield from _found(BARE_URL, block, "URL")
        if "@" in block:
            yield from _found(HANDLE, block, "HANDLE")


class Numbers:
    """Numbers of banks, cards, social security and networks, told by their checksums and ranges."""

    def spans(self, block: str) -> Iterator[Span]:
        """Yield IBANs (mod 97), cards (Luhn), social security numbers and IP addresses."""
        for match in IBAN.finditer(block):
            if end := _iban_end(match.group()):
                yield Span(match.start(), match.start() + end, "IBAN")
        for match in CARD.finditer(block):
            digits = [int(c) for c in match.group() if c.isdigit()]
            if (digits[0] in (2, 3, 4, 5, 6) or digits[:4] == [1, 8, 0, 0]) and len(set(digits)) > 1 and luhn(digits):
                yield Span(match.start(), match.end(), "CARD")
        yield from _found(SSN, block, "SSN")
        for match in DOCUMENT.finditer(block):
            yield Span(match.start("id"), match.end(), "ID")
        for match in IPV4.finditer(block):
            if all(int(part) < 256 for part in match.group().split(".")):
                yield Span(match.start(), match.end(), "IP")
        for match in IPV6.finditer(block):
            if _is_ipv6(match.group()):
                yield Span(match.start(), match.end(), "IP")


def luhn(digits: list[int]) -> bool:
    """Say whether card digits fulfil their check digit."""
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return total % 10 == 0


def _iban_end(text: str) -> int | None:
    """Return how many characters of `text` are an IBAN with a right checksum: what follows it may look like more of it."""
    wanted = IBAN_LENGTHS.get(text[:2].upper())
    if wanted is None:
        return None
    seen = ""
    for position, character in enumerate(text, 1):
        if character.isalnum():
            seen += character.upper()
            if len(seen) == wanted:
                number = "".join(str(int(c, 36)) for c in seen[4:] + seen[:4])
                return position if int(number) % 97 == 1 else None
    return None


def _is_ipv6(text: str) -> bool:
    if len(text.strip(":")) < 3:
        return False
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _found(pattern: re.Pattern[str], block: str, tag: str) -> Iterator[Span]:
    for match in pattern.finditer(block):
        yield Span(match.start(), match.end(), tag)
