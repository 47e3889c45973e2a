"""Generated plans to measure on: about 9 kB of XML and 270 elements each, all valid, no two alike."""

from __future__ import annotations

import datetime as dt

import riv_careplans as riv
from riv_careplans import codec
from riv_careplans.codes import CARE_PLAN_TYPE_SYSTEM, CORE_4, FIXED_CONTACT_SYSTEM, RESPONDER_3

__all__ = ["answer_document", "care_plan"]

_REGION = riv.Organization(id=riv.II.hsa_id("SE2329999995-REGION"), name="Region Exempel")
_UNIT = riv.Organization(id=riv.II.hsa_id("SE2329999995-HC1"), name="Hälsocentralen Sol och Måne, Rymdstaden")
_CHANGED = dt.datetime(2026, 1, 19, 8, 30)  # noqa: DTZ001 - RIV-TA's times have no zone


def care_plan(number: int) -> riv.CarePlan:
    """Make one plan; its number is in its id and its texts."""
    header = riv.Header.of(
        patient_id=riv.II.personnummer("191212121212"),
        source_system_id=riv.II.hsa_id("SE2329999995-BENCH"),
        record_id=riv.II.local(f"SE2329999995-BENCH:{number}"),
        care_giver=_REGION,
        care_unit=_UNIT,
        legal_basis=riv.LegalBasis.HSL,
        updated=_CHANGED,
        version=3,
        approved_for_patient=True,
        sharing=riv.Sharing.SHARED,
    )
    body = riv.CarePlanBody(
        type=riv.CV(code="SIP", code_system=CARE_PLAN_TYPE_SYSTEM, display_name="Samordnad individuell plan"),
        scope=riv.Scope.COMPREHENSIVE,
        title=f"Samordnad individuell plan nummer {number}",
        summary="Vi stöttar dig hemma efter operationen så att du kan gå ut igen, en liten bit i taget.",
        status=riv.PlanStatus.ACTIVE,
        period=riv.DatePeriod(start=dt.date(2026, 1, 19)),
        participants=tuple(_participant(position) for position in range(3)),
        needs=(riv.Need(id="b1", text="Stöd att röra sig tryggt inomhus och utomhus"),),
        goals=tuple(_goal(position) for position in range(3)),
        activities=tuple(_activity(position, number) for position in range(5)),
    )
    return riv.CarePlan(header=header, body=body)


def _participant(position: int) -> riv.Participant:
    return riv.Participant(
        id=f"p{position}",
        role=riv.CV(code="1", code_system=FIXED_CONTACT_SYSTEM, display_name="fast vårdkontakt"),
        person=riv.Person(id=riv.II.hsa_id(f"SE2329999995-P{position}"), name="Hampus Vällivara"),
        organization=_UNIT,
        period=riv.DatePeriod(start=dt.date(2025, 12, 6)),
        helps_with="Samordnar din vård och svarar på dina frågor om planen",
        channels=(
            riv.Channel(system=riv.ChannelSystem.PHONE, value="070-174 06 05", audience=riv.Audience.CITIZEN),
        ),
    )


def _goal(position: int) -> riv.Goal:
    return riv.Goal(
        id=f"m{position}",
        text="Gå på promenad med Ines igen, till torget och tillbaka",
        category=riv.GoalCategory.EVERYDAY_LIFE,
        expressed_by=riv.ExpressedBy.PATIENT,
        status=riv.GoalStatus.ACTIVE,
        targets=(
            riv.GoalTarget(
                measure="tid utomhus med ledsagare", value="10", unit="min", due_date=dt.date(2026, 3, 1)
            ),
        ),
        need_ids=("b1",),
        sub_goals=(
            riv.Goal(id=f"d{position}", text="Gå i trapphuset varje dag", status=riv.GoalStatus.ACTIVE),
        ),
    )


def _activity(position: int, number: int) -> riv.Activity:
    return riv.Activity(
        id=f"a{position}",
        kind=riv.ActivityKind.HOME_NURSING,
        codes=(riv.CV(original_text="Såromläggning"),),
        title=f"Distriktssköterskan lägger om såret, besök {position + 1}",
        text="Vi kommer hem till dig, lägger om såret och ser hur det läker. Har du feber, ring oss.",
        status=riv.ActivityStatus.PLANNED,
        timing=riv.Timing(at=riv.PartialTime(digits=f"202601{27 - number % 7:02}")),
        place=riv.Place(kind=riv.PlaceKind.HOME),
        performers=(
            riv.Party(kind=riv.PartyKind.PROFESSIONAL, participant_id="p1", name="Hampus Vällivara"),
        ),
        responsible=riv.Party(kind=riv.PartyKind.CARE_UNIT, id=_UNIT.id, name=_UNIT.name),
        goal_ids=("m1",),
        need_ids=("b1",),
    )


def answer_document(plans: list[riv.CarePlan]) -> bytes:
    """Write an answer with the plans, without an envelope."""
    pieces = [f"<r:GetCarePlansResponse{codec.declarations(RESPONDER_3, CORE_4)}>"]
    pieces += [codec.element(RESPONDER_3, "carePlan", plan) for plan in plans]
    pieces.append("<r:result><c:resultCode>OK</c:resultCode>")
    pieces.append("<c:logId>00000000-0000-4000-8000-000000000000</c:logId></r:result>")
    pieces.append("</r:GetCarePlansResponse>")
    return "".join(pieces).encode()
