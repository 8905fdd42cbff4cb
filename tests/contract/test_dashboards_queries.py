"""Would catch a mart that drops or retypes a column which a dashboard reads, before anyone opens the dashboard."""

from __future__ import annotations

import sys

import marts
import psycopg
import pytest
from rapport.home import Home, checkout

sys.path.append(str(checkout() / "superset"))

from boundary import sql as sql_fence
from bundle import saved, spec

_SHOWN = {
    16: "BOOLEAN",
    20: "BIGINT",
    23: "INTEGER",
    25: "TEXT",
    701: "DOUBLE",
    1700: "NUMERIC",
    1082: "DATE",
    1114: "TIMESTAMP",
    1184: "TIMESTAMP",
}
DATASETS = spec.load_datasets()
ROLES = {"marts_ex": "hr", "marts_exec": "leader"}


@pytest.fixture(scope="module")
def promised(module_warehouse: Home) -> Home:
    marts.create(module_warehouse)
    return module_warehouse


@pytest.mark.parametrize("name", sorted(DATASETS))
def test_dataset_runs_on_the_promised_marts_with_the_declared_columns(promised: Home, name: str) -> None:
    """Would catch a query that the marts' contract no longer answers, and columns declared with another type."""
    with psycopg.connect(promised.dsn(ROLES.get(DATASETS[name].schema, "analyst"))) as conn:
        cursor = conn.execute(f"select * from ({DATASETS[name].sql}) as dataset limit 0")
        found = {column.name: _SHOWN[column.type_code] for column in cursor.description or ()}
    assert found == DATASETS[name].columns


@pytest.mark.parametrize("query", saved.load_queries(), ids=lambda query: query.name)
def test_saved_query_runs_as_an_analyst(promised: Home, query: saved.Query) -> None:
    """Would catch a query of the start-up set that fails the first time somebody presses Run."""
    sql_fence.check_reads_only(query.sql)
    with psycopg.connect(promised.dsn("analyst")) as conn:
        cursor = conn.execute(query.sql)
        assert len(cursor.description or ()) >= 3
        if query.name.startswith("00"):
            assert cursor.fetchone(), "the first query finds the tables and columns"


def test_an_analyst_begins_with_more_than_twenty_queries_and_knows_where_to_start() -> None:
    """Would catch a set that shrinks, two of one name, and no way in."""
    titles = [query.title for query in saved.load_queries()]
    assert len(set(titles)) == len(titles) > 20
    assert titles[0].startswith("Start here")


@pytest.mark.parametrize(
    "name", sorted({tile.dataset for d in spec.load_dashboards() if "Rapport leader" in d.roles for tile in d.tiles()})
)
def test_leader_may_read_what_leaders_dashboards_show(promised: Home, name: str) -> None:
    """Would catch a leader's dashboard over a relation that the leader's role may not read."""
    marts.ask(promised, f"select * from ({DATASETS[name].sql}) as dataset limit 0", role="leader")


def test_leader_may_not_read_the_pipeline(promised: Home) -> None:
    """Would catch a policy so open that the test above proves nothing."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        marts.ask(promised, f"select * from ({DATASETS['pipeline_runs'].sql}) as dataset limit 0", role="leader")
