"""Where records, joint plans and physicians were seen first, in a few dozen bytes each.

Numbers in columns instead of objects: a run of a hundred thousand documents must not need more memory
than one of a hundred. Decides nothing.
"""

from __future__ import annotations

import re
from array import array
from typing import Final, NamedTuple

__all__ = ["NOTHING", "Index", "Place", "Places", "number_of"]

NOTHING: Final = 0
"""Stands for what a record does not say."""

_NUMBERED: Final = re.compile(r"(.*)\[([1-9][0-9]{0,8})\]", re.DOTALL)


def number_of(trace: bytes | None) -> int:
    """Make a number of sixty-four bits of a trace; `NOTHING` of none."""
    return int.from_bytes(trace[:8], "little") or 1 if trace is not None else NOTHING


class Place(NamedTuple):
    """Somewhere in one of the documents."""

    file: str
    path: str
    line: int | None

    def __str__(self) -> str:
        """Name it in a sentence."""
        return f"{self.file}, {self.path}" if self.path else self.file


class Places:
    """Places by number, counted from 0."""

    def __init__(self) -> None:
        self._files: list[str] = []
        self._paths = _Texts()
        self._columns = tuple(array("I") for _ in range(4))

    def __len__(self) -> int:
        """How many there are."""
        return len(self._columns[0])

    def add(self, file: str, path: str, line: int | None) -> int:
        """Remember a place; return its number."""
        # The messages of a stream are called NAME[1], NAME[2] ...: one name and a number.
        numbered = _NUMBERED.fullmatch(file)
        name, ordinal = (numbered[1], int(numbered[2])) if numbered else (file, 0)
        if not self._files or self._files[-1] != name:
            self._files.append(name)
        row = (len(self._files) - 1, ordinal, self._paths.number(path), line or 0)
        for column, value in zip(self._columns, row, strict=True):
            column.append(value)
        return len(self) - 1

    def __getitem__(self, number: int) -> Place:
        """Return a place."""
        file, ordinal, path, line = (column[number] for column in self._columns)
        name = self._files[file] + (f"[{ordinal}]" if ordinal else "")
        return Place(name, self._paths.texts[path], line or None)

    def is_same_document(self, one: int, other: int) -> bool:
        """Say whether two places are in the same document."""
        files, ordinals = self._columns[:2]
        return files[one] == files[other] and ordinals[one] == ordinals[other]


class _Texts:
    """Texts that recur, each kept once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        number = self._numbers.setdefault(text, len(self.texts))
        if number == len(self.texts):
            self.texts.append(text)
        return number


class Index:
    """Numbers of sixty-four bits and where each stands: a dictionary of twelve bytes an entry."""

    def __init__(self, most: int) -> None:
        self._size = 1 << (2 * most).bit_length()
        self._slots = array("I")
        self._keys = array("Q")

    def __len__(self) -> int:
        """How many there are."""
        return len(self._keys)

    def place(self, key: int) -> tuple[int, bool]:
        """Return where a key stands, counted from 0, and whether it is new."""
        if not self._slots:
            self._slots = array("I", bytes(4 * self._size))
        slot = key % self._size
        while (held := self._slots[slot]) and self._keys[held - 1] != key:
            slot = (slot + 1) % self._size
        if held:
            return held - 1, False
        self._keys.append(key)
        self._slots[slot] = len(self._keys)
        return len(self._keys) - 1, True
