"""The page on which a leader records a decision against a chart: who, what, by when.

What is written goes the way of every sheet of `rapport governance upload`: checked row by row, kept as a version in the
inbox, redacted where it lands, read by the next run. Nothing of it is kept in Superset, and it is a role that decides,
never a person by name.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import tempfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bundle.spec import Dashboard, load_dashboards
from flask import Blueprint, abort, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

ROLE = "Rapport leader"
WRITES_AS = "leader"  # the sheet names a role; who was logged in stands in Superset's own log
MOST_LETTERS = 300
_SECONDS = 120

blueprint = Blueprint("rapport_decisions", __name__, url_prefix="/rapport/decisions", template_folder="templates")


class NotKeptError(ValueError):
    """The decision was not kept; the message says why, in words for whoever wrote it."""


@blueprint.get("/")
def ask() -> Any:
    """Show the form for one dashboard."""
    if refused := _refusal():
        return refused
    return _page(_dashboard(request.args.get("dashboard", "")), {})


@blueprint.post("/")
def record() -> Any:
    """Keep what was written, or show the form again with the reason why not."""
    if refused := _refusal():
        return refused
    dashboard = _dashboard(request.form.get("dashboard", ""))
    written = {name: " ".join(text.split()) for name, text in request.form.items() if name != "csrf_token"}
    try:
        keep(dashboard, written, datetime.now(UTC))
    except NotKeptError as error:
        return _page(dashboard, written, wrong=str(error)), 400
    return render_template("decision_kept.html", dashboard=dashboard, written=written)


def keep(dashboard: Dashboard, written: dict[str, str], now: datetime) -> None:
    """Hand a decision, and the action that follows from it, to the platform.

    Args:
        dashboard: what the leader was looking at.
        written: `chart` (a tile's title), `title`, `owner`, `signal_on`, and `due_on` if something is to be done by a day.
        now: when.

    Raises:
        NotKeptError: something is missing or not as the sheets want it.
    """
    charts = {tile.title: tile for tile in dashboard.tiles()}
    if written.get("chart") not in charts:
        raise NotKeptError("Choose the chart that you decided on.")
    if not written.get("title"):
        raise NotKeptError("Say what was decided.")
    if len(written["title"]) > MOST_LETTERS:
        raise NotKeptError(f"Say it in at most {MOST_LETTERS} letters.")
    if written.get("owner") not in owners():
        raise NotKeptError("Choose who does it.")
    today, number = now.date(), f"{dashboard.slug}-{now:%Y%m%dt%H%M%S}"
    signal, due = _day(written.get("signal_on", ""), "the day of the signal"), _day(written.get("due_on", ""), "the day by when")
    if signal and signal > today:
        raise NotKeptError("A signal that led to a decision was there before it: choose an earlier day.")
    if due and due < today:
        raise NotKeptError("What is to be done by a day is done in the future: choose a later one.")
    metric = charts[written["chart"]].where.get("metric", "")
    common = {"id": number, "title": written["title"], "owner": written["owner"], "metric": metric}
    decision = {**common, "chart": written["chart"], "function": written["owner"], "decided_on": today.isoformat()}
    _upload("decisions", decision | {"signal_on": signal.isoformat() if signal else ""})
    if due and metric:
        _upload("actions", {**common, "opened_on": today.isoformat(), "due_on": due.isoformat()})


@cache
def owners() -> tuple[str, ...]:
    """Return the roles that may do something: those that answer for a dashboard."""
    return tuple(sorted({dashboard.owner for dashboard in load_dashboards()}))


@cache
def _dashboards() -> dict[str, Dashboard]:
    return {dashboard.slug: dashboard for dashboard in load_dashboards() if ROLE in dashboard.roles and dashboard.tiles()}


def _refusal() -> Response | None:
    """Send whoever is not logged in to the login page, and refuse whoever is no leader."""
    if not current_user.is_authenticated:
        return redirect(f"/login/?next={request.full_path.removesuffix('?')}")
    if ROLE not in {role.name for role in current_user.roles}:
        abort(403, "Decisions are recorded by leaders.")
    return None


def _dashboard(slug: str) -> Dashboard:
    found = _dashboards().get(slug)
    if found is None:
        abort(404, "There is no such dashboard for leaders.")
    return found


def _page(dashboard: Dashboard, written: dict[str, str], wrong: str = "") -> str:
    charts = [(tile.title, bool(tile.where.get("metric"))) for tile in dashboard.tiles()]
    return render_template(
        "decision.html", dashboard=dashboard, charts=charts, owners=owners(), written=written, wrong=wrong, most=MOST_LETTERS
    )


def _day(text: str, what: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise NotKeptError(f"Write {what} as a date.") from None


def _upload(kind: str, row: dict[str, str]) -> None:
    """Give one row to `rapport governance upload`, which checks it as it checks every sheet."""
    with tempfile.TemporaryDirectory(prefix="rapport-") as folder:
        sheet = Path(folder) / f"{kind}.csv"
        with sheet.open("w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows([list(row), list(row.values())])
        argv = [os.environ["RAPPORT_PROGRAM"], "governance", "upload", kind, str(sheet), "--as", WRITES_AS, "--json"]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=_SECONDS)
    try:
        faults = json.loads(done.stdout)["faults"]
    except (ValueError, KeyError):
        raise NotKeptError(
            "The platform could not keep it. Nothing was recorded; an engineer finds the reason in Superset's log."
        ) from None
    if faults:
        raise NotKeptError("; ".join(f"{fault['column']} {fault['reason']}".strip() for fault in faults))
