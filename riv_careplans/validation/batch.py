"""Many documents: files and streams, examined one after another or by several processes.

The results come in the order of what was asked for, whoever finishes first, and memory does not grow
with the number of documents. What cannot be read is told as a finding, and the rest goes on.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from typing import BinaryIO, Final, NamedTuple, TypeAlias

import msgspec

from riv_careplans.errors import CarePlanError, whereabouts
from riv_careplans.rules import Text
from riv_careplans.validation.document import Examination, Unreadable, examine, examine_unreadable
from riv_careplans.validation.options import Options
from riv_careplans.validation.paths import STANDARD_INPUT, Found, unreadable
from riv_careplans.validation.report import Fact
from riv_careplans.validation.stream import Message, is_one_document, messages
from riv_careplans.validation.traces import Traces
from riv_careplans.validation.workers import Workers

__all__ = ["ExaminingFailed", "Stop", "examine_all"]

_MOST_IN_A_TASK: Final = 16
_FEWEST_IN_A_TASK: Final = 4
_MOST_BYTES_IN_A_TASK: Final = 1024 * 1024
_FEW: Final = 16
"""So few documents are examined before another process has started."""
_FIRST_LINE: Final = Text("first line in the stream", "första rad i strömmen")


class ExaminingFailed(CarePlanError):
    """The tool, not a document, failed; the message says where."""


class Stop:
    """How somebody outside asks a run to end early, such as from a signal's handler."""

    def __init__(self) -> None:
        self.asked = False
        """True when the run must end after what it is doing."""

        self.reading = False
        """True while a run waits for standard input, and may be left only by an exception."""

    @contextmanager
    def while_reading(self) -> Iterator[None]:
        """Mark a wait for standard input; raises `KeyboardInterrupt` when the run must end already."""
        self.reading = True
        try:
            if self.asked:
                raise KeyboardInterrupt
            yield
        finally:
            self.reading = False


class _Piece(NamedTuple):
    """One message that was cut out of a stream."""

    name: str
    data: bytes
    line: int | None
    """Its first line in the stream; None when it is the only message."""

    problem: Unreadable | None


_Item: TypeAlias = Found | _Piece


def examine_all(
    found: Sequence[Found],
    options: Options,
    *,
    jobs: int = 1,
    standard_input: BinaryIO | None = None,
    stop: Stop | None = None,
) -> Generator[Examination, None, None]:
    """Examine everything in order; with more than a few documents, in as many processes as `jobs` says.

    A stream of several messages gives an examination of each, called `NAME[1]`, `NAME[2]` ….
    Raises `ConfigurationError` as `examine` does, `ExaminingFailed` when the tool fails, and
    `WorkerLost` when one of the processes is ended from outside.
    """
    stop = stop or Stop()
    items = _items(found, options.limits.size, standard_input, stop)
    # The first ones here: a few need no other process, and what the others need is compiled once and shared.
    yield from _in_turn(items if jobs == 1 else islice(items, _FEW), options, stop)
    tasks = _tasks(items, max(_FEWEST_IN_A_TASK, min(_MOST_IN_A_TASK, len(found) // (jobs * 4))))
    first = None if stop.asked else next(tasks, None)
    if first is None:
        return
    with Workers(jobs, _examine_task, options) as workers:
        for frame in workers.results(chain([first], tasks)):
            yield from _DECODER.decode(frame)
            if stop.asked:
                return


def _in_turn(items: Iterable[_Item], options: Options, stop: Stop) -> Iterator[Examination]:
    for item in items:
        for examination in _examine_item(item, options):
            yield examination
            if stop.asked:
                return


# --- what is to be examined ---------------------------------------------------------------------


def _items(
    found: Iterable[Found], limit: int, standard_input: BinaryIO | None, stop: Stop
) -> Iterator[_Item]:
    """Give files as they are, and what may be a long stream as its messages."""
    for one in found:
        if stop.asked:
            return
        if one.name == STANDARD_INPUT and standard_input is not None:

            def read(most: int, stream: BinaryIO = standard_input) -> bytes:
                with stop.while_reading():
                    return (stream.read1 if hasattr(stream, "read1") else stream.read)(most)

            yield from _pieces(one.name, read, limit)
        elif one.size > limit and one.problem is None:
            yield from _pieces_of_file(one, limit)
        else:
            yield one


def _pieces_of_file(one: Found, limit: int) -> Iterator[_Piece]:
    try:
        with _opened(one.path) as file:
            yield from _pieces(one.name, file.read, limit)
    except OSError as exc:
        yield _Piece(one.name, b"", None, unreadable(exc))


def _pieces(name: str, read: Callable[[int], bytes], limit: int) -> Iterator[_Piece]:
    """Name the messages of a stream: by number, when there are several."""
    cut = messages(read, limit)
    first_two = list(islice(cut, 2))
    if len(first_two) == 1:
        yield _piece(name, first_two[0], numbered=False)
        return
    for number, message in enumerate(chain(first_two, cut), 1):
        yield _piece(f"{name}[{number}]", message, numbered=True)


def _piece(name: str, message: Message, *, numbered: bool) -> _Piece:
    problem = Unreadable.TOO_LARGE if message.too_large else None if message.data else Unreadable.EMPTY
    return _Piece(name, message.data, message.line if numbered else None, problem)


def _tasks(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """Put items together so that a process has work for a while, and not much memory."""
    task: list[_Item] = []
    held = 0
    for item in items:
        task.append(item)
        held += len(item.data) if isinstance(item, _Piece) else 0
        if len(task) >= size or held >= _MOST_BYTES_IN_A_TASK:
            yield task
            task, held = [], 0
    if task:
        yield task


# --- examining ----------------------------------------------------------------------------------


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[Examination])
_MOST_IN_A_FRAME: Final = 32


def _examine_task(task: list[_Item], options: Options) -> Iterator[bytes]:
    """Examine one task in another process; its results in frames of bounded size."""
    frame: list[Examination] = []
    for item in task:
        for examination in _examine_item(item, options):
            frame.append(examination)
            if len(frame) >= _MOST_IN_A_FRAME:
                yield _ENCODER.encode(frame)
                frame = []
    yield _ENCODER.encode(frame)


def _examine_item(item: _Item, options: Options) -> Iterator[Examination]:
    try:
        if item.problem is not None:
            yield _unreadable(item.name, item.problem)
        elif isinstance(item, _Piece):
            yield _examine_piece(item, options)
        else:
            yield from _examine_file(item, options)
    except CarePlanError:
        raise
    except Exception as exc:
        problem = f"{item.name} could not be examined, because the tool failed: {whereabouts(exc)}"
        raise ExaminingFailed(problem) from exc


def _unreadable(name: str, problem: Unreadable) -> Examination:
    return Examination(examined=examine_unreadable(name, problem), traces=Traces())


def _examine_piece(piece: _Piece, options: Options) -> Examination:
    examination = examine(piece.data, piece.name, options)
    if piece.line is None:
        return examination
    examined = examination.examined
    facts = (*examined.facts, Fact(label=_FIRST_LINE, value=str(piece.line)))
    return Examination(examined=msgspec.structs.replace(examined, facts=facts), traces=examination.traces)


def _examine_file(one: Found, options: Options) -> Iterator[Examination]:
    limit = options.limits.size
    try:
        with _opened(one.path) as file:
            data = file.read(min(one.size, limit) + 1)
            while len(data) <= limit and (more := file.read(limit + 1 - len(data))):
                data += more
            if len(data) <= limit and is_one_document(data):
                yield examine(data, one.name, options)
                return
            pending = [data]
            del data  # it may be large, and is held by the one who cuts it
            for piece in _pieces(one.name, lambda most: pending.pop() if pending else file.read(most), limit):
                yield from _examine_item(piece, options)
    except OSError as exc:
        yield _unreadable(one.name, unreadable(exc))


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    """Open a regular file, and nothing else: a pipe would keep us waiting, a device may do anything."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise IsADirectoryError(errno.EISDIR, "no regular file")
        yield file
