"""Would catch: pages out of order, an error that comes before what was read ahead of it, or a reader that nobody stops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from threading import Event
from typing import Any

import pyarrow as pa
import pytest
from rapport.connect import Page, Reject
from rapport.connect.page import joined
from rapport.pipeline.ahead import Ahead


def test_items_come_in_order_and_an_error_behind_those_made_before_it() -> None:
    """Would catch: a page that was read and is dropped because the next one failed."""

    def items() -> Iterator[int]:
        yield from range(100)
        raise KeyboardInterrupt

    seen: list[int] = []
    with pytest.raises(KeyboardInterrupt), Ahead(items(), 10) as ahead:
        for some in ahead:
            assert some
            seen += some
    assert seen == list(range(100))


def test_no_more_is_made_than_may_wait() -> None:
    """Would catch: memory that grows with the source when the database is slower than it."""
    made: list[int] = []
    passed = [Event() for _ in range(50)]

    def items() -> Iterator[int]:
        for number in range(50):
            made.append(number)
            passed[number].set()
            yield number

    with Ahead(items(), 7, lambda _item: 2) as ahead:
        assert passed[3].wait(30)
        assert not passed[4].wait(0.2)
        assert made == [0, 1, 2, 3]
        assert [item for some in ahead for item in some] == list(range(50))


def test_whoever_stops_early_ends_the_work() -> None:
    """Would catch: a source that goes on being read after the warehouse refused a page, on both levels of a chain."""
    closed = Event()

    def items() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            closed.set()

    def stopped_early() -> None:
        with Ahead(items()) as inner, Ahead(map(sum, inner)) as outer:
            for _ in outer:
                raise ArithmeticError

    with pytest.raises(ArithmeticError):
        stopped_early()
    assert closed.wait(30)


def test_joined_pages_keep_every_count_and_the_last_cursor() -> None:
    """Would catch: a reject or a count lost between two small pages, or a cursor that goes back."""

    def page(number: int, **more: Any) -> Page:
        return Page(pa.table({"id": [number]}), [Reject(str(number), "f", "r", {})], more.pop("undeclared"), 2, **more)

    whole = joined(
        [
            page(1, undeclared=Counter(a=1), cursor={"at": 1}, nul_stripped=1, remarks=Counter({("f", "r"): 1})),
            page(2, undeclared=Counter(a=1, b=2), cursor={"at": 2}, remarks=Counter({("f", "r"): 2})),
            page(3, undeclared=Counter()),
        ]
    )
    assert whole.table["id"].to_pylist() == [1, 2, 3]
    assert [reject.key for reject in whole.rejected] == ["1", "2", "3"]
    assert (whole.undeclared, whole.fetched, whole.cursor) == (Counter(a=2, b=2), 6, {"at": 2})
    assert (whole.nul_stripped, whole.remarks) == (1, Counter({("f", "r"): 3}))
