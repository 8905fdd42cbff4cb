"""What a ticket is, and the parts of its life: who answers, what happens when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.company.people import Person
from sandbox.company.staff import Employee, Unit

Change = tuple[str, Any, Any]  # field, previous value, new value


class Draws:
    """Uniform and normal numbers of one ticket, handed out one by one."""

    def __init__(self, uniform: list[float], normal: list[float]) -> None:
        self._uniform, self._normal = iter(uniform), iter(normal)

    def u(self) -> float:
        """Return the next uniform number in [0, 1)."""
        return next(self._uniform)

    def z(self) -> float:
        """Return the next standard normal number."""
        return next(self._normal)


@dataclass(slots=True)
class Audit:
    """One update of a ticket: an optional comment and field changes.

    Attributes:
        at: Unix seconds.
        actor: `requester`, `agent`, `bot` or `system`.
        merge_from: ids of tickets that were merged in; merge_to: id of the ticket this one went into.
    """

    at: int
    actor: str
    agent: Employee | None = None
    text: str | None = None
    public: bool = True
    changes: list[Change] = field(default_factory=list)
    merge_from: int | None = None
    merge_to: int | None = None


@dataclass(slots=True)
class Rating:
    """Satisfaction: offered at `offered_at`, answered at `answered_at` if ever."""

    offered_at: int
    answered_at: int | None
    good: bool
    comment: str | None
    reason: str | None


@dataclass(slots=True)
class Ticket:
    """A request with its whole future; the vendor's view cuts it at the present."""

    id: int
    person: Person | None
    staff_requester: Employee | None
    spammer: int | None
    reason: str
    region: str
    unit: Unit
    channel: str
    priority: str
    subject: str
    order: str
    product: str
    created_at: int
    visible_at: int
    agent_created: bool = False
    audits: list[Audit] = field(default_factory=list)
    agent: Employee | None = None
    merged_into: int | None = None
    deleted_at: int | None = None
    replied_at: int | None = None
    solved_at: int | None = None
    reopened: bool = False
    rating: Rating | None = None
    good_logit: float = 0.0  # the log odds of a good feeling
    felt_good: bool = True
    u_survey: float = 1.0

    @property
    def may_hold_canary(self) -> bool:
        """Whether a planted person may be named in it: as requester, as the requester's colleague or as an agent."""
        people = [*(self.person.account.persons if self.person else ()), self.staff_requester, self.agent, *(a.agent for a in self.audits)]
        return any(p.canary for p in people if p is not None)

    @property
    def is_bad_experience(self) -> bool:
        """What drives customers away: a long wait, a reopened case, or a bad feeling."""
        waited = (self.replied_at or self.created_at) - self.created_at
        return waited > 36 * 3600 or (self.reopened and not self.felt_good) or (not self.felt_good and waited > 8 * 3600)


class Rosters:
    """Who of a team works at a moment (looked up by month, so that it is quick and never depends on the clock)."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], list[Employee]] = {}

    def agent(self, unit: Unit, moment: int, u: float) -> Employee:
        """Return one member of the team; its first member ever when nobody is on board."""
        month = moment // (30 * 86_400)
        team = self._known.get((unit.index, month))
        if team is None:
            at = month * 30 * 86_400
            team = [e for e in unit.members if e.works(at) and e.works(at + 30 * 86_400) and e.job(at).unit is unit]
            team = team or [e for e in unit.members if e.works(moment)] or unit.members[:1]
            self._known[(unit.index, month)] = team
        return team[int(u * len(team))]
