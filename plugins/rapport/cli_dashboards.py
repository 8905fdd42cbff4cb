"""`rapport dashboards …`: the dashboards in git and those in Superset."""

from __future__ import annotations

import sys

import click

from rapport.home import Home


@click.group()
def dashboards() -> None:
    """Check the dashboards in git, and bring them to Superset."""


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
