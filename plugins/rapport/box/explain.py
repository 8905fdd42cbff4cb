"""From a number down to where it comes from: definition, SQL, sums of parts, masked rows, source systems and loads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from rapport.box import explain_sums as sums_of
from rapport.box import queries
from rapport.box.explain_ex import explain_ex
from rapport.box.explain_trace import Counted, erased_since, loads_behind
from rapport.declarations.metrics import DIMENSIONS, load_metric, load_metrics
from rapport.home import Home, HomeError
from rapport.warehouse.dbt import manifest_file
from rapport.warehouse.dbt_project import project_folder

GRAINS = ("week", "month", "quarter")
_CELL = ("value", "ci_low", "ci_high", "ci_method", "n", "n_eligible", "coverage_rate", "target", "change", "change_label")
_ABOUT = ("version", "low_precision", "suppressed_reason", "restated", "release_id", "tz")
_GROUPED_BY = ("cases", "day", "population", "where")
_CURVE = ("measure", "event", "start", "schedule")
_SAME = 1e-6
ROWS_SHOWN = 20


@dataclass(frozen=True)
class _Asked:
    """Which cell of which metric is explained, and as whom it is read."""

    home: Home
    role: str
    metric: Mapping[str, Any]
    grain: str
    start: date
    cut: Mapping[str, str]

    def read(self, statement: str | sql.Composed, **values: Any) -> list[dict[str, Any]]:
        """Return rows as the role may read them."""
        return queries.rows(self.home, self.role, statement, {"metric": self.metric["metric"], "start": self.start, **values})

    def is_cell(self) -> sql.Composed:
        """Return the condition that a row of a relation on the lattice is the cell's."""
        return sql.SQL(" and ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(self.cut.get(name, "all"))) for name in DIMENSIONS
        )

    def is_inside(self) -> sql.Composed:
        """Return the condition, to be added to another, that a row in full detail belongs to the cell."""
        chosen = (sql.SQL(" and {} = {}").format(sql.Identifier(name), sql.Literal(value)) for name, value in self.cut.items())
        return sql.SQL("").join(chosen)


def explain(
    home: Home, name: str, *, period: date, grain: str = "month", by: Mapping[str, str] | None = None, role: str = "analyst"
) -> dict[str, Any]:
    """Return the way from one cell of a metric down to its rows, as objects that JSON can hold.

    What is read of the numbers and rows is what `role` may read. Of a hidden cell nothing is told but that it is hidden: neither sums nor
    rows nor how many they are.

    Args:
        home: the installation.
        name: the metric.
        period: any day of the period.
        grain: `week`, `month` or `quarter`.
        by: dimension -> value; none for the total.
        role: as whom to read, `analyst` unless said.

    Returns:
        `metric`, `cell`, `definition` (the YAML), `sql` (how cases and their parts are made), and for a cell with a value `components`
        (sums, the value they give, whether it is the one shown), `rows` (masked, at most `ROWS_SHOWN`), `rows_behind` (how many count),
        `sources` (system, streams, loads); for a hidden one `hidden`. A metric of employees, read as `hr`, goes down to its blocks
        and says `private`.

    Raises:
        HomeError: no such metric, dimension or cell, or the warehouse does not answer.
    """
    cut = dict(by or {})
    if (of_employees := project_folder(home) / "metrics" / "ex" / f"{name}.yml").is_file():
        return explain_ex(home, of_employees, start=_period_start("quarter", period), by=cut)
    if unknown := sorted(set(cut) - set(DIMENSIONS)):
        raise HomeError(f"no dimension {', '.join(unknown)}: cut by one of {', '.join(DIMENSIONS)}")
    file = project_folder(home) / "metrics" / f"{name}.yml"
    if not file.is_file():
        raise HomeError(f"no metric {name}: `rapport metric` names those there are")
    metric = load_metric(file)
    start = _period_start(grain, period)
    told: dict[str, Any] = {"metric": name, "grain": grain, "period_start": start.isoformat(), "by": cut}
    told |= {"definition": file.read_text(), "sql": _sql(home, metric)}
    asked = _Asked(home, role, metric, grain, start, cut)
    told["cell"] = cell = _cell(asked)
    if cell["suppressed_reason"] is not None:
        return told | {"hidden": f"nothing more is shown of a hidden cell: {cell['suppressed_reason']}"}
    if metric["estimator"]["name"] == "computed":
        return told | {"components": _computed(metric)}
    days = _days(asked)
    told["components"] = _components(asked, cell, days)
    told |= _rows(asked, days)
    told["rows_match"] = told["rows_behind"] == cell["n"]
    return told | erased_since(home, cell["n"], told["rows_behind"])


def _period_start(grain: str, day: date) -> date:
    if grain not in GRAINS:
        raise HomeError(f"no grain {grain}: choose one of {', '.join(GRAINS)}")
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _period_end(grain: str, start: date) -> date:
    """Return the first day after the period."""
    if grain == "week":
        return start + timedelta(days=7)
    months = start.month - 1 + (1 if grain == "month" else 3)
    return date(start.year + months // 12, months % 12 + 1, 1)


def _cell(asked: _Asked) -> dict[str, Any]:
    statement = sql.SQL(
        "select {} from marts_cx.metric_value where metric = %(metric)s and grain = %(grain)s and period_start = %(start)s and {}"
    ).format(sql.SQL(", ").join(map(sql.Identifier, (*_CELL, *_ABOUT))), asked.is_cell())
    found = asked.read(statement, grain=asked.grain)
    if not found:
        name = asked.metric["metric"]
        raise HomeError(f"{name} has no such cell in the {asked.grain} of {asked.start}: not on its lattice, or nothing counts")
    return found[0]


def _sql(home: Home, metric: Mapping[str, Any]) -> dict[str, Any]:
    """Return the SQL of the case rows as it was compiled, and what of them counts."""
    compiled = manifest_file(home).parent / "compiled" / "rapport" / "models" / "marts" / "metrics" / f"int_cases__{metric['cases']}.sql"
    told = {key: metric[key] for key in ("cases", "day", "population", "where", "estimator")}
    return told | {"cases_sql": compiled.read_text().strip() if compiled.is_file() else None, "shown_in": _shown_in(metric)}


def _shown_in(metric: Mapping[str, Any]) -> str:
    return "analysis.metric_estimate" if metric["estimator"]["name"] == "computed" else "marts_cx.metric_part"


def _computed(metric: Mapping[str, Any]) -> dict[str, Any]:
    from rapport.analysis.registry import steps

    wanted = metric["estimator"]["step"]
    found = next((step for step in steps() if step.name == wanted), None)
    if found is None:
        return {"step": wanted, "inputs": [], "note": "no step of this name is in use"}
    return {"step": found.name, "step_version": found.version, "inputs": sorted(found.reads), "writes": sorted(found.writes)}


def _days(asked: _Asked) -> tuple[date, date]:
    """Return first day and first day after; of a stock, the last day of the period alone."""
    end = _period_end(asked.grain, asked.start)
    if asked.metric["over_time"] == "sum":
        return asked.start, end
    statement = "select max(day) as day from marts_cx.metric_part where metric = %(metric)s and day >= %(start)s and day < %(end)s"
    found = asked.read(statement, end=end)
    last = date.fromisoformat(found[0]["day"]) if found[0]["day"] else asked.start
    return last, last + timedelta(days=1)


def _components(asked: _Asked, cell: Mapping[str, Any], days: tuple[date, date]) -> dict[str, Any]:
    statement = sql.SQL("select * from marts_cx.metric_part where metric = %(metric)s and day >= %(first)s and day < %(end)s")
    parts = asked.read(statement + asked.is_inside(), first=days[0], end=days[1])
    fixed = {"metric", "version", "day", "histogram", *DIMENSIONS}
    names = [name for name in (parts[0] if parts else {}) if name not in fixed]
    sums = sums_of.total_of(parts, names)
    told: dict[str, Any] = {"part_rows": len(parts), "sums": sums}
    estimator = asked.metric["estimator"]
    if estimator["name"] == "quantile_order":
        bounds = sums_of.quantile_bounds(parts, estimator["quantile"])
        inside = bounds is not None and cell["value"] is not None and bounds[0] - _SAME <= cell["value"] <= bounds[1] + _SAME
        told |= {"formula": f"the {estimator['quantile']:g} quantile of the histogram", "between": bounds}
        return told | {"adds_up": inside if cell["value"] is not None else bounds is None}
    if estimator["name"] in {"km", "km_share"}:
        points = _curve(asked)
        value = sums_of.curve_reading(points, quantile=estimator.get("quantile"), within=estimator.get("within"))
        told |= {"formula": "product of (1 - done / at risk) over the times at which cases were done", "curve": points[:ROWS_SHOWN]}
    else:
        formula, value = sums_of.from_sums(estimator["name"], sums)
        told["formula"] = formula
    return told | {"value": value, "adds_up": _is_same(value, cell["value"])}


def _is_same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return abs(one - other) <= _SAME * max(1.0, abs(other))


def _curve(asked: _Asked) -> list[dict[str, Any]]:
    """Return the points of the Kaplan-Meier curve that the cell is read off: metrics that count alike share one, under the first's name."""

    def kept(other: Mapping[str, Any]) -> list[Any]:
        return [
            *(other.get(key) for key in (*_GROUPED_BY, "unit", "clock", "frozen_after_days")),
            *(other["estimator"].get(key) for key in _CURVE),
        ]

    alike = [other for other in load_metrics(project_folder(asked.home) / "metrics") if other["estimator"]["name"] in {"km", "km_share"}]
    first = next(other["metric"] for other in alike if kept(other) == kept(asked.metric))
    statement = sql.SQL(
        "select duration, count(*) as cases, count(*) filter (where is_done) as done,"
        " sum(count(*)) over (order by duration desc)::bigint as at_risk"
        " from intermediate.int_metrics__km_cases where curve = %(curve)s and grain = %(grain)s and period_start = %(start)s"
        " and duration is not null{} group by duration order by duration"
    ).format(asked.is_inside())
    return queries.rows(asked.home, "transformer", statement, {"curve": first, "grain": asked.grain, "start": asked.start})


def _rows(asked: _Asked, days: tuple[date, date]) -> dict[str, Any]:
    """Return how many cases count, some of them as the role may read them, and the systems and loads that they came by."""
    metric, fact = asked.metric, asked.metric["model"]
    shown = _columns(asked, fact)
    with psycopg.connect(asked.home.dsn("transformer"), row_factory=dict_row) as conn:
        key = _key(conn, f"int_cases__{metric['cases']}", shown)
        counted = Counted(
            sql.SQL("from intermediate.{cases} where ({population}) and ({where}) and {day} >= %(first)s and {day} < %(end)s{cut}").format(
                cases=sql.Identifier(f"int_cases__{metric['cases']}"),
                population=sql.SQL(metric["population"]),
                where=sql.SQL(metric["where"]),
                day=sql.Identifier(metric["day"]),
                cut=asked.is_inside(),
            ),
            {"first": days[0], "end": days[1]},
        )
        total = conn.execute(sql.SQL("select count(*) as n ") + counted.clause, counted.values).fetchone()
        keys = [row["key"] for row in conn.execute(counted.keys(key, ROWS_SHOWN), counted.values).fetchall()]
        sources = loads_behind(asked.home, conn, metric, key=key, counted=counted, keys=keys)
    told: dict[str, Any] = {"rows_behind": total["n"] if total else 0, "sources": sources, "rows_of": f"marts_cx.{fact}", "rows": []}
    if key in shown:
        statement = sql.SQL("select * from marts_cx.{fact} where {key} = any(%(keys)s) order by {key} limit {limit}").format(
            fact=sql.Identifier(fact), key=sql.Identifier(key), limit=sql.Literal(ROWS_SHOWN)
        )
        told["rows"] = asked.read(statement, keys=keys)
    return told


def _key(conn: psycopg.Connection[dict[str, Any]], cases: str, shown: set[str]) -> str:
    """Return the column by which case rows are found again in the fact that people read; its first column where there is none."""
    found = conn.execute(
        "select column_name from information_schema.columns where table_schema = 'intermediate' and table_name = %s"
        " order by ordinal_position",
        [cases],
    ).fetchall()
    if not found:
        raise HomeError(f"intermediate.{cases} is not there: `rapport run` builds it")
    names = [str(row["column_name"]) for row in found]
    return next((name for name in names if name.endswith("_key") and name in shown and name not in {"account_key", "person_key"}), names[0])


def _columns(asked: _Asked, relation: str) -> set[str]:
    statement = "select column_name from information_schema.columns where table_schema = 'marts_cx' and table_name = %(name)s"
    return {row["column_name"] for row in asked.read(statement, name=relation)}


def lines(told: Mapping[str, Any]) -> list[str]:
    """Return an explanation as text, a rung of the ladder a paragraph."""
    cut = ", ".join(f"{name} = {value}" for name, value in told["by"].items())
    said = [f"{told['metric']}, {told['grain']} of {told['period_start']}{', ' + cut if cut else ''}", ""]
    said += _paragraph("value", {key: value for key, value in told["cell"].items() if value is not None})
    said += ["definition", *("  " + line for line in told["definition"].splitlines()), ""]
    case_sql = told["sql"]["cases_sql"]
    said += [f"SQL of its cases ({told['sql']['cases']}), counted into {told['sql']['shown_in']}"]
    said += ["  " + line for line in (case_sql or "not compiled here yet").splitlines()] + [""]
    if "hidden" in told:
        return [*said, told["hidden"]]
    said += _paragraph("sums of its parts", told["components"])
    if "rows" in told:
        said += [f"rows behind it: {told['rows_behind']:,}, as {told['rows_of']} shows them"]
        said += [f"{told['erased_since']} rows erased since: the number stays as it was read"] if "erased_since" in told else []
        said += ["  " + json.dumps(row, ensure_ascii=False) for row in told["rows"]] + [""]
        said += ["source systems and loads", *("  " + json.dumps(source) for source in told["sources"])]
    if "private" in told:
        said.append(told["private"])
    return said


def _paragraph(title: str, values: Mapping[str, Any]) -> Sequence[str]:
    return [title, *(f"  {key}: {json.dumps(value) if isinstance(value, dict | list) else value}" for key, value in values.items()), ""]
