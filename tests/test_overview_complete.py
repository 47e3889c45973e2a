"""Nothing that a record says is lost: every text of a plan and of an agreement is in the JSON document."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Any

import pytest
from msgspec import inspect
from msgspec.structs import replace

from riv_careplans.codes import (
    ActivityStatus,
    AgreementStatus,
    PartyKind,
    PlanStatus,
)
from riv_careplans.codes import Audience as ChannelAudience
from riv_careplans.identity import PartialTime
from riv_careplans.model import II, Activity, AgreementBody, CarePlanBody, NextStep
from riv_careplans.overview import as_json, as_text
from tests.builders import activity, goal, hsa, risk
from tests.merging import agreed, at, booking, moment, plan
from tests.overviews import overview_of

NOT_TOLD = frozenset(
    {
        # Notes among the staff: privacy rule P3.
        "internal_note",
        # Codes say to machines what the text beside them says to people.
        "codes",
        "code",
        "code_system",
        "code_system_name",
        "code_system_version",
        # Written where the code has no name: contract description, CP-004.
        "original_text",
        # What a record refers to bears its own title, and only where it may be shown: privacy rule P5.
        "related_records",
        # A booking ties times together; its number helps no reader.
        "booking",
        "bookings",
        # The document itself is saved on request, and its language is seen in it.
        "sha256",
        "language",
        # An extension's meaning is known to those who made it alone.
        "extensions",
    }
)
"""Fields that are not in the document, and why."""
KEYS = {
    "participant_id": None,
    "goal_ids": ("goal",),
    "need_ids": (),
    "circumstance_ids": (),
    "joint_plan_id": None,
    "sub_goals": (),
}
"""Fields that say nothing but which other element is meant."""
TIMES = ("at", "period", "approximate", "recurrence")


class Words:
    """Fills values: every text is a word that stands nowhere else."""

    def __init__(self, time: str | None, status: ActivityStatus) -> None:
        """Make activities of one status, timed in one way."""
        self.absent = {*TIMES, *(("timing", "planned") if time is None else ())} - {time}
        self.status = status
        self.paths: dict[str, str] = {}

    def fill(self, cls: type[Any], path: str) -> Any:
        """Make a value with something in every field."""
        if cls in _GIVEN:
            return _GIVEN[cls]
        fields = {
            name: KEYS[name] if name in KEYS else self.value(kind, f"{path}/{name}", name)
            for name, kind, required in _fields(cls)
            # A code that must be there is one of the contract's own.
            if required or name not in self.absent | NOT_TOLD
        }
        return cls(**(fields | {"status": self.status} if cls is Activity else fields))

    def value(self, kind: inspect.Type, path: str, name: str) -> Any:
        """Make a value of a type; of several the first."""
        match kind:
            case inspect.UnionType(types=types):
                return self.value(types[0], path, name)
            case inspect.VarTupleType(item_type=item):
                return (self.value(item, path, name),)
            case inspect.StructType(cls=cls):
                return self.fill(cls, path)
            case inspect.EnumType(cls=cls):
                return _first(cls)
            case inspect.StrType():
                return name if name == "id" else _BEFORE.get(name, "") + self.word(path)
            case _:
                return _PLAIN[type(kind)]

    def word(self, path: str) -> str:
        """Make a word that stands nowhere else."""
        word = f"ORD{len(self.paths):03}X"
        self.paths[word] = path
        return word


def _first(cls: type[Enum]) -> Enum:
    return _CHOSEN.get(cls, next(iter(cls)))


def _fields(cls: type[Any]) -> tuple[tuple[str, inspect.Type, bool], ...]:
    described = inspect.type_info(cls)
    assert isinstance(described, inspect.StructType)
    return tuple((field.name, field.type, field.required) for field in described.fields)


_GIVEN: dict[object, Any] = {II: hsa("SE0000000000-0001"), PartialTime: PartialTime("20260301")}
_CHOSEN: dict[object, Enum] = {PartyKind: PartyKind.PROFESSIONAL, ChannelAudience: ChannelAudience.CITIZEN}
_BEFORE = {"reference": "https://"}
_PLAIN: dict[type[inspect.Type], object] = {
    inspect.IntType: 1,
    inspect.BoolType: True,
    inspect.DateType: dt.date(2026, 3, 1),
    inspect.DateTimeType: moment(1),
    inspect.TimeType: dt.time(8),
    inspect.BytesType: b"1",
}


def lost(words: Words, document: str) -> list[str]:
    return [path for word, path in words.paths.items() if word.casefold() not in document.casefold()]


@pytest.mark.parametrize("time", [*TIMES, None])
@pytest.mark.parametrize("status", ActivityStatus)
@pytest.mark.parametrize("state", [PlanStatus.ACTIVE, PlanStatus.COMPLETED, PlanStatus.CANCELLED])
def test_every_text_of_a_plan_is_in_the_document(
    time: str | None, status: ActivityStatus, state: PlanStatus
) -> None:
    words = Words(time, status)
    body = words.fill(CarePlanBody, "plan")

    shown = overview_of(replace(plan(), body=replace(body, status=state)))

    assert lost(words, as_json(shown).decode()) == []


@pytest.mark.parametrize("time", [*TIMES, None])
@pytest.mark.parametrize("state", AgreementStatus)
def test_every_text_of_an_agreement_is_in_the_document(time: str | None, state: AgreementStatus) -> None:
    words = Words(time, ActivityStatus.PLANNED)
    body = words.fill(AgreementBody, "agreement")

    shown = overview_of(replace(agreed(), body=replace(body, status=state)))

    assert lost(words, as_json(shown).decode()) == []


@pytest.mark.parametrize("time", [*TIMES, None])
@pytest.mark.parametrize("status", ActivityStatus)
@pytest.mark.parametrize("state", [PlanStatus.ACTIVE, PlanStatus.COMPLETED, PlanStatus.CANCELLED])
def test_what_is_said_of_activities_goals_and_risks_is_printed(
    time: str | None, status: ActivityStatus, state: PlanStatus
) -> None:
    words = Words(time, status)
    body = words.fill(CarePlanBody, "plan")

    page = as_text(overview_of(replace(plan(), body=replace(body, status=state))))

    # How often is printed in the overview's own words; nobody is to call a contact that is over.
    unprinted = [path for path in lost(words, page) if "/recurrence/" not in path]
    assert [path for path in unprinted if "/participants/" not in path] == []


# --- what is over -------------------------------------------------------------------------------


def test_a_plan_that_is_over_keeps_its_goals_and_risks_apart_from_those_that_count() -> None:
    shown = overview_of(plan(status=PlanStatus.COMPLETED, goals=(goal(text="Gå ut"),), risks=(risk(),)))

    earlier = shown.plans[0].parts[0].earlier
    assert (shown.goals, shown.risks) == ((), ())
    assert earlier is not None
    assert [one.text for one in earlier.goals] == ["Gå ut"]
    assert len(earlier.risks) == 1
    assert "Tidigare mål:" in as_text(shown)


def test_a_booked_time_of_a_cancelled_plan_says_that_the_plan_is_cancelled() -> None:
    booked = activity(status=ActivityStatus.BOOKED, timing=at("20260301"), bookings=(booking(),))

    shown = overview_of(plan(status=PlanStatus.CANCELLED, activities=(booked,)))

    assert [one.over for one in shown.coming] == ["planen är avbruten"]
    assert "(bokad, planen är avbruten)" in " ".join(as_text(shown).split())


def test_the_step_of_an_agreement_that_has_ended_is_no_next_step() -> None:
    step = NextStep(text="Ring oss", timing=at("20260301"), booking=booking())

    shown = overview_of(agreed(status=AgreementStatus.ENDED, next_steps=(step,)))

    assert shown.next_time is None
    assert shown.next_steps == ()
    assert "Nästa steg" not in as_text(shown)


def test_without_any_source_asked_the_page_does_not_say_that_all_have_answered() -> None:
    page = as_text(overview_of(outcomes=()))

    assert "Inga källor har tillfrågats." in page
    assert "svarade" not in page
