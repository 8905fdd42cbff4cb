"""Fills the sentences: who writes, to whom, about what. Every choice comes from a given random number."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.company import phrases as ph
from sandbox.company.people import Person
from sandbox.company.places import national
from sandbox.company.staff import Employee

Context = dict[str, str]


def pick(options: Sequence[str], u: float) -> str:
    """Return one option for a uniform draw in [0, 1)."""
    return options[int(u * len(options)) % len(options)]


def spread(u: float, salt: int) -> float:
    """Return another number in [0, 1), derived from a draw: cheap and good enough to vary wording."""
    return (u * (7919 + 104_729 * salt) + 0.618 * salt) % 1.0


def context(person: Person, agent: Employee | None, reason: str, u: float) -> Context:
    """Return what the braces of the phrases stand for."""
    mates = person.account.persons
    other = mates[(int(u * 1000) + person.index) % len(mates)]
    return {
        "first": person.first,
        "last": person.last,
        "name": person.name,
        "first_lower": person.first.lower(),
        "name_lower": person.name.lower(),
        "email": person.email,
        "phone": national(person.phone, person.country),
        "phone164": person.phone,
        "title": person.title,
        "account": person.account.name,
        "street": person.account.street,
        "postcode": person.account.postcode,
        "city": person.account.city,
        "other_name": other.name,
        "other_email": other.email,
        "reason": reason,
        "order": order_number(u),
        "amount": f"{int(20 + spread(u, 3) * 4000)}.{int(spread(u, 4) * 100):02d} {person.country.currency}",
        "product": pick(ph.PRODUCTS, spread(u, 5)).replace("_", " "),
        "agent": agent.name if agent else "the team",
        "agent_first": agent.first if agent else "the team",
        "agent_email": agent.email if agent else "support@haldenmark-grid.com",
    }


def order_number(u: float) -> str:
    """Return an order or invoice number, e.g. `INV-2025-048213`."""
    return f"{('INV', 'HG', 'SO')[int(u * 3)]}-{2024 + int(spread(u, 1) * 3)}-{int(spread(u, 2) * 900_000) + 100_000}"


def subject(reason: str, ctx: Context, u: float) -> str:
    """Return a ticket's subject."""
    return pick(ph.SUBJECTS[reason], u).format(**ctx)


def opening_comment(person: Person, reason: str, ctx: Context, u: float) -> str:
    """Return the first message of a request, in the person's language one time in two."""
    language = person.country.language
    if language in ph.LOCAL and u < 0.5:
        hello, body, bye = ph.LOCAL[language]
        parts = (pick(hello, spread(u, 6)), pick(body, spread(u, 7)), pick(bye, spread(u, 8)))
        return "\n\n".join(parts).format(**ctx)
    body_text = pick(ph.BODIES[reason], spread(u, 7))
    contact, detail = pick(ph.CONTACT, spread(u, 9)), pick(ph.DETAILS, spread(u, 10))
    middle = " ".join(x for x in (body_text, detail, contact) if x)
    parts = (pick(ph.OPENINGS, spread(u, 6)), middle, pick(ph.CLOSINGS, spread(u, 8)))
    return "\n\n".join(x for x in parts if x).format(**ctx)


def agent_comment(ctx: Context, u: float, *, first: bool) -> str:
    """Return an agent's public answer."""
    return (pick(ph.AGENT_FIRST if first else ph.AGENT_NEXT, u) + pick(ph.AGENT_SIGN, spread(u, 11))).format(**ctx)


def fill(options: Sequence[str], ctx: Context, u: float) -> str:
    """Return one of the phrases, filled."""
    return pick(options, u).format(**ctx)


def survey_comment(score_0_1: float, ctx: Context, u: float) -> str:
    """Return free text that fits a score between 0 (worst) and 1 (best)."""
    options = ph.SURVEY_GOOD if score_0_1 > 0.75 else ph.SURVEY_MID if score_0_1 > 0.5 else ph.SURVEY_BAD
    return pick(options, u).format(**ctx)
