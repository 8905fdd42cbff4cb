"""A page a metric, from its definition: what counts, by which clock, how sure it is, and why a vendor's own screen shows another number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent
from textwrap import fill as wrap
from typing import Any

from rapport.declarations.metrics import load_cases, load_metrics

FOLDER = Path("docs") / "reference" / "metrics"
_MADE = "<!-- made by `rapport docs` from dbt_project/metrics/: do not edit -->"
_WIDTH = 130

_UNITS = {
    "share": "share, 0 to 1",
    "points": "points, -100 to 100",
    "minutes": "minutes",
    "days": "days",
    "count": "count",
    "score": "mean on the question's scale",
    "ratio": "ratio of two sums",
    "money": "amount in the organisation's reporting currency",
    "rate_per_1000": "in a thousand",
    "index": "index",
}
_STEP = {
    "share": "(1 is everybody)",
    "points": "points",
    "minutes": "minutes",
    "days": "days",
    "count": "in number",
    "score": "on the scale",
    "ratio": "as a ratio",
    "money": "in money",
    "rate_per_1000": "in a thousand",
    "index": "on the index",
}
_BETTER = {"higher": "higher", "lower": "lower", "none": "neither"}
_INTERVAL = {
    "wilson": "Wilson's score interval of a share, 95 %.",
    "nps_adjusted_wald": "Adjusted Wald interval, 95 %: three quarters of an answer more for promoters and detractors each, three for all.",
    "mean": "Normal interval of a mean, 95 %; none below two cases.",
    "count": "Score interval of a Poisson count, 95 %: how far a count of this size moves by chance alone.",
    "ratio": "Linearised interval of a ratio of two sums (Taylor), 95 %; none below two cases.",
    "quantile_order": "Order statistics, 95 %. Cases still open come last; a rank that falls among them has no value.",
    "km": "Kaplan-Meier, 95 % by Brookmeyer and Crowley on Greenwood's variance (log-log). Cases still open count as long as they were"
    " followed. Where too few are done to tell, there is no value and the interval says `not reached`.",
    "km_share": "One minus the Kaplan-Meier curve, 95 % on Greenwood's variance (log-log); Wilson's interval where none or all are done.",
    "computed": "Computed in Python by the step `{step}`; the method stands beside each value (`ci_method`).",
}
_MEASURED = {
    "count": "how many",
    "wilson": "`{numerator}`",
    "ratio": "sum of `{numerator}` over sum of `{denominator}`",
    "km": "`{measure}` until `{event}`",
    "km_share": "`{event}` within {within:g} of `{measure}`",
    "computed": "by the step `{step}`",
}
_CLUSTERED = (
    "Cases of one account (`{cluster}`) are not independent: the interval is as wide as for that many fewer cases (design effect of the"
    " sums of residuals by account; none where every case is alone)."
)
_WEIGHTED = "Cases are weighted (`{weight}`): the interval is that of Kish's effective number of cases."
_FOLLOWED = (
    "A case is followed until its period is frozen, or until the newest data: what happens later moves no period that people have read."
)
# The newest month that ended 14 days before the newest data: by then tickets are solved and late answers are here.
_MONTH = """\
    with month as (
      select max(v.period_start) as first_day, max(v.period_start) + interval '1 month' as next_day
      from marts_cx.metric_value as v, marts_cx.release_status as r
      where v.metric = '{metric}' and v.grain = 'month' and v.period_start + interval '1 month 14 days' <= r.data_as_of
    )"""
_COUNT = """\
    select c.system,
      case when c.left_out is not null then 'left out: ' || c.left_out
        when {where} then 'counted' else 'could count, and does not (yet)' end as what,
      count(*) as cases
    from cases as c, month
    where c.{day} >= month.first_day and c.{day} < month.next_day and ({population})
    group by 1, 2
    order by 1, 2"""
_BACKLOG = """\
    select b.queue as system, 'counted' as what, sum(b.open_tickets) as cases
    from marts_cx.support_backlog_daily as b
    where b.day = (
      select max(d.day) from marts_cx.support_backlog_daily as d, month where d.day >= month.first_day and d.day < month.next_day
    )
    group by b.queue
    order by b.queue"""


def reconciliation(metric: Mapping[str, Any], cases: Mapping[str, Any]) -> str:
    """Return the query, for a person's role, that shows case by case what the metric's newest settled month counts and leaves out.

    Its rows `counted` add up to `n` of the metric; the others are what a vendor's screen may count beside them.
    """
    month = _MONTH.format(metric=metric["metric"])
    if metric["cases"] == "backlog":
        return dedent(f"{month}\n{_BACKLOG}")
    count = _COUNT.format(where=metric["where"], day=metric["day"], population=metric["population"])
    listing = indent(cases["listing"].strip(), " " * 6)
    return dedent(f"{month},\n    cases as (\n{listing}\n    )\n{count}")


def page(metric: Mapping[str, Any], cases: Mapping[str, Any]) -> str:
    """Return the Markdown page of a metric.

    Args:
        metric: a definition, as `rapport.declarations.metrics.load_metric` returns it.
        cases: what it counts, as `load_cases` returns it.
    """
    estimator = metric["estimator"]
    measured = measure_of(estimator)
    split = f"\n- `item` is: {metric['item']}" if "item" in metric else ""
    population = "all of them" if metric["population"] == "true" else f"`{metric['population']}`"
    counted = "the same" if metric["where"] == "true" else f"`{metric['where']}`"
    known = f", known only where `{metric['eligible']}`" if "eligible" in metric else ""
    margin = f", or where half the interval is wider than {metric['precision_margin']}," if "precision_margin" in metric else ""
    return f"""{_MADE}

# {metric["title"]}

{metric["question"]}

| | |
|---|---|
| metric | `{metric["metric"]}`, version {metric["version"]} |
| unit | {_UNITS[metric["unit"]]}; {_BETTER[metric["direction"]]} is better |
| serves | {metric["decision"]} |
| owner | {metric["owner"]} |

## Definition

{fill(metric["definition"])}

## Population

A case is a row of `int_cases__{metric["cases"]}`; people find what stands behind it in `{metric["model"]}`.

- could count (`n_eligible`{known}): {population}
- counts (`n`): {counted}
- is measured: {measured}{split}

## Left out

{fill(cases["left_out"])}

## Clock

{fill(f"A case belongs to {cases['days'][metric['day']]} (`{metric['day']}`). Days begin and end in the organisation's time zone (`config/organisation.yml`), which need not be the one of a vendor's account.")}

## Interval

{fill(interval_of(estimator))}

{fill(f"A cell with fewer than {metric['privacy_k']} cases is hidden; one with fewer than {metric['precision_n']}{margin} is marked as imprecise. A change is called one when it is clear and at least {metric['practical_minimum']} {_STEP[metric['unit']]}. A period is frozen {metric['frozen_after_days']} days after its end: a number that changes later is marked as restated, and both stand in `metric_restatement`.")}

## Why does it differ from the vendor's own screen?

{_differences(metric)}

## Reconcile

{_reconcile(metric, cases)}

Where rows were lost or set aside on the way from the system: the dashboard Pipeline, or `select * from ops.reconciliation`.
"""  # noqa: E501 - the page's own lines are wrapped when it is made


def measure_of(estimator: Mapping[str, Any]) -> str:
    """Return what an estimator measures of each case, in Markdown."""
    shape = _MEASURED.get(estimator["name"], "`{measure}`")
    return shape.format(**estimator)


def interval_of(estimator: Mapping[str, Any]) -> str:
    """Return how sure an estimator's value is, in a paragraph."""
    said = [_INTERVAL[estimator["name"]].format(**estimator)]
    said += [
        text.format(**estimator) for key, text in (("cluster", _CLUSTERED), ("weight", _WEIGHTED), ("start", _FOLLOWED)) if key in estimator
    ]
    return " ".join(said)


def _reconcile(metric: Mapping[str, Any], cases: Mapping[str, Any]) -> str:
    if not is_reconciled(metric, cases):
        return "No vendor shows this number, so there is no screen to reconcile with; `rapport explain` goes down to its rows."
    return f"""What the newest settled month counts and leaves out, by system. The rows `counted` add up to the metric's `n`; the others
are what the vendor's screen may count beside them. Run it with `rapport query --role analyst "…"`.

```sql
{reconciliation(metric, cases)}
```"""


def is_reconciled(metric: Mapping[str, Any], cases: Mapping[str, Any]) -> bool:
    """Return whether a metric's page shows case by case what it counts and leaves out: where a vendor's screen has a number like it."""
    return metric["cases"] == "backlog" or ("listing" in cases and bool(metric.get("differs")))


def fill(text: str) -> str:
    """Return a paragraph in lines of the width that pages have."""
    deeper = "  " if text.startswith("- ") else ""
    return wrap(text.strip(), _WIDTH, subsequent_indent=deeper, break_long_words=False, break_on_hyphens=False)


def _differences(metric: Mapping[str, Any]) -> str:
    """Return the reasons by screen."""
    screens: dict[str, list[str]] = {}
    for said in metric.get("differs", ()):
        screens.setdefault(said["screen"], []).append(f"- {said['why'].strip()}")
    if not screens:
        return "No screen of a vendor shows this number."
    return "\n\n".join(f"### {screen}\n\n" + "\n".join(map(fill, reasons)) for screen, reasons in screens.items())


def write_pages(root: Path) -> list[Path]:
    """Write the page of every metric of the checkout `root`, and their list; pages of metrics that are gone go.

    Returns:
        The files, in order of name.
    """
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    pages = metric_pages(root)
    for stale in set(folder.glob("*.md")) - set(pages):
        stale.unlink()
    for file, text in pages.items():
        file.write_text(text)
    return sorted(pages)


def metric_pages(root: Path) -> dict[Path, str]:
    """Return file and text of every page that `write_pages` writes."""
    metrics = load_metrics(root / "dbt_project" / "metrics")
    kinds = load_cases(root / "dbt_project" / "metrics")
    rows = "\n".join(f"| [{metric['title']}]({metric['metric']}.md) | {metric['question']} |" for metric in metrics)
    index = f"""{_MADE}

# Metrics

Each page says what a number counts, how sure it is, and why a vendor's own screen shows another.

| metric | answers |
|---|---|
{rows}
"""
    made = {root / FOLDER / f"{metric['metric']}.md": page(metric, kinds[metric["cases"]]) for metric in metrics}
    return made | {root / FOLDER / "README.md": index}
