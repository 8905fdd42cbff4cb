"""`rapport subject …`: what is held of a person, in a file, and gone. Identifiers are read and never printed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from rapport.home import Home


@click.group()
def subject() -> None:
    """Find, export and erase what is held of a person. `-` as a value reads it from the terminal or standard input."""


def _named(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name a person."""
    for option in (
        click.option("--all", "may_be_several", is_flag=True, help="Several persons share an identifier, and all are meant."),
        click.option("--employee", is_flag=True, help="An employee, not a customer."),
        click.option("--name", "names", multiple=True, help="A name; nobody is found by it, but it is forgotten and looked for."),
        click.option("--id", "ids", multiple=True, help="Id of a record: SOURCE:ID or SOURCE.STREAM:ID."),
        click.option("--phone", "phones", multiple=True, help="Telephone number, with its country code."),
        click.option("--email", "emails", multiple=True, help="E-mail address."),
    ):
        command = option(command)
    return command


@subject.command()
@_named
def find(may_be_several: bool, **named: Any) -> None:
    """Say where a person's records are, and how many."""
    from rapport.privacy import Keyring
    from rapport.rights.erase import connect, finder_of

    home = Home.current()
    with connect(home) as conn:
        found = finder_of(home, conn, Keyring.from_home(home)).find(_subject(named), may_be_several=may_be_several)
    for (source, stream), names in sorted(found.records.items()):
        if names:
            click.echo(f"{source}.{stream:<34} {len(names):>7,} records")
    shared = f", {len(found.shared)} more shared with others" if found.shared else ""
    click.echo(f"{found.count:,} records, {len(found.persons)} person(s), {len(found.tokens)} identifiers of their own{shared}")


@subject.command()
@_named
@click.option("--purpose", required=True, help="Why; it is kept in the access log.")
@click.option("--to", "folder", type=click.Path(path_type=Path), default=Path(), help="Folder for the files, default here.")
def export(purpose: str, folder: Path, may_be_several: bool, **named: Any) -> None:
    """Write everything that is held of a person into a file for them (mode 0600)."""
    from rapport.rights.export import export as write
    from rapport.rights.requests import login

    for file in write(Home.current(), _subject(named), who=login(), purpose=purpose, folder=folder, may_be_several=may_be_several):
        click.echo(f"wrote {file}")


@subject.command()
@_named
@click.option("--purpose", required=True, help="Why; it is kept in the access log.")
def erase(purpose: str, may_be_several: bool, **named: Any) -> None:
    """Ask for a person to be erased; somebody else has to approve it."""
    from rapport.privacy import Keyring
    from rapport.rights import requests
    from rapport.rights.erase import connect, finder_of

    home, wanted = Home.current(), _subject(named)
    keyring = Keyring.from_home(home)
    with connect(home) as conn:
        found = finder_of(home, conn, keyring).find(wanted, may_be_several=may_be_several)
        request = requests.ask(conn, keyring, wanted, who=requests.login(), purpose=purpose)
    click.echo(f"{request}: {found.count:,} records would go. Somebody else now runs `rapport subject approve {request}`,")
    click.echo(f"or the DAG erase_subject with the parameter request={request}")


@subject.command()
@click.argument("request")
@click.option("--all", "may_be_several", is_flag=True, help="Several persons share an identifier, and all are meant.")
def approve(request: str, may_be_several: bool) -> None:
    """Approve a request that somebody else made, and carry it out."""
    from rapport.rights import requests
    from rapport.rights.erase import connect

    home = Home.current()
    with connect(home) as conn:
        requests.approve(conn, request, who=requests.login())
    _carry_out(home, request, may_be_several)


@subject.command()
@click.argument("request")
@click.option("--all", "may_be_several", is_flag=True, help="Several persons share an identifier, and all are meant.")
def resume(request: str, may_be_several: bool) -> None:
    """Carry out again an approved request that failed."""
    _carry_out(Home.current(), request, may_be_several)


@subject.command(name="requests")
def list_requests() -> None:
    """List the requests for erasure."""
    from rapport.rights.erase import connect

    with connect(Home.current()) as conn:
        rows = conn.execute(
            "select request_id, state, requester, coalesce(approver, '-'), to_char(requested_at, 'YYYY-MM-DD HH24:MI')"
            " from ops.erasure_request order by requested_at"
        ).fetchall()
    for row in rows:
        click.echo("  ".join(str(part).ljust(14) for part in row).rstrip())
    if not rows:
        click.echo("nobody has asked to be erased")


@subject.command()
def replay() -> None:
    """After a backup was restored: take out again who was erased since it was made."""
    from rapport.rights.erase import replay as again

    removed = again(Home.current(), log=_say)
    click.echo(f"{sum(removed.values()):,} rows taken out again")


@subject.command()
def retain() -> None:
    """Remove what has been kept long enough (config/retention.yml), as the DAG apply_retention does every day."""
    from rapport.rights.retention import apply

    removed = apply(Home.current(), log=_say)
    click.echo(f"{sum(removed.values()):,} rows removed")


@subject.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
def verify(file: Path) -> None:
    """Say whether a report of an erasure is as it was written."""
    from rapport.privacy import Keyring
    from rapport.rights.proof import is_genuine

    genuine = is_genuine(Keyring.from_home(Home.current()), file)
    click.echo("genuine" if genuine else "changed, or written with another key")
    sys.exit(0 if genuine else 1)


def _carry_out(home: Home, request: str, may_be_several: bool) -> None:
    from rapport.rights.erase import erase as carry_out

    done = carry_out(home, request, may_be_several=may_be_several, log=_say)
    click.echo(
        f"{request}: before, traces in {len(done.found)} places; now in {len(done.left)} ({done.seconds:.0f} s). Report: {done.report}"
    )
    for place, rows in sorted(done.left.items()):
        click.echo(f"  left: {place} ({rows})")
    if done.left:
        sys.exit(1)


def _subject(named: dict[str, Any]) -> Any:
    from rapport.privacy.keyring import CUSTOMER, EMPLOYEE
    from rapport.rights.subject import Subject

    read = {part: tuple(_value(part, value) for value in named[part]) for part in ("emails", "phones", "ids", "names")}
    return Subject(EMPLOYEE if named["employee"] else CUSTOMER, **read)


def _value(part: str, value: str) -> str:
    if value != "-":
        return value
    return str(click.prompt(part[:-1], hide_input=True)) if sys.stdin.isatty() else sys.stdin.readline().strip()


def _say(text: str) -> None:
    click.echo(text)
    sys.stdout.flush()
