"""Would catch: a system called missing that is connected, and one that is missing and not named."""

from __future__ import annotations

import json
from pathlib import Path

from rapport.declarations import Source, load_source
from rapport.declarations.load import SCHEMA
from rapport.declarations.metrics import load_cases
from rapport.home import checkout
from rapport.warehouse.coverage import DOMAIN_OF, coverage_of

HELPDESK = """source: desk
domain: support
system: Desk
owner: o
schedule: "0 * * * *"
connection: {protocol: rest, id: desk, auth: {type: bearer}}
feeds: {tickets: stg_desk__tickets, survey_answers: stg_desk__ratings}
streams: {tickets: {request: {path: /t}, key: [id], fields: {id: {type: bigint, class: internal}}}}
"""


def _helpdesk(folder: Path) -> dict[str, Source]:
    file = folder / "support" / "desk.yml"
    file.parent.mkdir()
    file.write_text(HELPDESK)
    return {"desk": load_source(file)}


def _inbox(domain: str) -> dict[str, Source]:
    return {f"inbox_{domain}": load_source(checkout() / "sources" / domain / f"inbox_{domain}.yml")}


def test_every_entity_and_every_metric_has_a_domain() -> None:
    """Would catch: a new entity or kind of case of which nobody says where it comes from."""
    entities = json.loads(SCHEMA.read_text())["properties"]["feeds"]["propertyNames"]["enum"]
    assert DOMAIN_OF.keys() == set(entities)
    assert {cases["entity"] for cases in load_cases(checkout() / "dbt_project" / "metrics").values()} <= set(entities)


def test_a_part_from_another_domain_does_not_make_a_domain_connected(tmp_path: Path) -> None:
    """Would catch: NPS called connected because the helpdesk asks whether one was satisfied."""
    found = {row["entity"]: row for row in coverage_of(_helpdesk(tmp_path), ())}
    assert found["tickets"] == {"entity": "tickets", "domain": "support", "sources": ["desk"], "is_connected": True}
    assert found["survey_answers"] == {"entity": "survey_answers", "domain": "survey", "sources": ["desk"], "is_connected": False}
    assert found["web_events"]["sources"] == []


def test_a_folder_of_the_inbox_counts_once_a_row_has_landed(tmp_path: Path) -> None:
    """Would catch: accounts called connected because a file of persons lies in the inbox."""
    sources = _inbox("crm") | _helpdesk(tmp_path)
    landed = {("inbox_crm", "persons")}
    given = {row["entity"] for row in coverage_of(sources, landed) if row["is_connected"]}
    assert given == {"persons", "tickets"}
