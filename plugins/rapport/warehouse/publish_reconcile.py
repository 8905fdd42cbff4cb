"""Where every row went: from what the source says it holds, over what landed, to what stands in core."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql

from rapport.declarations import Source, Stream
from rapport.home import Home
from rapport.warehouse.dbt import manifest_file
from rapport.warehouse.dbt_project import CORE_OF, sources_to_build

_OUTER_FROM = re.compile(r"^from\b", re.MULTILINE)
_SOURCE = re.compile(r"source\(\s*'(\w+)'\s*,\s*'(\w+)'\s*\)")

_FEWEST_TOLD = 5  # fewer versions could tell who was erased


@dataclass(frozen=True)
class Counts:
    """Rows of one stream along the way.

    Attributes:
        source: records that the source said it holds, when it was last read; None if it cannot say.
        fetched: records served in all loads; as the next three.
        landed: versions that were new.
        duplicate: versions that were here already.
        quarantined: records set aside.
        versions: rows of the raw table.
        records: records in it.
        current: records whose newest version is not deleted.
        staged: rows of the staging model; None if none is made of this stream.
        core: rows of the core relation; None if there is none yet.
        erased: versions that were taken out because a person was erased.
    """

    source: int | None
    fetched: int
    landed: int
    duplicate: int
    quarantined: int
    versions: int
    records: int
    current: int
    staged: int | None = None
    core: int | None = None
    erased: int = 0


def reconcile(home: Home, run_id: str) -> int:
    """Write one row a stream to `ops.reconciliation`; returns how many. Run after core is built; safe to run again.

    Fetched, landed, duplicate and quarantined are sums over all loads of the stream, because staged and core hold what all loads left.
    """
    models = _models(home)
    written = 0
    with psycopg.connect(home.dsn("transformer")) as conn:
        for source in sources_to_build(home).values():
            for stream in source.streams.values():
                if not _exists(conn, source.raw_schema, stream.name):
                    continue
                raw = f"{source.name}.{stream.name}"
                entity, model = _fed(source, raw, models)
                readers = sorted(name for name, read in models.items() if raw in read.all)
                counts = count_rows(conn, source, stream, entity, model)
                _write(conn, run_id, (source.name, stream.name), counts, explain(counts, stream, entity, readers))
                written += 1
    return written


def newest_open_run(home: Home) -> str | None:
    """Return the run under way that began last, or None if there is none."""
    with psycopg.connect(home.dsn("transformer")) as conn:
        row = conn.execute("select run_id from ops.run where state = 'running' order by started_at desc limit 1").fetchone()
    return str(row[0]) if row else None


def explain(counts: Counts, stream: Stream, entity: str | None, readers: list[str]) -> str | None:
    """Say in words why two neighbouring counts differ, so that the words add up; None if none does.

    Args:
        counts: rows along the way.
        stream: the declaration.
        entity: the vendor-neutral entity that the stream fills, or None.
        readers: the models that read its raw table.
    """
    said = [*_of_source(counts, stream), *_of_landing(counts)]
    if entity is None or counts.staged is None:
        said.append(f"serves look-ups of {', '.join(readers)}" if readers else "lands only; no model reads it")
        return "; ".join(said)
    thing = entity.replace("_", " ")
    if counts.staged < counts.records:
        said.append(f"{counts.records - counts.staged:,} of {counts.records:,} records of another kind than {thing}, or superseded")
    elif counts.staged > counts.records:
        said.append(f"{counts.records:,} records hold {counts.staged:,} {thing}")
    if counts.core is not None and counts.core != counts.staged:
        said.append(f"{counts.staged - counts.core:,} of {counts.staged:,} {thing} deleted at the source or of another kind")
    return "; ".join(said) or None


def _of_source(counts: Counts, stream: Stream) -> list[str]:
    if counts.source is None or counts.source == counts.current:
        return []
    here = f"the source counts {counts.source:,}, {counts.current:,} stand here undeleted"
    missing = counts.source - counts.current
    if missing < 0:
        sweep = stream.options.get("deletes", {}).get("sweep_days")
        found = (
            f"the comparison of keys every {sweep} days finds them" if sweep else "no comparison of keys is declared that would find them"
        )
        return [f"{here}: {-missing:,} gone there or not counted; {found}"]
    aside = min(missing, counts.quarantined)
    parts = [f"{aside:,} set aside"] if aside else []
    if missing > aside:
        where = "of a kind that is left out, or " if "where" in stream.options else ""
        parts.append(f"{missing - aside:,} {where}younger than the reading: if they do not come, read all again")
    return [f"{here}: {', '.join(parts)}"]


def _of_landing(counts: Counts) -> list[str]:
    said = []
    lost = counts.fetched - counts.landed - counts.duplicate - counts.quarantined
    parts = [(counts.duplicate, "served again"), (counts.quarantined, "set aside"), (lost, "lost in a load that failed")]
    if told := [f"{rows:,} {what}" for rows, what in parts if rows]:
        said.append(f"served {counts.fetched:,}, held {counts.landed:,}: {', '.join(told)}")
    if counts.erased:
        many = f"{counts.erased:,}" if counts.erased >= _FEWEST_TOLD else f"<{_FEWEST_TOLD}"
        said.append(f"{many} versions of people who were erased since")
    if counts.versions != counts.records:
        said.append(f"{counts.versions:,} versions of {counts.records:,} records; the newest counts")
    if counts.current != counts.records:
        said.append(f"{counts.records - counts.current:,} of {counts.records:,} records deleted at the source")
    return said


@dataclass(frozen=True)
class _Read:
    """What a staging model reads: the raw tables its rows are made of, and all that it looks into."""

    rows: frozenset[str]
    all: frozenset[str]


def _models(home: Home) -> dict[str, _Read]:
    manifest = json.loads(manifest_file(home).read_text())
    found = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] == "staging":
            everything = frozenset(f"{name}.{table}" for name, table in node["sources"])
            # A model that a macro writes shows no `from` of its own: it reads what it is given.
            found[node["name"]] = _Read(_rows_of(node["raw_code"]) or everything, everything)
    return found


def _rows_of(code: str) -> frozenset[str]:
    """Return the raw tables that stand first behind each outermost `from`: the others are joined to them."""
    parts = _OUTER_FROM.split(code)[1:]
    return frozenset(f"{found[1]}.{found[2]}" for part in parts if (found := _SOURCE.search(part)))


def _fed(source: Source, raw: str, models: Mapping[str, _Read]) -> tuple[str | None, str | None]:
    """Return the entity and the staging model that the rows of a raw table become, or None twice."""
    for entity, names in source.feeds.items():
        for name in names:
            if name in models and raw in models[name].rows:
                return entity, name
    return None, None


def count_rows(conn: psycopg.Connection, source: Source, stream: Stream, entity: str | None = None, model: str | None = None) -> Counts:
    """Count the rows of a stream from its loads to core.

    Args:
        conn: a connection as `transformer`.
        source: the declaration.
        stream: a stream whose raw table is there.
        entity: the vendor-neutral entity that it fills, or None.
        model: the staging model that its rows become, or None.
    """
    raw = sql.Identifier(source.raw_schema, stream.name)
    key = sql.SQL(", ").join(sql.Identifier(column) for column in stream.landed_key or ("_row_hash",))
    records = _one(conn, sql.SQL("select count(*) from (select distinct {} from {}) as records").format(key, raw))
    # Only records that were ever deleted are put in order: most tables hold few or none, and may hold millions.
    gone = sql.SQL(
        "select count(*) filter (where _is_deleted) from (select distinct on ({key}) _is_deleted from {raw}"
        " where ({key}) in (select {key} from {raw} where _is_deleted)"
        " order by {key}, _version_at desc nulls last, _seen_at desc, _row_hash) as newest"
    ).format(key=key, raw=raw)
    sums = conn.execute(
        "select coalesce(sum(rows_fetched), 0)::bigint, coalesce(sum(rows_landed), 0)::bigint, coalesce(sum(rows_duplicate), 0)::bigint,"
        " coalesce(sum(rows_quarantined), 0)::bigint, (array_agg(rows_source order by started_at desc) filter (where state = 'success'))[1]"
        " from ops.stream_load where source = %s and stream = %s",
        [source.name, stream.name],
    ).fetchone() or (0, 0, 0, 0, None)
    return Counts(
        source=sums[4],
        fetched=sums[0],
        landed=sums[1],
        duplicate=sums[2],
        quarantined=sums[3],
        versions=_one(conn, sql.SQL("select count(*) from {}").format(raw)),
        records=records,
        current=records - _one(conn, gone),
        staged=_staged(conn, model) if model else None,
        core=_in_core(conn, entity, model) if entity in CORE_OF and entity and model else None,
        erased=_erased(conn, source, stream),
    )


def _erased(conn: psycopg.Connection, source: Source, stream: Stream) -> int:
    query = "select coalesce(sum(rows), 0)::bigint from ops.erased_rows where source = %s and stream = %s"
    row = conn.execute(query, [source.name, stream.name]).fetchone()
    return int(row[0]) if row else 0


def _staged(conn: psycopg.Connection, model: str) -> int:
    """Count the records that a staging model shows: of one that shows every version, the newest."""
    shows_versions = conn.execute(
        "select 1 from information_schema.columns where (table_schema, table_name, column_name) = ('staging', %s, 'is_newest')", [model]
    ).fetchone()
    newest = sql.SQL(" where is_newest") if shows_versions else sql.SQL("")
    return _one(conn, sql.SQL("select count(*) from {}{}").format(sql.Identifier("staging", model), newest))


def _in_core(conn: psycopg.Connection, entity: str, model: str) -> int:
    """Count by the staged ids: several streams of one source may feed the entity, and several declarations may be one system."""
    relation = sql.Identifier(*CORE_OF[entity].split("."))
    prefix = "crm_activity:" if entity == "crm_activities" else ""
    query = sql.SQL(
        "select count(distinct (source, source_id)) from {} where (source, source_id) in (select source, {} || source_id from {})"
    )
    return _one(conn, query.format(relation, sql.Literal(prefix), sql.Identifier("staging", model)))


def _write(conn: psycopg.Connection, run_id: str, place: tuple[str, str], counts: Counts, explanation: str | None) -> None:
    conn.execute(
        "insert into ops.reconciliation (source, stream, run_id, rows_source, rows_fetched, rows_landed, rows_duplicate, rows_quarantined,"
        " rows_staged, rows_core, explanation) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (run_id, source, stream) do update set rows_source = excluded.rows_source, rows_fetched = excluded.rows_fetched,"
        " rows_landed = excluded.rows_landed, rows_duplicate = excluded.rows_duplicate, rows_quarantined = excluded.rows_quarantined,"
        " rows_staged = excluded.rows_staged, rows_core = excluded.rows_core, explanation = excluded.explanation",
        [
            *place,
            run_id,
            counts.source,
            counts.fetched,
            counts.landed,
            counts.duplicate,
            counts.quarantined,
            counts.staged,
            counts.core,
            explanation,
        ],
    )


def _exists(conn: psycopg.Connection, schema: str, table: str) -> bool:
    row = conn.execute("select to_regclass(format('%%I.%%I', %s::text, %s::text)) is not null", [schema, table]).fetchone()
    return bool(row and row[0])


def _one(conn: psycopg.Connection, query: sql.Composed) -> int:
    row = conn.execute(query).fetchone()
    return int(row[0]) if row else 0
