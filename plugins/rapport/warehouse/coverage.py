"""Which vendor-neutral entities some connected system gives, so that what is missing can be named rather than shown as nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rapport.declarations import Source

# The domain whose systems give an entity. Systems of another may give it too, or a part of it: a helpdesk asks how satisfied one was.
DOMAIN_OF = {
    "persons": "crm",
    "accounts": "crm",
    "crm_activities": "crm",
    "identity_pairs": "crm",
    "identity_overrides": "crm",
    "employees": "hr",
    "org_units": "hr",
    "employee_jobs": "hr",
    "absences": "hr",
    "work_days": "hr",
    "tickets": "support",
    "ticket_events": "support",
    "schedules": "support",
    "schedule_holidays": "support",
    "sla_policies": "support",
    "sla_events": "support",
    "survey_answers": "survey",
    "survey_invitations": "survey",
    "survey_questions": "survey",
    "web_events": "website",
    "mentions": "social",
    "trainings": "training",
    "account_revenue": "finance",
    "function_spend": "finance",
    "partner_orders": "partner",
    "products": "crm",
    "order_lines": "crm",
    "referrals": "crm",
    "offboardings": "crm",
    "gov_promises": "governance",
    "gov_fivew_items": "governance",
    "gov_targets": "governance",
    "gov_decisions": "governance",
    "gov_actions": "governance",
    "gov_forecasts": "governance",
}


def coverage_of(sources: Mapping[str, Source], landed: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return one object an entity: `entity`, `domain`, `sources` (names of those that give it) and `is_connected`.

    An optional stream, such as a folder of the inbox, gives its entity once a row of it has landed.

    Args:
        sources: the sources that the warehouse is built from, by name.
        landed: (source, stream) of which rows have landed.
    """
    found = []
    for entity, domain in DOMAIN_OF.items():
        giving = [source for source in sources.values() if entity in source.feeds and _gives(source, entity, landed)]
        found.append(
            {
                "entity": entity,
                "domain": domain,
                "sources": sorted(source.name for source in giving),
                "is_connected": any(source.domain == domain for source in giving),
            }
        )
    return found


def _gives(source: Source, entity: str, landed: Collection[tuple[str, str]]) -> bool:
    stream = source.streams.get(entity)
    return stream is None or not stream.options.get("optional") or (source.name, entity) in landed
