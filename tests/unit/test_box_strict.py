"""Would catch a test run that is green because tests were left out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rapport.home import checkout

GREEN = "def test_it():\n    assert True\n"
SKIPPED = "import pytest\n\n\n@pytest.mark.skip(reason='later')\ndef test_other():\n    assert False\n"
EXPECTED = "import pytest\n\n\n@pytest.mark.xfail\ndef test_other():\n    assert False\n"


def _run(folder: Path, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_sample.py").write_text(text)
    argv = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.strict",
        "-p",
        "no:cacheprovider",
        f"--rootdir={folder}",
        str(folder),
        *arguments,
    ]
    return subprocess.run(argv, cwd=checkout(), capture_output=True, text=True, check=False)


def test_a_run_of_all_tests_is_green(tmp_path: Path) -> None:
    """Would catch a plugin that fails every run."""
    assert _run(tmp_path, GREEN).returncode == 0


@pytest.mark.parametrize(
    ("text", "arguments", "word"),
    [
        (GREEN + SKIPPED, (), "1 skipped"),
        (GREEN + EXPECTED, (), "1 xfailed"),
        (GREEN + "def test_b():\n    pass\n", ("-k", "test_it"), "1 deselected"),
    ],
)
def test_a_run_that_leaves_a_test_out_fails_and_says_so(tmp_path: Path, text: str, arguments: tuple[str, ...], word: str) -> None:
    """Would catch a skipped, deselected or expected failure that passes for green; the summary stays the last line."""
    done = _run(tmp_path, text, *arguments)
    assert done.returncode == 1
    assert f"every test has to run, but {word}" in done.stdout
    assert "1 passed" in done.stdout.strip().splitlines()[-1]
