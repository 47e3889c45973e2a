"""The small types of the contract: identities, codes, times, people and organisations.

The rules of naming that the whole model follows are in the package's docstring.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, ClassVar, NewType

import msgspec

from riv_careplans.codes import CORE_4, Audience, ChannelSystem, DayPart, Month, PartyKind, TimeUnit, WeekDay
from riv_careplans.identity import HSA_ID, LOCAL_ID, PERSONNUMMER, PartialTime, identity_key

__all__ = [
    "CV",
    "II",
    "ApproximateTime",
    "BookingRef",
    "Channel",
    "ContractType",
    "DatePeriod",
    "Extension",
    "HoursOfService",
    "Organization",
    "PartialPeriod",
    "Participant",
    "Party",
    "Person",
    "Recurrence",
    "Sha256",
    "Team",
    "TimePeriod",
    "Timing",
    "Uri",
    "xml_name",
]

Uri = NewType("Uri", str)
"""An xs:anyURI. Never fetched because a document says so."""

Sha256 = NewType("Sha256", str)
"""A SHA-256 checksum as 64 lower-case hexadecimal digits."""

Extension = NewType("Extension", str)
"""An element the contract does not know, as canonical XML; kept, and written back where it stood."""

WeekDays = Annotated[tuple[WeekDay, ...], msgspec.Meta(max_length=7)]

_SINGULAR = {
    "actions": "action",
    "activities": "activity",
    "agreements": "agreement",
    "attachments": "attachment",
    "bookings": "booking",
    "care_giver_ids": "care_giver_id",
    "care_plans": "care_plan",
    "care_unit_ids": "care_unit_id",
    "channels": "channel",
    "circumstance_ids": "circumstance_id",
    "circumstances": "circumstance",
    "codes": "code",
    "day_parts": "day_part",
    "follow_ups": "follow_up",
    "goal_ids": "goal_id",
    "goals": "goal",
    "informants": "informant",
    "months": "month",
    "need_ids": "need_id",
    "needs": "need",
    "next_steps": "next_step",
    "outcomes": "outcome",
    "participants": "participant",
    "parties": "party",
    "performers": "performer",
    "plan_statuses": "plan_status",
    "plan_types": "plan_type",
    "record_ids": "record_id",
    "related_records": "related_record",
    "responsibilities": "responsibility",
    "responsible_parties": "responsible",
    "risks": "risk",
    "sub_goals": "sub_goal",
    "targets": "target",
    "times_of_day": "time_of_day",
    "triggers": "trigger",
    "week_days": "week_day",
}


def xml_name(field: str) -> str:
    """Return the XML name of a field: singular, camelCase."""
    first, *rest = _SINGULAR.get(field, field).split("_")
    return first + "".join(word.capitalize() for word in rest)


class ContractType(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, rename=xml_name):
    """The base of every type of the contract: it can be extended, so it keeps what it does not know."""

    namespace: ClassVar[str] = CORE_4
    """The namespace of the schema that declares the type, and so of its child elements."""

    exactly_one_of: ClassVar[tuple[str, ...]] = ()
    """Fields of which one must be there, and no other with it."""

    extensions: tuple[Extension, ...] = ()
    """Elements of other namespaces at the end of the type, in their order."""


# --- identities, codes and times ---------------------------------------------------------------


class II(ContractType, frozen=True, kw_only=True):
    """An identity: the OID of its kind, and its value."""

    root: str
    extension: str | None = None

    @classmethod
    def hsa_id(cls, value: str) -> II:
        """Make the identity of an HSA-id, such as a care unit's or a source system's."""
        return cls(root=HSA_ID, extension=value)

    @classmethod
    def personnummer(cls, value: str) -> II:
        """Make the identity of a person: twelve digits."""
        return cls(root=PERSONNUMMER, extension=value)

    @classmethod
    def local(cls, value: str) -> II:
        """Make an identity that has no OID of its own; the value must begin with the system's HSA-id."""
        return cls(root=LOCAL_ID, extension=value)

    @property
    def key(self) -> tuple[str, str]:
        """What two identities are compared by; see `identity_key`."""
        return identity_key(self.root, self.extension)


class CV(ContractType, frozen=True, kw_only=True):
    """A coded value; either a code of a code system, or `original_text` alone (CP-004)."""

    code: str | None = None
    code_system: str | None = None
    code_system_name: str | None = None
    code_system_version: str | None = None
    display_name: str | None = None
    original_text: str | None = None

    @property
    def text(self) -> str | None:
        """What a person reads: the display name, else the original text, else the bare code."""
        return self.display_name or self.original_text or self.code


class DatePeriod(ContractType, frozen=True, kw_only=True):
    """A period of whole days, both included; without end it goes on."""

    start: dt.date
    end: dt.date | None = None

    def contains(self, day: dt.date) -> bool:
        """Say whether a day lies in the period."""
        return self.start <= day and (self.end is None or day <= self.end)


class TimePeriod(ContractType, frozen=True, kw_only=True):
    """A period of the day."""

    start: dt.time | None = None
    end: dt.time | None = None


class HoursOfService(ContractType, frozen=True, kw_only=True):
    """When a channel is open; shaped as in GetCareManagers 1.0."""

    date_period: DatePeriod | None = None
    week_days: WeekDays = ()
    months: tuple[Month, ...] = ()
    time: TimePeriod | None = None


class PartialPeriod(ContractType, frozen=True, kw_only=True):
    """A period whose ends may be known only to the month or the year."""

    start: PartialTime
    end: PartialTime | None = None


class ApproximateTime(ContractType, frozen=True, kw_only=True):
    """A time in words, such as "i början av april", with a time to sort by."""

    text: str
    sort_time: PartialTime | None = None


class Recurrence(ContractType, frozen=True, kw_only=True):
    """Something that comes back: `frequency` (to `frequency_max`) times in every `every` units."""

    text: str
    frequency: int
    frequency_max: int | None = None
    every: int
    unit: TimeUnit
    week_days: WeekDays = ()
    times_of_day: tuple[dt.time, ...] = ()
    day_parts: tuple[DayPart, ...] = ()
    duration_minutes: int | None = None
    bounds: DatePeriod | None = None
    count: int | None = None


class Timing(ContractType, frozen=True, kw_only=True):
    """When something is planned: exactly one of the four."""

    exactly_one_of: ClassVar[tuple[str, ...]] = ("at", "period", "approximate", "recurrence")

    at: PartialTime | None = None
    period: PartialPeriod | None = None
    approximate: ApproximateTime | None = None
    recurrence: Recurrence | None = None


class BookingRef(ContractType, frozen=True, kw_only=True):
    """A booked time: the facility that holds the booking, and its id there."""

    healthcare_facility_id: II
    booking_id: str


# --- people and organisations -------------------------------------------------------------------


class Channel(ContractType, frozen=True, kw_only=True):
    """A way to reach someone, and for whom it is meant."""

    system: ChannelSystem
    value: str
    label: str | None = None
    audience: Audience
    hours: tuple[HoursOfService, ...] = ()


class Person(ContractType, frozen=True, kw_only=True):
    """A professional or another person."""

    id: II | None = None
    name: str | None = None
    title: CV | None = None


class Team(ContractType, frozen=True, kw_only=True):
    """A team that is reached as one."""

    id: II | None = None
    name: str | None = None


class Organization(ContractType, frozen=True, kw_only=True):
    """A care giver or care unit: HSA-id or organisationsnummer."""

    id: II
    name: str | None = None
    channels: tuple[Channel, ...] = ()


class Party(ContractType, frozen=True, kw_only=True):
    """Who performs or is responsible, the patient and relatives too."""

    kind: PartyKind
    participant_id: str | None = None
    id: II | None = None
    name: str | None = None
    relation: str | None = None


class Participant(ContractType, frozen=True, kw_only=True):
    """A participant or contact: a person, a team, or a person reached through a team."""

    id: str
    role: CV
    person: Person | None = None
    team: Team | None = None
    organization: Organization | None = None
    period: DatePeriod | None = None
    helps_with: str | None = None
    contact_when: str | None = None
    response_time: str | None = None
    channels: tuple[Channel, ...] = ()
    note: str | None = None
    internal_note: str | None = None
