"""Checking a whole message by its contract's rules: what is read, what is named, and where."""

from __future__ import annotations

import datetime as dt

import pytest

from riv_careplans import codec
from riv_careplans.contracts import Checked, interaction_for
from riv_careplans.contracts.get_care_plans_2 import CARRYING
from riv_careplans.contracts.get_care_plans_2 import rules as rules_2
from riv_careplans.contracts.unreadable import as_rule_finding
from riv_careplans.errors import Finding
from riv_careplans.exchange import Answer
from riv_careplans.model import Agreement, CarePlan
from riv_careplans.rules import RULES, Severity
from riv_careplans.validation.vectors import documents_of, vector_folder
from tests.builders import NOW, agreement, answer, care_plan, header, record_id
from tests.older_rule_cases import BAD_ANSWERS, GOOD_ANSWERS
from tests.rule_cases import OTHER_PATIENT

V3 = interaction_for("3.0")
V2 = interaction_for("2.0")
NOBODY_READS = "19700101000000"


def message(given: Answer) -> codec.Element:
    text = "".join(V3.write_response(given.result, given.care_plans, given.agreements))
    element = codec.parse(text.encode())
    assert V3.contract.violations(element) == ()
    return element


def with_impossible_days(element: codec.Element) -> codec.Element:
    """Let the marked records be updated on a day that does not exist."""
    for updated in element.iter("{*}updatedTime"):
        if updated.text == NOBODY_READS:
            updated.text = "20260231000000"
    return element


def plan(number: int, **changes: object) -> CarePlan:
    return care_plan(header=header(id=record_id(number), **changes))


def unreadable(number: int) -> CarePlan:
    early = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - RIV-TA's times have no zone
    return plan(number, created_time=None, updated_time=early)


def found(checked: Checked) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in checked.findings]


def test_an_answer_in_order_gives_its_records_and_no_finding() -> None:
    given = answer(plan(1), plan(2), agreements=(agreement(),))

    checked = V3.check(message(given), now=NOW)

    places = ("carePlan[1]", "carePlan[2]", "agreement[1]")
    assert checked == Checked(findings=(), answer=given, places=places)


def test_a_question_in_order_gives_the_query_and_no_finding() -> None:
    (good,) = (one for one in documents_of("CP-008") if one.path.stem == "good-question")

    checked = V3.check(codec.parse(good.path.read_bytes()), now=NOW)

    assert checked.findings == ()
    assert checked.answer is None
    assert checked.query is not None
    assert checked.query.patient_id.extension == "191212121212"


def test_records_that_cannot_be_read_do_not_shift_the_places_of_others() -> None:
    given = answer(unreadable(1), plan(2), unreadable(3), plan(4, patient_id=OTHER_PATIENT))
    element = with_impossible_days(message(given))

    checked = V3.check(element, now=NOW)

    assert found(checked) == [
        ("CP-001", "carePlan[1]/header/record/updatedTime"),
        ("CP-001", "carePlan[3]/header/record/updatedTime"),
        ("CP-005", "carePlan[4]/header/accessControl/patientId"),
    ]
    assert checked.answer is not None
    assert (len(checked.answer.care_plans), checked.answer.held_back) == (2, 2)
    assert checked.places == ("carePlan[2]", "carePlan[4]")


def test_skipped_records_are_not_looked_at_and_do_not_shift_the_places_of_others() -> None:
    other: Agreement = agreement(header=header(patient_id=OTHER_PATIENT, id=record_id(9)))
    given = answer(unreadable(1), plan(2), agreements=(agreement(), other))
    element = with_impossible_days(message(given))

    checked = V3.check(element, now=NOW, skip=frozenset({"carePlan[1]", "agreement[1]"}))

    assert found(checked) == [("CP-005", "agreement[2]/header/accessControl/patientId")]


def test_an_answer_without_records_is_about_nobody() -> None:
    checked = V3.check(message(answer()), now=NOW)

    assert checked == Checked(findings=(), answer=answer())


@pytest.mark.parametrize(
    ("now", "codes"),
    [
        (dt.datetime(2026, 1, 15, 8, 29, 59, tzinfo=dt.UTC), ["CP-008"]),
        (dt.datetime(2026, 1, 15, 8, 30, tzinfo=dt.UTC), []),
    ],
)
def test_now_may_have_a_zone(now: dt.datetime, codes: list[str]) -> None:
    checked = V3.check(message(answer(care_plan())), now=now)

    assert [finding.code for finding in checked.findings] == codes


@pytest.mark.parametrize("version", ["2.0", "3.0"])
def test_a_question_that_cannot_be_read_gives_why_and_no_query(version: str) -> None:
    text = (vector_folder() / "CP-001" / "bad-question-about-a-day-that-does-not-exist.xml").read_text(
        "utf-8"
    )
    if version == "2.0":
        text = (vector_folder() / "CP2-019" / "good-question.xml").read_text("utf-8")
        text = text.replace("20260630", "20260631")

    checked = interaction_for(version).check(codec.parse(text.encode()), now=NOW)

    assert found(checked) == [("CP-001", "datePeriod/end")]
    assert (checked.query, checked.answer) == (None, None)


# --- GetCarePlans 2.0 ---------------------------------------------------------------------------


@pytest.mark.parametrize(("element", "expected"), [*BAD_ANSWERS, *GOOD_ANSWERS])
def test_an_answer_of_2_0_gives_exactly_its_findings(
    element: codec.Element, expected: list[tuple[str, str]]
) -> None:
    assert found(V2.check(element, now=NOW)) == expected


def test_skipped_plans_of_2_0_are_not_looked_at() -> None:
    (bad,) = (one for one in documents_of("CP2-013") if not one.is_good)

    element = codec.parse(bad.path.read_bytes())

    assert found(V2.check(element, now=NOW, skip=frozenset({"carePlan[1]"}))) == []
    assert found(V2.check(element, now=NOW, skip=frozenset({"carePlan[2]"}))) == []
    assert found(V2.check(element, now=NOW)) == [("CP2-013", "carePlan[2]/carePlanHeader/patientId")]


def test_a_question_of_2_0_is_read_even_when_a_rule_is_broken() -> None:
    (bad,) = (one for one in documents_of("CP2-001") if not one.is_good)

    checked = V2.check(codec.parse(bad.path.read_bytes()), now=NOW)

    assert found(checked) == [("CP2-001", "sourceSystemHSAId")]
    assert checked.query is not None
    assert checked.query.care_contact_ids == ("kontakt-1",)


@pytest.mark.parametrize("text", ["Ny fast vårdkontakt", "Ny plan för 121212-1212"])
def test_a_structured_record_inside_a_plan_is_checked_by_its_own_rules(text: str) -> None:
    carried = plan(1, change_summary=text)
    written = "".join(CARRYING.write_response(answer().result, [carried], [agreement()]))
    element = codec.parse(written.encode())

    checked = V2.check(element, now=NOW)

    inside = (
        [("CP-018", "carePlan[1]/carePlanBody/carePlan/header/record/changeSummary")]
        if "1212" in text
        else []
    )
    assert [one for one in found(checked) if one[0] not in ("CP2-011", "CP2-021")] == inside
    assert checked.answer == V2.read_response(element).answer
    assert checked.answer is not None
    assert len(checked.answer.agreements) == 1
    assert checked.places == ("carePlan[1]", "carePlan[2]")


HELD_BACK = {"CP2-002", "CP2-003"}


@pytest.mark.parametrize("code", sorted(rules_2.RULES_BY_CODE))
def test_reading_an_answer_of_2_0_keeps_what_breaks_other_rules(code: str) -> None:
    """A plan with a fault is better shown than lost: only two rules hold a plan back."""
    for bad in documents_of(code):
        element = codec.parse(bad.path.read_bytes())
        if bad.is_good or element.tag != V2.contract.response_tag:
            continue

        read = V2.read_response(element)
        checked = V2.check(element, now=NOW)

        assert read.answer == checked.answer
        assert {finding.code for finding in read.findings} == {code} & HELD_BACK
        assert read.answer.held_back == (code in HELD_BACK)


# --- what a finding weighs ----------------------------------------------------------------------


def test_the_rules_of_2_0_have_codes_of_their_own_in_order() -> None:
    assert [rule.code for rule in rules_2.RULES] == [f"CP2-{n:03}" for n in range(1, len(rules_2.RULES) + 1)]
    assert {rule.code for rule in rules_2.RULES}.isdisjoint(rule.code for rule in RULES)


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        *[(f"CP2-{n:03}", Severity.WARNING) for n in (10, 11, 18, 23)],
        *[(f"CP2-{n:03}", Severity.INFO) for n in (20, 21)],
        *[(f"CP2-{n:03}", Severity.ERROR) for n in (*range(1, 10), *range(12, 18), 19, 22)],
    ],
)
def test_what_the_text_of_the_contract_demands_is_an_error(code: str, severity: Severity) -> None:
    assert rules_2.RULES_BY_CODE[code].severity is severity


def test_only_what_could_harm_a_reader_is_unsafe() -> None:
    unsafe = {code for code, rule in rules_2.RULES_BY_CODE.items() if rule.unsafe}

    assert unsafe == {"CP2-007", "CP2-012", "CP2-013", "CP2-017"}


def test_what_breaks_no_rule_and_still_cannot_be_read_is_an_error_of_the_schema() -> None:
    told = as_rule_finding(
        Finding(code="XSD", message="the element code is missing", path="carePlan[1]", line=3)
    )

    assert (told.code, told.path, told.line, told.severity, told.unsafe) == (
        *("XSD", "carePlan[1]", 3),
        *(Severity.ERROR, True),
    )
    assert told.message_sv == "detta kan inte läsas så som kontraktet säger"
