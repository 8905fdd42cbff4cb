"""Packed files: gz, and members of a zip as files of their own. Nothing is written, so no name in an archive can lead anywhere."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from contextlib import ExitStack
from typing import IO, cast

from rapport.connect.errors import ConnectError

MAX_RATIO = 300  # zeros pack 1,030 to 1 in gz; tables of real systems rarely exceed 50
RATIO_FROM = 64 * 1024 * 1024  # bytes: below them no ratio is asked for
MAX_BYTES = 64 * 1024**3  # unpacked, of one file
MAX_MEMBERS = 10_000
IN_MEMORY = 256 * 1024 * 1024  # of a packed file whose format has to be read from its end
_BROKEN = (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, NotImplementedError, OSError)


class Unpacked(io.RawIOBase):
    """A file's bytes from first to last, unpacked, within the limits.

    Args:
        inner: the unpacked bytes.
        where: source, stream and file, for errors.
        packed: bytes of the packed file; 0 if it is not packed.
        closing: what is closed with it.
    """

    def __init__(self, inner: IO[bytes], where: str, packed: int, closing: ExitStack) -> None:
        self._inner, self._where, self._packed, self._closing = inner, where, packed, closing
        self._given = 0

    def readable(self) -> bool:
        """Return true."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes; empty at the end.

        Raises:
            ConnectError: the file is cut off or damaged, or unpacks to more than the limits allow.
        """
        try:
            data: bytes = self._inner.read(size) or b""
        except _BROKEN as error:
            kind = type(error).__name__
        else:
            self._given += len(data)
            self._check()
            return data
        raise ConnectError("file", f"{self._where}: cannot be read to its end ({kind}): is it cut off, damaged or locked by a password?")

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer; needed by buffered readers."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file and everything below it."""
        self._closing.close()
        super().close()

    def _check(self) -> None:
        if not self._packed:
            return
        if self._given > RATIO_FROM and self._given > MAX_RATIO * self._packed:
            raise ConnectError("file", f"{self._where}: unpacks to more than {MAX_RATIO} times its size: it is not read")
        if self._given > MAX_BYTES:
            raise ConnectError("file", f"{self._where}: unpacks to more than {MAX_BYTES // 1024**3} GiB: it is not read")


def unpack(handle: IO[bytes], name: str, member: str | None, size: int, where: str) -> Unpacked:
    """Return the bytes of a file, out of its archive and its packing.

    Args:
        handle: the file as it lies there; closed with the result.
        name: its name, or the member's: `.gz` at its end is unpacked.
        member: name in the archive, if it is a zip.
        size: bytes of the file as it lies there.
        where: for errors.
    """
    closing = ExitStack()
    closing.callback(handle.close)
    packed = 0
    inner = handle
    if member is not None:
        try:
            archive = closing.enter_context(zipfile.ZipFile(handle))
            packed = max(archive.getinfo(member).compress_size, 1)
            inner = closing.enter_context(archive.open(member))
        except (*_BROKEN, KeyError, RuntimeError) as error:
            closing.close()
            raise ConnectError("file", f"{where}: cannot be taken out of its archive ({type(error).__name__})") from None
    if name.lower().endswith(".gz"):
        packed = packed or max(size, 1)
        unzipped = gzip.GzipFile(fileobj=inner)
        closing.callback(unzipped.close)
        inner = cast(IO[bytes], unzipped)
    return Unpacked(inner, where, packed, closing)


def in_memory(unpacked: Unpacked, where: str) -> IO[bytes]:
    """Return a packed file's bytes as one that can be wound; ConnectError beyond the limit."""
    with unpacked:
        content = io.BytesIO()
        while data := unpacked.read(1 << 20):
            content.write(data)
            if content.tell() > IN_MEMORY:
                raise ConnectError(
                    "file", f"{where}: is packed and holds more than {IN_MEMORY >> 20} MiB, which its format cannot be read from: unpack it"
                )
    content.seek(0)
    return content


def members(handle: IO[bytes], where: str) -> list[zipfile.ZipInfo]:
    """Return the files of a zip archive, in order of name, without what macOS adds.

    Raises:
        ConnectError: it is no zip archive, or holds too many files.
    """
    try:
        with handle, zipfile.ZipFile(handle) as archive:
            infos = archive.infolist()
    except _BROKEN as error:
        raise ConnectError("file", f"{where}: is no readable zip archive ({type(error).__name__})") from None
    if len(infos) > MAX_MEMBERS:
        raise ConnectError("file", f"{where}: holds more than {MAX_MEMBERS:,} files: it is not read")
    return sorted(
        (info for info in infos if not info.is_dir() and not info.filename.startswith("__MACOSX/")), key=lambda info: info.filename
    )
