"""Would catch: a README whose commands do not run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from rapport.home import checkout

from tests.whole_box import Box

README = checkout() / "README.md"


def shell_lines() -> list[str]:
    """Return the commands of README's shell blocks, in order."""
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text(), flags=re.DOTALL)
    return [line.split(" #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_the_first_commands_are_the_two_that_a_newcomer_is_promised() -> None:
    """Would catch: a README that grew a step between clone and dashboards."""
    assert shell_lines()[0] == "make demo"
    assert shell_lines()[-1] == "make test"


@pytest.mark.parametrize("line", [line for line in shell_lines() if line.startswith("rapport ")])
def test_a_command_of_the_readme_works_on_the_demonstration(demo: Box, line: str) -> None:
    """Would catch: an option renamed, a metric or a column gone."""
    path = f"{Path(sys.prefix) / 'bin'}:{demo.env['PATH']}"
    done = subprocess.run(["sh", "-c", line], env={**demo.env, "PATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 2


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README.read_text()))
def test_what_the_readme_points_to_is_there(target: str) -> None:
    """Would catch: a link to a page that was moved or never written."""
    assert (checkout() / target).exists()
