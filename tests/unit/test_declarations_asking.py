"""Catches a declaration that is accepted and then fails in the night, or asks for something else than was meant."""

from __future__ import annotations

import pytest
from rapport.declarations import DeclarationError

from tests.unit.connect_server import declared

FIELDS = "  fields:\n    at: {type: timestamp, class: internal%s}\n"
REST, RPC = "{protocol: rest, id: t, auth: {type: none}}", "{protocol: jsonrpc, id: t, path: /rpc, auth: {type: none}}"
LOGIN = "{protocol: rest, id: t, auth: {type: session, login: {method: x}}}"
ASKED = "s:\n  request: {path: /x}\n"


@pytest.mark.parametrize(
    ("connection", "stream", "place", "says"),
    [
        (REST, "s:\n", "streams.s", "needs `request`"),
        (RPC, "s:\n", "streams.s", "needs `call`"),
        ("{protocol: soql, id: t, auth: {type: none}}", "s:\n", "streams.s", "needs `object`"),
        ("{protocol: export_job, id: t, auth: {type: none}}", "s:\n", "streams.s", "needs `export` or `request`"),
        ("{protocol: sql, id: t}", "s:\n", "streams.s", "needs `table` or `query`"),
        (LOGIN, ASKED, "connection.auth.type", "jsonrpc only"),
        (REST, ASKED + "  count: {call: {method: n}}\n", "streams.s.count.call", "not how the protocol rest asks"),
        (REST, ASKED + "  count: {path: n}\n", "streams.s.count", "needs `request`"),
        (RPC, "s:\n  call: {method: x}\n  each: {request: {path: /x}, value: id, name: i}\n", "streams.s.each.request", "not how"),
        (RPC, "s:\n  call: {method: x}\n  paging: {type: next_url, next: n}\n", "streams.s.paging", "no addresses"),
        (REST, ASKED + "  cursor: {field: at, time_zone: Europe/Berlun}\n", "streams.s.cursor.time_zone", "no time zone"),
        (REST, ASKED + "  cursor: {field: at, format: rfc3339}\n", "streams.s.cursor.format", "or a pattern"),
        (REST, ASKED + "  cursor: {field: at, start: yesterday}\n", "streams.s.cursor.start", "no date or time"),
    ],
)
def test_what_a_protocol_cannot_do_is_said_with_its_line(connection: str, stream: str, place: str, says: str) -> None:
    """Would catch: an extraction that fails by KeyError, or the letters `rfc3339` sent as a starting point."""
    with pytest.raises(DeclarationError, match=says) as caught:
        declared(stream + FIELDS % "", connection)
    assert caught.value.path == place
    assert caught.value.line > 0


def test_a_field_names_a_list_and_a_zone_that_are_there() -> None:
    """Would catch: a translation that is never made, or a zone that is found wrong at the first record."""
    for more, says in ((", lookup: names", "none of the stream's"), (", time_zone: Mars", "no time zone")):
        with pytest.raises(DeclarationError, match=says):
            declared(ASKED + FIELDS % more, REST)
    lists = ASKED + "  lookups: {names: {request: {path: /n}, key: id, value: name}}\n"
    assert declared(lists + FIELDS % ", lookup: names, time_zone: Europe/Berlin", REST).streams["s"].fields[0].lookup == "names"
