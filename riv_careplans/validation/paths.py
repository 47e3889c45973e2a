"""From what was named on the command line to the files to examine: folders walked, each file once.

Decides by names and by what the file system says of a file; reads no file.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from riv_careplans.validation.document import Unreadable

__all__ = ["STANDARD_INPUT", "Found", "find", "unreadable"]

STANDARD_INPUT: Final = "-"
"""The name by which standard input is asked for, and told."""


class Found(NamedTuple):
    """One file to examine, or the reason why there is none."""

    name: str
    """As it is told: as it was named, in characters that can be printed in any report."""

    path: str
    """As the operating system knows it."""

    size: int = 0
    """Bytes when it was found."""

    problem: Unreadable | None = None


def find(
    paths: Iterable[str], *, pattern: str = "*.xml", left_out: Collection[str] = frozenset()
) -> list[Found]:
    """Find the files: those named, and in folders those whose names match the pattern, sorted.

    Each real file comes once, however many names lead to it. Links are followed, also to folders;
    folders whose names begin with a dot are not entered. `left_out` are real paths of files to pass by,
    such as reports that this run writes.
    """
    return list(_Walk(pattern.lower(), left_out).files(paths))


def unreadable(exc: OSError) -> Unreadable:
    """Say in our words why the operating system gave no bytes."""
    if exc.errno == errno.ELOOP:
        return Unreadable.LOOP
    if exc.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ESTALE):
        return Unreadable.MISSING
    if exc.errno in (errno.EACCES, errno.EPERM):
        return Unreadable.REFUSED
    return Unreadable.NO_FILE if exc.errno == errno.EISDIR else Unreadable.BROKEN


class _Walk:
    def __init__(self, pattern: str, left_out: Collection[str]) -> None:
        self._pattern = pattern
        self._left_out = left_out
        self._seen: set[object] = set()

    def files(self, paths: Iterable[str]) -> Iterator[Found]:
        for path in paths:
            if path == STANDARD_INPUT:
                if self._is_new(STANDARD_INPUT):
                    yield Found(STANDARD_INPUT, STANDARD_INPUT)
            else:
                yield from self._below(path)

    def _below(self, top: str) -> Iterator[Found]:
        """Give what is at a path; with a stack of its own, because folders may be thousands deep."""
        stack = [top]
        while stack:
            path = stack.pop()
            try:
                known = os.stat(path)  # noqa: PTH116 - as below, and paths are text here
                names = os.listdir(path) if stat.S_ISDIR(known.st_mode) else None  # noqa: PTH208 - as above
            except OSError as exc:
                yield Found(_told(path), path, problem=unreadable(exc))
                continue
            # Where the file system numbers nothing, the real path tells files apart.
            real = known.st_dev << 64 | known.st_ino if known.st_ino else os.path.realpath(path)
            if not self._is_new(real):
                continue
            if names is None:
                if not self._left_out or os.path.realpath(path) not in self._left_out:
                    regular = stat.S_ISREG(known.st_mode)
                    problem = None if regular else Unreadable.NO_FILE
                    yield Found(_told(path), path, known.st_size, problem)
            else:
                stack += [
                    name if path == os.curdir else os.path.join(path, name)  # noqa: PTH118 - as above
                    for name in sorted(names, reverse=True)
                    if self._is_wanted(path, name)
                ]

    def _is_wanted(self, folder: str, name: str) -> bool:
        if fnmatchcase(name.lower(), self._pattern):
            return True
        return not name.startswith(".") and os.path.isdir(os.path.join(folder, name))  # noqa: PTH112, PTH118 - as above

    def _is_new(self, real: object) -> bool:
        if real in self._seen:
            return False
        self._seen.add(real)
        return True


def _told(path: str) -> str:
    """Make a file's name printable: on most systems it may be any bytes."""
    name = os.fsencode(path).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "�" for letter in name)
