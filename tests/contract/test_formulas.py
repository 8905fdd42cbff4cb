"""Would catch: a number that is worked out in a mart or a chart, beside its definition in dbt_project/metrics."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from rapport.home import checkout

from tests.contract.formulas import formulas

_MIX = "what a whole is made of: shares of one chart's own rows, no metric"
_UNITS = "a number of the engine in another unit, or its place on a drawn scale"
# file -> how many lines it may have, and why they are no metric's formula
ALLOWED = {
    "dbt_project/models/marts/cx/action_result.sql": (2, "difference in differences of one action; its numbers are the metric's"),
    "dbt_project/models/marts/cx/alert_outcome.sql": (4, "difference between two groups of one chart, on scales of its own"),
    "dbt_project/models/marts/cx/channel_preference.sql": (3, _MIX),
    "dbt_project/models/marts/cx/contact_mix.sql": (2, _MIX),
    "dbt_project/models/marts/cx/evidence_inventory.sql": (1, _MIX),
    "dbt_project/models/marts/cx/fivew_cell.sql": (1, "total variation between two mixes"),
    "dbt_project/models/marts/cx/fivew_mix.sql": (1, _MIX),
    "dbt_project/models/marts/cx/journey_path_mix.sql": (3, "population stability index between two mixes"),
    "dbt_project/models/marts/cx/kpi_conflict.sql": (10, "a correlation of team-weeks: each is a pair of numbers, not a metric's cell"),
    "dbt_project/models/marts/cx/leaver_funnel.sql": (1, "share of partings whose step was done, of counts drawn beside it"),
    "dbt_project/models/marts/cx/loyalty_quadrant.sql": (1, _MIX),
    "dbt_project/models/marts/cx/masked_walk.sql": (1, "one person's own score, on one scale, shown as a third of it"),
    "dbt_project/models/marts/cx/partner_scorecard.sql": (
        5,
        "one partner's own orders in a row; what is said of all of them is partner_otif",
    ),
    "dbt_project/models/marts/cx/person_experience.sql": (1, "what one person has lived through, on one scale"),
    "dbt_project/models/marts/cx/support_demand.sql": (3, _MIX),
    "dbt_project/models/marts/cx/support_handoff.sql": (1, "waits of one pair of teams, drawn beside their number"),
    "dbt_project/models/marts/cx/support_reason.sql": (1, _MIX),
    "dbt_project/models/marts/cx/tenure_experience.sql": (3, "mean of persons in a band of tenure, which no day has"),
    "dbt_project/models/marts/cx/trust_facet.sql": (1, "mean of seven facets, never shown without them"),
    "dbt_project/models/marts/cx/value_chain_experience.sql": (3, "mean of persons in a role, which no day has"),
    "dbt_project/models/marts/cx/voice_bounds.sql": (3, "the metric's own score a respondent, and weights"),
    "dbt_project/models/marts/cx/voice_representativity.sql": (1, "share that answered, of counts drawn beside it"),
    "dbt_project/models/marts/cx/voice_response_bias.sql": (4, _MIX),
    "dbt_project/models/marts/cx/voice_worst_decile.sql": (5, "the shape of one distribution: its worst tenth, middle and mean"),
    "dbt_project/models/marts/cx/voice_worst_decile_group.sql": (2, _MIX),
    "dbt_project/models/marts/ex/ex_metric_value.sql": (2, "headcount a day, and how many of those asked answered: of sums over blocks"),
    "dbt_project/models/marts/metrics/int_cases__expectation_gaps.sql": (2, "one respondent's two answers, paired"),
    "dbt_project/models/marts/metrics/int_cases__leavers.sql": (2, "minutes in days, and a rating on one scale"),
    "dbt_project/models/marts/metrics/int_cases__partner_lines.sql": (1, "minutes in days"),
    "dbt_project/models/marts/metrics/int_cases__promises.sql": (2, "minutes in days"),
    "dbt_project/models/marts/metrics/int_cases__survey_invitations.sql": (
        2,
        "whether a survey tells a word of the silent as well as of those who answer",
    ),
    "superset/datasets/contrast_pairs.sql": (3, _UNITS),
    "superset/datasets/demand_hours.sql": (2, _UNITS),
    "superset/datasets/evidence_list.sql": (1, _MIX),
    "superset/datasets/ex_reading.sql": (5, _UNITS),
    "superset/datasets/fivew_grid.sql": (1, _UNITS),
    "superset/datasets/fivew_pairs.sql": (5, _UNITS),
    "superset/datasets/journey_handoff_matrix.sql": (1, _UNITS),
    "superset/datasets/journey_person_scores.sql": (3, _MIX),
    "superset/datasets/link_points.sql": (4, _UNITS),
    "superset/datasets/metric_reading.sql": (8, _UNITS),
    "superset/datasets/pipeline_freshness.sql": (1, "seconds in hours"),
    "superset/datasets/pipeline_summary.sql": (1, "counts of the pipeline, no metric"),
    "superset/datasets/social_unanswered.sql": (1, "seconds in hours"),
    "superset/datasets/support_reason_pareto.sql": (3, _UNITS),
}


def test_no_number_is_worked_out_beside_its_definition() -> None:
    found = list(formulas(checkout()))
    counts = Counter(file for file, _, _ in found)
    beyond = [f"{file}:{line}: {text}" for file, line, text in found if counts[file] > ALLOWED.get(file, (0, ""))[0]]
    assert not beyond, (
        "formulas outside dbt_project/metrics: define a metric, call a macro of dbt_project/macros/metrics,"
        " or say in ALLOWED why it is none:\n" + "\n".join(beyond)
    )


def test_what_is_allowed_is_still_there() -> None:
    counts = Counter(file for file, _, _ in formulas(checkout()))
    assert {file: allowed for file, (allowed, _) in ALLOWED.items() if counts[file] != allowed} == {}


@pytest.mark.parametrize(
    ("file", "text", "is_formula"),
    [
        ("dbt_project/models/marts/cx/m.sql", "select good * 1.0 / answers as csat", True),
        ("dbt_project/models/marts/cx/m.sql", "select percentile_cont(0.5) within group (order by minutes) as median", True),
        ("superset/datasets/m.sql", "select AVG(score) as ces", True),
        ("superset/dashboards/m.yml", "metric: sum(num) / sum(den)", True),
        ("dbt_project/models/marts/cx/m.sql", "-- a share is good / all\nselect 'and/or' as words, sum(den) as den", False),
        ("superset/dashboards/m.yml", "link: https://example.org/a/b  # yes/no", False),
        ("dbt_project/models/marts/cx/m.sql", "select {{ wilson('num', 'den').value }} as value", False),
        ("dbt_project/models/marts/metrics/int_metrics__m.sql", "select a / b", False),
    ],
)
def test_a_planted_formula_is_found(tmp_path: Path, file: str, text: str, is_formula: bool) -> None:
    """The control: what must be found, and what must not."""
    planted = tmp_path / file
    planted.parent.mkdir(parents=True)
    planted.write_text(text)
    assert bool(list(formulas(tmp_path))) is is_formula
