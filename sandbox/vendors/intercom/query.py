"""The search endpoints' queries.

Contacts are found by whole days only, conversations by seconds; both mean what is later than asked for, never the moment itself:
https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/contacts/searchcontacts ("Searching for Timestamp Fields")
https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/conversations/searchconversations
"""

from __future__ import annotations

from typing import Any

from sandbox.company.params import DAY

FILTERS = 15
DEPTH = 2
LISTS = {"IN", "NIN"}


class QueryError(ValueError):
    """The query is not understood: `code` and message are the vendor's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def fits(record: dict[str, Any], query: dict[str, Any], *, by_day: bool, depth: int = 0) -> bool:
    """Say whether a record fits a query; `by_day` cuts times to their day in UTC."""
    operator, value = query.get("operator"), query.get("value")
    if operator in ("AND", "OR"):
        if depth >= DEPTH or not isinstance(value, list) or len(value) > FILTERS:
            raise QueryError(
                "invalid_value", f"Number of elements in composite query is greater than {FILTERS}, or it is nested too deeply"
            )
        judged = [fits(record, part, by_day=by_day, depth=depth + 1) for part in value]
        return all(judged) if operator == "AND" else any(judged)
    name = str(query.get("field", ""))
    held = record.get(name)
    if name.endswith("_at"):
        if operator not in ("=", "!=", ">", "<") or not str(value).isdigit():
            raise QueryError("invalid_operator", f"{name} does not support operator: {operator}")
        unit = DAY if by_day else 1
        held, value = (int(held) // unit if held is not None else None), int(str(value)) // unit
    return _compare(held, operator, value)


def _compare(held: Any, operator: Any, value: Any) -> bool:
    if operator in LISTS:
        return (held in (value or ())) == (operator == "IN")
    if operator in ("=", "!="):
        return (held == value) == (operator == "=")
    if operator in (">", "<"):
        return held is not None and (held > value if operator == ">" else held < value)
    if operator == "~":
        return str(value).casefold() in str(held or "").casefold()
    raise QueryError("invalid_operator", f"unknown operator: {operator}")
