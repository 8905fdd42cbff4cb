"""How often somebody may try to log in: after ten wrong passwords in a quarter of an hour nobody gets in under that name until it is over.

Counted by name, not by address: a company sits behind one address, an attacker behind many. The right password is refused, too, and looks
wrong: who guesses learns nothing from having guessed right.
"""

from __future__ import annotations

from typing import Any

TRIES, SECONDS = 10, 15 * 60


def is_barred(name: str) -> bool:
    """Return whether too many wrong passwords were tried under `name`."""
    return int(_cache().get(_key(name)) or 0) >= TRIES


def note(name: str, *, is_wrong: bool) -> None:
    """Count a wrong password, from the newest of which the time runs; the right one forgets them."""
    if is_wrong:
        _cache().set(_key(name), int(_cache().get(_key(name)) or 0) + 1, timeout=SECONDS)
    else:
        _cache().delete(_key(name))


def _key(name: str) -> str:
    return f"wrong_passwords_{name.lower()}"


def _cache() -> Any:
    """Return the cache that all processes of this Superset share."""
    from superset.extensions import cache_manager

    return cache_manager.cache
