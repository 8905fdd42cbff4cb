"""Would catch: a person the company knows who stands in a text in the clear, and a directory that gives names away."""

from __future__ import annotations

from collections import Counter

import pytest
from rapport.privacy import Directory, Keyring, Redactor
from rapport.privacy.patterns import Mail, Numbers, Web
from rapport.privacy.phones import Phones

KEYRING = Keyring(bytes(range(32)))
PEOPLE = {
    "name": [
        "Dr. Annika Brandholt",
        "María José de la Cruz",
        "Müller, Jörg",
        "Grace Hill",
        "Siobhán O'Brien-Walsh",
        "Jan van der Berg",
        "王小明",
        "山田 太郎",
        "Quillon M. Abernaut (ACME)",
        "Support",
    ],
    "email": ["j.okonkwo77@example.com", "support@example.com", "bartholomew@example.com"],
    "phone": ["+49 30 1234567", "6123456789"],
    "handle": ["@night_owl", "summer"],
    "id": ["EMP-00417", "4417", "99112233"],
}


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    directory = Directory(KEYRING)
    for kind, values in PEOPLE.items():
        for value in values:
            directory.add(directory.terms(value, kind, "IN"))
    return without_names(directory)


def without_names(directory: Directory) -> Redactor:
    """The directory and the patterns alone: what the recogniser of unknown names finds besides would hide what they miss."""
    return Redactor((directory, Mail(), Web(), Numbers(), Phones(directory.knows_digits)))


def redact(redactor: Redactor, text: str) -> str:
    return redactor.texts([text], Counter())[0]


@pytest.mark.parametrize(
    "name",
    [
        "Annika Brandholt",
        "annika brandholt",
        "ANNIKA BRANDHOLT",
        "Brandholt, Annika",
        "A. Brandholt",
        "Annika",
        "Brandholt",
        "annika.brandholt",
        "annikabrandholt",
        "Maria Jose de la Cruz",
        "de la Cruz",
        "Jörg Müller",
        "Jorg Muller",
        "Joerg Mueller",
        "Grace Hill",
        "Hill, Grace",
        "Siobhan O’Brien-Walsh",
        "van der Berg",
        "Jan van der Berg",
        "Quillon Abernaut",
        "Quillon M. Abernaut",
        "山田太郎",
        "山田 太郎",
        "Annika Osterwald",
    ],
)
def test_a_known_person_is_removed_however_written(redactor: Redactor, name: str) -> None:
    """Would catch: a known name in another order, case, spelling or script."""
    assert redact(redactor, f"ask {name} today") == "ask <PERSON> today"


def test_a_name_inside_a_sentence_without_blanks_is_removed(redactor: Redactor) -> None:
    """Would catch: names in Chinese or Japanese text, which has no word breaks."""
    assert redact(redactor, "我是王小明的同事") == "我是<PERSON>的同事"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("user j.okonkwo77 logged in", "user <HANDLE> logged in"),
        ("bartholomew said so", "<PERSON> said so"),
        ("night_owl said so", "<HANDLE> said so"),
        ("badge emp-00417 found", "badge <HANDLE> found"),
        ("order 6123456789 came", "order <PHONE> came"),
        ("order 301234567 came", "order <PHONE> came"),
        ("ref 030-123-4567", "ref <PHONE>"),
        ("customer 99112233", "customer <PHONE>"),
    ],
)
def test_known_user_names_and_numbers_are_removed_where_no_pattern_tells_them(redactor: Redactor, text: str, expected: str) -> None:
    """Would catch: a known number that looks like an order's."""
    assert redact(redactor, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, support was of great help in summer",
        "grace period on the hill",
        "4417 people waited",
        "the order 6123456780 came",
        "we berg and van",
        "Josefa and Annikas friends",
    ],
)
def test_words_that_are_also_names_and_near_misses_stay(redactor: Redactor, text: str) -> None:
    """Would catch: harmless text blotted out because somebody is called Grace or Hill."""
    assert redact(redactor, text) == text


def test_the_directory_holds_hashes_that_only_its_key_can_make() -> None:
    """Would catch: names readable in vault.directory, or guessable by hashing a list of names."""
    directory, other = Directory(KEYRING), Directory(Keyring(bytes(32)))
    terms = directory.terms("Annika Brandholt", "name")
    assert len({len(term) for term in terms}) == 1
    assert not terms & other.terms("Annika Brandholt", "name")
    assert not any(word in b"".join(terms).lower() for word in (b"annika", b"brandholt"))


def test_terms_learned_later_count_from_then_on() -> None:
    """Would catch: a memory of words that were unknown a page ago."""
    directory = Directory(KEYRING)
    redactor = without_names(directory)
    assert redact(redactor, "ask Annika") == "ask Annika"
    directory.add(directory.terms("Annika Brandholt", "name"))
    assert redact(redactor, "ask Annika") == "ask <PERSON>"


def test_a_directory_read_back_from_its_terms_knows_the_same() -> None:
    """Would catch: hashes that change between processes."""
    directory = Directory(KEYRING)
    kept = list(directory.terms("Annika Brandholt", "name"))
    assert redact(without_names(Directory(KEYRING, kept)), "Brandholt, Annika") == "<PERSON>"
