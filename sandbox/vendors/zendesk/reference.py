"""Groups, schedules, holidays and ticket fields as Zendesk sends them."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.company import phrases as ph
from sandbox.company.hours import HOLIDAYS, SCHEDULES
from sandbox.company.params import iso
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.zendesk import people as zp


def reference(world: World) -> Iterator[Row]:
    """Yield groups, schedules with their holidays, and ticket fields."""
    start = iso(world.settings.start)
    at = world.settings.start
    for unit in world.units:
        if unit.is_helpdesk:
            key = zp.GROUP + unit.index
            yield Row(
                "zendesk.groups",
                key,
                at,
                {
                    "id": key,
                    "url": f"{zp.HOST}/api/v2/groups/{key}.json",
                    "name": unit.name,
                    "description": unit.division,
                    "default": False,
                    "deleted": False,
                    "is_public": True,
                    "created_at": start,
                    "updated_at": start,
                },
            )
    for schedule in SCHEDULES.values():
        # Minutes since Sunday 00:00: https://developer.zendesk.com/api-reference/ticketing/ticket-management/schedules/#intervals
        intervals = [{"start_time": d * 1440 + schedule.opens * 60, "end_time": d * 1440 + schedule.closes * 60} for d in range(1, 6)]
        yield Row(
            "zendesk.schedules",
            schedule.id,
            at,
            {
                "id": schedule.id,
                "name": schedule.name,
                "time_zone": schedule.zone,
                "intervals": intervals,
                "created_at": start,
                "updated_at": start,
            },
        )
        for year in range(2024, 2029):
            for n, (name, month, day) in enumerate(HOLIDAYS[schedule.region]):
                text = f"{year}-{month:02d}-{day:02d}"
                key = schedule.id * 1000 + (year - 2024) * 10 + n
                yield Row(f"zendesk.holidays.{schedule.id}", key, at, {"id": key, "name": name, "start_date": text, "end_date": text})
    options = {
        zp.REASON_FIELD: ("Reason", "tagger", ph.REASONS),
        zp.REGION_FIELD: ("Region", "tagger", tuple(SCHEDULES)),
        zp.ORDER_FIELD: ("Order number", "text", ()),
        zp.PRODUCT_FIELD: ("Product", "tagger", ph.PRODUCTS),
    }
    for key, (title, kind, values) in options.items():
        yield Row(
            "zendesk.ticket_fields",
            key,
            at,
            {
                "id": key,
                "url": f"{zp.HOST}/api/v2/ticket_fields/{key}.json",
                "type": kind,
                "title": title,
                "raw_title": title,
                "description": "",
                "position": key % 10,
                "active": True,
                "required": False,
                "tag": None,
                "custom_field_options": [{"name": v, "value": v} for v in values],
                "created_at": start,
                "updated_at": start,
            },
        )
