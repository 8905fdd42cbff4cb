"""`rapport governance …`: what leaders supply by spreadsheet."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from rapport.home import Home

KIND = click.Choice(["promises", "fivew", "targets", "decisions", "actions", "forecasts"])


@click.group()
def governance() -> None:
    """Promises, 5W answers, targets, decisions, actions and forecasts from a spreadsheet; every version is kept.

    For the same row, what is uploaded counts over what stands in config/ from its day on.
    """


@governance.command()
@click.argument("kind", type=KIND)
@click.argument("file", type=click.Path(path_type=Path), required=False)
def template(kind: str, file: Path | None) -> None:
    """Write a sheet to fill in (.xlsx or .csv), by default KIND.xlsx here."""
    from rapport.authoring import governance as sheets

    written = file or Path(f"{kind}.xlsx")
    sheets.template(Home.current(), kind, written)
    click.echo(f"wrote {written}: take out the example row before you fill it in")


@governance.command()
@click.argument("kind", type=KIND)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "role", required=True, help="Role of whoever supplies it, such as cx_lead.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def upload(kind: str, file: Path, role: str, as_json: bool) -> None:
    """Check a sheet row by row; keep it if all of it is right. The next run reads it."""
    from rapport.authoring import governance as sheets

    done = sheets.upload(Home.current(), kind, file, role)
    if as_json:
        faults = [{"row": fault.row, "column": fault.column, "reason": fault.reason} for fault in done.faults]
        print(json.dumps({"rows": done.rows, "file": str(done.file) if done.file else None, "faults": faults}))
    elif done.file is None:
        click.echo(f"{file.name}: nothing was kept")
        for fault in done.faults:
            place = "the sheet" if fault.row is None else f"row {fault.row}{', ' + fault.column if fault.column else ''}"
            click.echo(f"  {place}: {fault.reason}")
    else:
        click.echo(f"{file.name}: {done.rows:,} rows kept as {done.file.name}; the next `rapport run` reads them")
    sys.exit(1 if done.file is None else 0)


@governance.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def list_uploads(as_json: bool) -> None:
    """List what was uploaded, by whom and when."""
    from rapport.authoring import governance as sheets

    found = sheets.uploads(Home.current())
    if as_json:
        print(json.dumps(found))
        return
    for one in found:
        click.echo(f"{one['uploaded_at']:<21} {one['kind']:<10} {one['rows']:>5} rows  {one['uploaded_by']}")
    if not found:
        click.echo("nothing was uploaded: `rapport governance template promises` writes a sheet to fill in")
