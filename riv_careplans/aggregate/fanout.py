"""Many sources asked as one: all at the same time, under one deadline.

Knows sources, and nothing of how they are reached. No source is ever missing in silence: each one
asked has its outcome, whatever it does, and what one does never spoils what another gives.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from threading import BoundedSemaphore
from typing import Final
from uuid import uuid4

from msgspec.structs import replace

from riv_careplans import bridge
from riv_careplans.aggregate.share import NamedSource, Share, delivered, failed, lost, together
from riv_careplans.codes import ErrorCode, ResultCode
from riv_careplans.errors import ConfigurationError
from riv_careplans.exchange import (
    Answer,
    AsyncCarePlanSource,
    CarePlanSource,
    Outcome,
    OutcomeKind,
    Query,
    Result,
)
from riv_careplans.identity import HSA_ID, identity_key

__all__ = ["AggregatedSource"]

_UNKNOWN_SOURCE: Final = "sourceSystemId är inget av de källsystem som frågas här."
_WHOSE_REFERENCE: Final = "hasMoreReference kräver sourceSystemId: ange det källsystem som gav referensen."
_LATE: Final = "the source gave no whole answer before the deadline"
_MOST_THREADS: Final = 32
"""Unfinished questions to a source that can only be asked in threads; more are not put to it."""
_TO_LEAVE: Final = 0.1
"""Seconds for calls cut off by the deadline to close their connections."""


class AggregatedSource:
    """Many sources as one; a `CarePlanSource` and an `AsyncCarePlanSource`.

    The answer holds each record once, in an order that does not depend on who answered first, and
    one outcome for each source asked, followed by those it told of sources below it.
    """

    def __init__(
        self,
        sources: Iterable[NamedSource],
        *,
        deadline: float = 10,
        max_parallel: int = 50,
        new_log_id: Callable[[], str] = lambda: str(uuid4()),
        on_outcome: Callable[[Outcome], None] | None = None,
    ) -> None:
        """Take the sources, in the order in which their outcomes are to be told.

        `deadline` is seconds for all of them together; `max_parallel` how many are asked at the same
        time. `on_outcome` is called with each source's own outcome as soon as it is known, in the
        thread of the event loop. Raises `ConfigurationError` when a logical address occurs twice.
        """
        self._sources = tuple(sources)
        self._ways = {named.logical_address: _asynchronous(named) for named in self._sources}
        self._deadline = deadline
        self._max_parallel = max_parallel
        self._new_log_id = new_log_id
        self._on_outcome = on_outcome
        if len({_key(named.logical_address) for named in self._sources}) < len(self._sources):
            raise ConfigurationError("two sources have the same logical address: each must have its own")

    def care_plans(self, query: Query) -> Answer:
        """Ask all sources, on an event loop of its own; see `care_plans_async`."""
        return bridge.run(lambda: self.care_plans_async(query))

    async def care_plans_async(self, query: Query) -> Answer:
        """Ask all sources, or the one that the question names, and give what came by the deadline.

        Raises nothing that a source does. A source that can only be asked in a thread and does not
        return in time keeps its thread until it does.
        """
        log_id = self._new_log_id()
        asked = self._asked(query)
        if query.source_system_id is not None and not asked:
            return _refusal(_UNKNOWN_SOURCE, log_id)
        if query.has_more_reference is not None and len(asked) != 1:
            return _refusal(_WHOSE_REFERENCE, log_id)
        call = replace(query.call, correlation_id=query.call.correlation_id or log_id)
        return together(await self._shares(asked, replace(query, call=call)), log_id=log_id)

    def _asked(self, query: Query) -> Sequence[NamedSource]:
        wanted = query.source_system_id
        if wanted is None:
            return self._sources
        key = _key(wanted.extension or "")
        exactly = [named for named in self._sources if _key(named.logical_address) == key]
        return exactly or [
            named for named in self._sources if named.aggregates or isinstance(named.source, AggregatedSource)
        ]

    async def _shares(self, asked: Sequence[NamedSource], query: Query) -> list[Share]:
        turns = asyncio.Semaphore(self._max_parallel)
        tasks = [asyncio.create_task(self._share(named, query, turns)) for named in asked]
        try:
            late = (await asyncio.wait(tasks, timeout=self._deadline))[1] if tasks else set()
        finally:
            for task in tasks:
                task.cancel()
        if late:
            await asyncio.wait(late, timeout=_TO_LEAVE)
        return [
            self._tell(lost(named, OutcomeKind.TIMED_OUT, _LATE)) if task in late else task.result()
            for named, task in zip(asked, tasks, strict=True)
        ]

    async def _share(self, named: NamedSource, query: Query, turns: asyncio.Semaphore) -> Share:
        """Ask one source; whatever it does becomes its share."""
        try:
            async with turns:
                answer = await self._ways[named.logical_address].care_plans_async(query)
        except asyncio.CancelledError as exc:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise  # the deadline, or whoever asked us, ended it
            share = lost(named, OutcomeKind.UNREACHABLE, f"the source failed with {type(exc).__name__}")
        except _Busy:
            share = lost(named, OutcomeKind.UNREACHABLE, "the source is still busy with earlier questions")
        except Exception as exc:  # noqa: BLE001 - a source is anybody's code, and others' answers must get through
            share = failed(named, exc)
        else:
            share = delivered(named, query, answer)
        return self._tell(share)

    def _tell(self, share: Share) -> Share:
        if self._on_outcome is not None:
            self._on_outcome(share.outcome)
        return share


def _key(address: str) -> tuple[str, str]:
    return identity_key(HSA_ID, address)


def _refusal(text: str, log_id: str) -> Answer:
    result = Result(code=ResultCode.ERROR, error_code=ErrorCode.INVALID_REQUEST, log_id=log_id, text=text)
    return Answer(result=result)


# --- sources that can only be asked in a thread -------------------------------------------------


class _Busy(Exception):
    """A source has as many unfinished questions as it may have."""


class _InThreads:
    """A source that blocks, asked in threads that nobody waits for longer than the deadline."""

    def __init__(self, source: CarePlanSource) -> None:
        self._source = source
        self._free = BoundedSemaphore(_MOST_THREADS)

    async def care_plans_async(self, query: Query) -> Answer:
        # A source that hangs for good would otherwise cost one more thread with every question.
        if not self._free.acquire(blocking=False):
            raise _Busy
        return await bridge.in_thread(lambda: self._ask(query))

    def _ask(self, query: Query) -> Answer:
        try:
            return self._source.care_plans(query)
        finally:
            self._free.release()


def _asynchronous(named: NamedSource) -> AsyncCarePlanSource:
    source = named.source
    return source if isinstance(source, AsyncCarePlanSource) else _InThreads(source)
