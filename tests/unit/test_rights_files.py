"""Would catch: a file of the home that still holds somebody who was erased, or that lost what is others'."""

from __future__ import annotations

import gzip
from pathlib import Path

from rapport.home import Home, checkout
from rapport.rights.elsewhere import clean_files

NEEDLES = {"value": ["ann@canary.example"]}


def write(home: Home, name: str, content: bytes) -> Path:
    file = home.path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def test_lines_of_logs_and_rows_of_sheets_go_and_what_is_others_stays(tmp_path: Path) -> None:
    """Would catch a neighbour's row that goes too, a record over two lines cut in half, and a workbook of many that is thrown away."""
    home = Home(path=tmp_path / "home", root=checkout())
    log = write(home, "logs/airflow/task.log", b"one\nmailto:ANN%40canary.example\nthree\n")
    sheet = write(home, "inbox/persons/march.csv", b'id,note\n1,"two\nlines, ann@canary.example"\n2,other\n')
    book = write(home, "inbox/persons/march.xlsx", gzip.compress(b"ann@canary.example and others"))
    cached = write(home, "superset/cache/data/1", gzip.compress(b"ann@canary.example"))
    other = write(home, "superset/cache/data/2", b"nobody")
    done = clean_files(home, NEEDLES)
    assert log.read_text() == "one\nthree\n"
    assert sheet.read_text() == "id,note\n2,other\n"
    assert (book.exists(), cached.exists(), other.exists()) == (True, False, True)
    assert done == {"logs (lines)": 1, "inbox (lines)": 1, "superset (files)": 1}
