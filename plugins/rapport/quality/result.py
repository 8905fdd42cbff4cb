"""What a gate says."""

from __future__ import annotations

from dataclasses import dataclass


class GateError(RuntimeError):
    """A gate could not judge: a relation is missing or a rule cannot be computed. The message never holds a value of a row."""


@dataclass(frozen=True)
class GateResult:
    """The outcome of one gate.

    Attributes:
        passed: whether every rule holds.
        failures: one sentence a broken rule: relation and what should be true. Never a value of a row.
        judged: number of rules that were judged.
    """

    passed: bool
    failures: tuple[str, ...] = ()
    judged: int = 0

    @property
    def reason(self) -> str:
        """The failures in one line that fits a dashboard header; empty if the gate passed."""
        shown = "; ".join(self.failures[:3])
        more = len(self.failures) - 3
        return f"{shown}; and {more} more" if more > 0 else shown
