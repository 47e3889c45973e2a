"""Start the scenario's source systems as processes of their own, and leave none behind."""

from __future__ import annotations

import contextlib
import queue
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Self

from riv_careplans.demo.scenario import Behaviour, System, Variant, systems
from riv_careplans.errors import CarePlanError

__all__ = ["RunningSystem", "running_systems"]

_START_DEADLINE = 30
"""Seconds for a system to say that it listens; a slow machine compiles schemas for a while."""

_STOP_DEADLINE = 5
"""Seconds for a system to end by itself before it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSystem:
    """A source system and where it listens."""

    system: System
    url: str


@contextlib.contextmanager
def running_systems(variant: Variant) -> Iterator[tuple[RunningSystem, ...]]:
    """Run the systems of a variant while the block runs; each is ready when the block begins.

    A system that is down in the variant has an address that nobody listens at. Raises
    `CarePlanError` when a system does not start. A system ends when its standard input closes, so
    that none outlives this process even if it is killed.
    """
    with contextlib.ExitStack() as stack:
        started = [(system, _start(stack, system, variant.behaviour(system))) for system in systems()]
        yield tuple(
            RunningSystem(system=system, url=_address(system, process)) for system, process in started
        )


def _start(stack: contextlib.ExitStack, system: System, behaviour: Behaviour) -> _Process | None:
    if behaviour is Behaviour.DOWN:
        return None
    return stack.enter_context(_Process(system, behaviour))


class _Process:
    """One system's process, stopped on leaving."""

    def __init__(self, system: System, behaviour: Behaviour) -> None:
        self.system = system
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "riv_careplans.demo.system", system.id, behaviour.value],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def _read(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - it was asked for as a pipe
        self._lines.put(self._process.stdout.readline().decode().strip())

    def address(self) -> str:
        """Wait until the system listens and return its address."""
        try:
            url = self._lines.get(timeout=_START_DEADLINE)
        except queue.Empty:
            raise CarePlanError(f"{self.system.id} did not start in {_START_DEADLINE} seconds") from None
        if not url:
            self._process.wait()
            self._errors.seek(0)
            last = (self._errors.read().decode(errors="replace").strip().splitlines() or ["no reason given"])[
                -1
            ]
            raise CarePlanError(f"{self.system.id} did not start: {last}")
        return url

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was asked for as a pipe
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_DEADLINE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()


def _address(system: System, process: _Process | None) -> str:
    """Return where a system listens; for one that is down, a port that was free a moment ago."""
    if process is not None:
        return process.address()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/{system.id}"
