"""Asking the source in time: an answer comes before the deadline, or a Fault does.

Nobody can stop a method that does not return, so it is called in a thread of its own kind: the thread
that answers waits until the deadline and is free again. Calls that are still under way are at most
twice as many as questions answered at the same time; above that the source is not asked, the caller
gets its Fault at once, and the producer is not ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import copy_context
from functools import partial
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, Final, TypeAlias

from riv_careplans.errors import whereabouts
from riv_careplans.exchange import CarePlanSource, Query, StreamingSource
from riv_careplans.producer.answering import Reply, SourceMistake

__all__ = ["BoundedSource"]

_READY_SECONDS: Final = 2.0
_CALLS_OF_A_THREAD: Final = 1000
"""Then a new one takes its place, so that nothing gathers in a thread for ever."""

_Outcome: TypeAlias = "tuple[Any, BaseException | None]"
_Job: TypeAlias = "tuple[Callable[[], Any], SimpleQueue[_Outcome]]"


class BoundedSource:
    """A source that answers in time or raises `SourceMistake`; asked from many threads."""

    def __init__(self, source: CarePlanSource | StreamingSource, *, deadline: float, most: int) -> None:
        self._source = source
        self._deadline = deadline
        self._most = most
        self._idle: list[SimpleQueue[_Job]] = []
        self._threads = 0
        self._lock = Lock()

    @property
    def calls(self) -> int:
        """Calls under way, those that nobody waits for any more included."""
        return self._threads - len(self._idle)

    def reply(self, query: Query, finish: Callable[[object], Reply]) -> Reply:
        """Ask the source, and make a reply of what it gives.

        Records that come one by one are taken by the thread that asked, before the same deadline.
        """
        end = monotonic() + self._deadline

        def step() -> object:
            given: object = self._source.care_plans(query)
            return finish(_until(end, given)) if isinstance(given, Iterator) else given

        given = self._ask(step, self._deadline)
        return given if isinstance(given, Reply) else finish(given)

    def problem(self) -> str:
        """Say why the source cannot be asked just now, or nothing.

        A source with a method `ready()` is asked: False, or an exception, means no.
        """
        ready = getattr(self._source, "ready", None)
        if not callable(ready):
            return "the source has too many calls under way" if self.calls >= self._most else ""
        try:
            return "" if self._ask(ready, min(_READY_SECONDS, self._deadline)) else "the source is not ready"
        except SourceMistake as exc:
            return str(exc)
        except BaseException as exc:  # noqa: BLE001 - a source is somebody else's program
            return f"asked whether it is ready, the source raised {whereabouts(exc)}"

    def _ask(self, step: Callable[[], Any], deadline: float) -> Any:
        outcome: SimpleQueue[_Outcome] = SimpleQueue()
        self._inbox().put((partial(copy_context().run, step), outcome))
        try:
            answer, problem = outcome.get(timeout=deadline)
        except Empty:
            raise SourceMistake(f"the source gave no answer within {deadline:g} seconds") from None
        if problem is not None:
            raise problem
        return answer

    def _inbox(self) -> SimpleQueue[_Job]:
        """Return where a thread waits for a call; raises `SourceMistake` when all have one."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
            if self._threads >= self._most:
                raise SourceMistake(f"the source has {self._most} calls under way, and is not asked")
            self._threads += 1
        inbox: SimpleQueue[_Job] = SimpleQueue()
        Thread(target=self._work, args=(inbox,), name="riv-careplans-source", daemon=True).start()
        return inbox

    def _work(self, inbox: SimpleQueue[_Job]) -> None:
        for number in range(1, _CALLS_OF_A_THREAD + 1):
            step, told = inbox.get()
            try:
                outcome: _Outcome = (step(), None)
            except BaseException as exc:  # noqa: BLE001 - told to whoever waits for the answer
                outcome = (None, exc)
            with self._lock:
                # Free before the answer is told, so that the next question finds this thread.
                if number < _CALLS_OF_A_THREAD:
                    self._idle.append(inbox)
                else:
                    self._threads -= 1
            told.put(outcome)
            del step, told, outcome


def _until(end: float, records: Iterator[object]) -> Iterator[object]:
    """Give records as long as somebody waits for them."""
    for record in records:
        if monotonic() > end:
            raise SourceMistake("the source went on giving records after its deadline")
        yield record
