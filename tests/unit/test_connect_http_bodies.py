"""Catches answers misread: lines, tables, XML and packed files, broken or hostile ones, and fields that change under way."""

# ruff: noqa: ARG005 - an answer need not look at its request

from __future__ import annotations

import gzip
import io
import zipfile
from collections import Counter
from typing import Any

import pytest
from rapport.connect import ConnectError, bodies, retries

from tests.unit.connect_server import vendor
from tests.unit.test_connect_rest import PLAIN, ROWS, ids, no_waiting, read

__all__ = ["no_waiting"]  # the fixture holds here too

ROW_LINES = b"\xef\xbb\xbf" + b"\r\n".join(b'{"id": %d, "at": "2024-05-01T00:00:0%dZ"}' % (n, n) for n in range(1, 6)) + b"\n\n"
ROW_TABLE = b"\xef\xbb\xbfid;at\r\n" + b"".join(b'%d;"2024-05-01T00:00:0%dZ"\r\n' % (n, n) for n in range(1, 6))
ROW_XML = b"<?xml version='1.0'?><r xmlns='urn:x'><rows>%s</rows></r>" % b"".join(
    b"<row id='%d'><at>2024-05-01T00:00:0%dZ</at></row>" % (n, n) for n in range(1, 6)
)


def zipped(*members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/", b"")
        for number, member in enumerate(members):
            archive.writestr(f"../../{number}.txt", member)
    return out.getvalue()


def stream(options: str, records: str = "''") -> str:
    return PLAIN.replace("  records: rows\n", f"  records: {records}\n{options}")


@pytest.mark.parametrize(
    ("options", "content"),
    [
        ("  body: jsonl\n", ROW_LINES),
        ("  body: csv\n  delimiter: ';'\n", ROW_TABLE),
        ("  body: jsonl\n  archive: gzip\n", gzip.compress(ROW_LINES[:60]) + gzip.compress(ROW_LINES[60:])),
        ("  body: csv\n  delimiter: ';'\n  archive: zip\n", zipped(ROW_TABLE[:-52], b"id;at\n4;2024-05-01T00:00:04Z\n", b"id;at\n5;\n")),
        ("  archive: zip\n", zipped(b'[{"id": 1}, {"id": 2}]', b'{"id": 3}', b'[{"id": 4}, {"id": 5}]')),
    ],
)
def test_rows_come_out_of_every_kind_of_body(options: str, content: bytes) -> None:
    """Would catch: a byte order mark as part of a name, the second file of an archive left out, blank lines as records."""
    with vendor(lambda request: (200, {"content-type": "application/octet-stream"}, content)) as running:
        found = read(running, stream(options))
    assert ids(found) == [1, 2, 3, 4, 5]
    assert not any(page.rejected or page.undeclared for page in found)
    assert running.requests[0].headers["accept"] == "*/*"


def test_an_xml_document_is_objects_lists_and_attributes() -> None:
    """Would catch: attributes or text beside children lost, one child read otherwise than two, names with their namespaces."""
    said = """s:
  request: {path: /rows}
  body: xml
  records: rows.row
  key: [id]
  fields:
    id: {path: "@id", type: bigint, class: internal}
    at: {type: timestamp, class: internal}
    name: {path: "name.#text", type: text, class: internal}
    language: {path: "name.@lang", type: text, class: internal}
    tag: {type: json, class: internal}
    owner.id: {path: "owner.@id", type: text, class: internal, as: owner_id}
    empty: {type: text, class: internal}
"""
    one = b"""<row id='1' new='x'><name lang='de'> A &amp; B </name><tag>a</tag><tag>b</tag><owner id='7'/><empty/></row>"""
    for rows, wanted in ((one, [1]), (one + one.replace(b"'1'", b"'2'"), [1, 2])):
        with vendor(lambda request, rows=rows: (200, {}, b"<r xmlns='urn:x'><rows>" + rows + b"</rows></r>")) as running:
            (page,) = read(running, said)
        assert page.table.column("id").to_pylist() == wanted
        assert list(page.table.to_pylist()[0].values()) == [1, None, "A & B", "de", '["a","b"]', "7", None]
        assert page.undeclared == Counter({"@new": len(wanted)})
    with vendor(lambda request: (200, {}, b"<rows><row id='1'><owner><x/></owner></row></rows>")) as running:
        (page,) = read(running, said.replace("rows.row", "row"))
    assert page.table.column("id").to_pylist() == [1], "one record whose children have children is one record"


BOMB = b"<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><r><row id='1'>&b;</row></r>"
FILE = b"<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><r><row id='1'>&f;</row></r>"


@pytest.mark.parametrize(
    ("options", "content"),
    [
        ("  body: xml\n", BOMB),
        ("  body: xml\n", FILE),
        ("  body: xml\n", ROW_XML[:-9]),
        ("  body: csv\n", b"id,at\n1\n"),
        ("  body: csv\n", b'id,at\n1,"open\n'),
        ("  body: csv\n", b"id,at\n1,\xff\n"),
        ("  body: jsonl\n", ROW_LINES[:-12]),
        ("  archive: zip\n", zipped(b"[]")[:-30]),
        ("  archive: zip\n", b"no zip"),
        ("  body: jsonl\n  archive: gzip\n", gzip.compress(ROW_LINES)[:-12]),
        ("", b'{"rows": [{"id": 1'),
    ],
)
def test_a_body_that_is_broken_or_a_trap_is_asked_for_again_and_then_refused(options: str, content: bytes) -> None:
    """Would catch: half a body taken for a whole one, an entity that reads a file of this machine or grows without end."""
    with vendor(lambda request: (200, {}, content)) as running, pytest.raises(ConnectError, match="whole body") as caught:
        read(running, stream(options))
    assert len(running.requests) == retries.ATTEMPTS
    assert "root:" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "headers", "content"),
    [
        ("  archive: zip\n", {}, zipped(b"[" + b"0," * 2_000_000 + b"0]")),
        ("  archive: gzip\n", {}, gzip.compress(b"[" + b"0," * 2_000_000 + b"0]")),
        ("", {"content-encoding": "gzip"}, gzip.compress(b"[" + b"0," * 2_000_000 + b"0]")),
        ("", {"content-encoding": "gzip"}, gzip.compress(b"[0]" + b" " * 900_000)),
        ("", {"content-encoding": "gzip, gzip"}, gzip.compress(gzip.compress(b"[0]"))),
        ("", {}, b" " * 1_100_000),
    ],
)
def test_a_body_too_large_is_cut_off_before_it_is_whole(
    options: str, headers: dict[str, str], content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Would catch: a small answer that unpacks to more than the machine holds, by size or by how tightly it is packed."""
    monkeypatch.setattr(bodies, "BODY_LIMIT", 1 << 20)
    monkeypatch.setattr(bodies, "RATIO_FROM", 1 << 19)
    with vendor(lambda request: (200, headers, content)) as running, pytest.raises(ConnectError, match=r"MiB|bomb|not asked for") as caught:
        read(running, stream(options))
    assert caught.value.code == "body"
    assert len(running.requests) == 1, "asking again would not make it smaller"


def test_a_packed_answer_is_unpacked_and_half_of_one_asked_for_again() -> None:
    """Would catch: a compressed answer that was cut short, read as far as it came."""
    whole = gzip.compress(b'{"rows": [{"id": 1}]}')
    served = [whole[:-4], whole]
    with vendor(lambda request: (200, {"content-encoding": "gzip"}, served[min(len(running.requests), 2) - 1])) as running:
        assert ids(read(running, PLAIN)) == [1]
    assert len(running.requests) == 2
    assert running.requests[0].headers["accept-encoding"] == "gzip"


def test_fields_that_change_under_way_cost_single_records_and_are_told_of() -> None:
    """Would catch: a page lost, or a wrong value landed, because a field changes its type, is new, or two names become one column."""
    pages = [
        ROWS[:2],
        [{"id": "3", "at": ROWS[2]["at"]}, {"id": {"v": 4}}, {"id": [5]}, {"id": "six"}, {"id": 7.0}],
        [{"id": 8, "At": "x", "a t": 1, "e-mail": "jane@doe.example", "jane@doe.example": 1}],
    ]

    def answer(request: Any) -> Any:
        number = int(request.params["p"])
        return {"rows": pages[number] if number < 3 else []}

    with vendor(answer) as running:
        found = read(running, PLAIN + "\n  paging: {type: page, param: p, size: 9, first: 0, until: empty}")
    assert ids(found) == [1, 2, 3, 7, 8]
    assert [(reject.field, reject.reason) for page in found for reject in page.rejected] == [
        ("id", "not an integer"),
        ("id", "not an integer"),
        ("id", "not a number"),
    ]
    assert found[2].undeclared == Counter({"At": 1, "a t": 1, "e-mail": 1, "(a name that is no word)": 1})
    assert found[2].table.column("at").to_pylist() == [None]
