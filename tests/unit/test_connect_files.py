"""Catches rows of files lost, doubled or misread: by an encoding, a broken line, an unchanged file read again, a rotated log."""

from __future__ import annotations

import gzip
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from rapport.connect import ConnectError, Page, pages
from rapport.connect.access_log import parse_line

from tests.unit.connect_server import declared

CSV = """s:
  files: "*.csv*"
  format: csv
  fields:
    _file: {type: text, class: internal, as: file_name}
    _line: {type: bigint, class: internal, as: line_number}
    Id: {type: bigint, class: internal}
    word: {type: text, class: internal}
    skip: {ignore: "left out on purpose"}
"""


def read(folder: Path, streams: str = CSV, cursor: dict[str, Any] | None = None, protocol: str = "files") -> list[Page]:
    source = declared(streams, f'{{protocol: {protocol}, path: "{folder}"}}')
    return list(pages(source, source.streams["s"], None, cursor, log=[].append))


def rows(found: list[Page], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in columns) for page in found for row in page.table.to_pylist()]


def test_quotes_newlines_blanks_and_undeclared_columns_are_read_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'Id,word,skip,new\r\n1,"a ""b"",\r\nc",x,y\r\n2,,x,y\r\n3,"",x,y\r\n')
    (page,) = read(tmp_path)
    assert rows([page], "file_name", "line_number", "id", "word") == [
        ("a.csv", 1, 1, 'a "b",\r\nc'),
        ("a.csv", 2, 2, None),
        ("a.csv", 3, 3, ""),
    ]
    assert (page.fetched, page.undeclared) == (3, Counter({"new": 3}))


def test_where_quotes_are_characters_like_any_other_none_swallows_what_follows(tmp_path: Path) -> None:
    """Would catch: a tab-separated archive in which one visitor's search for `"exact words` takes the rest of the file with it."""
    (tmp_path / "a.csv").write_bytes(b'1\t"exact words\n2\tsaid "no"\n3\t"both"\n')
    plain = CSV.rstrip() + "\n  delimiter: '\t'\n  header: [Id, word]".replace("'\t'", '"\\t"')
    assert rows(read(tmp_path, f"{plain}\n  quotes: false"), "id", "word") == [(1, '"exact words'), (2, 'said "no"'), (3, '"both"')]
    assert len(rows(read(tmp_path, plain), "id")) < 3  # as it would be otherwise


@pytest.mark.parametrize(
    ("content", "more"),
    [
        ("Id,word\n1,né€\n".encode("utf-8-sig"), ""),
        ("Id,word\n1,né€\n".encode("utf-16"), ""),
        ("Id;word\n1;né€\n".encode("cp1252"), "\n  encoding: cp1252\n  delimiter: ';'"),
        (gzip.compress("Id,word\n1,né€\n".encode()), ""),
    ],
)
def test_encodings_and_byte_order_marks(tmp_path: Path, content: bytes, more: str) -> None:
    (tmp_path / ("a.csv.gz" if content[:2] == b"\x1f\x8b" else "a.csv")).write_bytes(content)
    assert rows(read(tmp_path, CSV.rstrip() + more), "id", "word") == [(1, "né€")]


def test_a_broken_row_or_byte_costs_one_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"Id,word\n1,a\n2\n3,b,c,d\n4,\xff\xfe\n5,x\0y\nsix,f\n7,g\n")
    (page,) = read(tmp_path)
    assert rows([page], "id", "word") == [(1, "a"), (5, "xy"), (7, "g")]
    assert sorted((r.field, r.reason) for r in page.rejected) == [
        ("(row)", "1 values where the header names 2"),
        ("(row)", "4 values where the header names 2"),
        ("Id", "not a number"),
        ("word", "bytes that are not UTF-8"),
    ]
    assert (page.fetched, page.nul_stripped) == (7, 1)


def test_only_changed_files_are_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Id,word\n1,a\n")
    (tmp_path / "b.csv").write_text("Id,word\n2,b\n")
    state = read(tmp_path)[-1].cursor
    assert read(tmp_path, cursor=state) == []
    os.utime(tmp_path / "a.csv", (1, 1))
    assert read(tmp_path, cursor=state) == [], "the same content under a new time"
    (tmp_path / "b.csv").write_text("Id,word\n3,b\n")
    found = read(tmp_path, cursor=state)
    assert rows(found, "id") == [(3,)]
    assert read(tmp_path, cursor=found[-1].cursor) == []


def test_a_file_cut_short_counts_as_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rapport.connect.csvfile.BLOCK", 64)
    (tmp_path / "a.csv").write_text("Id,word\n" + "".join(f"{n},word\n" for n in range(50)))
    found = read(tmp_path)
    assert len(found) > 2
    assert [page.cursor is None for page in found] == [True] * (len(found) - 1) + [False]
    assert rows(found, "id", "line_number") == [(n, n + 1) for n in range(50)]


def test_empty_files_are_no_error_and_missing_ones_are(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "b.csv").write_bytes(b"Id,word\n")
    assert rows(read(tmp_path), "id") == []
    with pytest.raises(ConnectError, match="no file matches"):
        read(tmp_path, CSV.replace("*.csv*", "*.txt"))
    with pytest.raises(ConnectError, match="RAPPORT_NOWHERE is not set"):
        read(Path("${RAPPORT_NOWHERE}/x"))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.csv").write_text("Id,word\n1,a\n")
    (tmp_path / "in" / "x.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(ConnectError, match="no file matches"):
        read(tmp_path / "in")


def test_a_file_of_something_else_is_refused_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("other,columns\n1,2\n")
    with pytest.raises(ConnectError, match="none of the declared columns"):
        read(tmp_path)
    (tmp_path / "a.csv").write_text("Id,word,Id\n1,2,3\n")
    with pytest.raises(ConnectError, match="stands twice"):
        read(tmp_path)


def test_json_lines_lose_only_the_line_that_is_broken(tmp_path: Path) -> None:
    said = """s:
  files: "*.jsonl"
  format: jsonl
  fields:
    _line: {type: bigint, class: internal, as: line_number}
    a.b: {type: bigint, class: internal, as: b}
"""
    (tmp_path / "x.jsonl").write_bytes(b'\xef\xbb\xbf{"a": {"b": 1}}\n\n[1]\n{"a"\n{"a": {"b": "x", "c": 1}}\n{"a": {"b": 2}}')
    (page,) = read(tmp_path, said)
    assert rows([page], "line_number", "b") == [(1, 1), (6, 2)]
    assert (page.fetched, len(page.rejected), page.undeclared) == (5, 3, Counter({"a.c": 1}))


LOG = """s:
  files: "access.log*"
  key: [_log, _offset]
  clock: time
  fields:
    _log: {type: text, class: internal, as: log_started_at}
    _offset: {type: bigint, class: internal, as: byte_offset}
    time: {type: timestamp, format: "%d/%b/%Y:%H:%M:%S %z", class: internal, as: happened_at}
    remote_host: {type: text, class: personal, kind: ip}
    identity: {ignore: "no server fills it today"}
    user: {type: text, class: personal, kind: handle, as: user_name}
    request: {ignore: "method, address and version stand alone"}
    method: {type: text, class: internal}
    url: {type: text, class: personal, kind: url}
    http_version: {type: text, class: internal}
    status: {type: bigint, class: internal}
    bytes: {type: bigint, class: internal}
    referrer: {type: text, class: personal, kind: url}
    user_agent: {type: text, class: internal}
"""


def line(second: int, path: str = "/") -> str:
    return f'10.0.0.1 - - [17/May/2015:10:05:{second:02d} +0000] "GET {path} HTTP/1.1" 200 5 "-" "Mozilla \\"x\\""\n'


def test_log_lines_are_read_once_while_the_log_grows_and_rotates(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(line(1) + line(2) + line(3)[:30])
    found = read(tmp_path, LOG, protocol="access_log")
    assert [when[0].second for when in rows(found, "happened_at")] == [1, 2], "the line still being written waits"
    log.write_text(line(1) + line(2) + line(3))
    log.rename(tmp_path / "access.log.1")
    log.write_text(line(9))
    again = read(tmp_path, LOG, cursor=found[-1].cursor, protocol="access_log")
    assert sorted(when[0].second for when in rows(again, "happened_at")) == [3, 9]
    assert read(tmp_path, LOG, cursor=again[-1].cursor, protocol="access_log") == []
    keys = rows(found + again, "log_started_at", "byte_offset")
    assert len(set(keys)) == len(keys) == 4


def test_lines_that_are_no_requests_are_refused_alone(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(line(1) + "hello\n" + line(2).replace("GET / HTTP/1.1", "\\x16\\x03") + "\n" + line(3))
    (page,) = read(tmp_path, LOG, protocol="access_log")
    assert rows([page], "method", "status", "referrer") == [("GET", 200, None), (None, 200, None), ("GET", 200, None)]
    assert [r.field for r in page.rejected] == ["(row)"]
    assert (page.fetched, page.undeclared) == (4, Counter())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('h - frank [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.0" 200 2326', ("h", "frank", "/a", "200", "2326", None)),
        (
            '::1 - - [10/Oct/2000:13:55:36 -0700] "GET /a\\"b HTTP/1.0" 304 - "http://x/" "UA"',
            ("::1", None, '/a\\"b', "304", None, "http://x/"),
        ),
        ('h - a b [10/Oct/2000:13:55:36 -0700] "-" 408 - "-" "-"', ("h", "a b", None, "408", None, None)),
    ],
)
def test_common_and_combined_lines(text: str, wanted: tuple[str | None, ...]) -> None:
    found = parse_line(text)
    assert found is not None
    assert tuple(found[name] for name in ("remote_host", "user", "url", "status", "bytes", "referrer")) == wanted


def test_of_many_files_the_state_is_not_written_with_each(tmp_path: Path) -> None:
    """Would catch: a state of ten thousand names written ten thousand times, and the last files of such a folder read again for ever."""
    for number in range(250):
        (tmp_path / f"{number:03}.csv").write_text(f"Id,word\n{number},a\n")
    found = read(tmp_path)
    assert sorted(rows(found, "id")) == [(number,) for number in range(250)]
    assert sum(page.cursor is not None for page in found) < 110
    assert read(tmp_path, cursor=found[-1].cursor) == []
    told = [index for index, page in enumerate(found) if page.cursor is not None]
    behind = found[told[-2]].cursor
    assert 0 < sum(page.fetched for page in read(tmp_path, cursor=behind)) <= 101, "a crash repeats no more than the untold ones"
