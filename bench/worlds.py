"""Worlds in which something is true, and worlds in which nothing is: does the engine tell them apart?

A world is the simulated company of one seed, with its planted effects or with none of them (`RAPPORT_SANDBOX_EFFECTS=none`), taken
through the whole pipeline by `rapport run` and read as the roles that people have. An interval of 95 % has to hold the planted truth in
at least 17 of 20 worlds (a right one does with probability .984) and to leave out "no effect" in at least 16; of 20 worlds without any
effect it may leave it out in at most 3 (.984), and the engine has to say that it cannot tell.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from rapport.home import Home, checkout
from rapport.warehouse import server, server_place

from bench.truths import TRUTHS, Estimate, Truth
from sandbox.company.params import Settings
from sandbox.company.world import World, build

SCALE = 1.0  # below it, units have too few customers' answers to be compared
SEEDS = range(1, 21)
_COVERS, _LEAVES_OUT, _FALSELY = 17 / 20, 16 / 20, 3 / 20


@dataclass(frozen=True)
class Seen:
    """What one world showed of one truth.

    Attributes:
        truth: its name.
        is_planted: whether the world has effects.
        estimate: what the engine says; None where it has no such measure, or shows no interval.
        value: what is so.
        nothing: what "no effect" is.
        said: the engine's own words, if it has any.
        slack: how far from `nothing` still is nothing.
    """

    truth: str
    is_planted: bool
    estimate: Estimate | None
    value: float
    nothing: float
    said: str | None = None
    slack: float = 0.0

    @property
    def covers(self) -> bool:
        """Whether the interval holds what is so."""
        return self.estimate is not None and self.estimate.low <= self.value <= self.estimate.high

    @property
    def leaves_out_nothing(self) -> bool:
        """Whether the interval leaves out "no effect"."""
        return self.estimate is not None and not self.estimate.low - self.slack <= self.nothing <= self.estimate.high + self.slack

    @property
    def cannot_tell(self) -> bool:
        """Whether the engine says so, or shows nothing."""
        return self.estimate is None or (self.said or "").startswith("cannot tell") or not self.leaves_out_nothing


@contextmanager
def passed_through(seed: int, effects: str, scale: float) -> Iterator[tuple[Home, World]]:
    """A home in which a world's pipeline has run to its end, and the world as it is; removed afterwards.

    Raises:
        RuntimeError: nothing was published; the message has the last words.
    """
    folder = Path(tempfile.mkdtemp(prefix="rapport-world-"))
    folder.chmod(0o755)
    home = Home(path=folder / "home", root=checkout())
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RAPPORT_")}
    chosen = {"SEED": str(seed), "SCALE": str(scale), "EFFECTS": effects}
    env = {**kept, "RAPPORT_HOME": str(home.path), "RAPPORT_ROOT": str(home.root)}
    env |= {f"RAPPORT_SANDBOX_{name}": value for name, value in chosen.items()}
    command = str(home.root / ".venv" / "bin" / "rapport")
    try:
        done = subprocess.run([command, "run"], env=env, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"seed {seed}, effects {effects}: {(done.stdout + done.stderr)[-1500:]}")
        yield home, build(Settings(folder / "unused", scale, seed, effects=effects))
    finally:
        subprocess.run([command, "down"], env=env, check=False, capture_output=True)
        server.stop(home, grace=10)
        server_place.remove_outside(home)
        shutil.rmtree(folder, ignore_errors=True)


def look(home: Home, world: World, truths: Sequence[Truth] = TRUTHS) -> list[Seen]:
    """Return what the consumer roles of a home read of each truth, beside what is so in its world."""
    found = []
    for truth in truths:
        row = next(iter(_read(home, truth.role, truth.query)), None)
        value = truth.value(world, _read(home, "transformer", truth.asked) if truth.asked else [])
        estimate = Estimate(float(row[0]), float(row[1]), float(row[2])) if row and None not in row[:3] else None
        is_planted = world.settings.effects == "planted"
        said = str(row[3]) if row and row[3] is not None else None
        found.append(Seen(truth.name, is_planted, estimate, value, truth.nothing, said, truth.slack))
    return found


def _read(home: Home, role: str, query: LiteralString) -> list[tuple[object, ...]]:
    """Return the rows of a query; none where what it asks for is not there yet."""
    try:
        with psycopg.connect(home.dsn(role), autocommit=True) as conn:
            return conn.execute(query).fetchall()
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
        return []


def run(seeds: Sequence[int] = SEEDS, scale: float = SCALE) -> list[Seen]:
    """Pass a planted and a null world of each seed through the pipeline, one after the other, and return what was seen."""
    found: list[Seen] = []
    for seed in seeds:
        for effects in ("planted", "none"):
            with passed_through(seed, effects, scale) as (home, world):
                seen = look(home, world)
            found += seen
            for one in seen:
                print(f"  seed {seed} {effects:<8} {one.truth:<24} {told(one)}", flush=True)
    return found


def told(seen: Seen) -> str:
    """Return what was seen in words, for the log."""
    if seen.estimate is None:
        return f"no interval ({seen.said or 'no such measure'})"
    interval = f"{seen.estimate.value:.3f} [{seen.estimate.low:.3f}, {seen.estimate.high:.3f}]"
    return f"{interval}, so it is {seen.value:.3f}; no effect is {seen.nothing:.3f}" + (f"; {seen.said}" if seen.said else "")


def table(found: Sequence[Seen]) -> list[str]:
    """Return the report: one line a truth, with what the engine got right in planted and in null worlds."""
    columns = ("truth", "planted: with an interval", "truth inside", "no effect outside", "null: no effect outside", "cannot tell", "")
    head = f"| {' | '.join(columns)} |"
    lines = [head, "|---|---|---|---|---|---|---|"]
    for truth in dict.fromkeys(seen.truth for seen in found):
        planted = [seen for seen in found if seen.truth == truth and seen.is_planted]
        null = [seen for seen in found if seen.truth == truth and not seen.is_planted]
        shown = sum(seen.estimate is not None for seen in planted)
        counts = [
            f"{sum(seen.covers for seen in planted)}/{len(planted)}",
            f"{sum(seen.leaves_out_nothing for seen in planted)}/{len(planted)}",
            f"{sum(seen.leaves_out_nothing for seen in null)}/{len(null)}",
            f"{sum(seen.cannot_tell for seen in null)}/{len(null)}",
        ]
        lines.append(f"| {truth} | {shown}/{len(planted)} | {' | '.join(counts)} | {_verdict(planted, null)} |")
    return lines


def _verdict(planted: list[Seen], null: list[Seen]) -> str:
    if not any(seen.estimate for seen in planted):
        return "not measured"
    covers = sum(seen.covers for seen in planted) >= _COVERS * len(planted)
    finds = sum(seen.leaves_out_nothing for seen in planted) >= _LEAVES_OUT * len(planted)
    is_calm = sum(seen.leaves_out_nothing for seen in null) <= _FALSELY * len(null)
    return "as asked" if covers and finds and is_calm else "falls short"
