"""Service level agreements: which targets a ticket has, and when its clocks ran, paused, ended and passed them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.company.hours import SCHEDULES, Schedule
from sandbox.company.params import Params, epoch
from sandbox.company.tickets import Audit, Ticket

REPLY, WAIT = "first_reply_time", "requester_wait_time"
RUNNING = ("new", "open", "hold")


@dataclass(frozen=True)
class Policy:
    """Targets in minutes by metric and priority. `calendar` names the priorities whose clock never stops at night."""

    id: int
    title: str
    segments: tuple[str, ...]
    targets: dict[str, dict[str, int]]
    calendar: tuple[str, ...] = ()


PREMIUM = Policy(
    460_001,
    "Premium",
    ("enterprise",),
    {
        REPLY: {"urgent": 120, "high": 180, "normal": 360, "low": 600},
        WAIT: {"urgent": 1440, "high": 900, "normal": 1500, "low": 2400},
    },
    ("urgent",),
)
STANDARD = Policy(
    460_002,
    "Standard",
    (),
    {REPLY: {"urgent": 120, "high": 240, "normal": 480, "low": 900}, WAIT: {"urgent": 900, "high": 1200, "normal": 2100, "low": 3000}},
)
POLICIES = (PREMIUM, STANDARD)


@dataclass(frozen=True)
class Clock:
    """What happened to the clock of one target.

    Attributes:
        kind: `activate`, `apply_sla`, `pause`, `fulfill` or `breach`.
        at: Unix seconds.
    """

    metric: str
    kind: str
    at: int
    target: int
    in_business_hours: bool
    policy: Policy


@dataclass
class _Run:
    """A clock that runs and pauses: open seconds so far, and the moment at which it passed its target."""

    schedule: Schedule | None
    limit: int
    used: int = 0
    passed_at: int | None = None

    def run(self, start: int, end: int | None) -> None:
        """Let the clock run from `start` to `end`, or for ever."""
        if self.passed_at is None:
            left = self.limit - self.used
            due = start + left if self.schedule is None else self.schedule.add(start, left / 60)
            if end is None or due < end:
                self.passed_at = due
            else:
                self.used += end - start if self.schedule is None else self.schedule.seconds(start, end)


def target_of(policy: Policy, metric: str, priority: str, at: int, params: Params) -> int:
    """Return the target in minutes that was valid at a moment: the standard ones were tightened on a planted day."""
    target = policy.targets[metric][priority]
    old = policy is STANDARD and metric == REPLY and at < epoch(params.sla_tightened_on)
    return round(target * params.sla_before_tightening) if old else target


def clocks(ticket: Ticket, params: Params, now: int) -> Iterator[Clock]:
    """Yield what happened to a customer's ticket's clocks up to `now`, by metric; imported tickets never had any.

    A first reply is promised to who wrote first, so a ticket that an agent opened has no such target.
    """
    person = ticket.person
    if person is None or ticket.visible_at != ticket.created_at:
        return
    policy = next(p for p in POLICIES if not p.segments or person.account.segment in p.segments)
    end = now if ticket.deleted_at is None else min(ticket.deleted_at, now)
    audits = sorted((a for a in ticket.audits if a.at <= end), key=lambda a: a.at)
    business = ticket.priority not in policy.calendar
    schedule = SCHEDULES[ticket.region] if business else None
    for metric in (REPLY, WAIT):
        if metric == REPLY and ticket.agent_created:
            continue
        target = target_of(policy, metric, ticket.priority, ticket.created_at, params)
        run = _Run(schedule, target * 60)
        moves = list(_reply_moves(audits) if metric == REPLY else _wait_moves(audits))
        steps = [("activate", ticket.created_at), ("apply_sla", ticket.created_at), *moves]
        running: int | None = ticket.created_at
        for kind, at in moves:
            if kind == "activate":
                running = at
            elif running is not None:
                run.run(running, at)
                running = None
        if running is not None:
            run.run(running, None)
        if run.passed_at is not None and run.passed_at <= end:
            steps.append(("breach", run.passed_at))
        yield from (Clock(metric, kind, at, target, business, policy) for kind, at in sorted(steps, key=lambda s: s[1]))


def _reply_moves(audits: list[Audit]) -> Iterator[tuple[str, int]]:
    for audit in audits[1:]:
        solved = any(name == "status" and value in ("solved", "closed") for name, _, value in audit.changes)
        if solved or (audit.actor == "agent" and audit.public and audit.text is not None):
            yield "fulfill", audit.at
            return


def _wait_moves(audits: list[Audit]) -> Iterator[tuple[str, int]]:
    before = "new"
    for audit in audits[1:]:
        for name, _, value in audit.changes:
            if name != "status":
                continue
            was, runs = before in RUNNING, value in RUNNING
            if was != runs:
                yield ("activate" if runs else "pause" if value == "pending" else "fulfill"), audit.at
            elif before == "pending" and value in ("solved", "closed"):
                yield "fulfill", audit.at
            before = value
