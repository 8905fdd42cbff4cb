"""Would catch: a name or address that nobody told us and that lands, and ordinary texts blotted out instead."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from rapport.home import checkout
from rapport.privacy import Directory, Keyring, Redactor
from rapport.privacy.patterns import Mail, Numbers, Web
from rapport.warehouse.dbt_config.organisation import brands_of

KEYRING = Keyring(bytes(range(32)))
WHOLE = Redactor.standard(Directory(KEYRING))
PATTERNS = Redactor((Mail(), Web(), Numbers()))


def redact(text: str, redactor: Redactor = WHOLE) -> str:
    return redactor.texts([text], Counter())[0]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Follow up with Colleen Wiley next week.", ("Colleen", "Wiley")),
        ("I spoke to Jessica yesterday and she was kind.", ("Jessica",)),
        ("my name is tracy miller and i wait", ("tracy", "miller")),
        ("Please ask Mrs. Vestergaard about it.", ("Vestergaard",)),
        ("Guten Tag, mein Name ist Anna Schneider und ich warte.", ("Anna", "Schneider")),
        ("We live at 12 Wressle Road, Apt. 4, please note.", ("12", "Wressle", "Road")),
    ],
)
def test_names_and_addresses_that_nobody_told_us_are_masked(text: str, names: tuple[str, ...]) -> None:
    """Would catch: a recogniser that lets a plain name pass. Control: the patterns alone leave them all."""
    redacted = redact(text)
    assert not any(name in redacted for name in names), redacted
    assert all(name in redact(text, PATTERNS) for name in names)


@pytest.mark.parametrize(
    "text",
    [
        "The Premium plan costs 29.90 EUR a month, which is more than last year.",
        "How do I change my password on the iPhone app?",
        "WHY IS NOBODY ANSWERING THE PHONE",
        "Does the Pro edition include single sign-on with Azure?",
        "Our team lead does not listen, and meetings run late.",
        "Upgrade to Windows 11 broke the VPN client.",
        "Seit dem Update stürzt die App auf meinem Handy ab.",
    ],
)
def test_texts_without_personal_data_stay(text: str) -> None:
    """Would catch: capitals, products and German nouns taken for names."""
    assert redact(text) == text


def test_the_organisations_own_brands_stay_and_who_is_called_so_goes() -> None:
    """Would catch: mentions in which nobody sees whom they are about, and a brand that hides a known person. Control: unnamed, it goes."""
    text = "Anyone else with Haldenmark Grid? Nordpol Energie sent Haldenmark Miller."
    brands = ["Haldenmark Grid", "Nordpol Energie"]
    assert "Haldenmark Grid" not in redact(text)
    told = redact(text, Redactor.standard(Directory(KEYRING, brands=brands)))
    assert told == "Anyone else with Haldenmark Grid? Nordpol Energie sent <PERSON>."
    known = Directory(KEYRING, brands=brands)
    known.add(known.terms("Haldenmark Grid", "name"))
    assert "Haldenmark" not in redact(text, Redactor.standard(known))


def test_the_brands_are_those_of_the_settings(tmp_path: Path) -> None:
    """Would catch: a brand read from elsewhere than `organisation.yml`, and settings without one that stop a load."""
    assert "Haldenmark Grid" in brands_of(Path(checkout()) / "config")
    assert brands_of(tmp_path) == []


def test_the_miss_rate_that_is_promised_is_the_one_that_was_measured() -> None:
    """Would catch: figures in SECURITY.md that are older than the benchmark."""
    root = Path(checkout())
    measured = (root / "docs" / "reference" / "benchmarks.md").read_text(encoding="utf-8")
    promised = (root / "SECURITY.md").read_text(encoding="utf-8")
    for row, column in (("foreign sentences (", 3), ("foreign sentences (", 4), ("… in small letters", 3), ("own sentences, de", 3)):
        line = next(line for line in measured.splitlines() if line.startswith(f"| {row}"))
        share = re.match(r"[\d.]+ %", line.split("|")[column].strip())
        assert share is not None
        assert share.group() in promised, f"{row}: {share.group()}"
