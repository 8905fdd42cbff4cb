"""No more requests a minute than the vendor allows."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable


class RateLimiter:
    """Lets at most `per_minute` calls through in any minute; without a limit it lets all through.

    Args:
        per_minute: calls a minute, or None.
        clock: seconds, monotonic.
        sleep: waits for seconds.
    """

    def __init__(
        self, per_minute: int | None, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._sleep = sleep
        self._past: deque[float] = deque()

    def wait(self) -> None:
        """Return when the next call may be made."""
        if self._per_minute is None:
            return
        now = self._clock()
        while self._past and now - self._past[0] >= 60:
            self._past.popleft()
        if len(self._past) >= self._per_minute:
            self._sleep(60 - (now - self._past[0]))
            self._past.popleft()
        self._past.append(self._clock())
