"""Coroutines from plain code and plain calls from coroutines; nobody is held up by what never returns."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
import threading

import pytest

from riv_careplans import bridge


async def forty_two() -> int:
    await asyncio.sleep(0)
    return 42


async def fail() -> int:
    raise KeyError("told")


def test_a_coroutine_is_run_from_plain_code() -> None:
    assert bridge.run(forty_two) == 42


def test_a_coroutine_is_run_from_plain_code_below_a_running_loop() -> None:
    async def plainly() -> int:
        return bridge.run(forty_two)

    assert asyncio.run(plainly()) == 42


def test_what_a_coroutine_raises_is_raised() -> None:
    with pytest.raises(KeyError, match="told"):
        bridge.run(fail)


def test_a_plain_call_runs_in_a_thread_of_its_own_with_the_callers_context() -> None:
    variable = contextvars.ContextVar("variable", default="")

    async def ask() -> tuple[str, bool]:
        variable.set("told")
        here = threading.get_ident()
        return await bridge.in_thread(lambda: (variable.get(), threading.get_ident() != here))

    assert bridge.run(ask) == ("told", True)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (KeyError("told"), KeyError),
        (StopIteration(), RuntimeError),
        (SystemExit(3), RuntimeError),
        (KeyboardInterrupt(), RuntimeError),
    ],
)
def test_what_a_plain_call_raises_is_raised_and_ends_no_loop(
    raised: BaseException, expected: type[Exception]
) -> None:
    def call() -> None:
        raise raised

    with pytest.raises(expected):
        bridge.run(lambda: bridge.in_thread(call))


_HANGS = """
import asyncio, threading
from riv_careplans import bridge

async def give_up():
    try:
        async with asyncio.timeout(0.05):
            await bridge.in_thread(threading.Event().wait)
    except TimeoutError:
        return "gave up"

print(bridge.run(give_up))
"""


def test_a_call_that_never_returns_does_not_keep_the_program_alive() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _HANGS], check=True, capture_output=True, text=True, timeout=60
    )

    assert (ended.stdout, ended.stderr) == ("gave up\n", "")
