"""Read the dashboard specifications: `dashboards/*.yml` and `datasets/`."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
CHECKOUT = ROOT.parent
if str(CHECKOUT / "plugins") not in sys.path:
    sys.path.append(str(CHECKOUT / "plugins"))

from rapport.estimators import macro  # noqa: E402

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
        explored_by: connections whose people make charts of their own over it; it has measures (`bundle.measures`).
    """

    name: str
    schema: str
    sql: str
    description: str
    columns: dict[str, str]
    live: bool
    explored_by: tuple[str, ...] = ()


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
    """A headline with a sentence, and rows of tiles; or of cards that lead to other dashboards."""

    title: str
    lead: str
    rows: tuple[tuple[Tile, ...], ...]
    cards: tuple[Dashboard, ...] = ()


@dataclass(frozen=True)
class Dashboard:
    """One dashboard.

    Attributes:
        slug: its address.
        title: its name.
        question: what it answers.
        owner: who answers for it.
        connection: the audience whose rights its charts have.
        roles: who may open it.
        limits: what it cannot tell.
        guide: questions that lead to it, for the page where readers start.
        domain: whose systems it lives on (None: any).
    """

    slug: str
    title: str
    question: str
    owner: str
    connection: str
    roles: tuple[str, ...]
    limits: tuple[str, ...]
    sections: tuple[Section, ...]
    guide: tuple[str, ...] = ()
    domain: str | None = None

    @property
    def readers(self) -> str:
        """Who may open it, in words."""
        return ", ".join(_READERS[role] for role in self.roles)

    def tiles(self) -> list[Tile]:
        """Return every tile, in reading order."""
        return [tile for section in self.sections for row in section.rows for tile in row]


_READERS = {
    "Rapport leader": "leaders",
    "Rapport analyst": "analysts",
    "Rapport engineer": "engineers",
    "Rapport hr": "HR partners",
    "Rapport steward": "privacy stewards",
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "kpi": {"dataset": "metric_reading", "height": 31},
    "trend": {"dataset": "metric_reading", "height": 32},
    "intervals": {"dataset": "metric_reading", "height": 32},
    "bars": {"height": 36},
    "table": {"height": 40},
    "stack": {"height": 36},
    "columns": {"height": 32},
    "facts": {"height": 24},
    "readings": {"height": 40},
    "matrix": {"height": 40},
    "pairs": {"height": 36},
    "scatter": {"height": 48},
    "curve": {"height": 48},
    "walk": {"height": 40},
}


def load_datasets(folder: Path = ROOT / "datasets") -> dict[str, Dataset]:
    """Return every dataset by name; a query without declared columns, or the reverse, is an error."""
    content = yaml.safe_load((folder / "datasets.yml").read_text())
    declared = {name: entry for name, entry in content.items() if name != "_shapes"}
    files = {file.stem: file.read_text() for file in sorted(folder.glob("*.sql"))}
    if unmatched := set(declared) ^ set(files):
        raise SpecError(f"datasets.yml and the .sql files differ: {', '.join(sorted(unmatched))}")
    return {
        name: Dataset(
            name=name,
            schema=declared[name]["schema"],
            sql=_included(name, sql, files),
            description=sql.splitlines()[0].removeprefix("-- "),
            columns=dict(declared[name]["columns"]),
            live=bool(declared[name].get("live", False)),
            explored_by=tuple(declared[name].get("explored_by", ())),
        )
        for name, sql in files.items()
    }


def _included(name: str, sql: str, files: dict[str, str]) -> str:
    """Put in the datasets that a query reads as `{{ other }}`, and the project's macros (`{% macro argument … %}`): each stands once."""

    def subquery(match: re.Match[str]) -> str:
        if match[1] not in files:
            raise SpecError(f"{name}.sql reads the dataset {match[1]}, which does not exist")
        return f"(\n{files[match[1]]})"

    whole = re.sub(r"\{\{ (\w+) \}\}", subquery, sql)
    return re.sub(r"\{% (\w+) ([^%]+) %\}", lambda found: str(macro(CHECKOUT, found[1], *found[2].split())), whole)


def load_dashboards(folder: Path = ROOT / "dashboards") -> list[Dashboard]:
    """Return the dashboards in the order of their files; one that says `start` has a card for each of the others."""
    files = sorted(folder.glob("*.yml"))
    loaded = [_dashboard(file) for file in files]
    starts = [bool(yaml.safe_load(file.read_text()).get("start")) for file in files]
    others = tuple(dashboard for dashboard, start in zip(loaded, starts, strict=True) if not start)
    return [_with_cards(dashboard, others) if start else dashboard for dashboard, start in zip(loaded, starts, strict=True)]


def _with_cards(dashboard: Dashboard, others: tuple[Dashboard, ...]) -> Dashboard:
    first, *rest = dashboard.sections
    return replace(dashboard, sections=(replace(first, cards=others), *rest))


def _dashboard(file: Path) -> Dashboard:
    content = yaml.safe_load(file.read_text())
    try:
        return Dashboard(
            slug=content["slug"],
            title=content["title"],
            question=content["question"],
            owner=content["owner"],
            connection=content["connection"],
            roles=tuple(content["roles"]),
            limits=tuple(content["cannot_tell"]),
            sections=tuple(_section(section, file) for section in content["sections"]),
            guide=tuple(content.get("guide", ())),
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
