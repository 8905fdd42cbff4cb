"""Building: everything anew, and after one more day, against a bare `create table as select` of the same facts."""

from __future__ import annotations

import subprocess

import psycopg
from psycopg import sql
from rapport.home import Home
from rapport.warehouse import server

from bench.box import environment, psql, python
from bench.measure import Command, Runs, interleaved

_FACTS = ("fct_ticket", "fct_ticket_event", "fct_survey_answer", "fct_web_event", "fct_interaction")


def run(home: Home, rounds: int) -> dict[str, Runs]:
    """Time the three, in turn; before each increment the simulated company lives one more day, which is extracted uncounted."""
    env = {**environment(home), "RAPPORT_SANDBOX_HOME": str(home.sandbox_path)}

    def one_day_more() -> None:
        for argv in (["-m", "sandbox", "advance", "--days", "1"], ["-m", "bench.step", "extract"]):
            subprocess.run([python(home), *argv], env=env, cwd=home.root, check=True, stdout=subprocess.DEVNULL)

    def drop() -> None:
        with psycopg.connect(server.admin_dsn(home, "rapport"), autocommit=True) as conn:
            conn.execute("drop schema if exists bench cascade")
            conn.execute("create schema bench")

    return interleaved(
        [
            Command("bare create table as", [psql(), server.admin_dsn(home, "rapport"), "-qc", bare("bench")], before=drop),
            Command("full build", [python(home), "-m", "bench.step", "full"], env=env),
            Command("one more day", [python(home), "-m", "bench.step", "increment"], before=one_day_more, env=env),
        ],
        rounds,
    )


def bare(schema: str) -> str:
    """Return the statements that copy the facts into a schema."""
    return "; ".join(f"create table {schema}.{fact} as select * from core.{fact}" for fact in _FACTS)


def sizes(home: Home) -> dict[str, int]:
    """Return the rows of each fact."""
    with psycopg.connect(home.dsn("transformer")) as conn:
        found = {}
        for fact in _FACTS:
            row = conn.execute(sql.SQL("select count(*) from {}").format(sql.Identifier("core", fact))).fetchone()
            found[fact] = int(row[0]) if row else 0
        return found
