"""What tasks run: thin calls of the pipeline, which is imported when a task runs and never while DAGs are read."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Protocol

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from rapport.airflow.connections import connection_of
from rapport.home import Home, HomeError

log = logging.getLogger("rapport.airflow")

_ACTIVE = ["queued", "running"]
_LONGEST_WAIT, _PAUSE = 600.0, 2.0


class _Judgement(Protocol):
    """What the gates and the audit say."""

    @property
    def passed(self) -> bool: ...
    @property
    def failures(self) -> tuple[str, ...]: ...
    @property
    def judged(self) -> int: ...
    @property
    def reason(self) -> str: ...


def run_name(context: Mapping[str, Any]) -> str:
    """Return the name of this run in `ops`: unique over all DAGs, of which several may run at the same moment."""
    return f"{context['dag'].dag_id}__{context['run_id']}"


def mark_failed(context: Mapping[str, Any]) -> None:
    """Close the run as failed; called by Airflow when a task has failed for good."""
    from rapport.pipeline.runs import close_run

    close_run(Home.current(), run_name(context), "failed")


def load_stream(context: Mapping[str, Any], source: str, stream: str, connection_id: str | None, *, share: int = 1) -> dict[str, Any]:
    """Extract one stream into its raw table and return the counts.

    Args:
        context: the task's context.
        source: source name.
        stream: one of its streams.
        connection_id: Airflow connection that holds host and credentials; None for a source without one.
        share: how many tasks, each a process, may read the source at once: each keeps to that part of the vendor's limit.

    Raises:
        AirflowSkipException: the tick came before the sources that know people's names were ever read; the next one reads it.
    """
    from rapport.declarations import sources_in_use
    from rapport.pipeline.extract import extract_stream
    from rapport.pipeline.order import unread_names
    from rapport.pipeline.runs import open_run

    home, run_id = Home.current(), run_name(context)
    if _trigger(context) == "schedule":  # a person who starts a run knows in which order
        declared = sources_in_use(home)
        if unread := unread_names(home, declared, declared[source]):
            names = ", ".join(f"{earlier.name}.{other.name}" for earlier, other in unread)
            raise AirflowSkipException(f"its texts may hold names that only {names} will tell, and nobody has read these yet")
    open_run(home, run_id, _trigger(context))
    result = extract_stream(
        home,
        source,
        stream,
        run_id=run_id,
        full_refresh=bool(context["params"]["full_refresh"]),
        since=_moment(context["params"].get("since")),
        connection=connection_of(connection_id),
        share=share,
        log=log.info,
    )
    return {name: value for name, value in asdict(result).items() if isinstance(value, int | str)}


def announce(context: Mapping[str, Any], asset: Any, loads: Sequence[Mapping[str, Any]]) -> None:
    """Close the run of an extract DAG and say on its asset event how many rows are new."""
    from rapport.pipeline.runs import close_run

    close_run(Home.current(), run_name(context), "success")
    context["outlet_events"][asset].extra = {"rows_landed": sum(int(load.get("rows_landed", 0)) for load in loads), "streams": len(loads)}


def is_due(context: Mapping[str, Any], extract_dags: Sequence[str]) -> bool:
    """Wait for extractions that are under way, so that one build serves them all; then say whether a build is needed.

    A run that a person started always builds. While this run waits or builds, Airflow gathers all further asset events
    into one next run, which finds nothing new and ends here.
    """
    from rapport.pipeline.runs import is_build_due, open_run

    instance, deadline, quiet = context["ti"], time.monotonic() + _LONGEST_WAIT, 0
    while quiet < 2 and time.monotonic() < deadline:  # twice, because one source often follows on another
        busy = sum(instance.get_dr_count(dag_id=dag_id, states=_ACTIVE) for dag_id in extract_dags)
        quiet = 0 if busy else quiet + 1
        if busy:
            log.info("waiting for %s extraction(s) under way", busy)
        time.sleep(_PAUSE)
    home = Home.current()
    if _trigger(context) == "asset" and not is_build_due(home):
        log.info("nothing was landed since the published release, which is of today: no build is needed")
        return False
    open_run(home, run_name(context), _trigger(context))
    return True


def gate(context: Mapping[str, Any], which: str) -> int:
    """Judge raw rows or marts, or audit the release; a finding blocks it, and dashboards say why. Not retried.

    Args:
        context: the task's context.
        which: `raw`, `marts` or `audit`.

    Returns:
        The number of rules judged.

    Raises:
        AirflowFailException: a rule is broken.
    """
    from rapport.box import news
    from rapport.pipeline import build
    from rapport.pipeline.runs import close_run

    home, run_id = Home.current(), run_name(context)
    judges: dict[str, Callable[[Home, str], _Judgement]] = {"raw": build.gate_raw, "marts": build.gate_marts, "audit": build.audit}
    result = judges[which](home, run_id)
    for failure in result.failures:
        log.error("%s", failure)
    if not result.passed:
        build.block(home, run_id, result.reason)
        close_run(home, run_id, "blocked")
        _tell(lambda: news.mail_blocked(home, result.reason))
        raise AirflowFailException(f"this release is blocked: {result.reason}")
    return result.judged


def build_layer(context: Mapping[str, Any], layer: str) -> None:
    """Build one layer with dbt."""
    from rapport.pipeline import build

    full_refresh = bool(context["params"]["full_refresh"])
    build.build_layer(Home.current(), layer, run_id=run_name(context), full_refresh=full_refresh, log=log.info)


def analyse(context: Mapping[str, Any]) -> None:
    """Run the steps in Python whose inputs have changed."""
    from rapport.pipeline import build

    full_refresh = bool(context["params"]["full_refresh"])
    build.analyse(Home.current(), run_id=run_name(context), full_refresh=full_refresh, log=log.info)


def publish(context: Mapping[str, Any]) -> None:
    """Publish what was built and audited, and close the run."""
    from rapport.pipeline import build
    from rapport.pipeline.runs import close_run

    home, run_id = Home.current(), run_name(context)
    build.publish(home, run_id, log=log.info)
    close_run(home, run_id, "success")


def refresh_dashboards() -> None:
    """Bring Superset's bundle to what the checkout says and warm its cache."""
    from rapport.box.dashboards import deploy

    deploy(Home.current(), "publish")


def mail_changes() -> int:
    """Mail leaders what changed clearly and was not told before; without a mail server nothing is mailed."""
    from rapport.box import news

    return news.mail_changes(Home.current())


def mail_scorecard() -> int:
    """Mail leaders the printed scorecard; without a mail server nothing is mailed.

    Raises:
        AirflowSkipException: no mail server is set.
    """
    from rapport.box import letters, news

    home = Home.current()
    if letters.post(home) is None:
        raise AirflowSkipException("no mail server is set: `rapport connect mail` keeps its address, sender and to")
    return news.mail_scorecard(home)


def _tell(mail: Callable[[], int]) -> None:
    """Mail, and let a mail server that does not answer change nothing about the task."""
    try:
        mail()
    except HomeError as error:
        log.error("%s", error)


def approve_erasure(context: Mapping[str, Any]) -> None:
    """Let whoever started the run approve the request; it counts who Airflow says is logged in, and nothing that can be typed.

    Raises:
        AirflowFailException: nobody in particular started it, it is whoever asked, or there is no such request.
    """
    from rapport.rights import requests
    from rapport.rights.erase import connect
    from rapport.rights.subject import RightsError

    who = context["dag_run"].triggering_user_name
    if not who:
        raise AirflowFailException("nobody in particular started this run: a person has to, logged in to Airflow")
    try:
        with connect(Home.current()) as conn:
            requests.approve(conn, str(context["params"]["request"]), who=str(who))
    except RightsError as error:
        raise AirflowFailException(str(error)) from None


def carry_out_erasure(context: Mapping[str, Any]) -> None:
    """Carry out an approved request; anything left of the person fails the task.

    Raises:
        AirflowFailException: the sweep still finds the person; the report names the places.
    """
    from rapport.rights.erase import erase

    done = erase(Home.current(), str(context["params"]["request"]), log=log.info)
    log.info("report: %s", done.report)
    if done.left:
        raise AirflowFailException(f"{len(done.left)} places still hold the person: {', '.join(sorted(done.left))}")


def apply_retention() -> None:
    """Remove what was kept long enough, and publish without it."""
    from rapport.rights.retention import apply

    apply(Home.current(), log=log.info)


def rotate_keys() -> None:
    """Make a newer privacy key and bring the warehouse to it."""
    from rapport.rights.rotation import rotate

    rotate(Home.current(), log=log.info)


def _moment(said: str | None) -> datetime | None:
    """Return the moment of a parameter; one without a zone is UTC."""
    if not said:
        return None
    moment = datetime.fromisoformat(said)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _trigger(context: Mapping[str, Any]) -> str:
    kind = str(getattr(context["dag_run"].run_type, "value", context["dag_run"].run_type))
    return {"scheduled": "schedule", "asset_triggered": "asset"}.get(kind, kind)
