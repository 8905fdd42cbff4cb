"""Treated pages that wait, on disk where they are many, until all of a stream is read."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

_IN_MEMORY = 32 << 20


class Spool:
    """A queue of treated pages in a file without a name, which ends with the process; it holds what would land, and nothing clear.

    Args:
        folder: where the file is made.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def put(self, page: Any) -> None:
        """Add a page at the end."""
        pickle.dump(page, self._file, pickle.HIGHEST_PROTOCOL)

    def pages(self) -> Iterator[Any]:
        """Yield the pages in the order they were put."""
        end = self._file.tell()
        self._file.seek(0)
        while self._file.tell() < end:
            yield pickle.load(self._file)  # noqa: S301 - written by this process, into a file no other can open
