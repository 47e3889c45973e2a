"""What an engagement index refuses although the schema accepts it.

Pure, and for both sides: the index asks before it stores, whoever reports asks before sending. Every
sentence names an element and repeats no value. Sources: TKB itintegration:engagementindex 1.0.9 and the
national index's own checks (error EI004).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from datetime import datetime
from typing import Final

from riv_careplans.contracts.engagement_index import Engagement, Search, Transaction

__all__ = ["duplicates", "notification_problems", "search_problems", "update_problems"]

_PATIENT: Final = re.compile("[0-9]{8}[0-9A-Zptf]{4}")
_TEXTS: Final = {
    "service_domain": ("serviceDomain", 255),
    "categorization": ("categorization", 255),
    "logical_address": ("logicalAddress", 64),
    "business_object_id": ("businessObjectInstanceIdentifier", 128),
    "clinical_process_id": ("clinicalProcessInterestId", 128),
    "source_system": ("sourceSystem", 64),
    "data_controller": ("dataController", 64),
    "owner": ("owner", 64),
}
"""Fields with their elements, and the most characters the national index stores of each."""

_TIMES: Final = {
    "most_recent_content": "mostRecentContent",
    "creation_time": "creationTime",
    "update_time": "updateTime",
}
_YEARS: Final = range(1900, 2100)


def update_problems(transaction: Transaction) -> Iterator[str]:
    """Say what Update may not carry, one sentence for each thing."""
    engagement = transaction.engagement
    # "creationTime/updateTime set by EI; must not be sent in Update, nor owner" -- TKB, pR6 and pR7
    for name, element in (("owner", "owner"), *_TIMES.items()):
        if name != "most_recent_content" and getattr(engagement, name) is not None:
            yield f"{element} is set by the index and must not be sent"
    # A general check of test suites wants no mostRecentContent in a deletion, and the TKB of care plans
    # wants it there ("also deletes"): both are accepted, because a refused deletion leaves a post behind.
    yield from _problems(engagement)


def notification_problems(transaction: Transaction) -> Iterator[str]:
    """Say what ProcessNotification may not carry, one sentence for each thing."""
    if transaction.engagement.owner is None:
        yield "owner is missing; a notification says whose index first got the post"
    yield from _problems(transaction.engagement)


def search_problems(search: Search) -> Iterator[str]:
    """Say what FindContent cannot ask for; the schema has seen to the times."""
    yield from _text_problems(search)


def duplicates(keys: Sequence[Hashable]) -> tuple[int, int] | None:
    """Return the positions, counted from 1, of the first two posts with the same key."""
    seen: dict[Hashable, int] = {}
    for position, key in enumerate(keys, 1):
        first = seen.setdefault(key, position)
        if first != position:
            return first, position
    return None


def _problems(engagement: Engagement) -> Iterator[str]:
    yield from _text_problems(engagement)
    for name, element in _TIMES.items():
        moment = getattr(engagement, name)
        if isinstance(moment, datetime) and moment.year not in _YEARS:
            yield f"{element} must be in a year from {_YEARS[0]} to {_YEARS[-1]}"


def _text_problems(value: Engagement | Search) -> Iterator[str]:
    if not _PATIENT.fullmatch(value.patient_id):
        yield "registeredResidentIdentification must be twelve characters without separator"
    for name, (element, most) in _TEXTS.items():
        text = getattr(value, name)
        if text is None:
            continue
        if not text.strip():
            yield f"{element} is empty"
        elif text != text.strip():
            yield f"{element} has blanks around it"
        elif len(text) > most:
            yield f"{element} has more than {most} characters"
