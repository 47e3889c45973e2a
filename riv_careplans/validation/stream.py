"""Cut a stream of bytes into the messages that stand in it, one after another.

Trusts nothing: expat, without handlers, says where a root element ends; where a message is broken, the
next one is looked for by its declaration or by the name of its root. Holds one message at a time, and
never more of it than the limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NoReturn
from xml.parsers import expat

__all__ = ["Message", "is_one_document", "messages"]

_SMALLEST_PIECE: Final = 256 * 1024
_LARGEST_PIECE: Final = 2 * 1024 * 1024
_FIRST_FED: Final = 4096
_LOOKED_BACK: Final = 1000
_MOST_OPEN: Final = 100_000
"""Elements inside each other (as far as counting angle brackets tells) that expat is asked to remember."""

_MARK: Final = b"\xef\xbb\xbf"
_LONGEST_TOKEN: Final = 8 * 1024 * 1024
"""Bytes without the end of a tag that expat is asked to keep; no text may be as long."""
_ANY_BYTES: Final = "iso-8859-1"
"""An encoding in which all bytes are text, and the angle brackets what they are in nearly all others."""
_SEPARATORS: Final = b"\x00 \t\r\n"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_ROOT: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s+|<\?[^?]*+(?:\?(?!>)[^?]*+)*+\?>|<!--[^-]*+(?:-(?!->)[^-]*+)*+-->)*+"
    rb"<([^\s/>!?<\x00]{1,200})(?=[\s/>])"
)
_REPEATABLE: Final = frozenset({b"Envelope", b"GetCarePlans", b"GetCarePlansResponse"})
"""Roots that never stand inside themselves: after a broken message, such a one begins the next."""
_DECLARATION: Final = re.compile(rb"<\?xml\s[^<>]{0,200}\?>\s*+<[^/]")
_JUNK, _DECLARED, _INVALID = (
    expat.errors.codes[sentence]
    for sentence in (
        expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT,
        expat.errors.XML_ERROR_MISPLACED_XML_PI,
        expat.errors.XML_ERROR_INVALID_TOKEN,
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a stream."""

    data: bytes
    """Its bytes; none when it is too large."""

    line: int
    """The line of the stream, counted from 1, on which it begins."""

    too_large: bool = False
    """True when no end of it was found within the limit; nothing after it is read."""


def is_one_document(data: bytes) -> bool:
    """Say, at the cost of a search, that there is one document; False when that takes a closer look."""
    root = _ROOT.match(data)
    if root is None:
        return not data.startswith(b"<") and not data.lstrip().startswith(b"<")
    name = root[1]
    end = b"</" + name + b">"
    return data.count(end) == 1 and data.count(b"<" + name) == 1 and data.rstrip().endswith(end)


def messages(read: Callable[[int], bytes], limit: int) -> Iterator[Message]:
    """Cut what `read` gives, in pieces of at most so many bytes and empty at the end, into messages.

    They may be separated by line breaks, by NUL or by nothing. What is not XML, or is UTF-16, is not
    cut. A stream without any byte is one empty message. At most `limit` bytes and a piece are held.
    """
    return iter(_Cutter(read, limit))


class _Doctype(Exception):
    """A signal out of expat."""


def _refuse_doctype(*_: object) -> NoReturn:
    raise _Doctype


class _Cutter:
    def __init__(self, read: Callable[[int], bytes], limit: int) -> None:
        self._read = read
        self._limit = limit
        self._held = b""
        self._ended = False
        self._line = 1

    def __iter__(self) -> Iterator[Message]:
        self._fill()
        if not self._is_xml():
            yield self._rest()
            return
        while True:
            cuts = self._ends()
            if cuts is None:
                yield Message(data=b"", line=self._line, too_large=True)
                return
            start = 0
            for cut in cuts:
                data = self._held[start:cut]
                if data.strip(_SEPARATORS) or start == 0:
                    yield Message(data=data, line=self._line)
                self._line += data.count(b"\n")
                start = cut
            self._held = self._held[start:]
            if not self._skip_separators():
                return

    def _fill(self) -> bool:
        """Read a piece more; False at the end of the stream."""
        if not self._ended:
            piece = self._read(min(max(_SMALLEST_PIECE, len(self._held)), _LARGEST_PIECE))
            self._ended = not piece
            self._held += piece
        return not self._ended

    def _is_xml(self) -> bool:
        while len(self._held) < len(_MARK + b"<") and self._fill():
            pass
        start = self._held.removeprefix(_MARK).lstrip()
        return start.startswith(b"<") and not self._held.startswith(_UTF_16)

    def _rest(self) -> Message:
        pieces = [self._held]
        size = len(self._held)
        while size <= self._limit and not self._ended:
            pieces.append(self._read(_LARGEST_PIECE))
            size += len(pieces[-1])
            self._ended = not pieces[-1]
        if size > self._limit:
            return Message(data=b"", line=1, too_large=True)
        return Message(data=b"".join(pieces), line=1)

    def _skip_separators(self) -> bool:
        """Go to the next message; False when there is none."""
        skipped = 0
        while True:
            left = self._held.lstrip(_SEPARATORS)
            gone = len(self._held) - len(left)
            self._line += self._held.count(b"\n", 0, gone)
            skipped += gone
            self._held = left
            if left or skipped > self._limit:
                return bool(left)
            if not self._fill():
                return False

    # --- where a message ends -------------------------------------------------------------------

    def _ends(self, encoding: str | None = None) -> list[int] | None:
        """Say where the message at the start ends, and where others do that are known with it."""
        parser = expat.ParserCreate(encoding)
        parser.StartDoctypeDeclHandler = _refuse_doctype
        fed = opened = 0
        try:
            while opened <= _MOST_OPEN:
                if fed == len(self._held) and not self._fill():
                    parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature
                    return [fed] if fed <= self._limit else None
                if fed > self._limit or fed - self._held.rfind(b">", 0, fed) > _LONGEST_TOKEN:
                    return self._ends_of_broken(fed)
                end = min(max(2 * fed, _FIRST_FED), len(self._held))
                starts, ends, empty = (self._held.count(mark, fed, end) for mark in (b"<", b"</", b"/>"))
                opened += starts - 2 * ends - empty
                parser.Parse(memoryview(self._held)[fed:end])
                fed = end
        except (LookupError, ValueError):
            # The declaration names an encoding that Python or expat does not know: told when it is parsed.
            return self._ends(_ANY_BYTES)
        except (expat.ExpatError, _Doctype) as exc:
            place = max(parser.ErrorByteIndex, 0)
            if isinstance(exc, expat.ExpatError) and self._may_begin(place, exc.code):
                return [place] if place <= self._limit else None
            return self._ends_of_broken(place)
        return self._ends_of_broken(fed)

    def _may_begin(self, place: int, code: int) -> bool:
        """Say whether another message may begin where expat saw that this one is over."""
        # No more than is needed: the stream may be a conversation that goes on when somebody answers.
        needed = _LOOKED_BACK if code == _DECLARED else len(_MARK) + 2
        while len(self._held) < place + needed and self._fill():
            pass
        after = self._held[place : place + _LOOKED_BACK]
        if code == _INVALID or after.startswith(_MARK):
            return after.startswith((b"\x00", _MARK + b"<")) and _is_whole(self._held[:place])
        if code == _DECLARED:
            return _DECLARATION.match(after) is not None
        return code == _JUNK and re.match(rb"<[^\s/!>]", after) is not None

    def _ends_of_broken(self, place: int) -> list[int] | None:
        """Look for messages after one that is broken, all the way to where that was noticed."""
        root = _ROOT.match(self._held)
        name = root[1] if root and root[1].rpartition(b":")[2] in _REPEATABLE else None
        # Blanks are looked at backwards, and only before a root: there may be gigabytes of them.
        again = rb"(?<=[\x00\s])(?=<" + re.escape(name) + rb"[\s/>])|" if name else b""
        next_one = re.compile(again + rb"(?=" + _DECLARATION.pattern + rb")")
        looked = root.end() if root else 1
        cuts: list[int] = []
        while True:
            for match in next_one.finditer(self._held, looked):
                if not self._is_parted(match.end(), name):
                    continue
                cuts.append(match.end())
                if match.end() > place:
                    return cuts
            if len(self._held) - (cuts[-1] if cuts else 0) > self._limit:
                return cuts or None
            looked = max(looked, cuts[-1] if cuts else 0, len(self._held) - _LOOKED_BACK)
            if not self._fill():
                return [*cuts, len(self._held)]

    def _is_parted(self, place: int, name: bytes | None) -> bool:
        """Say whether a root of this name stands on a new line or after a NUL; a declaration need not."""
        if name is None or not self._held.startswith(b"<" + name, place):
            return True
        start = place
        while start and self._held[start - 1] in b" \t\r\f\v":
            start -= 1
        return start > 0 and self._held[start - 1] in b"\x00\n"


def _is_whole(data: bytes) -> bool:
    """Say whether a root element begins and ends here."""
    root = _ROOT.match(data)
    if root and data.rstrip().endswith(b"</" + root[1] + b">"):
        return True
    try:
        expat.ParserCreate().Parse(data, True)  # noqa: FBT003 - expat's own signature
    except (expat.ExpatError, LookupError, ValueError):
        return False
    return True
