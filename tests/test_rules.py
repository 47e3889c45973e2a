"""Every rule: bad values that give exactly its finding, and good neighbours that give none."""

import datetime as dt
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest

from riv_careplans.codes import (
    GoalStatus,
    ResultCode,
)
from riv_careplans.errors import Finding
from riv_careplans.exchange import Answer, Query
from riv_careplans.model import (
    II,
    Agreement,
    CarePlan,
    ContractType,
    FollowUp,
    Sha256,
    Uri,
)
from riv_careplans.rules import (
    RULES,
    RULES_BY_CODE,
    RuleFinding,
    Severity,
    check_answer,
    check_query,
    check_record,
)
from riv_careplans.rules.identities import REFERENCES
from riv_careplans.rules.walk import gather, nodes_with_paths
from tests.builders import (
    ASTA,
    NOW,
    answer,
    attachment,
    care_plan,
    goal,
    header,
    hsa,
    organization,
    query,
    recurring,
    risk,
)
from tests.rule_cases import (
    BACKWARDS,
    BAD_ANSWERS,
    BAD_QUERIES,
    BAD_RECORDS,
    GOOD_ANSWERS,
    GOOD_QUERIES,
    GOOD_RECORDS,
    OTHER_PATIENT,
    RESERVNUMMER,
    WEEKEND,
    Record,
    found,
    goals_deep,
    of_patient,
    referring,
    result,
    saying,
    sip,
)

CONTRACT = Path(__file__).parents[1].parent / "shared" / "contract.md"


# --- the tables ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("record", "expected"), BAD_RECORDS)
def test_a_bad_record_gives_exactly_its_finding(record: Record, expected: list[tuple[str, str]]) -> None:
    assert found(check_record(record, now=NOW)) == expected


@pytest.mark.parametrize(("record", "expected"), GOOD_RECORDS)
def test_a_good_record_gives_no_finding(record: Record, expected: list[tuple[str, str]]) -> None:
    assert found(check_record(record, now=NOW)) == expected


@pytest.mark.parametrize(("given", "expected"), BAD_ANSWERS)
def test_a_bad_answer_gives_exactly_its_finding(given: Answer, expected: list[tuple[str, str]]) -> None:
    assert found(check_answer(given, query(), now=NOW)) == expected


@pytest.mark.parametrize(("given", "expected"), GOOD_ANSWERS)
def test_a_good_answer_gives_no_finding(given: Answer, expected: list[tuple[str, str]]) -> None:
    assert found(check_answer(given, query(), now=NOW)) == expected


@pytest.mark.parametrize(("asked", "expected"), BAD_QUERIES)
def test_a_bad_question_gives_exactly_its_finding(asked: Query, expected: list[tuple[str, str]]) -> None:
    assert found(check_query(asked)) == expected


@pytest.mark.parametrize(("asked", "expected"), GOOD_QUERIES)
def test_a_good_question_gives_no_finding(asked: Query, expected: list[tuple[str, str]]) -> None:
    assert found(check_query(asked)) == expected


# --- what a finding says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "unsafe"),
    [
        pytest.param(of_patient(II(root=RESERVNUMMER)), True, id="nobody's record"),
        pytest.param(saying(ASTA), True, id="patient id in a text"),
        pytest.param(referring("javascript:alert(1)"), True, id="address that runs code"),
        pytest.param(
            care_plan(attachments=(attachment(reference=Uri("https://x")),)), True, id="two documents"
        ),
        pytest.param(care_plan(attachments=(attachment(size=1),)), True, id="false size"),
        pytest.param(care_plan(attachments=(attachment(sha256=Sha256("")),)), True, id="false checksum"),
        pytest.param(care_plan(attachments=(attachment(value=None),)), False, id="missing document"),
        pytest.param(care_plan(attachments=(attachment(b"x" * 100_001),)), False, id="large document"),
        pytest.param(care_plan(goals=(goal(), goal())), False, id="id used twice"),
        pytest.param(care_plan(period=BACKWARDS), False, id="backward period"),
        pytest.param(sip(responsible=None), False, id="incomplete joint plan"),
    ],
)
def test_only_a_record_that_could_harm_is_unsafe_to_show(record: Record, *, unsafe: bool) -> None:
    assert [finding.unsafe for finding in check_record(record, now=NOW)] == [unsafe]


@pytest.mark.parametrize(
    ("given", "unsafe"),
    [
        pytest.param(answer(of_patient(OTHER_PATIENT)), True, id="another patient"),
        pytest.param(answer(result=result(ResultCode.INFO, text=ASTA)), True, id="patient id in the result"),
        pytest.param(answer(result=result(ResultCode.OK, "NA")), False, id="log id of today's platform"),
        pytest.param(answer(care_plan(), care_plan()), False, id="record sent twice"),
    ],
)
def test_only_an_answer_that_could_harm_is_unsafe_to_use(given: Answer, *, unsafe: bool) -> None:
    assert [finding.unsafe for finding in check_answer(given, query(), now=NOW)] == [unsafe]


@pytest.mark.parametrize(
    ("asked", "severity"),
    [
        (query(patient_id=II(root=RESERVNUMMER)), Severity.ERROR),
        (query(care_unit_ids=(hsa("enheten"),)), Severity.WARNING),
        (query(care_unit_ids=(hsa("enheten\n"),)), Severity.ERROR),
        (query(record_ids=(II(root="1.2.3", extension="\u2028"),)), Severity.ERROR),
    ],
    ids=["nobody", "strange HSA-id", "HSA-id with line break", "record id with line separator"],
)
def test_a_question_is_refused_for_what_can_match_nothing(asked: Query, severity: Severity) -> None:
    assert [finding.severity for finding in check_query(asked)] == [severity]


def test_a_finding_says_what_is_wrong_in_two_languages_and_where() -> None:
    (finding,) = check_record(care_plan(period=BACKWARDS), now=NOW, at="carePlan[2]")

    assert isinstance(finding, Finding)
    assert finding == RuleFinding(
        code="CP-008",
        path="carePlan[2]/body/period/end",
        message="the period ends before it starts: the end must be the start or later",
        message_sv="perioden slutar innan den börjar: slutet ska vara samma som början eller senare",
        severity=Severity.ERROR,
        unsafe=False,
    )


def test_a_finding_repeats_no_value() -> None:
    records = [param.values[0] for param in BAD_RECORDS]
    answers = [param.values[0] for param in BAD_ANSWERS]

    said = [check_record(record, now=NOW) for record in records if isinstance(record, CarePlan | Agreement)]
    said += [check_answer(given, query(), now=NOW) for given in answers if isinstance(given, Answer)]

    spoken = msgspec.json.encode(said).decode()
    assert re.findall(r"1212|2296|0000000018|99[aA]123|Emilia|Hampus|example|alert", spoken) == []


# --- what a rule is told ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"value": None}, [], id="described"),
        pytest.param({}, [], id="sent all the same"),
        pytest.param({"value": None, "size": None}, ["body/attachment[1]"], id="no size"),
        pytest.param({"value": None, "sha256": None}, ["body/attachment[1]"], id="no checksum"),
        pytest.param({"size": 1}, ["body/attachment[1]/size"], id="false size"),
        pytest.param(
            {"value": None, "reference": Uri("data:,x")}, ["body/attachment[1]/reference"], id="address"
        ),
    ],
)
def test_documents_that_were_not_asked_for_are_described(
    changes: dict[str, Any], expected: list[str]
) -> None:
    plan = care_plan(attachments=(attachment(**changes),))

    findings = check_record(plan, now=NOW, attachments_asked=False)

    assert found(findings) == [("CP-010", path) for path in expected]


@pytest.mark.parametrize(
    ("hour", "expected"), [(11, []), (12, [("CP-008", "header/accessControl/blockComparisonTime")])]
)
def test_a_moment_with_a_zone_is_compared_in_swedish_time(hour: int, expected: list[tuple[str, str]]) -> None:
    blocked = dt.datetime(2026, 1, 20, hour, 0, tzinfo=dt.UTC)
    plan = care_plan(header=header(block_comparison_time=blocked, updated_time=blocked))

    assert found(check_record(plan, now=NOW)) == expected
    assert found(check_record(plan, now=dt.datetime(2026, 1, 20, 11, tzinfo=dt.UTC))) == expected


def test_sub_goals_without_end_are_told_not_crashed_on() -> None:
    findings = check_record(care_plan(goals=(goals_deep(2000),)), now=NOW)

    assert found(findings) == [("CP-009", "body/goal[1]/subGoal[1]/subGoal[1]/subGoal[1]")]


def test_a_rule_stops_at_a_hundred_findings_in_one_record() -> None:
    plan = care_plan(participants=(), goals=tuple(goal(need_ids=("x",)) for _ in range(200)))

    findings = check_record(plan, now=NOW)

    assert [finding.code for finding in findings] == ["CP-006"] * 100


def test_findings_stand_in_the_order_of_their_rules_and_then_of_the_record() -> None:
    plan = care_plan(
        title=ASTA,
        period=BACKWARDS,
        goals=(goal(need_ids=("a", "b")), goal(id="2", status=GoalStatus.COMPLETED, need_ids=("c",))),
        header=header(accountable_care_giver=organization("x")),
    )

    assert found(check_record(plan, now=NOW)) == [
        ("CP-003", "header/accessControl/accountableCareGiver/id"),
        ("CP-006", "body/goal[1]/needId[1]"),
        ("CP-006", "body/goal[1]/needId[2]"),
        ("CP-006", "body/goal[2]/needId[1]"),
        ("CP-008", "body/period/end"),
        ("CP-013", "body/goal[2]/achievement"),
        ("CP-018", "body/title"),
    ]


# --- the catalogue ------------------------------------------------------------------------------


def test_every_rule_has_its_own_code_and_a_sentence_in_two_languages() -> None:
    assert [rule.code for rule in RULES] == [f"CP-{number:03}" for number in range(1, 22)]
    assert list(RULES_BY_CODE.values()) == list(RULES)
    assert all(rule.text.english and rule.text.swedish and rule.reference for rule in RULES)


def test_every_rule_is_checked_here_or_by_the_codec() -> None:
    unchecked = [rule.code for rule in RULES if not (rule.record or rule.answer or rule.query)]

    assert unchecked == ["CP-001"]
    assert [rule.code for rule in RULES if rule.by_codec] == ["CP-001"]


def test_every_rule_has_bad_values_in_the_tables_above() -> None:
    tables = {"record": BAD_RECORDS, "answer": BAD_ANSWERS, "query": BAD_QUERIES}

    missing = {
        (rule.code, scope)
        for scope, cases in tables.items()
        for rule in RULES
        if getattr(rule, scope) and not any(str(param.id).startswith(rule.code) for param in cases)
    }

    assert missing == set()


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract description is not beside this checkout")
def test_the_rules_are_those_of_the_contract_description() -> None:
    rows = re.findall(r"^\| (CP-\d{3}) \| (.*) \|$", CONTRACT.read_text(encoding="utf-8"), re.MULTILINE)

    severities = {
        code: Severity.WARNING
        if "(warning" in text
        else Severity.INFO
        if "(information" in text
        else Severity.ERROR
        for code, text in rows
    }

    assert {rule.code: rule.severity for rule in RULES if rule.reference.endswith("section 4")} == severities


def test_every_field_that_refers_to_a_part_of_the_record_is_known() -> None:
    targets = {reference.field.removesuffix("s").removesuffix("_id") for reference in REFERENCES}

    referring_fields = {
        (cls, field)
        for cls in ContractType.__subclasses__()
        for field, hint in get_type_hints(cls).items()
        if field.removesuffix("s").removesuffix("_id") in targets and str in (hint, *get_args(hint))
    }

    assert {(reference.holder, reference.field) for reference in REFERENCES} == referring_fields


def test_all_parts_of_a_record_are_gathered_however_deep_they_stand() -> None:
    kinds = frozenset(ContractType.__subclasses__())
    record = sip(
        goals=(goals_deep(4), goal(follow_up=FollowUp(planned=recurring(bounds=WEEKEND)))),
        risks=(risk(), risk(id="2")),
        attachments=(attachment(),),
    )

    gathered = gather(record, kinds)

    for kind in kinds:
        located = [id(part) for _, part in nodes_with_paths(record, kind)]
        assert sorted(map(id, gathered[kind])) == sorted(located)
