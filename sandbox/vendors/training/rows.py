"""Course assignments as the monthly export holds them."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.company.params import iso
from sandbox.company.trainings import Training, trainings
from sandbox.company.world import World
from sandbox.store import Row
from sandbox.vendors.bamboohr.rows import key as employee_key


def rows(world: World) -> Iterator[Row]:
    """Yield every assignment up to the present."""
    for training in trainings(world.settings, world.params, world.employees):
        yield _row(training, world.now)


def _row(training: Training, now: int) -> Row:
    employee, course, status = training.employee, training.course, training.status(now)
    done = status == "completed" and training.completed_at is not None
    changed = training.changed_at(now)
    body = {
        "assignment_id": f"A{training.id:07d}",
        "hr_employee_id": str(employee_key(employee)),
        "employee_name": employee.name,
        "employee_email": employee.email,
        "course_id": course.id,
        "course_title": course.name,
        "topic": course.topic,
        "mandatory": "yes" if course.mandatory else "no",
        "assigned_date": iso(training.assigned_at)[:10],
        "due_date": iso(training.due_at)[:10],
        "completed_date": iso(training.completed_at)[:10] if done and training.completed_at else None,
        "status": status,
        "score_percent": training.score if done else None,
        "modified_at": iso(changed),
    }
    return Row("training.assignments", body["assignment_id"], changed, body, employee.canary)
