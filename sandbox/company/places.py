"""Countries the company serves, and pools of names and streets drawn once from Faker."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from faker import Faker


@dataclass(frozen=True)
class Country:
    """A market: share of accounts, locale of its people, shape of its mobile numbers."""

    code: str
    name: str
    share: float
    locale: str
    region: str
    zone: str
    language: str
    dial: str
    mobile: str  # national digits; N is 2-9, # any digit
    tld: str
    rails_zone: str
    currency: str


COUNTRIES = (
    Country(
        "US",
        "United States",
        0.30,
        "en_US",
        "amer",
        "America/New_York",
        "en",
        "1",
        "NEN55N####",
        "com",
        "Eastern Time (US & Canada)",
        "USD",
    ),
    Country("CA", "Canada", 0.07, "en_CA", "amer", "America/Toronto", "en", "1", "41655N####", "ca", "Eastern Time (US & Canada)", "CAD"),
    Country("GB", "United Kingdom", 0.14, "en_GB", "emea", "Europe/London", "en", "44", "77009#####", "co.uk", "London", "GBP"),
    Country("IE", "Ireland", 0.04, "en_IE", "emea", "Europe/Dublin", "en", "353", "87#######", "ie", "Dublin", "EUR"),
    Country("DE", "Germany", 0.15, "de_DE", "emea", "Europe/Berlin", "de", "49", "1512#######", "de", "Berlin", "EUR"),
    Country("FR", "France", 0.08, "fr_FR", "emea", "Europe/Paris", "fr", "33", "6########", "fr", "Paris", "EUR"),
    Country("ES", "Spain", 0.06, "es_ES", "emea", "Europe/Madrid", "es", "34", "6########", "es", "Madrid", "EUR"),
    Country("NL", "Netherlands", 0.05, "nl_NL", "emea", "Europe/Amsterdam", "nl", "31", "6########", "nl", "Amsterdam", "EUR"),
    Country("IN", "India", 0.07, "en_IN", "apac", "Asia/Kolkata", "en", "91", "98########", "in", "New Delhi", "INR"),
    Country("AU", "Australia", 0.04, "en_AU", "apac", "Australia/Sydney", "en", "61", "4########", "com.au", "Sydney", "AUD"),
)
BY_CODE = {c.code: c for c in COUNTRIES}
AREA_CODES = ("212", "312", "415", "206", "617", "713", "303", "404", "602", "503", "305", "612")


@dataclass(frozen=True)
class Pool:
    """Names and places of one locale."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[str, ...]
    postcodes: tuple[str, ...]


@lru_cache(maxsize=64)
def pool(locale: str, seed: int) -> Pool:
    """Draw the pools of a locale: same seed, same pools."""
    fake = Faker(locale)
    fake.seed_instance(seed)

    def unique(draw: object, wanted: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(draw()) for _ in range(wanted)))  # type: ignore[operator]

    return Pool(
        unique(fake.first_name, 260),
        unique(fake.last_name, 420),
        unique(fake.street_address, 160),
        unique(fake.city, 80),
        unique(fake.postcode, 120),
    )


def ascii_slug(text: str) -> str:
    """Return a name as it stands in an e-mail address."""
    text = text.replace("ß", "ss").replace("ö", "oe").replace("ü", "ue").replace("ä", "ae").replace("ø", "o").replace("ł", "l")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(ch for ch in plain if ch.isalnum() or ch == "-").strip("-")


def phone_number(country: Country, rng: np.random.Generator) -> str:
    """Return a made-up mobile number in E.164 form."""
    shape = country.mobile
    if country.code == "US":
        shape = AREA_CODES[int(rng.integers(len(AREA_CODES)))] + "55N####"
    digits = "".join(str(rng.integers(2, 10)) if ch == "N" else str(rng.integers(10)) if ch == "#" else ch for ch in shape)
    return f"+{country.dial}{digits}"


def national(phone: str, country: Country) -> str:
    """Return the number as people of that country write it."""
    digits = phone[1 + len(country.dial) :]
    if country.dial == "1":
        return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
    if country.code == "IN":
        return f"{digits[:5]} {digits[5:]}"
    if country.code == "ES":
        return f"{digits[:3]} {digits[3:6]} {digits[6:]}"
    return f"0{digits[:3]} {digits[3:6]} {digits[6:]}"
