"""Would catch: simulated and real data in one warehouse, where nobody could tell their numbers apart."""

from __future__ import annotations

import psycopg
import pytest
from rapport.box.connections import refuse_mixture
from rapport.home import Home, HomeError


def _holds(home: Home, *, simulated: bool, rows: int = 5) -> None:
    with psycopg.connect(home.dsn("loader")) as conn:
        conn.execute("insert into ops.setting (key, value) values ('is_sandbox', %s)", [str(simulated).lower()])
        conn.execute("insert into ops.run (run_id, trigger, started_at, state) values ('r1', 'test', now(), 'success')")
        conn.execute(
            "insert into ops.stream_load (load_id, run_id, source, domain, stream, started_at, state, rows_landed)"
            " values ('l1', 'r1', 'zendesk', 'support', 'tickets', now(), 'success', %s)",
            [rows],
        )


@pytest.mark.parametrize("held", [True, False])
def test_data_of_the_other_kind_is_refused_and_of_the_same_kind_is_not(warehouse: Home, held: bool) -> None:
    """Would catch: exports loaded into the demonstration's home, or the sandbox started beside real data."""
    _holds(warehouse, simulated=held)
    refuse_mixture(warehouse, held)
    with pytest.raises(HomeError, match="set RAPPORT_HOME to a folder of its own"):
        refuse_mixture(warehouse, not held)


def test_a_warehouse_that_holds_nothing_yet_takes_either(warehouse: Home) -> None:
    """Would catch: a home that a failed first try has spoilt for good."""
    refuse_mixture(warehouse, True)
    _holds(warehouse, simulated=True, rows=0)
    refuse_mixture(warehouse, False)
