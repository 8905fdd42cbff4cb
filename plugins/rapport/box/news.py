"""What is mailed to leaders: the scorecard of the week, and what changed clearly. Noise is never mailed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from rapport.box import letters, printing, queries
from rapport.home import Home

_TOLD = "alerts_told.json"
_RUNBOOK = "docs/runbooks/a-gate-blocked-the-release.md"
# A change stands here only with its label, which is given after the correction for many comparisons and above a practical minimum.
_CHANGES = """
select d.metric, d.title, d.unit, d.direction, d.currency, v.period_start, v.value, v.change, v.change_label, v.release_id
from marts_cx.metric_value as v
join marts_cx.metric_definition as d using (metric, version)
cross join marts_cx.release_status as s
where v.grain = 'month' and v.change_label in ('up', 'down') and d.direction in ('higher', 'lower')
  and v.period_start = date_trunc('month', s.data_as_of) - interval '1 month'
  and (v.country, v.segment, v.industry, v.strategic, v.channel, v.queue, v.survey, v.touchpoint, v.stage, v.role, v.reason, v.item)
    = ('all', 'all', 'all', 'all', 'all', 'all', 'all', 'all', 'all', 'all', 'all', 'all')
order by (v.change_label = 'up') = (d.direction = 'higher'), d.title
"""
_FACTORS = {"minutes": (1 / 60, " h"), "share": (100, " points"), "ratio": (100, " points"), "points": (1, " points"), "days": (1, " days")}


def mail_scorecard(home: Home) -> int:
    """Mail the printed scorecard to leaders; return how many mails were sent, 0 if no mail server is set.

    Raises:
        HomeError: a dashboard could not be printed, or the server did not take the mail.
    """
    where = letters.post(home)
    if where is None:
        return 0
    status = _status(home)
    text = [
        f"The scorecard of {datetime.now(UTC):%d %B %Y}: data as of {str(status['data_as_of'])[:10]}, release {status['release_id']}.",
        "One page a dashboard. Every number has its interval; an arrow stands only for a clear change.",
    ]
    if status["state"] == "blocked":
        text.append(f"A newer release was held back: {status['reason']}")
    if status["is_sandbox"]:
        text.append("Simulated company: people and numbers are invented.")
    address = printing.dashboards.login(home, "leader")["address"]
    text.append(f"Live, with definitions: {address}/superset/dashboard/start/")
    name = f"scorecard-{datetime.now(UTC):%Y-%m-%d}.pdf"
    return letters.send(
        where, f"Scorecard, data as of {str(status['data_as_of'])[:10]}", "\n\n".join(text), {name: printing.scorecard(home)}
    )


def mail_changes(home: Home) -> int:
    """Mail what changed clearly in the last complete month and was not told before; return how many changes, 0 if there is nothing to tell.

    Raises:
        HomeError: the warehouse or the mail server does not answer.
    """
    where = letters.post(home)
    if where is None:
        return 0
    told = _told(home)
    news = [row for row in queries.rows(home, "leader", _CHANGES) if _name(row) not in told]
    if not news:
        return 0
    month = datetime.fromisoformat(str(news[0]["period_start"])[:10])
    lines = [f"Changed clearly in {month:%B %Y}, against the month before:", ""]
    lines += [f"  {_said(row)}" for row in news]
    lines += [
        "",
        "Each stands after the correction for many comparisons and is large enough to matter. What is not listed did not change clearly.",
    ]
    letters.send(where, f"{len(news)} clear change{'' if len(news) == 1 else 's'} in {month:%B %Y}", "\n".join(lines))
    (home.dir("run") / _TOLD).write_text(json.dumps(sorted({*told, *map(_name, news)})))
    return len(news)


def mail_blocked(home: Home, reason: str) -> int:
    """Mail that a release was held back and why; return how many mails were sent, 0 if no mail server is set.

    Args:
        home: the installation.
        reason: what the gate or the audit found, in counts and names of columns.

    Raises:
        HomeError: the mail server did not take it.
    """
    where = letters.post(home)
    if where is None:
        return 0
    text = ["A release was held back; dashboards still show the one before.", f"Why: {reason}", f"What to do: {_RUNBOOK}"]
    return letters.send(where, "A release was held back", "\n\n".join(text))


def _said(row: dict[str, Any]) -> str:
    factor, suffix = _FACTORS.get(row["unit"], (1, f" {row['currency']}" if row["currency"] else ""))
    way = "better" if (row["change_label"] == "up") == (row["direction"] == "higher") else "worse"
    arrow = "▲" if row["change_label"] == "up" else "▼"
    return f"{way:<7}{arrow} {row['title']}: {'+' if row['change'] > 0 else '−'}{abs(row['change']) * factor:,.1f}{suffix}"


def _name(row: dict[str, Any]) -> str:
    return f"{row['metric']} {str(row['period_start'])[:10]} {row['change_label']}"


def _told(home: Home) -> set[str]:
    file = home.dir("run") / _TOLD
    return set(json.loads(file.read_text())) if file.is_file() else set()


def _status(home: Home) -> dict[str, Any]:
    return queries.rows(home, "leader", "select release_id, data_as_of, state, reason, is_sandbox from marts_cx.release_status")[0]
