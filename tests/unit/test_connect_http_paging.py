"""Catches pages lost or never ended by any of the ways in which vendors page, and vendors that lead in a circle or astray."""

# ruff: noqa: ARG005 - an answer need not look at its request

from __future__ import annotations

import json
from typing import Any

import pytest
from rapport.connect import ConnectError, count, keys, pages
from rapport.connect.paging import next_link

from tests.unit.connect_server import Request, Vendor, declared, vendor
from tests.unit.test_connect_rest import PLAIN, ROWS, ids, no_waiting, read

__all__ = ["no_waiting"]  # the fixture holds here too


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ('<https://h/?page=2>; rel="next", <https://h/?page=9>; rel="last"', "https://h/?page=2"),
        ('<https://h/?a=1,2;3>; title="a, <b>; rel=next"; rel="prev", </x>; rel=next', "/x"),
        ("<?page=2>; REL=\"last NEXT\"; title*=UTF-8''x", "?page=2"),
        ('<https://h/?page=1>; rel="prev"', None),
        ('<https://h/>; rel="nextfoo"; x="next"', None),
        ("", None),
        ("nonsense, rel=next", None),
    ],
)
def test_the_next_relation_of_a_link_header_is_found(header: str, wanted: str | None) -> None:
    """Would catch: a comma or semicolon inside an address, a second relation, or a title taken for the end of a link."""
    assert next_link(header) == wanted


def test_link_headers_are_followed_to_relative_addresses() -> None:
    """Would catch: `<?from=2>` taken relative to the host in place of the page it stood on."""

    def answer(request: Request) -> Any:
        first = int(request.params.get("from", 0))
        link = f'<?from={first + 2}>; rel="next"' if first < 4 else '<?from=0>; rel="first"'
        return 200, {"link": link}, ROWS[first : first + 2]

    stream = PLAIN.replace("/rows", "/api/v4/rows").replace("records: rows", "records: ''") + "\n  paging: {type: link_header}"
    with vendor(answer) as running:
        assert ids(read(running, stream)) == [1, 2, 3, 4, 5]
    assert {request.path for request in running.requests} == {"/api/v4/rows"}


SEARCH = """s:
  request: {path: /search, json: {filter: {since: "{since}"}, properties: "{fields.properties}", page: {size: 2}}}
  records: rows
  paging: {type: %s}
  cursor: {field: at, format: epoch_ms}
  key: [id]
  fields:
    id: {type: bigint, class: internal}
    at: {type: timestamp, class: internal}
    properties.name: {type: text, class: internal}
    properties.tier: {type: text, class: internal}
"""


@pytest.mark.parametrize(
    "paging",
    [
        "cursor_token, next: paging.next.after, param: page.after",
        "offset, param: page.from, size_param: page.size, size: 2",
        "page, param: page.number, size: 2, first: 0",
    ],
)
def test_paging_goes_into_the_body_of_a_search_and_keeps_what_stands_there(paging: str) -> None:
    """Would catch: a token sent in the query of a POST, a filter lost with the second page, numbers that become text."""

    def answer(request: Request) -> Any:
        body = json.loads(request.body)
        assert request.method == "POST"
        assert body["filter"] == {"since": 0}
        assert body["properties"] == ["name", "tier"]
        assert body["page"]["size"] == 2
        page = body["page"]
        first = int(page.get("after") or page.get("from") or 2 * page.get("number", 0))
        return {"rows": ROWS[first : first + 2], "paging": {"next": {"after": str(first + 2)}} if first < 4 else {}}

    with vendor(answer) as running:
        assert ids(read(running, SEARCH % paging)) == [1, 2, 3, 4, 5]


def test_short_pages_are_the_end_or_are_not_as_declared() -> None:
    """Would catch: records lost behind a page that the vendor shortened because the user may not see some of it."""

    def answer(request: Request) -> Any:
        served = {0: ROWS[:2], 2: ROWS[2:3], 3: ROWS[3:5], 5: []}
        return {"rows": served[int(request.params["from"])]}

    with vendor(answer) as running:
        assert ids(read(running, PLAIN + "\n  paging: {type: offset, param: from, size: 2, until: empty}")) == [1, 2, 3, 4, 5]
        assert ids(read(running, PLAIN + "\n  paging: {type: offset, param: from, size: 2}")) == [1, 2, 3]


def test_a_vendor_that_ends_with_an_error_is_understood() -> None:
    """Would catch: a list that ends with 404 in place of an empty page, read as a failure every time."""
    said = PLAIN + "\n  paging: {type: page, param: p, size: 2, until: empty, end_status: [404]}"
    with vendor(lambda request: {"rows": ROWS[:2]} if request.params["p"] == "1" else (404, {}, {})) as running:
        assert ids(read(running, said)) == [1, 2]
        with pytest.raises(ConnectError, match="answered 404"):
            read(running, said.replace(", end_status: [404]", ""))


def endless(kind: str) -> Any:
    """A vendor whose list never ends: new addresses, old records; or new records for ever."""

    def answer(request: Request) -> Any:
        token = int(request.params.get("t", 0))
        following = {"own": 0, "back": max(token - 1, 0) if token > 2 else token + 1}.get(kind, token + 1)
        number = 1 if kind == "same" else token
        return {"rows": [{"id": number}], "next": following if kind != "own" else None, "url": "/rows?t=0"}

    return answer


@pytest.mark.parametrize(
    ("kind", "paging", "says"),
    [
        ("own", "{type: next_url, next: url}", "already read"),
        ("back", "{type: cursor_token, next: next, param: t}", "already read"),
        ("same", "{type: cursor_token, next: next, param: t}", "same page came 3 times"),
        ("same", "{type: offset, param: t, size: 1}", "same page came 3 times"),
        ("new", "{type: cursor_token, next: next, param: t, max_pages: 7}", "more than 7 pages"),
    ],
)
def test_a_list_without_an_end_is_given_up(kind: str, paging: str, says: str) -> None:
    """Would catch: a run that never ends, because `next` is the page's own address, goes back, is not heeded, or is always new."""
    with vendor(endless(kind)) as running, pytest.raises(ConnectError, match=says) as caught:
        read(running, PLAIN + f"\n  paging: {paging}")
    assert caught.value.code == "paging"
    assert len(running.requests) < 10


def test_a_page_that_comes_twice_by_a_stumble_is_read_on_from() -> None:
    """Would catch: a whole run given up for one page that a vendor served twice; landing by key absorbs it."""
    tokens = {"": ("a", ROWS[:2]), "a": ("b", ROWS[:2]), "b": (None, ROWS[2:])}

    def answer(request: Request) -> Any:
        following, rows = tokens[request.params.get("t", "")]
        return {"rows": rows, "next": following}

    with vendor(answer) as running:
        assert ids(read(running, PLAIN + "\n  paging: {type: cursor_token, next: next, param: t}")) == [1, 2, 1, 2, 3, 4, 5]


LISTED = """s:
  each:
    request: {path: /search, json: {since: "{since}"}}
    records: found
    paging: {type: cursor_token, next: after, param: after}
    value: id
    name: ticket
  request: {path: "/tickets/{ticket}"}
  records: parts
  lookups:
    queues: {request: {path: /queues}, records: queues, next: next, key: id, value: name}
  cursor: {field: parent.at, format: epoch}
  key: [parent.id, id]
  deleted: {field: gone, equals: true}
  fields:
    parent.id: {type: bigint, class: internal, as: ticket_id}
    parent.at: {type: timestamp, format: epoch, class: internal, as: changed_at}
    id: {type: bigint, class: internal}
    gone: {type: boolean, class: internal}
    queue: {type: text, class: internal, lookup: queues}
    size: {type: bigint, class: internal}
"""


def helpdesk(request: Request) -> Any:
    if request.path == "/queues":
        return (
            {"queues": [{"id": 7, "name": "Billing"}]}
            if request.params
            else {"queues": [{"id": 8, "name": "Sales"}], "next": "/queues?p=2"}
        )
    if request.path == "/search":
        second = "after" in json.loads(request.body)
        return {"found": [{"id": 2, "at": 20}, {"id": 1, "at": 30}]} if second else {"found": [{"id": 1, "at": 10}], "after": "x"}
    number = int(request.path[-1])
    parts = [{"id": 10 * number, "queue": 7, "size": "much"}, {"id": 10 * number + 1, "queue": 99}, {"id": 10 * number + 2, "gone": True}]
    return {"parts": parts}


def test_parts_are_asked_for_by_a_paged_search_and_translated_by_a_list() -> None:
    """Would catch: items of the second page of the list without their parts, one asked for twice, ids without names not told of."""
    with vendor(helpdesk) as running:
        (page,) = read(running, LISTED)
        assert [json.loads(request.body) for request in running.requests if request.path == "/search"] == [
            {"since": 0},
            {"since": 0, "after": "x"},
        ]
        assert [request.path for request in running.requests if "tickets" in request.path] == ["/tickets/1", "/tickets/2"]
        assert [(row["id"], row["queue"]) for row in page.table.to_pylist()] == [(11, None), (12, None), (21, None), (22, None)]
        assert [(reject.record["id"], reject.field, reject.reason) for reject in page.rejected] == [
            (10, "size", "not a number"),
            (20, "size", "not a number"),
        ]
        assert page.undeclared == {"no translation of queue": 2}
        assert page.cursor == {"since": "1970-01-01T00:00:30+00:00"}
        good = LISTED.replace("size: {type: bigint", "size: {type: text")
        (page,) = read(running, good)
        (whole,) = read(running, good.replace("value: name}", "value: name, else: none of ours}"))
    assert [row["queue"] for row in page.table.to_pylist()][:2] == ["Billing", None]
    assert [row["queue"] for row in whole.table.to_pylist()] == ["Billing", "none of ours", None] * 2
    assert not whole.undeclared


def keys_of(running: Vendor, said: str) -> list[tuple[Any, ...]]:
    source = declared(said)
    tables = keys(source, source.streams["s"], running.connection, log=running.lines.append)
    return [tuple(row.values()) for table in tables for row in table.to_pylist()]


def test_keys_are_all_that_the_source_holds_whatever_else_is_wrong_with_a_record() -> None:
    """Would catch: a record taken for deleted because another of its fields is not readable, or a deleted one taken for held."""
    with vendor(helpdesk) as running:
        assert sorted(keys_of(running, LISTED)) == [(1, 10), (1, 11), (2, 20), (2, 21)]


def test_a_run_over_an_ordered_list_goes_on_behind_the_items_it_has_read() -> None:
    """Would catch: a run cut short that forgets an item whose parts were not read, or begins again from the first."""
    said = LISTED.replace("format: epoch}\n  key", "format: epoch, sorted: true}\n  key").replace(
        "size: {type: bigint", "size: {type: text"
    )
    rows = [{"id": n, "size": "x"} for n in range(1000)]

    def answer(request: Request) -> Any:
        if request.path == "/search":
            return {"found": [{"id": 1, "at": 10}, {"id": 2, "at": 20}]}
        return {"parts": rows} if "tickets" in request.path else helpdesk(request)

    with vendor(answer) as running:
        source = declared(said)
        found = [page.cursor for page in pages(source, source.streams["s"], running.connection, None, log=running.lines.append)]
    assert found == [None, {"since": "1970-01-01T00:00:10+00:00"}, {"since": "1970-01-01T00:00:20+00:00"}]


@pytest.mark.parametrize(
    ("said", "answer", "wanted"),
    [
        ("{request: {path: /count}, path: meta.total}", {"meta": {"total": 7}}, 7),
        ("{request: {path: /count}, path: meta.total}", {"meta": {"total": "12"}}, 12),
        ("{request: {path: /search, json: {since: '{since}', limit: 0}}, path: total}", {"total": 0}, 0),
        ("{request: {path: /count}}", 3, 3),
    ],
)
def test_the_source_says_how_many_records_it_holds(said: str, answer: Any, wanted: int) -> None:
    """Would catch: a reconciliation without the source's own number, or with one of another request."""
    stream = PLAIN + f"\n  count: {said}\n  cursor: {{field: at, param: since, start: '2024-01-01'}}"
    with vendor(lambda request: answer) as running:
        source = declared(stream)
        assert count(source, source.streams["s"], running.connection, log=running.lines.append) == wanted
        plain = declared(PLAIN)
        assert count(plain, plain.streams["s"], running.connection, log=running.lines.append) is None
    assert len(running.requests) == 1
    for broken in ({"meta": {}}, {"meta": {"total": True}}, [], {"meta": {"total": "many"}}):
        with vendor(lambda request, broken=broken: broken) as running, pytest.raises(ConnectError, match="no number"):
            source = declared(PLAIN + "\n  count: {request: {path: /count}, path: meta.total}")
            count(source, source.streams["s"], running.connection, log=running.lines.append)
