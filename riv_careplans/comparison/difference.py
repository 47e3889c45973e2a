"""The difference between two answers as a tree of values: records, their parts, and the fields of these.

Knows no words and hides nothing; both are for those who tell it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from riv_careplans.exchange import Answer

__all__ = ["Change", "Comparison", "Difference"]


class Change(StrEnum):
    """What has happened to a thing from the old answer to the new one."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"

    @property
    def mirrored(self) -> Change:
        """What has happened when one looks the other way."""
        opposite = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED}
        return opposite.get(self, self)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not the same: a record, a part of it, or a single field."""

    owner: type[msgspec.Struct]
    """The class that has the field."""

    field: str
    """The field's name in the model, such as `goals`; of a repeated one, the difference is of one of them."""

    old: Any = None
    """The whole old value; None when there was none."""

    new: Any = None
    """The whole new value; None when there is none."""

    parts: tuple[Difference, ...] = ()
    """What differs inside, when both are there and can be compared part by part."""

    @property
    def change(self) -> Change:
        """Say what has happened."""
        if self.old is None:
            return Change.ADDED
        return Change.REMOVED if self.new is None else Change.CHANGED

    def mirrored(self) -> Difference:
        """Give the same difference, seen from the new answer."""
        parts = tuple(part.mirrored() for part in self.parts)
        return msgspec.structs.replace(self, old=self.new, new=self.old, parts=parts)


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs between two answers."""

    old: Answer
    new: Answer

    records: tuple[Difference, ...] = ()
    """By source system and record id; a record's `parts` are its body's differences, then its header's."""

    same: int = 0
    """Records that are in both and do not differ."""

    dropped: int = 0
    """Older copies of records that the same answer has in a newer version; they were not compared."""

    @property
    def equal(self) -> bool:
        """True when the two say the same about the same records."""
        return not self.records

    def count(self, change: Change) -> int:
        """Count the records that something has happened to."""
        return sum(record.change is change for record in self.records)

    def mirrored(self) -> Comparison:
        """Give the comparison of the new answer with the old one."""
        records = tuple(record.mirrored() for record in self.records)
        return msgspec.structs.replace(self, old=self.new, new=self.old, records=records)
