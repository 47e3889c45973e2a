"""The command line as its users start it: a process of its own."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENT = "191212121212"
RUN = uuid.uuid4().hex
"""Marks the processes of this test run: others may run the demo on the same machine."""


_NOT_PASSED_ON = re.compile(r"(LC_|LANG|MAKE).*|MFLAGS|ARGS|PYTHON|VENV")


def environment(**more: str) -> dict[str, str]:
    """The caller's environment without its locale and without make's own variables.

    So only a test chooses the language, and a make that a test starts is nobody's child.
    """
    kept = {name: value for name, value in os.environ.items() if not _NOT_PASSED_ON.fullmatch(name)}
    return kept | {"PYTHONUTF8": "1", "COLUMNS": "100", "STARTED_BY_TEST_RUN": RUN} | more


def run(
    *arguments: str | Path, stdin: str = "", timeout: float = 60, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "riv_careplans", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=environment(**more),
        timeout=timeout,
        check=False,
    )


@contextlib.contextmanager
def started(*arguments: str | Path, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command while the block runs; kill it if it is still there afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "riv_careplans", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=environment(**more),
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def systems_running() -> list[str]:
    """The source systems and indexes of the demo, started below this test run, that run now."""
    # With `e`, ps shows the environment after the arguments.
    found = subprocess.run(["ps", "axeww", "-o", "args"], capture_output=True, text=True, check=True)
    return [line for line in found.stdout.splitlines() if "riv_careplans.demo." in line and RUN in line]
