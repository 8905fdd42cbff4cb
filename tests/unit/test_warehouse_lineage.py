"""Would catch: personal data that loses its class on the way to the marts, stands where people read, or stays when its person is erased."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rapport.declarations import load_sources
from rapport.home import Home, checkout
from rapport.warehouse import dbt
from rapport.warehouse.dbt import DbtError
from rapport.warehouse.dbt_lineage import Raw, exposed, fallen, orphaned, raw_tables, unreached
from rapport.warehouse.roles_policy import load_policy

DESK = ("raw_desk", "people")
RAW = {DESK: Raw({"email_token": "personal", "note_redacted": "free_text", "plan": "internal"}, is_somebodys=True, says_whose=True)}


def node(kind: str, schema: str, name: str, *parents: str, source: str = "", **columns: str) -> Any:
    """A relation as dbt's manifest has it; `columns`: name -> privacy class."""
    return SimpleNamespace(
        unique_id=f"{schema}.{name}",
        resource_type=kind,
        schema=schema,
        name=name,
        source_name=source,
        columns={column: SimpleNamespace(config=SimpleNamespace(meta={"privacy": privacy})) for column, privacy in columns.items()},
        depends_on=SimpleNamespace(nodes=list(parents)),
    )


def manifest(*nodes: Any) -> Any:
    by_id = {one.unique_id: one for one in nodes}
    return SimpleNamespace(
        nodes={name: one for name, one in by_id.items() if one.resource_type != "source"},
        sources={name: one for name, one in by_id.items() if one.resource_type == "source"},
    )


def chain(*more: Any, **columns: str) -> Any:
    """raw_desk.people -> stg_desk__people -> dim_person, and whatever else."""
    held = {"email_token": "personal", **columns}
    return manifest(
        node("source", *DESK, source="desk"),
        node("model", "staging", "stg_desk__people", "raw_desk.people", **held),
        node("model", "core", "dim_person", "staging.stg_desk__people", person_key="internal"),
        *more,
    )


def test_a_class_that_is_kept_passes() -> None:
    """Would catch: checks that refuse everything, which would make the tests below pass for nothing."""
    whole = chain(note_redacted="free_text", plan="internal")
    assert fallen(whole, RAW) + unreached(whole, RAW) + orphaned(whole, RAW) + exposed(whole, load_policy()) == []


def test_a_class_that_falls_behind_raw_or_a_model_is_named() -> None:
    """Would catch: a redacted text or token that staging calls internal, so that no rule for texts or persons holds from there on."""
    assert fallen(chain(note_redacted="internal"), RAW) == [
        "stg_desk__people.note_redacted is classed lower than raw_desk.people.note_redacted, which is free_text"
    ]
    lower = node("model", "next_marts_cx", "people", "staging.stg_desk__people", email_token="public")
    assert fallen(chain(lower), RAW) == ["people.email_token is classed lower than staging.stg_desk__people.email_token, which is personal"]


def test_what_is_personal_stands_in_no_schema_that_people_read() -> None:
    """Would catch: an employee's reason for leaving, or a token, in core or a mart."""
    mart = node("model", "next_marts_cx", "people", "staging.stg_desk__people", email_token="personal")
    reason = node("model", "core", "leavers", "staging.stg_desk__people", leave_reason="sensitive")
    assert exposed(chain(mart, reason), load_policy()) == [
        "people.email_token is personal, and analyst, engineer, leader may read marts_cx",
        "leavers.leave_reason is sensitive, and engineer may read core",
    ]


def test_a_table_that_no_erasure_reaches_is_found_by_lineage() -> None:
    """Would catch: a fact of persons built, three models up, from a raw table that nobody declared, or from one that is silent."""
    stranger = node("source", "raw_shadow", "visits", source="shadow")
    between = node("model", "intermediate", "int_visits", "raw_shadow.visits", visits="internal")
    fact = node("model", "core", "fct_visit", "core.dim_person", "intermediate.int_visits", person_key="internal")
    said = "holds a person's key and reads raw_shadow.visits, which"
    assert unreached(chain(stranger, between, fact), RAW) == [f"fct_visit {said} no declaration in sources/ names"]
    silent = {**RAW, ("raw_shadow", "visits"): Raw({}, is_somebodys=False, says_whose=False)}
    assert unreached(chain(stranger, between, fact), silent) == [f"fct_visit {said} does not say whose its records are (`subject`)"]
    told = {**RAW, ("raw_shadow", "visits"): Raw({}, is_somebodys=True, says_whose=True)}
    assert unreached(chain(stranger, between, fact), told) == []


def test_what_keeps_rows_for_itself_is_named() -> None:
    """Would catch: a person who comes back from a seed or a snapshot after the rebuild."""
    seed = node("seed", "intermediate", "vips", person_key="internal")
    model = node("model", "core", "dim_vip", "intermediate.vips", person_key="internal")
    assert unreached(chain(seed, model), RAW) == ["dim_vip holds a person's key that the seed vips keeps: load it as a source"]
    snapshot = node("snapshot", "core", "person_history", "core.dim_person", person_key="internal")
    assert unreached(chain(snapshot), RAW) == [
        "person_history is a snapshot: it would keep a person whom an erasure takes out of what it was made from"
    ]


def test_a_key_from_nowhere_is_named() -> None:
    """Would catch: a person's key in a model whose lineage ends at companies alone."""
    nobodys = {DESK: Raw({}, is_somebodys=False, says_whose=True)}
    assert orphaned(chain(), nobodys) == ["dim_person holds a person's key and comes from no stream of persons"]
    step = node("source", "analysis", "risk", source="analysis")
    assert orphaned(manifest(step, node("model", "core", "risk", "analysis.risk", person_key="internal")), {}) == []


def test_the_declared_streams_say_what_an_erasure_needs() -> None:
    """Would catch: a reading of the declarations that takes a company's stream for a person's, or the other way round."""
    raw = raw_tables(load_sources(checkout() / "sources").values())
    assert raw["raw_zendesk", "users"].is_somebodys
    assert not raw["raw_zendesk", "organizations"].is_somebodys
    assert raw["raw_zendesk", "tickets"].classes["description_redacted"] == "free_text"
    assert all(one.says_whose for one in raw.values())


def test_the_build_stops_at_a_fault(tmp_path: Path) -> None:
    """Would catch: checks that are written and never asked. Control: the same project without the fault is taken."""

    def read(parsed: Any) -> Any:
        runner = SimpleNamespace(invoke=lambda _arguments: SimpleNamespace(success=True, result=parsed))
        return dbt._manifest(runner, [str(id(parsed))], tmp_path, Home(path=tmp_path, root=checkout()))

    def described(whole: Any) -> Any:
        for one in [*whole.nodes.values(), *whole.sources.values()]:
            one.description = "What it is."
            for name, column in one.columns.items():
                column.name, column.description = name, "What it means."
        return whole

    users = node("source", "raw_zendesk", "users", source="zendesk")
    person = node("model", "core", "dim_person", "raw_zendesk.users", person_key="internal")
    sound = described(manifest(users, person))
    assert read(sound) is sound
    open_door = node("model", "core", "leavers", "raw_zendesk.users", reason_key="sensitive")
    with pytest.raises(DbtError, match=r"leavers.reason_key is sensitive, and engineer may read core"):
        read(described(manifest(users, person, open_door)))
    shadow = node("source", "raw_shadow", "visits", source="shadow")
    with pytest.raises(DbtError, match=r"reads raw_shadow.visits, which no declaration in sources/ names"):
        read(described(manifest(shadow, node("model", "core", "fct", "raw_shadow.visits", person_key="internal"))))
    with pytest.raises(DbtError, match=r"classed lower than raw_zendesk.users.email_customer_token"):
        read(described(manifest(users, node("model", "core", "low", "raw_zendesk.users", email_customer_token="internal"))))
