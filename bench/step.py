"""One timed step of a pass in a process of its own: `python -m bench.step full|increment|extract`."""

from __future__ import annotations

import sys

from rapport.declarations import sources_in_use
from rapport.home import Home
from rapport.pipeline import build
from rapport.pipeline.extract import extract_stream
from rapport.pipeline.order import in_order
from rapport.pipeline.runs import close_run, open_run


def main(step: str) -> None:
    """Run one step on the current home."""
    home, run_id = Home.current(), f"bench-{step}"
    open_run(home, run_id, "bench")
    if step == "extract":
        for group in in_order(sources_in_use(home).values()):
            for source in group:
                for stream in source.ordered_streams:
                    extract_stream(home, source.name, stream.name, run_id=run_id)
    else:
        for layer in build.LAYERS:
            build.build_layer(home, layer, run_id=run_id, full_refresh=step == "full")
    close_run(home, run_id, "success")


if __name__ == "__main__":
    main(sys.argv[1])
