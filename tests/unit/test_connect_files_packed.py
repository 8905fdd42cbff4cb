"""Catches packed files lost, read twice or unpacked without end, buckets whose changes go unseen, and logs of which lines are lost."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rapport.connect import ConnectError, Page, pages

from tests.unit.connect_server import declared
from tests.unit.test_connect_files import CSV, LOG, line, read, rows
from tests.unit.test_connect_files_formats import ALL, workbook


def zipped(members: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def test_members_of_a_zip_are_files_of_their_own_and_nothing_is_written(tmp_path: Path) -> None:
    """Would catch: a member lost, read again when another changes, or written to where its name leads."""
    said = CSV.replace("*.csv*", "export.zip/*.csv*").replace("  fields:", "  key: [Id]\n  fields:")
    (tmp_path / "in").mkdir()
    archive = tmp_path / "in" / "export.zip"
    members = {"a.csv": b"Id,word\n1,a\n", "deep/b.csv.gz": gzip.compress(b"Id,word\n2,b\n"), "../../out.csv": b"Id,word\n3,c\n"}
    archive.write_bytes(zipped({**members, "notes.txt": b"no table", "__MACOSX/a.csv": b"junk"}))
    found = read(tmp_path / "in", said)
    assert sorted(rows(found, "file_name", "id")) == [
        ("export.zip/../../out.csv", 3),
        ("export.zip/a.csv", 1),
        ("export.zip/deep/b.csv.gz", 2),
    ]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["export.zip"], "a name in an archive leads nowhere"
    assert read(tmp_path / "in", said, cursor=found[-1].cursor) == []
    archive.write_bytes(zipped({**members, "a.csv": b"Id,word\n9,a\n"}))
    assert rows(read(tmp_path / "in", said, cursor=found[-1].cursor), "id") == [(9,)]
    assert sorted(rows(read(tmp_path / "in", said, cursor=found[0].cursor), "id")) == [(2,), (9,)], "after a crash behind the first"


def test_typed_formats_are_read_from_gz_and_zip_too(tmp_path: Path) -> None:
    """Would catch: a format that needs its end, read from a stream that only goes forward."""
    held = io.BytesIO()
    pq.write_table(pa.table({"id": [1, 2]}), held)
    (tmp_path / "x.parquet.gz").write_bytes(gzip.compress(held.getvalue()))
    assert rows(read(tmp_path, ALL.replace("csv", "parquet")), "id") == [(1,), (2,)]
    (tmp_path / "y.zip").write_bytes(zipped({"x.xlsx": workbook(["id"], [7])}))
    assert rows(read(tmp_path, ALL.replace("csv", "excel").replace("x.*", "y.zip")), "id") == []
    (tmp_path / "y.zip").write_bytes(zipped({"x.jsonl": b'{"id": 5}'}))
    assert rows(read(tmp_path, ALL.replace("csv", "jsonl").replace("x.*", "y.zip")), "id") == [(5,)]


def test_a_bomb_a_cut_and_a_locked_archive_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a small file that unpacks until the disk or the memory is full, and a cut one that passes for a short one."""
    monkeypatch.setattr("rapport.connect.packed.RATIO_FROM", 1_000_000)
    monkeypatch.setattr("rapport.connect.packed.IN_MEMORY", 2_000_000)
    bomb = b"Id,word\n" + b"1,a\n" * 1_000_000
    whole = gzip.compress(bomb)
    cases = {
        "a.csv.gz": (whole, CSV, r"300 times its size"),
        "b.zip": (zipped({"b.csv": bomb}), CSV.replace("*.csv*", "*.zip"), r"300 times its size"),
        "c.csv.gz": (gzip.compress(b"Id,word\n" + bytes(range(65, 91)) * 999)[:-20], CSV, "cut off"),
        "d.zip": (b"PK\x03\x04 no archive", CSV.replace("*.csv*", "*.zip"), "no readable zip"),
        "e.zip": (zipped({f"{n}.csv": b"" for n in range(20)}), CSV.replace("*.csv*", "*.zip"), "more than 10 files"),
        "f.parquet.gz": (
            gzip.compress(bytes(range(256)) * 10_000),
            ALL.replace("csv", "parquet").replace("x.*", "*.gz"),
            "more than 1 MiB",
        ),
    }
    for name, (content, said, words) in cases.items():
        (tmp_path / name).write_bytes(content)
        monkeypatch.setattr("rapport.connect.packed.MAX_MEMBERS", 10)
        with pytest.raises(ConnectError, match=words):
            read(tmp_path, said)
        (tmp_path / name).unlink()
    monkeypatch.setattr("rapport.connect.packed.RATIO_FROM", 64 * 1024 * 1024)
    (tmp_path / "a.csv.gz").write_bytes(whole)
    assert sum(page.fetched for page in read(tmp_path, CSV)) == 1_000_000, "the positive control: a small one may pack well"


def bucket(said: str, connection: dict[str, Any] | None, cursor: dict[str, Any] | None = None) -> tuple[list[Page], list[str]]:
    source = declared(said, "{protocol: files, id: store}")
    log: list[str] = []
    return list(pages(source, source.streams["s"], connection, cursor, log=log.append)), log


def test_an_address_of_storage_is_read_as_a_folder_is() -> None:
    """Would catch: a bucket whose new files, or new contents, go unseen, an address that reads what it should not, a secret in an error."""
    store = fsspec.filesystem("memory")
    store.pipe("/exports/2024/a.csv", b"Id,word\n1,a\n")
    store.pipe("/exports/2024/b.csv.gz", gzip.compress(b"Id,word\n2,b\n"))
    there = {"host": "memory://exports", "login": "", "password": "hidden", "extra": {"sandbox": True}}
    said = CSV.replace("*.csv*", "**/*.csv*")
    found, log = bucket(said, there)
    assert sorted(rows(found, "file_name", "id")) == [("2024/a.csv", 1), ("2024/b.csv.gz", 2)]
    assert bucket(said, there, found[-1].cursor)[0] == []
    store.pipe("/exports/2024/a.csv", b"Id,word\n9,a\n")
    assert rows(bucket(said, there, found[-1].cursor)[0], "id") == [(9,)]
    store.pipe("/exports/z.zip", zipped({"c.csv": b"Id,word\n3,c\n"}))
    assert rows(bucket(CSV.replace("*.csv*", "z.zip"), there)[0], "id") == [(3,)]
    assert "hidden" not in "".join(log)
    for host, words in (("http://x/y", "do not come from http"), ("", "has no `host`"), ("memory://nowhere", "no file matches")):
        with pytest.raises(ConnectError, match=words):
            bucket(said, {**there, "host": host})
    store.rm("/exports", recursive=True)


def test_a_packed_log_goes_on_where_the_plain_one_ended_and_each_log_counts_alone(tmp_path: Path) -> None:
    """Would catch: lines read twice after rotation packs a log, and two servers' logs of one second taken for one."""
    log = tmp_path / "access.log"
    log.write_text(line(1) + line(2))
    found = read(tmp_path, LOG, protocol="access_log")
    log.unlink()
    (tmp_path / "access.log-20150518.gz").write_bytes(gzip.compress((line(1) + line(2) + line(3)).encode()))
    log.write_text(line(9))
    again = read(tmp_path, LOG, cursor=found[-1].cursor, protocol="access_log")
    assert sorted(when[0].second for when in rows(again, "happened_at")) == [3, 9]
    assert read(tmp_path, LOG, cursor=again[-1].cursor, protocol="access_log") == []
    (tmp_path / "shop.access.log").write_text(line(9, "/shop"))
    with pytest.raises(ConnectError, match="several logs"):
        read(tmp_path, LOG.replace("access.log*", "*access.log*"), protocol="access_log")
    apart = LOG.replace("access.log*", "*access.log*").replace("key: [_log", "key: [_file, _log")
    apart = apart.replace("    _log:", "    _file: {type: text, class: internal, as: log_name}\n    _log:")
    both = read(tmp_path, apart, protocol="access_log")
    assert sorted(rows(both, "log_name", "byte_offset")) == [
        ("access.log", 0),
        ("access.log", 0),
        ("access.log", len(line(1))),
        ("access.log", 2 * len(line(1))),
        ("shop.access.log", 0),
    ]


JSON_LOG = """s:
  files: "access.log*"
  format: json
  key: [_log, _offset]
  clock: ts
  fields:
    _log: {type: timestamp, class: internal, as: log_started_at}
    _offset: {type: bigint, class: internal, as: byte_offset}
    ts: {type: timestamp, format: epoch, class: internal, as: happened_at}
    remote_host: {type: text, class: personal, kind: ip, path: request.remote_ip}
    method: {type: text, class: internal, path: request.method}
    user_agent: {type: text, class: internal, path: request.headers.User-Agent}
    headers: {path: request.headers.*, ignore: "whatever else the browser sent"}
    status: {type: bigint, class: internal}
    bytes: {type: bigint, class: internal, path: size}
"""


def test_logs_of_json_lines_are_mapped_by_path(tmp_path: Path) -> None:
    """Would catch: a header's list refused, `-` taken for a number, a broken line that takes its log along."""
    first = {
        "ts": 1_700_000_000.25,
        "request": {"remote_ip": "10.0.0.1", "method": "GET", "headers": {"User-Agent": ["Bot/1"], "Accept": ["*/*", "b"]}},
        "status": 200,
        "size": 5,
    }
    content = json.dumps(first) + "\n{broken\n" + json.dumps({**first, "size": "-", "new": 1}) + "\n" + json.dumps(first)
    (tmp_path / "access.log").write_text(content)
    (page,) = read(tmp_path, JSON_LOG, protocol="access_log")
    assert rows([page], "status", "bytes", "user_agent", "method") == [(200, 5, "Bot/1", "GET"), (200, None, "Bot/1", "GET")]
    assert page.table["log_started_at"][0].as_py() == page.table["happened_at"][0].as_py()
    assert ([reject.reason for reject in page.rejected], dict(page.undeclared)) == (["not a JSON object"], {"new": 1})
    with pytest.raises(ConnectError, match="needs a `clock`"):
        read(tmp_path, JSON_LOG.replace("  clock: ts\n", ""), protocol="access_log")
