"""Processes that work on tasks, with the results in the order of the tasks.

Each process is handed one task at a time, and results wait in its pipe until they are wanted: nothing
piles up. No threads, so that processes may be forked. A process that is ended from outside is noticed
at once; and all of them end when the one that started them does.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import pickle
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeAlias, TypeVar, cast

from riv_careplans.errors import CarePlanError

__all__ = ["WorkerLost", "Workers"]

Task = TypeVar("Task")
Settings = TypeVar("Settings")

_TASKS_AHEAD: Final = 4
"""Tasks for each process that may be finished before the first of them is wanted."""
_MORE, _LAST, _FAILED = b"M", b"L", b"F"
_Pipe: TypeAlias = "Connection[Any, Any]"


class WorkerLost(CarePlanError):
    """A process was ended from outside, such as by a system that is short of memory."""

    def __init__(self) -> None:
        super().__init__(
            "a process that examines documents was ended from outside, perhaps for want of memory: "
            "try again with fewer --jobs"
        )


class Workers(Generic[Task, Settings]):
    """Processes that call `work(task, settings)` and send back the pieces of bytes it gives.

    `work` raises nothing but exceptions of this library, which must survive being pickled.
    """

    def __init__(
        self, count: int, work: Callable[[Task, Settings], Iterable[bytes]], settings: Settings
    ) -> None:
        # Forking is quick and shares what is compiled; only on Linux is it also safe.
        forks = sys.platform == "linux"
        context = cast("SpawnContext", multiprocessing.get_context("fork" if forks else "spawn"))
        self._ahead = count * _TASKS_AHEAD
        self._processes: list[BaseProcess] = []
        self._pipes: list[_Pipe] = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            self._pipes.append(ours)
            # Were our end open in another process too, nobody there would see that we are gone.
            inherited = list(self._pipes) if forks else []
            process = context.Process(target=_serve, args=(theirs, work, settings, inherited), daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.terminate()
            process.join()

    def results(self, tasks: Iterator[Task]) -> Iterator[bytes]:
        """Give the pieces of all tasks, in the order of the tasks.

        Raises what `work` raised, when it is of this library, and `WorkerLost`.
        """
        working: dict[_Pipe, int] = {}
        kept: dict[int, list[bytes]] = {}
        finished: set[int] = set()
        given = wanted = 0
        while True:
            for pipe in [pipe for pipe in self._pipes if pipe not in working]:
                task = next(tasks, None) if given - wanted < self._ahead else None
                if task is not None:
                    _send(pipe, task)
                    working[pipe] = given
                    given += 1
            yield from kept.pop(wanted, ())
            if wanted in finished:
                finished.remove(wanted)
                wanted += 1
                continue
            if not working:
                return
            # Of a task whose turn has not come, one piece is kept; the process waits with the next.
            heard = [pipe for pipe, task in working.items() if task == wanted or task not in kept]
            for ready in wait(heard):
                pipe = cast("_Pipe", ready)
                kind, piece = _receive(pipe)
                number = working[pipe]
                kept.setdefault(number, []).append(piece)
                if kind == _LAST:
                    finished.add(number)
                    del working[pipe]


def _send(pipe: _Pipe, task: object) -> None:
    try:
        pipe.send(task)
    except OSError:
        raise WorkerLost from None


def _receive(pipe: _Pipe) -> tuple[bytes, bytes]:
    try:
        frame = pipe.recv_bytes()
    except (EOFError, OSError):
        raise WorkerLost from None
    if frame[:1] == _FAILED:
        raise pickle.loads(frame[1:])  # noqa: S301 - from a process of our own
    return frame[:1], frame[1:]


def _serve(
    pipe: _Pipe,
    work: Callable[[Task, Settings], Iterable[bytes]],
    settings: Settings,
    inherited: Sequence[_Pipe],
) -> None:
    """Work on tasks until the other end of the pipe is closed."""
    # Ctrl-C reaches every process of a terminal; the one who started us decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for one in inherited:
        one.close()
    with contextlib.suppress(EOFError, OSError):
        while True:
            task = pipe.recv()
            try:
                held: bytes | None = None
                for piece in work(task, settings):
                    if held is not None:
                        pipe.send_bytes(_MORE + held)
                    held = piece
                pipe.send_bytes(_LAST + (held or b""))
            except CarePlanError as exc:
                pipe.send_bytes(_FAILED + pickle.dumps(exc))
