"""`rapport …`: everything the platform does, by hand. Thin: each command calls one function and prints what it returns."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

import click

from rapport import cli_dashboards, cli_governance, cli_inbox, cli_privacy, cli_sources, cli_subject, cli_user, cli_vault
from rapport.home import Home

PEOPLE = click.Choice(["analyst", "leader", "hr", "steward", "engineer", "representative"])


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def cli() -> None:
    """An open, self-hosted customer-experience data platform.

    State lives in RAPPORT_HOME; the sources in use are declared in RAPPORT_SOURCES.
    """


@cli.command()
def up() -> None:
    """Start the warehouse, the sources, Airflow and Superset; safe to run again."""
    from rapport.box import lifecycle

    lifecycle.up(Home.current(), say)


@cli.command()
def prepare() -> None:
    """Make databases, roles, tables and users for services that something else starts (a server); starts nothing."""
    from rapport.box import lifecycle

    lifecycle.prepare(Home.current(), say)


@cli.command()
def down() -> None:
    """Stop what this home started, and nothing else."""
    from rapport.box import lifecycle

    if not lifecycle.down(Home.current(), say):
        say("nothing was running")


@cli.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def clean(yes: bool) -> None:
    """Stop everything and remove this home's data."""
    from rapport.box import lifecycle

    home = Home.current()
    if yes or click.confirm(f"Remove {home.path} and all data in it?"):
        lifecycle.clean(home, say)


@cli.command()
@click.option("--source", "sources", multiple=True, help="Only this source; may be repeated.")
@click.option("--full-refresh", is_flag=True, help="Fetch everything again, not only what is new.")
@click.option("--since", type=click.DateTime(), help="Fetch again what changed from this moment on, UTC.")
def run(sources: tuple[str, ...], full_refresh: bool, since: datetime | None) -> None:
    """Run one whole pass in the foreground, from extraction to publication."""
    from rapport.box import lifecycle
    from rapport.pipeline.run import run as run_pipeline

    home = Home.current()
    lifecycle.start_warehouse(home, say)
    lifecycle.start_sources(home, say)
    result = run_pipeline(
        home, sources=list(sources) or None, full_refresh=full_refresh, since=since.replace(tzinfo=UTC) if since else None, log=say
    )
    say(result.summary)
    if not result.is_published:
        sys.exit(1)


@cli.command()
@click.option("--full-refresh", is_flag=True, help="Compute anew what has not changed, too.")
@click.argument("names", nargs=-1)
def analyse(full_refresh: bool, names: tuple[str, ...]) -> None:
    """Run the steps in Python between core and marts: all, or those named."""
    from rapport.analysis import named_steps, run_steps

    run_steps(Home.current(), full_refresh=full_refresh, log=say, wanted=named_steps(names) if names else None)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(as_json: bool) -> None:
    """Show the release, every stream and every service."""
    from rapport.box import status as box_status

    state = box_status.status(Home.current())
    print(json.dumps(state, indent=1) if as_json else "\n".join(box_status.lines(state)))


@cli.command()
@click.option("--role", type=PEOPLE, required=True)
def url(role: str) -> None:
    """Print the database address of a role, its password included."""
    print(Home.current().dsn(role))


@cli.command()
@click.option("--role", type=PEOPLE, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def login(role: str, as_json: bool) -> None:
    """Print where and as whom a role logs in to Superset."""
    from rapport.box import dashboards

    found = dashboards.login(Home.current(), role)
    print(json.dumps(found) if as_json else "\n".join(f"{key:<9}{value}" for key, value in found.items()))


@cli.command()
@click.option("--role", type=PEOPLE, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
@click.argument("sql")
def query(role: str, as_json: bool, sql: str) -> None:
    """Run SQL in the warehouse with the rights of a role."""
    from rapport.box import queries

    show(queries.rows(Home.current(), role, sql), as_json)


@cli.command()
@click.argument("name")
@click.option("--grain", type=click.Choice(["week", "month", "quarter"]), default="month", show_default=True)
@click.option("--by", help="Cut by one dimension, such as country, segment, strategic, channel, touchpoint or item.")
@click.option("--role", type=PEOPLE, default="analyst", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def metric(name: str, grain: str, by: str | None, role: str, as_json: bool) -> None:
    """Print a metric with its interval and number of answers, the newest period first."""
    from rapport.box import metric_table, queries

    home = Home.current()
    cells = queries.metric(home, role, name, grain=grain, by=by)
    say(json.dumps(cells) if as_json else "\n".join(metric_table.lines(queries.definition(home, role, name), cells, by)))


@cli.command()
@click.argument("name")
@click.option("--period", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Any day of the period, such as 2026-09-01.")
@click.option("--grain", type=click.Choice(["week", "month", "quarter"]), default="month", show_default=True)
@click.option("--by", multiple=True, metavar="DIMENSION=VALUE", help="The cell to explain; may be given twice.")
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def explain(name: str, period: datetime, grain: str, by: tuple[str, ...], as_json: bool) -> None:
    """Go from a number down to its definition, SQL, sums, masked rows, source systems and loads."""
    from rapport.box import explain as ladder

    if wrong := [said for said in by if "=" not in said]:
        raise click.BadParameter(f"--by {wrong[0]}: write DIMENSION=VALUE, such as channel=email")
    cut = dict(said.split("=", 1) for said in by)
    told = ladder.explain(Home.current(), name, period=period.date(), grain=grain, by=cut)
    say(json.dumps(told) if as_json else "\n".join(ladder.lines(told)))


@cli.command()
def doctor() -> None:
    """Look for what usually goes wrong, and say what to do."""
    from rapport.box import doctor as box_doctor

    findings = box_doctor.examine(Home.current())
    for finding in findings:
        print(f"{'ok  ' if finding.is_well else 'LOOK'} {finding.what}")
        if not finding.is_well:
            print(f"     -> {finding.advice}")
    if not all(finding.is_well for finding in findings):
        sys.exit(1)


@cli.command()
def docs() -> None:
    """Write what is generated: the pages of docs/reference (metrics, questions, sources, inbox, moods, notice), dbt's semantic models."""
    from rapport.analysis.texts import page as moods
    from rapport.authoring.pages import pages
    from rapport.rights import notice
    from rapport.warehouse import semantic_models
    from rapport.warehouse.metric_pages import write_pages
    from rapport.warehouse.question_pages import PAGE, questions_page

    home = Home.current()
    made = pages(home) | {home.root / moods.FILE: moods.page(), home.root / PAGE: questions_page(home.root)}
    made[home.root / notice.FILE] = notice.page(home.root)
    for file, text in made.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for file in sorted([*made, *write_pages(home.root), semantic_models.write(home.root)]):
        say(str(file.relative_to(home.root)))


@cli.command()
def semantic() -> None:
    """Write dbt's semantic manifest: the metrics for tools that read dbt's semantic layer, over the marts as published."""
    from rapport.warehouse import semantic_models

    say(str(semantic_models.write_manifest(Home.current())))


@cli.command()
@click.argument("name")
def service(name: str) -> None:
    """Run one service in the foreground with the right settings (compose files and process managers call this)."""
    from rapport.box import services

    found = services.service(Home.current(), name)
    os.chdir(found.cwd or "/")
    os.execvpe(found.argv[0], found.argv, found.env)  # noqa: S606 - this process becomes the service


@cli.command()
@click.option("--fresh", is_flag=True, help="Run the pipeline even if a release stands.")
def demo(fresh: bool) -> None:
    """Start everything, run the pipeline through Airflow's scheduler and say where to look."""
    from rapport.box import demo as box_demo

    box_demo.demo(Home.current(), say, fresh=fresh)


@cli.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def dbt(arguments: tuple[str, ...]) -> None:
    """Run dbt with this home's settings."""
    from rapport.warehouse import dbt as runner

    runner.invoke(Home.current(), list(arguments), log=say)


for command in (cli_sources.source, cli_sources.connect, cli_sources.init, cli_inbox.inbox, cli_governance.governance):
    cli.add_command(command)
for command in (cli_dashboards.dashboards, cli_privacy.keys, cli_privacy.privacy, cli_subject.subject, cli_user.user, cli_vault.vault):
    cli.add_command(command)


def say(text: str) -> None:
    """Print a line for a person, at once."""
    click.echo(text)
    sys.stdout.flush()


def show(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Print rows as JSON or as a table."""
    if as_json:
        print(json.dumps(rows))
        return
    if not rows:
        say("no rows")
        return
    names = list(rows[0])
    cells = [names, *([("" if row[name] is None else str(row[name])) for name in names] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(names))]
    for line in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def main() -> None:
    """Run the command line; an expected problem is one clear message and exit code 1 (2: wrong usage)."""
    try:
        cli()
    except Exception as error:
        if not type(error).__module__.startswith("rapport."):
            raise  # a fault of the program: its trace is what helps
        click.echo(f"rapport: {error}", err=True)
        sys.exit(1)
