"""The page `docs/reference/dashboards.md`: which dashboard for which question, from the dashboards' own specifications."""

from __future__ import annotations

from pathlib import Path

from bundle.spec import ROOT, Dashboard, load_dashboards

PAGE = ROOT.parent / "docs" / "reference" / "dashboards.md"
IMAGES = ROOT.parent / "docs" / "images"


def page(dashboards: list[Dashboard] | None = None) -> str:
    """Return the page's text; `python -m bundle` writes it."""
    described = [dashboard for dashboard in dashboards or load_dashboards() if dashboard.guide]
    lines = [
        "# Which dashboard for which question",
        "",
        "Made by `python -m bundle` in `superset/`, from `superset/dashboards/*.yml`. In Superset, *Start here* shows the same with links.",
        "",
        "| you ask | open | for |",
        "|---|---|---|",
    ]
    for dashboard in described:
        lines += [
            f"| {question} | [{dashboard.title}](#{_anchor(dashboard.title)}) | {dashboard.readers} |" for question in dashboard.guide
        ]
    for dashboard in described:
        lines += [
            "",
            f"## {dashboard.title}",
            "",
            f"{dashboard.question} `/superset/dashboard/{dashboard.slug}/`, for {dashboard.readers}. Answered for by: {dashboard.owner}.",
        ]
        if (IMAGES / f"{dashboard.slug}.png").is_file():
            lines += ["", f"![{dashboard.title} of the simulated company](../images/{dashboard.slug}.png)"]
        lines += ["", "Sections: " + "; ".join(section.title for section in dashboard.sections) + ".", "", "What it cannot tell:", ""]
        lines += [f"- {limit}" for limit in dashboard.limits]
    return "\n".join(lines) + "\n"


def write(file: Path = PAGE) -> None:
    """Write the page."""
    file.write_text(page())


def _anchor(title: str) -> str:
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")
