"""Lists of words that say what a word is: read from `ordinary.txt` and `lists.txt`.

A name that is also an ordinary word identifies nobody alone and would blot out harmless text; with a second name it is found.
"""

from __future__ import annotations

from pathlib import Path


def _sections() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    section: set[str] = set()
    here = Path(__file__).parent
    for line in [line for name in ("ordinary.txt", "lists.txt") for line in (here / name).read_text(encoding="utf-8").splitlines()]:
        if line.startswith("@"):
            section = found.setdefault(line[1:], set())
        elif not line.startswith("#"):
            section |= set(line.split())
    return {name: frozenset(words) for name, words in found.items()}


_SECTIONS = _sections()
ORDINARY_WORDS = _SECTIONS["ordinary"]
TITLES = _SECTIONS["titles"]
PARTICLES = _SECTIONS["particles"]
ROLE_WORDS = _SECTIONS["roles"]
NEVER = _SECTIONS["never"]
CALENDAR = _SECTIONS["calendar"]
PRODUCTS = _SECTIONS["products"]
NATIONS = _SECTIONS["nations"]
STREETS = _SECTIONS["streets"]
UNITS = _SECTIONS["units"]
TONGUES = {language: _SECTIONS[language] for language in ("en", "de", "fr", "es")}
