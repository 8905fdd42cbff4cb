"""Where a stream has been read up to, and how that is written in a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rapport.connect.cast.values import BadValueError, parser
from rapport.connect.records import PARENT, dig
from rapport.declarations import Cursor, Field, Stream

SINCE, NEXT = "since", "next"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)  # what `{since}` means before the first run, where no `start` is declared
_STEP = {
    "microsecond": timedelta(microseconds=1),
    "millisecond": timedelta(milliseconds=1),
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "day": timedelta(days=1),
}


class Progress:
    """The cursor of one run; it never goes back.

    The newest value seen becomes the next run's starting point only when the whole stream has been read, unless records come
    in order: else a run cut short would leave a hole. A value that lies in the future counts as now, or one record with a wrong
    year would hide all that follow.

    Args:
        stream: the declaration.
        state: what the last run left, or None.
        now: the present, UTC; None for a source that keeps a time of its own, as the simulated company does.
    """

    def __init__(self, stream: Stream, state: Mapping[str, Any] | None, now: datetime | None = None) -> None:
        self._cursor = stream.cursor
        self._now = now
        self._before: str | None = (state or {}).get(SINCE)
        self._newest: datetime | None = _from_iso(self._before) if self._before else None
        named = (self._cursor.field, self._cursor.or_field) if self._cursor else ()
        declared = {field.name: field for field in stream.fields}
        unit = 1000 if self._cursor is not None and self._cursor.format == "epoch_ms" else 1
        self._readers = [_reader(name, declared.get(name), unit) for name in named if name]

    @property
    def is_of_list(self) -> bool:
        """Whether the starting point belongs to the `each` list: the cursor's field is one of its items'."""
        return self._cursor is not None and self._cursor.field.startswith(f"{PARENT}.")

    def see(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Take note of the records of a page."""
        for record in records if self._readers else ():
            for read in self._readers:
                moment = read(record)
                if moment is not None and (self._newest is None or moment > self._newest):
                    self._newest = moment

    def state(self, *, is_last: bool, following: str | None = None) -> dict[str, Any] | None:
        """Return what to remember once the page is landed; None if there is nothing."""
        if self._cursor is None:
            return None
        known = is_last or self._cursor.is_sorted
        since = self._reached() if known else self._before
        return {key: value for key, value in ((SINCE, since), (NEXT, following)) if value} or None

    def params(self) -> dict[str, Any]:
        """Return the request parameter that asks for what is new, overlap included."""
        if self._cursor is None or self._cursor.param is None:
            return {}
        start = self.start()
        return {} if start is None else {self._cursor.param: written(start, self._cursor)}

    def since(self) -> Any:
        """Return what `{since}` stands for; a request that holds it needs a value in the first run too."""
        return None if self._cursor is None else written(self.start() or EPOCH, self._cursor)

    def start(self) -> datetime | None:
        """Return the moment to read from, overlap included; None for everything."""
        if self._cursor is None:
            return None
        since = _from_iso(self._before) if self._before else None
        if since is None:
            return _from_iso(self._cursor.start)
        try:
            return since - timedelta(seconds=self._cursor.overlap_seconds)
        except OverflowError:
            return since

    def _reached(self) -> str | None:
        if self._newest is None:
            return self._before
        newest = min(self._newest, self._now) if self._now else self._newest
        before = _from_iso(self._before) if self._before else None
        return newest.isoformat() if before is None or newest > before else self._before


def written(moment: datetime, cursor: Cursor) -> Any:
    """Write a moment as the vendor wants it, never later than it is.

    It is cut to the source's precision, and one step of it back where the source gives only what is newer: records of the same
    second would be lost otherwise. A local time that the end of summer time makes ambiguous is put before the doubtful hour.
    """
    zone = ZoneInfo(cursor.time_zone)
    try:
        if not cursor.is_inclusive:
            moment -= _STEP[cursor.precision]
        local = moment.astimezone(zone)
    except OverflowError:
        local = moment.astimezone(UTC)
    if cursor.precision == "day":
        local = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    elif cursor.precision == "minute":
        local = local.replace(second=0, microsecond=0)
    elif cursor.precision == "second":
        local = local.replace(microsecond=0)
    if cursor.format in {"epoch", "epoch_ms"}:
        return (local - EPOCH) // _STEP["second" if cursor.format == "epoch" else "millisecond"]
    if cursor.format == "iso":
        text = local.isoformat(timespec="seconds")
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
    pattern = "%Y-%m-%d" if cursor.format == "date" else cursor.format
    if "%z" not in pattern:
        doubt = (local.replace(fold=0).utcoffset() or timedelta()) - (local.replace(fold=1).utcoffset() or timedelta())
        local = local.replace(tzinfo=None) - max(doubt, timedelta())
    return local.strftime(pattern)


def _reader(path: str, declared: Field | None, unit: int) -> Callable[[Mapping[str, Any]], datetime | None]:
    """Return the function that reads the cursor's time out of a record: as its field is declared, else ISO or time since 1970."""
    parse = parser(declared) if declared is not None and declared.type == "timestamp" else None
    place = declared.path if declared is not None else path

    def read(record: Mapping[str, Any]) -> datetime | None:
        value = dig(record, place)
        if value is None:
            return None
        if parse is None:
            return _moment(value, unit)
        try:
            found = parse(value)
        except BadValueError:
            return None
        return found if isinstance(found, datetime) else None

    return read


def _moment(value: Any, unit: int) -> datetime | None:
    """Read a time of an undeclared or other field; what is none does not move the cursor."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / unit, UTC)
        return _from_iso(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None


def _from_iso(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
