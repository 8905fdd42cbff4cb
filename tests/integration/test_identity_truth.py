"""Would catch: records of two persons joined, or of one not joined, in the whole company; a measurement of it that says otherwise."""

from __future__ import annotations

import json
from collections import Counter

import psycopg
import pytest
from rapport.box import queries

from tests.whole_box import Box


def pairs(counts: Counter[object]) -> int:
    """Return how many pairs groups of these sizes hold."""
    return sum(size * (size - 1) // 2 for size in counts.values())


@pytest.fixture(scope="module")
def groups(run_home: Box) -> tuple[Counter[object], Counter[object], Counter[object]]:
    """Records of people whom the simulated company knows: by person in truth, by key in the warehouse, and by both."""
    truth = json.loads((run_home.home.sandbox_path / "truth.json").read_text())
    who = {("zendesk", str(user)): person["person"] for person in truth["persons"] for user in person["zendesk_users"]}
    who |= {("salesforce", contact): person["person"] for person in truth["persons"] for contact in person["salesforce_contacts"]}
    with psycopg.connect(run_home.home.dsn("transformer")) as conn:
        rows = conn.execute("select source, source_id, person_key from core.bridge_identity where record_type = 'record'").fetchall()
    known = [(who[source, record], key) for source, record, key in rows if (source, record) in who]
    assert len(known) > 1000
    return Counter(person for person, _ in known), Counter(key for _, key in known), Counter(known)


def test_joined_records_are_one_person_and_one_person_is_joined(
    groups: tuple[Counter[object], Counter[object], Counter[object]],
) -> None:
    """Over all pairs of records: at most one in a hundred joined wrongly, at least nine in ten of those to be joined are."""
    by_person, by_key, by_both = groups
    assert pairs(by_both) / pairs(by_key) >= 0.99
    assert pairs(by_both) / pairs(by_person) >= 0.90


def test_what_is_shown_is_so(run_home: Box, groups: tuple[Counter[object], Counter[object], Counter[object]]) -> None:
    """The tile measures on drawn pairs: at least 500, its intervals hold what is true of all pairs, and the targets are met."""
    by_person, by_key, by_both = groups
    shown = {
        row["metric"]: row
        for row in queries.rows(run_home.home, "analyst", "select * from marts_cx.identity_quality where systems = 'all'")
    }
    assert shown["identity_recall"]["n"] + shown["identity_over_merge"]["n"] >= 500
    truths = {"identity_precision": pairs(by_both) / pairs(by_key), "identity_recall": pairs(by_both) / pairs(by_person)}
    for metric, value in truths.items():
        assert shown[metric]["ci_low"] <= value + 0.02
        assert value - 0.02 <= shown[metric]["ci_high"]
        assert shown[metric]["value"] >= shown[metric]["target"]
    assert shown["identity_over_merge"]["ci_high"] < 0.01
