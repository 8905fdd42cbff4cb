"""Run one DAG to its end in this process (`dag.test`) and print the state of its run and tasks as JSON."""

from __future__ import annotations

import json
import sys


def main(folder: str, dag_id: str) -> None:
    """Run the DAG `dag_id` of `folder`."""
    from airflow.dag_processing.dagbag import DagBag

    run = DagBag(dag_folder=folder).dags[dag_id].test()
    tasks = {task.task_id: str(task.state) for task in run.get_task_instances()}
    print(json.dumps({"state": str(run.state), "run_id": run.run_id, "tasks": tasks}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
