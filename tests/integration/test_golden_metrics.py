"""Would catch: an interval, a score or a change that differs from the vectors anywhere between a file and what an analyst reads."""

from __future__ import annotations

import csv
import json
import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rapport.declarations import load_sources
from rapport.home import Home
from rapport.pipeline import build
from rapport.pipeline.extract import extract_stream
from rapport.pipeline.runs import open_run
from rapport.warehouse.dbt import invoke
from rapport.warehouse.dbt_project import build_variables

CLOSE = 1e-6
SCORES = (10, 8, 3)  # a promoter's, a passive's, a detractor's
Cell = dict[str, Any]


def vectors() -> dict[str, Any]:
    folder = os.environ.get("RAPPORT_SHARED")
    assert folder, "set RAPPORT_SHARED to the folder that holds golden/metric_vectors.json"
    loaded: dict[str, Any] = json.loads((Path(folder) / "golden" / "metric_vectors.json").read_text())
    return loaded


class Answers:
    """A file of survey answers in the inbox's layout."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, survey: str, day: str, counts: list[int], scores: tuple[int, ...], **fixed: Any) -> None:
        """Put down `counts[i]` answers of `scores[i]`."""
        for count, score in zip(counts, scores, strict=True):
            for _ in range(count):
                moment = f"{day}T10:00:00Z"
                row = {"id": len(self.rows), "survey_id": survey, "survey_name": survey, "score": score}
                self.rows.append(row | {"answered_at": moment, "updated_at": moment} | fixed)

    def nps(self, survey: str, day: str, counts: list[int]) -> None:
        """Put down promoters, passives and detractors of a relationship survey."""
        self.add(survey, day, counts, SCORES, measure="nps", survey_type="relationship", scale_min=0, scale_max=10)

    def write(self, file: Path, declared: list[str]) -> None:
        """Write the file, with every declared column."""
        with file.open("w", newline="") as handle:
            out = csv.DictWriter(handle, declared, restval="")
            out.writeheader()
            out.writerows(self.rows)


@pytest.fixture(scope="module")
def published(module_warehouse: Home) -> Iterator[Home]:
    """A home whose only source is a file of its inbox that holds the vectors, published."""
    home = module_warehouse
    inbox = home.dir("inbox") / "survey_answers"
    inbox.mkdir()
    golden, answers = vectors(), Answers()
    for number, vector in enumerate(golden["nps"]):
        answers.nps(f"nps {number}", "2026-05-12", [vector["promoters"], vector["passives"], vector["detractors"]])
    for number, vector in enumerate(golden["nps_change"]):
        answers.nps(f"change {number}", "2026-03-10", vector["before"])
        answers.nps(f"change {number}", "2026-04-14", vector["after"])
    for number, vector in enumerate(golden["wilson"]):
        counts = [vector["successes"], vector["n"] - vector["successes"]]
        answers.add(f"share {number}", "2026-05-12", counts, (5, 2), measure="csat", survey_type="transactional", scale_min=1, scale_max=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAPPORT_HOME", str(home.path))
        fields = [field.name for field in load_sources(home.sources_dir)["inbox_survey"].streams["survey_answers"].fields]
        answers.write(inbox / "vectors.csv", fields)
        open_run(home, "golden", "cli")
        result = extract_stream(home, "inbox_survey", "survey_answers", run_id="golden")
        assert (result.rows_landed, result.rows_quarantined) == (len(answers.rows), 0)
        for layer in build.LAYERS:
            build.build_layer(home, layer)
        audited = build.audit(home, "golden")
        assert audited.passed, audited.reason
        build.publish(home, "golden")
        yield home
    shutil.rmtree(home.path / "inbox")


def cell(home: Home, metric: str, survey: str, month: str) -> Cell:
    query = (
        "select * from marts_cx.metric_value where metric = %s and survey = %s and period_start = %s and grain = 'month'"
        " and (country, segment, industry, strategic, channel, queue) = ('all', 'all', 'all', 'all', 'all', 'all')"
    )
    with psycopg.connect(home.dsn("analyst"), row_factory=psycopg.rows.dict_row) as conn:
        rows = conn.execute(query, [metric, survey, month]).fetchall()
    assert len(rows) == 1
    return rows[0]


@pytest.mark.parametrize("number", range(len(vectors()["nps"])))
def test_a_score_is_the_vectors(published: Home, number: int) -> None:
    vector, read = vectors()["nps"][number], cell(published, "nps_relationship", f"nps {number}", "2026-05-01")
    if vector["n"] < 5:
        assert read["suppressed_reason"] == "fewer than 5"
        assert [read[name] for name in ("value", "ci_low", "ci_high", "n", "n_eligible", "coverage_rate", "change")] == [None] * 7
        return
    assert (read["n"], read["suppressed_reason"]) == (vector["n"], None)
    assert read["value"] == pytest.approx(vector["nps"], abs=CLOSE)
    assert read["ci_low"] == pytest.approx(vector["ci_low"], abs=CLOSE)
    assert read["ci_high"] == pytest.approx(vector["ci_high"], abs=CLOSE)
    half = (min(vector["ci_high"], 200) - max(vector["ci_low"], -200)) / 2
    assert read["low_precision"] == (vector["n"] < 30 or half > 15)


@pytest.mark.parametrize("number", range(len(vectors()["wilson"])))
def test_a_share_is_the_vectors(published: Home, number: int) -> None:
    vector, read = vectors()["wilson"][number], cell(published, "csat", f"share {number}", "2026-05-01")
    if vector["n"] < 5:
        assert read["suppressed_reason"] == "fewer than 5"
        return
    assert read["value"] == pytest.approx(vector["successes"] / vector["n"], abs=CLOSE)
    assert [100 * read["ci_low"], 100 * read["ci_high"]] == pytest.approx(vector["ci"], abs=CLOSE)


@pytest.mark.parametrize("number", range(len(vectors()["nps_change"])))
def test_a_change_is_the_vectors(published: Home, number: int) -> None:
    golden = vectors()
    vector, read = golden["nps_change"][number], cell(published, "nps_relationship", f"change {number}", "2026-04-01")
    assert read["compare_to"] == "previous_month"
    assert read["change"] == pytest.approx(vector["delta_adj"], abs=CLOSE)
    error = (read["change_ci_high"] - read["change_ci_low"]) / 2 / golden["z"]
    assert read["change"] / error == pytest.approx(vector["z"], abs=CLOSE)
    assert read["change_label"] == ("up" if vector["significant"] else "no clear change")


def test_the_formulas_hold_below_the_smallest_cell_too(published: Home) -> None:
    golden, picks = vectors(), []
    for number, vector in enumerate(golden["nps"]):
        call = "nps_adjusted_wald('{promoters}', '{detractors}', '{n}')".format(**vector)
        picks.append((f"nps {number}", call, [max(-100, vector["ci_low"]), min(100, vector["ci_high"])], 1))
    for number, vector in enumerate(golden["wilson"]):
        picks.append((f"share {number}", "wilson('{successes}', '{n}')".format(**vector), vector["ci"], 100))
    lines = [f"select '{name}' as name, {{{{ {call}.low }}}} as low, {{{{ {call}.high }}}} as high" for name, call, _, _ in picks]
    compiled = invoke(published, ["compile", "--inline", " union all ".join(lines)], variables=build_variables(published))
    with psycopg.connect(published.dsn("transformer")) as conn:
        read = {name: (low, high) for name, low, high in conn.execute(compiled[0].node.compiled_code)}
    for name, _, expected, scale in picks:
        low, high = (scale * float(end) for end in read[name])
        assert [max(-100, low), min(100, high)] == pytest.approx(expected, abs=CLOSE), name


def test_the_normal_tail_is_right_where_labels_are_decided(published: Home) -> None:
    statistics = [0.0, 0.5, 1.0, 1.5142056, 1.959963984540054, 2.5, -2.5, 4.291067, 8.0]
    lines = [f"select {number} as number, {{{{ two_sided_p('({value})') }}}} as p" for number, value in enumerate(statistics)]
    compiled = invoke(published, ["compile", "--inline", " union all ".join(lines)], variables=build_variables(published))
    with psycopg.connect(published.dsn("transformer")) as conn:
        read = {int(number): float(p) for number, p in conn.execute(compiled[0].node.compiled_code)}
    for number, value in enumerate(statistics):
        assert read[number] == pytest.approx(math.erfc(abs(value) / math.sqrt(2)), abs=2e-7)


def test_only_some_sources_connected_is_enough(published: Home) -> None:
    with psycopg.connect(published.dsn("analyst")) as conn:
        empty = [
            conn.execute(f"select count(*) from marts_cx.{name}").fetchone() for name in ("fct_ticket", "fct_web_event", "dim_account")
        ]
        health = conn.execute("select source, rows_staged = rows_core, gate from marts_cx.stream_health").fetchall()
    assert empty == [(0,), (0,), (0,)]
    assert health == [("inbox_survey", True, "not checked")]
