"""The overview as values: what may be shown, what is missing, and that order does not matter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from riv_careplans.aggregate.merged import AnyRecord
from riv_careplans.codes import (
    AgreementStatus,
    ChannelSystem,
    PlanStatus,
    Relation,
    ResultCode,
)
from riv_careplans.codes import (
    Audience as ChannelAudience,
)
from riv_careplans.exchange import Answer, HasMore, Outcome, OutcomeKind
from riv_careplans.model import (
    II,
    Channel,
    Extension,
    Person,
    RecordRef,
    RelatedRecord,
)
from riv_careplans.overview import (
    Audience,
    Overview,
    as_json,
    as_text,
    build_overview,
    overview_schema,
    visible_to,
)
from riv_careplans.overview.view import PlansKnown
from tests.asta import ASTA_SYSTEMS, asta_answer
from tests.builders import ASTA, ASTA_ID, SOURCE_SYSTEM, answer, attachment, hsa, participant, record_id
from tests.merging import TODAY, agreed, moment, plan
from tests.overviews import SINCE, overview_of, seen
from tests.strategies import answers

CANARY = "KANARIEFÅGEL"


def outcome(kind: OutcomeKind = OutcomeKind.ANSWERED, **changes: Any) -> Outcome:
    return replace(Outcome(logical_address=SOURCE_SYSTEM, name="Hälsocentralen", kind=kind), **changes)


# --- who may see what ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("approved", "audience", "expected"),
    [
        ((True, None), Audience.PATIENT, True),
        ((True, None), Audience.REPRESENTATIVE, True),
        ((True, False), Audience.PATIENT, True),
        ((True, False), Audience.REPRESENTATIVE, False),
        ((False, None), Audience.PATIENT, False),
        ((False, None), Audience.REPRESENTATIVE, False),
        ((False, True), Audience.PATIENT, False),
        ((False, True), Audience.REPRESENTATIVE, True),
    ],
    ids=str,
)
def test_a_record_is_visible_as_its_approval_says(
    approved: tuple[bool, bool | None], audience: Audience, *, expected: bool
) -> None:
    head = dict(zip(("approved_for_patient", "approved_for_representative"), approved, strict=True))

    assert visible_to(plan(head=head), audience) is expected
    assert visible_to(agreed(head=head), audience) is expected


@pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.ENTERED_IN_ERROR])
@pytest.mark.parametrize("audience", Audience)
def test_drafts_and_plans_entered_in_error_are_shown_to_nobody(
    status: PlanStatus, audience: Audience
) -> None:
    shown = overview_of(plan(status=status), audience=audience)

    assert shown.plans == ()
    assert shown.provenance == ()


@pytest.mark.parametrize("audience", Audience)
def test_what_may_not_be_shown_looks_as_if_it_did_not_exist(audience: Audience) -> None:
    approved = plan(1, participants=(participant(),))
    hidden = plan(
        2,
        head={"approved_for_patient": False},
        # Everything that could leave a trace: the same contact, the same joint plan, a replaced record.
        participants=(participant(note=CANARY),),
        related_records=(_refers_to(1, Relation.SEE_ALSO),),
        attachments=(attachment(title=CANARY),),
    )
    without = seen(answer(approved, outcomes=(outcome(records=1),)), audience)

    with_hidden = seen(answer(approved, hidden, outcomes=(outcome(records=2),)), audience)

    assert as_json(with_hidden) == as_json(without)


def test_a_source_whose_records_may_not_be_shown_looks_as_one_that_has_none() -> None:
    hidden = plan(head={"approved_for_patient": False})

    with_hidden = overview_of(hidden, outcomes=(outcome(OutcomeKind.ANSWERED, records=1),))

    assert with_hidden == overview_of(outcomes=(outcome(OutcomeKind.EMPTY),))
    assert with_hidden.plans_known is PlansKnown.NONE


def test_an_old_copy_is_not_shown_when_the_newer_version_may_not_be() -> None:
    old = plan(head={"version": 1})
    withdrawn = plan(head={"version": 2, "approved_for_patient": False})

    assert overview_of(old, withdrawn).plans == ()


def test_a_replaced_record_is_history_beside_the_one_that_replaces_it() -> None:
    old, new = (
        plan(1, title="Gammal"),
        plan(2, title="Ny", related_records=(_refers_to(1, Relation.REPLACES),)),
    )

    shown = overview_of(old, new)

    assert [(one.title, one.current) for one in shown.plans] == [("Ny", True), ("Gammal", False)]
    assert [one.replaced for one in shown.provenance] == [True, False]


def test_a_record_that_is_replaced_by_one_that_is_not_shown_is_not_shown_either() -> None:
    hidden = plan(
        3, head={"approved_for_patient": False}, related_records=(_refers_to(2, Relation.REPLACES),)
    )
    newer = plan(2, related_records=(_refers_to(1, Relation.REPLACES),))

    shown = overview_of(plan(1), newer, hidden)

    assert shown.plans == ()


def test_a_reference_to_a_record_that_is_not_shown_is_not_shown_either() -> None:
    hidden = plan(2, title=CANARY, head={"approved_for_patient": False})
    referring = plan(1, related_records=(_refers_to(2, Relation.SEE_ALSO), _refers_to(3, Relation.BASED_ON)))

    shown = overview_of(referring, hidden, plan(3, title="Grundplan"))

    assert [part.related for one in shown.plans for part in one.parts if part.related] == [
        ("Bygger på: Grundplan [1]",)
    ]
    assert CANARY not in as_json(shown).decode()


def _refers_to(number: int, relation: Relation) -> RelatedRecord:
    return RelatedRecord(
        relation=relation,
        record=RecordRef(source_system_id=hsa(SOURCE_SYSTEM), record_id=record_id(number), display=CANARY),
    )


def test_internal_notes_professional_channels_and_unknown_elements_stay_behind() -> None:
    channels = (
        Channel(system=ChannelSystem.PHONE, value="070-174 06 05", audience=ChannelAudience.CITIZEN),
        Channel(system=ChannelSystem.SMS, value="070-174 06 06", audience=ChannelAudience.BOTH),
        Channel(system=ChannelSystem.PHONE, value=CANARY, audience=ChannelAudience.PROFESSIONAL),
    )
    strange = Extension(f'<x xmlns="urn:x">{CANARY}</x>')
    contact = participant(channels=channels, internal_note=CANARY, extensions=(strange,))

    shown = overview_of(plan(participants=(contact,), extensions=(strange,)))

    assert [channel.value for channel in shown.contacts[0].channels] == ["070-174 06 05", "070-174 06 06"]
    assert CANARY not in as_json(shown).decode()


@pytest.mark.parametrize("audience", Audience)
def test_the_canary_of_the_scenario_never_reaches_asta_or_maria(audience: Audience) -> None:
    shown = seen(asta_answer(), audience)

    for emitted in (as_json(shown).decode(), as_text(shown)):
        assert CANARY.casefold() not in emitted.casefold()
        assert "070-174 06 31" not in emitted
        assert ASTA not in emitted


def test_a_source_that_answers_about_somebody_else_is_set_aside_as_a_whole() -> None:
    right, wrong = (
        plan(1),
        plan(2, title=CANARY, head={"patient_id": replace(ASTA_ID, extension="197010632391")}),
    )
    elsewhere = plan(3, title="En annan källas plan", head={"source_system_id": hsa("SE0000000026-S9")})

    shown = overview_of(right, wrong, elsewhere, outcomes=(outcome(records=2),))

    assert [one.title for one in shown.plans] == ["En annan källas plan"]
    assert [state.outcome for state in shown.missing_sources] == [OutcomeKind.WRONG_PATIENT]
    assert CANARY not in as_json(shown).decode()


def test_a_source_that_nobody_told_of_but_answers_about_somebody_else_is_named_missing() -> None:
    shown = overview_of(plan(head={"patient_id": replace(ASTA_ID, extension="197010632391")}))

    assert [state.sentence for state in shown.missing_sources] == [
        f"{SOURCE_SYSTEM} saknas: svarade om en annan person, så hela svaret är lagt åt sidan."
    ]


# --- what is missing ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (OutcomeKind.ANSWERED, "Hälsocentralen svarade."),
        (OutcomeKind.EMPTY, "Hälsocentralen svarade."),
        (OutcomeKind.REPORTED_ERROR, "Hälsocentralen saknas: svarade att något gick fel."),
        (OutcomeKind.UNREACHABLE, "Hälsocentralen saknas: gick inte att nå."),
        (OutcomeKind.TIMED_OUT, "Hälsocentralen saknas: svarade inte i tid."),
        (OutcomeKind.INVALID_ANSWER, "Hälsocentralen saknas: svarade något som inte gick att läsa."),
        (
            OutcomeKind.WRONG_PATIENT,
            "Hälsocentralen saknas: svarade om en annan person, så hela svaret är lagt åt sidan.",
        ),
        (OutcomeKind.BLOCKED, "Hälsocentralen saknas: uppgifterna är spärrade."),
    ],
)
def test_every_outcome_has_its_sentence(kind: OutcomeKind, sentence: str) -> None:
    assert overview_of(outcomes=(outcome(kind),)).sources[0].sentence == sentence


@pytest.mark.parametrize("kind", OutcomeKind)
def test_no_plans_is_said_only_when_every_source_delivered(kind: OutcomeKind) -> None:
    other = outcome(OutcomeKind.EMPTY, logical_address="SE0000000026-S1")

    shown = overview_of(outcomes=(other, outcome(kind)))

    assert shown.plans_known is (PlansKnown.NONE if kind.delivered else PlansKnown.UNKNOWN)
    assert ("Inga planer" in as_text(shown)) is kind.delivered
    assert bool(shown.missing_sources) is not kind.delivered


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"outcomes": (outcome(held_back=1),)}, id="records held back"),
        pytest.param({"outcomes": (outcome(has_more=True),)}, id="a cut answer"),
        pytest.param({"held_back": 1}, id="records held back by a source that asks nobody"),
        pytest.param(
            {"has_more": (HasMore(logical_address=SOURCE_SYSTEM, reference="2"),)},
            id="a cut answer of its own",
        ),
        pytest.param(
            {
                "outcomes": (outcome(),),
                "has_more": (HasMore(logical_address=SOURCE_SYSTEM.lower(), reference="2"),),
            },
            id="a cut answer that its outcome does not tell of",
        ),
        pytest.param({"result": replace(answer().result, code=ResultCode.ERROR)}, id="an error of its own"),
    ],
)
def test_what_is_not_whole_is_named_first_and_none_is_not_said(changes: dict[str, Any]) -> None:
    shown = overview_of(**changes)

    assert len(shown.missing_sources) == 1
    assert shown.plans_known is PlansKnown.UNKNOWN
    assert as_text(shown).startswith(shown.missing_sources[0].sentence)


def test_a_source_that_answers_for_itself_alone_may_say_that_there_is_nothing() -> None:
    assert overview_of().plans_known is PlansKnown.NONE


def test_sources_count_what_is_shown() -> None:
    shown = overview_of(plan(1), agreed(2), outcomes=(outcome(records=7, held_back=2),))

    assert shown.sources[0].records == 2
    assert shown.sources[0].sentence == "Hälsocentralen är inte fullständig: 2 uppgifter gick inte att läsa."


# --- the same whatever order --------------------------------------------------------------------


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_the_same_records_give_the_same_bytes_in_any_order(shuffler: Any) -> None:
    whole = asta_answer(without=("P5",))
    plans, agreements, outcomes = (
        list(part) for part in (whole.care_plans, whole.agreements, whole.outcomes)
    )
    for part in (plans, agreements, outcomes):
        shuffler.shuffle(part)

    shuffled = replace(whole, care_plans=tuple(plans), agreements=tuple(agreements), outcomes=tuple(outcomes))

    assert as_json(seen(shuffled)) == as_json(seen(whole))
    assert as_text(seen(shuffled)) == as_text(seen(whole))


@settings(max_examples=40)
@given(answers(), st.sampled_from(Audience))
def test_any_valid_answer_has_an_overview_that_is_read_back_as_it_was_written(
    any_answer: Answer, audience: Audience
) -> None:
    records: list[AnyRecord] = [*any_answer.care_plans, *any_answer.agreements]
    patient = next((one.header.access_control.patient_id for one in records), ASTA_ID)

    shown = build_overview(any_answer, patient_id=patient, today=TODAY, audience=audience, since=SINCE)
    written = as_json(shown)

    assert msgspec.json.decode(written, type=Overview) == shown
    assert as_text(shown)
    cited = {int(number) for number in re.findall(r'"provenance": (\d+)', written.decode())}
    assert cited <= {one.number for one in shown.provenance}


# --- provenance ---------------------------------------------------------------------------------


def test_provenance_tells_where_a_record_comes_from_and_who_may_see_it() -> None:
    head = {"approved_for_representative": False}

    shown = overview_of(plan(head=head), outcomes=(outcome(),))

    record = shown.provenance[0]
    assert (record.number, record.source_system, record.care_giver, record.care_unit) == (
        1,
        "Hälsocentralen",
        "Regionen",
        "Hälsocentralen Sol och Måne",
    )
    assert (record.for_patient, record.for_representative, record.origin) == (True, False, "automatic")
    assert record.updated == moment(16)


def test_an_organisation_without_name_is_called_what_another_record_calls_it() -> None:
    nameless = replace(plan().header.access_control.accountable_care_giver, name=None)

    shown = overview_of(plan(1, head={"accountable_care_giver": nameless}), plan(2))

    assert {one.care_giver for one in shown.provenance} == {"Regionen"}


def test_an_activity_of_another_law_than_its_record_is_cited_with_it() -> None:
    shown = seen(asta_answer(updated=("P3",)))

    helps = [one for one in shown.weekly_help if one.title == "Hämta DOS-påsar"]
    laws = {citation.legal_basis.value for one in helps for citation in one.citations}
    own = {record.number: record.legal_basis.value for record in shown.provenance}

    assert laws == {"HSL"}
    assert {own[citation.provenance] for one in helps for citation in one.citations} == {"HSL", "SoL"}


# --- the document -------------------------------------------------------------------------------


def test_the_published_schema_describes_every_type_and_field(golden: Callable[[str, str], None]) -> None:
    schema = overview_schema()
    types = {name: one for name, one in schema["$defs"].items() if one.get("type") == "object"}

    undescribed = [
        f"{name}.{field}"
        for name, one in types.items()
        for field, described in one["properties"].items()
        if not described.get("description")
    ]

    assert undescribed == []
    assert [name for name, one in types.items() if not one.get("description")] == []
    golden("overview-schema.json", msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n")


def test_every_key_is_always_there() -> None:
    types = [one for one in overview_schema()["$defs"].values() if one.get("type") == "object"]

    assert [one["title"] for one in types if set(one["required"]) != set(one["properties"])] == []


def test_astas_overview_as_json_is_the_published_one(golden: Callable[[str, str], None]) -> None:
    golden("overview-asta.json", as_json(seen(asta_answer())).decode() + "\n")


def test_the_patient_is_masked() -> None:
    assert overview_of().patient == "19121212-****"


# --- the scenario's variants --------------------------------------------------------------------


@pytest.mark.parametrize("missing", [one["id"] for one in ASTA_SYSTEMS])
@pytest.mark.parametrize("audience", Audience)
def test_a_missing_source_is_named_whichever_it_is(missing: str, audience: Audience) -> None:
    shown = seen(asta_answer(without=(missing,)), audience)

    name = next(one["name"] for one in ASTA_SYSTEMS if one["id"] == missing)
    assert [state.name for state in shown.missing_sources] == [name]
    assert as_text(shown).startswith(f"{name} saknas: ")


def test_a_thousand_plans_are_all_there() -> None:
    plans = [plan(number, title=f"Plan {number}") for number in range(1000)]

    shown = overview_of(*plans)

    assert len(shown.plans) == 1000
    # One contact, named a thousand times by the same id.
    assert [len(contact.citations) for contact in shown.contacts] == [1000]


def test_a_thousand_that_look_alike_are_one_mark() -> None:
    nameless = participant(person=Person(name="Hampus Vällivara"))
    plans = [plan(number, participants=(nameless,)) for number in range(1000)]

    shown = overview_of(*plans)

    assert len(shown.contacts) == 1000
    assert [len(one.items) for one in shown.possibly_same] == [1000]
    assert shown.possibly_same[0].sentence == (
        "Kan vara samma person: Hampus Vällivara, Fast vårdkontakt (1000 rader)."
    )


def test_an_agreement_that_has_ended_comes_last() -> None:
    ended = agreed(1, title="A", status=AgreementStatus.ENDED)

    shown = overview_of(ended, agreed(2, title="B"))

    assert [(one.title, one.current) for one in shown.agreements] == [("B", True), ("A", False)]


def test_a_record_id_without_extension_is_written_by_its_root() -> None:
    shown = overview_of(plan(head={"id": II(root="2.25.77")}))

    assert shown.provenance[0].record_id == "2.25.77"
