"""Landing: treated pages into `raw_<source>`, exactly once in effect, every version of a record kept."""

from rapport.land.errors import LandError, guarded
from rapport.land.page import Landed, land_page
from rapport.land.tables import ensure_tables

__all__ = ["LandError", "Landed", "ensure_tables", "guarded", "land_page"]
