"""What must be true of raw rows, derived from the declaration of their source.

Judged are the rows that arrived since the last published release, and of each record only its newest version among
them: a record that its source has mended passes again, and the cost follows the day, not the history.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from psycopg import sql

from rapport.declarations import Source, Stream
from rapport.quality.rules import Check, Rule, no_whole_where

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
CLOCK_TOLERANCE = timedelta(days=1)
SIMULATED_TOLERANCE = timedelta(days=3 * 366)  # a simulated company lives on its own clock, which is moved on at will
PSEUDONYM = r"^[a-z]+[0-9]+_[a-z2-7]{26}$"
MAIL_ADDRESS = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"
KEPT_SHARE = 0.9  # of the rows ever landed must still be there; erasure and retention take some away
QUARANTINE_SHARE, QUARANTINE_FLOOR = 0.01, 20
TWINS_SHARE, TWINS_FLOOR = 0.01, 5  # a record that changes while it is read may show twice
REFETCHED_SHARE, REFETCHED_FLOOR = 0.5, 20  # of the largest of the last five full reads


@dataclass(frozen=True)
class Landed:
    """What the ledger of loads says about one stream.

    Attributes:
        since: rows loaded after this moment are judged; None for all.
        rows_ever: rows that all loads together say they landed.
        has_fresh_rows: whether any row was loaded after `since`.
        full_read_before: rows of the largest earlier read of a stream that is read whole; 0 if it has a cursor or no earlier load.
        is_simulated: whether the rows come from the simulated company.
    """

    since: datetime | None
    rows_ever: int = 0
    has_fresh_rows: bool = False
    full_read_before: int = 0
    is_simulated: bool = False


def stream_checks(source: Source, stream: Stream, landed: Landed, now: datetime) -> list[Check]:
    """Return what to judge at the moment `now` for one stream: its table, its loads and, if any, its fresh rows."""
    relation = f"{source.raw_schema}.{stream.name}"
    checks = [Check(source.name, relation, "volume", _whole_table(source, stream), tuple(_volume(landed)))]
    checks.append(Check(source.name, relation, "loads", _loads(source, stream, landed), tuple(_load_rules(stream, landed))))
    rules = tuple(_row_rules(stream, now + (SIMULATED_TOLERANCE if landed.is_simulated else CLOCK_TOLERANCE)))
    if landed.has_fresh_rows and rules:
        checks.append(Check(source.name, relation, "fresh rows", _newest_versions(source, stream, landed), rules))
    return [check for check in checks if check.rules]


def _row_rules(stream: Stream, latest: datetime) -> Iterator[Rule]:
    for column in stream.landed_key:
        yield Rule(f"key_is_given({column})", f"the key {column} is given", "expect_column_values_to_not_be_null", {"column": column})
    if stream.key:
        yield no_whole_where(
            "one_version_a_moment",
            "one load never gives two versions of a record for one moment",
            f"count(*) filter (where _versions_of_moment > 1) > greatest({TWINS_FLOOR}, {TWINS_SHARE} * count(*))",
        )
    for column in _clocks(stream):
        yield Rule(
            f"clock_is_sane({column})",
            f"{column} lies between {EARLIEST:%Y} and {latest:%Y-%m-%d}",
            "expect_column_values_to_be_between",
            {"column": column, "min_value": EARLIEST.isoformat(), "max_value": latest.isoformat()},
        )
    for declared in stream.fields:
        for column in declared.landed:
            if declared.accepted and declared.treatment == "keep":
                yield Rule(
                    f"value_is_known({column})",
                    f"{column} holds only values that the declaration accepts",
                    "expect_column_values_to_be_in_set",
                    {"column": column, "value_set": list(declared.accepted)},
                )
            if column.endswith("_token"):
                yield Rule(
                    f"token_is_a_token({column})",
                    f"{column} holds tokens, never a value in the clear",
                    "expect_column_values_to_match_regex",
                    {"column": column, "regex": PSEUDONYM},
                )
            if declared.treatment == "redact" and column.endswith("_redacted"):
                yield Rule(
                    f"text_is_redacted({column})",
                    f"{column} holds no e-mail address",
                    "expect_column_values_to_not_match_regex",
                    {"column": column, "regex": MAIL_ADDRESS},
                )


def _clocks(stream: Stream) -> list[str]:
    """The columns whose value cannot honestly lie in the future: the source's clock and moments of creation."""
    kept = [declared.column for declared in stream.fields if declared.treatment == "keep" and declared.type in {"timestamp", "date"}]
    return [column for column in kept if column == stream.clock or column.startswith("created")]


def _volume(landed: Landed) -> Iterator[Rule]:
    if landed.rows_ever:
        yield Rule(
            "volume_has_not_shrunk",
            f"at least {KEPT_SHARE:.0%} of the rows that were landed are still there",
            "expect_table_row_count_to_be_between",
            {"min_value": max(1, math.ceil(KEPT_SHARE * landed.rows_ever))},
        )


def _load_rules(stream: Stream, landed: Landed) -> Iterator[Rule]:
    # a person's file may well hold one row, and that one be wrong: it must not hold everybody's release back
    whole = "" if stream.is_strict else " or (sum(rows_quarantined) > 0 and sum(rows_landed) + sum(rows_duplicate) = 0)"
    yield no_whole_where(
        "quarantine_is_small",
        f"at most {QUARANTINE_SHARE:.0%} of the records went to quarantine",
        f"sum(rows_quarantined) > greatest({QUARANTINE_FLOOR}, {QUARANTINE_SHARE} * sum(rows_fetched)){whole}",
    )
    if landed.full_read_before >= REFETCHED_FLOOR:
        yield no_whole_where(
            "full_read_has_not_shrunk",
            f"a stream that is read whole gives at least {REFETCHED_SHARE:.0%} of what it gave before",
            f"(array_agg(rows_fetched order by started_at desc))[1] < {REFETCHED_SHARE} * {landed.full_read_before}",
        )


def _whole_table(source: Source, stream: Stream) -> str:
    table = sql.Identifier(source.raw_schema, stream.name)
    return sql.SQL("select 1 as present from {}").format(table).as_string(None)


def _loads(source: Source, stream: Stream, landed: Landed) -> str:
    """The loads since the published release, from the largest on: a full read heals what earlier loads left in quarantine."""
    since = sql.SQL("and started_at > to_timestamp({})").format(landed.since.timestamp()) if landed.since else sql.SQL("")
    return (
        sql.SQL(
            "select started_at, rows_fetched, rows_landed, rows_duplicate, rows_quarantined from ("
            "select *, max(started_at) filter (where rows_fetched = largest) over () as healed_at from ("
            "select *, max(rows_fetched) over () as largest from ops.stream_load"
            " where source = {source} and stream = {stream} and state = 'success' {since}"
            ") as loads) as ranked where started_at >= healed_at"
        )
        .format(source=sql.Literal(source.name), stream=sql.Literal(stream.name), since=since)
        .as_string(None)
    )


def _newest_versions(source: Source, stream: Stream, landed: Landed) -> str:
    table = sql.Identifier(source.raw_schema, stream.name)
    key = sql.SQL(", ").join(sql.Identifier(column) for column in stream.landed_key)
    # seconds since 1970, because a colon in the text would be read as a parameter
    fresh = sql.SQL("where _loaded_at > to_timestamp({})").format(landed.since.timestamp()) if landed.since else sql.SQL("")
    if not stream.key:
        return sql.SQL("select * from {} {}").format(table, fresh).as_string(None)
    return (
        sql.SQL(
            "select distinct on ({key}) *, count(*) over (partition by {key}, _version_at, _load_id) as _versions_of_moment"
            " from {table} {fresh} order by {key}, _version_at desc nulls last, _seen_at desc, _row_hash"
        )
        .format(key=key, table=table, fresh=fresh)
        .as_string(None)
    )
