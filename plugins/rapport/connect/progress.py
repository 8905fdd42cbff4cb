"""Where a stream has been read up to, and how that is written in a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from rapport.connect.records import PARENT, dig
from rapport.declarations import Cursor, Stream

SINCE, NEXT = "since", "next"


class Progress:
    """The cursor of one run.

    The newest value seen becomes the next run's starting point only when the whole stream has been read, unless records come
    in order: else a run cut short would leave a hole.

    Args:
        stream: the declaration.
        state: what the last run left, or None.
    """

    def __init__(self, stream: Stream, state: Mapping[str, Any] | None) -> None:
        self._cursor = stream.cursor
        self._before: str | None = (state or {}).get(SINCE)
        self._newest: datetime | None = _moment(self._before) if self._before else None
        self._parse = next((field for field in stream.fields if self._cursor and field.name == self._cursor.field), None)
        self._is_milliseconds = self._parse is not None and self._parse.format == "epoch_ms"

    @property
    def is_of_list(self) -> bool:
        """Whether the starting point belongs to the `each` list: the cursor's field is one of its items'."""
        return self._cursor is not None and self._cursor.field.startswith(f"{PARENT}.")

    def see(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Take note of the records of a page."""
        if self._cursor is None:
            return
        for record in records:
            moment = _moment(dig(record, self._cursor.field), 1000 if self._is_milliseconds else 1)
            if moment is not None and (self._newest is None or moment > self._newest):
                self._newest = moment

    def state(self, *, is_last: bool, following: str | None = None) -> dict[str, Any] | None:
        """Return what to remember once the page is landed; None if there is nothing."""
        if self._cursor is None:
            return None
        known = is_last or self._cursor.is_sorted
        since = self._newest.isoformat() if known and self._newest else self._before
        return {key: value for key, value in ((SINCE, since), (NEXT, following)) if value} or None

    def params(self) -> dict[str, Any]:
        """Return the request parameter that asks for what is new, overlap included."""
        if self._cursor is None or self._cursor.param is None:
            return {}
        start = self.start()
        return {} if start is None else {self._cursor.param: written(start, self._cursor)}

    def start(self) -> datetime | None:
        """Return the moment to read from, overlap included; None for everything."""
        if self._cursor is None:
            return None
        if self._before:
            since = _moment(self._before)
            return since - timedelta(seconds=self._cursor.overlap_seconds) if since else None
        return _moment(self._cursor.start)


def written(moment: datetime, cursor: Cursor) -> Any:
    """Write a moment as the vendor wants it."""
    if cursor.format == "epoch":
        return int(moment.timestamp())
    if cursor.format == "epoch_ms":
        return int(moment.timestamp() * 1000)
    if cursor.format == "iso":
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.strftime("%Y-%m-%d" if cursor.format == "date" else cursor.format)


def _moment(value: Any, unit: int = 1) -> datetime | None:
    """Read a cursor value: ISO text or seconds (or milliseconds) since 1970; what is neither does not move the cursor."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / unit, UTC)
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
