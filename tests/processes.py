"""How tests are shared out among processes (`make test`): a file stays whole, and all that read one whole run stay together."""

from __future__ import annotations

import re
from functools import cache

from rapport.home import checkout
from xdist.scheduler import LoadScopeScheduling


class Together(LoadScopeScheduling):
    """Sends a file's tests to one process, and those of every file that uses the fixtures `demo` or `run_home` to one and the same."""

    def split_scope(self, nodeid: str) -> str:
        """Return what the test is kept together with."""
        file = nodeid.partition("::")[0]
        return "whole runs" if _reads_a_whole_run(file) else file


@cache
def _reads_a_whole_run(file: str) -> bool:
    return re.search(r"\b(demo|run_home)\b.*: Box\b", (checkout() / file).read_text()) is not None
