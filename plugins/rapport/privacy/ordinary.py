"""Words that are not names, or not only: read from `ordinary.txt`.

A name that is also an ordinary word identifies nobody alone and would blot out harmless text; with a second name it is found.
"""

from __future__ import annotations

from pathlib import Path


def _sections() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    section: set[str] = set()
    for line in Path(__file__).with_name("ordinary.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            section = found.setdefault(line[1:], set())
        elif not line.startswith("#"):
            section |= set(line.split())
    return {name: frozenset(words) for name, words in found.items()}


_SECTIONS = _sections()
ORDINARY_WORDS = _SECTIONS["ordinary"]
TITLES = _SECTIONS["titles"]
PARTICLES = _SECTIONS["particles"]
ROLE_WORDS = _SECTIONS["roles"]
