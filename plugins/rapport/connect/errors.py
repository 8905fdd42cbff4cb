"""What went wrong while talking to a source system."""

from __future__ import annotations


class ConnectError(RuntimeError):
    """A source cannot be read. The message names source and stream and says what to do; it never holds data.

    Attributes:
        code: short machine-readable cause: `config`, `auth`, `status`, `transport`, `body`, `egress`, `paging`, `job`, `file`, `database`.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)
