"""The part of SOQL that extraction uses: SELECT … FROM … WHERE … AND … ORDER BY … LIMIT.

Grammar: https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

STATEMENT = re.compile(
    r"^\s*select\s+(?P<fields>.+?)\s+from\s+(?P<object>\w+)(?:\s+where\s+(?P<where>.+?))?"
    r"(?:\s+order\s+by\s+(?P<order>.+?))?(?:\s+limit\s+(?P<limit>\d+))?\s*$",
    re.IGNORECASE | re.DOTALL,
)
CONDITION = re.compile(
    r"^\(?\s*(?P<field>\w+)\s*(?P<op><=|>=|!=|=|<|>|\bin\b|\bnot\s+in\b)\s*(?P<value>.+?)\s*\)?$", re.IGNORECASE | re.DOTALL
)
MOMENT = re.compile(r"^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d))?$")
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


class MalformedQueryError(ValueError):
    """The query cannot be understood; the message says where."""


@dataclass(frozen=True)
class Condition:
    """One comparison of a field with a literal."""

    field: str
    op: str
    value: Any

    def holds(self, record: dict[str, Any]) -> bool:
        """Say whether a record fulfils it; a null compares false, except with null itself."""
        found = comparable(record.get(self.field))
        if found is None or self.value is None:
            return OPERATORS[self.op](found, self.value) if self.op in ("=", "!=") else False
        return OPERATORS[self.op](found, self.value)


@dataclass(frozen=True)
class Query:
    """A parsed statement; `is_count` for `SELECT COUNT()`."""

    fields: tuple[str, ...]
    object: str
    conditions: tuple[Condition, ...]
    order: tuple[tuple[str, bool], ...]
    limit: int | None
    is_count: bool = False

    @property
    def named(self) -> list[str]:
        """Every field that the statement names."""
        return [*self.fields, *(c.field for c in self.conditions), *(f for f, _ in self.order)]


def comparable(value: Any) -> Any:
    """Return a stored value in the form literals are compared in: moments as aware datetimes."""
    if isinstance(value, str) and MOMENT.match(value):
        return moment(value)
    return value


def moment(text: str) -> datetime:
    """Return a date or datetime literal as an aware datetime."""
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _literal(text: str) -> Any:
    text = text.strip()
    if text.startswith("("):
        return [_literal(x) for x in text.strip("()").split(",")]
    if text.startswith("'") and text.endswith("'") and len(text) > 1:
        return comparable(text[1:-1].replace("\\'", "'"))
    if text.lower() in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[text.lower()]
    if MOMENT.match(text):
        return moment(text)
    try:
        return float(text)
    except ValueError:
        raise MalformedQueryError(f"unexpected token: {text}") from None


def parse(text: str) -> Query:
    """Return the query; a MalformedQueryError says what is not understood."""
    match = STATEMENT.match(text)
    if not match:
        raise MalformedQueryError("unexpected token: expecting SELECT … FROM …")
    conditions = []
    for part in re.split(r"\s+and\s+", match["where"] or "", flags=re.IGNORECASE):
        if part.strip():
            found = CONDITION.match(part.strip())
            if not found:
                raise MalformedQueryError(f"unexpected token: {part.strip()}")
            conditions.append(Condition(found["field"], " ".join(found["op"].lower().split()), _literal(found["value"])))
    order = []
    for part in (match["order"] or "").split(","):
        if words := part.split():
            order.append((words[0], len(words) > 1 and words[1].lower() == "desc"))
    fields = tuple(f.strip() for f in match["fields"].split(","))
    is_count = len(fields) == 1 and fields[0].lower().replace(" ", "") == "count()"
    return Query(
        () if is_count else fields,
        match["object"],
        tuple(conditions),
        tuple(order),
        int(match["limit"]) if match["limit"] else None,
        is_count,
    )
