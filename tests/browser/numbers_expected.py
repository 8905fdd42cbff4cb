"""Where one number of each table, matrix and list is in the warehouse: asked there apart from the dashboards' own SQL."""

from __future__ import annotations

# One number a table: how its first column finds the row (`{}`), and which column's text is compared.
NEWEST = (
    "period_start = (select max(period_start) from marts_cx.{}"
    " where period_start < (select date_trunc('quarter', data_as_of) from marts_cx.release_status))"
)
TABLES = {
    "What pains them": (
        f"select persons from marts_cx.voice_pain_gain where replace(topic, '_', ' ') = '{{0}}' and {NEWEST.format('voice_pain_gain')}",
        1,
    ),
    "Scores and their bounds": (
        "select n from marts_cx.voice_bounds join marts_cx.metric_definition using (metric)"
        f" where title = '{{0}}' and survey = 'all' and {NEWEST.format('voice_bounds')}",
        2,
    ),
    "Moods against people's ratings": (
        "select n from marts_cx.voice_text_error where replace(corpus, '_', ' ') = '{0}' and mood = '{2}'",
        3,
    ),
    "Reconciliation to the source": ("select rows_landed from marts_cx.stream_health where source = '{0}' and stream = '{1}'", 3),
    "Partner by partner": (
        "select due from marts_cx.partner_scorecard where upper(left(partner_key, 6)) = '{0}'"
        f" and {NEWEST.replace('period_start', 'quarter').format('partner_scorecard')}",
        4,
    ),
    "Growth that was earned": (
        "select customers from marts_cx.value_growth where to_char(period_start, '\"Q\"Q YYYY') = '{0}'",
        7,
    ),
    "Releases": ("select coalesce(rows_changed, 0) from ops.release where release_id = '{0}'", 4),
    "Runs": ("select coalesce(sum(rows_landed), 0) from ops.stream_load where run_id = '{0}'", 6),
    "Freshness by stream": ("select rows_landed from marts_cx.stream_health where source = '{0}' and stream = '{1}'", 5),
    "From the source's count to the core": (
        "select rows_fetched from ops.reconciliation as r join ops.run as u using (run_id) where source = '{0}' and stream = '{1}'"
        " order by u.started_at desc limit 1",
        3,
    ),
    "Held back, by field and reason": (
        "select coalesce(sum(rows), 0) from ops.quarantine where source = '{0}' and stream = '{1}' and field = '{2}' and reason = '{3}'"
        " and seen_at > now() - interval '30 days'",
        4,
    ),
}

# One number a matrix: the largest, the sum or the count of what its cells say, and where it comes from.
MATRICES = {
    "Coverage: stage, channel and role": (
        max,
        r"^([\d,]+)",
        "select max(met) as n from (select sum(interactions) as met from marts_cx.journey_coverage group by stage, channel, role) as cells",
    ),
    "Promises kept, touchpoint by quarter": (
        min,
        r"^([\d.]+) %",
        "select round((100 * min(value))::numeric, 1) as n from (select *, dense_rank() over (order by period_start desc) as age"
        " from marts_cx.promise_touchpoint where grain = 'quarter' and period_start < date '{open_quarter}') as cells where age <= 8",
    ),
    "Who, what, where, when, why": (len, r"^(not answered)", "select count(*) as n from marts_cx.fivew_cell where status = 'not answered'"),
    "Demand and coverage by hour of the week": (
        sum,
        r": ([\d,]+) contacts",
        "select sum(arrivals) as n from marts_cx.support_demand where quarter < date '{open_quarter}'"
        " and quarter >= date '{open_quarter}' - interval '12 months'",
    ),
}

# One number a list whose lines are no metrics: by the line's name, and how it is shown.
CLOSED = "(select date_trunc('quarter', data_as_of) from marts_cx.release_status)"
LINES = {
    "value_thirds": (
        "select retention as n from marts_cx.value_tercile where third = lower('{0}') and period_start ="
        f" (select max(period_start) from marts_cx.value_tercile where period_start < {CLOSED})",
        "{:,.1f} %",
    ),
    "leaver_steps_list": (
        "select done_share as n from marts_cx.leaver_funnel where reason = 'all' and step_number || '. ' || item = '{0}'"
        f" and quarter = (select max(quarter) from marts_cx.leaver_funnel where quarter < {CLOSED})",
        "{:,.1f} %",
    ),
    "value_chain": ("select mean_score as n from marts_cx.value_chain_experience where replace(role, '_', ' ') = '{0}'", "{:.0f}"),
}
