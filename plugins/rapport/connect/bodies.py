"""What an answer holds: JSON, JSON lines, CSV or XML, plain or packed, never unpacked without limit."""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from rapport.connect.errors import ConnectError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

BODY_LIMIT = 256 * 1024 * 1024  # bytes of one answer, unpacked
RATIO_LIMIT, RATIO_FROM = 200, 16 * 1024 * 1024  # a body this large that was packed more tightly is no data
_STEP = 1 << 20
_DIGITS = 4000  # of an integer; Python refuses to read more than 4,300
csv.field_size_limit(BODY_LIMIT)  # 128 KiB by default: a long text is no fault


class TooLargeError(ValueError):
    """A body unpacks to more than is taken; the message says which limit."""


def parse_json(content: bytes) -> Any:
    """Parse a JSON body; an integer of thousands of digits becomes infinity, which no declared type takes.

    Raises:
        ValueError: not JSON.
    """
    try:
        return json.loads(content)
    except json.JSONDecodeError:
        raise
    except ValueError:  # one integer that Python refuses to read must not stop a page
        return json.loads(content, parse_int=lambda digits: int(digits) if len(digits) < _DIGITS else float("inf"))


class Inflater:
    """Unpacks gzip or deflate piece by piece, and stops at the limits.

    Args:
        limit: bytes that may come out.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as the first bytes say
        self._read = self._given = 0
        self._is_whole = False

    def feed(self, piece: bytes) -> bytes:
        """Return what a further piece unpacks to.

        Raises:
            TooLargeError: more than the limit, or packed so tightly that it is no data.
            zlib.error: not packed so.
        """
        self._read += len(piece)
        out = bytearray()
        while piece:
            out += self._unpack.decompress(piece, _STEP)
            self._check(len(out))
            piece, self._is_whole = self._unpack.unconsumed_tail, self._unpack.eof
            if self._unpack.eof:  # gzip files may be written one behind the other, or filled up with zeros
                piece = self._unpack.unused_data.lstrip(b"\0")
                self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._given += len(out)
        return bytes(out)

    def end(self) -> None:
        """Raise `ValueError` if what was fed ends in the middle."""
        if not self._is_whole:
            raise ValueError("cut short")

    def _check(self, more: int) -> None:
        given = self._given + more
        if given > self._limit:
            raise TooLargeError(f"more than {self._limit >> 20} MiB")
        if given > RATIO_FROM and given > RATIO_LIMIT * self._read:
            raise TooLargeError(f"more than {RATIO_LIMIT} times its size: a decompression bomb")


def unpacked(content: bytes, archive: str | None, limit: int) -> list[bytes]:
    """Return the bodies inside an answer: one, or one for each file of a zip, in the order of their names.

    Args:
        content: the answer.
        archive: zip, gzip, or None for an answer that is not packed.
        limit: bytes that may come out in all.

    Raises:
        TooLargeError: more than the limit.
        ValueError: not packed so.
    """
    try:
        if archive == "gzip":
            inflater = Inflater(limit)
            body = inflater.feed(content)
            inflater.end()
            return [body]
        return [content] if archive is None else _members(content, limit)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        raise ValueError(f"not {archive}") from None


def _members(content: bytes, limit: int) -> list[bytes]:
    bodies: list[bytes] = []
    left = limit
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for member in sorted((entry for entry in packed.infolist() if not entry.is_dir()), key=lambda entry: entry.filename):
            with packed.open(member) as file:
                body = file.read(left + 1)  # the size in the archive's index may lie
            left -= len(body)
            if left < 0:
                raise TooLargeError(f"more than {limit >> 20} MiB")
            if len(body) > RATIO_FROM and len(body) > RATIO_LIMIT * max(member.compress_size, 1):
                raise TooLargeError(f"more than {RATIO_LIMIT} times its size: a decompression bomb")
            bodies.append(body)
    return bodies


def body_reader(options: Mapping[str, Any], where: str) -> Callable[[bytes], Any]:
    """Return the function that reads the answers of a stream: `body` and `archive` of its declaration decide.

    It gives JSON values: rows of JSON lines and CSV are a list of objects, an XML document is the object of its root element.
    Files of a zip are read one after the other, and their rows put together. It raises `ValueError` for what is not whole, which
    is worth another try, and `ConnectError` for what is too large or nested too deeply.
    """
    kind, archive = str(options.get("body", "json")), options.get("archive")
    parse = _PARSERS[kind]
    delimiter = str(options.get("delimiter", ","))

    def read(content: bytes) -> Any:
        try:
            found = [parse(body, delimiter) for body in unpacked(content, archive, BODY_LIMIT)]
        except TooLargeError as error:
            raise ConnectError("body", f"{where}: the answer unpacks to {error}: ask for smaller pages or shorter periods") from None
        except RecursionError:
            raise ConnectError("body", f"{where}: the answer is nested too deeply to be read") from None
        if len(found) == 1:
            return found[0]
        return [row for body in found for row in (body if isinstance(body, list) else [body])]

    return read


def _json(content: bytes, _: str) -> Any:
    return parse_json(content)


def _json_lines(content: bytes, _: str) -> Any:
    return [parse_json(line) for line in content.removeprefix(b"\xef\xbb\xbf").splitlines() if line.strip()]


def csv_rows(content: bytes, delimiter: str) -> list[dict[str, Any]]:
    """Return the rows of a CSV body with a line of names; a blank is an absent value, and a row of another width is not whole.

    Raises:
        ValueError: not CSV, not UTF-8, or a row has more or fewer values than there are names.
    """
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True)
    try:
        names = next(lines, [])
        rows = [row for row in lines if row]
    except csv.Error:
        raise ValueError("not CSV") from None
    if any(len(row) != len(names) for row in rows):
        raise ValueError("not CSV")
    return [{name: value or None for name, value in zip(names, row, strict=True)} for row in rows]


def _xml(content: bytes, _: str) -> Any:
    from xml.etree.ElementTree import ParseError  # few sources need XML, and every file of JSON lines needs this module

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return _object(fromstring(content, forbid_dtd=True))
    except (ParseError, DefusedXmlException):
        raise ValueError("not XML") from None


def _object(element: Element) -> Any:
    """Return an element as an object: children by name, repeated ones as a list, attributes as `@name`, text beside them as `#text`."""
    found: dict[str, Any] = {f"@{_local(name)}": value for name, value in element.attrib.items()}
    for child in element:
        name, value = _local(child.tag), _object(child)
        if name in found:
            found[name] = [*found[name], value] if isinstance(found[name], list) else [found[name], value]
        else:
            found[name] = value
    text = (element.text or "").strip() or None
    if not found:
        return text
    return {**found, "#text": text} if text else found


def _local(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


_PARSERS: dict[str, Callable[[bytes, str], Any]] = {
    "json": _json,
    "jsonl": _json_lines,
    "csv": csv_rows,
    "xml": _xml,
}
