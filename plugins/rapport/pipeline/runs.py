"""The ledger of runs: who asked for one, when, how it ended, and whether a build would find anything new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg

from rapport.home import Home


def open_run(home: Home, run_id: str, trigger: str) -> None:
    """Note that `run_id` runs; a repeated task opens it again.

    Args:
        home: the installation.
        run_id: unique name of the run.
        trigger: who asked: `cli`, `schedule`, `asset` or `demo`.
    """
    with psycopg.connect(home.dsn("loader")) as conn:
        conn.execute(
            "insert into ops.run (run_id, trigger, started_at, state) values (%s, %s, now(), 'running')"
            " on conflict (run_id) do update set state = 'running', finished_at = null",
            (run_id, trigger),
        )


@contextmanager
def foreground_run(home: Home, run_id: str, trigger: str) -> Iterator[None]:
    """Open a run that lives and dies with this process, and end those of the same trigger whose process was killed.

    The process holds a lock of the run's name: whether a run that is noted as running is dead can be tried. Runs of a scheduler have
    several processes and are the scheduler's to end.
    """
    with psycopg.connect(home.dsn("loader"), autocommit=True) as conn:
        conn.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [f"run {run_id}"])
        conn.execute(
            "with others as materialized (select run_id from ops.run where state = 'running' and trigger = %s and run_id <> %s)"
            " update ops.run as r set state = 'failed', finished_at = now() from others as o"
            " where r.run_id = o.run_id and pg_try_advisory_xact_lock(hashtextextended('run ' || o.run_id, 0))",
            [trigger, run_id],
        )
        open_run(home, run_id, trigger)
        try:
            yield
        except BaseException:
            close_run(home, run_id, "failed")
            raise


def close_run(home: Home, run_id: str, state: str) -> None:
    """Note how `run_id` ended: `success`, `failed` or `blocked`. A blocked run stays blocked when a later step is then reported failed."""
    with psycopg.connect(home.dsn("loader")) as conn:
        conn.execute(
            "update ops.run set state = %(state)s, finished_at = now()"
            " where run_id = %(run)s and not (state = 'blocked' and %(state)s = 'failed')",
            {"state": state, "run": run_id},
        )


def is_build_due(home: Home) -> bool:
    """Return whether a build would change what people read.

    It would if nothing is published yet, if rows were landed, set aside or found gone since the published release judged the raw
    rows, or if that release is of an earlier day (UTC): open periods, backlog and ages move with the day.
    """
    with psycopg.connect(home.dsn("loader"), autocommit=True) as conn:
        release = conn.execute(
            "select r.published_at, (select min(checked_at) from ops.gate as g where g.run_id = r.run_id and g.gate = 'raw')"
            " from ops.release as r where r.state = 'published' order by r.published_at desc limit 1"
        ).fetchone()
        if release is None or release[1] is None or release[0].astimezone(UTC).date() < datetime.now(UTC).date():
            return True
        fresh = conn.execute(
            "select 1 from ops.stream_load where coalesce(finished_at, now()) >= %s"
            " and rows_landed + rows_quarantined + rows_deleted > 0 limit 1",
            (release[1],),
        ).fetchone()
    return fresh is not None
