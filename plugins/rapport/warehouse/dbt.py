"""Run dbt, one layer at a time, in this process.

A layer is one dbt invocation: dbt's start costs seconds, a model's does not. The password reaches dbt through a variable
that dbt keeps out of its logs and artefacts; everything else it is told stands in its variables.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from rapport.declarations import load_sources
from rapport.home import Home
from rapport.warehouse import dbt_project
from rapport.warehouse.analysis_tables import ensure_analysis_tables
from rapport.warehouse.dbt_lineage import exposed, fallen, raw_tables, unreached
from rapport.warehouse.dbt_manifest import undocumented
from rapport.warehouse.rebuild import refuse_loss
from rapport.warehouse.roles_policy import load_policy

__all__ = ["LAYERS", "DbtError", "LayerResult", "invoke", "manifest_file", "run_layer"]

Log = Callable[[str], None]
LAYERS = {
    "staging": ["path:seeds", "path:models/staging", "path:models/input"],
    "intermediate": ["path:models/intermediate"],
    "core": ["path:models/core", "path:models/core_ex"],
    "marts": ["path:models/marts"],
}
# Of staging and input, what has to be built where nothing but rows has changed: a view shows what is there, and what is new of it is tested
# in input. Tables are made anew, and take the views over them along.
ADDED_TO = ["path:models/input", "path:models/staging,config.materialized:incremental", "path:models/staging,config.materialized:table+"]
_SLOW_SECONDS = 2.0
_TARGET = "target"
_QUOTED = re.compile(r"(invalid input[^:]*): .*")
_parsed: dict[int, Any] = {}
_FAILED = {"error", "fail", "runtime error"}


class DbtError(RuntimeError):
    """dbt could not build; the message names each model or test that failed and why, without values of rows."""


@dataclass(frozen=True)
class LayerResult:
    """What a build of one layer did.

    Attributes:
        layer: the layer.
        models: models and seeds built.
        tests: tests passed.
        seconds: wall time.
        full_refresh: whether incremental models were rebuilt.
    """

    layer: str
    models: int
    tests: int
    seconds: float
    full_refresh: bool


def run_layer(home: Home, layer: str, *, full_refresh: bool = False, log: Log = lambda _line: None) -> LayerResult:
    """Build one layer and test it. Safe to run again: the same raw rows give the same relations.

    Facts are added to unless `full_refresh` is asked for, or what decides their rows (models, sources in use, settings) has changed
    since they were built: then they are rebuilt.

    Args:
        home: the installation.
        layer: `staging`, `intermediate`, `core` or `marts`, in this order.
        full_refresh: rebuild incremental models.
        log: takes a line of progress at a time.

    Raises:
        DbtError: a model or test failed, or a column is not documented.
        DeclarationError: a declaration, metric or setting is wrong.
        RebuildError: everything would be rebuilt, and raw no longer holds what core was built from.
    """
    if layer not in LAYERS:
        raise DbtError(f"there is no layer {layer}: choose {', '.join(LAYERS)}")
    variables = dbt_project.build_variables(home)
    wanted = dbt_project.fingerprint(home, variables)
    began = time.monotonic()
    with psycopg.connect(home.dsn("transformer"), autocommit=True) as conn:
        conn.execute("select pg_advisory_lock(hashtext('rapport.build'))")  # released with the connection
        dbt_project.ensure_build_tables(conn, home.secret("surrogate_salt"))
        ensure_analysis_tables(conn, dbt_project.project_folder(home))  # marts read them, also before any step has run
        facts = dbt_project.built(conn, "core")
        if facts is None or facts.fingerprint != wanted:
            full_refresh = True
            if facts is not None and layer == "intermediate":
                log("models, sources or settings have changed since the facts were built: they are rebuilt")
        marts = dbt_project.Built(dbt_project.marts_fingerprint(home, wanted, variables), is_whole=True)
        if layer == "marts":
            full_refresh = full_refresh or dbt_project.built(conn, layer) != marts
            dbt_project.keep_built(conn, layer, dbt_project.Built("under way", is_whole=False))
        if full_refresh and layer == next(iter(LAYERS)):
            refuse_loss(conn, variables["inputs"])
        selected = LAYERS[layer]
        views = dbt_project.Built(dbt_project.staging_fingerprint(home, wanted), is_whole=True)
        if layer == "staging" and not full_refresh and dbt_project.built(conn, layer) == views:
            selected = ADDED_TO
        elif layer == "staging":
            dbt_project.keep_built(conn, layer, dbt_project.Built("under way", is_whole=False))
        whole = dbt_project.Built(wanted, is_whole=True)
        if layer == "core" and full_refresh and dbt_project.built(conn, "intermediate") != whole:
            selected = LAYERS["intermediate"] + selected  # it holds only what had changed, from which whole facts cannot be made
        arguments = ["build", "--exclude-resource-type", "unit_test", "--select", *selected]
        results = invoke(home, arguments + (["--full-refresh"] if full_refresh else []), variables=variables, log=log)
        models = [result.node for result in results if result.node.resource_type == "model"]
        dbt_project.keep_tested(conn, [f"{model.schema}.{model.alias}" for model in models])
        if layer in {"staging", "marts"}:
            dbt_project.keep_built(conn, layer, views if layer == "staging" else marts)
        elif layer in {"intermediate", "core"}:
            dbt_project.keep_built(conn, layer, dbt_project.Built(wanted, is_whole=full_refresh))
    built = sum(1 for result in results if result.node.resource_type in {"model", "seed"})
    tests = sum(1 for result in results if result.node.resource_type == "test")
    return LayerResult(layer, built, tests, time.monotonic() - began, full_refresh)


def invoke(
    home: Home, arguments: list[str], *, variables: dict[str, Any] | None = None, log: Log = lambda _line: None, target: str = _TARGET
) -> list[Any]:
    """Run a dbt command on this home's warehouse and return its node results.

    Args:
        home: the installation.
        arguments: the command and its options.
        variables: dbt's variables (None: those of a build).
        log: takes a line of progress at a time.
        target: folder that dbt leaves its manifest in.

    Raises:
        DbtError: dbt does not understand the project, or a node failed.
    """
    from dbt.cli.main import dbtRunner

    variables = dbt_project.build_variables(home) if variables is None else variables
    project = dbt_project.project_folder(home)
    common = [
        *("--project-dir", str(project), "--profiles-dir", str(project / "profiles")),
        *("--target-path", str(home.dir("dbt") / target), "--log-path", str(home.dir("dbt") / "logs")),
        *("--vars", json.dumps(variables, sort_keys=True), "--no-use-colors", "--no-version-check"),
        *("--log-level", "none", "--log-level-file", "info"),
    ]
    with _environment(home):
        manifest = _manifest(dbtRunner(), common, project, home)
        outcome = dbtRunner(manifest=manifest, callbacks=[lambda event: _say(event, log)]).invoke([*arguments, *common])
    results = list(getattr(outcome.result, "results", []) or [])
    failed = [result for result in results if str(result.status) in _FAILED]
    if failed:
        raise DbtError("\n".join(f"{result.node.name}: {_plain(result.message)}{_lacking(home, result)}" for result in failed[:10]))
    if not outcome.success:
        raise DbtError(f"dbt failed: {_plain(outcome.exception)}")
    return results


def _manifest(runner: Any, common: list[str], project: Path, home: Home) -> Any:
    """Return the parsed project; what has not changed since this process parsed it is not parsed again."""
    key = hash((tuple(common), tuple(sorted((file.as_posix(), file.stat().st_mtime_ns) for file in project.rglob("*.*")))))
    if key not in _parsed:
        parsed = runner.invoke(["parse", *common])
        if not parsed.success:
            raise DbtError(f"dbt cannot read the project: {_plain(parsed.exception)}")
        faults = undocumented(parsed.result)
        if faults:
            raise DbtError("columns without meaning or privacy class in their yml: " + "; ".join(faults[:10]))
        raw = raw_tables(load_sources(home.sources_dir).values())
        if faults := fallen(parsed.result, raw) + exposed(parsed.result, load_policy()) + unreached(parsed.result, raw):
            raise DbtError("personal data on its way from raw: " + "; ".join(faults[:10]))
        _parsed.clear()
        _parsed[key] = parsed.result
    return _parsed[key]


def manifest_file(home: Home, target: str = _TARGET) -> Path:
    """Return where dbt left its manifest."""
    return home.dir("dbt") / target / "manifest.json"


@contextmanager
def _environment(home: Home) -> Iterator[None]:
    host, port = home.database_host()
    ours = {
        "RAPPORT_DBT_HOST": host,
        "RAPPORT_DBT_PORT": str(port),
        "DBT_ENV_SECRET_TRANSFORMER": home.secret("transformer"),
        "PGTZ": "UTC",
        "PGOPTIONS": "-c client_min_messages=warning",
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _say(event: Any, log: Log) -> None:
    if event.info.name != "NodeFinished":
        return
    node, result = event.data.node_info, event.data.run_result
    if node.resource_type in {"model", "seed"} and (result.execution_time >= _SLOW_SECONDS or node.node_status in _FAILED):
        log(f"{node.node_name}: {node.node_status} in {result.execution_time:.1f} s")


def _lacking(home: Home, result: Any) -> str:
    """Say which columns of how many rows are empty, where a test of a model's columns found some."""
    tested = getattr(result.node, "test_metadata", None)
    if str(result.status) != "fail" or tested is None or tested.name != "not_null_columns":
        return ""
    columns = tested.kwargs["columns"]
    counts = sql.SQL(", ").join(sql.SQL("count(*) filter (where {} is null)").format(sql.Identifier(column)) for column in columns)
    query = sql.SQL("select {} from ({}) as lacking").format(counts, sql.SQL(result.node.compiled_code))
    with psycopg.connect(home.dsn("transformer")) as conn:
        found = conn.execute(query).fetchone() or ()
    return ": " + ", ".join(f"{column} is null in {count:,} rows" for column, count in zip(columns, found, strict=False) if count)


def _plain(message: object) -> str:
    """Say why, without the parts of a database's message that quote a row."""
    lines = [line.strip() for line in str(message or "unknown reason").splitlines()]
    kept = [line for line in lines if line and not line.startswith(("DETAIL:", "CONTEXT:", "compiled code at", "LINE "))]
    return _QUOTED.sub(r"\1", " ".join(kept))[:600]
