"""SLA policies and what happened to tickets' clocks, as Zendesk sends them.

Policies: https://developer.zendesk.com/api-reference/ticketing/business-rules/sla_policies/; metric events:
https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_metric_events/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.company.params import epoch, iso
from sandbox.company.slas import POLICIES, REPLY, STANDARD, Policy, clocks, target_of
from sandbox.company.tickets import Ticket
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.zendesk.people import HOST

METRIC_EVENT = 700_000_000_000
EVENT_METRIC = {REPLY: "reply_time"}  # events know one reply time, whose first instance is the first reply


def policies(world: World) -> Iterator[Row]:
    """Yield the policies as they are now."""
    start, now = world.settings.start, world.now
    for position, policy in enumerate(POLICIES, 1):
        changed = epoch(world.params.sla_tightened_on)
        updated = changed if policy is STANDARD and changed <= now else start
        everything: list[dict[str, Any]] = [{"field": "organization_tags", "operator": "includes", "value": s} for s in policy.segments]
        yield Row(
            "zendesk.sla_policies",
            policy.id,
            updated,
            {
                "url": f"{HOST}/api/v2/slas/policies/{policy.id}.json",
                "id": policy.id,
                "title": policy.title,
                "description": f"{policy.title} service",
                "position": position,
                "filter": {"all": everything, "any": []},
                "policy_metrics": [
                    {
                        "priority": priority,
                        "metric": metric,
                        "target": target_of(policy, metric, priority, now, world.params),
                        "target_in_seconds": 60 * target_of(policy, metric, priority, now, world.params),
                        "business_hours": priority not in policy.calendar,
                    }
                    for metric, targets in policy.targets.items()
                    for priority in targets
                ],
                "created_at": iso(start),
                "updated_at": iso(updated),
            },
        )


def metric_events(ticket: Ticket, world: World) -> Iterator[Row]:
    """Yield the ticket's metric events in the order in which they happened."""
    rows = sorted(clocks(ticket, world.params, world.now), key=lambda c: c.at)
    for number, clock in enumerate(rows):
        metric = EVENT_METRIC.get(clock.metric, clock.metric)
        body: dict[str, Any] = {
            "id": METRIC_EVENT + ticket.id * 100 + number,
            "ticket_id": ticket.id,
            "metric": metric,
            "instance_id": 1,
            "type": clock.kind,
            "time": iso(clock.at),
        }
        if clock.kind == "apply_sla":
            body["sla"] = {
                "target": clock.target,
                "target_in_seconds": clock.target * 60,
                "business_hours": clock.in_business_hours,
                "policy": _policy(clock.policy),
            }
        if clock.kind == "breach":
            body["deleted"] = False
        yield Row("zendesk.ticket_metric_events", body["id"], clock.at, body)


def _policy(policy: Policy) -> dict[str, Any]:
    return {"id": policy.id, "title": policy.title, "description": f"{policy.title} service"}
