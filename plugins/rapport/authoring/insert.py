"""Write proposed fields into a declaration, leaving every other line as its author wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rapport.authoring.propose import Proposal
from rapport.declarations import DeclarationError
from rapport.declarations.document import Document

MARK = "# proposed: judge each line"


def insert(file: Path, stream: str, proposals: Sequence[Proposal]) -> None:
    """Add fields below those that a stream declares.

    Raises:
        DeclarationError: the fields stand on one line, where nothing can be added.
    """
    document = Document.read(file)
    place = ("streams", stream, "fields")
    keys = list(document.value["streams"][stream]["fields"])
    first, last = (document.line((*place, key)) for key in (keys[0], keys[-1]))
    lines = file.read_text(encoding="utf-8").splitlines()
    indent = len(lines[first - 1]) - len(lines[first - 1].lstrip())
    if first == document.line(place):
        raise DeclarationError(file, first, ".".join(place), "write one field a line: nothing can be added to `fields: {…}`")
    end = last
    while end < len(lines) and lines[end].strip() and len(lines[end]) - len(lines[end].lstrip()) > indent:
        end += 1
    added = [" " * indent + text for text in (MARK, *(proposal.line for proposal in proposals))]
    file.write_text("\n".join([*lines[:end], *added, *lines[end:]]) + "\n", encoding="utf-8")
