"""One extract DAG a declared source. Reads the YAML files of the declarations and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task

from rapport.airflow import steps
from rapport.airflow.pages import extract_page
from rapport.airflow.vocabulary import Tag, extract_dag_id, raw_asset
from rapport.declarations import Source, Stream, load_sources, sources_in_use
from rapport.declarations.in_use import noted_connected
from rapport.home import Home

FULL_REFRESH, SINCE = "full_refresh", "since"


def declared_sources() -> dict[str, Source]:
    """Return the sources in use, by name: those of `RAPPORT_SOURCES` that are connected."""
    home = Home.current()
    connected = noted_connected(home)
    return load_sources(home.sources_dir) if connected is None else sources_in_use(home, connected)


def full_refresh_param() -> dict[str, Param]:
    """Return the parameter that makes a run begin from nothing: a backfill is the same path, not another."""
    return {FULL_REFRESH: Param(False, type="boolean", description="Do everything again, not only what is new. Deletes nothing.")}


def since_param() -> dict[str, Param]:
    """Return the parameter that makes an extraction go back to a moment."""
    said = "Read again what changed from this moment on (UTC). What is here already stays as it is."
    return {SINCE: Param(None, type=["null", "string"], format="date-time", description=said)}


def extract_dag(source: Source) -> DAG:
    """Return the DAG that extracts `source`: one task a stream, those that feed the directory first, then the asset event.

    As many streams at a time as the source allows; each task, a process of its own, keeps to its share of the vendor's limit. A DAG has
    no start date: a new installation waits for the next hour of its timetable instead of running at once, before its connections are set.
    """
    with DAG(
        dag_id=extract_dag_id(source.name),
        description=f"{source.system} into {source.raw_schema}",
        schedule=source.schedule,
        catchup=False,
        max_active_runs=1,
        max_active_tasks=source.connection.parallel,
        dagrun_timeout=timedelta(hours=6),
        default_args={
            "owner": source.owner,
            "retries": 3,
            "retry_delay": timedelta(seconds=30),
            "retry_exponential_backoff": 2,
            "max_retry_delay": timedelta(minutes=15),
            "execution_timeout": timedelta(hours=3),
            "on_failure_callback": steps.mark_failed,
        },
        params={**full_refresh_param(), **since_param()},
        tags=[Tag.EXTRACT.value, Tag(f"domain:{source.domain}").value],
        doc_md=extract_page(source),
    ) as dag:
        directory = {stream.name: _load(source, stream) for stream in source.ordered_streams if stream.feeds_directory}
        others = {stream.name: _load(source, stream) for stream in source.ordered_streams if not stream.feeds_directory}
        for known in directory.values():  # free text is redacted by what the directory holds: it is filled first
            known >> list(others.values())
        _announce(source, [*directory.values(), *others.values()])
    return dag


def _load(source: Source, stream: Stream) -> Any:
    @task(task_id=f"load_{stream.name}", doc_md=f"Extracts `{stream.name}` into `{source.raw_schema}.{stream.name}`.")
    def load() -> dict[str, Any]:
        share = min(source.connection.parallel, len(source.streams))  # tasks of this source that may run at once, each a process
        return steps.load_stream(get_current_context(), source.name, stream.name, source.connection.id, share=share)

    return load()


def _announce(source: Source, loads: list[Any]) -> None:
    asset = raw_asset(source.name)

    # only when every stream landed: a build must not mix tickets of today with users of yesterday
    @task(task_id="announce", outlets=[asset], retries=1, doc_md=f"Says that `raw/{source.name}` is fresh, which starts a build.")
    def announce(counts: list[dict[str, Any]]) -> None:
        steps.announce(get_current_context(), asset, counts)

    announce(loads)
