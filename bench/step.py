"""One timed step of a pass in a process of its own: `python -m bench.step extract|full|increment|whole|day|support|support-anew`.

`full` and `increment` build the layers; `whole` and `day` go on to publish, and write what each step took to `bench-steps.json` of the
home; `support` builds what the figures of tickets are made of, and nothing else.
"""

from __future__ import annotations

import json
import sys
import time

import psycopg
from rapport.declarations import sources_in_use
from rapport.home import Home
from rapport.pipeline import build
from rapport.pipeline.extract import extract_stream
from rapport.pipeline.order import in_order
from rapport.pipeline.runs import close_run, open_run
from rapport.warehouse import dbt, dbt_project

# Read whole each time: people whom the survey tool does not know (`copies`) would be taken for deleted.
WHOLE = {"qualtrics.contacts"}
STEPS_FILE = "bench-steps.json"
SUPPORT = ["+fct_ticket", "+fct_ticket_event", "+fct_ticket_daily", "+fct_ticket_handoff", "+fct_sla"]


def main(step: str) -> None:
    """Run one step on the current home."""
    home, run_id = Home.current(), f"bench-{step}-{time.time_ns()}"
    open_run(home, run_id, "bench")
    if step == "extract":
        for group in in_order(sources_in_use(home).values()):
            for source in group:
                for stream in source.ordered_streams:
                    if f"{source.name}.{stream.name}" in WHOLE:
                        continue
                    extract_stream(home, source.name, stream.name, run_id=run_id)
    elif step.startswith("support"):
        _support(home, anew=step == "support-anew")
    else:
        _pass(home, run_id, full_refresh=step in {"full", "whole"}, is_published=step in {"whole", "day"})
    close_run(home, run_id, "success")


def _support(home: Home, *, anew: bool) -> None:
    with psycopg.connect(home.dsn("transformer"), autocommit=True) as conn:
        dbt_project.ensure_build_tables(conn, home.secret("surrogate_salt"))
    dbt.invoke(home, ["run", "--select", *SUPPORT, *(["--full-refresh"] if anew else [])])


def _pass(home: Home, run_id: str, *, full_refresh: bool, is_published: bool) -> None:
    took: dict[str, float] = {}
    for layer in build.LAYERS:
        if layer == build.ANALYSE_BEFORE and is_published:
            began = time.monotonic()
            build.analyse(home, run_id=run_id, full_refresh=full_refresh)
            took["analyse"] = time.monotonic() - began
        began = time.monotonic()
        build.build_layer(home, layer, run_id=run_id, full_refresh=full_refresh)
        took[layer] = time.monotonic() - began
    for name, judge in (("gate on marts", build.gate_marts), ("audit", build.audit), ("publish", build.publish)):
        if is_published:
            began = time.monotonic()
            judge(home, run_id)
            took[name] = time.monotonic() - began
    (home.path / STEPS_FILE).write_text(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1])
