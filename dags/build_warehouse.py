"""# Build the warehouse and publish a release.

**Moves** raw rows through staging, input, intermediate and core into marts, and the marts to the schemas that people read.
Steps in Python (drivers, texts, models) run between core and marts.

**Upstream** The assets `raw/<source>`, one a declared source.

**Downstream** The asset `release`, which starts `refresh_dashboards`.

**Schedule** Whenever any source is fresh, one run at a time. A run first waits (at most ten minutes) for extractions under way, so that one
build serves them all; events that come meanwhile are gathered into one next run, which ends after its first task if nothing is new.

**Running it again** Start a fresh run, or clear from the failed task on: every task may run again, and publishing what is published changes
nothing. A run that a person starts always builds. The parameter `full_refresh` rebuilds every table from raw.

**Connections** None: the warehouse's roles and passwords belong to the installation.

**If it is late** Dashboards keep the previous release and say `data as of`. After a failed gate they also say why.

**Look first at** The failed task's log. A gate names relation and rule (`select * from ops.gate where not success`, and the pages in
`gx/docs`); dbt names the model or test, `analyse` its step. `docs/runbooks/a-gate-blocked-the-release.md` goes on from there.
"""

from datetime import timedelta

from airflow.sdk import AssetAny, chain, dag
from rapport.airflow import tasks
from rapport.airflow.factory import declared_sources, full_refresh_param
from rapport.airflow.vocabulary import BUILD, Tag, raw_asset

SOURCES = list(declared_sources())


@dag(
    dag_id=BUILD,
    description="Raw rows to a published release, gated twice",
    schedule=AssetAny(*(raw_asset(source) for source in SOURCES)),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    dagrun_timeout=timedelta(hours=4),
    default_args=tasks.BUILD_DEFAULTS,
    params=full_refresh_param(),
    tags=[Tag.BUILD.value],
    doc_md=__doc__,
)
def build_warehouse() -> None:
    """Order the tasks."""
    chain(
        tasks.check_news(SOURCES),
        tasks.gate_raw(),
        tasks.build_layer("staging"),
        tasks.build_layer("intermediate"),
        tasks.build_layer("core"),
        tasks.analyse(),
        tasks.build_layer("marts"),
        tasks.gate_marts(),
        tasks.audit_release(),
        tasks.publish_release(),
    )


build_warehouse()
