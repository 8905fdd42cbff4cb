"""Texts with the places of the personal data in them: foreign templates filled with foreign identities, and our own in four languages.

The templates and identities are those of presidio-evaluator (MIT; identities by Fake Name Generator, CC BY-SA 3.0), which this project did
not write and does not ship.
`bench.redaction.corpora` tells what the recogniser was tuned on from what it is measured on.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from faker import Faker

ENGLISH = frozenset({"American", "English", "Australian", "Scottish"})
_HOLE = re.compile(r"\{\{(\w+)\}\}")
_TYPES = {
    "PERSON": "person name first_name last_name name_male name_female first_name_male first_name_female first_name_nonbinary last_name_male"
    " last_name_female",
    "LOCATION": "city country state_abbr nationality nation_woman nation_plural address street_name building_number secondary_address"
    " postcode zipcode",
    "CARD": "credit_card_number",
    "PHONE": "phone_number",
    "EMAIL": "email",
    "IBAN": "iban",
    "SSN": "ssn",
    "IP": "ip_address",
    "URL": "url",
    "ID": "us_driver_license",
    "ORGANISATION": "organization",  # no personal data, but no clean text either: it may be called like its founder
}
TYPE_OF = {hole: tag for tag, holes in _TYPES.items() for hole in holes.split()}


@dataclass(frozen=True)
class Labelled:
    """A text and its personal data.

    Attributes:
        text: as somebody wrote it.
        places: start, end, type and kind of each identifier; the kind says which names are English.
        template: which sentence it was made of.
    """

    text: str
    places: tuple[tuple[int, int, str, str], ...]
    template: int


def identities(corpora: Path) -> list[dict[str, str]]:
    """Return the identities of the package, one a person, in their order."""
    path = corpora / "presidio_evaluator" / "data_generator" / "raw_data" / "FakeNameGenerator.com_3000.csv"
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def templates(corpora: Path) -> list[str]:
    """Return the sentences of the package, with holes such as `{{first_name}}`."""
    path = corpora / "presidio_evaluator" / "data_generator" / "raw_data" / "templates.txt"
    return [line.replace("\\n", "\n") for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def filled(sentences: list[str], people: list[dict[str, str]], count: int, seed: int) -> Iterator[Labelled]:
    """Yield `count` texts: each sentence in turn, its holes filled from people drawn with `seed`."""
    rng = random.Random(seed)
    faker = Faker("en_US")
    faker.seed_instance(seed)
    for number in range(count):
        template = number % len(sentences)
        yield _fill(sentences[template], template, people, rng, faker)


def _fill(sentence: str, template: int, people: list[dict[str, str]], rng: random.Random, faker: Faker) -> Labelled:
    text, places, done = "", [], 0
    for hole in _HOLE.finditer(sentence):
        person = rng.choice(people)
        kind = "English" if person["NameSet"] in ENGLISH else person["NameSet"]
        value = _value(hole.group(1), person, rng, faker)
        text += sentence[done : hole.start()]
        if tag := TYPE_OF.get(hole.group(1)):
            places.append((len(text), len(text) + len(value), tag, kind))
        text += value
        done = hole.end()
    return Labelled(text + sentence[done:], tuple(places), template)


def _value(hole: str, person: dict[str, str], rng: random.Random, faker: Faker) -> str:
    number = str(rng.randint(1, 99)) if rng.random() < 0.7 else str(rng.randint(100, 9999))
    make: dict[str, Callable[[], str]] = {
        "street_name": lambda: re.sub(r"^\d+\s|\s\d+$", "", person["StreetAddress"]),
        "building_number": lambda: number,
        "secondary_address": faker.secondary_address,
        "address": lambda: _address(person, number, rng, faker),
        "city": lambda: person["City"],
        "country": lambda: faker.country() if person["CountryFull"] == "" else person["CountryFull"],
        "state_abbr": lambda: person["State"] or faker.state_abbr(),
        "postcode": lambda: person["ZipCode"] or faker.postcode(),
        "zipcode": lambda: person["ZipCode"] or faker.postcode(),
        "nationality": lambda: rng.choice(NATIONALITIES),
        "nation_woman": lambda: rng.choice(NATIONALITIES) + " woman",
        "nation_plural": lambda: rng.choice(NATIONALITIES) + "s",
        "credit_card_number": faker.credit_card_number,
        "phone_number": lambda: person["TelephoneNumber"] if rng.random() < 0.6 else faker.phone_number(),
        "email": lambda: person["EmailAddress"],
        "url": lambda: f"https://www.{person['Domain']}/",
        "iban": faker.iban,
        "ssn": faker.ssn,
        "ip_address": lambda: faker.ipv4() if rng.random() < 0.8 else faker.ipv6(),
        "age": lambda: person["Age"],
        "year": faker.year,
        "job": lambda: person["Occupation"],
        "organization": lambda: person["Company"],
        "date_time": lambda: str(faker.date_time()),
        "date_of_birth": lambda: person["Birthday"],
        "day_of_week": faker.day_of_week,
        "prefix": lambda: person["Title"],
        "prefix_male": lambda: "Mr.",
        "prefix_female": lambda: "Mrs.",
        "us_driver_license": lambda: faker.bothify("#########"),
    }
    if hole in make:
        return make[hole]()
    given, family = person["GivenName"], person["Surname"]
    if hole.startswith("first_name"):
        return given
    return family if hole.startswith("last_name") else f"{given} {family}"


def _address(person: dict[str, str], number: str, rng: random.Random, faker: Faker) -> str:
    street, city, country, code = person["StreetAddress"], person["City"], person["CountryFull"], person["ZipCode"]
    second = faker.secondary_address()
    state = person["State"] or faker.state_abbr()
    return rng.choice(
        [
            f"{number} {street} {second} {city} {country}",
            f"{street}\n {second}\n {city}\n {country} {code}",
            f"{street}, {city}, {country}",
            f"{street}\n{city}, {state} {code}",
            f"{number} {street}\n{city}\n, {state}\n {country} {code}",
            f"{street} {second}, {city}, {country} {code}",
        ]
    ).strip()


NATIONALITIES = [
    "American",
    "Australian",
    "Austrian",
    "Belgian",
    "Brazilian",
    "British",
    "Canadian",
    "Chilean",
    "Chinese",
    "Croatian",
    "Czech",
    "Danish",
    "Dutch",
    "Egyptian",
    "English",
    "Finnish",
    "French",
    "German",
    "Greek",
    "Hungarian",
    "Icelandic",
    "Indian",
    "Indonesian",
    "Irish",
    "Israeli",
    "Italian",
    "Japanese",
    "Kenyan",
    "Korean",
    "Lithuanian",
    "Mexican",
    "Moroccan",
    "Nigerian",
    "Norwegian",
    "Peruvian",
    "Polish",
    "Portuguese",
    "Romanian",
    "Russian",
    "Scottish",
    "Serbian",
    "Slovak",
    "Spanish",
    "Swedish",
    "Swiss",
    "Thai",
    "Tunisian",
    "Turkish",
    "Ukrainian",
    "Vietnamese",
    "Welsh",
]


def of_file(path: Path) -> list[Labelled]:
    """Return the texts of a file in presidio-research's format whose gold places are where they say."""
    found = []
    for number, row in enumerate(json.loads(path.read_text(encoding="utf-8"))):
        places = [
            (span["start_position"], span["end_position"], _OF_FILE[span["entity_type"]], "")
            for span in row["spans"]
            if span["entity_type"] in _OF_FILE and row["full_text"][span["start_position"] : span["end_position"]] == span["entity_value"]
        ]
        found.append(Labelled(row["full_text"], tuple(sorted(places)), row.get("template_id", number)))
    return found


_OF_FILE = {
    "PERSON": "PERSON",
    "LOCATION": "LOCATION",
    "GPE": "LOCATION",
    "ADDRESS": "LOCATION",
    "STREET_ADDRESS": "LOCATION",
    "ZIP_CODE": "LOCATION",
    "PHONE_NUMBER": "PHONE",
    "CREDIT_CARD": "CARD",
    "EMAIL_ADDRESS": "EMAIL",
    "US_SSN": "SSN",
    "IP_ADDRESS": "IP",
    "IBAN_CODE": "IBAN",
    "DOMAIN_NAME": "URL",
    "US_DRIVER_LICENSE": "ID",
    "ORGANIZATION": "ORGANISATION",
}
