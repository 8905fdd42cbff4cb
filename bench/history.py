"""Does a day cost what the day holds, or what the history behind it holds? And the figures of 50,000 tickets.

One home lives through it all: the simulated company is landed and built; then its history is made 10 and 100 times as long (`copies`), and
every time all is built anew, the same facts are copied by a bare `create table as select`, and the company lives on a few days, each
extracted uncounted and then taken from raw to the published release.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapport.home import Home
from rapport.warehouse import server

from bench import build, copies
from bench.box import environment, postmaster, psql, python
from bench.measure import Command, Runs, interleaved
from bench.step import STEPS_FILE
from bench.worlds import passed_through

SEED, DAYS = 7, 3
TICKETS, NEW = 50_000, 0.01
_ASKED_FULL, _ASKED_DAY = 5.0, 1.3


@dataclass
class Stage:
    """What one length of history showed.

    Attributes:
        factor: how many times the company's own history.
        interactions: rows of the fact of all contacts.
        bare: copying the facts.
        full: everything built anew, from raw to a published release.
        day: one more day, from raw to a published release.
        facts_seconds: of `full`, raw to core.
        steps: seconds of each step of a day, medians.
    """

    factor: int
    interactions: int
    bare: Runs
    full: Runs
    day: Runs
    facts_seconds: float
    steps: dict[str, float] = field(default_factory=dict)


def run(scale: float, factors: Sequence[int]) -> list[Stage]:
    """Return a stage for each factor, which rise from 1."""
    stages, copied = [], 0
    with passed_through(SEED, "planted", scale) as (home, _):
        copies.age(home)
        for factor in factors:
            if factor - 1 > copied:
                copies.add(home, copied + 1, factor - 1)
                copied = factor - 1
            stages.append(_stage(home, factor, scale))
    return stages


def _stage(home: Home, factor: int, scale: float) -> Stage:
    company = {"HOME": str(home.sandbox_path), "SCALE": str(scale), "SEED": str(SEED)}
    env = environment(home) | {f"RAPPORT_SANDBOX_{name}": value for name, value in company.items()}
    steps: list[dict[str, float]] = []

    def one_day_more() -> None:
        copies.age(home)
        for argv in (["-m", "sandbox", "advance", "--days", "1"], ["-m", "bench.step", "extract"]):
            subprocess.run([python(home), *argv], env=env, cwd=home.root, check=True, stdout=subprocess.DEVNULL)

    def timed(name: str, before: object = None, rounds: int = 1) -> Runs:
        runs = Runs()
        for _ in range(rounds):
            if before is one_day_more:
                one_day_more()
            command = Command(name, [python(home), "-m", "bench.step", name], env=env)
            once = interleaved([command], 1, postmaster(home))[name]
            runs.add(**{figure: once.median(figure) for figure in vars(once)})
            steps.append(json.loads((home.path / STEPS_FILE).read_text()))
            print(f"    {steps[-1]}", flush=True)
        return runs

    print(f"  history x {factor}", flush=True)
    full = timed("whole")
    bare = interleaved([_bare(home)], 1, postmaster(home))
    day = timed("day", one_day_more, DAYS)
    medians = {name: statistics.median(took[name] for took in steps[1:]) for name in steps[-1]}
    return Stage(
        factor,
        build.sizes(home)["fct_interaction"],
        next(iter(bare.values())),
        full,
        day,
        sum(steps[0][layer] for layer in ("staging", "intermediate", "core")),
        medians,
    )


def _bare(home: Home) -> Command:
    copies = f"create schema bench_bare; {build.bare('bench_bare')}; drop schema bench_bare cascade"
    return Command("bare create table as", [psql(), server.admin_dsn(home, "rapport"), "-v", "client_min_messages=warning", "-qc", copies])


def support(scale: float) -> dict[str, Runs]:
    """Time the figures of at least `TICKETS` tickets: all of them, nothing new, and after one in a hundred came."""
    with passed_through(SEED, "planted", scale) as (home, _):
        env = environment(home)
        copies.age(home)
        before, number = copies.tickets(home), 0
        while (held := copies.tickets(home)) < TICKETS:
            more = math.ceil((TICKETS - held) / before)
            copies.add(home, number + 1, number + more, copies.SUPPORT)
            number += more
        found: dict[str, Runs] = {}
        for name, step in (("all of them", "support-anew"), ("nothing new", "support"), (f"{NEW:.0%} new", "support")):
            if name.endswith("% new"):
                share = NEW * TICKETS / before
                copies.add(home, number + 1, number + max(1, round(share)), copies.SUPPORT, min(0.999, share))
            found |= interleaved([Command(name, [python(home), "-m", "bench.step", step], env=env)], 1, postmaster(home))
        print(f"  {copies.tickets(home):,} tickets", flush=True)
    return found


def table(stages: Sequence[Stage]) -> list[str]:
    """Return the report's lines."""
    first = stages[0]
    lines = [
        "| history | interactions | copy of the facts, s | facts anew, s | ratio (asked: 5) | all anew, s | a day, s | ratio (asked: 1.3) |"
        " memory, MB | of the server, MB |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for stage in stages:
        day, full, bare = stage.day.median("wall"), stage.full.median("wall"), stage.bare.median("wall")
        figures = [
            f"{stage.factor} x",
            f"{stage.interactions:,}",
            f"{bare:.1f}",
            f"{stage.facts_seconds:.0f}",
            f"{stage.facts_seconds / bare:.1f}",
            f"{full:.0f}",
            f"{day:.1f}",
            f"{day / first.day.median('wall'):.2f}",
            f"{stage.day.median('memory'):.0f}",
            f"{stage.day.median('server_memory'):.0f}",
        ]
        lines.append(f"| {' | '.join(figures)} |")
    names = list(first.steps)
    lines += ["", f"| seconds of a day | {' | '.join(names)} |", f"|---{'|---' * len(names)}|"]
    lines += [f"| {stage.factor} x | {' | '.join(f'{stage.steps[name]:.1f}' for name in names)} |" for stage in stages]
    return lines
