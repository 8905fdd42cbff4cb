"""The tasks of `build_warehouse` and `refresh_dashboards`, ready to be put in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.sdk import get_current_context, task

from rapport.airflow import steps
from rapport.airflow.vocabulary import PLATFORM_OWNER, RELEASE, extract_dag_id

# A step that fails for a passing reason (a lock, a restarted server) is tried once more; a gate's refusal is not retried.
BUILD_DEFAULTS = {
    "owner": PLATFORM_OWNER,
    "retries": 1,
    "retry_delay": timedelta(seconds=30),
    "execution_timeout": timedelta(hours=2),
    "on_failure_callback": steps.mark_failed,
}
# Superset may still be starting when the first release is published.
REFRESH_DEFAULTS = {
    "owner": PLATFORM_OWNER,
    "retries": 3,
    "retry_delay": timedelta(seconds=30),
    "execution_timeout": timedelta(minutes=30),
}
# Tried again after a lost connection or a lock; a refusal, and something left of the person, is not.
RIGHTS_DEFAULTS = {
    "owner": PLATFORM_OWNER,
    "retries": 1,
    "retry_delay": timedelta(minutes=1),
    "execution_timeout": timedelta(hours=4),
}


def check_news(sources: Sequence[str]) -> Any:
    """Return the task that skips a build which would find nothing new."""

    @task.short_circuit(task_id="check_news")
    def check() -> bool:
        return steps.is_due(get_current_context(), [extract_dag_id(source) for source in sources])

    return check()


def gate_raw() -> Any:
    """Return the gate on raw rows."""

    @task(task_id="gate_raw")
    def gate() -> int:
        return steps.gate(get_current_context(), "raw")

    return gate()


def gate_marts() -> Any:
    """Return the gate on the marts that were built."""

    @task(task_id="gate_marts")
    def gate() -> int:
        return steps.gate(get_current_context(), "marts")

    return gate()


def build_layer(layer: str) -> Any:
    """Return the task that builds one layer with dbt."""

    @task(task_id=f"build_{layer}")
    def build() -> None:
        steps.build_layer(get_current_context(), layer)

    return build()


def analyse() -> Any:
    """Return the task that runs the steps in Python, between core and marts."""

    @task(task_id="analyse")
    def run() -> None:
        steps.analyse(get_current_context())

    return run()


def audit_release() -> Any:
    """Return the release audit: may people see what is about to be published?"""

    @task(task_id="audit_release")
    def audit() -> int:
        return steps.gate(get_current_context(), "audit")

    return audit()


def publish_release() -> Any:
    """Return the publication, which tells that a release is there."""

    @task(task_id="publish_release", outlets=[RELEASE])
    def publish() -> None:
        steps.publish(get_current_context())

    return publish()


def deploy_dashboards() -> Any:
    """Return the task that brings Superset to what the checkout says."""

    @task(task_id="deploy_dashboards")
    def deploy() -> None:
        steps.refresh_dashboards()

    return deploy()


def mail_changes() -> Any:
    """Return the task that mails what changed clearly with a release."""

    @task(task_id="mail_changes")
    def mail() -> int:
        return steps.mail_changes()

    return mail()


def mail_scorecard() -> Any:
    """Return the task that prints the scorecard and mails it."""

    @task(task_id="mail_scorecard")
    def mail() -> int:
        return steps.mail_scorecard()

    return mail()


def approve_erasure() -> Any:
    """Return the task by which whoever started the run approves a request that somebody else made."""

    @task(task_id="approve")
    def approve() -> None:
        steps.approve_erasure(get_current_context())

    return approve()


def carry_out_erasure() -> Any:
    """Return the task that erases and proves it."""

    @task(task_id="erase")
    def erase() -> None:
        steps.carry_out_erasure(get_current_context())

    return erase()


def apply_retention() -> Any:
    """Return the task that removes what was kept long enough."""

    @task(task_id="apply", retries=2)
    def apply() -> None:
        steps.apply_retention()

    return apply()


def rotate_keys() -> Any:
    """Return the task that rotates the key; it is not tried again by itself, for a second try after the end would make a third key."""

    @task(task_id="rotate", retries=0)
    def rotate() -> None:
        steps.rotate_keys()

    return rotate()
