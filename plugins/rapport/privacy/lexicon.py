"""What is known of single words: names, ordinary words, places. Read from `lexicon.txt.xz`, which `make lexicon` derives."""

from __future__ import annotations

import lzma
from functools import cache
from pathlib import Path

SOURCE = "lexicon.txt.xz"

# Fields of a word's flags. Levels of names are powers of ten of their bearers (0: none), of ordinary words 1 rare to 3 common.
GIVEN_SHIFT, SURNAME_SHIFT, ORDINARY_SHIFT, CITY_SHIFT = 0, 3, 6, 13
GIVEN, SURNAME, ORDINARY, CITY = 7 << GIVEN_SHIFT, 7 << SURNAME_SHIFT, 3 << ORDINARY_SHIFT, 3 << CITY_SHIFT
WINS = 1 << 8  # capitalised it is rather a name than the ordinary word
IN_LOWER_CASE = 1 << 9  # a name however it is written
LANGUAGES = {"de": 1 << 10, "fr": 1 << 11, "es": 1 << 12}  # an ordinary word of that language
COUNTRY = 1 << 15


@cache
def words() -> dict[str, int]:
    """Return the flags of every known word, by its folded spelling."""
    found: dict[str, int] = {}
    for line in _lines()[0]:
        flag, *members = line.split(" ")
        found.update(dict.fromkeys(members, int(flag, 16)))
    return found


@cache
def places() -> dict[str, frozenset[str]]:
    """Return the places of several words, by their first word."""
    found: dict[str, set[str]] = {}
    for place in _lines()[1]:
        found.setdefault(place.split(" ", 1)[0], set()).add(place)
    return {first: frozenset(members) for first, members in found.items()}


@cache
def _lines() -> tuple[list[str], list[str]]:
    lines = lzma.decompress(Path(__file__).with_name(SOURCE).read_bytes()).decode().split("\n")
    cut = lines.index("@places")
    return lines[:cut], lines[cut + 1 :]
