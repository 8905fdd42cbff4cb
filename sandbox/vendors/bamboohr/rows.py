"""Employees and their tables as BambooHR sends them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.company.params import DAY, iso
from sandbox.company.places import national
from sandbox.company.staff import Employee
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.bamboohr import time
from sandbox.vendors.bamboohr.time import FIRST_ID

TERMINATION_TYPES = {"Retirement": "Retirement", "End of contract": "End of contract", "Performance": "Termination (Involuntary)"}


Leads = dict[int, list[Employee]]


def rows(world: World) -> Iterator[Row]:
    """Yield employees, their job information and employment status, also of those who left."""
    now = world.now
    leads: Leads = {}
    for employee in sorted((e for e in world.employees if e.is_lead), key=lambda e: e.hired_at):
        leads.setdefault(employee.jobs[0].unit.index, []).append(employee)
    for employee in world.employees:
        if employee.hired_at <= now:
            until = min(now, employee.left_at or now)
            bosses = [manager(employee, moment, leads) for moment in (until, *(j.since for j in employee.jobs))]
            changed = changed_at(employee, now, bosses[0])
            planted = employee.canary or any(boss is not None and boss.canary for boss in bosses)
            yield Row("bamboohr.employees", key(employee), changed, _employee(employee, bosses[0], now, changed), planted)
            yield Row(
                "bamboohr.jobInfo", key(employee), changed, {"lastChanged": iso(changed), "rows": _jobs(employee, bosses[1:], now)}, planted
            )
            yield Row("bamboohr.employmentStatus", key(employee), changed, {"lastChanged": iso(changed), "rows": _statuses(employee, now)})
    yield from time.rows(world)


def key(employee: Employee) -> int:
    """Return the employee's id in BambooHR."""
    return FIRST_ID + employee.index


def changed_at(employee: Employee, now: int, boss: Employee | None) -> int:
    """Return when anything in the record last changed: a hire, a job, a new manager, becoming part-time, leaving."""
    moments = [employee.hired_at, *(j.since for j in employee.jobs), *([employee.left_at] if employee.left_at else [])]
    moments += [boss.hired_at] if boss else []
    moments += [part_time_since(employee)] if is_part_time(employee, now) else []
    return max(m for m in moments if m <= now)


def part_time_since(employee: Employee) -> int:
    """Return when one employee in four turns to part-time, if still there."""
    return employee.hired_at + 180 * DAY


def is_part_time(employee: Employee, now: int) -> bool:
    """Say whether the employee has ever turned to part-time."""
    moved = part_time_since(employee)
    return employee.index % 4 == 0 and moved <= now and (employee.left_at is None or moved < employee.left_at)


def manager(employee: Employee, moment: int, leads: Leads) -> Employee | None:
    """Return whom somebody reports to: the newest lead of the team, or of the unit above for a lead; one who left stays until followed."""
    unit = employee.job(moment).unit
    index = unit.parent if employee.is_lead else unit.index
    known = leads.get(index, []) if index is not None else []
    return next((e for e in reversed(known) if e.hired_at <= moment), known[0] if known else None)


def _date(seconds: int) -> str:
    return iso(seconds)[:10]


def _employee(employee: Employee, boss: Employee | None, now: int, changed: int) -> dict[str, Any]:
    job = employee.job(now)
    left = employee.left_at is not None and employee.left_at <= now
    return {
        "id": str(key(employee)),
        "employeeNumber": str(1000 + employee.index),
        "firstName": employee.first,
        "lastName": employee.last,
        "preferredName": None,
        "displayName": employee.name,
        "jobTitle": job.title,
        "workEmail": employee.email,
        "homeEmail": employee.home_email,
        "mobilePhone": employee.phone if employee.canary or employee.index % 2 else national(employee.phone, employee.country),
        "workPhone": None,
        "department": job.unit.name,
        "division": job.unit.division,
        "location": employee.office,
        "supervisor": f"{boss.last}, {boss.first}" if boss else None,
        "supervisorEId": str(key(boss)) if boss else None,
        "supervisorEmail": boss.email if boss else None,
        "hireDate": _date(employee.hired_at),
        "originalHireDate": _date(employee.hired_at),
        "terminationDate": _date(employee.left_at) if left and employee.left_at else "0000-00-00",
        "status": "Inactive" if left else "Active",
        "employmentHistoryStatus": "Terminated" if left else "Part-Time" if is_part_time(employee, now) else "Full-Time",
        "dateOfBirth": _date(employee.born),
        "gender": employee.gender,
        "address1": employee.street,
        "city": employee.office,
        "zipcode": employee.postcode,
        "country": employee.country.name,
        "customTeamId": str(job.unit.index),
        "customParentTeamId": str(job.unit.parent) if job.unit.parent is not None else None,
        "customTeamLevel": str(job.unit.level),
        "customCustomerFacing": "Yes" if job.unit.facing else "No",
        "customRegion": job.unit.region,
        "lastChanged": iso(changed),
    }


def _jobs(employee: Employee, bosses: list[Employee | None], now: int) -> list[dict[str, Any]]:
    found = []
    for number, (job, boss) in enumerate(zip(employee.jobs, bosses, strict=True)):
        if job.since > now:
            break
        found.append(
            {
                "id": str(key(employee) * 10 + number),
                "employeeId": str(key(employee)),
                "date": _date(job.since),
                "location": employee.office,
                "department": job.unit.name,
                "division": job.unit.division,
                "jobTitle": job.title,
                "reportsTo": boss.name if boss else None,
                "customTeamId": str(job.unit.index),
            }
        )
    return found


def _statuses(employee: Employee, now: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def add(since: int, status: str, reason: str | None = None, kind: str | None = None) -> None:
        found.append(
            {
                "id": str(key(employee) * 10 + len(found)),
                "employeeId": str(key(employee)),
                "date": _date(since),
                "employmentStatus": status,
                "comment": None,
                "terminationReasonId": reason,
                "terminationTypeId": kind,
            }
        )

    add(employee.hired_at, "Full-Time")
    if is_part_time(employee, now):
        add(part_time_since(employee), "Part-Time")
    if employee.left_at is not None and employee.left_at <= now:
        reason = employee.leave_reason or "Career opportunity"
        add(employee.left_at, "Terminated", reason, TERMINATION_TYPES.get(reason, "Resignation (Voluntary)"))
    return found
