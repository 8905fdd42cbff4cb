"""Read the declarations of a folder."""

from __future__ import annotations

from pathlib import Path

from rapport.declarations.build import build_source
from rapport.declarations.document import Document
from rapport.declarations.errors import DeclarationError
from rapport.declarations.model import Source

SCHEMA = Path(__file__).with_name("source.schema.json")


def load_source(file: Path) -> Source:
    """Return the source declared in `file`.

    Raises:
        DeclarationError: with file, line and what to write instead.
    """
    document = Document.read(file)
    document.check(SCHEMA)
    source = build_source(document)
    if fault := misplaced(document, source):
        raise fault
    return source


def misplaced(document: Document, source: Source) -> DeclarationError | None:
    """Return what is wrong with the place of a declaration, or None."""
    if document.file.stem == source.name and document.file.parent.name == source.domain:
        return None
    return document.error(("source",), f"must stand in {source.domain}/{source.name}.yml, after its domain and name")


def load_sources(folder: Path) -> dict[str, Source]:
    """Return the sources declared in `<folder>/<domain>/<source>.yml`, by name, in order of name.

    Raises:
        DeclarationError: a file is wrong, or two files declare the same source.
    """
    sources: dict[str, Source] = {}
    for file in sorted(folder.glob("*/*.yml")):
        source = load_source(file)
        if source.name in sources:
            raise DeclarationError(file, 1, "source", f"{source.name} is also declared in {sources[source.name].file}")
        sources[source.name] = source
    return dict(sorted(sources.items()))
