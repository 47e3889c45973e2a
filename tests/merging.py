"""Records to merge, each with an identity of its own, and the merge of them on the scenario's day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from msgspec.structs import replace

from riv_careplans.aggregate.merge import merge
from riv_careplans.aggregate.merged import Merged
from riv_careplans.codes import PartyKind, Relation
from riv_careplans.identity import PartialTime
from riv_careplans.model import (
    II,
    Agreement,
    BookingRef,
    CarePlan,
    FollowUp,
    Party,
    RecordRef,
    RelatedRecord,
    Timing,
)
from tests.builders import (
    CARE_UNIT,
    SOURCE_SYSTEM,
    agreement,
    care_plan,
    header,
    hsa,
    organization,
    record_id,
)

__all__ = [
    "HEALTH_CENTRE",
    "HOME_CARE",
    "HOME_NURSING",
    "SIP",
    "TODAY",
    "agreed",
    "at",
    "booking",
    "follow_up",
    "merged",
    "moment",
    "part",
    "plan",
    "professional",
    "replaces",
]

TODAY = dt.date(2026, 1, 20)
SIP = II(root="2.25.1")
HOME_CARE = organization("SE0000000026-E3", "Hemtjänstområde 4, Rymdstaden")
HOME_NURSING = organization("SE0000000026-E4", "Hemsjukvården, Rymdstaden")
HEALTH_CENTRE = organization(CARE_UNIT, "Hälsocentralen Sol och Måne, Rymdstaden")


def plan(number: int = 1, *, head: dict[str, Any] | None = None, **body: Any) -> CarePlan:
    """Build a plan with an identity of its own; `head` changes the header, the rest the body."""
    return care_plan(header=header(**{"id": record_id(number)} | (head or {})), **body)


def agreed(number: int = 1, *, head: dict[str, Any] | None = None, **body: Any) -> Agreement:
    return agreement(header=header(**{"id": record_id(number)} | (head or {})), **body)


def merged(*records: CarePlan | Agreement, today: dt.date = TODAY) -> Merged:
    plans = [record for record in records if isinstance(record, CarePlan)]
    return merge(plans, [record for record in records if isinstance(record, Agreement)], today=today)


def at(digits: str) -> Timing:
    return Timing(at=PartialTime(digits))


def moment(day: int, hour: int = 8) -> dt.datetime:
    return dt.datetime(2026, 1, day, hour, 0)  # noqa: DTZ001 - Swedish local time, as in the contract


def replaces(*numbers: int, source_system: str = SOURCE_SYSTEM) -> tuple[RelatedRecord, ...]:
    return tuple(
        RelatedRecord(
            relation=Relation.REPLACES,
            record=RecordRef(source_system_id=hsa(source_system), record_id=record_id(number)),
        )
        for number in numbers
    )


def part(number: int, unit: Any = HEALTH_CENTRE, **body: Any) -> CarePlan:
    """Build a part of the joint plan, updated on the day of January that its number says."""
    head = {"accountable_care_unit": unit, "updated_time": moment(number)}
    return plan(number, head=head, **{"title": "SIP", "joint_plan_id": SIP} | body)


def professional(name: str, number: str | None = None) -> Party:
    return Party(kind=PartyKind.PROFESSIONAL, name=name, id=None if number is None else hsa(number))


def follow_up(digits: str, **changes: Any) -> FollowUp:
    return replace(FollowUp(planned=at(digits)), **changes)


def booking(number: str = "b1", facility: II | None = None) -> BookingRef:
    return BookingRef(healthcare_facility_id=facility or hsa(CARE_UNIT), booking_id=number)
