"""`rapport user …`: accounts of real people, in Superset and Airflow alike."""

from __future__ import annotations

import json

import click

from rapport.home import Home

ROLE = click.Choice(["analyst", "leader", "hr", "engineer", "steward", "representative"])


@click.group()
def user() -> None:
    """Accounts of people. Each has one role; what it may see is in config/access.yml."""


@user.command()
@click.argument("name")
@click.option("--role", type=ROLE, required=True, help="What they may see.")
def add(name: str, role: str) -> None:
    """Make an account and print its first password, which has to be changed at the first login to Superset.

    Of an account that exists: give it the role, and a first password again.
    """
    from rapport.box import people, services
    from rapport.rights.requests import login

    home = Home.current()
    password = people.add(home, name, role, by=login())
    click.echo(f"{name} is {role}. First password, shown once: {password}")
    click.echo(f"It opens the page to choose another at {services.address(home, services.SUPERSET)}, and nothing else;")
    click.echo("the one they choose counts in Airflow too, if the role has business there (engineer, steward)")


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Shut an account everywhere, open pages included."""
    from rapport.box import people
    from rapport.rights.requests import login

    people.disable(Home.current(), name, by=login())
    click.echo(f"{name} is disabled")


@user.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_users(as_json: bool) -> None:
    """List accounts with role, state and who added them."""
    from rapport.box import people

    found = people.listed(Home.current())
    if as_json:
        print(json.dumps(found))
        return
    for one in found:
        click.echo(f"{one['name']:<20} {one['role']:<15} {one['state']:<15} airflow: {one['airflow']:<6} added by {one['added_by']}")
    if not found:
        click.echo("no accounts but those of the roles: `rapport user add NAME --role ROLE`")
