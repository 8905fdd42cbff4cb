"""`rapport dashboards …`: the dashboards in git and those in Superset."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rapport.home import Home


@click.group()
def dashboards() -> None:
    """Check the dashboards in git, bring them to Superset, and mail what they show."""


@dashboards.command()
def validate() -> None:
    """Check the bundle offline: dashboard, chart, dataset, mart column described and allowed, metric defined, nothing unused."""
    from rapport.box import dashboards as deployed

    said, is_sound = deployed.validate(Home.current())
    print(said)
    if not is_sound:
        sys.exit(1)


@dashboards.command()
def push() -> None:
    """Bring Superset to what git says, and ask every chart as everyone who may see it; what people made themselves stays."""
    from rapport.box import dashboards as deployed

    print(deployed.deploy(Home.current(), "publish"))


@dashboards.command()
@click.argument("what", type=click.Choice(["scorecard", "changes"]))
def mail(what: str) -> None:
    """Mail leaders the printed scorecard, or what changed clearly and was not told before (Airflow does both by itself)."""
    from rapport.box import letters, news

    home = Home.current()
    if letters.post(home) is None:
        print("no mail server is set: `rapport connect mail` keeps its address, sender and to")
        return
    if what == "scorecard":
        print(f"{news.mail_scorecard(home)} mails with the printed scorecard")
    else:
        print(f"{news.mail_changes(home)} changes told")


@dashboards.command(name="print")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("slugs", nargs=-1)
def print_(file: Path, slugs: tuple[str, ...]) -> None:
    """Print dashboards as a leader sees them into one PDF, by default those of the weekly mail."""
    from rapport.box import printing

    file.write_bytes(printing.scorecard(Home.current(), slugs or printing.PAGES))
    print(f"wrote {file}")
