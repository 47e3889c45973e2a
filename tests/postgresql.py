"""A PostgreSQL of the test's own: a cluster in a temporary folder, reached by a socket file there.

It runs as somebody else where the tests run as root, which PostgreSQL refuses to be.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

__all__ = ["Cluster", "cluster"]

_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: float(found.parent.name))


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running server."""

    folder: Path
    programs: Path
    user: str
    durable: bool

    def new_database(self) -> str:
        """Make an empty database; give its URL."""
        name = f"test_{uuid4().hex}"
        self.run("createdb", "-h", self.folder, "-U", "postgres", name)
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def stop(self) -> None:
        """Stop at once, as a crash would."""
        self.run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        options += "" if self.durable else " -c fsync=off"
        self.run(
            "pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-o", options, "-w", "start"
        )

    def run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self.programs / program, *map(str, arguments)],
            cwd=self.folder,
            user=self.user,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        )


def _user() -> str:
    """Give who runs it: not root."""
    if os.getuid():
        return pwd.getpwuid(os.getuid()).pw_name
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Run a server while the block runs; skip the test where there is none.

    Without `durable` it does not wait for the disk: what it does survives everything but a power cut.
    """
    if not _FOLDERS or not (_FOLDERS[-1] / "initdb").is_file():
        pytest.skip("there is no PostgreSQL server on this machine")
    # Not pytest's folder: nobody else may look into that, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    made = Cluster(folder=folder, programs=_FOLDERS[-1], user=_user(), durable=durable)
    try:
        shutil.chown(folder, made.user)
        made.run("initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
