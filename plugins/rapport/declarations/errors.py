"""What is wrong with a declaration, and where it stands."""

from __future__ import annotations

from pathlib import Path


class DeclarationError(ValueError):
    """A declaration cannot be used; the message says where and what to do.

    Attributes:
        file: the declaration's file.
        line: line in it, counted from 1.
        path: dotted place in the document, e.g. `streams.users.fields.email`.
        message: what is wrong and what to write instead.
    """

    def __init__(self, file: Path | str, line: int, path: str, message: str) -> None:
        self.file = Path(file)
        self.line = line
        self.path = path
        self.message = message
        super().__init__(f"{file}:{line}: {path or 'document'}: {message}")
