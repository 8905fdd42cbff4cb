"""One value to its declared type, or the reason why not. Reasons never hold the value."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from rapport.declarations import Field
from rapport.declarations.schemas import DECIMAL_DIGITS, DECIMAL_SCALE

BIGGEST, EXACT = 2**63, 2**53
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_MIN, EPOCH_MAX = -62_135_596_800, 253_402_300_799  # seconds: the years 1 to 9999
_INTEGER = re.compile(r"[+-]?\d{1,40}")
_NUMBER = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,5})?")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_TRUE = frozenset({"true", "t", "yes", "y", "1", "on"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "off"})


class BadValueError(ValueError):
    """A value does not fit its type; the message is the reason."""


def parser(field: Field) -> Callable[[Any], Any]:
    """Return the function that turns one non-null value of `field` into what Arrow takes; it raises `BadValueError`.

    A blank text in any type but text and json becomes None: exports write an absent number as a blank.
    """
    if field.type == "text":
        return to_text
    if field.type == "json":
        return to_json
    if field.type in {"timestamp", "date"}:
        return _blank_is_null(_timed(field))
    return _blank_is_null({"bigint": to_bigint, "double": to_double, "boolean": to_boolean, "decimal": to_decimal}[field.type])


def _blank_is_null(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def parse_filled(value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace("\0", "").strip()
            if not value:
                return None
        return parse(value)

    return parse_filled


def to_text(value: Any) -> str:
    """Return `value` as text: numbers and booleans as JSON writes them."""
    if isinstance(value, str):
        text = value.replace("\0", "")
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, float) and not math.isfinite(value):
        raise BadValueError("not a finite number")
    elif isinstance(value, int | float | Decimal):
        text = str(value)
    else:
        raise BadValueError("an object or list where text is declared")
    return _encodable(text)


def to_bigint(value: Any) -> int:
    """Return a 64-bit integer; 7.0 is 7, 7.5 is refused."""
    if isinstance(value, bool):
        raise BadValueError("a boolean where an integer is declared")
    if isinstance(value, str):
        value = int(value) if _INTEGER.fullmatch(value) else to_double(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise BadValueError("not a finite number")
        if not value.is_integer() or abs(value) > EXACT:
            raise BadValueError("not an integer")
        value = int(value)
    if not isinstance(value, int):
        raise BadValueError("not an integer")
    if not -BIGGEST <= value < BIGGEST:
        raise BadValueError("an integer of more than 64 bits")
    return value


def to_double(value: Any) -> float:
    """Return a finite double; an integer that a double cannot hold exactly is refused."""
    if isinstance(value, bool):
        raise BadValueError("a boolean where a number is declared")
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value):
            raise BadValueError("not a number")
        number = float(value)
    elif isinstance(value, int):
        if abs(value) > EXACT:
            raise BadValueError("an integer that a double cannot hold exactly")
        number = float(value)
    elif isinstance(value, float):
        number = value
    else:
        raise BadValueError("not a number")
    if not math.isfinite(number):
        raise BadValueError("not a finite number")
    return number


def to_boolean(value: Any) -> bool:
    """Return a boolean from true/false, yes/no, y/n, t/f, on/off, 1/0 in any case."""
    if isinstance(value, bool):
        return value
    word = str(value).casefold() if isinstance(value, str | int) else ""
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise BadValueError("not a boolean")


def to_decimal(value: Any) -> Decimal:
    """Return a decimal of at most 38 digits, 9 of them behind the point; more are refused, not rounded."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise BadValueError("not a number")
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise BadValueError("not a number")
    try:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        raise BadValueError("not a number") from None
    if not number.is_finite():
        raise BadValueError("not a finite number")
    if number and number.adjusted() >= DECIMAL_DIGITS - DECIMAL_SCALE:
        raise BadValueError("too large a decimal")
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -DECIMAL_SCALE:
        raise BadValueError(f"more than {DECIMAL_SCALE} digits behind the point")
    return number


def to_json(value: Any) -> str:
    """Return a JSON document with sorted keys: equal values give equal text."""
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        raise BadValueError("not a JSON value that can be stored") from None
    if "\\u0000" in text:  # PostgreSQL's json takes it and fails when it is read
        text = text.replace("\\u0000", "")
    return _encodable(text)


def json_from_text(value: Any) -> str | None:
    """Return a JSON document from the text of one, as a file holds it."""
    if not value.strip():
        return None
    try:
        return to_json(json.loads(value))
    except (ValueError, RecursionError):
        raise BadValueError("not JSON") from None


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadValueError("text with half a character (a lone surrogate)") from None
    return text


def _timed(field: Field) -> Callable[[Any], Any]:
    moment = _moment(field.format or "iso", ZoneInfo(field.time_zone))
    if field.type == "timestamp":
        return moment
    if field.format:
        return lambda value: moment(value).date()
    return to_date


def to_date(value: Any) -> date:
    """Return a date from ISO text; a time of day other than midnight is refused."""
    match = _DATE.fullmatch(value.removesuffix("Z").removesuffix("+00:00")) if isinstance(value, str) else None
    if not match:
        raise BadValueError("not a date (YYYY-MM-DD)")
    try:
        return date.fromisoformat(match[1])
    except ValueError:
        raise BadValueError("no such day in the calendar") from None


def _moment(written: str, zone: ZoneInfo) -> Callable[[Any], datetime]:
    if written in {"epoch", "epoch_ms"}:
        unit = 1 if written == "epoch" else 1000
        return lambda value: _from_epoch(value, unit)
    if written == "parts":
        return lambda value: _from_parts(value, zone)

    def parse(value: Any) -> datetime:
        if not isinstance(value, str):
            raise BadValueError("not a time written as text")
        try:
            moment = datetime.fromisoformat(value.removesuffix(" UTC")) if written == "iso" else datetime.strptime(value, written)  # noqa: DTZ007
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=zone)
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise BadValueError("not a time" if written == "iso" else "not a time of the declared format") from None

    return parse


def _from_parts(value: Any, zone: ZoneInfo) -> datetime:
    """Read `{year, month, day}`, with or without `hour, minute, second, microsecond`; other members, e.g. a type, are left alone."""
    if not isinstance(value, Mapping):
        raise BadValueError("not an object of year, month and day")
    parts = [value.get(name) for name in _PARTS[:3]] + [value.get(name, 0) for name in _PARTS[3:]]
    if not all(type(part) is int for part in parts):
        raise BadValueError("not an object of year, month and day")
    try:
        return datetime(*parts, tzinfo=zone).astimezone(UTC)  # type: ignore[misc, arg-type]
    except (ValueError, OverflowError):
        raise BadValueError("no such time in the calendar") from None


def _from_epoch(value: Any, unit: int) -> datetime:
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            value = to_bigint(value)
        except BadValueError:
            value = to_double(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadValueError("not seconds since 1970")
    if not EPOCH_MIN * unit <= value <= EPOCH_MAX * unit:
        raise BadValueError("a time outside the years 1 to 9999")
    return EPOCH + timedelta(microseconds=round(value * 1_000_000 / unit) if isinstance(value, float) else value * 1_000_000 // unit)
