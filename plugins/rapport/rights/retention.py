"""Retention: what has been kept long enough goes, by class, every day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
import yaml
from psycopg import sql

from rapport.declarations import Source, Stream, load_sources
from rapport.home import Home
from rapport.pipeline.run import rebuild
from rapport.privacy import Keyring
from rapport.rights.conditions import key_of, table_of
from rapport.rights.erase import connect, is_release_behind, note_erased
from rapport.rights.finding import Finder
from rapport.rights.subject import RightsError
from rapport.warehouse.dbt_config import config_folder

Log = Callable[[str], None]
TERMS = ("raw", "free_text", "set_aside", "access_log")


def terms(home: Home) -> dict[str, int]:
    """Return for how many months each class is kept (`config/retention.yml`).

    Raises:
        RightsError: a class is missing, unknown, or kept for less than a month.
    """
    file: Path = config_folder(home) / "retention.yml"
    said = yaml.safe_load(file.read_text()) if file.is_file() else None
    if not isinstance(said, dict) or set(said) != set(TERMS) or not all(type(said[name]) is int and said[name] >= 1 for name in TERMS):
        raise RightsError(f"{file}: must say for {', '.join(TERMS)}, and nothing else, how many months they are kept: whole numbers from 1")
    return said


def apply(home: Home, *, log: Log = lambda _line: None) -> Counter[str]:
    """Remove what has been kept long enough, and build and publish if anything went; returns rows by relation. Safe to run again.

    Raises:
        RightsError: the terms cannot be read, or the release without what went is held back.
    """
    months, sources = terms(home), load_sources(home.sources_dir)
    with connect(home) as conn:
        finder = Finder(conn, Keyring.from_home(home), sources)
        with conn.transaction(force_rollback=True):
            would = _forget(finder, months)
        if would and is_release_behind(home):  # what has changed besides would be taken for what was kept long enough
            _build(home, log)
        with conn.transaction():
            done = _forget(finder, months)
            if done:
                note_erased(conn)
        built_anew = bool(done)
        for table, column, kept in (("quarantined_row", "seen_at", "set_aside"), ("access_log", "happened_at", "access_log")):
            query = sql.SQL("delete from {} where {} < now() - make_interval(months => %s)")
            name = sql.Identifier("vault", table)
            done[f"vault.{table}"] = conn.execute(query.format(name, sql.Identifier(column)), [months[kept]]).rowcount
    for place, rows in sorted((+done).items()):
        log(f"{place}: {rows:,}")
    if built_anew:
        _build(home, log)
    return +done


def _forget(finder: Finder, months: dict[str, int]) -> Counter[str]:
    done: Counter[str] = Counter()
    for source, stream in finder.streams.values():
        done[f"{source.raw_schema}.{stream.name} (text)"] = _forget_text(finder.conn, source, stream, months["free_text"])
        if is_dated(finder.sources, source, stream):
            done[f"{source.raw_schema}.{stream.name}"] = _forget_records(finder.conn, source, stream, months["raw"])
    return +done


def _build(home: Home, log: Log) -> None:
    if reason := rebuild(home, trigger="retention", log=log):
        raise RightsError(f"the release without what was kept long enough is held back: {reason}")


def is_dated(sources: Mapping[str, Source], source: Source, stream: Stream) -> bool:
    """Return whether records of a stream grow old: they are of a person, and not the person whom other records belong to."""
    if stream.reach is None or stream.reach.nobody:
        return False
    if stream.reach.belongs_to:
        return True
    links = [link for other in sources.values() for one in other.streams.values() if one.reach for link in one.reach.belongs_to]
    return not any((link.source, link.stream) == (source.name, stream.name) for link in links)


def _forget_text(conn: psycopg.Connection, source: Source, stream: Stream, months: int) -> int:
    columns = [sql.Identifier(f"{field.column}_redacted") for field in stream.fields if field.treatment == "redact"]
    if not columns:
        return 0
    query = sql.SQL("update {} set {} where coalesce(_version_at, _loaded_at) < now() - make_interval(months => %s) and ({})").format(
        table_of(source, stream),
        sql.SQL(", ").join(sql.SQL("{} = null").format(column) for column in columns),
        sql.SQL(" or ").join(sql.SQL("{} is not null").format(column) for column in columns),
    )
    return conn.execute(query, [months]).rowcount


def _forget_records(conn: psycopg.Connection, source: Source, stream: Stream, months: int) -> int:
    """Delete the records of which no version is younger."""
    query = sql.SQL(
        "delete from {table} where {key} in (select {key} from {table} group by 1"
        " having max(coalesce(_version_at, _loaded_at)) < now() - make_interval(months => %s))"
    ).format(table=table_of(source, stream), key=key_of(stream))
    return conn.execute(query, [months]).rowcount
