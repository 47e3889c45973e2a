"""Where a report goes: which formats, to which files, and how these are written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG
from typing import Final, TextIO, cast

from riv_careplans.cli.language import Language
from riv_careplans.errors import CarePlanError
from riv_careplans.report import FORMATS, Look, Writer
from riv_careplans.validation.explained import Explanation
from riv_careplans.validation.report import Examined, Summary

__all__ = ["Outputs", "Target", "WrongOutput", "look_of", "open_outputs", "targets"]

_BY_SUFFIX: Final[Mapping[str, tuple[str, ...]]] = {
    ".html": ("html",),
    ".htm": ("html",),
    ".json": ("json", "sarif"),
    ".sarif": ("sarif",),
    ".xml": ("junit",),
    ".txt": ("text",),
    ".log": ("text", "github"),
}
"""The formats that a file's suffix allows; the first is meant when nothing is said."""


class WrongOutput(Exception):
    """What was asked for cannot be written so; the message is in the language of the command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One report: its format, and the file; None is standard output."""

    format: str
    path: Path | None


def targets(
    say: Language, formats: Sequence[str], files: Sequence[Path], *, quiet: bool = False
) -> list[Target]:
    """Pair the formats with the files, so that what is meant is what happens.

    Each file takes the first format left that its suffix allows, else what its suffix says. The format
    that is left goes to standard output, where text goes when none is. Raises `WrongOutput`.
    """
    left = list(formats)
    paired: list[Target] = []
    for file in files:
        allowed = _BY_SUFFIX.get(file.suffix.lower(), tuple(FORMATS))
        asked = next((one for one in left if one in allowed), None)
        if asked is None and file.suffix.lower() not in _BY_SUFFIX:
            problem = say("säg vilket format med --format", "say which format with --format")
            raise WrongOutput(f"{file}: {problem} ({', '.join(FORMATS)})")
        if asked is not None:
            left.remove(asked)
        paired.append(Target(format=asked or allowed[0], path=file))
    if len(left) > 1:
        problem = say(
            "bara ett format kan skrivas på standard ut: ge de andra en --output FIL var",
            "only one format can go to standard output: give each of the others an --output FILE",
        )
        raise WrongOutput(f"{', '.join(left)}: {problem}")
    if left or not quiet:
        paired.append(Target(format=left[0] if left else "text", path=None))
    real = [os.path.realpath(one.path) for one in paired if one.path]
    if len(set(real)) < len(real):
        raise WrongOutput(
            say("två rapporter kan inte skrivas i samma fil", "two reports cannot be written to one file")
        )
    return paired


def look_of(say: Language, explanations: Mapping[str, Explanation], title: str) -> Look:
    """Say how the reports look: in the language of the command line, and as the terminal allows."""
    is_plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return Look(
        language="sv" if say.code == "sv" else "en",
        colour=sys.stdout.isatty() and not is_plain,
        width=shutil.get_terminal_size().columns,
        explanations=explanations,
        title=title,
    )


class Outputs:
    """All reports of a run, written side by side."""

    def __init__(self, writers: Sequence[Writer]) -> None:
        self._writers = writers

    def add(self, examined: Examined) -> None:
        """Write one examined thing to each."""
        for writer in self._writers:
            writer.add(examined)

    def close(self, summary: Summary) -> None:
        """Write the end of each."""
        for writer in self._writers:
            writer.close(summary)


@contextmanager
def open_outputs(
    say: Language,
    wanted: Sequence[Target],
    look: Look,
    *,
    private: bool,
    before_screen: Callable[[], None],
) -> Iterator[Outputs]:
    """Open all reports; a file gets its name when the block ends without an exception.

    `private` makes the files readable by their owner alone. `before_screen` is called before anything is
    written on standard output. Raises `WrongOutput` for a file that cannot be made, `CarePlanError` for
    one that cannot be written, and `BrokenPipeError` when nobody is left to read anything.
    """
    with ExitStack() as files:
        writers: list[Writer] = []
        for one in wanted:
            if one.path is None:
                screen = _Screen(sys.stdout, before_screen, is_only=len(wanted) == 1)
                writers.append(FORMATS[one.format](cast("TextIO", screen), look))
                files.callback(screen.flush)
            else:
                stream = files.enter_context(_whole_file(say, one.path, private=private))
                writers.append(FORMATS[one.format](stream, replace(look, colour=False)))
        yield Outputs(writers)


@contextmanager
def _whole_file(say: Language, path: Path, *, private: bool) -> Iterator[TextIO]:
    """Open a file to write; until the end it has another name, so that nobody reads half of it."""
    real = Path(os.path.realpath(path))
    in_place = path.exists() and not S_ISREG(path.stat().st_mode)
    name = path if in_place else real.with_name(f".{real.name}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | (0 if in_place else os.O_CREAT | os.O_EXCL)
    try:
        handle = os.open(name, flags, 0o600 if private else 0o666)
    except OSError as exc:
        problem = say("går inte att skriva", "cannot be written")
        raise WrongOutput(f"{path}: {problem} ({exc.strerror})") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            yield stream
        if not in_place:
            name.replace(real)
    except OSError as exc:
        if exc.filename is not None and exc.filename not in (str(name), str(real)):
            raise
        raise CarePlanError(f"{path}: " + say("gick inte att skriva", "could not be written")) from exc
    finally:
        if not in_place:
            with contextlib.suppress(OSError):
                name.unlink(missing_ok=True)


class _Screen:
    """Standard output, whose reader may go away, such as `| head`, or a terminal that is closed."""

    def __init__(self, stream: TextIO, before: Callable[[], None], *, is_only: bool) -> None:
        self._stream = stream
        self._before = before
        self._is_only = is_only
        self._is_gone = False

    @property
    def encoding(self) -> str:
        """What the stream can show."""
        return self._stream.encoding

    def write(self, text: str) -> int:
        """Write, as long as somebody reads."""
        if not self._is_gone:
            self._before()
            with self._reader():
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Send what was written."""
        if not self._is_gone:
            with self._reader():
                self._stream.flush()

    @contextmanager
    def _reader(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            if exc.errno not in (errno.EPIPE, errno.EIO):
                raise CarePlanError(f"standard output: {exc.strerror}") from exc
            self._is_gone = True
            # What is left in the stream's buffer must not fail once more when the process ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            if self._is_only:
                raise BrokenPipeError from None
