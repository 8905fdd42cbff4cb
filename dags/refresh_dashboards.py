"""# Refresh the dashboards.

**Moves** the dashboards in git (`superset/assets`) into Superset, and each chart's fresh answer into its cache.

**Upstream** The asset `release`.

**Downstream** People: analysts and leaders in Superset. Leaders are mailed what changed clearly and was not told before, if a mail server
is set.

**Schedule** After each published release, one run at a time; releases that come meanwhile are gathered into one next run.

**Running it again** Start a fresh run, or clear the failed task: it brings Superset to what git says, whatever it was before, and never
touches what people made for themselves.

**Connections** `mail`, if leaders are written to. Superset's own connections hold one database role an audience.

**If it is late** Dashboards still show the newest release as soon as their cached answers expire; new charts are missing.

**Look first at** `logs/superset-publish.log` in the home. Its last lines name the chart, the role and the error of the self-test.
"""

from datetime import timedelta

from airflow.sdk import dag
from rapport.airflow import tasks
from rapport.airflow.vocabulary import REFRESH, RELEASE, Tag


@dag(
    dag_id=REFRESH,
    description="Superset brought to what git says, cache warmed",
    schedule=[RELEASE],
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    dagrun_timeout=timedelta(hours=1),
    default_args=tasks.REFRESH_DEFAULTS,
    tags=[Tag.REFRESH.value],
    doc_md=__doc__,
)
def refresh_dashboards() -> None:
    """Bring, then tell what changed clearly."""
    tasks.deploy_dashboards() >> tasks.mail_changes()


refresh_dashboards()
