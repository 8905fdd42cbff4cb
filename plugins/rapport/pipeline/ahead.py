"""Work a little ahead: the next page is fetched, and the one before it treated, while the database takes another."""

from __future__ import annotations

import contextvars
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from threading import Condition, Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")
_MOMENT_SECONDS = 0.5


class Ahead(Generic[Item]):
    """Iterates over lists of items that are made in a thread of their own: each time all that wait, at least one.

    Where little waits, a moment is given to more.

    Order is kept, and an error of the work comes where it happened: behind every item that was made before it. Whoever stops early
    ends the work at its next item. To be used in a `with`.

    Args:
        items: an iterable whose next item is work.
        most: no further item is begun while as much waits.
        size: how much an item counts for, one by default.
    """

    def __init__(self, items: Iterable[Item], most: int = 1, size: Callable[[Item], int] = lambda _item: 1) -> None:
        self._items, self._most, self._size = items, most, size
        self._made: deque[Item] = deque()
        self._waiting = 0
        self._is_done = self._is_stopped = False
        self._error: BaseException | None = None
        self._changed = Condition()
        # The copy of the context lets a task's log know whose lines it gets.
        self._thread = Thread(target=contextvars.copy_context().run, args=(self._work,), name="ahead", daemon=True)

    def __enter__(self) -> Ahead[Item]:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def __iter__(self) -> Iterator[list[Item]]:
        while taken := self._take():
            yield taken
        if self._error is not None:
            raise self._error

    def _take(self) -> list[Item]:
        with self._changed:
            self._changed.wait_for(lambda: self._made or self._is_done)
            self._changed.wait_for(lambda: 2 * self._waiting >= self._most or self._is_done, _MOMENT_SECONDS)
            taken, self._waiting = list(self._made), 0
            self._made.clear()
            self._changed.notify_all()
        return taken

    def _work(self) -> None:
        try:
            for item in self._items:
                with self._changed:
                    self._made.append(item)
                    self._waiting += self._size(item)
                    self._changed.notify_all()
                    self._changed.wait_for(lambda: self._waiting < self._most or self._is_stopped)
                    if self._is_stopped:
                        break
            if isinstance(self._items, Generator):
                self._items.close()  # lets go of connections and files now, not when it is forgotten
        except BaseException as error:  # raised again by the iterator, behind what was made before it
            self._error = error
        with self._changed:
            self._is_done = True
            self._changed.notify_all()
