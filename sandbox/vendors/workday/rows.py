"""Workers, organisations and leavers as three custom reports tell of them: the same staff as in every other HR system of the company."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.company.params import iso
from sandbox.company.staff import Employee, Unit
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.bamboohr.rows import TERMINATION_TYPES, Leads, changed_at, is_part_time, manager

FIRST_WORKER = 21_000
# Moments carry the offset of the zone that the integration's user is set to
ZONE = ZoneInfo("America/Los_Angeles")
REPORTS = ("RPT_Workers", "RPT_Organizations", "RPT_Terminations")


def rows(world: World) -> Iterator[Row]:
    """Yield every record of the three reports."""
    now = world.now
    leads: Leads = {}
    for employee in sorted((e for e in world.employees if e.is_lead), key=lambda e: e.hired_at):
        leads.setdefault(employee.jobs[0].unit.index, []).append(employee)
    for employee in world.employees:
        if employee.hired_at > now:
            continue
        boss = manager(employee, min(now, employee.left_at or now), leads)
        changed = changed_at(employee, now, boss)
        planted = employee.canary or (boss is not None and boss.canary)
        yield Row("workday.RPT_Workers", worker_id(employee), changed, _worker(employee, boss, now, changed), planted)
        if employee.left_at is not None and employee.left_at <= now:
            yield Row("workday.RPT_Terminations", worker_id(employee), employee.left_at, _termination(employee))
    for unit in world.units:
        yield Row("workday.RPT_Organizations", organization_id(unit), 0, _organization(unit))


def worker_id(employee: Employee) -> str:
    """Return the employee's id in Workday."""
    return str(FIRST_WORKER + employee.index)


def organization_id(unit: Unit) -> str:
    """Return the reference id of a supervisory organisation."""
    return f"SUP_ORG_{unit.index:03d}"


def moment(seconds: int) -> str:
    """Return a time as the reports write it, e.g. `2026-10-31T05:00:00.000-07:00`."""
    return datetime.fromtimestamp(seconds, ZONE).isoformat(timespec="milliseconds")


def _told(**fields: Any) -> dict[str, Any]:
    """Return a line of a report: a field without a value is left out of it."""
    return {name: value for name, value in fields.items() if value is not None}


def _worker(employee: Employee, boss: Employee | None, now: int, changed: int) -> dict[str, Any]:
    job = employee.job(now)
    left = employee.left_at if employee.left_at is not None and employee.left_at <= now else None
    return _told(
        Employee_ID=worker_id(employee),
        Worker=employee.name,
        Legal_First_Name=employee.first,
        Legal_Last_Name=employee.last,
        primaryWorkEmail=employee.email,
        Primary_Home_Email=employee.home_email,
        Work_Mobile_Phone=employee.phone,
        Date_of_Birth=iso(employee.born)[:10],
        Gender=employee.gender,
        Home_Address=f"{employee.street}, {employee.postcode} {employee.office}",
        Active_Status="0" if left is not None else "1",
        Hire_Date=iso(employee.hired_at)[:10],
        Original_Hire_Date=iso(employee.hired_at)[:10],
        Termination_Date=iso(left)[:10] if left is not None else None,
        Business_Title=job.title,
        Job_Family=job.unit.division,
        Location=employee.office,
        Country=employee.country.code,
        Time_Type="Part_time" if is_part_time(employee, now) else "Full_time",
        Supervisory_Organization_ID=organization_id(job.unit),
        Supervisory_Organization=job.unit.name,
        Manager_ID=worker_id(boss) if boss else None,
        Manager=boss.name if boss else None,
        Last_Functionally_Updated=moment(changed),
    )


def _termination(employee: Employee) -> dict[str, Any]:
    reason = employee.leave_reason or "Career opportunity"
    return _told(
        Employee_ID=worker_id(employee),
        Termination_Date=iso(employee.left_at or 0)[:10],
        Termination_Category=TERMINATION_TYPES.get(reason, "Resignation (Voluntary)"),
        Primary_Termination_Reason=reason,
        Completed_On=moment(employee.left_at or 0),
    )


def _organization(unit: Unit) -> dict[str, Any]:
    return _told(
        Reference_ID=organization_id(unit),
        Organization_Name=unit.name,
        Superior_Organization_ID=f"SUP_ORG_{unit.parent:03d}" if unit.parent is not None else None,
        Level=str(unit.level),
        Customer_Facing="1" if unit.facing else "0",
        Inactive="0",
    )
