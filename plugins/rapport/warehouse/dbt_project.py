"""What dbt is told: the sources in use, the models that feed each entity, the metrics, the organisation's settings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg

from rapport.declarations import Source, load_sources, sources_in_use
from rapport.declarations.metrics import load_ex_metrics, load_metrics
from rapport.home import Home
from rapport.warehouse.coverage import coverage_of
from rapport.warehouse.dbt_config import config_folder, deciding, load_config

COVERAGE = "coverage"  # dbt's variable: what connected systems give

# Entities and the relation of core (or the one it is made from) that holds their rows by source.
CORE_OF = {
    "persons": "core.bridge_identity",
    "accounts": "intermediate.int_identity__account_keys",
    "employees": "core_ex.dim_employee",
    "org_units": "core.dim_org_unit",
    "trainings": "core_ex.fct_training",
    "tickets": "core.fct_ticket",
    "ticket_events": "core.fct_ticket_event",
    "survey_answers": "core.fct_survey_answer",
    "survey_invitations": "core.fct_survey_invitation",
    "survey_questions": "core.dim_survey_question",
    "web_events": "core.fct_web_event",
    "crm_activities": "core.fct_interaction",
    "products": "intermediate.int_value__product_keys",
    "order_lines": "core.fct_order_line",
    "partner_orders": "core.fct_order_line",
    "referrals": "core.fct_referral",
    "offboardings": "core.fct_offboarding",
    "account_revenue": "intermediate.int_value__revenue_lines",
}

# What models note of what they changed; `dbt_project/macros/platform/marks.sql` says what is in them.
_LEDGERS: tuple[LiteralString, ...] = (
    "create table if not exists intermediate.build_mark"
    " (relation text primary key, begun_at timestamp not null, is_whole boolean not null, built_at timestamp, whole_at timestamp)",
    "alter table intermediate.build_mark add column if not exists tested_at timestamp",
    "create table if not exists intermediate.dirty_day (relation text, day date, built_at timestamp not null, primary key (relation, day))",
    "create table if not exists intermediate.removed_row"
    " (relation text, row_key text[], built_at timestamp not null, primary key (relation, row_key))",
    "create table if not exists intermediate.dirty_slice"
    " (relation text, slice text[], built_at timestamp not null, primary key (relation, slice))",
    "create table if not exists intermediate.feed_state (feed text primary key, is_whole boolean not null)",
    "create index if not exists removed_row_built_at on intermediate.removed_row (relation, built_at)",
)


def project_folder(home: Home) -> Path:
    """Return the dbt project of the checkout."""
    return home.root / "dbt_project"


def metric_names(home: Home) -> list[str]:
    """Return the names of the metrics that the project defines.

    Raises:
        DeclarationError: a metric is wrong.
    """
    return [metric["metric"] for metric in load_metrics(project_folder(home) / "metrics")]


def build_variables(home: Home) -> dict[str, Any]:
    """Return dbt's variables: `sources`, `inputs`, `domains`, `coverage`, `metrics` and `config`.

    Raises:
        DeclarationError: a declaration, a metric or a setting is wrong.
    """
    sources = sources_to_build(home)
    metrics = load_metrics(project_folder(home) / "metrics")
    return {
        "sources": sorted(sources),
        "inputs": feeds_of(sources),
        "domains": {name: source.domain for name, source in sorted(sources.items())},
        COVERAGE: coverage_of(sources, _landed(home)),
        "ex_metrics": load_ex_metrics(project_folder(home) / "metrics"),
        # what a page tells people decides no row, and must not rebuild facts
        "metrics": [{key: value for key, value in metric.items() if key != "differs"} for metric in metrics],
        "config": load_config(config_folder(home), [metric["metric"] for metric in metrics]),
    }


def sources_to_build(home: Home) -> dict[str, Source]:
    """Return the sources whose rows the warehouse is built from: those in use, and those read before.

    A connection that is lost must not take its history out of every number.
    """
    used, read = sources_in_use(home), _read_before(home)
    return {name: source for name, source in load_sources(home.sources_dir).items() if name in used or name in read}


def _read_before(home: Home) -> set[str]:
    return {str(row[0]) for row in _loads(home, "select distinct source from ops.stream_load")}


def _landed(home: Home) -> set[tuple[str, str]]:
    rows = _loads(home, "select distinct source, stream from ops.stream_load where rows_landed > 0")
    return {(str(source), str(stream)) for source, stream in rows}


def _loads(home: Home, query: LiteralString) -> list[tuple[Any, ...]]:
    try:
        with psycopg.connect(home.dsn("transformer"), connect_timeout=5) as conn:
            return conn.execute(query).fetchall()
    except psycopg.Error:
        return []  # dbt may be asked to parse while no warehouse runs


def feeds_of(sources: Mapping[str, Source]) -> dict[str, list[str]]:
    """Return, for each vendor-neutral entity, the staging models that feed it."""
    feeds: dict[str, list[str]] = {}
    for name in sorted(sources):
        for entity, models in sources[name].feeds.items():
            feeds.setdefault(entity, []).extend(models)
    return feeds


def fingerprint(home: Home, variables: Mapping[str, Any]) -> str:
    """Return a hash of everything that decides what a row of a fact is: when it differs, facts are rebuilt rather than added to."""
    telling = {name: value for name, value in variables.items() if name not in {COVERAGE, "ex_metrics"}}  # no fact depends on them
    telling["config"] = deciding(variables.get("config", {}))
    digest = hashlib.sha256(json.dumps(telling, sort_keys=True).encode())
    folder = project_folder(home)
    for file in sorted([*folder.glob("models/**/*.sql"), *folder.glob("macros/**/*.sql"), *folder.glob("seeds/*.csv")]):
        if "marts" not in file.parts:
            digest.update(file.relative_to(folder).as_posix().encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def staging_fingerprint(home: Home, facts: str) -> str:
    """Return a hash of everything that decides the views of staging and what is said of them; `facts` is that of the facts."""
    digest = hashlib.sha256(facts.encode())
    for file in sorted(project_folder(home).glob("models/staging/**/*.yml")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def marts_fingerprint(home: Home, facts: str, variables: Mapping[str, Any]) -> str:
    """Return a hash of everything beside records that decides a number people read.

    Args:
        home: the installation.
        facts: `fingerprint` of what the facts are made by.
        variables: those of the build.
    """
    digest = hashlib.sha256(json.dumps([facts, variables.get("config")], sort_keys=True).encode())
    folder = project_folder(home)
    for file in sorted(folder.glob("models/marts/**/*.sql")):
        digest.update(file.relative_to(folder).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


@dataclass(frozen=True)
class Built:
    """By what a layer was last built.

    Attributes:
        fingerprint: of the project, sources and settings.
        is_whole: whether everything was built, not only what had changed.
    """

    fingerprint: str
    is_whole: bool


def ensure_build_tables(conn: psycopg.Connection, salt: str) -> None:
    """Make what the build keeps in the warehouse: the salt of surrogate keys and by what layers were built (as transformer)."""
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(hashtext('rapport.build_tables'))")
        conn.execute("create table if not exists intermediate.surrogate_salt (salt text primary key)")
        conn.execute(
            "create table if not exists intermediate.built_layer"
            " (layer text primary key, fingerprint text not null, is_whole boolean not null)"
        )
        for ledger in _LEDGERS:
            conn.execute(ledger)
        conn.execute(
            "insert into intermediate.surrogate_salt select %s where not exists (select 1 from intermediate.surrogate_salt)", [salt]
        )


def built(conn: psycopg.Connection, layer: str) -> Built | None:
    """Return by what `layer` was last built, or None before its first build."""
    row = conn.execute("select fingerprint, is_whole from intermediate.built_layer where layer = %s", [layer]).fetchone()
    return Built(str(row[0]), bool(row[1])) if row else None


def keep_tested(conn: psycopg.Connection, relations: list[str]) -> None:
    """Note that the tests of relations (`schema.name`) passed: they next judge what is written from now on."""
    conn.execute("update intermediate.build_mark set tested_at = built_at where relation = any(%s)", [relations])


def keep_built(conn: psycopg.Connection, layer: str, value: Built) -> None:
    """Note by what `layer` has been built."""
    conn.execute(
        "insert into intermediate.built_layer values (%s, %s, %s)"
        " on conflict (layer) do update set fingerprint = excluded.fingerprint, is_whole = excluded.is_whole",
        [layer, value.fingerprint, value.is_whole],
    )
