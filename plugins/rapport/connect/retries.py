"""When a request is worth another try, and how long to wait before it."""

from __future__ import annotations

import math
import random
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

ATTEMPTS = 6
LONGEST_WAIT = 120.0  # seconds; a vendor that says "come back in a year" is asked again after this
TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})


def pause(attempt: int, retry_after: str | None) -> float:
    """Return the seconds to wait after so many attempts: as the vendor asks, else longer each time, spread by chance."""
    wait = _asked_for(retry_after) if retry_after else None
    if wait is None:
        wait = min(2.0 ** (attempt - 1), 30.0) * (0.5 + random.random() / 2)  # noqa: S311 - spreads retries, no secret
    return min(max(wait, 0.0), LONGEST_WAIT)


def _asked_for(retry_after: str) -> float | None:
    with suppress(ValueError):
        seconds = float(retry_after)
        return None if math.isnan(seconds) else seconds
    with suppress(ValueError, TypeError):
        moment = parsedate_to_datetime(retry_after)
        return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
    return None
