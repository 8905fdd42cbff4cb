"""Would catch SQL that changes the session, writes, or calls a server function on its way through Superset."""

from __future__ import annotations

import sys

import pytest
from rapport.home import checkout

sys.path.append(str(checkout() / "superset"))

from boundary.sql import StatementRefusedError, check_reads_only, mutate

READS = [
    "select 1",
    "select metric, value from marts_cx.metric_value where grain = 'month' order by 1 limit 10",
    "with a as (select 1 as x) select x from a union all select 2",
    "(select 1) union (select 2)",
    "explain select 1",
    "explain (costs off) select 1",
    "explain analyze select count(*) from marts_cx.fct_ticket",
    "select date_trunc('month', day), sum(open_tickets) filter (where queue = 'a') from marts_cx.support_backlog_daily group by 1;",
    "select percentile_cont(0.5) within group (order by value) from marts_cx.metric_value -- a comment",
]
REFUSED = [
    "set role leader",
    "set session authorization leader",
    "reset role",
    "select 1; set role leader",
    "select set_config('role', 'leader', false)",
    "SELECT pg_catalog.set_config('role', 'leader', false)",
    "select \"set_config\"('role', 'leader', false)",
    "begin; select 1; commit",
    "insert into marts_cx.metric_value (metric) values ('x')",
    "update marts_cx.metric_value set value = 1",
    "delete from marts_cx.metric_value",
    "with gone as (delete from marts_cx.metric_value returning *) select * from gone",
    "select * into stolen from marts_cx.metric_value",
    "create table t as select 1",
    "copy marts_cx.metric_value to '/tmp/x'",
    "do $$ begin perform 1; end $$",
    "explain analyze delete from marts_cx.metric_value",
    "explain (analyze) set role leader",
    "select * from marts_cx.metric_value for update",
    "select pg_read_file('/etc/passwd')",
    "select pg_sleep(100)",
    "select lo_import('/etc/passwd')",
    "select * from dblink('host=x', 'select 1') as t(a int)",
    "select query_to_xml('select 1', true, true, '')",
    "call something()",
    "listen x",
    "vacuum",
    "grant select on marts_cx.metric_value to public",
    "select 'unclosed",
]


@pytest.mark.parametrize("sql", READS)
def test_reading_passes_unchanged(sql: str) -> None:
    """Would catch a fence so tight that analysts cannot work: the positive control."""
    assert mutate(sql, database=None, security_manager=None) == sql


@pytest.mark.parametrize("sql", REFUSED)
def test_everything_else_is_refused(sql: str) -> None:
    """Would catch a way around the role that the connection logs in with."""
    with pytest.raises(StatementRefusedError):
        check_reads_only(sql)
