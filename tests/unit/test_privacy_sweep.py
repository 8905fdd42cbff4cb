"""Would catch: a sweep that passes because it cannot see."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import zipfile
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest
from rapport.privacy.sweep import Hit, Sweep

VALUE = "Zoë.Ümlaut+x@example.com"
PLAIN = VALUE.encode()


def zipped(content: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", content)
    return sink.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.upper().replace("ZOë".encode(), "Zoë".encode()).replace("ÜMLAUT".encode(), "Ümlaut".encode()),
        VALUE.encode("utf-16-le"),
        VALUE.encode("utf-16-be"),
        PLAIN.hex().encode(),
        quote(VALUE, safe="").encode(),
        json.dumps({"a": VALUE}).encode(),
        hashlib.sha256(PLAIN).hexdigest().encode(),
        hashlib.md5(PLAIN, usedforsecurity=False).hexdigest().upper().encode(),
        gzip.compress(PLAIN),
        zlib.compress(PLAIN * 3),
        zipped(PLAIN),
        zipped(gzip.compress(PLAIN)),
        base64.b64encode(zlib.compress(PLAIN * 3)),
        *(base64.b64encode(b"#" * at + PLAIN + b"tail") for at in range(6)),
        base64.urlsafe_b64encode(gzip.compress(PLAIN)),
        b"7\t\\\\x" + zlib.compress(PLAIN * 3).hex().encode() + b"\n",  # a column of bytes, as COPY writes it
    ],
)
def test_a_value_is_found_in_every_disguise(content: bytes) -> None:
    """Would catch: a leak in a compressed, encoded or hashed form."""
    sweep = Sweep({"one": [VALUE], "other": ["nobody@example.org"]})
    sweep.look("place", b"before " + content if content[:2] not in (b"\x1f\x8b", b"PK") and content[:1] != b"x" else content)
    assert sweep.found == {"one"}


def test_a_value_across_the_border_of_two_chunks_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch: a value missed because it stands at a round offset."""
    monkeypatch.setattr("rapport.privacy.sweep._CHUNK", 64)
    for offset in range(130):
        sweep = Sweep({"one": ["abcdefgh@example.com"]})
        sweep.look("place", b"." * offset + b"ABCDEFGH@example.com" + b"." * 70)
        assert sweep.hits == {Hit("one", "place", "plain")}


def test_a_folder_is_swept_by_names_and_content_and_hits_name_no_value(tmp_path: Path) -> None:
    """Would catch: an address as a file's name, and a report that is a leak itself."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "ann.lee@example.com.csv").write_text("clean")
    (tmp_path / "sub" / "log").write_text("to ann.lee@example.com")
    sweep = Sweep({"one": ["ann.lee@example.com"]})
    assert sweep.folder(tmp_path / "sub") == 2
    assert {hit.needle for hit in sweep.hits} == {"one"}
    assert len(sweep.hits) == 2


def test_nothing_is_found_in_what_holds_nothing() -> None:
    """Would catch: a sweep that always finds."""
    sweep = Sweep({"one": [VALUE]})
    sweep.look("place", b"zoe.umlaut+y@example.com " * 1000 + bytes(range(256)) * 100)
    assert not sweep.hits


def test_a_value_too_short_to_mean_anything_is_refused() -> None:
    """Would catch: a canary that no sweep can look for."""
    with pytest.raises(ValueError, match="too short"):
        Sweep({"one": ["Ann"]})
