"""A home for a company of its own: from the demonstration to real systems."""

from __future__ import annotations

from rapport.box import lifecycle
from rapport.box.connections import OWN
from rapport.declarations import load_sources
from rapport.home import Home, HomeError


def init(home: Home) -> list[str]:
    """Make a home that never meets the simulated company; returns what to do next, line by line. Safe to run again.

    Raises:
        HomeError: the folder holds something else, or a home that was not made for a company.
    """
    marker = home.path / OWN
    if not marker.is_file():
        if (home.path / lifecycle.MARKER).is_file():
            raise HomeError(
                f"{home.path} is a home already, perhaps of the simulated company: take another folder, so that real and simulated people "
                "never meet"
            )
        if home.path.exists() and any(home.path.iterdir()):
            raise HomeError(f"{home.path} is not empty: take a new folder")
        home.dir("run")
        (home.path / lifecycle.MARKER).touch()
        marker.write_text("The home of a company of its own: the simulated company is never read here.\n")
    home.dir("inbox")
    return _next_steps(home)


def _next_steps(home: Home) -> list[str]:
    by_domain: dict[str, list[str]] = {}
    for source in load_sources(home.sources_dir).values():
        if source.connection.id:
            by_domain.setdefault(source.domain, []).append(source.name)
    known = [f"       {domain + ':':<10} {', '.join(names)}" for domain, names in sorted(by_domain.items())]
    return [
        f"{home.path} is the home of your company. Nothing in it is simulated, and the simulated company never gets in.",
        "",
        f"  export RAPPORT_HOME={home.path}",
        "",
        "Then, with any of your systems (the others can wait; tiles that need them say so):",
        "  1. rapport connect NAME           asks for address and credentials. Declared so far:",
        *known,
        "     a system that is not among them: rapport source new DOMAIN NAME, see docs/how-to/add-a-source.md",
        f"     no system at all, but exports: put files into {home.path}/inbox, see `rapport inbox list`",
        "  2. rapport source try NAME        shows a few records as they would land",
        "  3. rapport up && rapport run      reads them, checks and publishes; from then on Airflow keeps the timetable",
        "  4. config/                        your organisation, calendars, surveys and targets: read them once",
    ]
