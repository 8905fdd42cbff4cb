"""Landing: treated pages into `raw_<source>`, exactly once in effect, every version of a record kept."""

from rapport.land.deletions import Gone, Served, ShrinkError, finds_absent
from rapport.land.errors import LandError, guarded
from rapport.land.page import Landed, land_page
from rapport.land.tables import ensure_tables

__all__ = ["Gone", "LandError", "Landed", "Served", "ShrinkError", "ensure_tables", "finds_absent", "guarded", "land_page"]
