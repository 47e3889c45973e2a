"""A question's filters, applied whether or not the source did."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riv_careplans.codes import CORE_3, AgreementStatus, PlanStatus, PlanType, ResultCode
from riv_careplans.exchange import (
    Answer,
    CarePlanSource,
    HasMore,
    Outcome,
    OutcomeKind,
    Query,
    Result,
    care_contact,
    select,
    without_values,
)
from riv_careplans.identity import HSA_ID_HL7, parse_timestamp
from riv_careplans.model import CV, II, CarePlan, DatePeriod, Uri
from tests.builders import (
    ASTA_ID,
    CARE_GIVER,
    CARE_UNIT,
    LOG_ID,
    MUNICIPALITY,
    SOURCE_SYSTEM,
    agreement,
    answer,
    attachment,
    care_plan,
    header,
    hsa,
    organization,
    plan_type,
    query,
    record_id,
)

OTHER_UNIT = "SE0000000018-E2"
JANUARY = DatePeriod(start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 31))


def titles(selected: Answer) -> list[str]:
    plans = [plan.body.title for plan in selected.care_plans]
    return plans + [agreement.body.title for agreement in selected.agreements]


def plan_of(code: PlanType, **changes: Any) -> CarePlan:
    return care_plan(type=plan_type(code, code.name), title=code, **changes)


def test_a_question_without_filters_changes_nothing() -> None:
    given = answer(care_plan(), care_plan(status=PlanStatus.DRAFT), agreements=(agreement(),))

    assert select(query(), given) == given


def test_what_stands_beside_the_records_is_kept() -> None:
    given = answer(
        care_plan(),
        result=Result(code=ResultCode.INFO, log_id=LOG_ID, text="En källa saknas"),
        outcomes=(Outcome(logical_address=SOURCE_SYSTEM, kind=OutcomeKind.TIMED_OUT),),
        has_more=(HasMore(logical_address=SOURCE_SYSTEM, reference="2"),),
        held_back=1,
    )

    selected = select(query(plan_statuses=(PlanStatus.DRAFT,)), given)

    assert selected.care_plans == ()
    assert (selected.result, selected.outcomes, selected.has_more, selected.held_back) == (
        given.result,
        given.outcomes,
        given.has_more,
        1,
    )


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({"care_unit_ids": (hsa(CARE_UNIT),)}, id="care unit"),
        pytest.param({"care_unit_ids": (hsa(OTHER_UNIT), hsa(CARE_UNIT))}, id="one of two care units"),
        pytest.param({"care_unit_ids": (hsa(CARE_UNIT.lower()),)}, id="care unit in lower case"),
        pytest.param({"care_unit_ids": (II(root=HSA_ID_HL7, extension=CARE_UNIT),)}, id="other HSA-id root"),
        pytest.param({"care_giver_ids": (hsa(CARE_GIVER),)}, id="care giver"),
        pytest.param({"record_ids": (record_id(1), record_id(7))}, id="record"),
        pytest.param({"source_system_id": hsa(SOURCE_SYSTEM)}, id="source system"),
        pytest.param({"date_period": JANUARY}, id="period"),
    ],
)
def test_a_record_that_fits_is_kept(wanted: dict[str, object]) -> None:
    given = answer(
        care_plan(),
        agreements=(agreement(header=header()),),
    )

    assert select(query(**wanted), given) == given


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({"care_unit_ids": (hsa(OTHER_UNIT),)}, id="care unit"),
        pytest.param({"care_unit_ids": (hsa(CARE_GIVER),)}, id="care giver asked for as unit"),
        pytest.param({"care_unit_ids": (II(root="1.2.3", extension=CARE_UNIT),)}, id="another root"),
        pytest.param({"care_giver_ids": (hsa(MUNICIPALITY),)}, id="care giver"),
        pytest.param({"record_ids": (record_id(2),)}, id="record"),
        pytest.param({"source_system_id": hsa("SE0000000018-S2")}, id="source system"),
        pytest.param(
            {"date_period": DatePeriod(start=dt.date(2025, 1, 1), end=dt.date(2025, 12, 31))}, id="period"
        ),
        pytest.param(
            {"care_unit_ids": (hsa(CARE_UNIT),), "care_giver_ids": (hsa(MUNICIPALITY),)},
            id="one filter of two",
        ),
    ],
)
def test_a_record_that_does_not_fit_is_left_out(wanted: dict[str, object]) -> None:
    given = answer(
        care_plan(),
        agreements=(agreement(header=header()),),
    )

    selected = select(query(**wanted), given)

    assert (selected.care_plans, selected.agreements) == ((), ())


def test_a_record_without_a_care_unit_fits_no_care_unit() -> None:
    given = answer(care_plan(header=header(accountable_care_unit=None)))

    assert select(query(care_unit_ids=(hsa(CARE_UNIT),)), given).care_plans == ()


def test_the_order_of_the_records_is_kept() -> None:
    plans = [care_plan(title=str(number), header=header(id=record_id(number))) for number in range(5)]

    selected = select(query(record_ids=tuple(record_id(number) for number in (4, 0, 2))), answer(*plans))

    assert titles(selected) == ["0", "2", "4"]


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        pytest.param(
            DatePeriod(start=dt.date(2026, 1, 31)), dt.date(2026, 1, 1), dt.date(2026, 1, 31), id="last day"
        ),
        pytest.param(
            DatePeriod(start=dt.date(2025, 1, 1), end=dt.date(2026, 1, 1)),
            dt.date(2026, 1, 1),
            dt.date(2026, 1, 31),
            id="first day",
        ),
        pytest.param(DatePeriod(start=dt.date(2020, 1, 1)), dt.date(2026, 1, 1), None, id="both without end"),
        pytest.param(
            DatePeriod(start=dt.date(2026, 1, 10), end=dt.date(2026, 1, 11)),
            dt.date(2026, 1, 1),
            None,
            id="inside",
        ),
    ],
)
def test_a_validity_period_that_overlaps_the_asked_one_fits(
    period: DatePeriod, start: dt.date, end: dt.date | None
) -> None:
    given = answer(care_plan(period=period), agreements=(agreement(period=period),))

    assert select(query(date_period=DatePeriod(start=start, end=end)), given) == given


@pytest.mark.parametrize(
    "period",
    [
        pytest.param(DatePeriod(start=dt.date(2026, 2, 1)), id="begins the day after"),
        pytest.param(
            DatePeriod(start=dt.date(2025, 1, 1), end=dt.date(2025, 12, 31)), id="ended the day before"
        ),
    ],
)
def test_a_validity_period_beside_the_asked_one_does_not_fit(period: DatePeriod) -> None:
    given = answer(care_plan(period=period), agreements=(agreement(period=period),))

    assert titles(select(query(date_period=JANUARY), given)) == []


@pytest.mark.parametrize(
    ("created", "updated", "kept"),
    [
        pytest.param(
            parse_timestamp("20260131235900"),
            parse_timestamp("20260301000000"),
            ["Vårdplan"],
            id="created in time",
        ),
        pytest.param(
            parse_timestamp("20260201000000"), parse_timestamp("20260301000000"), [], id="created later"
        ),
        pytest.param(
            parse_timestamp("20010101000000"),
            parse_timestamp("20010101000000"),
            ["Vårdplan"],
            id="old, without end",
        ),
        pytest.param(None, parse_timestamp("20260131000000"), ["Vårdplan"], id="updated in time"),
        pytest.param(None, parse_timestamp("20260201000000"), [], id="updated later"),
        pytest.param(
            None, dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC), [], id="already February in Sweden"
        ),
    ],
)
def test_a_record_without_a_period_counts_from_its_creation_else_its_update_and_has_no_end(
    created: dt.datetime | None, updated: dt.datetime, kept: list[str]
) -> None:
    given = answer(care_plan(header=header(created_time=created, updated_time=updated)))

    assert titles(select(query(date_period=JANUARY), given)) == kept


def test_a_created_period_is_about_when_a_record_was_made_and_not_about_how_long_it_holds() -> None:
    january = header(created_time=parse_timestamp("20260131235900"), id=record_id(1))
    february = header(created_time=parse_timestamp("20260201000000"), id=record_id(2))
    updated = header(created_time=None, updated_time=parse_timestamp("20260101000000"), id=record_id(3))
    given = answer(
        care_plan(title="januari", header=january, period=DatePeriod(start=dt.date(2026, 3, 1))),
        care_plan(title="februari", header=february, period=JANUARY),
        agreements=(agreement(title="uppdaterad", header=updated),),
    )

    assert titles(select(query(created_period=JANUARY), given)) == ["januari", "uppdaterad"]


def test_records_are_filtered_by_the_care_contact_that_2_0_names() -> None:
    given = answer(
        care_plan(title="besöket", header=header(extensions=(care_contact("A & <B>"),))),
        care_plan(title="ett annat", header=header(extensions=(care_contact("C"),))),
        care_plan(title="inget"),
    )

    selected = select(query(care_contact_ids=("A & <B>", "D")), given)

    assert titles(selected) == ["besöket"]
    assert (
        care_contact("A & <B>") == f'<c:careContactId xmlns:c="{CORE_3}">A &amp; &lt;B&gt;</c:careContactId>'
    )


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        pytest.param((plan_type(PlanType.VP),), ["VP"], id="code and system"),
        pytest.param((plan_type(PlanType.VP), plan_type(PlanType.GP)), ["VP", "GP"], id="two types"),
        pytest.param((CV(code="VP"),), ["VP"], id="code without system"),
        pytest.param((CV(code="VP", code_system="1.2.3"),), [], id="code of another system"),
        pytest.param((CV(original_text="Egenvårdsplan"),), ["Egenvårdsplan"], id="text"),
        pytest.param((CV(original_text="vårdplan"),), [], id="text of no plan"),
        pytest.param((CV(display_name="VP"),), [], id="neither code nor text"),
    ],
)
def test_plans_are_filtered_by_type_and_agreements_are_not(wanted: tuple[CV, ...], kept: list[str]) -> None:
    given = answer(
        plan_of(PlanType.VP),
        plan_of(PlanType.GP),
        care_plan(type=CV(original_text="Egenvårdsplan"), title="Egenvårdsplan"),
        agreements=(agreement(),),
    )

    assert titles(select(query(plan_types=wanted), given)) == [*kept, "Överenskommelse"]


def test_a_plan_type_without_a_system_fits_its_code_whatever_system_was_asked_for() -> None:
    given = answer(care_plan(type=CV(code="VP", display_name="Vårdplan")))

    assert select(query(plan_types=(plan_type(PlanType.VP),)), given) == given


def test_plans_are_filtered_by_status_and_agreements_have_statuses_of_their_own() -> None:
    given = answer(
        care_plan(title="aktiv"),
        care_plan(title="avslutad", status=PlanStatus.COMPLETED),
        agreements=(agreement(status=AgreementStatus.ENDED),),
    )

    selected = select(query(plan_statuses=(PlanStatus.COMPLETED, PlanStatus.DRAFT)), given)

    assert titles(selected) == ["avslutad", "Överenskommelse"]


def test_another_persons_record_is_not_silently_left_out() -> None:
    other = care_plan(header=header(patient_id=II(root=ASTA_ID.root, extension="194911172296")))

    assert select(query(), answer(other)).care_plans == (other,)


def test_without_attachments_documents_are_described_but_not_sent() -> None:
    document = b"%PDF-1.7 med innehall"
    referred = attachment(value=None, size=None, sha256=None, reference=Uri("https://example.se/plan.pdf"))
    given = answer(
        care_plan(attachments=(attachment(document, size=None, sha256=None), referred)),
        agreements=(agreement(attachments=(attachment(document),)),),
    )

    selected = select(query(include_attachments=False), given)

    described = attachment(document, value=None)
    assert (described.size, described.sha256) == (len(document), hashlib.sha256(document).hexdigest())
    assert selected.care_plans[0].body.attachments == (described, referred)
    assert selected.agreements[0].body.attachments == (described,)


def test_a_record_without_documents_is_the_same_object_without_attachments() -> None:
    plan = care_plan()

    assert without_values(plan) is plan


@given(
    units=st.lists(st.sampled_from([CARE_UNIT, OTHER_UNIT, MUNICIPALITY]), max_size=3),
    statuses=st.lists(st.sampled_from(PlanStatus), max_size=2),
    include=st.booleans(),
)
def test_filtering_twice_gives_what_filtering_once_gives(
    units: list[str],
    statuses: list[PlanStatus],
    include: bool,  # noqa: FBT001 - as hypothesis draws it
) -> None:
    asked = query(
        care_unit_ids=tuple(map(hsa, units)), plan_statuses=tuple(statuses), include_attachments=include
    )
    given = answer(
        *(
            care_plan(
                header=header(accountable_care_unit=organization(unit)),
                status=status,
                attachments=(attachment(),),
            )
            for unit in (CARE_UNIT, OTHER_UNIT)
            for status in PlanStatus
        )
    )

    once = select(asked, given)

    assert select(asked, once) == once


@pytest.mark.parametrize("kind", [OutcomeKind.ANSWERED, OutcomeKind.EMPTY], ids=["something", "nothing"])
def test_a_source_that_answered_has_delivered(kind: OutcomeKind) -> None:
    assert kind.delivered


@pytest.mark.parametrize("kind", sorted(set(OutcomeKind) - {OutcomeKind.ANSWERED, OutcomeKind.EMPTY}))
def test_a_source_that_did_not_answer_has_not_delivered(kind: OutcomeKind) -> None:
    assert not kind.delivered


def test_an_answer_is_made_of_records_alone_and_gets_a_log_id_of_its_own() -> None:
    one, other = Answer.ok(care_plans=[care_plan()]), Answer.ok(agreements=[agreement()])

    assert (len(one.care_plans), len(other.agreements)) == (1, 1)
    assert {one.result.code, other.result.code} == {ResultCode.OK}
    assert one.result.log_id != other.result.log_id


def test_two_lines_make_a_source() -> None:
    class Empty:
        def care_plans(self, query: Query) -> Answer:
            return answer()

    source: CarePlanSource = Empty()

    assert isinstance(source, CarePlanSource)
    assert source.care_plans(query()).care_plans == ()
