"""Great Expectations, and the only place that knows it.

Its import costs seconds of CPU, so it happens here, inside the function, once a gate. The context is ephemeral: a file
context writes the database password in clear. Results are `BOOLEAN_ONLY`: every other format copies failing values into
results and pages.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rapport.quality.result import GateError
from rapport.quality.rules import Check, Verdict

_SITE = "rapport"


def judge(dsn: str, gate: str, checks: Sequence[Check], docs: Path) -> list[Verdict]:
    """Judge `checks` over the database `dsn` and write the Data Docs of this gate.

    Args:
        dsn: `postgresql://` address of a role that may read every relation.
        gate: `raw` or `marts`.
        checks: what to judge; their names are unique.
        docs: folder that holds the pages, replaced as a whole.

    Raises:
        GateError: a rule could not be computed; names relation and rule, never the database's own message,
            which may quote a value.
    """
    if not checks:
        return []
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.ERROR)  # it tells each of its own look-ups as news
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults, ProgressBarsConfig

    config = DataContextConfig(store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False), analytics_enabled=False)
    context = gx.get_context(project_config=config, mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    warehouse = context.data_sources.add_postgres("warehouse", connection_string=dsn.replace("postgresql://", "postgresql+psycopg2://", 1))
    definitions = {}
    for check in checks:
        batch = warehouse.add_query_asset(check.name, query=check.query).add_batch_definition_whole_table("all")
        suite = context.suites.add(gx.ExpectationSuite(check.name, expectations=[_expectation(gx, rule) for rule in check.rules]))
        definitions[check.name] = context.validation_definitions.add(gx.ValidationDefinition(name=check.name, data=batch, suite=suite))
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(name=gate, validation_definitions=list(definitions.values()), result_format="BOOLEAN_ONLY")
    )
    outcome = checkpoint.run()
    by_relation = {result.meta["validation_id"]: result for result in outcome.run_results.values()}
    verdicts = []
    for check in checks:
        verdicts += _verdicts(check, by_relation[definitions[check.name].id].results)
    _write_docs(context, docs)
    return verdicts


def _expectation(gx: Any, rule: Any) -> Any:
    kind = "".join(part.capitalize() for part in rule.expectation.split("_"))
    return getattr(gx.expectations, kind)(**rule.arguments, description=rule.says, meta={"rule": rule.name})


def _verdicts(check: Check, results: Sequence[Any]) -> list[Verdict]:
    by_name = {result.expectation_config.meta["rule"]: result for result in results}
    verdicts = []
    for rule in check.rules:
        result = by_name[rule.name]
        if _raised(result.exception_info):
            raise GateError(
                f"{check.name}: the rule {rule.name} could not be computed; look whether the relation has the columns it is declared with"
            )
        verdicts.append(Verdict(check, rule, bool(result.success)))
    return verdicts


def _raised(info: Any) -> bool:
    """Whether computing raised: Great Expectations gives one record, or one a metric."""
    if not info:
        return False
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(entry.get("raised_exception") for entry in info.values())


def _write_docs(context: Any, docs: Path) -> None:
    draft = docs.with_name(f".{docs.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    context.add_data_docs_site(
        _SITE,
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(draft)},
        },
    )
    context.build_data_docs(site_names=[_SITE])
    docs.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.rmtree(docs, ignore_errors=True)
    draft.rename(docs)
