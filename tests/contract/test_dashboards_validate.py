"""Would catch a bundle that only fails when somebody opens it: each fault is planted in a sound one, and must be named."""

from __future__ import annotations

import copy
import dataclasses
import sys
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from rapport.home import checkout

sys.path.append(str(checkout() / "superset"))

from bundle import exposures, marts, validate, write

WAREHOUSE, POLICY = marts.relations(), marts.access()
Bundle = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def sound() -> Bundle:
    """One sound dashboard with all that it needs."""
    whole = {path: yaml.safe_load(text) for path, text in write.read().items()}
    charts = {path: entry for path, entry in whole.items() if path.startswith("charts/partners_")}
    needed = {entry["dataset_uuid"] for entry in charts.values()}
    datasets = {path: entry for path, entry in whole.items() if path.startswith("datasets/") and entry["uuid"] in needed}
    kept = ("dashboards/partners_", "databases/analyst", "databases/leader", "metadata")
    return {path: entry for path, entry in whole.items() if path.startswith(kept)} | charts | datasets


@pytest.fixture
def partners(sound: Bundle) -> Bundle:
    """The same, to be spoiled."""
    return copy.deepcopy(sound)


def judged(bundle: Bundle, warehouse: dict[str, marts.Relation] = WAREHOUSE) -> list[str]:
    return validate.problems({path: yaml.safe_dump(entry) for path, entry in bundle.items()}, warehouse, POLICY)


def one(bundle: Bundle, start: str) -> dict[str, Any]:
    return next(entry for path, entry in bundle.items() if path.startswith(start))


def test_what_is_in_git_is_sound() -> None:
    """Would catch a dashboard over a column that is gone, undescribed or not for its readers, and datasets that nobody reads."""
    assert validate.problems(write.read(), WAREHOUSE, POLICY) == []
    assert validate.queries(WAREHOUSE, POLICY) == []
    assert validate.unused() == []


def without(relation: str, column: str) -> dict[str, marts.Relation]:
    columns = {name: text for name, text in WAREHOUSE[relation].columns.items() if name != column}
    return WAREHOUSE | {relation: dataclasses.replace(WAREHOUSE[relation], columns=columns)}


def test_a_column_that_a_mart_no_longer_has_is_named(partners: Bundle) -> None:
    """Would catch a mart's column renamed without the dashboards."""
    assert judged(partners) == []
    found = judged(partners, without("marts_cx.partner_scorecard", "disputes_open"))
    assert [text for text in found if "partner_list" in text and "disputes_open" in text]


def test_a_column_that_nothing_describes_is_named(partners: Bundle) -> None:
    """Would catch a number on a dashboard whose meaning nobody wrote down."""
    relation = WAREHOUSE["marts_cx.partner_scorecard"]
    silent = WAREHOUSE | {"marts_cx.partner_scorecard": dataclasses.replace(relation, columns=relation.columns | {"otif_low": " "})}
    assert judged(partners, silent) == ["partner_list (analyst): reads marts_cx.partner_scorecard.otif_low, which nothing describes"]


def other_audience(bundle: Bundle) -> None:
    one(bundle, "datasets/analyst/partner_list")["sql"] = "select u.cx as due from marts_exec.link_unit as u"


def only_counted(bundle: Bundle) -> None:
    one(bundle, "datasets/analyst/partner_list")["sql"] = "select count(*) as due from ops.erasure_request"


def machines_only(bundle: Bundle) -> None:
    one(bundle, "datasets/analyst/partner_list")["sql"] = "select p.person_key as due from core.dim_person as p"


def missing_column(bundle: Bundle) -> None:
    dataset = one(bundle, "datasets/analyst/partner_list")
    dataset["columns"] = [column for column in dataset["columns"] if column["column_name"] != "dispute_text"]


def unknown_filter(bundle: Bundle) -> None:
    chart = one(bundle, "charts/partners_disputed-orders")
    chart["query_context"] = chart["query_context"].replace("partner_dispute_rate", "partner_quarrel_rate")


def unknown_in_list(bundle: Bundle) -> None:
    dataset = one(bundle, "datasets/analyst/reading_list")
    dataset["sql"] = dataset["sql"].replace("'dispute_days_median'", "'dispute_days_middle'")


def nowhere(bundle: Bundle) -> None:
    position = one(bundle, "dashboards/partners")["position"]
    nodes = {key: node["meta"] for key, node in position.items() if isinstance(node, dict) and "meta" in node}
    del position[next(key for key, meta in nodes.items() if meta.get("sliceName") == "Partner by partner")]


def no_dataset(bundle: Bundle) -> None:
    del bundle[next(path for path in bundle if path.startswith("datasets/analyst/value_chain"))]


def no_chart(bundle: Bundle) -> None:
    del bundle[next(path for path in bundle if path.startswith("charts/partners_five-steps"))]


def no_question(bundle: Bundle) -> None:
    one(bundle, "charts/partners_partner-by-partner")["query_context"] = None


FAULTS: dict[Callable[[Bundle], None], str] = {
    other_audience: "reads marts_exec.link_unit, which analyst may not read (config/access.yml)",
    only_counted: "reads ops.erasure_request, which analyst may not read (config/access.yml)",
    machines_only: "reads core.dim_person, which no mart and no table of the platform is",
    missing_column: "Partner by partner: asks for dispute_text, which the dataset partner_list does not have",
    unknown_filter: "Disputed orders: asks for the metric partner_quarrel_rate, which dbt_project/metrics does not define",
    unknown_in_list: "reading_list (analyst): names the metric dispute_days_middle, which dbt_project/metrics does not define",
    nowhere: "Partner by partner: no dashboard shows this chart",
    no_dataset: "Five steps, every role: its dataset is not in the bundle",
    no_chart: "Partners: the chart 'Five steps, every role' is not in the bundle",
    no_question: "Partner by partner: has no stored question, so that no reader may ask it",
}


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_named(partners: Bundle, plant: Callable[[Bundle], None]) -> None:
    """Would catch a check that passes whatever stands in the bundle."""
    plant(partners)
    assert [text for text in judged(partners) if FAULTS[plant] in text], judged(partners)


def test_exposures_are_what_the_dashboards_read() -> None:
    """Would catch lineage that ends at the marts, or names a model that is gone."""
    assert exposures.FILE.read_text() == exposures.text()
    entries = yaml.safe_load(exposures.FILE.read_text())["exposures"]
    read = {entry["label"]: set(entry["depends_on"]) for entry in entries}
    assert {"ref('partner_scorecard')", "ref('metric_value')"} <= read["Partners"]
    assert "source('ops', 'stream_load')" in read["Pipeline & lineage"]
    models = {file.stem for file in (checkout() / "dbt_project" / "models").rglob("*.sql")}
    assert {node.split("'")[1] for nodes in read.values() for node in nodes if node.startswith("ref")} <= models
