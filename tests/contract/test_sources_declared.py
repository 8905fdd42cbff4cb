"""Would catch: a declaration that came in with a likely mistake, and a page of the sources that says something else than they do."""

from __future__ import annotations

from pathlib import Path

import pytest
from rapport.authoring.check import check
from rapport.authoring.pages import sources_page
from rapport.declarations import load_sources
from rapport.declarations.reach import unreached
from rapport.home import Home, checkout

FILES = sorted([*(checkout() / "sources").glob("*/*.yml"), *(checkout() / "examples").glob("exports/*/*.yml")])
PAGE = checkout() / "docs" / "reference" / "sources.md"


@pytest.mark.parametrize("file", FILES, ids=[f"{file.parts[-3]}-{file.stem}" for file in FILES])
def test_a_declaration_that_comes_along_has_nothing_to_be_told(tmp_path: Path, file: Path) -> None:
    """Would catch a personal field in the clear, a stream without key or clock, a deletion nobody follows, a feed without its model."""
    assert [str(finding) for finding in check(Home(path=tmp_path, root=checkout()), file)] == []


def test_the_page_of_the_sources_is_that_of_the_declarations() -> None:
    """Would catch a page that was not made anew: `rapport docs`."""
    assert PAGE.read_text() == sources_page(load_sources(checkout() / "sources"))


@pytest.mark.parametrize("folder", ["sources", "examples/exports"])
def test_an_erasure_reaches_every_stream(folder: str) -> None:
    """Would catch a stream whose records no request for erasure finds, and a link between two sources that leads nowhere."""
    assert unreached(load_sources(checkout() / folder)) == []
