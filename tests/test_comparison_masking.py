"""What a comparison tells of persons: nothing unless asked, and never the patient's id."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from riv_careplans.codec.shape import Kind, shape_of
from riv_careplans.codes import PartyKind
from riv_careplans.comparison import compare
from riv_careplans.identity import HSA_ID, PERSONNUMMER
from riv_careplans.model import CV, II, Agreement, CarePlan, ContractType, Extension, Party, Person
from tests.builders import ASTA, answer, attachment, care_plan, goal, participant
from tests.comparisons import answer_of, compared, lines, outputs, plan, told
from tests.strategies import RICH, agreements, care_plans

CANARY = "Kanariefågel"

TITLES_AND_CODES = {
    (name, field)
    for name, fields in {
        "Activity": "id title goal_ids need_ids",
        "AgreementBody": "title",
        "Attachment": "title language sha256",
        "BookingRef": "booking_id",
        "CV": "code code_system code_system_name code_system_version display_name original_text",
        "CarePlanBody": "title",
        "Circumstance": "id",
        "Decision": "id",
        "Goal": "id need_ids",
        "GoalTarget": "measure value unit",
        "II": "root extension",
        "Need": "id circumstance_ids",
        "Organization": "name",
        "Participant": "id",
        "Party": "participant_id",
        "RecordRef": "display",
        "Risk": "id",
        "RiskAction": "participant_id",
        "Team": "name",
    }.items()
    for field in fields.split()
}
"""The strings that are told without being asked for; everything else is personal data."""


def with_canaries(value: Any) -> Any:
    """The same value with a canary in every string that must be hidden."""
    if isinstance(value, tuple):
        return tuple(map(with_canaries, value))
    if not isinstance(value, ContractType):
        return value
    changes: dict[str, Any] = {"extensions": (Extension(f'<a xmlns="urn:example:x">{CANARY}</a>'),)}
    for field in shape_of(type(value)):
        part = getattr(value, field.name)
        is_named_party = (
            isinstance(value, Party)
            and field.name == "name"
            and value.kind in (PartyKind.ROLE, PartyKind.TEAM, PartyKind.CARE_UNIT, PartyKind.CARE_GIVER)
        )
        hidden = (type(value).__name__, field.name) not in TITLES_AND_CODES and not is_named_party
        if field.kind in (Kind.TEXT, Kind.URI) and part is not None and hidden:
            changes[field.name] = (CANARY,) if field.many else f"{CANARY} {part}"
        else:
            changes[field.name] = with_canaries(part)
    if isinstance(value, Person) and value.id is not None:
        changes["id"] = II(root=HSA_ID, extension=CANARY)
    return replace(value, **changes)


@settings(max_examples=20)
@given(care_plans(RICH) | agreements(RICH), st.sampled_from(("old", "new", "both")))
def test_free_text_names_numbers_and_unknown_elements_are_told_only_on_request(
    record: CarePlan | Agreement, side: str
) -> None:
    plain, secret = answer_of(record), answer_of(with_canaries(record))
    old = plain if side == "new" else secret
    new = answer() if side == "both" else (secret if side == "new" else plain)

    comparison = compare(old, new)

    assert CANARY not in outputs(comparison)


def test_free_text_and_names_are_told_on_request() -> None:
    old = plan(summary="Gå.", participants=(participant(),))
    new = plan(summary=CANARY, participants=(participant(person=Person(name=f"{CANARY} Ek")),))

    comparison = compared(old, new)

    assert "texten ändrad" in told(comparison)
    assert f'sammanfattning: "Gå." → "{CANARY}"' in told(comparison, show=True)
    assert f"{CANARY} Ek" in told(comparison, show=True)


@pytest.mark.parametrize("show", [False, True])
@pytest.mark.parametrize(
    "written",
    [ASTA, "19121212-1212", "121212-1212", "1212121212", "121212+1212", "197010632391", "19701063-2391"],
)
def test_no_person_id_is_ever_told(written: str, show: bool) -> None:  # noqa: FBT001 - a table
    old = plan(title=f"Plan för {written}", summary="a")
    new = plan(
        title=f"Vårdplan {written}.",
        summary=f"b {written}",
        goals=(goal(id=f"mal-{written}"),),
        joint_plan_id=II(root=PERSONNUMMER, extension=written),
        attachments=(attachment(title=written),),
        type=CV(original_text=f"({written})"),
    )

    assert written not in outputs(compared(old, new), show=show)


def test_that_the_patient_is_another_one_is_told_without_the_ids() -> None:
    one = care_plan()
    access = replace(one.header.access_control, patient_id=II(root=PERSONNUMMER, extension="197010632391"))
    other = replace(one, header=replace(one.header, access_control=access))

    comparison = compared(one, other)

    assert "patient: ändrad (nummer)" in lines(told(comparison, show=True))
    assert ASTA not in outputs(comparison, show=True)
    assert "197010632391" not in outputs(comparison, show=True)


def test_a_short_reservnummer_is_hidden_alone_and_spoils_no_word() -> None:
    access = replace(care_plan().header.access_control, patient_id=II(root="1.2.3", extension="ot"))
    old = plan(title="Rot och ot")
    old = replace(old, header=replace(old.header, access_control=access))

    text = told(compare(answer(old), answer()))

    assert "Rot och ****" in text
