"""Between plain calls and event loops: a coroutine from plain code, a plain call from a coroutine.

Knows nothing of sources and messages. Nobody waits for a thread started here longer than for its
result: a call that blocks for ever costs its thread, never an answer, and never the program's end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread
from typing import Any, TypeVar

__all__ = ["in_thread", "run"]

T = TypeVar("T")


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine function to its end on an event loop of its own, and give its result.

    The loop has a thread of its own, so this may be called from any thread, also from one whose
    event loop is running; that loop stands still meanwhile. The result is given before the loop is
    closed: what the coroutine leaves behind cannot hold it up.
    """
    result: Future[T] = Future()

    async def deliver() -> None:
        try:
            value = await work()
        except BaseException as exc:  # noqa: BLE001 - raised again in the thread that waits
            result.set_exception(exc)
        else:
            result.set_result(value)

    _start(lambda: asyncio.run(deliver()))
    return result.result()


async def in_thread(work: Callable[[], T]) -> T:
    """Run a blocking function in a thread of its own, and give its result or raise its exception.

    Unlike with `asyncio.to_thread`, a function that never returns holds up neither the event loop's
    end nor the program's; cancelling this abandons it.
    """
    result: Future[T] = Future()
    result.set_running_or_notify_cancel()

    def settle() -> None:
        try:
            value = work()
        except BaseException as exc:  # noqa: BLE001 - raised again on the event loop
            # A future cannot carry StopIteration, and SystemExit would end the loop and all on it.
            carried = isinstance(exc, Exception) and not isinstance(exc, StopIteration)
            result.set_exception(exc if carried else RuntimeError(f"ended by {type(exc).__name__}"))
        else:
            result.set_result(value)

    _start(settle)
    return await asyncio.wrap_future(result)


def _start(work: Callable[[], None]) -> None:
    Thread(target=copy_context().run, args=(work,), daemon=True).start()
