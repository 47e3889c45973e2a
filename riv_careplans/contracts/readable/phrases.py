"""What the smaller parts of a record are in one line of plain Swedish.

Texts only. Leaves out what is not for the patient: internal notes, channels for professionals,
identities. The document is read by the patient, by representatives and by professionals, so nobody
is "du" but where the record itself says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import msgspec

from riv_careplans.codes import Audience, PartyKind
from riv_careplans.identity import PartialTime, swedish_time
from riv_careplans.model import (
    CV,
    AgreementBody,
    Attachment,
    BookingRef,
    CarePlanBody,
    Channel,
    Circumstance,
    Decision,
    GoalTarget,
    ImportantToPatient,
    Need,
    NextStep,
    Organization,
    Participant,
    Party,
    Person,
    Place,
    RelatedRecord,
    Responsibility,
)
from riv_careplans.swedish import words
from riv_careplans.swedish.dates import day_text, hours_text, part_text, period_text
from riv_careplans.swedish.timing import timing_text
from riv_careplans.swedish.words import Audience as Reader

__all__ = [
    "READER",
    "Names",
    "attachment",
    "beside",
    "booking",
    "channels",
    "circumstance",
    "coded",
    "decision",
    "important",
    "names_of",
    "need",
    "next_step",
    "organization",
    "participant_name",
    "person",
    "place",
    "related",
    "responsibility",
    "several",
    "target",
    "word",
]

READER = Reader.REPRESENTATIVE
"""Whose words are used: those in which the patient is somebody else."""

Item = TypeVar("Item")


def beside(text: str | None, *details: str | None) -> str:
    """Write a text with details in brackets: `Gå i trapphuset (mål i vardagen, patientens egna ord)`."""
    known = ", ".join(detail for detail in details if detail)
    if not text:
        return known
    return f"{text} ({known})" if known else text


def word(table: Mapping[Item, str], code: Item | None) -> str | None:
    """Say a code in words."""
    return None if code is None else table[code]


def several(values: Iterable[Item], write: Callable[[Item], str | None]) -> str:
    """Write several values in one line."""
    return "; ".join(text for value in values if (text := write(value)))


# --- people and organisations -------------------------------------------------------------------


def coded(value: CV | None) -> str | None:
    """Say a coded value."""
    if value is None:
        return None
    return beside(value.display_name, value.original_text) or value.code


def person(value: Person | None) -> str | None:
    """Name a person with the title."""
    return None if value is None else beside(value.name, coded(value.title))


def organization(value: Organization | None) -> str | None:
    """Name an organisation; its identity is better than nothing."""
    return None if value is None else value.name or value.id.extension


def channels(*holders: Organization | Participant | None) -> tuple[str, ...]:
    """Name the channels that are for the patient, each once. Privacy rule P7."""
    return tuple(
        dict.fromkeys(
            _channel(channel)
            for holder in holders
            if holder is not None
            for channel in holder.channels
            if channel.audience is not Audience.PROFESSIONAL
        )
    )


def _channel(value: Channel) -> str:
    hours = "; ".join(map(hours_text, value.hours))
    return beside(f"{words.CHANNEL_SYSTEM[value.system]}: {value.value}", value.label, hours)


def participant_name(value: Participant) -> str:
    """Name a participant as the others refer to it."""
    name = (value.person and value.person.name) or (value.team and value.team.name)
    return beside(name or coded(value.role), organization(value.organization))


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What the parts of a record are called where other parts refer to them by id."""

    texts: Mapping[str, str]

    def of(self, *ids: str | None) -> str:
        """Name the parts that there are."""
        return "; ".join(self.texts[one] for one in ids if one is not None and one in self.texts)

    def party(self, value: Party | None) -> str | None:
        """Name a party by its name, by the participant it is, or by its kind."""
        if value is None:
            return None
        known = self.of(value.participant_id)
        name = known if value.name and value.name in known else value.name or known
        kind = words.PARTY_KIND[value.kind]
        # The patient has a name like anybody: only the kind tells who it is.
        is_named_patient = bool(name) and value.kind is PartyKind.PATIENT
        return beside(name or kind, value.relation, kind if is_named_patient else None)

    def parties(self, values: Iterable[Party]) -> str:
        """Name several parties."""
        return several(values, self.party)


def names_of(body: CarePlanBody | AgreementBody) -> Names:
    """Gather what the parts of a record are called."""
    texts = {one.id: participant_name(one) for one in body.participants}
    pending = list(body.goals)
    while pending:
        goal = pending.pop()
        texts[goal.id] = goal.text
        pending += goal.sub_goals
    if isinstance(body, CarePlanBody):
        texts |= {one.id: one.text for one in body.needs}
        texts |= {one.id: one.text for one in body.circumstances}
    return Names(texts=texts)


# --- places, bookings and decisions -------------------------------------------------------------


def place(value: Place | None) -> str | None:
    """Say where."""
    return None if value is None else beside(words.PLACE_KIND[value.kind], value.text)


def booking(value: BookingRef | None) -> str | None:
    """Say that there is a booking, and its number."""
    return None if value is None else f"bokad, bokningsnummer {value.booking_id}"


def decision(value: Decision | None) -> str | None:
    """Say what is granted."""
    if value is None:
        return None
    number = f"beslut {value.id}" if value.id else "beslut"
    day = None if value.date is None else day_text(value.date)
    return beside(value.extent, number, day, period_text(value.period))


def _known_time(value: PartialTime | None) -> str | None:
    return None if value is None else part_text(value)


# --- rows of a list -----------------------------------------------------------------------------


def important(value: ImportantToPatient) -> str:
    """Say what matters, and who says so."""
    return beside(
        value.text,
        word(words.IMPORTANT_KIND, value.kind),
        word(words.EXPRESSED_BY[READER], value.expressed_by),
        None if value.date is None else day_text(value.date),
    )


def circumstance(value: Circumstance) -> str:
    """Say a starting point."""
    kind = words.CIRCUMSTANCE_KIND[value.kind]
    return beside(value.text, kind, several(value.codes, coded), _known_time(value.time))


def need(value: Need, names: Names) -> str:
    """Say a need, and what it comes from."""
    grounds = names.of(*value.circumstance_ids)
    return beside(
        value.text,
        coded(value.area),
        word(words.EXPRESSED_BY[READER], value.expressed_by),
        f"utgångspunkt: {grounds}" if grounds else None,
    )


def target(value: GoalTarget) -> str:
    """Say what to reach, and by when."""
    wanted = " ".join(filter(None, (value.value, value.unit)))
    due = None if value.due_date is None else f"senast {day_text(value.due_date)}"
    return beside(f"{value.measure}: {wanted}" if wanted else value.measure, due)


def responsibility(value: Responsibility, names: Names) -> str:
    """Say who does what."""
    return beside(f"{words.RESPONSIBILITY[READER][value.who]}: {value.text}", names.party(value.party))


def next_step(value: NextStep) -> str:
    """Say what happens next."""
    initiator = word(words.INITIATOR[READER], value.initiator)
    return beside(value.text, timing_text(value.timing), initiator, booking(value.booking))


def related(value: RelatedRecord) -> str:
    """Name another record."""
    return f"{words.RELATION[value.relation]}: {value.record.display or 'en annan post'}"


def attachment(value: Attachment) -> str:
    """Name a document, and say where it is."""
    size = value.size if value.value is None else len(value.value)
    if value.value is not None:
        where = "följer med"
    elif value.reference is not None:
        where = f"finns på {value.reference}"
    else:
        where = "följer inte med"
    return beside(
        value.title or "Dokument",
        words.MEDIA_TYPE[value.media_type],
        None if size is None else words.bytes_text(size),
        None if value.created is None else day_text(swedish_time(value.created).date()),
        where,
    )
