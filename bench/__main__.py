"""`make bench`: one report, printed and written to docs/reference/benchmarks.md."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from rapport.home import checkout

from bench import build, dashboards, land
from bench.box import demo_home, environment, rapport, warehouse_home
from bench.measure import Runs

ROWS = int(os.environ.get("RAPPORT_BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("RAPPORT_BENCH_ROUNDS", "3"))
_HEAD = "| command | wall, s | CPU of its process, s | memory, MB | wall, ratio |\n|---|---|---|---|---|"


def _table(found: dict[str, Runs]) -> list[str]:
    """Return the lines of a table; the first command is the measure of the others."""
    base = next(iter(found.values())).median("wall")
    lines = _HEAD.splitlines()
    for name, runs in found.items():
        wall, cpu, memory = (runs.median(figure) for figure in ("wall", "cpu", "memory"))
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {memory:.0f} | {wall / base:.2f} |")
    return lines


def main() -> None:
    """Run the benchmarks and write the report."""
    report = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {os.cpu_count()} cores ({platform.machine()}), medians of {ROUNDS} rounds in turn.",
        "Read the ratios: seconds are one machine's. A client's CPU does not hold the work that the database server does for it;",
        "wall time does.",
    ]
    print(f"landing {ROWS:,} rows", flush=True)
    with warehouse_home() as home:
        report += [
            "",
            f"## Landing {ROWS:,} rows of 9 columns, e-mail and phone tokenised",
            "",
            *_table(land.run(home, home.path.parent / "work", ROWS, ROUNDS)),
        ]
    print("a demonstration, on which the rest is measured", flush=True)
    with demo_home() as home:
        print("dashboards", flush=True)
        timings = dashboards.run(rapport(home), environment(home), ("support", "voice-and-drivers", "pipeline-and-lineage"), ROUNDS)
        report += ["", "## Opening a dashboard: all its charts, six at a time, as a browser asks", ""]
        report += ["| dashboard | charts | cached, s | uncached, s | ratio |", "|---|---|---|---|---|"]
        for slug, timing in timings.items():
            cached, uncached = timing.cached.median("wall"), timing.uncached.median("wall")
            report.append(f"| {slug} | {timing.charts} | {cached:.2f} | {uncached:.2f} | {uncached / cached:.1f} |")
        print("building", flush=True)
        found = build.run(home, ROUNDS)
        rows = ", ".join(f"{name} {count:,}" for name, count in build.sizes(home).items())
        report += [
            "",
            "## Building the warehouse",
            "",
            f"Facts: {rows}. All layers with their tests, dbt's start included.",
            "",
            *_table(found),
        ]
    target = Path(checkout()) / "docs" / "reference" / "benchmarks.md"
    target.write_text("\n".join(report) + "\n")
    print("\n".join(report))


if __name__ == "__main__":
    main()
