"""Would catch: an engine that finds effects where there are none, or that misses what is planted and plain; a judge that passes anything.

One planted and one null world, small: whether what the roles read can be judged at all, and that little data says "cannot tell". Whether
intervals hold what they should in 20 worlds of each kind is `make bench`.
"""

from __future__ import annotations

from pathlib import Path

from bench.truths import Estimate
from bench.worlds import Seen, look, passed_through, table
from sandbox.company.params import Settings
from sandbox.company.world import build
from tests.whole_box import SCALE, Box


def test_a_planted_world_shows_what_is_plain_and_holds_back_what_is_not(run_home: Box, tmp_path: Path) -> None:
    seen = {one.truth: one for one in look(run_home.home, build(Settings(tmp_path, float(SCALE))))}
    linked = seen["EX and CX of units"]
    assert linked.value > 0.1  # about two in ten people of five teams: most of what is planted is lost in so few answers
    assert linked.estimate is None or linked.estimate.low < linked.value < linked.estimate.high
    assert linked.said
    assert linked.estimate or linked.said.startswith("cannot tell")
    weight = seen["weight of reliability"]
    assert weight.estimate is None or weight.estimate.high > weight.value


def test_a_null_world_says_that_it_cannot_tell() -> None:
    with passed_through(3, "none", 0.03) as (home, world):
        seen = {one.truth: one for one in look(home, world)}
    assert world.params.ex_to_cx == 0
    assert seen["EX and CX of units"].cannot_tell
    assert not seen["EX and CX of units"].is_planted


def test_the_judge_tells_right_from_wrong() -> None:
    """Positive control, made up: 17 of 20 right, and one fewer."""

    def planted(right: int) -> list[Seen]:
        return [Seen("x", True, Estimate(0.5, 0.3, 0.7) if n < right else Estimate(0.5, 0.45, 0.55), 0.4, 0.0) for n in range(20)]

    calm = [Seen("x", False, Estimate(0.1, 0.05 if n < 3 else -0.1, 0.2), 0.0, 0.0) for n in range(20)]
    wild = [Seen("x", False, Estimate(0.1, 0.05 if n < 4 else -0.1, 0.2), 0.0, 0.0) for n in range(20)]
    assert table(planted(17) + calm)[-1].endswith("as asked |")
    assert table(planted(16) + calm)[-1].endswith("falls short |")
    assert table(planted(17) + wild)[-1].endswith("falls short |")
    assert table([Seen("x", True, None, 0.4, 0.0)] * 20)[-1].endswith("not measured |")
