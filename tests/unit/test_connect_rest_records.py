"""Catches records misread, lost between a list and its items, or taken apart other than declared."""

# ruff: noqa: ARG005 - an answer need not look at its request

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from rapport.connect import ConnectError

from tests.unit.connect_server import Request, vendor
from tests.unit.test_connect_rest import CURSOR, no_waiting, read

__all__ = ["no_waiting"]  # the fixture holds here too


def test_records_are_taken_apart_as_declared_and_the_rest_is_counted_by_name() -> None:
    """Would catch: a field of a nested record lost or put into another column, or a new one that nobody is told of."""
    said = """s:
  request: {path: /rows}
  records: a.rows
  explode: events
  where: {kind: [x, y]}
  key: [id]
  fields:
    id: {type: bigint, class: internal}
    kind: {type: text, class: internal}
    parent.id: {type: bigint, class: internal}
    parent.secret: {ignore: "not needed by anyone"}
    via: {type: text, class: internal}
    via.source.rel: {type: text, class: internal, as: rel}
    tier: {path: custom, pick: {name_key: id, value_key: value, name: 36}, type: text, class: internal}
    previous: {type: text, class: internal, beside: [status]}
    previous_subject: {path: previous, type: text, class: free_text, beside: [subject]}
    status: {type: text, class: internal}
    subject: {type: text, class: free_text}
"""
    events = [
        {
            "id": 1,
            "kind": "x",
            "via": "web",
            "custom": [{"id": 36, "value": "gold"}, {"id": 37, "value": "?"}],
            "status": "open",
            "previous": "new",
        },
        {
            "id": 2,
            "kind": "y",
            "via": {"source": {"rel": "merge", "to": 7}},
            "subject": "b",
            "previous": "a",
            "new_field": None,
            "a@b.example": 1,
        },
        {"id": 3, "kind": "z"},
    ]
    body = {"a": {"rows": [{"id": 9, "events": events, "secret": 1, "extra": 1}, {"id": 10, "events": []}]}}
    with vendor(lambda request: body) as running:
        (page,) = read(running, said)
    rows = page.table.to_pylist()
    assert [(r["id"], r["parent_id"], r["via"], r["rel"], r["tier"]) for r in rows] == [
        (1, 9, "web", None, "gold"),
        (2, 9, None, "merge", None),
    ]
    assert [(r["previous"], r["previous_subject"]) for r in rows] == [("new", None), (None, "a")]
    assert page.fetched == 2
    assert page.undeclared == Counter(
        {"custom.37": 1, "via.source.to": 1, "new_field": 1, "(a name that is no word)": 1, "parent.extra": 1}
    )


def test_a_stream_goes_through_the_list_it_depends_on() -> None:
    """Would catch: records of the second item or page of a list never asked for."""
    said = """s:
  each: {request: {path: /lists}, records: lists, value: id, name: list}
  request: {path: "/lists/{list}/rows"}
  records: rows
  paging: {type: next_url, next: next}
  key: [parent.id, id]
  fields:
    parent.id: {type: text, class: internal, as: list_id}
    id: {type: bigint, class: internal}
"""

    def answer(request: Request) -> Any:
        if request.path == "/lists":
            return {"lists": [{"id": "a/b", "name": "not counted here"}, {"id": "c"}]}
        return {
            "rows": [{"id": 1 if "from" not in request.params else 2}],
            "next": "from" not in request.params and f"{request.path}?from=1",
        }

    with vendor(answer) as running:
        found = read(running, said)
    assert [row for page in found for row in page.table.to_pylist()] == [
        {"list_id": name, "id": n} for name in ("a/b", "c") for n in (1, 2)
    ]
    assert not any(page.undeclared for page in found)


def test_the_status_by_which_a_vendor_says_nothing_yet_ends_the_stream() -> None:
    """Would catch: a run that fails whenever there is nothing new, or takes any refusal for that."""
    with vendor(lambda request: (422, {}, {"error": "StartTimeTooRecent"})) as running:
        assert read(running, CURSOR.replace("stop: end", "stop: end, end_status: [422]")) == []
        with pytest.raises(ConnectError, match="answered 422"):
            read(running, CURSOR)


def test_objects_by_id_names_of_the_connection_and_lists_with_a_starting_point_of_their_own() -> None:
    """Would catch: people who changed and are not asked for again, or ids of people in the log."""
    said = """s:
  each: {request: {path: "/{connection.company}/changed"}, records: employees, value: id, name: employee}
  request: {path: "/{connection.company}/employees/{employee}"}
  records: ""
  paging: {type: none, end_status: [404]}
  cursor: {field: parent.lastChanged, param: since, start: "2000-01-01"}
  key: [id]
  fields:
    id: {type: text, class: internal}
    parent._key: {type: text, class: internal, as: list_key}
    parent.lastChanged: {type: timestamp, class: internal, as: changed_at}
"""

    def answer(request: Request) -> Any:
        if request.path == "/ac%20me/changed":
            return {"employees": {n: {"id": n, "lastChanged": f"2024-05-0{n}T00:00:00Z"} for n in "123"}}
        return {"id": request.path[-1]} if request.path[-1] != "3" else (404, {}, {})

    with vendor(answer) as running:
        found = read(running, said, extra={"company": "ac me"})
    assert [tuple(row.values())[:2] for page in found for row in page.table.to_pylist()] == [("1", "1"), ("2", "2")]
    assert [page.cursor for page in found] == [{"since": "2024-05-03T00:00:00+00:00"}], "the one that is gone counts as read"
    assert [request.params for request in running.requests] == [{"since": "2000-01-01T00:00:00Z"}, {}, {}, {}]
    assert [line.split()[1] for line in running.lines] == ["/{connection.company}/changed"] + [
        "/{connection.company}/employees/{employee}"
    ] * 3


@pytest.mark.parametrize("body", [{"error": "jane@doe.example"}, {"rows": "no"}, {"data": None, "errors": [1]}, "no", []])
def test_an_error_that_calls_itself_a_success_is_no_empty_source(body: Any) -> None:
    """Would catch: a stream that is suddenly empty, and swept away, because the vendor answers 200 to what it refuses."""
    said = "s:\n  request: {path: /rows}\n  records: rows\n  key: [id]\n  fields:\n    id: {type: bigint, class: internal}\n"
    with vendor(lambda request: body) as running:
        with pytest.raises(ConnectError, match="no records at rows") as caught:
            read(running, said)
        assert "jane" not in str(caught.value)
        assert read(running, said.replace("  key:", "  optional: true\n  key:")) == []
    for empty in ({"rows": []}, {"rows": None}, {"rows": {}}, (204, {}, b"")):
        with vendor(lambda request, empty=empty: empty) as running:
            assert read(running, said) == []


def test_lists_of_words_and_ids_are_records_of_one_value() -> None:
    """Would catch: a list that is no list of objects, read as nothing, and the items of it never asked for."""
    said = """s:
  each: {request: {path: /ids}, records: "", value: value, name: ticket}
  request: {path: "/tickets/{ticket}"}
  records: ""
  explode: tags
  key: [parent.id, value]
  fields:
    parent.id: {type: bigint, class: internal, as: ticket_id}
    value: {type: text, class: internal, as: tag}
"""
    with vendor(lambda request: [1, 2] if request.path == "/ids" else {"id": int(request.path[-1]), "tags": ["a", None, "b"]}) as running:
        found = read(running, said)
    assert [tuple(row.values()) for page in found for row in page.table.to_pylist()] == [(1, "a"), (1, "b"), (2, "a"), (2, "b")]
    assert not any(page.undeclared for page in found)
