"""Courses that employees are assigned to, and whether and when they complete them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sandbox.company.params import DAY, Params, Settings
from sandbox.company.people import GROWTH_DAYS
from sandbox.company.staff import Employee

YEAR = 365 * DAY


@dataclass(frozen=True)
class Course:
    """A course: who takes it (`all`, `facing`, `lead`) and after how many days again (None: once)."""

    id: str
    name: str
    topic: str
    mandatory: bool
    audience: str
    again_after: int | None


COURSES = (
    Course("C-101", "Data protection basics", "compliance", mandatory=True, audience="all", again_after=YEAR),
    Course("C-102", "Information security", "compliance", mandatory=True, audience="all", again_after=YEAR),
    Course("C-110", "Safety at work", "safety", mandatory=True, audience="all", again_after=2 * YEAR),
    Course("C-201", "Handling difficult conversations", "service", mandatory=True, audience="facing", again_after=2 * YEAR),
    Course("C-202", "Writing clear answers", "service", mandatory=False, audience="facing", again_after=None),
    Course("C-203", "Tariffs and invoices explained", "product", mandatory=False, audience="facing", again_after=None),
    Course("C-301", "Leading a team", "leadership", mandatory=True, audience="lead", again_after=None),
)


@dataclass(slots=True)
class Training:
    """One assignment of a course. Times are Unix seconds; `completed_at` is None where it never is."""

    id: int
    employee: Employee
    course: Course
    assigned_at: int
    due_at: int
    started_at: int | None
    completed_at: int | None
    score: int | None

    def status(self, now: int) -> str:
        """Return `completed`, `overdue`, `in_progress` or `assigned`."""
        if self.completed_at is not None and self.completed_at <= now:
            return "completed"
        if now >= self.due_at + DAY:
            return "overdue"
        return "in_progress" if self.started_at is not None and self.started_at <= now else "assigned"

    def changed_at(self, now: int) -> int:
        """Return when the record last changed: assigned, started, completed, or found overdue the night after it was due."""
        overdue = self.due_at + DAY if self.completed_at is None or self.completed_at > self.due_at + DAY else None
        moments = (self.assigned_at, self.started_at, self.completed_at, overdue)
        return max(moment for moment in moments if moment is not None and moment <= now)


def trainings(settings: Settings, params: Params, employees: list[Employee]) -> list[Training]:
    """Return every assignment up to the present; an employee's draws depend on nothing but the employee."""
    return [t for employee in employees for t in _of(settings, params, employee) if t.assigned_at <= settings.now]


def _of(settings: Settings, params: Params, employee: Employee) -> Iterator[Training]:
    rng = np.random.default_rng([settings.seed, 801, employee.index])
    horizon = settings.first_now + GROWTH_DAYS * DAY
    number = 0
    for course in COURSES:
        at = max(employee.hired_at + 5 * DAY, settings.start + int(rng.random() * 200 * DAY))
        while at < horizon:
            draws = rng.random(6).tolist()
            if employee.works(at) and _is_for(course, employee, at):
                yield _training(params, employee, course, (employee.index * 100 + number, at), draws)
                number += 1
            if course.again_after is None:
                break
            at += course.again_after


def _is_for(course: Course, employee: Employee, at: int) -> bool:
    return course.audience == "all" or (employee.is_lead if course.audience == "lead" else employee.job(at).unit.facing)


def _training(params: Params, employee: Employee, course: Course, begun: tuple[int, int], u: list[float]) -> Training:
    key, at = begun
    due = at + 30 * DAY
    share = params.training_completed_share_mandatory if course.mandatory else params.training_completed_share_voluntary
    started = at + int((0.5 + 12 * u[0]) * DAY)
    completed: int | None = None
    if u[1] < share:
        completed = due + int((1.2 + 25 * u[2]) * DAY) if u[3] < params.training_late_share else started + int(u[2] * (due - started))
    if employee.left_at is not None and completed is not None and completed >= employee.left_at:
        completed = None
    mood = employee.job(at).unit.mood
    score = max(40, min(100, round(78 + 6 * mood + 22 * (u[4] - 0.5)))) if completed is not None else None
    return Training(key, employee, course, at, due, started if u[1] < share or u[5] < 0.5 else None, completed, score)
