"""When a request is worth another try, and how long to wait before it."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

ATTEMPTS = 6
LONGEST_WAIT = 120.0  # seconds; a vendor that says "come back in a year" is asked again after this
_WINDOW_ENDS = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")  # seconds from now, or since 1970
_A_MOMENT = 1_500_000_000  # what is larger counts from 1970: no window lasts 47 years
TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})


def pause(attempt: int, headers: Mapping[str, str]) -> float:
    """Return the seconds to wait after so many attempts: as the vendor asks, else longer each time, spread by chance.

    Args:
        attempt: how many there were.
        headers: of the answer; `Retry-After` counts, else the end of the vendor's window.
    """
    said = next((headers[name] for name in ("retry-after", *_WINDOW_ENDS) if headers.get(name)), None)
    wait = _asked_for(said) if said else None
    if wait is None:
        wait = min(2.0 ** (attempt - 1), 30.0) * (0.5 + random.random() / 2)  # noqa: S311 - spreads retries, no secret
    return min(max(wait, 0.0), LONGEST_WAIT)


def _asked_for(retry_after: str) -> float | None:
    with suppress(ValueError):
        seconds = float(retry_after)
        if _A_MOMENT < seconds < 10 * _A_MOMENT:
            return seconds - time.time()
        return None if math.isnan(seconds) else seconds
    with suppress(ValueError, TypeError):
        moment = parsedate_to_datetime(retry_after)
        return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
    return None
