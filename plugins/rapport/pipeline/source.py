"""Extract a whole source: its streams in the order that names need, as many at once as its vendor allows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import groupby

from rapport.declarations import Source, Stream
from rapport.home import Home
from rapport.pipeline.extract import StreamResult, extract_stream


def extract_source(
    home: Home,
    source: Source,
    *,
    run_id: str,
    full_refresh: bool = False,
    since: datetime | None = None,
    log_of: Callable[[Stream], Callable[[str], None]],
    ended: Callable[[StreamResult], None],
) -> list[StreamResult]:
    """Extract every stream of a source, up to `connection.parallel` at a time; those that tell names come before the others begin.

    In threads: a stream waits for its vendor and the warehouse most of the time, Arrow and hashing let other threads run, and one process
    shares the vendor's limit, its tokens and the directory of known identifiers.

    Args:
        home: the installation.
        source: the source.
        run_id: the run this belongs to.
        full_refresh: as of `extract_stream`; so is `since`.
        since: see there.
        log_of: gives the log of a stream.
        ended: is told of each stream that has ended well.

    Raises:
        RuntimeError: the error of the first stream that failed, in order; the streams beside it were read to their end, and none that
            comes after names was begun if names failed.
    """

    def extract(stream: Stream) -> StreamResult:
        result = extract_stream(home, source.name, stream.name, run_id=run_id, full_refresh=full_refresh, since=since, log=log_of(stream))
        ended(result)
        return result

    results: list[StreamResult] = []
    for _, rank in groupby(source.ordered_streams, key=lambda stream: stream.order):
        with ThreadPoolExecutor(source.connection.parallel) as pool:
            under_way = [pool.submit(extract, stream) for stream in rank]
        results += [stream.result() for stream in under_way]
    return results
