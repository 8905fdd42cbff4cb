"""Would catch: two results of employees whose difference is fewer than five people, found by somebody who reads them, in SQL."""

from __future__ import annotations

from collections.abc import Sequence

import psycopg
import pytest
from rapport.warehouse import server

from tests.whole_box import Box

K = 5
RESULTS = ("population", "period_start", "item")
# What a naive design would show: every cut of the records themselves, cells of fewer than five hidden
NAIVE = (
    "(select 'records' as population, 1 as period_start, 'headcount' as item, location, job_family, org_unit_key, 1 as people"
    " from core_ex.dim_employee where is_current and is_counted) as employees"
)


def attack(conn: psycopg.Connection, relation: str, dimensions: Sequence[str]) -> tuple[int, int, int]:
    """Ask for every cut that can be asked for, and subtract each from the cut with one filter less.

    Returns:
        Cuts seen, pairs subtracted, and pairs that leave one to four people.
    """
    same, cut = ", ".join(RESULTS), ", ".join(dimensions)
    columns = ", ".join(f"coalesce({name}::text, '(none)') as {name}" for name in dimensions)
    conn.execute(
        f"create temporary table cuts as select {same}, {cut}, grouping({cut}) as open, sum(people) as people"
        f" from (select {same}, {columns}, people from {relation}) as known group by {same}, cube ({cut})"
        f" having sum(people) >= {K}".encode()
    )
    conn.execute("analyze cuts")
    seen, pairs, isolated = conn.execute("select count(*) from cuts").fetchone() or (0,), 0, 0
    for at, closed in enumerate(dimensions):
        bit = 1 << (len(dimensions) - 1 - at)
        others = [f"wide.{name} is not distinct from narrow.{name}" for name in dimensions if name != closed]
        found = conn.execute(
            f"select count(*), count(*) filter (where wide.people > narrow.people and wide.people - narrow.people < {K})"
            f" from cuts as narrow join cuts as wide using ({same})"
            f" where wide.open = narrow.open + {bit} and narrow.open & {bit} = 0 and {' and '.join(others)}".encode()
        ).fetchone()
        pairs, isolated = pairs + (found[0] if found else 0), isolated + (found[1] if found else 0)
    return int(seen[0]), pairs, isolated


@pytest.mark.parametrize("role", ["hr", "leader"])
def test_no_two_results_leave_fewer_than_five(run_home: Box, role: str) -> None:
    """Would catch: blocks that are no partition, or smaller than five, in what was really published."""
    with psycopg.connect(run_home.home.dsn(role)) as conn:
        rows = conn.execute(
            "select population, period_start::text, item, division, team, demographic_1, demographic_2, block_key, people"
            " from marts_ex.emp_atoms"
        ).fetchall()
    names = ("division", "team", "demographic_1", "demographic_2", "block_key")
    with psycopg.connect(server.admin_dsn(run_home.home, "rapport")) as conn:  # a reader would do it on a machine of their own
        conn.execute(f"create temporary table atoms ({', '.join(f'{name} text' for name in (*RESULTS, *names))}, people bigint)".encode())
        with conn.cursor().copy("copy atoms from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        seen, pairs, isolated = attack(conn, "atoms", names)
        conn.rollback()
    assert min(row[-1] for row in rows) >= K
    assert (seen > 100, pairs > 100, isolated) == (True, True, 0)


def test_the_same_attack_finds_people_in_a_naive_design(run_home: Box) -> None:
    """Would catch: an attack that finds nobody anywhere; hiding small cells alone does not help."""
    with psycopg.connect(server.admin_dsn(run_home.home, "rapport")) as conn:
        seen, pairs, isolated = attack(conn, NAIVE, ("location", "job_family", "org_unit_key"))
        conn.rollback()
    assert seen > 20
    assert pairs > 20
    assert isolated > 0
