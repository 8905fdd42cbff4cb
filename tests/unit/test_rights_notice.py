"""Would catch: a notice to employees that says something else than the platform does."""

from __future__ import annotations

from rapport.declarations import load_sources
from rapport.home import checkout
from rapport.rights import notice
from rapport.warehouse.roles_policy import load_policy


def test_the_page_is_the_one_that_is_made() -> None:
    """Would catch: a source, result or term that changed without employees being told (`rapport docs`)."""
    assert (checkout() / notice.FILE).read_text() == notice.page(checkout())


def test_what_is_said_to_be_dropped_is_dropped() -> None:
    """Would catch: a name, home address, date of birth or gender of an employee that lands, while the page says that it does not."""
    fields = [
        (source.name, field)
        for source in load_sources(checkout() / "sources").values()
        if source.domain in {"hr", "training"}
        for stream in source.streams.values()
        for field in stream.fields
    ]
    private = [
        (name, field)
        for name, field in fields
        if field.kind in {"name", "address"} or any(word in field.column for word in ("birth", "gender", "zip", "address1"))
    ]
    assert len({name for name, _ in private}) > 2, "control: there are such fields, in several systems"
    assert [(name, field.column) for name, field in private if field.landed] == []


def test_nobody_reads_rows_of_employees() -> None:
    """Would catch: a person's role that the policy lets read employee rows, which the page says nobody does."""
    policy = load_policy()
    for schema in ("core_ex", "raw_bamboohr", "analysis", "next_marts_ex"):
        assert not {role for role, _ in policy.rule(schema).grants} & set(policy.people), schema
