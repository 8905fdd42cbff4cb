"""`rapport privacy …`, `rapport keys …`: what is held of persons, what a role would see, and the key behind the tokens."""

from __future__ import annotations

import sys

import click

from rapport.home import Home


@click.group()
def privacy() -> None:
    """What is held of persons, where, why and until when; what a role would see."""


@privacy.command()
@click.option("--every-class", is_flag=True, help="Also what is public or internal.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def report(every_class: bool, as_json: bool) -> None:
    """Say of every field and column: its class, where it stands, why, how it is treated, until when.

    Exit code 1: a relation of the warehouse holds a person's key and no erasure reaches it.
    """
    from rapport.rights import holdings

    found = holdings.holdings(Home.current(), every_class=every_class)
    click.echo(holdings.as_json(found) if as_json else "\n".join(holdings.lines(found)))
    if strays := holdings.strays(Home.current()):
        click.echo(f"no erasure reaches {', '.join(strays)}: declare the source, or drop what no model makes any more", err=True)
        sys.exit(1)


@privacy.command()
@click.option("--role", required=True, help="analyst, leader, hr, engineer, steward or another role of config/access.yml.")
@click.argument("sql")
def simulate(role: str, sql: str) -> None:
    """Say what a role would see of a query, and why not; the query is not run. Exit code 1: nothing."""
    from rapport.rights import simulate as simulation

    simulated = simulation.simulate(Home.current(), role, sql)
    click.echo("\n".join(simulation.lines(simulated)))
    if not simulated.is_seen:
        sys.exit(1)


@click.group()
def keys() -> None:
    """The key behind tokens and sealed values."""


@keys.command()
def rotate() -> None:
    """Make a newer key, and every token and sealed value anew with it; loads wait. Ends a rotation that did not end."""
    from rapport.rights.rotation import rotate as bring

    done = bring(Home.current(), log=click.echo)
    left = {place.removeprefix("left: "): rows for place, rows in done.items() if place.startswith("left: ")}
    click.echo(f"{sum(rows for place, rows in done.items() if not place.startswith('left: ')):,} rows made anew")
    for place, rows in sorted(left.items()):
        click.echo(
            f"  {place}: {rows:,} rows keep an older token, whose value nobody kept: `rapport run --full-refresh --source …` reads it anew"
        )
