"""`rapport source …`, `rapport connect`, `rapport init`: from a system nobody here has seen to its rows in the warehouse."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from rapport.home import Home

DOMAINS = click.Choice(["crm", "support", "survey", "website", "hr", "social", "training", "finance", "partner", "governance"])
PROTOCOLS = click.Choice(["rest", "soql", "export_job", "jsonrpc", "sql", "files"])


@click.group()
def source() -> None:
    """Declare source systems: scaffold, check, try."""


@source.command(name="list")
def list_sources() -> None:
    """List the declared sources, and what those that are not in use lack."""
    from rapport.declarations import load_sources, sources_left_out

    home = Home.current()
    left_out = sources_left_out(home)
    for name, declared in load_sources(home.sources_dir).items():
        state = f"not in use: {left_out[name]}" if name in left_out else f"in use, {len(declared.streams)} streams"
        click.echo(f"{name:<20} {declared.domain:<9} {declared.connection.protocol:<11} {state}")


@source.command()
@click.argument("domain", type=DOMAINS)
@click.argument("name")
@click.option("--protocol", type=PROTOCOLS, default="rest", show_default=True)
@click.option("--stream", help="The first stream.  [default: the entity]")
@click.option("--entity", help="What its records are here.  [default: by the domain]")
def new(domain: str, name: str, protocol: str, stream: str | None, entity: str | None) -> None:
    """Write the files of a new source: declaration, staging model, its description and its test."""
    from rapport.authoring import scaffold

    home = Home.current()
    entity = entity or scaffold.ENTITY_OF[domain]
    written = scaffold.scaffold(home, scaffold.Wanted(domain, name, protocol, stream or entity, entity))
    for file in written:
        click.echo(f"wrote {_short(file)}")
    for step in (
        f"\nNext:\n  1. say in {_short(written[0])} how the system is asked (docs/reference/source-declaration.md)",
        f"  2. rapport connect {name}",
        f"  3. rapport source try {name} --stream {stream or entity} --write   proposes its fields; judge each",
        f"  4. fill {_short(written[2])}",
        f"  5. rapport source check {name} && rapport run --source {name}",
    ):
        click.echo(step)


@source.command()
@click.argument("names", nargs=-1)
@click.option("--strict", is_flag=True, help="Fail on what is only likely to be a mistake, too.")
def check(names: tuple[str, ...], strict: bool) -> None:
    """Check declarations offline; names or files, by default all."""
    from rapport.authoring.check import check as check_file

    home = Home.current()
    files = [_file(home, name) for name in names] or sorted(home.sources_dir.glob("*/*.yml"))
    failed = False
    for file in files:
        findings = check_file(home, file)
        for finding in findings:
            click.echo(str(finding))
        failed = failed or any(finding.is_error or strict for finding in findings)
        if not findings:
            click.echo(f"{_short(file)}: ok")
    sys.exit(1 if failed else 0)


@source.command(name="try")
@click.argument("name")
@click.option("--stream", "stream_name", help="Which stream.  [default: the first]")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--write", is_flag=True, help="Write the proposed fields into the declaration.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with whole rows.")
def try_source(name: str, stream_name: str | None, limit: int, write: bool, as_json: bool) -> None:
    """Read a few records and show them as they would land; lands nothing."""
    from rapport.authoring.insert import insert
    from rapport.authoring.preview import preview
    from rapport.declarations import load_source

    home = Home.current()
    declared = load_source(_file(home, name))
    stream_name = stream_name or next(iter(declared.streams))
    if stream_name not in declared.streams:
        raise click.UsageError(f"{name} declares no stream {stream_name}; it has: {', '.join(declared.streams)}")
    connection = home.connection(declared.connection.id) if declared.connection.id else None
    found = preview(
        home,
        declared,
        declared.streams[stream_name],
        limit,
        connection=connection,
        log=lambda line: click.echo(f"  {line}", err=True),
    )
    if write and found.proposals:
        insert(declared.file, stream_name, found.proposals)
    if as_json:
        aside = [{"field": field, "reason": reason, "rows": rows} for (field, reason), rows in found.set_aside.items()]
        proposed = [{"field": one.name, "declaration": one.said, "reason": one.reason} for one in found.proposals]
        body = {"rows": found.rows, "fetched": found.fetched, "quarantined": aside, "proposals": proposed, "notes": found.notes}
        print(json.dumps(body, default=str, ensure_ascii=False))
        return
    _show(found, declared.file if write else None)


def _show(found: Any, written: Path | None) -> None:
    """Print a preview: a line a column, then what would not land."""
    click.echo(f"{len(found.rows)} of {found.fetched} records read, as they would land:")
    columns = list(found.rows[0]) if found.rows else []
    width = max(map(len, columns), default=0)
    for column in columns:
        values = [row[column] for row in found.rows if row[column] is not None]
        examples = "  ".join(dict.fromkeys(_cut(value) for value in values[:3]))
        click.echo(f"  {column:<{width}}  {len(values):>4} filled  {examples}")
    for (field, reason), rows in sorted(found.set_aside.items()):
        click.echo(f"quarantined whole: {rows} records: {field}: {reason}")
    if found.proposals:
        where = f"written into {_short(written)}; judge each" if written else "add them under `fields:`, or let --write do it; judge each"
        click.echo(f"\nFields nobody has declared would be quarantined. Proposed ({where}):")
        for proposal in found.proposals:
            click.echo(f"      {proposal.line}   # {proposal.reason}")
    for note in found.notes:
        click.echo(f"note: {note}")


@click.command()
@click.argument("name")
@click.option("--host", help="Address of the system, e.g. https://acme.zendesk.com; of files: the folder or bucket.")
@click.option("--login", default="", help="User name, if it needs one.")
@click.option("--password-stdin", is_flag=True, help="Read the secret from standard input instead of asking.")
@click.option("--extra", multiple=True, metavar="KEY=VALUE", help="What else the declaration asks for; may be repeated.")
def connect(name: str, host: str | None, login: str, password_stdin: bool, extra: tuple[str, ...]) -> None:
    """Keep host and credentials of a source system, in a file only this account can read."""
    from rapport.box import connections

    home = Home.current()
    host = host or click.prompt("Address")
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Secret (empty for none)", default="", hide_input=True, show_default=False)
    if wrong := [item for item in extra if "=" not in item]:
        raise click.UsageError(f"write --extra KEY=VALUE, not {wrong[0].partition('=')[0]}")
    body = {"host": host, "login": login, "password": password, "extra": dict(item.split("=", 1) for item in extra)}
    connections.connect(home, name, body)
    click.echo(f"kept the connection {name}. Next: rapport source try {name}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """Make a home for your own company, which never meets the simulated one."""
    from rapport.box import own

    home = Home(path=folder.resolve(), root=Home.current().root)
    for line in own.init(home):
        click.echo(line)


def _file(home: Home, name: str) -> Path:
    """Return the declaration of a source, given by name or by path."""
    if name.endswith(".yml"):
        return Path(name)
    found = sorted(home.sources_dir.glob(f"*/{name}.yml"))
    if not found:
        raise click.UsageError(f"no source {name} is declared in {home.sources_dir}: `rapport source list` shows what is")
    return found[0]


def _short(file: Path | None) -> str:
    file = Path(file or "")
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else str(file)


def _cut(value: Any) -> str:
    text = (f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)).replace("\n", " ")
    return text if len(text) <= 36 else f"{text[:35]}…"
