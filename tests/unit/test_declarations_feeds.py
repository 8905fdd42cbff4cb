"""Would catch: a second staging model of an entity that is lost, or a name that no dbt model can have taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from rapport.declarations import DeclarationError, load_source
from rapport.warehouse.dbt_project import feeds_of

HEAD = """
source: desk
domain: support
system: A helpdesk
owner: support-data
schedule: "20 * * * *"
connection: {protocol: files, path: /tmp}
streams:
  tickets: {files: tickets.csv, fields: {id: {type: bigint, class: internal}}}
"""


def _declared(folder: Path, feeds: str) -> Path:
    file = folder / "support" / "desk.yml"
    file.parent.mkdir(parents=True)
    file.write_text(HEAD + f"feeds: {feeds}\n")
    return file


def test_one_model_and_several_feed_in_their_order(tmp_path: Path) -> None:
    """Would catch: a list that is read as one name, or a name that is read as letters."""
    source = load_source(_declared(tmp_path, "{tickets: stg_desk__tickets, ticket_events: [stg_desk__comments, stg_desk__changes]}"))
    assert dict(source.feeds) == {"tickets": ("stg_desk__tickets",), "ticket_events": ("stg_desk__comments", "stg_desk__changes")}
    assert feeds_of({"desk": source}) == {"tickets": ["stg_desk__tickets"], "ticket_events": ["stg_desk__comments", "stg_desk__changes"]}


@pytest.mark.parametrize("models", ["tickets", "[stg_desk__tickets, tickets]", "[]", "[stg_desk__tickets, stg_desk__tickets]"])
def test_what_is_no_staging_model_is_refused(tmp_path: Path, models: str) -> None:
    """Would catch: a typing error that leaves an entity empty without a word."""
    with pytest.raises(DeclarationError, match="feeds"):
        load_source(_declared(tmp_path, f"{{tickets: {models}}}"))
