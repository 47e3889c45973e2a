"""Cutting a long answer, and going on where it was cut. Pure, and nothing is remembered between calls.

A cut answer holds the newest records; its reference names the last one by when it was updated and by
a digest of its identity, and the next question with that reference gets what is older. A record that
is updated in between comes first in a new question, and in no continuation. What is kept while records
come one by one is what will be sent, so a source may have more than would fit in memory.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from typing import Final, NamedTuple

from msgspec.structs import replace

from riv_careplans.codec import ANSWER_LIMITS
from riv_careplans.exchange import HasMore, Query
from riv_careplans.identity import format_timestamp
from riv_careplans.model import Agreement, CarePlan

__all__ = ["Age", "Keeper", "Written", "age_of", "for_source", "is_readable"]

_OURS: Final = "riv1."
"""What our references begin with: all others are the source's own, and passed on to it."""

_REFERENCE: Final = re.compile(rf"{re.escape(_OURS)}([0-9]{{14}})\.([0-9a-f]{{16}})\.(.*)", re.DOTALL)
_DIGITS_OF_DIGEST: Final = 16

_MOST_BYTES: Final = ANSWER_LIMITS.size - 64 * 1024
"""What all records may take: nobody reads a larger answer, and what stands around them needs some."""

_MOST_ELEMENTS: Final = ANSWER_LIMITS.elements - 1000


class Age(NamedTuple):
    """What records are ordered by."""

    updated: str
    digest: str


class Written(NamedTuple):
    """A record that has been tried: as it would be sent, or why it is held back."""

    place: str
    """Where in the source's answer, such as `carePlan[2]`."""
    is_plan: bool
    codes: tuple[str, ...]
    """What it breaks; empty for one that can be sent."""
    content: str | CarePlan | Agreement = ""
    """As it is sent; of a long answer the record itself, to be written once more when its turn comes."""
    size: int = 0
    """Bytes."""
    elements: int = 0


def is_readable(reference: str | None) -> bool:
    """Say whether a reference can be followed: it is none of ours, or one that we could have given."""
    return reference is None or not reference.startswith(_OURS) or _REFERENCE.fullmatch(reference) is not None


def for_source(query: Query) -> Query:
    """Return the query as the source is asked: with its own reference, not with ours around it."""
    match = _REFERENCE.fullmatch(query.has_more_reference or "")
    return query if match is None else replace(query, has_more_reference=match[3] or None)


def age_of(record: CarePlan | Agreement) -> Age:
    """Return what a record is ordered by; whatever is wrong with it may be raised."""
    header = record.header
    identity = repr((header.source_system_id.key, header.record.id.key)).encode()
    digest = hashlib.sha256(identity).hexdigest()[:_DIGITS_OF_DIGEST]
    return Age(format_timestamp(header.record.updated_time), digest)


class Keeper:
    """Keeps the newest records that an answer can carry, while they come in any order."""

    def __init__(self, query: Query, most: int) -> None:
        self._query = query
        self._most = most
        match = _REFERENCE.fullmatch(query.has_more_reference or "")
        self._last = None if match is None else Age(match[1], match[2])
        # "a partial answer is allowed, but must be the newest contiguous part"
        # -- TKB clinicalprocess:logistics:logistics 3.0.13, SLA
        self._left_out: Age | None = None
        self._kept: list[tuple[Age, int, Written]] = []
        self._arrived = self._size = self._elements = 0

    def wants(self, age: Age) -> bool:
        """Say whether a record of this age has a place; older ones than those left out have none."""
        if self._last is not None and age >= self._last:
            return False
        if self._left_out is not None and age <= self._left_out:
            return False
        if len(self._kept) >= self._most and age < self._kept[0][0]:
            self._left_out = age
            return False
        return True

    def keep(self, age: Age, record: Written) -> None:
        """Keep a record that is wanted, and leave the oldest out when there is no more room."""
        self._arrived += 1
        heapq.heappush(self._kept, (age, self._arrived, record))
        self._size += record.size
        self._elements += record.elements
        while len(self._kept) > self._most or (len(self._kept) > 1 and not self._fits()):
            self._left_out, _, gone = heapq.heappop(self._kept)
            self._size -= gone.size
            self._elements -= gone.elements

    def _fits(self) -> bool:
        return self._size <= _MOST_BYTES and self._elements <= _MOST_ELEMENTS

    @property
    def size(self) -> int:
        """Bytes of what is kept."""
        return self._size

    @property
    def kept(self) -> list[Written]:
        """What is kept: in the source's order as long as nothing is left out, else the newest first."""
        if self._last is None and self._left_out is None:
            return [record for _, _, record in sorted(self._kept, key=lambda one: one[1])]
        return [record for _, _, record in sorted(self._kept, key=lambda one: one[0], reverse=True)]

    @property
    def more(self) -> HasMore | None:
        """How the answer is continued, when something is left out."""
        if self._left_out is None:
            return None
        oldest = min(self._kept)[0]
        of_source = for_source(self._query).has_more_reference or ""
        reference = f"{_OURS}{oldest.updated}.{oldest.digest}.{of_source}"
        return HasMore(logical_address=self._query.call.logical_address, reference=reference)
