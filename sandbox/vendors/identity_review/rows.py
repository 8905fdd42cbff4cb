"""Pairs of customer records as a careful reviewer would have labelled them, from who really is who."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np

from sandbox.company.params import DAY, iso
from sandbox.company.people import Person
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.zendesk import people as zp

PAIRS_A_KIND = 400  # of one person, of two persons who are easily confused, and of any two persons
REVIEWED_DAYS_AGO = 40
Record = tuple[str, str]


def records(person: Person) -> list[Record]:
    """Return the records that systems hold of a person: of the helpdesk, and of the CRM if it knows them."""
    held: list[Record] = [("zendesk", str(zp.USER + person.index))]
    if person.second_helpdesk_user and person.private_email:
        held.append(("zendesk", str(zp.SECOND_USER + person.index)))
    if zp.has_contact(person):
        held.append(("salesforce", zp.contact_id(person)))
    return held


def rows(world: World) -> Iterator[Row]:
    """Yield the labelled pairs; who is drawn depends on the company's seed and on nothing else that is drawn."""
    settings = world.settings
    rng = np.random.default_rng([settings.seed, 811])
    known = [p for p in world.persons if p.joined_at <= settings.first_now and p.deleted_at is None and not p.canary]
    reviewed_at = settings.first_now - REVIEWED_DAYS_AGO * DAY
    pairs: list[tuple[Record, Record, bool]] = []
    same = [pair for person in known for pair in combinations(records(person), 2)]
    pairs += [(a, b, True) for a, b in _drawn(rng, same)]
    alike = [(records(a)[-1], records(b)[0]) for a, b in _alike(known)]
    pairs += [(a, b, False) for a, b in _drawn(rng, alike)]
    others = [(int(a), int(b)) for a, b in rng.integers(len(known), size=(PAIRS_A_KIND, 2)) if a != b]
    pairs += [(records(known[a])[-1], records(known[b])[0], False) for a, b in others]
    for number, ((system_a, record_a), (system_b, record_b), is_same) in enumerate(pairs):
        body = {
            "pair_id": f"P{number:05d}",
            "system_a": system_a,
            "record_a": record_a,
            "system_b": system_b,
            "record_b": record_b,
            "same_person": "yes" if is_same else "no",
            "reviewed_at": iso(reviewed_at),
        }
        yield Row("identity_review.pairs", str(body["pair_id"]), reviewed_at, body)


def _alike(known: list[Person]) -> list[tuple[Person, Person]]:
    """Return neighbours among persons of one company, and of one family name, who are not the same."""
    by_company = [(a, b) for a, b in pairwise(known) if a.account is b.account]
    by_name = sorted(known, key=lambda person: (person.last, person.first, person.index))
    return by_company + [(a, b) for a, b in pairwise(by_name) if a.last == b.last and a.account is not b.account]


def _drawn(rng: np.random.Generator, pairs: list[tuple[Record, Record]]) -> list[tuple[Record, Record]]:
    return [pairs[index] for index in rng.permutation(len(pairs))[:PAIRS_A_KIND]]
