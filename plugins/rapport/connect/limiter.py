"""No more requests a minute than the vendor allows, however many streams of a source are read at once."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

WINDOW = 60.0  # seconds


class RateLimiter:
    """Lets at most `per_minute` calls through in any minute; without a limit it lets all through. Threads may share it.

    Args:
        per_minute: calls a minute, or None.
        clock: seconds, monotonic.
    """

    def __init__(self, per_minute: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._granted: deque[float] | None = None if per_minute is None else deque(maxlen=per_minute)
        self._held_until = float("-inf")

    def reserve(self) -> float:
        """Take the next free place and return how many seconds to wait for it."""
        with self._lock:
            now = self._clock()
            at = max(now, self._held_until)
            if self._granted is not None:
                if len(self._granted) == self._granted.maxlen:
                    at = max(at, self._granted[0] + WINDOW)
                self._granted.append(at)
            return at - now

    def hold(self, seconds: float) -> None:
        """Let nothing through for so many seconds: the vendor has asked one stream to wait, and means all."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock() + seconds)
