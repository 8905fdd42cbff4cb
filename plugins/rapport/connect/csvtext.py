"""The text of a file as UTF-8: what its byte order mark or its declaration says it is written in, below the lines that are skipped."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable

import numpy as np

from rapport.connect.errors import ConnectError
from rapport.connect.packed import Unpacked
from rapport.declarations import Stream

_STEP = 256 * 1024
HEAD = 1024 * 1024  # bytes in which the line of names, and the lines above it, have to end
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Utf8(io.RawIOBase):
    """Gives the text as UTF-8, without byte order mark. UTF-8 itself passes as it is: wrong bytes are judged value by value.

    Args:
        raw: the file's bytes; closed with it.
        stream: may declare `encoding` and `skip_lines`.
        where: stream and file, for errors.

    Attributes:
        head: the beginning of the text, below the skipped lines.
        has_hex: whether `0x` was seen so far, which Arrow takes for the beginning of a number.
    """

    def __init__(self, raw: Unpacked, stream: Stream, where: str) -> None:
        self._raw, self._where = raw, where
        first = _at_most(raw.read, HEAD)
        mark, self._encoding = next(
            ((mark, name) for mark, name in _MARKS if first.startswith(mark)), (b"", str(stream.options.get("encoding", "utf-8")))
        )
        self._decoder: codecs.IncrementalDecoder | None = None
        try:
            is_plain = codecs.lookup(self._encoding).name in {"utf-8", "utf-8-sig"}
        except LookupError:
            raise ConnectError("config", f"{where}: there is no encoding {self._encoding}") from None
        if is_plain:
            first = first.removeprefix(mark)
        else:
            self._decoder = codecs.getincrementaldecoder(self._encoding)()
        self._next = self.head = _below(self._decoded(first), int(stream.options.get("skip_lines", 0)), where)
        self.has_hex = False
        self._last = b""

    def readable(self) -> bool:
        """Return true."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes of UTF-8, empty at the end; ConnectError if the file is not written in its encoding."""
        # UTF-8 is passed on as it is: copying a block takes longer than reading it.
        given = self._raw.read(size) if self._decoder is None and not self._next else self._collected(size)
        if not self.has_hex:
            self.has_hex = _holds_hex(given) or (self._last == b"0" and given[:1] in {b"x", b"X"})
            self._last = given[-1:]
        return given

    def _collected(self, size: int) -> bytes:
        while len(self._next) < size:
            # a character of another encoding may take three bytes of UTF-8
            more = self._raw.read(size - len(self._next) if self._decoder is None else max(size // 4, 16))
            self._next += self._decoded(more)
            if not more:
                break
        given, self._next = self._next[:size], self._next[size:]
        return given

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer; needed by buffered readers."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file below."""
        self._raw.close()
        super().close()

    def _decoded(self, data: bytes) -> bytes:
        if self._decoder is None:
            return data
        try:
            return self._decoder.decode(data, final=not data).encode()
        except UnicodeError:
            pass
        raise ConnectError("file", f"{self._where}: not {self._encoding}: declare the file's `encoding`")


def _holds_hex(data: bytes) -> bool:
    """Return whether `0x` or `0X` occurs: in steps that stay in the processor's cache, four times as fast as a search in bytes."""
    codes = np.frombuffer(data, np.uint8)
    for start in range(0, len(codes), _STEP):
        step = codes[start : start + _STEP + 1]
        found = (step[1:] | 0x20) == ord("x")
        found &= step[:-1] == ord("0")
        if found.any():
            return True
    return False


def _at_most(read: Callable[[int], bytes], size: int) -> bytes:
    parts = []
    while size and (data := read(size)):
        parts.append(data)
        size -= len(data)
    return b"".join(parts)


def _below(text: bytes, lines: int, where: str) -> bytes:
    for _ in range(lines):
        _, found, text = text.partition(b"\n")
        if not found:
            raise ConnectError("file", f"{where}: holds no more than the lines that `skip_lines` leaves out")
    return text
