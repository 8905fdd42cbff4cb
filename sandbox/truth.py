"""What really is so: planted parameters and who is who across systems. Written for judges; the platform never reads it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sandbox.company.mentions import measured
from sandbox.company.params import iso
from sandbox.company.people import Person
from sandbox.company.staff import Employee
from sandbox.company.world import World
from sandbox.vendors.bamboohr.rows import key as employee_key
from sandbox.vendors.matomo.rows import visitor_id
from sandbox.vendors.salesforce.records import ident
from sandbox.vendors.zendesk import people as zp


def truth(world: World) -> dict[str, Any]:
    """Return planted parameters, persons, accounts, employees, teams and merges as plain values."""
    now = world.now
    return {
        "seed": world.settings.seed,
        "scale": world.settings.scale,
        "effects": world.settings.effects,
        "now": iso(now),
        "planted": world.params.truth(),
        "persons": [_person(p, world.settings.seed) for p in world.persons if p.joined_at <= now],
        "accounts": [
            {
                "account": a.index,
                "salesforce_account": zp.account_id(a),
                "zendesk_organization": zp.ORGANIZATION + a.index,
                "churned_at": iso(a.churned_at) if a.churned_at is not None and a.churned_at <= now else None,
            }
            for a in world.accounts
            if a.joined_at <= now
        ],
        "employees": [_employee(e, now) for e in world.employees if e.hired_at <= now],
        "teams": [
            {
                "unit": u.index,
                "name": u.name,
                "facing": u.facing,
                "mood": round(u.mood, 4),
                "zendesk_group": zp.GROUP + u.index if u.is_helpdesk else None,
            }
            for u in world.units
        ],
        "merges": {str(t.id): t.merged_into for t in world.tickets if t.merged_into is not None and t.visible_at <= now},
        "bot_chats": Counter(world.chats.outcomes[t.id] for t in world.chats.tickets if t.visible_at <= now),
        "mentions": measured(world.mentions, now),
        "canaries": [c.as_dict() for c in world.canaries],
    }


def _person(person: Person, seed: int) -> dict[str, Any]:
    users = [zp.USER + person.index]
    if person.second_helpdesk_user and person.private_email:
        users.append(zp.SECOND_USER + person.index)
    return {
        "person": person.index,
        "account": person.account.index,
        "name": person.name,
        "email": person.email,
        "private_email": person.private_email,
        "phone": person.phone,
        "role_address": person.role_address,
        "zendesk_users": users,
        "salesforce_contacts": ([zp.contact_id(person)] if zp.has_contact(person) else [])
        + ([ident("003", 5_000_000_000 + person.index)] if zp.has_contact(person) and person.second_helpdesk_user else []),
        "matomo_visitor": visitor_id(seed, person.index),
    }


def _employee(employee: Employee, now: int) -> dict[str, Any]:
    return {
        "employee": employee.index,
        "email": employee.email,
        "zendesk_user": zp.AGENT + employee.index,
        "bamboohr_employee": employee_key(employee),
        "salesforce_user": ident("005", employee.index),
        "team": employee.job(now).unit.index,
        "left": employee.left_at is not None and employee.left_at <= now,
    }
