"""`make bench`: one report, printed and written to docs/reference/benchmarks.md.

`RAPPORT_BENCH` names the parts to run (`land merge http treatments dashboards build worlds history tickets redaction`, all by
default; the others keep their figures),
`RAPPORT_BENCH_ROWS` the sizes of the files that are landed (`1000000,10000000`), `RAPPORT_BENCH_ROUNDS` how often all
is run in turn, `RAPPORT_BENCH_SEEDS` how many planted and how many null worlds are looked at (20), `RAPPORT_BENCH_HISTORY` how many times
as long the history is made (`1,10,100`), `RAPPORT_BENCH_SCALE` the scale of the company whose history it is (1).
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rapport.home import Home, checkout

from bench import build, dashboards, history, land, merge, overhttp, redaction, treatments, worlds
from bench.box import demo_home, environment, rapport, warehouse_home
from bench.measure import Runs

ROWS = [int(rows) for rows in os.environ.get("RAPPORT_BENCH_ROWS", "1000000").split(",")]
ROUNDS = int(os.environ.get("RAPPORT_BENCH_ROUNDS", "3"))
SEEDS = range(1, 1 + int(os.environ.get("RAPPORT_BENCH_SEEDS", "20")))
HISTORY = [int(factor) for factor in os.environ.get("RAPPORT_BENCH_HISTORY", "1,10,100").split(",")]
SCALE = float(os.environ.get("RAPPORT_BENCH_SCALE", "1"))
TARGET = Path(checkout()) / "docs" / "reference" / "benchmarks.md"
_HTTP_ROWS = max(ROWS[0] // 5, 1000)
_HEAD = (
    "| command | wall, s | ratio | CPU, s | CPU of the server, s | memory, MB | of the server, MB |\n|---|---|---|---|---|---|---|"
).splitlines()


def table(found: dict[str, Runs], base: str | None = None) -> list[str]:
    """Return the lines of a table; the command `base`, by default the first, is the measure of the others."""
    unit = found[base or next(iter(found))].median("wall")
    lines = []
    for name, runs in found.items():
        wall, *more = (runs.median(figure) for figure in ("wall", "cpu", "server_cpu", "memory", "server_memory"))
        cpu, server_cpu, memory, server_memory = more
        lines.append(f"| {name} | {wall:.2f} | {wall / unit:.2f} | {cpu:.2f} | {server_cpu:.2f} | {memory:.0f} | {server_memory:.0f} |")
    return [*_HEAD, *lines]


def _land(home: Home) -> list[str]:
    lines = ["## Landing files", "", r"Whole commands, with merge by key, against psql's `\copy` into a table without a key."]
    for rows in ROWS:
        for title, found in land.run(home, _work(home), rows, ROUNDS).items():
            lines += ["", f"### {title}", "", *table(found)]
    return lines


def _merge(home: Home) -> list[str]:
    return [
        f"## Merging {merge.CHANGED + merge.NEW:,} changed and new rows into {ROWS[0]:,}",
        "",
        "Whole commands. By hand one version of a row is kept, by Rapport every version.",
        "",
        *table(merge.run(home, _work(home), ROWS[0], ROUNDS)),
    ]


def _http(home: Home) -> list[str]:
    found = overhttp.run(home, _work(home), _HTTP_ROWS, ROUNDS)
    return [f"## {_HTTP_ROWS:,} records of 15 fields over HTTP, a thousand a page", "", *table(found, base="rapport")]


def _treatments(_home: Home) -> list[str]:
    lines = [f"| {name} | {rate:,.0f} |" for name, rate in treatments.run(ROUNDS).items()]
    return [
        f"## Treatments alone: {treatments.ROWS:,} distinct values, nothing kept from before",
        "",
        *["| treatment | rows per CPU-second |", "|---|---|", *lines],
    ]


def _dashboards(home: Home) -> list[str]:
    timings = dashboards.run(rapport(home), environment(home), ("support", "voice-and-drivers", "pipeline-and-lineage"), ROUNDS)
    lines = ["## Opening a dashboard: all its charts, six at a time, as a browser asks", ""]
    lines += ["| dashboard | charts | cached, s | uncached, s | ratio |", "|---|---|---|---|---|"]
    for slug, timing in timings.items():
        cached, uncached = timing.cached.median("wall"), timing.uncached.median("wall")
        lines.append(f"| {slug} | {timing.charts} | {cached:.2f} | {uncached:.2f} | {uncached / cached:.1f} |")
    return lines


def _build(home: Home) -> list[str]:
    found = build.run(home, ROUNDS)
    rows = ", ".join(f"{name} {count:,}" for name, count in build.sizes(home).items())
    return ["## Building the warehouse", "", f"Facts: {rows}. All layers with their tests, dbt's start included.", "", *table(found)]


def _worlds(_home: Home) -> list[str]:
    return [
        f"## Planted and null worlds: seeds {SEEDS.start} to {SEEDS.stop - 1}, scale {worlds.SCALE:g}",
        "",
        "Asked of 20: the truth inside in 17 planted worlds, no effect outside in 16 planted ones and in at most 3 null ones.",
        "",
        *worlds.table(worlds.run(SEEDS)),
    ]


def _history(_home: Home) -> list[str]:
    return [
        f"## A longer history: a company of scale {SCALE:g}, its past made {', '.join(map(str, HISTORY))} times as long",
        "",
        "From raw to the published release, dbt's start, tests, gates and analyses included; a day is the median of"
        f" {history.DAYS} days of the company, extracted uncounted. Peak memory is that of a day.",
        "",
        *history.table(history.run(SCALE, HISTORY)),
    ]


def _tickets(_home: Home) -> list[str]:
    return [
        f"## The figures of {history.TICKETS:,} tickets, with comments and history",
        "",
        "Replies, work and resolution on both clocks, service levels: from raw to the facts of tickets, dbt's start included, no tests."
        " Asked: 30 s for all, 5 s after one in a hundred came.",
        "",
        *table(history.support(min(SCALE, 0.2))),
    ]


def _redaction(_home: Home) -> list[str]:
    return ["## Redaction of free text: what is masked, with 95 % intervals (Wilson)", "", *redaction.NOTES, "", *redaction.report()]


@contextmanager
def _no_home() -> Iterator[Home]:
    """Parts that make their own homes."""
    yield Home.current()


Part = Callable[[Home], list[str]]
IN_A_WAREHOUSE: dict[str, Part] = {"land": _land, "merge": _merge, "http": _http, "treatments": _treatments}
IN_A_DEMONSTRATION: dict[str, Part] = {"dashboards": _dashboards, "build": _build}
IN_WORLDS: dict[str, Part] = {"worlds": _worlds, "history": _history, "tickets": _tickets, "redaction": _redaction}


def main() -> None:
    """Run the benchmarks and write the report."""
    chosen = set(re.split(r"[ ,]+", os.environ.get("RAPPORT_BENCH", "").strip()) if os.environ.get("RAPPORT_BENCH") else PARTS)
    if unknown := sorted(chosen - set(PARTS)):
        raise SystemExit(f"RAPPORT_BENCH: no part {', '.join(unknown)}: there are {', '.join(PARTS)}")
    kept = _written()
    for parts, a_home in ((IN_A_WAREHOUSE, warehouse_home), (IN_A_DEMONSTRATION, demo_home), (IN_WORLDS, _no_home)):
        wanted = [name for name in parts if name in chosen]
        if wanted:
            with a_home() as home:
                for name in wanted:
                    print(name, flush=True)
                    kept[name] = parts[name](home)
                    _write(kept)
    print(TARGET.read_text())


PARTS = (*IN_A_WAREHOUSE, *IN_A_DEMONSTRATION, *IN_WORLDS)


def _work(home: Home) -> Path:
    return home.path.parent / "work"


def _written() -> dict[str, list[str]]:
    """Return the parts of the report as they are, for those that are not run."""
    if not TARGET.exists():
        return {}
    found = re.findall(r"<!-- (\w+) -->\n(.*?)(?=\n<!-- |\Z)", TARGET.read_text(), re.DOTALL)
    return {name: text.strip("\n").splitlines() for name, text in found}


def _write(parts: dict[str, list[str]]) -> None:
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {os.cpu_count()} cores ({platform.machine()}), medians of {ROUNDS} rounds in turn.",
        "Read the ratios: seconds are one machine's. Memory is the largest a process held; the server's without what its processes share.",
    ]
    for name in PARTS:
        if name in parts:
            lines += ["", f"<!-- {name} -->", *parts[name]]
    TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
