"""Would catch a canary list that misses a record in which a planted identifier stands: the privacy sweep would then prove nothing."""

from __future__ import annotations

import sqlite3
from collections import Counter

from sandbox.company.params import Settings
from sandbox.planted import places
from sandbox.store import Store
from tests.unit.sandbox_company import SCALE, shared_home


def test_fifty_identifiers_stand_in_fields_and_in_free_text() -> None:
    found = places(Settings(shared_home(), SCALE))
    assert len({c["value"] for c in found}) == len(found) == 50
    assert Counter(c["kind"] for c in found) == {"name": 12, "email": 16, "phone": 12, "iban": 5, "card": 5}
    for canary in found:
        assert canary["places"], canary["id"]
        assert {p["field"] for p in canary["places"]} & {"description", "child_events.body"}, canary["id"]
        if canary["kind"] in ("name", "email", "phone") and canary["known"]:
            assert {p["field"] for p in canary["places"]} & {"name", "email", "phone"}, canary["id"]


def test_every_source_holds_planted_identifiers_in_fields_and_in_free_text() -> None:
    fields: dict[str, set[str]] = {}
    for canary in places(Settings(shared_home(), SCALE)):
        for place in canary["places"]:
            fields.setdefault(place["source"], set()).add(place["field"])
    assert fields["zendesk"] >= {"email", "phone", "name", "description", "subject", "child_events.body"}
    assert fields["salesforce"] >= {"Email", "MobilePhone", "Name", "Description", "Subject"}
    assert fields["qualtrics"] >= {"values.recipientEmail", "values.QID3_TEXT"}
    assert fields["matomo"] >= {"userId", "actionDetails.siteSearchKeyword", "actionDetails.url"}
    assert fields["hubspot"] >= {"properties.email", "properties.mobilephone", "properties.hs_call_body", "properties.hs_meeting_title"}
    assert fields["intercom"] >= {"email", "name", "source.body", "conversation_parts.conversation_parts.body"}
    assert fields["bamboohr"] >= {"workEmail", "mobilePhone", "displayName", "supervisorEmail"}


def test_the_list_holds_every_record_that_a_search_through_everything_finds() -> None:
    found = places(Settings(shared_home(), SCALE))
    listed = {(f"{p['source']}.{p['stream']}", p["key"]) for c in found for p in c["places"]}
    needles = [form.casefold() for c in found for form in c["forms"]]
    with sqlite3.connect(Store(shared_home()).path) as conn:
        searched = {
            (stream, key)
            for stream, key, body in conn.execute("select stream, key, body from record")
            if any(n in body.decode().casefold() for n in needles)
        }
    assert searched == listed
