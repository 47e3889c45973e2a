"""Cutting a long answer, and going on where it was cut. Pure, and nothing is remembered between calls.

A cut answer holds the newest records; its reference names the last one by when it was updated and by
a digest of its identity, and the next question with that reference gets what is older. A record that
is updated in between comes first in a new question, and in no continuation.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, NamedTuple

from msgspec.structs import replace

from riv_careplans.codec import ANSWER_LIMITS
from riv_careplans.exchange import HasMore, Query
from riv_careplans.identity import format_timestamp
from riv_careplans.model import Agreement, CarePlan

__all__ = ["Found", "Weight", "cut", "cut_to_weight", "for_source", "is_readable"]

_OURS: Final = "riv1."
"""What our references begin with: all others are the source's own, and passed on to it."""

_REFERENCE: Final = re.compile(rf"{re.escape(_OURS)}([0-9]{{14}})\.([0-9a-f]{{16}})\.(.*)", re.DOTALL)
_DIGITS_OF_DIGEST: Final = 16


class Found(NamedTuple):
    """A record, and where it stood in the source's answer."""

    place: str
    record: CarePlan | Agreement


class Weight(NamedTuple):
    """What a record takes of an answer."""

    size: int
    """Bytes."""
    elements: int


_MOST: Final = Weight(ANSWER_LIMITS.size - 64 * 1024, ANSWER_LIMITS.elements - 1000)
"""What all records may take: nobody reads a larger answer, and what stands around them needs some."""


class _Age(NamedTuple):
    """What records are ordered by."""

    updated: str
    digest: str


def is_readable(reference: str | None) -> bool:
    """Say whether a reference can be followed: it is none of ours, or one that we could have given."""
    return reference is None or not reference.startswith(_OURS) or _REFERENCE.fullmatch(reference) is not None


def for_source(query: Query) -> Query:
    """Return the query as the source is asked: with its own reference, not with ours around it."""
    match = _REFERENCE.fullmatch(query.has_more_reference or "")
    return query if match is None else replace(query, has_more_reference=match[3] or None)


def cut(found: list[Found], query: Query, most: int) -> tuple[list[Found], HasMore | None]:
    """Keep the newest records, after those that the query's reference says have been given.

    The records keep the source's order as long as nothing is cut.
    """
    match = _REFERENCE.fullmatch(query.has_more_reference or "")
    if match is None and len(found) <= most:
        return found, None
    # "a partial answer is allowed, but must be the newest contiguous part"
    # -- TKB clinicalprocess:logistics:logistics 3.0.13, SLA
    ages = [_age_or_none(one) for one in found]
    odd = [one for age, one in zip(ages, found, strict=True) if age is None]
    aged = [(age, one) for age, one in zip(ages, found, strict=True) if age is not None]
    aged.sort(key=lambda pair: pair[0], reverse=True)
    if match is not None:
        last = _Age(match[1], match[2])
        aged = [pair for pair in aged if pair[0] < last]
    kept = [one for _, one in aged[:most]]
    # What has no age cannot be sent; it goes along to where it is held back, and counted.
    return kept + odd, _more(aged[most - 1][0], query) if len(aged) > most else None


def cut_to_weight(weighed: list[tuple[Found, Weight]], query: Query) -> tuple[list[Found], HasMore | None]:
    """Keep the newest records that an answer can carry, in the source's order when that is all.

    The records have been written, so each has an age.
    """
    whole = Weight(sum(weight.size for _, weight in weighed), sum(weight.elements for _, weight in weighed))
    if _fits(whole):
        return [one for one, _ in weighed], None
    weighed = sorted(weighed, key=lambda pair: _age(pair[0]), reverse=True)
    kept: list[Found] = []
    size = elements = 0
    for one, weight in weighed:
        size, elements = size + weight.size, elements + weight.elements
        if kept and not _fits(Weight(size, elements)):
            break
        kept.append(one)
    return kept, _more(_age(kept[-1]), query)


def _fits(weight: Weight) -> bool:
    return weight.size <= _MOST.size and weight.elements <= _MOST.elements


def _more(last: _Age, query: Query) -> HasMore:
    of_source = for_source(query).has_more_reference or ""
    reference = f"{_OURS}{last.updated}.{last.digest}.{of_source}"
    return HasMore(logical_address=query.call.logical_address, reference=reference)


def _age(found: Found) -> _Age:
    header = found.record.header
    identity = repr((header.source_system_id.key, header.record.id.key)).encode()
    digest = hashlib.sha256(identity).hexdigest()[:_DIGITS_OF_DIGEST]
    return _Age(format_timestamp(header.record.updated_time), digest)


def _age_or_none(found: Found) -> _Age | None:
    try:
        return _age(found)
    except Exception:  # noqa: BLE001 - a source's record may hold anything
        return None
