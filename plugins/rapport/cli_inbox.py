"""`rapport inbox …`: for a company that starts from exports."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from rapport.home import Home

_SHOWN = 20  # faults of one file that are printed


@click.group()
def inbox() -> None:
    """Files instead of connectors: what they hold, examples, a check before they are read."""


@inbox.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_layouts(as_json: bool) -> None:
    """List the folders of the inbox and the files in them."""
    from rapport.authoring.inbox import layouts

    home = Home.current()
    found: list[dict[str, Any]] = [
        {
            "entity": entity,
            "domain": layout.source.domain,
            "folder": str(home.path / "inbox" / entity),
            "holds": layout.stream.description,
            "files": sum(1 for file in (home.path / "inbox" / entity).glob("*") if file.is_file() and file.suffix != ".example"),
        }
        for entity, layout in layouts(home).items()
    ]
    if as_json:
        print(json.dumps(found))
        return
    click.echo(f"{home.path / 'inbox'}/")
    for one in found:
        click.echo(f"  {one['entity'] + '/':<19} {one['files']:>3} files  {one['domain']:<9} {one['holds']}")


@inbox.command()
@click.argument("entity")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, one a column.")
def describe(entity: str, as_json: bool) -> None:
    """Print the columns of a file: meaning, type, privacy class, example."""
    from rapport.authoring import inbox as described

    layout = described.layout(Home.current(), entity)
    if as_json:
        print(json.dumps(layout.columns()))
        return
    for line in described.lines(layout):
        click.echo(line)


@inbox.command()
@click.argument("entity")
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True)
@click.option("--stdout", is_flag=True, help="Print it instead.")
def template(entity: str, form: str, stdout: bool) -> None:
    """Write an example file into the folder of an entity; files named .example are not read."""
    from rapport.authoring import inbox as described

    home = Home.current()
    content = described.template(described.layout(home, entity), form)
    if stdout:
        click.echo(content, nl=False)
        return
    file = home.dir("inbox") / entity / f"{entity}.{form}.example"
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.write_text(content)
    click.echo(f"wrote {file}")


@inbox.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--entity", help="What the files hold, where their folder does not say.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, one a file.")
def check(files: tuple[Path, ...], entity: str | None, as_json: bool) -> None:
    """Say what of the files would land and what would be refused; lands nothing."""
    from rapport.authoring.inbox_check import check as check_files

    checked = check_files(Home.current(), files, entity)
    if as_json:
        print(json.dumps([asdict(one) for one in checked]))
    else:
        for one in checked:
            aside = sum(1 for fault in one.faults if fault.line is not None)
            click.echo(f"{one.name}: {one.rows:,} rows would land{f', {aside:,} would not' if aside else ''}")
            for fault in one.faults[:_SHOWN]:
                place = "the whole file" if fault.line is None else f"line {fault.line}, {fault.column}"
                click.echo(f"  {place}: {fault.reason}")
            if len(one.faults) > _SHOWN:
                click.echo(f"  and {len(one.faults) - _SHOWN:,} more")
        if not checked:
            click.echo("no file lies in the inbox: `rapport inbox list` shows its folders")
    sys.exit(1 if any(one.faults for one in checked) else 0)
