"""Would catch: metrics that other tools cannot read, or that say something else there than in the warehouse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dbt_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from dbt_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator
from rapport.declarations.metrics import DIMENSIONS, load_metrics
from rapport.home import checkout
from rapport.warehouse import semantic_models

from tests.conftest import remove_home, temporary_home

CLOSED = [metric for metric in load_metrics(checkout() / "dbt_project" / "metrics") if metric["from_parts"] in {"interval", "value"}]


@pytest.fixture(scope="module")
def manifest() -> Iterator[PydanticSemanticManifest]:
    """What dbt makes of the project with the semantic models in it; no warehouse runs."""
    home = temporary_home()
    yield PydanticSemanticManifest.parse_file(semantic_models.write_manifest(home))
    remove_home(home)


def faults(manifest: PydanticSemanticManifest) -> list[str]:
    found: Any = SemanticManifestValidator[PydanticSemanticManifest]().validate_semantic_manifest(manifest)
    return [issue.as_readable_str() for issue in found.errors]


def test_the_committed_file_is_what_the_definitions_make() -> None:
    """Would catch: a definition that was changed without `rapport docs`."""
    file = checkout() / semantic_models.FILE
    assert file.read_text() == semantic_models.semantic_models(checkout()), "run `rapport docs`"


def test_dbt_parses_the_models_and_its_validator_has_no_fault(manifest: PydanticSemanticManifest) -> None:
    """Would catch: YAML that dbt refuses, a metric without a time, an input that does not exist (the broken copy)."""
    assert faults(manifest) == []
    broken = manifest.copy(deep=True)
    broken.metrics[-1].type_params.metrics[0].name = "sum_of_nothing"
    assert any("sum_of_nothing" in said for said in faults(broken))


def test_every_metric_of_additive_parts_is_there_with_its_interval(manifest: PydanticSemanticManifest) -> None:
    """Would catch: a metric left out, an interval given where accounts have several cases, and marts where nobody may read them."""
    named = {metric.name for metric in manifest.metrics if not metric.name.startswith("sum_of_")}
    ends = {"interval": ("", "_low", "_high", "_n"), "value": ("", "_n")}
    assert named == {metric["metric"] + end for metric in CLOSED for end in ends[metric["from_parts"]]}
    (model,) = manifest.semantic_models
    assert (model.node_relation.schema_name, model.node_relation.alias) == ("marts_cx", "metric_part")
    assert {dimension.name for dimension in model.dimensions} == {"cases_on", "metric", *DIMENSIONS}


def test_a_metric_reads_its_own_parts_only(manifest: PydanticSemanticManifest) -> None:
    """Would catch: an input without its filter, which would add up the parts of all metrics, and a stock summed over days."""
    stocks = {metric["metric"] for metric in CLOSED if metric["over_time"] == "last"}
    assert stocks, "a positive control needs one"
    for metric in manifest.metrics:
        if not metric.name.startswith("sum_of_"):
            own = max((each["metric"] for each in CLOSED if re.match(rf"{each['metric']}(_low|_high|_n)?$", metric.name)), key=len)
            inputs = metric.type_params.metrics or []
            filters = [where.where_sql_template for each in inputs if each.filter for where in each.filter.where_filters]
            assert filters == [f"{{{{ Dimension('part__metric') }}}} = '{own}'"] * len(inputs)
            assert {each.name.startswith("sum_of_closing_") for each in inputs} == {own in stocks}


def test_the_formulas_are_the_macros_of_the_estimators() -> None:
    """Would catch: a formula written a second time, which an estimator's change would not reach."""
    text = Path(semantic_models.__file__).read_text() + (checkout() / "plugins" / "rapport" / "estimators.py").read_text()
    assert "1.96" not in text
    assert "1.959963984540054" in (checkout() / semantic_models.FILE).read_text()
