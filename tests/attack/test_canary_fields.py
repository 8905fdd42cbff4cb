"""Would catch: an identifier that stands in a field where nobody expects it, in any stream of any declared source, and lands in the clear.

Two hundred people, each with a name, an e-mail address, a telephone number, an IBAN and a card, are written into every text and JSON field
of every declared stream but its key: codes, tags, statuses and titles as well as texts, names and addresses. What is then in the warehouse
is swept. Their names, addresses and numbers are in the directory, as a CRM puts them there; IBANs and cards are in none.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from rapport.declarations import Field, Source, Stream, load_sources
from rapport.home import Home, checkout
from rapport.land import ensure_tables, land_page
from rapport.privacy import Directory, Keyring, treat
from rapport.privacy.patterns import luhn
from rapport.privacy.sweep import Sweep
from rapport.warehouse import server

PEOPLE = 200
KEYRING = Keyring(bytes(range(32)))
SOURCES = load_sources(checkout() / "sources")
_HEADS, _TAILS = (
    ("Quarv", "Zelth", "Vroom", "Mykst", "Orphr", "Drelk", "Bjanv", "Thuld", "Ysbra", "Kworz"),
    ("ion", "ara", "eth", "uld", "ix"),
)
_SENTENCES = ("{}", "ask {} today", "{} (urgent)", "see: {}", "x/{}/y", "re {}, again")
_PLAIN: dict[str, Any] = {
    "bigint": 7,
    "double": 0.5,
    "boolean": True,
    "decimal": Decimal("1.5"),
    "date": datetime(2026, 3, 2, tzinfo=UTC).date(),
}


@dataclass(frozen=True)
class Person:
    """A planted person: kind of identifier -> how it is written."""

    number: int
    written: dict[str, tuple[str, ...]]


def people() -> list[Person]:
    """Return the planted people, the same in every run."""
    rng, found = random.Random(7), []  # noqa: S311
    for number in range(PEOPLE):
        first = _HEADS[number % 10] + _TAILS[number // 10 % 5]
        last = _HEADS[number // 50].lower().capitalize() + _TAILS[number % 5] + "mont" + "abcdefghij"[number // 5 % 10]
        digits = f"{7700_900_000 + number}"
        written = {
            "name": (f"{first} {last}", f"{last}, {first}"),
            "email": (f"{first}.{last}{number}@mail-{number}.example.net".lower(),),
            "phone": (f"+44{digits}", f"+44 {digits[:4]} {digits[4:]}", f"0{digits[:4]} {digits[4:]}"),
            "iban": (iban(rng),),
            "card": (card(rng),),
        }
        found.append(Person(number, written))
    return found


def iban(rng: random.Random) -> str:
    account = "".join(str(rng.randrange(10)) for _ in range(18))
    return f"DE{98 - int(account + '131400') % 97:02}{account}"


def card(rng: random.Random) -> str:
    digits = [4, *(rng.randrange(10) for _ in range(14))]
    digits.append(next(last for last in range(10) if luhn([*digits, last])))
    text = "".join(map(str, digits))
    return " ".join(text[at : at + 4] for at in range(0, 16, 4))


WRITTEN = people()
NEEDLES = {f"{person.number}-{kind}": list(forms) for person in WRITTEN for kind, forms in person.written.items()}


def page(stream: Stream) -> pa.Table:
    """Return one record a person, an identifier of theirs in each text or JSON field, another kind from field to field and row to row."""
    return pa.table({field.column: _column(field, at, stream) for at, field in enumerate(stream.fields)}, schema=stream.arrow_schema)


def _column(field: Field, at: int, stream: Stream) -> pa.Array:
    values = [_value(field, at, person, is_key=field.column in stream.key) for person in WRITTEN]
    return pa.array(values, stream.arrow_schema.field(field.column).type)


def _value(field: Field, at: int, person: Person, *, is_key: bool) -> Any:
    if field.type not in {"text", "json"}:
        return datetime(2026, 3, 2, tzinfo=UTC) if field.type == "timestamp" else person.number if is_key else _PLAIN[field.type]
    if is_key:
        return f"key-{person.number}"
    forms = [form for written in person.written.values() for form in written]
    said = _SENTENCES[(person.number // len(forms) + at) % len(_SENTENCES)].format(forms[(person.number + at) % len(forms)])
    return json.dumps({"tags": [said], "by": {"who": said}}) if field.type == "json" else said


@dataclass
class Landed:
    """What the streams served and what is in the warehouse."""

    home: Home
    served: dict[str, Sweep]
    rows: int = 0


@pytest.fixture(scope="module")
def landed(module_warehouse: Home) -> Iterator[Landed]:
    result, directory = Landed(module_warehouse, {}), Directory(KEYRING)
    for person in WRITTEN:
        for kind in ("name", "email", "phone"):
            for form in person.written[kind]:
                directory.add(directory.terms(form, kind, "GB"))
    with psycopg.connect(module_warehouse.dsn("loader"), autocommit=True) as conn:
        for source in SOURCES.values():
            ensure_tables(conn, source)
            result.served[source.name] = Sweep(NEEDLES)
            for stream in source.ordered_streams:
                result.rows += _land(conn, source, stream, directory, result.served[source.name])
    yield result


def _land(conn: psycopg.Connection, source: Source, stream: Stream, directory: Directory, served: Sweep) -> int:
    table = page(stream)
    served.look(stream.name, json.dumps(table.to_pylist(), default=str, ensure_ascii=False).encode())
    treated = treat(table, source, stream, KEYRING, directory)
    return land_page(conn, source, stream, treated, load_id="canaries").rows_landed


def test_two_hundred_people_stand_in_every_source(landed: Landed) -> None:
    """Would catch: a blind sweep or pages without canaries, which would let the test below pass. Every source serves hundreds of them."""
    assert len(NEEDLES) == 5 * PEOPLE
    assert len({form for forms in NEEDLES.values() for form in forms}) == sum(map(len, NEEDLES.values()))
    few = {name: len(sweep.found) for name, sweep in landed.served.items() if len(sweep.found) < PEOPLE}
    assert not few
    assert set().union(*(sweep.found for sweep in landed.served.values())) == set(NEEDLES)
    assert landed.rows > 50 * PEOPLE


def test_none_of_them_stands_in_any_table(landed: Landed) -> None:
    """Would catch: an address in a tag, a name in a status, a card in a title, a number in JSON, that lands as it is."""
    sweep = Sweep(NEEDLES)
    with psycopg.connect(server.admin_dsn(landed.home, "rapport"), autocommit=True) as conn:
        assert sweep.database(conn) > 100
    assert not sorted({(hit.place, hit.needle.partition("-")[2], hit.variant) for hit in sweep.hits})


def test_the_warehouse_holds_what_came_of_them(landed: Landed) -> None:
    """Would catch: a clean sweep of tables in which nothing landed, and codes blotted out in whole columns."""
    with psycopg.connect(server.admin_dsn(landed.home, "rapport")) as conn:
        row = conn.execute(
            "select count(*), count(*) filter (where status like '%%<%%>%%'), count(*) filter (where description_redacted like '%%<%%>%%'),"
            " count(distinct id) from raw_zendesk.tickets"
        ).fetchone()
    assert row is not None
    assert row[0] == row[3] == PEOPLE
    assert min(row[1], row[2]) > PEOPLE * 0.9
