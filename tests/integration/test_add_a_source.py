"""Would catch: a how-to that no longer works, and a system that can only be added by writing Python.

Follows `docs/how-to/add-a-source.md` command by command and file by file on a real Roundup, in a copy of the project.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from rapport.home import Home, checkout
from rapport.pipeline.extract import extract_stream
from rapport.warehouse import server

from tests.servers.roundup import Roundup, serve

PAGE = checkout() / "docs" / "how-to" / "add-a-source.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WRITTEN_FOR = "http://127.0.0.1:8917"
NEWEST = (
    "select id, activity at time zone 'UTC' from (select distinct on (id) * from raw_roundup.issues"
    " order by id, _version_at desc nulls last, _seen_at desc, _row_hash) as newest where not _is_deleted"
)


@dataclass(frozen=True)
class Followed:
    """The page, followed to its end."""

    home: Home
    root: Path
    tracker: Roundup
    said: str


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    folder = tmp_path_factory.mktemp("acme")
    root = folder / "project"
    for part in ("sources", "dbt_project", "config"):
        shutil.copytree(checkout() / part, root / part, ignore=shutil.ignore_patterns("target", "logs"))
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "before"]):
        subprocess.run([*git, *command], cwd=root, check=True, capture_output=True)
    with serve(folder) as tracker:
        person = {"username": "mia", "address": "mia.kranz@corp.example", "realname": "Mia Kranz", "phone": "+49 30 1234567"}
        titles = [f"Printer of Mia Kranz broken {number}" for number in range(8)]
        tracker.change(
            ("user", "create", {**person, "roles": "User", "password": "x"}),
            *(("issue", "create", {"title": title, "priority": "3", "status": "1"}) for title in titles),
        )
        (folder / "roundup-password").write_text(f"{tracker.password}\n")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
        environment |= {"HOME": str(folder), "RAPPORT_ROOT": str(root), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        home = Home(path=folder / "acme", root=root)
        try:
            command = ["bash", "-euo", "pipefail", "-c", _script(tracker)]
            done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=600, check=False)
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
            yield Followed(home, root, tracker, done.stdout)
        finally:
            server.stop(home)


def _script(tracker: Roundup) -> str:
    """Return the page as a script: its commands, and its files where they stand between them."""
    steps = []
    for kind, file, text in BLOCK.findall(PAGE.read_text()):
        if kind == "sh":
            steps.append(text.replace(WRITTEN_FOR, tracker.host))
        elif file:
            steps.append(f"cat > {file} <<'END_OF_FILE'\n{text}END_OF_FILE\n")
    return "\n".join(steps)


def test_the_page_ends_with_published_rows_and_no_python(followed: Followed) -> None:
    """Would catch a step that is missing from the page, and a source that needs more than YAML and SQL."""
    assert re.search(r"published \(\d+\.\d s\)", followed.said)
    assert re.search(r"^1 +unread +bug +Printer of <PERSON> broken 0$", followed.said, re.MULTILINE), followed.said[-2000:]
    changed = subprocess.run(
        ["git", "status", "--porcelain", "-uall"], cwd=followed.root, capture_output=True, text=True, check=True
    ).stdout
    files = sorted(line[3:] for line in changed.splitlines())
    assert [Path(file).suffix for file in files] == [".yml", ".sql", ".yml", ".yml"]


def test_what_try_shows_is_treated(followed: Followed) -> None:
    """Would catch a preview that prints what must never land."""
    assert "address: {type: text, class: personal, kind: email, directory: true}" in followed.said
    for clear in ("mia.kranz", "1234567", followed.tracker.password):
        assert clear not in followed.said
    assert "Mia Kranz" not in followed.said.partition("warehouse ready")[2]


def test_a_later_run_follows_new_changed_and_retired_issues(followed: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch an increment that misses a change, and a retired issue that stays in every number."""
    followed.tracker.change(
        ("issue", "set", {"id": "2", "status": "8"}),
        ("issue", "create", {"title": "New one", "priority": "1", "status": "1"}),
        ("issue", "retire", {"id": "1"}),
    )
    home = replace(followed.home)
    monkeypatch.setenv("RAPPORT_SOURCES", str(followed.root / "sources"))
    with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
        conn.execute("update ops.stream_state set swept_at = swept_at - interval '8 days'")
    result = extract_stream(home, "roundup", "issues", run_id="later")
    assert result.rows_landed >= 2
    with psycopg.connect(home.dsn("loader")) as conn:
        landed = {(int(key), at.replace(microsecond=0)) for key, at in conn.execute(NEWEST)}
    told = followed.tracker.rows("select id, _activity from _issue where __retired__ = 0")
    assert {key for key, _ in landed} == {int(key) for key, _ in told} == {2, 3, 4, 5, 6, 7, 8, 9}
    assert landed == {(int(key), _moment(at)) for key, at in told}


def _moment(text: str) -> datetime:
    """Return a moment as the tracker's database writes it, e.g. `20261122110743.512`."""
    return datetime.strptime(str(text).partition(".")[0], "%Y%m%d%H%M%S").replace(tzinfo=UTC).replace(tzinfo=None)
