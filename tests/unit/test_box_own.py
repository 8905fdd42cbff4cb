"""Would catch: a company's home that is not its own, or that takes over a folder with somebody's data in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rapport.box import lifecycle, own
from rapport.box.connections import is_own
from rapport.home import Home, HomeError, checkout


def _home(folder: Path) -> Home:
    return Home(path=folder, root=checkout())


def test_a_new_home_is_the_company_s_own_and_says_what_to_do(tmp_path: Path) -> None:
    """Would catch a home that starts the simulated company, leaves a folder for it, or leaves its owner without a next step."""
    home = _home(tmp_path / "acme")
    said = "\n".join(own.init(home))
    assert is_own(home)
    assert (home.path / lifecycle.MARKER).is_file()
    assert (home.path / "inbox").stat().st_mode & 0o777 == 0o700
    lifecycle.claim(home)
    assert not home.sandbox_path.exists()
    for word in (f"export RAPPORT_HOME={home.path}", "rapport connect NAME", "zendesk", "rapport inbox list", "rapport run"):
        assert word in said
    assert own.init(home)


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    """Would catch `rapport init .` in a folder whose content `rapport clean` would one day remove."""
    (tmp_path / "letter.txt").touch()
    with pytest.raises(HomeError, match="is not empty"):
        own.init(_home(tmp_path))


def test_the_home_of_the_simulated_company_is_refused(tmp_path: Path) -> None:
    """Would catch real people read into the demonstration's warehouse."""
    home = _home(tmp_path / "demo")
    lifecycle.claim(home)
    with pytest.raises(HomeError, match="is a home already"):
        own.init(home)
