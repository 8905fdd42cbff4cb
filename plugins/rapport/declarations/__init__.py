"""Source declarations: `sources/<domain>/<source>.yml` as frozen, validated objects."""

from rapport.declarations.errors import DeclarationError
from rapport.declarations.in_use import sources_in_use, sources_left_out
from rapport.declarations.load import load_source, load_sources
from rapport.declarations.model import Connection, Cursor, Deleted, DomainRule, Field, Pick, Source, Stream

__all__ = [
    "Connection",
    "Cursor",
    "DeclarationError",
    "Deleted",
    "DomainRule",
    "Field",
    "Pick",
    "Source",
    "Stream",
    "load_source",
    "load_sources",
    "sources_in_use",
    "sources_left_out",
]
