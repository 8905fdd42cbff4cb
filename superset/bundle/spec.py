"""Read the dashboard specifications: `dashboards/*.yml` and `datasets/`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
GRID_COLUMNS = 12


class SpecError(ValueError):
    """A specification cannot become a dashboard; the message names the file and the place."""


@dataclass(frozen=True)
class Dataset:
    """A query that charts read.

    Attributes:
        name: file name without `.sql`.
        schema: the warehouse schema it reads.
        sql: its text.
        description: the file's first comment.
        columns: Superset type by column name, in the query's order.
        live: asked anew each time, because it changes between releases.
    """

    name: str
    schema: str
    sql: str
    description: str
    columns: dict[str, str]
    live: bool


@dataclass(frozen=True)
class Tile:
    """One chart of a dashboard.

    Attributes:
        kind: a key of `charts.KINDS`.
        title: its name, unique on the dashboard.
        short: what a reader sees above it, where the section says the rest.
        dataset: the query it reads.
        width: grid columns, 1 to 12.
        height: rows of 8 pixels.
        where: column -> value (a plain value, or true for "is true").
        options: what else the kind understands.
        empty: what to say in its place while it has no row.
        domain: whose systems it lives on, where that is not the dashboard's.
    """

    kind: str
    title: str
    dataset: str
    width: int
    height: int
    where: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    empty: str = "No data yet."
    short: str = ""
    domain: str | None = None


@dataclass(frozen=True)
class Section:
    """A headline with a sentence, and rows of tiles."""

    title: str
    lead: str
    rows: tuple[tuple[Tile, ...], ...]


@dataclass(frozen=True)
class Dashboard:
    """One dashboard: for whom, which question, what it cannot tell, and the domain whose systems it lives on (None: any)."""

    slug: str
    title: str
    question: str
    connection: str
    roles: tuple[str, ...]
    limits: tuple[str, ...]
    sections: tuple[Section, ...]
    domain: str | None = None

    def tiles(self) -> list[Tile]:
        """Return every tile, in reading order."""
        return [tile for section in self.sections for row in section.rows for tile in row]


DEFAULTS: dict[str, dict[str, Any]] = {
    "kpi": {"dataset": "metric_reading", "height": 31},
    "trend": {"dataset": "metric_reading", "height": 32},
    "intervals": {"dataset": "metric_reading", "height": 32},
    "bars": {"height": 36},
    "table": {"height": 40},
    "stack": {"height": 36},
    "columns": {"height": 32},
    "facts": {"height": 24},
}


def load_datasets(folder: Path = ROOT / "datasets") -> dict[str, Dataset]:
    """Return every dataset by name; a query without declared columns, or the reverse, is an error."""
    declared = yaml.safe_load((folder / "datasets.yml").read_text())
    files = {file.stem: file.read_text() for file in sorted(folder.glob("*.sql"))}
    if unmatched := set(declared) ^ set(files):
        raise SpecError(f"datasets.yml and the .sql files differ: {', '.join(sorted(unmatched))}")
    return {
        name: Dataset(
            name=name,
            schema=declared[name]["schema"],
            sql=sql,
            description=sql.splitlines()[0].removeprefix("-- "),
            columns=dict(declared[name]["columns"]),
            live=bool(declared[name].get("live", False)),
        )
        for name, sql in files.items()
    }


def load_dashboards(folder: Path = ROOT / "dashboards") -> list[Dashboard]:
    """Return the dashboards in the order of their files."""
    return [_dashboard(file) for file in sorted(folder.glob("*.yml"))]


def _dashboard(file: Path) -> Dashboard:
    content = yaml.safe_load(file.read_text())
    try:
        return Dashboard(
            slug=content["slug"],
            title=content["title"],
            question=content["question"],
            connection=content["connection"],
            roles=tuple(content["roles"]),
            limits=tuple(content["cannot_tell"]),
            sections=tuple(_section(section, file) for section in content["sections"]),
            domain=content.get("domain"),
        )
    except KeyError as error:
        raise SpecError(f"{file.name}: {error.args[0]!r} is missing") from None


def _section(content: dict[str, Any], file: Path) -> Section:
    rows = []
    for row in content["rows"]:
        tiles = tuple(_tile(tile, file) for tile in row)
        if (width := sum(tile.width for tile in tiles)) > GRID_COLUMNS:
            raise SpecError(f"{file.name}: the row of {tiles[0].title!r} is {width} columns wide; a row has {GRID_COLUMNS}")
        rows.append(tiles)
    return Section(title=content["title"], lead=content.get("lead", ""), rows=tuple(rows))


def _tile(content: dict[str, Any], file: Path) -> Tile:
    content = dict(content)
    kind = content.pop("kind", None)
    if kind not in DEFAULTS:
        raise SpecError(f"{file.name}: a tile's kind is one of {', '.join(DEFAULTS)}, not {kind!r}")
    merged = {**DEFAULTS[kind], **content}
    where = dict(merged.pop("where", {}))
    if "metric" in merged:
        where["metric"] = merged.pop("metric")
    known = {key: merged.pop(key) for key in ("title", "short", "dataset", "width", "height", "empty", "domain") if key in merged}
    return Tile(kind=kind, where=where, options=merged, **known)
