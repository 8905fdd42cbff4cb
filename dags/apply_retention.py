"""# Apply retention.

**Moves** out what has been kept long enough, by class (`config/retention.yml`): records of persons, what they wrote, sealed records, the
access log. Publishes, if anything went.

**Upstream** Nothing but the day.

**Downstream** A release without what went. Results of groups stay.

**Schedule** Every day, one run at a time.

**Running it again** A fresh run, or clear the task: what is gone is not there to be removed.

**Connections** None: the warehouse's roles and passwords belong to the installation.

**If it is late** Something is kept a day longer than it should be.

**Look first at** The task's log: it counts rows by relation, and names the gate if the release is held back.
"""

from datetime import timedelta

from airflow.sdk import dag
from rapport.airflow import tasks
from rapport.airflow.vocabulary import RETENTION, Tag


@dag(
    dag_id=RETENTION,
    description="What was kept long enough goes, by class",
    schedule="40 0 * * *",
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    dagrun_timeout=timedelta(hours=6),
    default_args=tasks.RIGHTS_DEFAULTS,
    tags=[Tag.RIGHTS.value],
    doc_md=__doc__,
)
def apply_retention() -> None:
    """One task."""
    tasks.apply_retention()


apply_retention()
