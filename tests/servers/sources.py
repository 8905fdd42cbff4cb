"""The declarations of one system alone, so that a test builds nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

from rapport.home import checkout


def only(folder: Path, *files: Path) -> Path:
    """Copy declarations, named below `sources/`, into `folder` and return it."""
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(checkout() / "sources" / file, folder / file)
    return folder
