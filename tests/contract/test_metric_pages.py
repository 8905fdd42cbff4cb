"""Would catch: a page about a metric that no longer says what the metric is."""

from __future__ import annotations

import re

import pytest
from rapport.declarations.metrics import DIMENSIONS, load_cases, load_metrics
from rapport.home import checkout
from rapport.warehouse.metric_pages import FOLDER, is_reconciled, metric_pages, reconciliation

from tests.whole_box import Box

METRICS = {metric["metric"]: metric for metric in load_metrics(checkout() / "dbt_project" / "metrics")}
CASES = load_cases(checkout() / "dbt_project" / "metrics")
RECONCILED = sorted(name for name, metric in METRICS.items() if is_reconciled(metric, CASES[metric["cases"]]))


def test_the_committed_pages_are_those_the_definitions_make() -> None:
    """Would catch: a definition that was changed without `rapport docs`, and a page of a metric that is gone."""
    made = metric_pages(checkout())
    assert sorted((checkout() / FOLDER).glob("*.md")) == sorted(made)
    stale = [file.name for file, text in made.items() if file.read_text() != text]
    assert stale == [], "run `rapport docs`"


def test_every_metric_answers_why_it_differs() -> None:
    """Would catch: a metric that a vendor shows too, and that leaves people without an answer."""
    shown_elsewhere = {"csat", "ces", "nps_relationship", "nps_transactional", "csat_binary", "backlog", "reopen_rate", "web_sessions"}
    assert shown_elsewhere <= set(RECONCILED)
    assert [name for name in RECONCILED if len(METRICS[name].get("differs", ())) < 3] == []
    for file, text in metric_pages(checkout()).items():
        if file.name != "README.md":
            headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
            assert headings == [
                "Definition",
                "Population",
                "Left out",
                "Clock",
                "Interval",
                "Why does it differ from the vendor's own screen?",
                "Reconcile",
            ]


@pytest.mark.parametrize("name", RECONCILED)
def test_the_query_of_a_page_counts_what_the_metric_counts(run_home: Box, name: str) -> None:
    """Would catch: a query that people reconcile with, and that counts something else than the number they look at."""
    rows = run_home.query("analyst", reconciliation(METRICS[name], CASES[METRICS[name]["cases"]]))
    every = "and ".join(f"v.{cut} = 'all' " for cut in DIMENSIONS)
    months = run_home.query(
        "analyst",
        f"select v.n from marts_cx.metric_value as v, marts_cx.release_status as r where v.metric = '{name}' and v.grain = 'month'"
        f" and {every} and v.period_start + interval '1 month 14 days' <= r.data_as_of order by v.period_start desc limit 1",
    )
    assert months
    assert sum(int(row["cases"]) for row in rows if row["what"] == "counted") == months[0]["n"]
