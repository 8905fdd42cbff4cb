"""Would catch a dashboard changed by hand in the bundle, a tile without a meaning for "no data", or a leader's chart over `ops`."""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path

import pytest
import sqlglot
import yaml
from rapport.home import checkout

SUPERSET = checkout() / "superset"
sys.path.append(str(SUPERSET))

from bundle import charts, guide, privacy, spec, write  # noqa: E402


@cache
def relations(sql: str) -> set[tuple[str, str]]:
    """Return schema and name of every relation a query reads, its own subqueries apart."""
    parsed = sqlglot.parse_one(sql, read="postgres")
    own = {cte.alias for cte in parsed.find_all(sqlglot.exp.CTE)}
    return {(table.db, table.name) for table in parsed.find_all(sqlglot.exp.Table) if table.db or table.name not in own}


def test_bundle_on_disk_is_what_the_generator_writes() -> None:
    """Would catch a specification changed without `python -m bundle`, and a bundle edited by hand."""
    written, on_disk = write.bundle(), write.read()
    assert sorted(written) == sorted(on_disk)
    assert [path for path in written if written[path] != on_disk[path]] == []


def test_page_of_dashboards_is_what_the_specifications_say() -> None:
    """Would catch a page that names a dashboard, a question or a reader that is no longer so."""
    assert guide.PAGE.read_text() == guide.page()
    assert all(dashboard.guide for dashboard in spec.load_dashboards() if dashboard.tiles()), "every dashboard says what leads to it"


def test_generator_is_deterministic(tmp_path: Path) -> None:
    """Would catch a clock, a random number or a set's order in the bundle."""
    write.write(tmp_path / "one")
    write.write(tmp_path / "two")
    assert write.read(tmp_path / "one") == write.read(tmp_path / "two")


def test_generator_refuses_a_column_that_the_dataset_lacks() -> None:
    """Would catch a chart that fails in the browser only: the positive control of the column check."""
    tile = spec.Tile("bars", "Reasons", "support_reason_pareto", 6, 30)
    columns = spec.load_datasets()["support_reason_pareto"].columns
    charts.check(tile, columns)
    with pytest.raises(spec.SpecError, match="reads reason, which support_reason_pareto does not have"):
        charts.check(tile, {name: kind for name, kind in columns.items() if name != "reason"})


def test_datasets_read_published_marts_or_ops_only() -> None:
    """Would catch a chart over raw, staging or core rows, which the consumers' roles may not read."""
    found = {name: relations(dataset.sql) for name, dataset in spec.load_datasets().items()}
    assert all(found.values()), "every dataset names a schema"
    assert {schema for each in found.values() for schema, _ in each} == {"marts_cx", "marts_ex", "marts_exec", "ops"}
    for name, each in found.items():
        schemas = {schema for schema, _ in each}
        assert len(schemas & {"marts_ex", "marts_exec"}) == 0 or len(schemas) == 1, f"{name} joins employees to something else"


@pytest.mark.parametrize(
    ("schema", "query", "privacy_class", "says"),
    [
        ("marts_cx", "select note as told from marts_cx.people", "personal", "shows marts_cx.people.note, which is personal"),
        ("marts_cx", "select p.* from marts_cx.people as p", "sensitive", "shows marts_cx.people.note, which is sensitive"),
        ("marts_cx", "select upper(note) from (select note from marts_cx.people) as x", "free_text", "which is free_text"),
        ("marts_cx", "select note from marts_cx.nowhere", "public", "reads marts_cx.nowhere, which no model"),
        ("marts_ex", "select note_redacted from marts_ex.people", "free_text", "quotes marts_ex.people.note_redacted"),
        ("marts_cx", "select left(note_redacted, 20) from marts_cx.people", "free_text", "quotes marts_cx.people.note_redacted"),
    ],
)
def test_generator_refuses_a_dataset_that_shows_what_nobody_may_see(schema: str, query: str, privacy_class: str, says: str) -> None:
    """Would catch a personal column, an untreated text, or words of customers and employees on a dashboard. Control: `internal` passes."""
    known = {"people": {"note": privacy_class, "note_redacted": privacy_class}}
    dataset = spec.Dataset(name="x", schema=schema, sql=query, description="", columns={}, live=False)
    with pytest.raises(spec.SpecError, match=says):
        privacy.check(dataset, known)
    privacy.check(dataset, {name: {"note": "internal", "note_redacted": "internal"} for name in ("people", "nowhere")})


def test_leaders_dashboards_read_no_ops() -> None:
    """Would catch run and quarantine tables on a dashboard for leaders, who read `marts_cx` only."""
    datasets = spec.load_datasets()
    for dashboard in spec.load_dashboards():
        if "Rapport leader" in dashboard.roles:
            read = {schema for tile in dashboard.tiles() for schema, _ in relations(datasets[tile.dataset].sql)}
            assert "ops" not in read, dashboard.title


def test_each_audience_has_a_connection_of_its_own() -> None:
    """Would catch results of employees on the analysts' connection, and a dashboard open to a role that its connection is not for."""
    datasets = spec.load_datasets()
    allowed = {"analyst": {"marts_cx", "ops"}, "hr": {"marts_ex"}, "leader": {"marts_cx", "marts_ex", "marts_exec"}}
    readers = {"hr": {"Rapport hr", "Rapport leader"}, "leader": {"Rapport leader"}}
    for dashboard in spec.load_dashboards():
        read = {schema for tile in dashboard.tiles() for schema, _ in relations(datasets[tile.dataset].sql)}
        assert read <= allowed[dashboard.connection], dashboard.title
        assert set(dashboard.roles) <= readers.get(dashboard.connection, set(dashboard.roles)), dashboard.title


def test_every_dashboard_says_what_it_cannot_tell_and_every_tile_what_is_missing() -> None:
    """Would catch a dashboard without limits, and a chart that would be an unexplained grey box on a new installation."""
    for dashboard in spec.load_dashboards():
        assert len(dashboard.limits) >= 3
        assert dashboard.question.endswith("?")
        for tile in dashboard.tiles():
            if tile.kind not in ("kpi", "facts"):  # these have a row whatever happens
                assert tile.empty != spec.Tile.empty, f"{dashboard.title} / {tile.title}"


def test_relationship_and_transactional_nps_never_share_a_chart() -> None:
    """Would catch the two NPS drawn on one line, which are different questions to different people."""
    for dashboard in spec.load_dashboards():
        for tile in dashboard.tiles():
            if tile.dataset == "metric_reading":
                assert isinstance(tile.where["metric"], str), f"{tile.title} reads one metric"


def test_no_template_opens_markdown_or_fetches() -> None:
    """Would catch a tile whose data could become markup: text after a blank line is parsed as markdown."""
    for path, text in write.bundle().items():
        if path.startswith("charts/"):
            template = yaml.safe_load(text)["params"].get("handlebarsTemplate", "<div>")
            assert template.startswith("<div")
            assert "\n" not in template
            assert "{{{" not in template.replace("{{{{", ""), "a triple brace would not escape"
            assert not re.search(r"src=|href=|url\(", template)
