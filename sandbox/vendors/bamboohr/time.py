"""Time off and overtime as BambooHR sends them (operations list-time-off-requests and get-changed-employee-table-data)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sandbox.company.params import iso
from sandbox.company.work import HOURS_A_DAY, PARENTAL, SICK, VACATION, Absence, Overtime, absences, overtime
from sandbox.company.world import World
from sandbox.store import Row

FIRST_ID = 101
TYPES = {VACATION: (77, "palm-trees"), SICK: (78, "face-mask"), PARENTAL: (84, "baby-carriage")}
OVERTIME_TABLE = "customOvertime"  # a table of the company's own: https://documentation.bamboohr.com/reference/list-tabular-fields


def rows(world: World) -> Iterator[Row]:
    """Yield requests for time off, and for each employee the table of hours beyond the schedule."""
    now = world.now
    for absence in absences(world.settings, world.params, world.employees):
        yield Row("bamboohr.time_off", FIRST_ID + absence.id, absence.changed_at(now), _request(absence, now), absence.employee.canary)
    entries = overtime(world.settings, world.params, world.employees)
    for employee, found in groupby(entries, key=lambda entry: entry.employee.index):
        listed = list(found)
        changed = max(entry.entered_at for entry in listed)
        body = {"lastChanged": iso(changed), "rows": [_overtime(entry) for entry in listed]}
        yield Row(f"bamboohr.{OVERTIME_TABLE}", FIRST_ID + employee, changed, body)


def _request(absence: Absence, now: int) -> dict[str, Any]:
    number, icon = TYPES[absence.kind]
    status = absence.status(now)
    return {
        "id": FIRST_ID + absence.id,
        "employeeId": FIRST_ID + absence.employee.index,
        "name": absence.employee.name,
        "status": {"lastChanged": iso(absence.changed_at(now))[:10], "lastChangedByUserId": 2374, "status": status},
        "start": absence.days[0],
        "end": absence.days[-1],
        "created": iso(absence.created_at)[:10],
        "type": {"id": number, "name": absence.kind, "icon": icon},
        "amount": {"unit": "hours", "amount": HOURS_A_DAY * len(absence.days)},
        "actions": {"view": True, "edit": True, "cancel": status != "canceled", "approve": False, "deny": False, "bypass": False},
        "dates": dict.fromkeys(absence.days, HOURS_A_DAY),
    }


def _overtime(entry: Overtime) -> dict[str, Any]:
    return {"id": str(entry.id), "employeeId": str(FIRST_ID + entry.employee.index), "date": entry.day, "customHours": str(entry.hours)}
