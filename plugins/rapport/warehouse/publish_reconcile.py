"""Where every row went: from what a stream landed to what stands in core."""

from __future__ import annotations

import json
from dataclasses import dataclass

import psycopg
from psycopg import sql

from rapport.declarations import Source, Stream
from rapport.home import Home
from rapport.warehouse.dbt import manifest_file
from rapport.warehouse.dbt_project import CORE_OF, sources_to_build


@dataclass(frozen=True)
class _Counts:
    versions: int
    records: int
    staged: int | None
    core: int | None


def reconcile(home: Home, run_id: str) -> int:
    """Write one row a stream to `ops.reconciliation`; returns how many. Run after core is built; safe to run again.

    Fetched, landed, duplicate and quarantined are sums over all loads of the stream, because staged and core hold what all loads left.
    """
    parents = _raw_of_staging(home)
    written = 0
    with psycopg.connect(home.dsn("transformer")) as conn:
        for source in sources_to_build(home).values():
            for stream in source.streams.values():
                if not _exists(conn, source.raw_schema, stream.name):
                    continue
                raw = f"{source.name}.{stream.name}"
                fed = [(entity, model) for entity, models in source.feeds.items() for model in models if raw in parents.get(model, ())]
                entity, model = fed[0] if fed else (None, None)
                counts = _count(conn, source, stream, entity, model)
                _write(conn, run_id, (source.name, stream.name), counts, _explain(counts, entity))
                written += 1
    return written


def newest_open_run(home: Home) -> str | None:
    """Return the run under way that began last, or None if there is none."""
    with psycopg.connect(home.dsn("transformer")) as conn:
        row = conn.execute("select run_id from ops.run where state = 'running' order by started_at desc limit 1").fetchone()
    return str(row[0]) if row else None


def _raw_of_staging(home: Home) -> dict[str, set[str]]:
    manifest = json.loads(manifest_file(home).read_text())
    raw: dict[str, set[str]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] == "staging":
            raw[node["name"]] = {f"{name}.{table}" for name, table in node["sources"]}
    return raw


def _count(conn: psycopg.Connection, source: Source, stream: Stream, entity: str | None, model: str | None) -> _Counts:
    raw = sql.Identifier(source.raw_schema, stream.name)
    key = sql.SQL(", ").join(sql.Identifier(column) for column in stream.landed_key or ("_row_hash",))
    versions = _one(conn, sql.SQL("select count(*) from {}").format(raw))
    records = _one(conn, sql.SQL("select count(*) from (select distinct {} from {}) as records").format(key, raw))
    staged = _one(conn, sql.SQL("select count(*) from {}").format(sql.Identifier("staging", model))) if model else None
    core = None
    if model and entity in CORE_OF:
        relation = sql.Identifier(*CORE_OF[str(entity)].split("."))
        prefix = "crm_activity:" if entity == "crm_activities" else ""
        # by the staged ids: several streams of one source may feed the entity, and several declarations may be one system
        query = sql.SQL("select count(*) from {} where (source, source_id) in (select source, {} || source_id from {})")
        core = _one(conn, query.format(relation, sql.Literal(prefix), sql.Identifier("staging", model)))
    return _Counts(versions, records, staged, core)


def _explain(counts: _Counts, entity: str | None) -> str | None:
    said = []
    if counts.versions != counts.records:
        said.append(f"{counts.versions:,} versions of {counts.records:,} records; the newest counts")
    if entity is None or counts.staged is None:
        said.append("serves look-ups only")
        return "; ".join(said)
    if counts.staged < counts.records:
        said.append(f"{counts.records - counts.staged:,} records are of another kind than {entity.replace('_', ' ')}, or superseded")
    elif counts.staged > counts.records:
        said.append("a record holds several rows")
    if counts.core is not None and counts.core != counts.staged:
        said.append(f"{counts.staged - counts.core:,} are deleted at the source or of another kind")
    return "; ".join(said) or None


def _write(conn: psycopg.Connection, run_id: str, place: tuple[str, str], counts: _Counts, explanation: str | None) -> None:
    conn.execute(
        "insert into ops.reconciliation (source, stream, run_id, rows_fetched, rows_landed, rows_duplicate, rows_quarantined,"
        " rows_staged, rows_core, explanation)"
        " select %(source)s, %(stream)s, %(run)s, coalesce(sum(rows_fetched), 0), coalesce(sum(rows_landed), 0),"
        " coalesce(sum(rows_duplicate), 0), coalesce(sum(rows_quarantined), 0), %(staged)s, %(core)s, %(explanation)s"
        " from ops.stream_load where source = %(source)s and stream = %(stream)s"
        " on conflict (run_id, source, stream) do update set rows_fetched = excluded.rows_fetched, rows_landed = excluded.rows_landed,"
        " rows_duplicate = excluded.rows_duplicate, rows_quarantined = excluded.rows_quarantined, rows_staged = excluded.rows_staged,"
        " rows_core = excluded.rows_core, explanation = excluded.explanation",
        {
            "source": place[0],
            "stream": place[1],
            "run": run_id,
            "staged": counts.staged,
            "core": counts.core,
            "explanation": explanation,
        },
    )


def _exists(conn: psycopg.Connection, schema: str, table: str) -> bool:
    row = conn.execute("select to_regclass(format('%%I.%%I', %s::text, %s::text)) is not null", [schema, table]).fetchone()
    return bool(row and row[0])


def _one(conn: psycopg.Connection, query: sql.Composed) -> int:
    row = conn.execute(query).fetchone()
    return int(row[0]) if row else 0
