"""Would catch: a number of a frozen period that changes without a word, or an open one that is called restated."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from rapport.declarations.metrics import DIMENSIONS, load_metrics
from rapport.home import Home
from rapport.warehouse import publish as publishing
from rapport.warehouse.dbt import invoke, manifest_file
from rapport.warehouse.dbt_project import Built, build_variables, ensure_build_tables, keep_built, project_folder
from rapport.warehouse.publish import PublishError, publish
from rapport.warehouse.publish_freeze import LATE, OTHER_BUILD

MODELS = ["metric_restatement", "metric_value"]
BUILT = ["int_metrics__values", "int_metrics__shown", *MODELS]
JUDGED = "intermediate.int_metrics__judged"
COLUMNS = {
    "metric": "text", "version": "bigint", "grain": "text", "period_start": "date", **dict.fromkeys(DIMENSIONS, "text"),
    **dict.fromkeys(("value", "ci_low", "ci_high"), "float"), "ci_method": "text", "n": "bigint",
    "n_eligible": "bigint", **dict.fromkeys(("coverage_rate", "change", "change_ci_low", "change_ci_high"), "float"),
    "change_label": "text", "low_precision": "boolean", "suppressed_reason": "text",
}  # fmt: skip
# What else is shown beside cells: nothing of it here.
OTHERS = (
    "create table core.gov_target (metric text, target float, valid_from timestamp, valid_to timestamp)",
    "create table intermediate.int_metrics__unanswered (metric text, version bigint, grain text, period_start date, reason text)",
    f"insert into intermediate.build_mark (relation, begun_at, is_whole, built_at, whole_at) select '{JUDGED}', at, true, at, at"
    " from (select timezone('utc', clock_timestamp()) as at) as now",
)
NOTE = (
    f"insert into intermediate.dirty_slice (relation, slice, built_at) values ('{JUDGED}', array['month', '2026-{{}}-01'],"
    " timezone('utc', clock_timestamp())) on conflict (relation, slice) do update set built_at = excluded.built_at"
)
SHOWN = "to_char(period_start, 'MM'), country, value, n, change_label, restated"
LEDGER = (
    "to_char(period_start, 'MM'), country, sequence_number, value_before, value_now, n_before, n_now, restated_because, run_id, release_id"
)


def run(home: Home, *statements: str, role: str = "transformer") -> list[tuple[Any, ...]]:
    with psycopg.connect(home.dsn(role)) as conn:
        for statement in statements:
            cursor = conn.execute(statement)
        return cursor.fetchall() if cursor.description else []


class Months:
    """A warehouse whose only metric has a hand-made value a month, published by the real models and the real publish."""

    def __init__(self, home: Home, patch: pytest.MonkeyPatch) -> None:
        self.home, self.patch, self.release = home, patch, 0
        self.variables = build_variables(home)
        self.variables["metrics"] = [metric for metric in load_metrics(project_folder(home) / "metrics") if metric["metric"] == "csat"]
        self.version = self.variables["metrics"][0]["version"]

    def value(self, month: str, number: float | None, n: int | None = 50, *, country: str = "all", label: str = "up") -> None:
        """Write the value that the data give now."""
        named = {"metric": "csat", "version": self.version, "grain": "month", "period_start": f"2026-{month}-01"}
        named |= {**dict.fromkeys(DIMENSIONS, "all"), "country": country, "value": number, "n": n, "change": 0.1, "change_label": label}
        named |= {"ci_low": None if number is None else number - 0.1, "ci_high": None if number is None else number + 0.1}
        with psycopg.connect(self.home.dsn("transformer")) as conn:
            cell = f"metric = 'csat' and period_start = '2026-{month}-01' and country = '{country}'"
            conn.execute(f"delete from {JUDGED} where {cell}".encode())
            columns, places = ", ".join(named), ", ".join(["%s"] * len(named))
            conn.execute(f"insert into {JUDGED} ({columns}) values ({places})".encode(), list(named.values()))
            conn.execute(NOTE.format(month).encode())

    def gone(self, month: str, country: str) -> None:
        """Take out a cell that the data no longer give."""
        run(self.home, f"delete from {JUDGED} where period_start = '2026-{month}-01' and country = '{country}'", NOTE.format(month))

    def build(self) -> None:
        invoke(self.home, ["run", "--select", *BUILT], variables=self.variables)

    def publish(self, as_of: datetime, *, build: str = "one") -> str:
        """Build and publish as data of `as_of`; returns the release."""
        self.build()
        with psycopg.connect(self.home.dsn("transformer"), autocommit=True) as conn:
            keep_built(conn, "marts", Built(build, is_whole=True))
        self.patch.setattr(publishing, "_data_as_of", lambda _conn: as_of)
        self.release += 1
        return publish(self.home, f"run {self.release}").release_id

    def read(self, columns: str, relation: str) -> list[tuple[Any, ...]]:
        return run(self.home, f"select {columns} from marts_cx.{relation} order by 1, 2, 3", role="analyst")


@pytest.fixture
def months(warehouse: Home, monkeypatch: pytest.MonkeyPatch) -> Months:
    """January is over since long, March is not; nothing was published."""
    with psycopg.connect(warehouse.dsn("transformer"), autocommit=True) as conn:
        ensure_build_tables(conn, "salt")
        declared = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        for statement in (f"create table {JUDGED} ({declared})", *OTHERS):
            conn.execute(statement.encode())
    made = Months(warehouse, monkeypatch)
    invoke(warehouse, ["run", "--select", "int_metrics__definitions", "metric_definition"], variables=made.variables)
    manifest = json.loads(manifest_file(warehouse).read_text())
    wanted = {*MODELS, "metric_definition"}
    manifest["nodes"] = {key: node for key, node in manifest["nodes"].items() if node.get("alias") in wanted}
    kept = manifest_file(warehouse).with_name("kept.json")
    kept.write_text(json.dumps(manifest))
    monkeypatch.setattr(publishing, "manifest_file", lambda _home: kept)
    for month, number in (("01", 0.5), ("02", 0.6), ("03", 0.7)):
        made.value(month, number)
    made.value("01", None, None, country="DE", label="cannot tell")
    return made


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, 12, tzinfo=UTC)


def test_what_comes_late_restates_an_open_period_and_corrects_a_frozen_one_aloud(months: Months) -> None:
    """On 15 March January is frozen and February, over since 14 days, is not until the 16th."""
    months.publish(day(3, 15))
    assert months.read(LEDGER, "metric_restatement") == []
    months.value("02", 0.65)
    months.value("03", 0.71)
    months.publish(day(3, 15))
    assert [row[5] for row in months.read(SHOWN, "metric_value")] == [False] * 4, "nothing frozen has changed"

    months.value("01", 0.55, 60, label="down")
    months.value("01", 0.4, 6, country="DE")
    months.value("01", 0.3, 7, country="FR")
    third = months.publish(day(3, 17))
    shown = {row[:2]: row[2:] for row in months.read(SHOWN, "metric_value")}
    assert shown["01", "all"] == (0.55, 60, "down", True)
    assert shown["02", "all"] == (0.65, 50, "up", False)
    assert months.read(LEDGER, "metric_restatement") == [
        ("01", "DE", 1, None, 0.4, None, 6, LATE, "run 3", third),
        ("01", "FR", 1, None, 0.3, None, 7, LATE, "run 3", third),
        ("01", "all", 1, 0.5, 0.55, 50, 60, LATE, "run 3", third),
    ]
    months.value("02", 0.66)  # frozen by the third release
    months.value("01", 0.5, 50)
    fourth = months.publish(day(3, 18), build="another")
    ledger = months.read(LEDGER, "metric_restatement")
    assert ledger[3:] == [
        ("01", "all", 2, 0.55, 0.5, 60, 50, OTHER_BUILD, "run 4", fourth),
        ("02", "all", 1, 0.65, 0.66, 50, 50, OTHER_BUILD, "run 4", fourth),
    ]
    assert ledger[2][-1] == third, "a correction keeps the release that brought it"
    months.publish(day(3, 19), build="another")
    assert months.read(LEDGER, "metric_restatement") == ledger, "the same again is no correction"


def test_a_cell_that_is_gone_is_a_correction(months: Months) -> None:
    months.publish(day(3, 15))
    months.gone("01", "all")
    months.publish(day(3, 16))
    assert [row[:7] for row in months.read(LEDGER, "metric_restatement")] == [("01", "all", 1, 0.5, None, 50, None)]


def test_a_silent_change_is_refused_and_nothing_is_published(months: Months) -> None:
    """The control: values of another build than the restatements beside them, changed, gone and new."""
    months.publish(day(3, 15))
    months.value("01", 0.5)
    months.build()
    for breach in (
        "update next_marts_cx.metric_value set value = 0.9 where period_start = '2026-01-01' and country = 'all'",
        "delete from next_marts_cx.metric_value where period_start = '2026-01-01' and country = 'all'",
    ):
        run(months.home, breach)
        with pytest.raises(PublishError, match="csat would change without a restatement"):
            publish(months.home, "run")
        assert months.read(SHOWN, "metric_value")[1][2] == 0.5
    for month, number in (("01", 0.5), ("03", 0.7)):
        months.value(month, number)
    months.build()
    run(months.home, "update next_marts_cx.metric_value set value = 0.9 where period_start = '2026-03-01'")
    publish(months.home, "run")  # March is open


def test_a_label_of_a_frozen_period_does_not_move_with_what_is_tested_beside_it(months: Months) -> None:
    """Would catch: a correction for many tests that takes back a word people have read, though its number stands."""
    months.publish(day(3, 15))
    months.value("01", 0.5, label="no clear change")
    months.value("03", 0.7, label="no clear change")
    months.publish(day(3, 15))
    labels = {row[0]: row[4] for row in months.read(SHOWN, "metric_value") if row[1] == "all"}
    assert labels == {"01": "up", "02": "up", "03": "no clear change"}


def test_what_an_erasure_alone_has_moved_stays_as_it_was_read(months: Months) -> None:
    """Would catch: a frozen number one case smaller after an erasure, or one kept though records came late."""
    months.value("01", 0.8, 6, country="FR")
    months.publish(day(3, 15))
    read = months.read(SHOWN, "metric_value")
    erased = "insert into ops.setting values ('erased_at', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'))"
    run(months.home, erased)
    months.value("01", 0.49, 49, label="down")
    months.value("03", 0.69, 49)
    months.gone("01", "FR")
    months.publish(day(3, 15))
    kept = months.read(SHOWN, "metric_value")
    assert [row for row in kept if row[0] != "03"] == [row for row in read if row[0] != "03"], "read as before, not restated"
    assert ("03", "all", 0.69, 49, "up", False) in kept, "an open period loses the person"
    assert months.read(LEDGER, "metric_restatement") == []
    months.publish(day(3, 15))
    assert months.read(SHOWN, "metric_value") == kept, "nor later, when nothing has changed"

    months.value("01", 0.45, 52, label="down")
    months.publish(day(3, 15))
    assert [row[:7] for row in months.read(LEDGER, "metric_restatement")] == [("01", "all", 1, 0.5, 0.45, 50, 52)]
    assert ("01", "FR", 0.8, 6, "up", False) in months.read(SHOWN, "metric_value"), "the others are still kept"
    months.value("02", 0.61, 51)
    months.publish(day(3, 17))
    months.value("02", 0.62, 52)
    months.publish(day(3, 17))
    assert ("02", "all", 0.62, 52, "up", True) in months.read(SHOWN, "metric_value"), "control: an older erasure keeps nothing"
