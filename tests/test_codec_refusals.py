"""What cannot be written or read is refused with its place and what would be right, and never crashed on."""

# ruff: noqa: DTZ001, DTZ901 - the contract's times are Swedish local time, without a zone

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from riv_careplans import codec
from riv_careplans.codes import CORE_4, RESPONDER_3, GoalStatus, PlanStatus, PlanType, WeekDay
from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.contracts import interaction_for
from riv_careplans.errors import ContractViolation, Finding
from riv_careplans.exchange import Answer
from riv_careplans.identity import PartialTime
from riv_careplans.model import CV, II, Attachment, CarePlan, ContractType, DatePeriod, Goal, Record, Timing
from tests.builders import (
    activity,
    answer,
    attachment,
    care_plan,
    goal,
    header,
    hsa,
    organization,
    participant,
    record_id,
    recurring,
    risk,
)
from tests.strategies import care_plans

V3 = interaction_for("3.0")
CANARY = "kanariefågel"


def written(given: Answer) -> bytes:
    """Write an answer as a whole document."""
    return "".join(V3.write_response(given.result, given.care_plans)).encode()


def refusal(value: ContractType) -> tuple[Finding, ...]:
    with pytest.raises(ContractViolation) as caught:
        codec.element(RESPONDER_3, "carePlan", value)
    assert str(caught.value) == "the value cannot be written as the contract says"
    return caught.value.findings


# --------------------------------------------------------------------------------- what cannot be written

TEXT = "expected a text of characters that XML can carry"
DATE = "expected a date from 1900 to 2099"
MOMENT = "expected a date with time from 1900 to 2099"
ADDRESS = "expected an address (URI) without blanks around it"
ADDRESS_AT = "carePlan/body/attachment[1]/reference"
VERSION = "expected a whole number from 1 to 999999999"
VERSION_AT = "carePlan/header/record/version"
INT = "expected a whole number from -2147483648 to 2147483647"
RECURRENCE = "carePlan/body/activity[1]/timing/recurrence"
EXTENSION = "expected one element of another namespace, as XML"


def recurrence_with(**changes: Any) -> CarePlan:
    return care_plan(activities=(activity(timing=recurring(**changes)),))


def timed(timing: Any) -> CarePlan:
    return care_plan(activities=(activity(timing=timing),))


def attached(**changes: Any) -> CarePlan:
    return care_plan(attachments=(attachment(**changes),))


SOME: Any = object()
WRONG: list[tuple[CarePlan, str, str]] = [
    # texts
    (care_plan(title=None), "carePlan/body/title", "this is missing"),
    (care_plan(title=5), "carePlan/body/title", TEXT),
    (care_plan(title=b"Plan"), "carePlan/body/title", TEXT),
    (care_plan(title=SOME), "carePlan/body/title", TEXT),
    (care_plan(title="a\x00b"), "carePlan/body/title", TEXT),
    (care_plan(title="a\x1bb"), "carePlan/body/title", TEXT),
    (care_plan(title="a\ud800b"), "carePlan/body/title", TEXT),
    (care_plan(title="a\uffffb"), "carePlan/body/title", TEXT),
    (care_plan(summary="a\x0bb"), "carePlan/body/summary", TEXT),
    (care_plan(goals=(goal(), goal(id="\x01"))), "carePlan/body/goal[2]/id", TEXT),
    (care_plan(goals=(goal(need_ids=("n1", 2)),)), "carePlan/body/goal[1]/needId[2]", TEXT),
    (care_plan(goals=(goal(need_ids="n1"),)), "carePlan/body/goal[1]/needId", "expected a tuple of values"),
    # numbers
    (care_plan(header=header(version=0)), VERSION_AT, VERSION),
    (care_plan(header=header(version=-1)), VERSION_AT, VERSION),
    (care_plan(header=header(version=1_000_000_000)), VERSION_AT, VERSION),
    (care_plan(header=header(version=1.0)), VERSION_AT, VERSION),
    (care_plan(header=header(version="1")), VERSION_AT, VERSION),
    (recurrence_with(frequency=2**31), f"{RECURRENCE}/frequency", INT),
    (recurrence_with(every=10**5000), f"{RECURRENCE}/every", INT),
    (recurrence_with(count=-(2**31) - 1), f"{RECURRENCE}/count", INT),
    (attached(size=10**10), "carePlan/body/attachment[1]/size", "expected a whole number from 0 to 9999999999"),
    # booleans and codes
    (care_plan(header=header(approved_for_patient="true")), "carePlan/header/accessControl/approvedForPatient", "expected true or false"),
    (care_plan(header=header(approved_for_patient=[])), "carePlan/header/accessControl/approvedForPatient", "expected true or false"),
    (care_plan(status="aktiv"), "carePlan/body/status", "expected one of the codes draft, active, onHold, completed, cancelled, enteredInError"),
    (care_plan(status=GoalStatus.PROPOSED), "carePlan/body/status", "expected one of the codes draft, active, onHold, completed, cancelled, enteredInError"),
    (care_plan(scope=[]), "carePlan/body/scope", "expected one of the codes comprehensive, area, procedure"),
    # times
    (care_plan(period=DatePeriod(start=dt.date(1899, 12, 31))), "carePlan/body/period/start", DATE),
    (care_plan(period=DatePeriod(start=dt.date(2026, 1, 1), end=dt.date.max)), "carePlan/body/period/end", DATE),
    (care_plan(period=DatePeriod(start="20260101")), "carePlan/body/period/start", DATE),  # type: ignore[arg-type]
    (care_plan(header=header(updated_time=dt.date(2026, 1, 1))), "carePlan/header/record/updatedTime", MOMENT),
    (care_plan(header=header(updated_time=dt.datetime.min.replace(tzinfo=dt.UTC))), "carePlan/header/record/updatedTime", MOMENT),
    (care_plan(header=header(updated_time=dt.datetime.max.replace(tzinfo=dt.UTC))), "carePlan/header/record/updatedTime", MOMENT),
    (care_plan(header=header(updated_time=dt.datetime(2099, 12, 31, 23, 30, tzinfo=dt.UTC))), "carePlan/header/record/updatedTime", MOMENT),
    (recurrence_with(times_of_day=(dt.time(8, tzinfo=dt.UTC),)), f"{RECURRENCE}/timeOfDay[1]", "expected a time of day without a zone"),
    (recurrence_with(times_of_day=("080000",)), f"{RECURRENCE}/timeOfDay[1]", "expected a time of day without a zone"),
    (timed(Timing(at=PartialTime("1850"))), "carePlan/body/activity[1]/timing/at", "expected a partial time from 1900 to 2099"),
    (timed(Timing(at="2026")), "carePlan/body/activity[1]/timing/at", "expected a partial time from 1900 to 2099"),  # type: ignore[arg-type]
    # bytes, checksums, addresses
    (attached(value="JVBERi0="), "carePlan/body/attachment[1]/value", "expected bytes"),
    (attached(sha256="0" * 63), "carePlan/body/attachment[1]/sha256", "expected 64 lower-case hexadecimal digits"),
    (attached(sha256="A" * 64), "carePlan/body/attachment[1]/sha256", "expected 64 lower-case hexadecimal digits"),
    (attached(sha256="0" * 64 + "\n"), "carePlan/body/attachment[1]/sha256", "expected 64 lower-case hexadecimal digits"),
    (attached(reference="http://["), ADDRESS_AT, ADDRESS),
    (attached(reference=" https://example.org"), ADDRESS_AT, ADDRESS),
    (attached(reference="https://example.org/%zz"), ADDRESS_AT, ADDRESS),
    (attached(reference="https://example.org/\x01"), ADDRESS_AT, ADDRESS),
    (attached(reference=7), ADDRESS_AT, ADDRESS),
    # parts and how many
    (care_plan(type=None), "carePlan/body/type", "this is missing"),
    (care_plan(type=PlanType.SIP), "carePlan/body/type", "expected a value of the type CV"),
    (care_plan(type=hsa("SE0000000018-E1")), "carePlan/body/type", "expected a value of the type CV"),
    (care_plan(goals=goal()), "carePlan/body/goal", "expected a tuple of values"),
    (care_plan(goals=None), "carePlan/body/goal", "expected a tuple of values"),
    (care_plan(goals=(goal(), None)), "carePlan/body/goal[2]", "this is missing"),
    (care_plan(goals=(activity(),)), "carePlan/body/goal[1]", "expected a value of the type Goal"),
    (care_plan(risks=(risk(triggers=()),)), "carePlan/body/risk[1]/trigger", "expected at least one"),
    (recurrence_with(week_days=(WeekDay.MONDAY,) * 8), f"{RECURRENCE}/weekDay", "expected at most 7"),
    (timed(Timing()), "carePlan/body/activity[1]/timing", "expected exactly one of at, period, approximate, recurrence"),
    (timed(replace(recurring(), at=PartialTime("2026"))), "carePlan/body/activity[1]/timing", "expected exactly one of at, period, approximate, recurrence"),
    # extensions
    (care_plan(extensions=("hej",)), "carePlan/body/*[1]", EXTENSION),
    (care_plan(extensions=('<x:a xmlns:x="urn:x"></x:a>', "<a>")), "carePlan/body/*[2]", EXTENSION),
    (care_plan(extensions=("<a></a>",)), "carePlan/body/*[1]", EXTENSION),
    (care_plan(extensions=(f'<title xmlns="{CORE_4}">x</title>',)), "carePlan/body/*[1]", EXTENSION),
    (care_plan(extensions=('<x:a xmlns:x="urn:x"/><x:b xmlns:x="urn:x"/>',)), "carePlan/body/*[1]", EXTENSION),
    (care_plan(extensions=('<!DOCTYPE a><x:a xmlns:x="urn:x"/>',)), "carePlan/body/*[1]", EXTENSION),
    (care_plan(extensions=("\ud800",)), "carePlan/body/*[1]", EXTENSION),
    (care_plan(extensions=(None,)), "carePlan/body/*[1]", EXTENSION),
    (care_plan(extensions=7), "carePlan/body", "expected a tuple of extensions"),
]  # fmt: skip


@pytest.mark.parametrize(("plan", "path", "message"), WRONG, ids=[f"{path} {number}" for number, (_, path, _) in enumerate(WRONG)])  # fmt: skip
def test_what_cannot_be_written_is_refused_with_its_place(plan: CarePlan, path: str, message: str) -> None:
    assert refusal(plan) == (Finding(code="XSD", message=message, path=path),)


def test_everything_that_cannot_be_written_is_told_at_once() -> None:
    plan = care_plan(title=None, goals=(goal(text=1),), header=header(version=0))

    assert [finding.path for finding in refusal(plan)] == [
        "carePlan/header/record/version",
        "carePlan/body/title",
        "carePlan/body/goal[1]/text",
    ]


@pytest.mark.parametrize("value", [None, "hej", 5, object(), [care_plan()]])
def test_what_is_no_record_is_refused(value: Any) -> None:
    assert refusal(value) == (
        Finding(code="XSD", message="expected a value of the contract's types", path="carePlan"),
    )


def test_a_plan_that_goes_on_for_ever_is_refused() -> None:
    endless = goal()
    for _ in range(5000):
        endless = goal(sub_goals=(endless,))

    (finding,) = refusal(care_plan(goals=(endless,)))

    assert finding.message == "the parts are more than 64 deep inside each other"


def test_a_refusal_repeats_no_value() -> None:
    plan = care_plan(title=f"{CANARY}\x00", status=CANARY, extensions=(CANARY,), period=CANARY)

    assert CANARY not in repr(refusal(plan))


@pytest.mark.parametrize("text", ["\x00", "\x0b", "\ud800", "\ufffe"])
def test_escape_refuses_what_xml_cannot_carry(text: str) -> None:
    with pytest.raises(ValueError, match="a text holds a character that XML cannot carry"):
        codec.escape(text)


# ------------------------------------------------------- wrong values of any kind, anywhere in a plan


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to everything inside a value: fields by name, items by number."""
    if isinstance(part, msgspec.Struct) and not isinstance(part, PartialTime):
        for name in part.__struct_fields__:
            yield (*path, name)
            yield from places(getattr(part, name), (*path, name))
    elif isinstance(part, tuple):
        for number, item in enumerate(part):
            yield (*path, number)
            yield from places(item, (*path, number))


def changed(part: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Put another value in a place."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        return (*part[:first], changed(part[first], rest, value), *part[first + 1 :])
    return replace(part, **{first: changed(getattr(part, first), rest, value)})


ANYTHING: list[Any] = [
    *(None, True, 0, -1, 7, 2**31, 10**40, 1.5, float("nan"), b"", b"x", "", "x", "x\x00", "\ud800", "<", "1", "true"),
    *("20260101", "2026", "active", (), [], {}, set(), ("x",), ["x", "y"], (None,), object(), int, len),
    *(dt.date(2026, 1, 1), dt.date.min, dt.date.max, dt.datetime(2026, 1, 1), dt.datetime.min, dt.time(8)),
    *(dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC), dt.timedelta(1)),
    *(dt.time(8, tzinfo=dt.UTC), PartialTime("2026"), PartialTime("1800"), PlanStatus.ACTIVE, PlanType.SIP),
    *(WeekDay.MONDAY, (WeekDay.MONDAY,) * 8, II(root="1"), (II(root="1"),), CV(code="1"), goal(), (goal(),)),
    *(activity(), (activity(),), Timing(), (Timing(),), recurring(), participant(), organization(), risk()),
    *(replace(recurring(), at=PartialTime("2026")), DatePeriod(start=dt.date(2026, 1, 1)), attachment(), header()),
    *(care_plan(), Record(id=II(root="1"), updated_time=dt.datetime(2026, 1, 1)), Attachment, iter("x"), range(3)),
    *('<x:a xmlns:x="urn:x"/>', ('<x:a xmlns:x="urn:x"/>',), ("<a/>",), ("<a",), ("x",), "http://[", "a b"),
]  # fmt: skip


@settings(max_examples=150)
@given(care_plans(), st.data())
def test_whatever_a_field_holds_is_written_valid_or_refused_with_a_place(
    plan: CarePlan, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(list(places(plan))))
    wrong = changed(plan, place, data.draw(st.sampled_from(ANYTHING)))

    documents, refusals = [], []
    try:
        documents.append(written(answer(wrong)))
    except ContractViolation as refused:
        refusals.append(refused.findings)

    assert all(GET_CARE_PLANS_3.violations(codec.parse(document)) == () for document in documents)
    assert all(findings[0].path.startswith("carePlan") for findings in refusals)


# -------------------------------------------------------------------------------- what cannot be read


def with_value(name: str, text: str, document: bytes) -> codec.Element:
    return codec.parse(
        re.sub(rb"(<c:%s>)[^<]*" % name.encode(), rb"\g<1>" + text.encode(), document, count=1)
    )


@pytest.mark.parametrize(
    ("name", "text", "path", "message"),
    [
        ("start", "20260231", "carePlan[1]/body/period/start", "this is not a valid date: expected YYYYMMDD, a day that exists in the calendar"),
        ("updatedTime", "20260431120000", "carePlan[1]/header/record/updatedTime", "this is not a valid time: expected YYYYMMDDhhmmss, a moment that exists in the calendar"),
        ("at", "20250229", "carePlan[1]/body/activity[1]/timing/at", "this is not a valid time: expected YYYYMMDDhhmmss, a moment that exists in the calendar"),
    ],
)  # fmt: skip
def test_a_day_that_does_not_exist_holds_the_record_back(
    name: str, text: str, path: str, message: str
) -> None:
    plan = care_plan(
        period=DatePeriod(start=dt.date(2026, 1, 1)),
        activities=(activity(timing=Timing(at=PartialTime("2026"))),),
    )
    element = with_value(name, text, written(answer(plan, care_plan(header=header(id=record_id(2))))))
    assert GET_CARE_PLANS_3.violations(element) == ()

    reading = V3.read_response(element)

    assert reading.findings == (Finding(code="CP-001", message=message, path=path, line=1),)
    assert reading.answer.held_back == 1
    assert len(reading.answer.care_plans) == 1


@pytest.mark.parametrize(
    ("inner", "findings"),
    [
        ("", [("", "the element id is missing"), ("", "the element text is missing"), ("", "the element status is missing")]),
        ("<c:id>1</c:id><c:text/><c:status>mål</c:status>", [("status", "this is not a valid code of the contract")]),
        ("<c:id>1</c:id><c:text/><c:status>active</c:status><c:unknown/>", [("", "the elements are not those of the contract, or not where they belong")]),
        ("<c:id>1</c:id><c:text/><c:status>active</c:status><c:achievement><c:code>improving</c:code><c:date>x</c:date></c:achievement>", [("achievement/date", "this is not a valid date: expected YYYYMMDD, a day that exists in the calendar")]),
        ("<c:id>1</c:id><c:text/><c:status>active</c:status><unqualified/>", [("", "the elements are not those of the contract, or not where they belong")]),
    ],
)  # fmt: skip
def test_an_element_that_passed_no_schema_is_refused_and_not_crashed_on(
    inner: str, findings: list[tuple[str, str]]
) -> None:
    element = codec.parse(f'<c:goal xmlns:c="{CORE_4}">{inner}</c:goal>'.encode())

    with pytest.raises(ContractViolation) as caught:
        codec.read(Goal, element)

    assert [(finding.path, finding.message) for finding in caught.value.findings] == findings


def test_an_address_is_collapsed_as_the_schema_does_and_no_further() -> None:
    plan = attached(value=None, size=None, sha256=None, reference="https://example.org")
    element = with_value("reference", "\n https://example.org/\u00a0 b\t", written(answer(plan)))

    (read_plan,) = V3.read_response(element).answer.care_plans

    assert read_plan.body.attachments[0].reference == "https://example.org/\u00a0 b"
