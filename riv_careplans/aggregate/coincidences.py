"""The same thing in several records: joined where an id says so, marked where it only looks so.

Contract description, section 5, rules 3 and 4. Nothing is compared in pairs: each thing is put under
the keys it can be found by, so cost grows with the number of things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain

from riv_careplans.aggregate.collation import same_words
from riv_careplans.aggregate.elements import (
    Booking,
    Timed,
    bookings_of,
    mention,
    participants_of,
    timed_elements_of,
    timing_of,
)
from riv_careplans.aggregate.merged import (
    AnyRecord,
    Appointment,
    Mention,
    PossiblySame,
    PossiblySameKind,
    RecordKey,
    named_in,
)
from riv_careplans.aggregate.parties import who
from riv_careplans.codes import ActivityStatus, PartyKind
from riv_careplans.identity import PartialTime
from riv_careplans.model import CV, Activity, BookingRef, NextStep, Participant, Party, Timing

__all__ = ["appointments", "possibly_same"]


def appointments(records: Iterable[AnyRecord]) -> tuple[Appointment, ...]:
    """Gather everything that refers to the same booking: same id at the same facility.

    By facility and booking id; the records must come in their order of key.
    """
    mentions: dict[Booking, list[Mention]] = defaultdict(list)
    references: dict[Booking, BookingRef] = {}
    for record in records:
        for path, element in timed_elements_of(record):
            for key, booking in bookings_of(element).items():
                mentions[key].append(mention(record, path, element))
                references.setdefault(key, booking)
    return tuple(
        Appointment(booking=references[key], mentions=tuple(mentions[key])) for key in sorted(mentions)
    )


def possibly_same(records: Iterable[AnyRecord]) -> tuple[PossiblySame, ...]:
    """Mark contacts and times that look the same but share no id.

    The records must come in their order of key.
    """
    records = tuple(records)
    return tuple(chain(_same_contacts(records), _same_times(records)))


# --- contacts -----------------------------------------------------------------------------------


def _same_contacts(records: tuple[AnyRecord, ...]) -> Iterator[PossiblySame]:
    """Mark same name and same role, where not everyone has an id.

    Two who both have an id are known to be one or two: the id says which.
    """
    found: dict[tuple[str, ...], list[Mention]] = defaultdict(list)
    unnumbered = set()
    for record in records:
        for number, participant in enumerate(record.body.participants, 1):
            known = next((one for one in named_in(participant) if same_words(one.name or "")), None)
            if known is None:
                continue
            key = (same_words(known.name or ""), *_role_key(participant.role))
            found[key].append(mention(record, f"body/participant[{number}]", participant))
            if known.id is None:
                unnumbered.add(key)
    for key in sorted(found):
        if key in unnumbered and _in_several_records(found[key]):
            yield PossiblySame(kind=PossiblySameKind.CONTACT, mentions=tuple(found[key]))


def _role_key(role: CV) -> tuple[str, ...]:
    if role.code is not None:
        return role.code_system or "", role.code
    return (same_words(role.original_text or ""),)


# --- times --------------------------------------------------------------------------------------


def _same_times(records: tuple[AnyRecord, ...]) -> Iterator[PossiblySame]:
    """Mark same unit and same start, to the second, where not everything has a booking that could tell."""
    found: dict[tuple[datetime, tuple[str, str]], list[tuple[Mention, Timed]]] = defaultdict(list)
    for record in records:
        participants = participants_of(record)
        for path, element in timed_elements_of(record):
            start = _start(timing_of(element))
            if start is not None and not _is_cancelled(element):
                for unit in _units(record, element, participants):
                    found[start, unit].append((mention(record, path, element), element))
    # The same two may be found under several units.
    marked: set[tuple[tuple[RecordKey, str], ...]] = set()
    for key in sorted(found):
        mentions = tuple(mentioned for mentioned, _ in found[key])
        places = tuple((mentioned.record, mentioned.path) for mentioned in mentions)
        told_apart = _are_told_apart([element for _, element in found[key]])
        if _in_several_records(mentions) and not told_apart and places not in marked:
            marked.add(places)
            yield PossiblySame(kind=PossiblySameKind.TIME, mentions=mentions)


def _is_cancelled(element: Timed) -> bool:
    return isinstance(element, Activity) and element.status is ActivityStatus.CANCELLED


def _start(timing: Timing | None) -> datetime | None:
    """Give the clock time something starts at; a mere day would make all of its visits look the same."""
    if timing is None:
        return None
    start: PartialTime | None = timing.at if timing.period is None else timing.period.start
    return start.start if start is not None and start.precision == "second" else None


def _units(
    record: AnyRecord, element: Timed, participants: Mapping[str, Participant]
) -> tuple[tuple[str, str], ...]:
    """Give the units where it takes place as the element tells: booked at, or done by.

    Where it does not tell, it is the record's own unit.
    """
    told = dict.fromkeys(facility for facility, _ in bookings_of(element))
    for party in _parties(element):
        told |= dict.fromkeys(_units_of_party(party, participants))
    access = record.header.access_control
    own = access.accountable_care_unit or access.accountable_care_giver
    return tuple(told) or (own.id.key,)


def _units_of_party(party: Party, participants: Mapping[str, Participant]) -> Iterator[tuple[str, str]]:
    participant = who(party, participants).participant
    if party.id is not None and party.kind is PartyKind.CARE_UNIT:
        yield party.id.key
    elif participant is not None and participant.organization is not None:
        yield participant.organization.id.key


def _parties(element: Timed) -> Iterator[Party]:
    if isinstance(element, Activity):
        yield from element.performers
    if not isinstance(element, NextStep) and element.responsible is not None:
        yield element.responsible


def _are_told_apart(elements: Sequence[Timed]) -> bool:
    """Say whether the bookings settle it: one that all share, or ids of one facility for all.

    Two bookings at one facility are known to be one or two: their ids say which.
    """
    bookings = [set(bookings_of(element)) for element in elements]
    facilities = {facility for known in bookings for facility, _ in known}
    return bool(set.intersection(*bookings)) or (all(bookings) and len(facilities) == 1)


def _in_several_records(mentions: Iterable[Mention]) -> bool:
    return len({mention.record for mention in mentions}) > 1
