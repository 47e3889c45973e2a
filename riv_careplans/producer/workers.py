"""The threads that answer: as many as are asked for, and each new before it remembers too much.

libxml2 keeps every name that a thread has met for as long as the thread lives, and lxml gives no way
to let them go. A thread therefore makes place for a new one when it has read a megabyte. Of the
threads that have nothing to do, the one that had last is taken: its memory is still near.
"""

from __future__ import annotations

import logging
from collections import deque
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Final, Protocol

__all__ = ["Task", "Workers"]

_MOST_BYTES: Final = 1024 * 1024
"""Of questions, in the life of a thread: names take two to three times as much memory."""

_LOGGER: Final = logging.getLogger("riv_careplans.producer")


class Task(Protocol):
    """A connection with a question that has arrived."""

    def weight(self) -> int:
        """Return the bytes of the question."""
        ...

    def service(self) -> None:
        """Answer it."""
        ...

    def cancel(self) -> None:
        """Let it go unanswered."""
        ...


class Workers:
    """What waitress calls a task dispatcher; it tells nobody how long its queue is, but `waiting`."""

    def __init__(self, count: int) -> None:
        self._queue: deque[Task] = deque()
        self._lock = Lock()
        self._idle: list[Condition] = []
        self._ended = Condition(self._lock)
        self._alive = 0
        self._ending = False
        for _ in range(count):
            self._begin()

    @property
    def waiting(self) -> int:
        """Questions that no thread has begun to answer."""
        return len(self._queue)

    def add_task(self, task: Task) -> None:
        """Have a question answered."""
        with self._lock:
            self._queue.append(task)
            if self._idle:
                self._idle.pop().notify()

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:  # noqa: FBT001, FBT002 - waitress's signature
        """End the threads that have nothing to do; what is still running when the time is over is left."""
        deadline = monotonic() + timeout
        with self._lock:
            self._ending = True
            while self._idle:
                self._idle.pop().notify()
            while self._alive and (left := deadline - monotonic()) > 0:
                self._ended.wait(left)
            if self._alive:
                _LOGGER.warning("ended with %d questions unanswered", self._alive)
            cancelled = list(self._queue) if cancel_pending else []
            self._queue.clear()
        for task in cancelled:
            task.cancel()
        return not self._alive

    def _begin(self) -> None:
        self._alive += 1
        Thread(target=self._work, name="riv-careplans-answering", daemon=True).start()

    def _work(self) -> None:
        called = Condition(self._lock)
        read = 0
        while read < _MOST_BYTES:
            with self._lock:
                while not (self._queue or self._ending):
                    self._idle.append(called)
                    called.wait()
                if self._ending:
                    break
                task = self._queue.popleft()
            try:
                read += task.weight()
                task.service()
            except BaseException as exc:  # noqa: BLE001 - the thread must live, whatever a connection does
                _LOGGER.error("a connection raised %s", type(exc).__name__)  # noqa: TRY400 - no trace: it may repeat a question
            del task
        with self._lock:
            self._alive -= 1
            if not self._ending:
                self._begin()
            self._ended.notify()
