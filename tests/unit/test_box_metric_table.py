"""Would catch: a share printed as a number of minutes, a hidden cell that shows something, columns that do not stand below each other."""

from __future__ import annotations

from typing import Any

from rapport.box.metric_table import lines

CSAT = {"metric": "csat", "version": 1, "title": "Satisfaction", "unit": "share", "direction": "higher"}
CELL: dict[str, Any] = dict.fromkeys(("value", "ci_low", "ci_high", "n", "change", "change_ci_low", "change_ci_high", "target"))
CELL |= {"change_label": "cannot tell", "low_precision": False, "suppressed_reason": None, "restated": False, "period_start": "2026-09-01"}


def test_a_share_has_percents_and_its_change_points() -> None:
    shown = {"value": 0.9, "ci_low": 0.7864, "ci_high": 0.9565, "n": 1050, "change": -0.05, "change_ci_low": -0.11, "change_ci_high": 0.01}
    told = lines(CSAT, [CELL | shown | {"change_label": "no clear change", "restated": True, "target": 0.85}], None)
    assert told[:2] == ["Satisfaction (csat, version 1)", "share, higher is better"]
    assert " ".join(told[-1].split()) == "2026-09-01 90.0 % [78.6, 95.7] 1,050 -5.0 pp [-11.0, +1.0] no clear change 85.0 % restated"


def test_a_hidden_cell_says_why_and_nothing_else() -> None:
    told = lines(CSAT, [CELL | {"suppressed_reason": "fewer than 5", "country": "DE"}], "country")
    assert told[-1].split() == ["2026-09-01", "DE", "hidden:", "fewer", "than", "5"]


def test_a_time_that_no_curve_reaches_and_an_open_end() -> None:
    waits = CSAT | {"metric": "wait", "unit": "minutes", "direction": "lower"}
    open_end = {"value": 1686.3, "ci_low": 900.0, "n": 48, "low_precision": True}
    told = lines(waits, [CELL | {"n": 9}, CELL | open_end], None)
    assert told[-2].split() == ["2026-09-01", "9", "cannot", "tell", "not", "reached"]
    assert told[-1].split() == ["2026-09-01", "1,686.3", "min", "[900.0,", "?]", "48", "cannot", "tell", "imprecise"]


def test_columns_stand_below_each_other() -> None:
    told = lines(CSAT, [CELL | {"value": 1.0, "n": 5}, CELL | {"value": 0.05, "n": 12345}], None)
    assert len({row.index("cannot tell") for row in told[-2:]}) == 1
    assert told[3].index("label") == told[-1].index("cannot tell")
