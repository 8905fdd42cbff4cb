"""One spelling for each identifier, so that one person gets one token whichever way a system writes the address.

Every function returns None for a value that cannot be read as its kind: it then gets no token, and is counted.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

import phonenumbers

from rapport.privacy import numbering

# Zero-width, bidirectional, soft-hyphen, variation and tag characters: invisible, so two equal-looking values would differ.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]+"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06dc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
_MARK_RUN = re.compile(f"([{_MARKS}]{{8}})[{_MARKS}]+")
_DIGITS = {ord(c): str(unicodedata.decimal(c)) for c in map(chr, range(0x660, 0x1FBFA)) if c.isdecimal() and not c.isascii()}
_BARE = re.compile(r"\A[^\s@<>,;\"()\[\]\\]+@[^\s@<>,;\"()\[\]\\]+\Z")
_QUOTED = re.compile(r"\A\"[^\"@]+\"@[^\s@<>,;\"()]+\Z")
_LABEL = re.compile(r"\A[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_PHONE = 7  # with the plus sign; shorter ones are services, which all callers share
_EXTENSION = re.compile(r"\s*(?:ext\.?|extension|x|#)\s*\d{1,7}\s*\Z", re.IGNORECASE)


def plain(text: str) -> str:
    """Return `text` in NFKC without invisible characters, its digits in ASCII."""
    if text.isascii():
        return text
    text = _MARK_RUN.sub(r"\1", text)  # canonical ordering is quadratic in the length of a run of marks
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_DIGITS)


def email(value: str, _region: str | None = None) -> str | None:
    """Return an e-mail address: local part case-folded, domain in IDNA, display name and `mailto:` removed.

    Plus-tags and dots are kept: removing them merges people who are not the same.
    """
    text = plain(value).strip()
    if "<" in text:
        text = text[text.rfind("<") + 1 :].split(">", 1)[0].strip()
    if text[:7].lower() == "mailto:":
        text = text[7:].split("?", 1)[0]
    if not (_BARE.match(text) or _QUOTED.match(text)):
        return None
    local, _, domain = text.rpartition("@")
    ascii_domain = _mail_domain(domain)
    return f"{local.casefold()}@{ascii_domain}" if ascii_domain else None


@lru_cache(maxsize=10_000)
def _mail_domain(domain: str) -> str | None:
    """Return the domain of an address in IDNA, or None if it is none; a column holds few of them."""
    try:
        ascii_domain = domain.rstrip(".").casefold().encode("idna").decode()
    except UnicodeError:
        return None
    return ascii_domain if ascii_domain and all(_LABEL.match(label) for label in ascii_domain.split(".")) else None


def phone(value: str, region: str | None = None) -> str | None:
    """Return a telephone number as E.164; `region` (ISO country) reads numbers without a country code."""
    text = plain(value).strip()
    if "x" in text or "X" in text or "#" in text:
        text = _EXTENSION.sub("", text)
    if text.startswith("00"):
        text = "+" + text[2:].lstrip(" -")
    if (read := numbering.read(text, region)) is not None:
        return read if len(read) > _SHORTEST_PHONE else None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    made: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return made if len(made) > _SHORTEST_PHONE else None


def ip(value: str, _region: str | None = None) -> str | None:
    """Return an IP address in its canonical form."""
    try:
        return ipaddress.ip_address(plain(value).strip().split("%", 1)[0]).compressed
    except ValueError:
        return None


def handle(value: str, _region: str | None = None) -> str | None:
    """Return a user name without its `@`, case-folded."""
    return plain(value).strip().lstrip("@").casefold() or None


def words(value: str, _region: str | None = None) -> str | None:
    """Return a name or address case-folded, runs of blanks as one."""
    return " ".join(plain(value).casefold().split()) or None


def surname(value: str, _region: str | None = None) -> str | None:
    """Return the last word of a family or full name without accents, case-folded; `Miller, Anna` gives miller."""
    spoken = plain(value).split(",", 1)[0].casefold()
    bare = "".join(letter for letter in unicodedata.normalize("NFD", spoken) if not unicodedata.combining(letter))
    found = _WORD.findall(bare)
    return found[-1] if found else None


def is_role_address(value: str | None) -> bool | None:
    """Say whether an e-mail address belongs to an office rather than a person, as info@ or support2@; None if it is no address."""
    address = email(value) if value else None
    return None if address is None else address.partition("@")[0].rstrip("0123456789").rstrip("-_.") in _offices()


@cache
def _offices() -> frozenset[str]:
    lines = Path(__file__).with_name("offices.txt").read_text().split("\n")
    return frozenset(line for line in lines if line and not line.startswith("#"))


def exact(value: str, _region: str | None = None) -> str | None:
    """Return an identifier of a system: only blanks at its ends are removed."""
    return plain(value).strip() or None


def national_digits(e164: str) -> str:
    """Return the digits of an E.164 number without its country code."""
    return phonenumbers.national_significant_number(phonenumbers.parse(e164)).lstrip("0")


BY_KIND: dict[str, Callable[[str, str | None], str | None]] = {
    "email": email,
    "phone": phone,
    "ip": ip,
    "handle": handle,
    "name": words,
    "address": words,
    "id": exact,
    "url": exact,
    "surname": surname,
}
