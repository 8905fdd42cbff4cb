"""How tests are shared out among processes (`make test`): a file stays whole, and all that read one whole run stay together."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

_ROOT = Path(__file__).resolve().parents[1]


class Together(LoadScopeScheduling):
    """Sends a file's tests to one process, and those of every file that uses the fixtures `demo` or `run_home` to one and the same."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "whole runs" if _reads_a_whole_run(file) else file


@cache
def _reads_a_whole_run(file: str) -> bool:
    return re.search(r"\b(demo|run_home)\b.*: Box\b", (_ROOT / file).read_text()) is not None
