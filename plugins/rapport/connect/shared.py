"""What all streams of one connection share while this process runs: the vendor's limit and the tokens it gave."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Hashable, Mapping
from typing import Any

from rapport.connect.auth import Granted
from rapport.connect.errors import ConnectError
from rapport.connect.limiter import RateLimiter
from rapport.declarations import Source, Stream

_lock = threading.Lock()
_limiters: dict[Hashable, RateLimiter] = {}
_granted: dict[Hashable, Granted] = {}


def limiters_of(source: Source, stream: Stream, connection: Mapping[str, Any]) -> list[RateLimiter]:
    """Return the limiters that a request of a stream must pass: the connection's, shared by its streams, and the stream's own.

    The connection's `extra` may name another limit, which then is the only one. A simulated company has none.

    Raises:
        ConnectError: that other limit is no number of requests.
    """
    extra = connection.get("extra") or {}
    whose = _identity(source, connection)
    if "rate_limit_per_minute" in extra or extra.get("sandbox"):
        told = extra.get("rate_limit_per_minute")
        if told is not None and (isinstance(told, bool) or not isinstance(told, int) or told < 1):
            raise ConnectError(
                "config", f"{source.name}: rate_limit_per_minute of the connection's `extra` must be a whole number, 1 or more"
            )
        return [_limiter((whose, told), told)]
    limit, own = source.connection.rate_limit_per_minute, stream.options.get("rate_limit_per_minute")
    found = [_limiter((whose, limit), limit)]
    return [*found, _limiter((whose, stream.name, own), own)] if own else found


def granted_to(source: Source, connection: Mapping[str, Any]) -> Granted:
    """Return where the tokens of a connection are kept."""
    whose = _identity(source, connection)
    with _lock:
        return _granted.setdefault(whose, Granted())


def _limiter(whose: Hashable, per_minute: int | None) -> RateLimiter:
    with _lock:
        return _limiters.setdefault(whose, RateLimiter(per_minute))


def _identity(source: Source, connection: Mapping[str, Any]) -> Hashable:
    """Return what tells connections apart; of the credentials a digest, so that a changed password is another connection."""
    known = json.dumps([connection.get(part) for part in ("login", "password", "extra")], sort_keys=True, default=str)
    return source.name, source.connection.id, connection.get("host"), hashlib.sha256(known.encode()).hexdigest()
