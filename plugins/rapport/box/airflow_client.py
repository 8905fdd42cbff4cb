"""The few questions that the demonstration asks Airflow, over its REST API."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

from rapport.box import services
from rapport.home import Home, HomeError


class AirflowClient:
    """A logged-in client of the home's Airflow."""

    def __init__(self, home: Home, user: str = "admin") -> None:
        """Log in as `user` with the home's password."""
        self._base = str(services.address(home, services.API_SERVER))
        self._token = ""
        answer = self._ask("POST", "/auth/token", {"username": user, "password": home.secret(f"airflow_{user}_user")})
        self._token = str(answer["access_token"])

    def dags(self) -> dict[str, dict[str, Any]]:
        """Return the DAGs known to Airflow, by id."""
        return {dag["dag_id"]: dag for dag in self._ask("GET", "/api/v2/dags?limit=100")["dags"]}

    def import_errors(self) -> list[str]:
        """Return the files that Airflow could not load, with the last line of each error."""
        found = self._ask("GET", "/api/v2/importErrors?limit=100")["import_errors"]
        return [f"{error['filename']}: {error['stack_trace'].strip().splitlines()[-1]}" for error in found]

    def trigger(self, dag: str) -> str:
        """Start a run of a DAG now; returns the run's id."""
        return str(self._ask("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None})["dag_run_id"])

    def runs(self, dag: str) -> list[dict[str, Any]]:
        """Return the DAG's runs, the newest first, with `state`, `run_after`, `start_date` and `end_date` as datetimes."""
        found = self._ask("GET", f"/api/v2/dags/{dag}/dagRuns?limit=100&order_by=-run_after")["dag_runs"]
        for run in found:
            for key in ("run_after", "queued_at", "start_date", "end_date"):
                run[key] = datetime.fromisoformat(run[key]).astimezone(UTC) if run.get(key) else None
        return list(found)

    def tasks(self, dag: str, run: str) -> list[dict[str, Any]]:
        """Return the task instances of a run, with `task_id`, `state` and `duration` in seconds."""
        return list(self._ask("GET", f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances?limit=200")["task_instances"])

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self._base + path, data=data, headers=headers, method=method)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
                return dict(json.loads(answer.read()))
        except urllib.error.HTTPError as error:
            raise HomeError(f"Airflow answered {error.code} to {method} {path}") from None
        except OSError as error:
            raise HomeError(f"Airflow does not answer at {self._base} ({error}): `rapport up` starts it") from None
