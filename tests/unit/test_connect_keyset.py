"""Catches records lost where a vendor ends every query after so many records, and goes on only from the last one's id."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rapport.connect import ConnectError, pages

from tests.unit.connect_server import Request, declared, vendor

MOST = 4  # records of one query, whatever its paging: a small stand-in for the 10,000 of a real CRM
SEARCH = """s:
  request: {path: /search, json: {filters: [{name: id, operator: GT, value: 0}], limit: 2}}
  records: results
  paging: %s
  key: [id]
  fields:
    id: {type: bigint, class: internal}
"""
BY_ID = "{type: cursor_token, next: results.-1.id, param: filters.0.value, more: paging.next}"
BY_PLACE = "{type: cursor_token, next: paging.next.after, param: after}"


def search(request: Request) -> Any:
    asked = json.loads(request.body)
    after, limit = int(asked.get("after", 0)), asked["limit"]
    if after + limit > MOST:
        return 400, {}, {"message": "no more than that"}
    found = [{"id": n} for n in range(1, 12) if n > asked["filters"][0]["value"]]
    more = {"paging": {"next": {"after": after + limit}}} if after + limit < len(found) else {}
    return {"results": found[after : after + limit], **more}


def test_a_search_that_ends_early_is_read_on_behind_the_last_id() -> None:
    """Would catch: a first run that can never read more than the vendor's limit; paging by place is the positive control."""
    with vendor(search) as running:
        source = declared(SEARCH % BY_ID)
        found = list(pages(source, source.streams["s"], running.connection, None, log=[].append))
        assert [i for page in found for i in page.table.column("id").to_pylist()] == list(range(1, 12))
        assert len(running.requests) == 6  # the sixth page says itself that nothing follows
        source = declared(SEARCH % BY_PLACE)
        with pytest.raises(ConnectError, match="400"):
            list(pages(source, source.streams["s"], running.connection, None, log=[].append))
