"""Catches a bucket read otherwise than a folder: files unseen, read twice, mixed with their successors, or keys in a log."""

from __future__ import annotations

import io
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import s3fs
from rapport.connect import ConnectError, Page, count, keys, pages
from rapport.home import checkout

from tests.unit.connect_server import declared
from tests.unit.test_connect_files_packed import zipped

SECRET = "a-key-that-nobody-logs"
STREAM = """s:
  files: "2024/**/*.parquet"
  format: parquet
  key: [id]
  fields:
    _file: {type: text, class: internal, as: file_name}
    id: {type: bigint, class: internal}
    name: {type: text, class: internal}
"""


@pytest.fixture(scope="module")
def store() -> Iterator[dict[str, Any]]:
    """A server that speaks S3, with an empty bucket, and how a source reaches it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = checkout() / ".venv-servers" / "bin" / "moto_server"
    if not command.exists():
        pytest.fail(f"{command} is missing: make .venv-servers/.synced")
    server = subprocess.Popen([command, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with suppress(OSError), urllib.request.urlopen(address, timeout=5):
                break
            time.sleep(0.1)
        extra = {"endpoint_url": address, "client_kwargs": {"region_name": "eu-central-1"}}
        s3fs.S3FileSystem(key="tester", secret=SECRET, **extra).mkdir("exports")
        yield {"host": "s3://exports/crm", "login": "tester", "password": SECRET, "extra": extra}
    finally:
        server.terminate()
        server.wait(10)


def put(store: dict[str, Any], name: str, content: bytes) -> None:
    system = s3fs.S3FileSystem(key="tester", secret=SECRET, use_listings_cache=False, **store["extra"])
    system.pipe(f"exports/crm/{name}", content)


def parquet(**columns: Any) -> bytes:
    held = io.BytesIO()
    pq.write_table(pa.table(columns), held, row_group_size=20_000)
    return held.getvalue()


def read(store: dict[str, Any], said: str = STREAM, cursor: dict[str, Any] | None = None) -> tuple[list[Page], list[str]]:
    source = declared(said, "{protocol: files, id: store}")
    log: list[str] = []
    return list(pages(source, source.streams["s"], store, cursor, log=log.append)), log


def ids(found: list[Page]) -> list[int]:
    return sorted(key for page in found for key in page.table["id"].to_pylist())


def test_a_bucket_is_read_as_a_folder_and_only_what_changed(store: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a listing kept from the last run, a new version unseen, a zip that cannot be wound, a file replaced while it is read."""
    put(store, "2024/01/a.parquet", parquet(id=[1, 2], name=["é", None]))
    put(store, "2024/02/b.parquet", parquet(id=[3], name=["c"]))
    put(store, "2023/old.parquet", parquet(id=[99], name=["no"]))
    found, log = read(store)
    assert ids(found) == [1, 2, 3]
    assert {name for page in found for name in page.table["file_name"].to_pylist()} == {"2024/01/a.parquet", "2024/02/b.parquet"}
    assert read(store, cursor=found[-1].cursor)[0] == []
    put(store, "2024/02/b.parquet", parquet(id=[4], name=["d"]))
    assert ids(read(store, cursor=found[-1].cursor)[0]) == [4]
    source = declared(STREAM, "{protocol: files, id: store}")
    assert count(source, source.streams["s"], store, log=log.append) == 3
    assert sorted(key for table in keys(source, source.streams["s"], store, log=log.append) for key in table["id"].to_pylist()) == [1, 2, 4]

    csv = STREAM.replace("parquet", "csv").replace("2024/**/*.csv", "x.zip/*.csv")
    put(store, "x.zip", zipped({"a.csv": b"id,name\n7,x\n", "b.csv": b"id,name\n8,y\n"}))
    assert ids(read(store, csv)[0]) == [7, 8]

    monkeypatch.setattr("rapport.connect.parquet.ROWS", 1_000)
    put(store, "2024/big.parquet", parquet(id=list(range(100_000)), name=["n" * 90] * 100_000))
    served = pages(source, source.streams["s"], store, None, log=log.append)
    for page in served:
        if 99_999 not in page.table["id"].to_pylist() and page.table["file_name"][0].as_py() == "2024/big.parquet":
            put(store, "2024/big.parquet", parquet(id=[5], name=["new"]))
            break
    with pytest.raises(ConnectError, match=r"changed while it was read|not readable|does not give"):
        list(served)
    with pytest.raises(ConnectError, match="no file matches"):
        read({**store, "host": "s3://exports/nowhere"})
    with pytest.raises(ConnectError, match=r"cannot be listed|no file matches") as caught:
        read({**store, "host": "s3://no-such-bucket/x"})
    assert SECRET not in "".join(log) + str(caught.value)
