"""Would catch: a quick reading of a telephone number that differs from libphonenumber's, so that one person becomes two."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from rapport.privacy import normalise, numbering

CHANCE = random.Random(8)  # noqa: S311 - made data
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def digits(most: int = 15) -> str:
    return "".join(CHANCE.choices("0123456789", k=CHANCE.randrange(4, most)))


def dressed(text: str) -> str:
    """Return digits with the punctuation that people put between them."""
    return (
        "".join(c if CHANCE.random() > 0.2 else c + CHANCE.choice([" ", "-", ".", ") ", " (", "  ", " - "]) for c in text[:-1]) + text[-1]
    )


def samples(count: int) -> list[tuple[str, str | None]]:
    """Return numbers of every region, as written there, near misses and noise, each with a region to read it for."""
    found: list[tuple[str, str | None]] = []
    for _ in range(count):
        region = CHANCE.choice(REGIONS)
        code = f"+{CHANCE.choice(CODES)}"
        found += [(code + digits(), region), (dressed(code[1:] + digits()), region), ("+" + dressed(code[1:] + digits()), None)]
        found += [(dressed(digits()), region), ("0" + dressed(digits()), region), ("(" + dressed(digits()), region)]
        if example := phonenumbers.example_number_for_type(region, CHANCE.randrange(11)):
            for form in (0, 1, 2):
                text = phonenumbers.format_number(example, form)
                near = f"{text[:-3]}{CHANCE.randrange(1000):03d}"
                found += [(text, region), (near, region), (near, CHANCE.choice(REGIONS)), (text.replace("+", "00"), region)]
    return found


def test_a_quick_reading_is_the_one_of_libphonenumber(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a national prefix kept or a country code taken twice."""
    asked = samples(1500)
    read = [numbering.read(normalise.plain(text), region) for text, region in asked]
    monkeypatch.setattr(numbering, "read", lambda _text, _region: None)
    slow = [normalise.phone(text, region) for text, region in asked]
    differing = [
        (at, quick, right) for at, quick, right in zip(asked, read, slow, strict=True) if quick and len(quick) > 7 and quick != right
    ]
    assert not differing
    assert sum(quick is not None for quick in read) > len(asked) / 5


@pytest.mark.parametrize(
    ("written", "region", "expected"),
    [
        ("+12025550123", None, "+12025550123"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("030 1234567", "DE", "+49301234567"),
        ("020 7946 0958", "GB", "+442079460958"),
    ],
)
def test_common_forms_are_read_quickly(written: str, region: str | None, expected: str) -> None:
    """Would catch: a quick way that nothing takes any more."""
    assert numbering.read(written, region) == expected


@pytest.mark.parametrize(
    "written", ["+4402079460958", "+1 202 555 0123 x4", "+390612345678", "202 555 0123", "+19", "1 202 555 0123", "+999123456789"]
)
def test_what_leaves_a_choice_is_left_to_libphonenumber(written: str) -> None:
    """Would catch: a guess."""
    assert numbering.read(written, None) is None
