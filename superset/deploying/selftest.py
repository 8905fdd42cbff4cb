"""Ask every chart, as everyone who may see it, what the browser will ask."""

from __future__ import annotations

from typing import Any

from bundle import templates
from bundle.layout import chart_uuid
from bundle.spec import Dashboard, Tile

from deploying.access import Policy, stored_database
from deploying.publishing import stored_dashboard


class ChartError(RuntimeError):
    """A chart did not answer; the message is Superset's, without any row."""


def ask(chart: Any, dashboard: Any, *, fetch: bool = True) -> list[int]:
    """Run a chart's stored queries as the current user, through Superset's own checks.

    Args:
        chart: Superset's chart.
        dashboard: the dashboard it is opened on.
        fetch: false tests the right to ask only.

    Returns:
        The number of rows of each query; empty when nothing was fetched.

    Raises:
        ChartError: a query failed or was refused.
    """
    from superset.charts.schemas import ChartDataQueryContextSchema
    from superset.commands.chart.data.get_data_command import ChartDataCommand
    from superset.utils import json

    payload = json.loads(chart.query_context)
    payload["form_data"] |= {"slice_id": chart.id, "dashboardId": dashboard.id}
    try:
        context = ChartDataQueryContextSchema().load(payload)
        command = ChartDataCommand(context)
        command.validate()
        if not fetch:
            return []
        answers = command.run()["queries"]
    except Exception as error:  # whatever it is, the deployment reports it and goes on to the next chart
        raise ChartError(f"{type(error).__name__}: {str(error)[:300]}") from None
    if failed := [str(answer["error"])[:300] for answer in answers if answer.get("error")]:
        raise ChartError("; ".join(failed))
    return [int(answer["rowcount"]) for answer in answers]


def self_test(policy: Policy, dashboards: list[Dashboard]) -> tuple[list[str], list[str]]:
    """Ask every chart of every dashboard, and fold the ones without a row.

    Each chart is asked once, as a user of the dashboard's first role, which also fills the cache. Users of the other
    roles share connection and cache: for them the right to ask is tested, once for each dataset. Where a chart has no row yet, a
    sentence that says why takes its place: Superset draws an empty chart as an error-like grey box. The next
    deployment brings the chart back as soon as it has a row.

    Returns:
        One line for each chart that failed or was refused, and the titles of the charts folded.
    """
    from superset.utils import json

    from superset import db

    problems: list[str] = []
    folded: list[str] = []
    missing = _missing(dashboards)
    for specification in dashboards:
        stored = stored_dashboard(specification)
        position = json.loads(stored.position_json)
        tiles = {chart_uuid(specification, tile.title): tile for tile in specification.tiles()}
        users = [next(name for name, user in policy.users.items() if role in user["roles"]) for role in specification.roles]
        seen: set[int] = set()
        for chart in list(stored.slices):
            found, rows = _try(chart, stored, users[:1] if chart.datasource_id in seen else users)
            seen.add(chart.datasource_id)
            problems += [f"{specification.title} / {chart.slice_name} {problem}" for problem in found]
            if found or any(rows):
                continue
            if tile := tiles.get(str(chart.uuid)):
                _replace(position, str(chart.uuid), tile, missing.get(tile.domain or specification.domain or ""))
                stored.slices.remove(chart)
                folded.append(tile.title)
            else:
                problems.append(f"{specification.title} / {chart.slice_name}: no row, so nobody sees which release this is")
        stored.position_json = json.dumps(position)
    db.session.commit()
    return problems, folded


def _try(chart: Any, dashboard: Any, users: list[str]) -> tuple[list[str], list[int]]:
    from superset.utils.core import override_user

    from superset import security_manager

    problems: list[str] = []
    rows: list[int] = []
    for number, username in enumerate(users):
        with override_user(security_manager.find_user(username=username)):
            try:
                rows = ask(chart, dashboard, fetch=number == 0) or rows
            except ChartError as error:
                problems.append(f"as {username}: {error}")
    return problems, rows


def _missing(dashboards: list[Dashboard]) -> dict[str, str]:
    """Return, for each domain of which no system is connected, the sentence that says so."""
    query = "select domain from marts_cx.source_coverage group by domain having not bool_or(is_connected)"
    try:
        unconnected = stored_database(dashboards[0].connection).get_df(query)["domain"].tolist()
    except Exception:  # before the first release there is no such relation, and every tile says so itself
        return {}
    return {str(domain): templates.not_connected(str(domain)) for domain in unconnected}


def _replace(position: dict[str, Any], uuid: str, tile: Tile, missing: str | None) -> None:
    for node in position.values():
        if isinstance(node, dict) and node.get("type") == "CHART" and node["meta"].get("uuid") == uuid:
            node["type"] = "MARKDOWN"
            code = templates.missing(tile.short or tile.title, missing or tile.empty, tile.height)
            node["meta"] = {"code": code, "width": tile.width, "height": tile.height}
