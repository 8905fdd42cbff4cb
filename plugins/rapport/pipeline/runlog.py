"""Where the lines of an extraction go that nobody's scheduler keeps: all of them to a file, the telling ones to the person who waits."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from logging.handlers import RotatingFileHandler

from rapport.home import Home

Log = Callable[[str], None]
FILE = "extract.log"
_BYTES, _KEPT = 10 << 20, 3
_SINGLE = re.compile(r"(GET|POST|READ|CONNECT|COUNT|CALL) ")  # one request or file; what had to wait or be tried again is told


class RunLog:
    """The log of one run in the foreground.

    Args:
        home: its folder `logs` holds the file, every request, wait and retry by time and stream; the oldest lines are dropped.
        say: takes a line for a person.
    """

    def __init__(self, home: Home, say: Log) -> None:
        self._say = say
        self._file = RotatingFileHandler(home.dir("logs") / FILE, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)
        self._file.setFormatter(logging.Formatter("%(asctime)s %(message)s"))

    def of(self, source: str, stream: str) -> Log:
        """Return the log of a stream: lines that do not name it are given its name."""
        name = f"{source}.{stream}"

        def log(line: str) -> None:
            told = line if line.startswith(f"{name}:") else f"{name}: {line}"
            self._file.handle(logging.makeLogRecord({"msg": told, "levelno": logging.INFO}))
            if not _SINGLE.match(line):
                self._say(f"  {told}")

        return log

    def close(self) -> None:
        """Close the file."""
        self._file.close()
