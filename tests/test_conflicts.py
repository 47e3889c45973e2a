"""Who is responsible: different parties for the same thing at the same time contradict each other."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riv_careplans.aggregate.conflicts import Claim, conflicting, joined
from riv_careplans.aggregate.elements import statement
from riv_careplans.aggregate.merged import (
    Contradiction,
    ContradictionKind,
    Merged,
    Responsible,
)
from riv_careplans.aggregate.parties import PartyChain, who
from riv_careplans.aggregate.spans import Span
from riv_careplans.codes import (
    ActivityKind,
    ActivityStatus,
    Initiator,
    LegalBasis,
    PartyKind,
    PlanStatus,
)
from riv_careplans.identity import PartialTime
from riv_careplans.model import (
    CV,
    Activity,
    CarePlan,
    DatePeriod,
    Decision,
    PartialPeriod,
    Party,
    Person,
    Responsibility,
    Team,
    Timing,
)
from tests.builders import (
    MUNICIPALITY,
    activity,
    organization,
    participant,
    recurring,
)
from tests.merging import (
    HOME_CARE,
    HOME_NURSING,
    TODAY,
    agreed,
    at,
    merged,
    moment,
    plan,
    professional,
)

ASTA = Party(kind=PartyKind.PATIENT)
FARZANE = professional("Farzane Hatamian", "SE0000000026-P4")
EVA = professional("Eva Lennartsson", "SE0000000026-P3")
KOMMUN = organization(MUNICIPALITY, "Rymdstadens kommun")


ENDED = DatePeriod(start=dt.date(2025, 1, 1), end=dt.date(2026, 1, 19))


def kinds(result: Merged) -> list[ContradictionKind]:
    return [one.kind for one in result.contradictions]


def spoken(contradiction: Contradiction) -> list[str]:
    """Give the number of each record that has something to say."""
    return [said.record.record_id[1].rpartition(":")[2] for said in contradiction.statements]


def between(start: str, end: str | None) -> Timing:
    return Timing(
        period=PartialPeriod(start=PartialTime(start), end=None if end is None else PartialTime(end))
    )


# --- responsible for the same thing -------------------------------------------------------------

DOSE_BAGS = CV(code="DOS", code_system="1.2.752.129.2.2.99", display_name="Hämtning av dospåsar")


def task(responsible: Party | None = None, **changes: Any) -> Activity:
    usual = {"title": "DOS-påsar", "status": ActivityStatus.ONGOING, "responsible": responsible}
    return activity(**usual | changes)


def test_the_dose_bags_are_asked_of_two_parties_until_home_care_updates_its_plan() -> None:
    home_care = plan(
        1,
        head={
            "accountable_care_giver": KOMMUN,
            "accountable_care_unit": HOME_CARE,
            "legal_basis": LegalBasis.SOL,
            "updated_time": moment(10),
        },
        title="Genomförandeplan",
        period=DatePeriod(start=dt.date(2025, 12, 1)),
        activities=(
            task(
                title="Hämta DOS-påsar på apoteket",
                kind=ActivityKind.SELF_CARE,
                codes=(DOSE_BAGS,),
                performers=(ASTA,),
                timing=recurring(every=2),
            ),
        ),
    )
    nurse = participant(id="farzane", person=Person(name="Farzane Hatamian"), organization=HOME_NURSING)
    home_nursing = plan(
        2,
        head={
            "accountable_care_giver": KOMMUN,
            "accountable_care_unit": HOME_NURSING,
            "updated_time": moment(19),
        },
        title="SIP",
        participants=(nurse,),
        activities=(
            task(
                Party(kind=PartyKind.CARE_UNIT, id=HOME_NURSING.id),
                title="DOS-påsar hämtas och delas ut",
                codes=(DOSE_BAGS,),
                timing=recurring(every=2, bounds=DatePeriod(start=dt.date(2026, 1, 19))),
            ),
        ),
    )

    result = merged(home_care, home_nursing)

    (contradiction,) = result.contradictions
    assert contradiction.kind is ContradictionKind.RESPONSIBLE
    assert contradiction.subject == "DOS-påsar hämtas och delas ut"
    new, old = contradiction.statements
    assert (new.care_giver, new.care_unit, new.legal_basis, new.updated_time) == (
        KOMMUN,
        HOME_NURSING,
        LegalBasis.HSL,
        moment(19),
    )
    assert (old.care_giver, old.care_unit, old.legal_basis, old.updated_time) == (
        KOMMUN,
        HOME_CARE,
        LegalBasis.SOL,
        moment(10),
    )
    assert isinstance(new.value, Responsible)
    assert isinstance(old.value, Responsible)
    assert [party.party.kind for party in (*new.value.parties, *old.value.parties)] == [
        PartyKind.CARE_UNIT,
        PartyKind.PATIENT,
    ]

    updated = plan(1, head={"version": 2, "updated_time": moment(20)}, title="Genomförandeplan")
    assert merged(home_care, home_nursing, updated).contradictions == ()


def of_unit(unit: Any, **changes: Any) -> Party:
    return Party(kind=PartyKind.CARE_UNIT, id=unit.id, **changes)


NURSE = participant(id="n", person=Person(name="Farzane Hatamian", id=FARZANE.id), organization=HOME_NURSING)
AS_PARTICIPANT = Party(kind=PartyKind.PROFESSIONAL, participant_id="n")
RELATIVE = Party(kind=PartyKind.RELATIVE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(ASTA, FARZANE, id="patient and professional"),
        pytest.param(FARZANE, EVA, id="two professionals"),
        pytest.param(ASTA, RELATIVE, id="patient and relative"),
        pytest.param(
            Party(kind=PartyKind.RELATIVE, relation="dotter"),
            Party(kind=PartyKind.RELATIVE, relation="son"),
            id="daughter and son",
        ),
        pytest.param(ASTA, of_unit(HOME_NURSING), id="patient and unit"),
        pytest.param(of_unit(HOME_CARE), of_unit(HOME_NURSING), id="two units"),
        pytest.param(AS_PARTICIPANT, of_unit(HOME_CARE), id="a nurse and another unit"),
        pytest.param(ASTA, Party(kind=PartyKind.PROFESSIONAL), id="patient and some professional"),
        pytest.param(
            Party(kind=PartyKind.RELATIVE, name="Maria"),
            Party(kind=PartyKind.RELATIVE, name="Ines"),
            id="two relatives",
        ),
        pytest.param(
            professional("Eva", "SE0000000026-P3"), professional("Eva", "SE0000000026-P9"), id="namesakes"
        ),
    ],
)
def test_different_parties_responsible_for_the_same_thing_contradict_each_other(
    one: Party, other: Party
) -> None:
    result = merged(
        plan(1, participants=(NURSE,), activities=(task(one),)),
        plan(2, participants=(NURSE,), activities=(task(other),)),
    )

    assert kinds(result) == [ContradictionKind.RESPONSIBLE]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(ASTA, Party(kind=PartyKind.PATIENT, name="Asta Blomberg"), id="the patient"),
        pytest.param(
            Party(kind=PartyKind.PATIENT, name="Asta"),
            Party(kind=PartyKind.PATIENT, name="Asta Blomberg"),
            id="the patient by two names",
        ),
        pytest.param(FARZANE, AS_PARTICIPANT, id="a participant of one record"),
        pytest.param(FARZANE, professional("farzane  hatamian"), id="a name"),
        pytest.param(AS_PARTICIPANT, of_unit(HOME_NURSING), id="a nurse and her unit"),
        pytest.param(
            AS_PARTICIPANT,
            Party(kind=PartyKind.CARE_UNIT, name="Hemsjukvården, Rymdstaden"),
            id="her unit's name",
        ),
        pytest.param(
            AS_PARTICIPANT,
            Party(kind=PartyKind.CARE_GIVER, id=KOMMUN.id),
            id="a nurse and the care giver of her unit",
        ),
        pytest.param(AS_PARTICIPANT, Party(kind=PartyKind.ROLE, name="fast vårdkontakt"), id="her role"),
        pytest.param(FARZANE, Party(kind=PartyKind.PROFESSIONAL), id="some professional"),
        pytest.param(FARZANE, Party(kind=PartyKind.OTHER), id="nobody knows"),
        pytest.param(
            RELATIVE, Party(kind=PartyKind.RELATIVE, name="Maria", relation="dotter"), id="some relative"
        ),
        pytest.param(
            Party(kind=PartyKind.RELATIVE, relation="Dotter"),
            Party(kind=PartyKind.RELATIVE, name="Maria", relation="dotter"),
            id="the daughter",
        ),
    ],
)
def test_parties_that_may_be_the_same_do_not_contradict_each_other(one: Party, other: Party) -> None:
    nursing = {"accountable_care_giver": KOMMUN, "accountable_care_unit": HOME_NURSING}

    result = merged(
        plan(1, head=nursing, participants=(NURSE,), activities=(task(one),)),
        plan(2, head=nursing, participants=(NURSE,), activities=(task(other),)),
    )

    assert result.contradictions == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param((ASTA,), (FARZANE,), 1, id="different performers"),
        pytest.param((ASTA, FARZANE), (ASTA, EVA), 1, id="different together"),
        pytest.param((ASTA, FARZANE), (FARZANE, ASTA), 0, id="the same together"),
        pytest.param((ASTA, FARZANE), (FARZANE,), 0, id="one of them"),
        pytest.param((ASTA, FARZANE), (ASTA, professional("Farzane Hatamian")), 0, id="together, without id"),
        pytest.param((ASTA,), (), 0, id="nobody"),
    ],
)
def test_performers_count_where_nobody_is_responsible(one: Any, other: Any, expected: int) -> None:
    result = merged(
        plan(1, activities=(task(performers=one),)), plan(2, activities=(task(performers=other),))
    )

    assert len(result.contradictions) == expected


def test_a_responsible_party_goes_before_performers() -> None:
    result = merged(
        plan(1, activities=(task(FARZANE, performers=(ASTA,)),)), plan(2, activities=(task(FARZANE),))
    )

    assert result.contradictions == ()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"title": "Dusch"}, id="another thing"),
        pytest.param(
            {"title": "Dusch", "codes": (CV(code="DOS", code_system="1.2.3", display_name="Dosering"),)},
            id="the same code of another system",
        ),
        pytest.param({"status": ActivityStatus.COMPLETED}, id="completed"),
        pytest.param({"status": ActivityStatus.CANCELLED}, id="cancelled"),
        pytest.param({"status": ActivityStatus.ON_HOLD}, id="on hold"),
        pytest.param({"timing": at("20260119")}, id="yesterday"),
        pytest.param({"timing": recurring(bounds=ENDED)}, id="no longer comes back"),
        pytest.param({"decision": Decision(period=ENDED)}, id="no longer granted"),
        pytest.param(
            {"title": "Dusch", "codes": (CV(original_text="DOS-påsar"),)}, id="only words for a code"
        ),
    ],
)
def test_an_activity_that_is_over_or_another_contradicts_nothing(changes: dict[str, Any]) -> None:
    bags = task(ASTA, codes=(DOSE_BAGS,))

    result = merged(plan(1, activities=(bags,)), plan(2, activities=(task(FARZANE, **changes),)))

    assert result.contradictions == ()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(at("20260127"), at("20260224"), 0, id="two days"),
        pytest.param(at("20260127090000"), at("20260127150000"), 0, id="two hours of a day"),
        pytest.param(at("20260127"), at("20260127090000"), 1, id="a day and an hour of it"),
        pytest.param(at("20260127"), recurring(), 1, id="a day and what comes back"),
        pytest.param(between("202601", "202602"), between("202603", None), 0, id="one after the other"),
    ],
)
def test_only_what_meets_in_time_can_contradict(one: Timing, other: Timing, expected: int) -> None:
    result = merged(
        plan(1, activities=(task(ASTA, timing=one),)), plan(2, activities=(task(FARZANE, timing=other),))
    )

    assert len(result.contradictions) == expected


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(plan(2, status=PlanStatus.DRAFT, activities=(task(ASTA),)), id="a draft"),
        pytest.param(plan(2, status=PlanStatus.COMPLETED, activities=(task(ASTA),)), id="a completed plan"),
        pytest.param(plan(2, period=ENDED, activities=(task(ASTA),)), id="a plan that ended"),
        pytest.param(plan(2, activities=(task(FARZANE),)), id="one who says the same"),
    ],
)
def test_a_record_that_is_not_in_force_contradicts_nothing(record: CarePlan) -> None:
    assert merged(plan(1, activities=(task(FARZANE),)), record).contradictions == ()


def test_the_last_day_of_a_plan_lasts_until_midnight() -> None:
    last_day = plan(1, period=DatePeriod(start=TODAY, end=TODAY), activities=(task(ASTA),))

    result = merged(last_day, plan(2, activities=(task(FARZANE, timing=at("20260120210000")),)))

    assert kinds(result) == [ContradictionKind.RESPONSIBLE]


def test_activities_without_words_are_not_the_same_thing() -> None:
    result = merged(plan(1, activities=(task(ASTA, title=""),)), plan(2, activities=(task(EVA, title=" "),)))

    assert result.contradictions == ()


def test_a_party_is_named_by_itself_else_by_the_person_else_by_the_team() -> None:
    team = participant(person=Person(title=CV(original_text="SSK")), team=Team(name="Teamet"))

    parties = (
        who(professional("Eva"), {}),
        who(AS_PARTICIPANT, {"n": NURSE}),
        who(AS_PARTICIPANT, {"n": team}),
        who(AS_PARTICIPANT, {}),
    )

    assert [party.name for party in parties] == ["Eva", "Farzane Hatamian", "Teamet", None]


def test_one_record_may_divide_a_thing_between_several() -> None:
    divided = plan(1, activities=(task(ASTA, id="a1"), task(FARZANE, id="a2")))

    assert merged(divided).contradictions == ()


def test_two_things_with_the_same_code_and_title_make_one_contradiction() -> None:
    result = merged(
        plan(1, activities=(task(ASTA, codes=(DOSE_BAGS,)),)),
        plan(2, activities=(task(FARZANE, codes=(DOSE_BAGS,)),)),
        plan(3, activities=(task(EVA),)),
    )

    (contradiction,) = result.contradictions
    assert sorted(spoken(contradiction)) == ["1", "2", "3"]


def test_those_who_agree_with_one_side_are_quoted_and_those_who_agree_with_all_are_not() -> None:
    result = merged(
        plan(1, activities=(task(ASTA),)),
        plan(2, activities=(task(FARZANE),)),
        plan(3, activities=(task(FARZANE),)),
        plan(4, activities=(task(performers=(ASTA, FARZANE)),)),
    )

    assert sorted(spoken(result.contradictions[0])) == ["1", "2", "3"]


def test_the_law_of_an_activity_is_quoted_where_it_has_its_own() -> None:
    result = merged(
        plan(1, activities=(task(ASTA, legal_basis=LegalBasis.SOL),)), plan(2, activities=(task(FARZANE),))
    )

    laws = {said.record.record_id[1][-1]: said.legal_basis for said in result.contradictions[0].statements}
    assert laws == {"1": LegalBasis.SOL, "2": LegalBasis.HSL}


@pytest.mark.parametrize(
    ("who", "party", "expected"),
    [
        pytest.param(Initiator.PATIENT, None, 1, id="the patient"),
        pytest.param(Initiator.RELATIVE, None, 1, id="a relative"),
        pytest.param(Initiator.CARE, None, 0, id="care, by no name"),
        pytest.param(Initiator.CARE, EVA, 1, id="another professional"),
        pytest.param(Initiator.CARE, FARZANE, 0, id="the same professional"),
    ],
)
def test_an_agreed_responsibility_in_the_same_words_counts(
    who: Initiator, party: Party | None, expected: int
) -> None:
    said = Responsibility(who=who, text="dos-påsar", party=party)

    result = merged(plan(1, activities=(task(FARZANE),)), agreed(2, responsibilities=(said,)))

    assert len(result.contradictions) == expected


# --- the counting, against comparing every pair -------------------------------------------------

KEYS = [("name", letter) for letter in "abc"]
CHAINS = st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True).map(tuple)
DAYS = st.integers(20, 24).map(moment)
SPANS = st.tuples(DAYS, DAYS).map(lambda ends: Span(*sorted(ends)))


def claim(number: int, by: PartyChain, span: Span) -> Claim:
    said = statement(plan(number), "", "", "")
    return Claim(about=(), by=by, span=span, statement=said)


def contradicts(one: Claim, other: Claim) -> bool:
    return (
        one.statement.record != other.statement.record
        and bool(one.span.within(other.span))
        and one.by[0] not in other.by
        and other.by[0] not in one.by
    )


@given(st.lists(st.builds(claim, st.integers(1, 3), CHAINS, SPANS), max_size=7))
def test_counting_finds_what_comparing_every_pair_finds(claims: list[Claim]) -> None:
    in_pairs = [
        position for position, one in enumerate(claims) if any(contradicts(one, other) for other in claims)
    ]

    assert conflicting(claims) == in_pairs


@given(st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=3), max_size=6), st.randoms())
def test_joining_groups_does_not_depend_on_their_order(groups: list[list[int]], random: Random) -> None:
    result = joined(groups)

    assert joined(random.sample(groups, len(groups))) == result
    assert sorted(member for group in result for member in group) == sorted(set().union(*groups))
    assert all(any(set(group) <= set(whole) for whole in result) for group in groups)
