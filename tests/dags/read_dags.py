"""Read a DAG folder as the DAG processor does and print it as JSON; a process of its own, so that Airflow stays out of pytest."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def _assets(schedule: Any) -> list[str]:
    """The names of the assets that start a DAG."""
    from airflow.sdk import AssetAny

    members = schedule.objects if isinstance(schedule, AssetAny) else schedule if isinstance(schedule, list) else []
    return sorted(asset.name for asset in members)


def main(folder: str) -> None:
    """Print the facts of every DAG in `folder`."""
    from airflow.dag_processing.dagbag import DagBag

    opened: list[str] = []
    sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event in {"open", "socket.connect", "subprocess.Popen"} else None)
    began = time.process_time()
    bag = DagBag(dag_folder=folder)
    seconds = time.process_time() - began
    dags = {
        dag.dag_id: {
            "file": Path(dag.fileloc).name,
            "page": dag.doc_md,
            "tags": sorted(dag.tags),
            "schedule": dag.schedule if isinstance(dag.schedule, str) else None,
            "assets": _assets(dag.schedule),
            "has_start_date": dag.start_date is not None,
            "catchup": dag.catchup,
            "max_active_runs": dag.max_active_runs,
            "has_timeout": dag.dagrun_timeout is not None,
            "params": sorted(dag.params),
            "tasks": {
                task.task_id: {
                    "owner": task.owner,
                    "after": sorted(task.upstream_task_ids),
                    "retries": task.retries,
                    "has_timeout": task.execution_timeout is not None,
                    "outlets": [asset.name for asset in task.outlets],
                }
                for task in dag.tasks
            },
        }
        for dag in bag.dags.values()
    }
    heavy = sorted({"pyarrow", "great_expectations", "dbt", "psycopg"} & set(sys.modules))
    print(json.dumps({"dags": dags, "errors": bag.import_errors, "seconds": seconds, "opened": opened, "heavy": heavy}))


if __name__ == "__main__":
    main(sys.argv[1])
