"""The selects of one stream: of a table or of a declared query, from a point on, in the order of the cursor."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from rapport.connect.errors import ConnectError
from rapport.declarations import Field, Stream

SINCE = "since"
SETTING = "rapport.since"
START = datetime(1970, 1, 1, tzinfo=UTC)  # what {since} is in a first run, unless the cursor has a `start`
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\$(\w*)\$.*?\$\1\$", re.DOTALL)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_COLON = re.compile(r"(?<![:\\]):(?=\w)")  # SQLAlchemy takes it for the beginning of a parameter


class Selects:
    """Writes the selects of a stream.

    Args:
        stream: declares `table` or `query`.
        where: source and stream, for errors.

    Attributes:
        asks_itself: whether the query holds `{since}`, and so chooses the rows by itself.
    """

    def __init__(self, stream: Stream, where: str) -> None:
        table, query = stream.options.get("table"), stream.options.get("query")
        if (table is None) == (query is None):
            raise ConnectError("config", f"{where}: a stream of a database needs `table` or `query`, and not both")
        self._stream, self._where = stream, where
        self.asks_itself = query is not None and "{since}" in query
        self._query = _one_select(query, where) if query is not None else None
        self._table = str(table)

    def names(self, since: Any) -> sa.Select[Any]:
        """Return the select of no row: its columns are those of the relation."""
        return self._bound(sa.select(sa.text("*")).select_from(self._relation()).where(sa.false()), since)

    def count(self, since: Any) -> sa.Select[Any]:
        """Return the select of the number of rows."""
        return self._bound(sa.select(sa.func.count()).select_from(self._relation()), since)

    def sample(self, path: str, since: Any) -> sa.Select[Any]:
        """Return the select of one value of a column, by which is seen how the database writes it."""
        column: Any = sa.column(path)
        return self._bound(sa.select(column).select_from(self._relation()).where(column.is_not(None)).limit(1), since)

    def rows(self, columns: Mapping[str, Any], since: Any, in_setting: bool = False) -> sa.Select[Any]:
        """Return the select of the rows, in the order of the cursor.

        Args:
            columns: name -> expression.
            since: where to begin; None for everything.
            in_setting: PostgreSQL's columnar sending takes no parameters: the value stands in the session's setting `SETTING`.
        """
        relation = self._relation(_in_setting(since) if in_setting else None)
        selected = sa.select(*(expression.label(name) for name, expression in columns.items())).select_from(relation)
        cursors: list[Any] = [sa.column(field.path) for field in cursor_fields(self._stream)]
        if cursors and since is not None and not self.asks_itself:
            bound: Any = sa.literal_column(_in_setting(since)) if in_setting else bound_value(SINCE, since)
            never = sa.and_(*(column.is_(None) for column in cursors))  # a row without a time may have changed
            selected = selected.where(sa.or_(*(column >= bound for column in cursors), never))
        if cursors:
            keys: list[Any] = [sa.column(self._stream.by_column[column].path) for column in self._stream.key]
            selected = selected.order_by(_later(cursors), *keys)
        return selected if in_setting else self._bound(selected, since)

    def _relation(self, since: str | None = None) -> Any:
        """Return the table, or the query with a parameter, or with the expression `since`, where it says `{since}`."""
        if self._query is None:
            schema, _, name = self._table.rpartition(".")
            return sa.table(name, schema=schema or None)
        escaped = _COLON.sub(r"\\:", self._query)
        said = _COLON.sub(r"\\:", since) if since is not None else f":{SINCE}"
        return sa.text(escaped.replace("{since}", said) + "\n").columns().subquery("rapport_query")

    def _bound(self, select: sa.Select[Any], since: Any) -> sa.Select[Any]:
        return select.params({SINCE: since}) if self.asks_itself else select


def cursor_fields(stream: Stream) -> list[Field]:
    """Return the declared fields that the cursor is on: one, or two of which the later counts."""
    if stream.cursor is None:
        return []
    by_name = {field.name: field for field in stream.fields}
    return [by_name[name] for name in (stream.cursor.field, stream.cursor.or_field) if name in by_name]


def bound_value(name: str, value: Any) -> sa.BindParameter[Any]:
    """Return a parameter whose type the database is told."""
    kinds: Sequence[tuple[type, Any]] = (
        (datetime, sa.DateTime(timezone=getattr(value, "tzinfo", None) is not None)),
        (date, sa.Date()),
        (int, sa.BigInteger()),
        (Decimal, sa.Numeric()),
        (str, sa.String()),
    )
    kind = next((kind for python, kind in kinds if isinstance(value, python)), None)
    return sa.bindparam(name, value, type_=kind)


def _in_setting(since: Any) -> str:
    """Return the expression of PostgreSQL that reads the starting point from the session's setting."""
    kinds = (
        (datetime, "timestamptz" if getattr(since, "tzinfo", None) else "timestamp"),
        (date, "date"),
        (int, "bigint"),
        (Decimal, "numeric"),
    )
    kind = next((name for python, name in kinds if isinstance(since, python)), "text")
    return f"cast(current_setting('{SETTING}') as {kind})"


def as_sample(moment: datetime, sample: Any, field: Field) -> Any:
    """Write a moment as the database writes the column, never later than it is.

    Args:
        moment: with its zone.
        sample: a value of the column.
        field: its declaration: `format` where the column is a number or text, `time_zone` where it names none.
    """
    if isinstance(sample, datetime) and sample.tzinfo is not None:
        return moment
    if isinstance(sample, int | float | Decimal):
        return (moment - START) // timedelta(milliseconds=1 if field.format == "epoch_ms" else 1000)
    if field.type == "date" or (isinstance(sample, date) and not isinstance(sample, datetime)):
        day = moment.astimezone(UTC).date()
        return day if isinstance(sample, date) else day.strftime(field.format or "%Y-%m-%d")
    local = moment.astimezone(ZoneInfo(field.time_zone))
    # In the hour that the end of summer time repeats, a later row may show an earlier time.
    doubt = (local.replace(fold=0).utcoffset() or timedelta()) - (local.replace(fold=1).utcoffset() or timedelta())
    local = local.replace(tzinfo=None, fold=0) - max(doubt, timedelta())
    if isinstance(sample, datetime):
        return local
    if field.format and field.format != "iso":
        return local.strftime(field.format)
    return local.isoformat(sep="T" if "T" in str(sample) else " ", timespec="seconds")  # the beginning of all texts of that second


def _later(columns: Sequence[Any]) -> Any:
    if len(columns) == 1:
        return columns[0]
    first, second = columns
    return sa.case((sa.or_(first.is_(None), second > first), second), else_=first)


def _one_select(query: str, where: str) -> str:
    """Return the query without the semicolon at its end.

    Raises:
        ConnectError: it is not one select: it is put in parentheses, which it must not leave.
    """
    query = query.strip().rstrip(";").rstrip()
    bare = _COMMENT.sub(" ", _QUOTED.sub("x", query)).strip()
    depth = 0
    for sign in bare:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
    if depth != 0 or ";" in bare or not re.match(r"(select|with)\b", bare, re.IGNORECASE):
        raise ConnectError("config", f"{where}: `query` has to be one select")
    return query
