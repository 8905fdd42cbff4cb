"""A dashboard's grid, in Superset's position format."""

from __future__ import annotations

from typing import Any

from bundle import templates
from bundle.ids import stable_uuid
from bundle.spec import GRID_COLUMNS, Dashboard, Tile

HEADER_HEIGHT = 22
CARDS_A_ROW = 3
LEADER = "Rapport leader"


def position(dashboard: Dashboard) -> dict[str, Any]:
    """Return the position dict: the header strip, then each section's headline and rows."""
    layout: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "parents": ["ROOT_ID"], "children": []},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": dashboard.title}},
    }
    number = 1
    head = Tile("header", header_title(dashboard), "release_header", GRID_COLUMNS, HEADER_HEIGHT)
    _add_row(layout, "ROW-header", [(head, number)], dashboard)
    for index, section in enumerate(dashboard.sections):
        name = f"SECTION-{index}"
        text = f"## {section.title}" + (f"\n{section.lead}" if section.lead else "")
        layout[name] = {
            "type": "MARKDOWN",
            "id": name,
            "parents": ["ROOT_ID", "GRID_ID", f"ROW-{name}"],
            "children": [],
            "meta": {"code": text, "width": GRID_COLUMNS, "height": 10 if section.lead else 6},
        }
        _row(layout, f"ROW-{name}", [name])
        for line in range(0, len(section.cards), CARDS_A_ROW):
            _add_cards(layout, f"{name}-{line}", section.cards[line : line + CARDS_A_ROW])
        for line, row in enumerate(section.rows):
            entries = []
            for tile in row:
                number += 1
                entries.append((tile, number))
            _add_row(layout, f"ROW-{index}-{line}", entries, dashboard)
    if LEADER in dashboard.roles and dashboard.tiles():
        name = "SECTION-decision"
        text = f"[Record a decision on what you see here](/rapport/decisions/?dashboard={dashboard.slug})"
        layout[name] = {
            "type": "MARKDOWN",
            "id": name,
            "parents": ["ROOT_ID", "GRID_ID", f"ROW-{name}"],
            "children": [],
            "meta": {"code": text, "width": GRID_COLUMNS, "height": 6},
        }
        _row(layout, f"ROW-{name}", [name])
    return layout


def header_title(dashboard: Dashboard) -> str:
    """Return the name of the chart that heads a dashboard."""
    return f"{dashboard.title}: what you are looking at"


def chart_uuid(dashboard: Dashboard, title: str) -> str:
    """Return the uuid of the chart `title` on `dashboard`."""
    return stable_uuid("chart", dashboard.slug, title)


def _add_row(layout: dict[str, Any], row: str, entries: list[tuple[Tile, int]], dashboard: Dashboard) -> None:
    names = []
    for tile, number in entries:
        name = f"CHART-{number}"
        names.append(name)
        layout[name] = {
            "type": "CHART",
            "id": name,
            "parents": ["ROOT_ID", "GRID_ID", row],
            "children": [],
            "meta": {
                "chartId": number,
                "uuid": chart_uuid(dashboard, tile.title),
                "sliceName": tile.title,
                **({"sliceNameOverride": tile.short} if tile.short else {}),
                "width": tile.width,
                "height": tile.height,
            },
        }
    _row(layout, row, names)


def _add_cards(layout: dict[str, Any], name: str, cards: tuple[Dashboard, ...]) -> None:
    names = []
    for number, card in enumerate(cards):
        names.append(f"{name}-{number}")
        layout[names[-1]] = {
            "type": "MARKDOWN",
            "id": names[-1],
            "parents": ["ROOT_ID", "GRID_ID", f"ROW-{name}"],
            "children": [],
            "meta": {
                "code": templates.card(card.title, card.slug, card.question, card.readers, card.guide),
                "width": GRID_COLUMNS // CARDS_A_ROW,
                "height": 17 + 5 * max(len(other.guide) for other in cards),
            },
        }
    _row(layout, f"ROW-{name}", names)


def _row(layout: dict[str, Any], row: str, children: list[str]) -> None:
    layout[row] = {
        "type": "ROW",
        "id": row,
        "parents": ["ROOT_ID", "GRID_ID"],
        "children": children,
        "meta": {"background": "BACKGROUND_TRANSPARENT"},
    }
    layout["GRID_ID"]["children"].append(row)
