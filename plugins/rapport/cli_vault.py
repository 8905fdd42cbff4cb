"""`rapport vault …`: look behind a token, and see who did."""

from __future__ import annotations

import json

import click

from rapport.home import Home


@click.group()
def vault() -> None:
    """The value behind a token, for a steward who says why; and the log of who looked."""


@vault.command()
@click.argument("token")
@click.option("--purpose", required=True, help="Why, in ten letters or more; employee representatives can read it, so write nobody's name.")
def reveal(token: str, purpose: str) -> None:
    """Print the value behind one token. Logged, at most 20 an hour, only by an account that `rapport user add --role steward` made."""
    from rapport.rights.requests import login
    from rapport.rights.vault import reveal as open_one

    click.echo(open_one(Home.current(), token, who=login(), purpose=purpose))


@vault.command()
@click.option("--newest", type=click.IntRange(1), default=100, show_default=True, help="How many rows.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def log(newest: int, as_json: bool) -> None:
    """Print who looked into the vault, at what kind of value, why, and whether it was shown."""
    from rapport.rights.vault import access_log

    rows = access_log(Home.current(), newest=newest)
    if as_json:
        print(json.dumps(rows))
        return
    for row in rows:
        click.echo(f"{row['at']}  {row['who']:<24} {row['about'] or '-':<16} {row['outcome']:<28} {row['purpose']}")
    if not rows:
        click.echo("nobody has looked")
