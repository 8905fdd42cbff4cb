"""Would catch: a column without meaning or privacy class, or with a personal value nobody treated, that the build lets through."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from rapport.warehouse.dbt_manifest import undocumented


def manifest(name: str = "email_token", description: str = "Keyed token.", **meta: Any) -> SimpleNamespace:
    column = SimpleNamespace(name=name, description=description, config=SimpleNamespace(meta=meta))
    node = SimpleNamespace(resource_type="model", name="stg_x__people", description="People.", columns={name: column})
    return SimpleNamespace(nodes={"model.x": node}, sources={})


def test_a_documented_column_passes() -> None:
    assert undocumented(manifest(privacy="personal")) == []


@pytest.mark.parametrize(
    ("faulty", "says"),
    [
        (manifest(), "no privacy class"),
        (manifest(privacy="secret"), "no privacy class"),
        (manifest(description="", privacy="personal"), "no description"),
        (manifest(name="email", privacy="personal"), "no treatment"),
        (manifest(name="comment", privacy="free_text"), "no treatment"),
    ],
)
def test_what_is_missing_is_named(faulty: Any, says: str) -> None:
    assert [fault for fault in undocumented(faulty) if says in fault]


def test_a_model_without_columns_is_named() -> None:
    empty = SimpleNamespace(resource_type="model", name="x", description="X.", columns={})
    assert undocumented(SimpleNamespace(nodes={"x": empty}, sources={})) == ["x has no columns in its yml"]


def test_a_table_that_a_step_writes_is_documented_too() -> None:
    """Would catch: a column of the schema `analysis` whose meaning and privacy class nobody wrote down."""
    column = SimpleNamespace(name="weight", description="", config=SimpleNamespace(meta={"privacy": "public"}))
    table = SimpleNamespace(source_name="analysis", name="driver", description="Drivers.", columns={"weight": column})
    raw = SimpleNamespace(source_name="zendesk", name="tickets", description="", columns={})
    assert undocumented(SimpleNamespace(nodes={}, sources={"a": table, "b": raw})) == ["driver.weight has no description"]
