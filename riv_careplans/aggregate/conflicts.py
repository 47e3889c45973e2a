"""Who is said to be responsible for what, and which of such claims cannot all be true.

Two claims conflict when they are about the same thing, in different records, at a common time, and by
parties that are not compatible (see `parties`). Finding them compares no pairs: a thousand records
that say the same thing cost a thousand times what one costs. Each claim is counted into the classes it
belongs to, and a claim has a conflict when more claims overlap it than compatible ones do.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from riv_careplans.aggregate.merged import RecordKey, Statement
from riv_careplans.aggregate.parties import PartyChain
from riv_careplans.aggregate.spans import Span

__all__ = ["Claim", "conflicting", "joined"]

_Class: TypeAlias = tuple[Hashable, ...]


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A record's word on who is responsible for something."""

    about: tuple[Hashable, ...]
    """What the thing is known by; claims that share any of these are about the same thing."""
    by: PartyChain
    """Who is responsible; never empty."""
    span: Span
    """When; never empty."""
    statement: Statement


def conflicting(claims: Sequence[Claim]) -> list[int]:
    """Give the positions of the claims, all about the same thing, that conflict with any of the others."""
    records, parties = {claim.statement.record for claim in claims}, {claim.by[0] for claim in claims}
    if min(len(records), len(parties)) < 2:  # noqa: PLR2004 - it takes two
        return []
    spans: dict[_Class, list[Span]] = defaultdict(list)
    for claim in claims:
        for scope in (None, claim.statement.record):
            for member in _classes(claim, scope):
                spans[member].append(claim.span)
    overlaps = _Overlaps(spans)
    return [
        position
        for position, claim in enumerate(claims)
        if _incompatible(claim, overlaps, None) > _incompatible(claim, overlaps, claim.statement.record)
    ]


def _classes(claim: Claim, scope: RecordKey | None) -> Iterator[_Class]:
    finest = claim.by[0]
    yield (scope,)
    yield scope, "finest", finest
    for key in claim.by:
        yield scope, "known as", key
        yield scope, "both", finest, key


def _incompatible(claim: Claim, overlaps: _Overlaps, scope: RecordKey | None) -> int:
    """Count the claims in a scope (a record, or all) that overlap this one and are not compatible with it.

    Compatible is whose finest key is among mine, or among whose keys my finest is; both may be true.
    """
    finest = claim.by[0]
    compatible = overlaps.count(claim.span, (scope, "known as", finest))
    for key in claim.by:
        compatible += overlaps.count(claim.span, (scope, "finest", key))
        compatible -= overlaps.count(claim.span, (scope, "both", key, finest))
    return overlaps.count(claim.span, (scope,)) - compatible


class _Overlaps:
    """How many spans of a class overlap a given one, in logarithmic time."""

    def __init__(self, spans: dict[_Class, list[Span]]) -> None:
        self._starts = {member: sorted(span.start for span in known) for member, known in spans.items()}
        self._ends = {member: sorted(span.end for span in known) for member, known in spans.items()}

    def count(self, span: Span, member: _Class) -> int:
        """Count those that have begun when the span ends, but for those that ended before it starts."""
        begun = bisect_right(self._starts.get(member, ()), span.end)
        return begun - bisect_left(self._ends.get(member, ()), span.start)


def joined(groups: Iterable[Sequence[int]]) -> list[list[int]]:
    """Join groups that have a member in common; members in order, groups by their first member."""
    leader: dict[int, int] = {}

    def find(member: int) -> int:
        # Every step halves the way for those who come after: long chains of groups stay cheap.
        while leader.setdefault(member, member) != member:
            leader[member] = member = leader[leader[member]]
        return member

    for group in groups:
        for member in group:
            leader[find(member)] = find(group[0])
    together: dict[int, list[int]] = defaultdict(list)
    for member in sorted(leader):
        together[find(member)].append(member)
    return list(together.values())
