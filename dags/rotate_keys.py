"""# Rotate keys.

**Moves** every token and sealed value to a newer privacy key, in one transaction, then builds everything anew and publishes.

**Upstream** Somebody who decides that the key has been in use, or in other hands, long enough.

**Downstream** A release whose persons have new keys. Loads are refused from its first moment until the transaction ends.

**Schedule** By hand.

**Running it again** If the transaction did not end, a fresh run ends it with the key that was made. If only the release was held back, mend
what held it back and run `build_warehouse`: a fresh run would make one more key.

**Connections** None: keys belong to the installation. Keys of the environment are added there first: `docs/runbooks/rotate-the-key.md`.

**If it is late** Nothing waits for it.

**Look first at** The task's log: rows by place, and `left:` for tokens whose value nobody kept.
"""

from datetime import timedelta

from airflow.sdk import dag
from rapport.airflow import tasks
from rapport.airflow.vocabulary import ROTATION, Tag


@dag(
    dag_id=ROTATION,
    description="A newer privacy key, and every token anew",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    dagrun_timeout=timedelta(hours=12),
    default_args=tasks.RIGHTS_DEFAULTS,
    tags=[Tag.RIGHTS.value],
    doc_md=__doc__,
)
def rotate_keys() -> None:
    """One task."""
    tasks.rotate_keys()


rotate_keys()
