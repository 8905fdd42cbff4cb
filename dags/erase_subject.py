"""# Erase a person.

**Moves** a person out of raw, vault, everything built from them and what stands beside; publishes; proves by a sweep that nothing is left.

**Upstream** A request that somebody made with `rapport subject erase`; no identifier ever stands in a parameter.

**Downstream** A release without the person, and the signed report in `rights/` of the home.

**Schedule** None: whoever approves a request starts a run with its name.

**Running it again** A fresh run, or clear the failed task: what is gone is not there to be removed.

**Connections** None: the warehouse's roles and passwords belong to the installation.

**If it is late** The person is still there. The law gives a month.

**Look first at** The failed task's log. The first task fails when whoever started the run is whoever asked:
`docs/runbooks/erase-a-person.md`.
"""

from datetime import timedelta

from airflow.sdk import Param, chain, dag
from rapport.airflow import tasks
from rapport.airflow.vocabulary import ERASE, Tag


@dag(
    dag_id=ERASE,
    description="A person taken out of everything, approved by somebody other than who asked",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    dagrun_timeout=timedelta(hours=6),
    default_args=tasks.RIGHTS_DEFAULTS,
    params={"request": Param("", type="string", pattern="^(e-[0-9a-f]{12})?$", description="Name of the request, e-…")},
    tags=[Tag.RIGHTS.value],
    doc_md=__doc__,
)
def erase_subject() -> None:
    """Approve, then carry out."""
    chain(tasks.approve_erasure(), tasks.carry_out_erasure())


erase_subject()
