"""# Mail the scorecard.

**Moves** the leaders' dashboards, printed as they stand, into the mailboxes that the connection `mail` names.

**Upstream** Superset and the newest release; nothing is built for it.

**Downstream** Leaders' mailboxes.

**Schedule** Mondays at 05:30 UTC, before the week begins.

**Running it again** Start a fresh run: the mail is sent once more. A failed task has sent nothing, or told so in its log.

**Connections** `mail` (`rapport connect mail`): address, sender, to. Without it the task is skipped.

**If it is late** Leaders open Superset; nothing depends on the mail.

**Look first at** the task's log: it names the dashboard that was not drawn, or the server that did not take the mail.
"""

from datetime import timedelta

from airflow.sdk import dag
from rapport.airflow import tasks
from rapport.airflow.vocabulary import MAIL, Tag


@dag(
    dag_id=MAIL,
    description="The leaders' dashboards as a PDF by mail",
    schedule="30 5 * * 1",
    catchup=False,
    max_active_runs=1,
    max_active_tasks=1,
    dagrun_timeout=timedelta(hours=1),
    default_args=tasks.REFRESH_DEFAULTS,
    tags=[Tag.MAIL.value],
    doc_md=__doc__,
)
def mail_scorecard() -> None:
    """One task."""
    tasks.mail_scorecard()


mail_scorecard()
