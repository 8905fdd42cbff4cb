"""Would catch: a person who stays in the history of Superset or Airflow after their erasure, or a neighbour's row that goes with them."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb
from rapport.privacy.sweep import Sweep
from rapport.rights.elsewhere import clean_applications, clean_files
from rapport.warehouse import server

from tests.whole_box import Box

VALUE, TOKEN = "gudrun@canary-mail.example", "em1_canarycanarycanarycanary22"
NEEDLES = {"value": [VALUE], "token": [TOKEN]}
OTHER = "somebody@elsewhere.example"
SQL = "select * from marts_cx.dim_person where person_key = '{}'"
RUN = "planted_for_an_erasure"


@pytest.fixture
def planted(demo: Box) -> Iterator[dict[str, psycopg.Connection]]:
    """The canary and a neighbour in each kind of history, in the forms in which the applications write it."""
    conns = {name: psycopg.connect(server.admin_dsn(demo.home, name), autocommit=True) for name in ("superset", "airflow")}
    for number, who in enumerate((VALUE, OTHER)):
        _plant_superset(conns["superset"], number, who, TOKEN if who == VALUE else OTHER)
        _plant_airflow(conns["airflow"], number, who, TOKEN if who == VALUE else OTHER)
    for folder, name, text in (("logs", "airflow/planted.log", "one {}\n"), ("superset", "cache/data/planted", "{}")):
        for who in (VALUE, OTHER):
            file = demo.home.dir(folder) / f"{name}{who == VALUE}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.format(who))
    yield conns
    conns["superset"].execute("delete from tab_state where label like 'planted%'")
    for table, column in (
        ("query", "client_id"),
        ("saved_query", "label"),
        ("logs", "action"),
        ("key_value", "resource"),
        ("slices", "slice_name"),
    ):
        conns["superset"].execute(f"delete from {table} where {column} like 'planted%'".encode())
    conns["airflow"].execute("delete from log where event like 'planted%'")
    conns["airflow"].execute("delete from dag_run where run_id like %s", [f"{RUN}%"])
    for folder in ("logs", "superset"):
        for file in demo.home.dir(folder).rglob("planted*"):
            file.unlink()
    for conn in conns.values():
        conn.close()


def _plant_superset(conn: psycopg.Connection, number: int, who: str, token: str) -> None:
    client, label, encoded = f"planted{number}", f"planted {number}", base64.b64encode(who.encode()).decode()
    conn.execute(
        "insert into query (client_id, database_id, sql, executed_sql) select %s, min(id), %s, %s from dbs",
        [client, SQL.format(token), "select 1"],
    )
    conn.execute("insert into saved_query (label, sql) values (%s, %s)", [label, SQL.format(token)])
    saved = conn.execute("select id from saved_query where label = %s", [label]).fetchone()
    conn.execute(
        "insert into tab_state (label, autorun, latest_query_id, saved_query_id) values (%s, false, %s, %s)",
        [label, client, saved and saved[0]],
    )
    conn.execute("insert into logs (action, json) values (%s, %s)", [label, json.dumps({"q": f"name={encoded}", "who": who})])
    packed = zlib.compress(json.dumps({"filter": who}).encode())
    conn.execute("insert into key_value (uuid, resource, value) values (%s, %s, %s)", [uuid4(), label, packed])
    conn.execute("insert into slices (slice_name, params) values (%s, %s)", [label, json.dumps({"adhoc_filters": [{"comparator": token}]})])


def _plant_airflow(conn: psycopg.Connection, number: int, who: str, token: str) -> None:
    run = f"{RUN}_{number}"
    dag = conn.execute("select coalesce(min(dag_id), 'erase_subject') from dag_run").fetchone()
    row = conn.execute(
        "insert into dag_run (dag_id, run_id, run_type, run_after, state, conf)"
        " values (%s, %s, 'manual', now(), 'success', %s) returning id",
        [dag and dag[0], run, Jsonb({"request": who})],
    ).fetchone()
    key = [dag and dag[0], "erase", run]
    conn.execute(
        "insert into task_instance (id, dag_id, task_id, run_id, map_index, try_number, pool, pool_slots, state)"
        " values (%s, %s, %s, %s, -1, 1, 'default_pool', 1, 'success')",
        [uuid4(), *key],
    )
    conn.execute(
        "insert into xcom (dag_run_id, dag_id, task_id, run_id, map_index, key, value, timestamp)"
        " values (%s, %s, %s, %s, -1, 'a', %s, now())",
        [row and row[0], *key, Jsonb({"found": token})],
    )
    conn.execute(
        "insert into rendered_task_instance_fields (dag_id, task_id, run_id, map_index, rendered_fields) values (%s, %s, %s, -1, %s)",
        [*key, Jsonb({"command": f"rapport subject find --email {who}"})],
    )
    conn.execute("insert into log (event, extra) values (%s, %s)", [f"planted {number}", json.dumps({"conf": who})])
    conn.execute(
        "insert into dag_run_note (dag_run_id, content, created_at, updated_at) values (%s, %s, now(), now())",
        [row and row[0], who],
    )


def test_whoever_is_erased_leaves_both_applications_and_nobody_else_does(demo: Box, planted: dict[str, psycopg.Connection]) -> None:
    """Would catch: a query, a run's parameters, a task's return value, a packed filter or a log that names the person; or a neighbour's."""
    before = _swept(demo)
    assert {place.split(".")[-1] for place in before["superset"]} >= {"query", "saved_query", "logs", "key_value", "slices"}
    assert {place.split(".")[-1] for place in before["airflow"]} >= {
        "xcom",
        "log",
        "dag_run",
        "rendered_task_instance_fields",
        "dag_run_note",
    }
    assert len(before["files"]) == 2, "control: the sweep finds what was planted"
    done = clean_applications(demo.home, NEEDLES) + clean_files(demo.home, NEEDLES)
    expected = ("superset.query", "superset.key_value", "superset.slices", "airflow.xcom", "airflow.dag_run (cut)", "airflow.dag_run_note")
    assert {place: done[place] for place in expected} == dict.fromkeys(expected, 1)
    assert _swept(demo) == {"superset": set(), "airflow": set(), "files": set()}

    superset, airflow = planted["superset"], planted["airflow"]
    for table, column in (
        ("query", "client_id"),
        ("saved_query", "label"),
        ("logs", "action"),
        ("key_value", "resource"),
        ("slices", "slice_name"),
    ):
        rows = superset.execute(f"select {column} from {table} where {column} like 'planted%'".encode()).fetchall()
        assert [str(row[0])[-1] for row in rows] == ["1"], table
    assert superset.execute("select latest_query_id is null from tab_state where label like 'planted%' order by label").fetchall() == [
        (True,),
        (False,),
    ], "an open editor is let go of the query, and stays"
    runs = airflow.execute("select run_id, conf is null or conf::text = 'null' from dag_run where run_id like %s order by 1", [f"{RUN}%"])
    assert runs.fetchall() == [(f"{RUN}_0", True), (f"{RUN}_1", False)], "the run stays, its parameters go"
    assert airflow.execute("select count(*) from xcom where run_id like %s", [f"{RUN}%"]).fetchone() == (1,)


def _swept(demo: Box) -> dict[str, set[str]]:
    """Return where the canary stands in the two applications' databases and the home's logs and caches."""
    found: dict[str, set[str]] = {}
    for database in ("superset", "airflow"):
        sweep = Sweep(NEEDLES)
        with psycopg.connect(server.admin_dsn(demo.home, database), autocommit=True) as conn:
            sweep.database(conn)
        found[database] = {hit.place for hit in sweep.hits}
    sweep = Sweep(NEEDLES)
    for folder in ("logs", "superset"):
        sweep.folder(demo.home.dir(folder))
    return found | {"files": {hit.place for hit in sweep.hits}}
