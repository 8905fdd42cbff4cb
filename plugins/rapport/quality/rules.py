"""The vocabulary of the gates: what is judged and what must be true of it. Plain data, known to no tool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Rule:
    """One thing that must be true of a relation.

    Attributes:
        name: short name, kept in `ops.gate.expectation`, e.g. `clock_is_sane(updated_at)`.
        says: what must be true, in words a reader of a dashboard understands.
        expectation: Great Expectations' name of the expectation, e.g. `expect_column_values_to_not_be_null`.
        arguments: its arguments.
    """

    name: str
    says: str
    expectation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """The rules of one relation.

    Attributes:
        source: source system the rows come from, or `warehouse`.
        relation: name shown to people, e.g. `raw_zendesk.tickets`.
        part: which aspect of the relation the query gives, e.g. `fresh rows`; relation and part are unique together.
        query: SELECT that gives the rows to judge.
        rules: what must be true of them.
    """

    source: str
    relation: str
    part: str
    query: str
    rules: tuple[Rule, ...]

    @property
    def name(self) -> str:
        """Unique name, as the pages of the gate show it."""
        return f"{self.relation} ({self.part})"


@dataclass(frozen=True)
class Verdict:
    """A judged rule."""

    check: Check
    rule: Rule
    success: bool

    @property
    def sentence(self) -> str:
        """A broken rule as a sentence that names its relation."""
        return f"{self.check.relation} breaks the rule: {self.rule.says}"


def no_row_where(name: str, says: str, predicate: str) -> Rule:
    """Return the rule that no row satisfies the SQL `predicate`.

    The query returns one count and never a row, so that nothing of a failing row can reach a result or a page.
    """
    query = f"select count(*) as broken from {{batch}} where {predicate} having count(*) > 0"
    return Rule(name, says, "unexpected_rows_expectation", {"unexpected_rows_query": query})


def no_whole_where(name: str, says: str, predicate: str) -> Rule:
    """Return the rule that the SQL `predicate` over the whole relation (aggregates) is not true."""
    query = f"select count(*) as looked_at from {{batch}} having {predicate}"
    return Rule(name, says, "unexpected_rows_expectation", {"unexpected_rows_query": query})
