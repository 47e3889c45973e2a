"""Start the scenario's systems and their index as processes of their own, and leave none behind."""

from __future__ import annotations

import contextlib
import queue
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Self

from riv_careplans.demo.scenario import System, Variant, systems
from riv_careplans.errors import CarePlanError

__all__ = ["RunningScenario", "RunningSystem", "StartedScenario", "running_scenario", "started_scenario"]

_START_DEADLINE = 30
"""Seconds for a process to say that it listens; a slow machine compiles schemas for a while."""

_STOP_DEADLINE = 5
"""Seconds for a process to end by itself before it is killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSystem:
    """A source system and where it listens."""

    system: System
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningScenario:
    """The source systems, and the engagement index that they have registered in."""

    systems: tuple[RunningSystem, ...]
    index_url: str


@contextlib.contextmanager
def running_scenario(variant: Variant) -> Iterator[RunningScenario]:
    """Run a variant while the block runs; everybody has registered and is ready when the block begins.

    What is down in the variant has an address that nobody listens at. Raises `CarePlanError` when
    something does not start. A process ends when its standard input closes, so that none outlives this
    one even if it is killed.
    """
    with started_scenario(variant) as started:
        yield started.ready()


@contextlib.contextmanager
def started_scenario(variant: Variant) -> Iterator[StartedScenario]:
    """As `running_scenario`, but the block begins at once and does something else meanwhile."""
    with contextlib.ExitStack() as stack:
        index = stack.enter_context(_Process("the index", "index")) if variant.index_answers else None
        yield StartedScenario(
            index,
            {
                one: stack.enter_context(_Process(one.id, "system", one.id, variant.behaviour(one)))
                for one in systems()
            },
        )


class StartedScenario:
    """A scenario whose processes are on their way."""

    def __init__(self, index: _Process | None, started: Mapping[System, _Process]) -> None:
        self._index = index
        self._started = started

    def ready(self) -> RunningScenario:
        """Wait until everybody is ready, and say where they are. Raises `CarePlanError`."""
        index_url = _nowhere() if self._index is None else self._index.told()[0]
        for process in self._started.values():
            process.tell(index_url)
        must_register = self._index is not None
        return RunningScenario(
            systems=tuple(
                RunningSystem(system=system, url=_address(process, must_register=must_register))
                for system, process in self._started.items()
            ),
            index_url=index_url,
        )


def _address(process: _Process, *, must_register: bool) -> str:
    url, problem = process.told()
    if problem and must_register:
        raise CarePlanError(f"{process.name} did not get into the index: {problem}")
    return url or _nowhere()


def _nowhere() -> str:
    """Return an address that nobody listens at: that of a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


class _Process:
    """One module of the demo as a process, stopped on leaving."""

    def __init__(self, name: str, module: str, *arguments: str) -> None:
        self.name = name
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"riv_careplans.demo.{module}", *arguments],
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
        self._lines.put(self._process.stdout.readline().decode())

    def tell(self, line: str) -> None:
        """Write a line to it; one that has ended already is found out by what it does not tell."""
        assert self._process.stdin is not None  # noqa: S101 - it was asked for as a pipe
        with contextlib.suppress(OSError):
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()

    def told(self) -> list[str]:
        """Wait until it is ready and return what it tells then."""
        try:
            line = self._lines.get(timeout=_START_DEADLINE)
        except queue.Empty:
            raise CarePlanError(f"{self.name} did not start in {_START_DEADLINE} seconds") from None
        if not line:
            self._process.wait()
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace").strip().splitlines()
            raise CarePlanError(f"{self.name} did not start: {said[-1] if said else 'no reason given'}")
        return line.rstrip("\n").split("\t")

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
