"""Two answers compared as plans: laws, what means nothing, what is matched with what, and the words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from riv_careplans.codec.shape import shape_of
from riv_careplans.codes import (
    Achievement,
    AgreementStatus,
    Audience,
    ChannelSystem,
    GoalStatus,
    MediaType,
    PartyKind,
)
from riv_careplans.comparison import Change, Difference, as_json, compare, mask_for
from riv_careplans.comparison.essence import essence, essence_of_extension
from riv_careplans.comparison.words import code_words, field_words
from riv_careplans.contracts import get_care_plans_2, get_care_plans_3
from riv_careplans.directory import read_document
from riv_careplans.exchange import Answer, without_values
from riv_careplans.identity import HSA_ID, HSA_ID_HL7, PartialTime
from riv_careplans.model import (
    II,
    Agreement,
    Attachment,
    CarePlan,
    CarePlanBody,
    Channel,
    ContractType,
    Extension,
    FollowUp,
    GoalAchievement,
    GoalTarget,
    Timing,
)
from tests.builders import (
    activity,
    agreement,
    answer,
    attachment,
    care_plan,
    goal,
    participant,
    recurring,
)
from tests.comparisons import answer_of, compared, lines, plan, told
from tests.strategies import RICH, SMALL, USUAL, agreements, answers, care_plans

pytestmark = pytest.mark.once

EXAMPLES = Path(__file__).parents[1] / "examples" / "asta"
P3 = EXAMPLES / "p3-hemtjansten" / "genomforandeplan.xml"
UPDATED = EXAMPLES / "updates" / "p3-hemtjansten" / "genomforandeplan.xml"


def backwards(value: Any) -> Any:
    """The same value with everything repeated in it in the opposite order."""
    if isinstance(value, tuple):
        return tuple(backwards(one) for one in reversed(value))
    if not isinstance(value, ContractType):
        return value
    return replace(
        value, **{field.name: backwards(getattr(value, field.name)) for field in shape_of(type(value))}
    )


def backwards_answer(given: Answer) -> Answer:
    return replace(given, care_plans=backwards(given.care_plans), agreements=backwards(given.agreements))


def meaning(difference: Difference) -> tuple[Any, ...]:
    """What a difference says, without how its values are written."""
    sides = tuple(
        None if one is None else essence_of(difference, one) for one in (difference.old, difference.new)
    )
    return difference.owner, difference.field, sides, tuple(map(meaning, difference.parts))


def essence_of(difference: Difference, value: Any) -> Any:
    return essence_of_extension(value) if difference.field == "extensions" else essence(value)


# --- laws ---------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(answers())
def test_an_answer_does_not_differ_from_itself(given: Answer) -> None:
    comparison = compare(given, given)

    assert comparison.equal
    assert comparison.same == len(given.care_plans) + len(given.agreements)


@settings(max_examples=20)
@given(answers(), answers())
def test_comparing_the_other_way_round_gives_the_mirror_image(old: Answer, new: Answer) -> None:
    forth, back = compare(old, new), compare(new, old)

    assert forth.mirrored() == back
    assert forth.count(Change.ADDED) == back.count(Change.REMOVED)
    assert forth.mirrored().mirrored() == forth


@settings(max_examples=20)
@given(care_plans(SMALL), care_plans(SMALL))
def test_versions_of_a_plan_are_mirrored_too(old: CarePlan, new: CarePlan) -> None:
    version = replace(
        new,
        header=replace(new.header, record=old.header.record, source_system_id=old.header.source_system_id),
    )

    assert compared(old, version).mirrored() == compared(version, old)


@settings(max_examples=20)
@given(answers(), answers())
def test_the_order_of_records_and_parts_means_nothing(old: Answer, new: Answer) -> None:
    forwards, turned = compare(old, new), compare(backwards_answer(old), backwards_answer(new))

    assert compare(old, backwards_answer(old)).equal
    assert list(map(meaning, forwards.records)) == list(map(meaning, turned.records))


@settings(max_examples=20)
@given(answers(), answers())
def test_every_comparison_can_be_told(old: Answer, new: Answer) -> None:
    comparison = compare(old, new)

    for show in (False, True):
        document = json.loads(as_json(comparison, mask=mask_for(comparison, show_personal_data=show)))
        assert document["equal"] == comparison.equal
        assert document["summary"]["added"] == comparison.count(Change.ADDED)
        assert told(comparison, show=show).splitlines()[-1]
        assert told(comparison, language="en", show=show).splitlines()[-1]


def leaves(value: Any, rebuild: Callable[[Any], Any]) -> Iterator[Callable[[], Any]]:
    """For each simple value inside, a function that gives the whole with that value altered."""
    if isinstance(value, ContractType):
        for field in shape_of(type(value)):
            part = getattr(value, field.name)
            if isinstance(value, Attachment) and value.value is not None and field.name in ("size", "sha256"):
                continue  # the bytes say it

            def inside(new: Any, name: str = field.name) -> Any:
                return rebuild(replace(value, **{name: new}))

            if isinstance(part, tuple):
                for place, one in enumerate(part):

                    def among(new: Any, name: str = field.name, all_: Any = part, at: int = place) -> Any:
                        return rebuild(replace(value, **{name: (*all_[:at], new, *all_[at + 1 :])}))

                    yield from leaves(one, among)
            elif part is not None:
                yield from leaves(part, inside)
    else:
        yield lambda: rebuild(altered(value))


def altered(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return next(one for one in type(value) if one is not value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, PartialTime):
        return PartialTime("1987" if value.digits != "1987" else "1988")
    if isinstance(value, dt.time):
        return dt.time(1 if value.hour != 1 else 2)
    more: dict[type, Any] = {str: "x", bytes: b"x", int: 1}
    return value + more.get(type(value), dt.timedelta(days=1))


@settings(max_examples=40)
@given(st.data())
def test_any_single_value_that_changes_is_found_and_told(data: st.DataObject) -> None:
    record = data.draw(care_plans(RICH) | agreements(USUAL))
    change = data.draw(st.sampled_from(list(leaves(record, lambda whole: whole))))

    old = answer_of(record)
    comparison = compare(old, answer_of(change()))

    assert not comparison.equal
    assert len(told(comparison).splitlines()) >= 4
    assert told(comparison) != told(compare(old, old))


# --- what means nothing -------------------------------------------------------------------------


def test_prefixes_white_space_comments_and_the_envelope_mean_nothing() -> None:
    written = P3.read_text(encoding="utf-8")
    one = read_document(written.encode())
    body = "".join(
        get_care_plans_3.INTERACTION.write_response(one.result, one.care_plans, one.agreements, one.has_more)
    )
    envelope = "http://schemas.xmlsoap.org/soap/envelope/"
    other = (
        f'<e:Envelope xmlns:e="{envelope}"><!-- KANARIE --><e:Body>\n{body}</e:Body></e:Envelope>'
    ).replace("</", "<!-- x --></", 3)

    comparison = compare(one, read_document(other.encode()))

    assert "<!--" in written
    assert comparison.equal
    assert comparison.same == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            {"summary": "Du går  själv.\n"}, {"summary": "Du går själv."}, id="white space in a text"
        ),
        pytest.param({"summary": "A\u030angest"}, {"summary": "Ångest"}, id="how an Å is composed"),
        pytest.param(
            {"joint_plan_id": II(root=HSA_ID, extension="SE2329999995-E1")},
            {"joint_plan_id": II(root=HSA_ID_HL7, extension="se2329999995-e1")},
            id="how an HSA-id is written",
        ),
        pytest.param(
            {"extensions": (Extension('<x:a xmlns:x="urn:example:x" b="1" c="2"><x:d> e</x:d></x:a>'),)},
            {"extensions": (Extension('<a xmlns="urn:example:x" c="2" b="1"><d>e</d></a>'),)},
            id="prefixes in an unknown element",
        ),
        pytest.param(
            {"attachments": (attachment(b"%PDF-1"),)},
            {"attachments": (attachment(b"%PDF-1", value=None),)},
            id="a document told by its checksum",
        ),
        pytest.param(
            {"attachments": (attachment(b"%PDF-1", size=None, sha256=None),)},
            {"attachments": (attachment(b"%PDF-1"),)},
            id="a document whose checksum is not told",
        ),
    ],
)
def test_what_is_only_written_otherwise_is_the_same(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert compared(plan(**old), plan(**new)).equal


def test_an_answer_without_documents_differs_from_the_whole_one_in_nothing() -> None:
    whole = answer(plan(attachments=(attachment(),)))

    assert compare(whole, replace(whole, care_plans=tuple(map(without_values, whole.care_plans)))).equal


def test_a_checksum_that_lies_hides_no_change_of_the_document() -> None:
    old, new = attachment(b"%PDF-1"), attachment(b"%PDF-2")
    lying = replace(new, sha256=old.sha256)

    assert not compared(plan(attachments=(old,)), plan(attachments=(lying,))).equal


def test_log_ids_are_no_part_of_the_plans() -> None:
    one = answer(care_plan())

    assert compare(one, replace(one, result=replace(one.result, log_id="another"))).equal


# --- what is matched with what ------------------------------------------------------------------


def differences(old: CarePlan, new: CarePlan) -> list[tuple[str, Change, list[str]]]:
    """Field, change and inner fields of everything that differs in the one record of both."""
    (record,) = compared(old, new).records
    return [(one.field, one.change, [part.field for part in one.parts]) for one in record.parts]


def phone(value: str, **changes: Any) -> Channel:
    return replace(Channel(system=ChannelSystem.PHONE, value=value, audience=Audience.BOTH), **changes)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            {"goals": (goal(id="a"), goal(id="b", text="Baka"))},
            {"goals": (goal(id="b", text="Baka bröd"), goal(id="c"))},
            [
                ("goals", Change.REMOVED, []),
                ("goals", Change.CHANGED, ["text"]),
                ("goals", Change.ADDED, []),
            ],
            id="goals by id, not by place",
        ),
        pytest.param(
            {"goals": (goal(sub_goals=(goal(id="1"), goal(id="2"))),)},
            {"goals": (goal(sub_goals=(goal(id="2", status=GoalStatus.ON_HOLD), goal(id="1"))),)},
            [("goals", Change.CHANGED, ["sub_goals"])],
            id="sub-goals by id",
        ),
        pytest.param(
            {"attachments": (attachment(b"1", title="Plan"), attachment(b"2", title="Råd"))},
            {"attachments": (attachment(b"2", title="Råd"), attachment(b"1", title="Plan 2026"))},
            [("attachments", Change.CHANGED, ["title"])],
            id="documents by checksum",
        ),
        pytest.param(
            {"attachments": (attachment(b"1", title="Plan"), attachment(b"2", title="Råd"))},
            {"attachments": (attachment(b"2", title="Råd"), attachment(b"111", title="Plan"))},
            [("attachments", Change.CHANGED, ["size", "sha256"])],
            id="documents else by title",
        ),
        pytest.param(
            {"follow_ups": (FollowUp(planned=Timing(at=PartialTime("202606")), manner="Vi ringer."),)},
            {"follow_ups": (FollowUp(planned=Timing(at=PartialTime("202609")), manner="Vi ringer."),)},
            [("follow_ups", Change.CHANGED, ["planned"])],
            id="follow-ups by how, when the time is new",
        ),
        pytest.param(
            {"goals": (goal(targets=(GoalTarget(measure="Steg", value="1"), GoalTarget(measure="Sömn"))),)},
            {"goals": (goal(targets=(GoalTarget(measure="Sömn"), GoalTarget(measure="Steg", value="2"))),)},
            [("goals", Change.CHANGED, ["targets"])],
            id="targets by what is measured",
        ),
        pytest.param(
            {"activities": (activity(goal_ids=("a", "b")),)},
            {"activities": (activity(goal_ids=("b", "c")),)},
            [("activities", Change.CHANGED, ["goal_ids", "goal_ids"])],
            id="references one by one",
        ),
        pytest.param(
            {"participants": (participant(channels=(phone("1"), phone("2"))),)},
            {"participants": (participant(channels=(phone("2"), phone("3"))),)},
            [("participants", Change.CHANGED, ["channels"])],
            id="a channel that has a new number",
        ),
        pytest.param(
            {"goals": (goal(), goal(), goal(text="b"))},
            {"goals": (goal(text="b"), goal())},
            [("goals", Change.REMOVED, [])],
            id="ids that stand twice, against CP-006",
        ),
        pytest.param(
            {
                "extensions": (
                    Extension('<a xmlns="urn:example:x">1</a>'),
                    Extension('<b xmlns="urn:example:x"></b>'),
                )
            },
            {"extensions": (Extension('<a xmlns="urn:example:x">2</a>'),)},
            [("extensions", Change.CHANGED, []), ("extensions", Change.REMOVED, [])],
            id="unknown elements by name",
        ),
    ],
)
def test_parts_are_matched_by_what_they_are_known_by(
    old: dict[str, Any], new: dict[str, Any], expected: list[tuple[str, Change, list[str]]]
) -> None:
    assert differences(plan(**old), plan(**new)) == expected


def test_records_are_matched_by_source_system_and_id() -> None:
    one, other = care_plan(), care_plan()
    moved = replace(
        other, header=replace(other.header, source_system_id=II(root=HSA_ID, extension="SE0000000018-S9"))
    )

    comparison = compared(one, moved)

    assert sorted(record.change for record in comparison.records) == [Change.ADDED, Change.REMOVED]


def test_of_several_versions_in_one_answer_the_newest_is_compared_and_the_others_are_counted() -> None:
    first = care_plan()
    later = replace(
        plan(title="Ny rubrik"), header=replace(first.header, record=replace(first.header.record, version=9))
    )

    comparison = compare(answer(first, later), answer(later))

    assert comparison.equal
    assert comparison.dropped == 1


# --- in words -----------------------------------------------------------------------------------


def test_what_changed_in_astas_plan_reads_as_a_care_planner_would_tell_it(
    golden: Callable[[str, str], None],
) -> None:
    comparison = compare(read_document(P3.read_bytes()), read_document(UPDATED.read_bytes()))

    golden("diff-asta.sv.txt", told(comparison))
    golden("diff-asta.en.txt", told(comparison, language="en"))
    golden("diff-asta-personal.sv.txt", told(comparison, show=True))
    golden("diff-asta.json", as_json(comparison, mask=mask_for(comparison)) + "\n")


@pytest.mark.parametrize(
    ("old", "new", "swedish", "english"),
    [
        pytest.param(
            {"goals": (goal(),)},
            {"goals": (goal(status=GoalStatus.ON_HOLD),)},
            ["~ Mål ändrat: mal-1", "status: pågår → vilande"],
            ["~ Goal changed: mal-1", "status: active → on hold"],
            id="a goal's status",
        ),
        pytest.param(
            {"goals": (goal(achievement=GoalAchievement(code=Achievement.IMPROVING)),)},
            {
                "goals": (
                    goal(achievement=GoalAchievement(code=Achievement.ACHIEVED, date=dt.date(2026, 1, 19))),
                )
            },
            ["måluppfyllelse: förbättras → uppnått", "måluppfyllelse, datum: (saknas) → mån 19 jan 2026"],
            ["achievement: improving → achieved", "achievement, date: (none) → 2026-01-19"],
            id="how far a goal is reached",
        ),
        pytest.param(
            {"goals": (goal(),)},
            {"goals": (goal(achievement=GoalAchievement(code=Achievement.ACHIEVED)),)},
            ["+ Måluppfyllelse tillagd (grad: uppnått)"],
            ["+ Achievement added (code: achieved)"],
            id="that a goal is reached",
        ),
        pytest.param(
            {"activities": (activity(timing=recurring()),)},
            {"activities": (activity(timing=recurring(every=2, text="Varannan vecka")),)},
            ["~ Aktivitet ändrad: Återbesök", "när: 1 gång i veckan → varannan vecka"],
            ["~ Activity changed: Återbesök", "timing: 1 time every week → 1 time every 2 weeks"],
            id="how often",
        ),
        pytest.param(
            {"activities": (activity(timing=recurring()),)},
            {"activities": (activity(timing=recurring(text="En gång per vecka")),)},
            ["när: ändrad (återkommer)"],
            ["timing: changed (recurrence)"],
            id="only the words of a time",
        ),
        pytest.param(
            {},
            {"activities": (activity(),)},
            ["+ Aktivitet tillagd: Återbesök (slag: besök, status: planerad)"],
            ["+ Activity added: Återbesök (kind: visit, status: planned)"],
            id="a new activity",
        ),
        pytest.param(
            {"attachments": (attachment(b"1"),)},
            {"attachments": (attachment(b"22"),)},
            ["storlek: 1 byte → 2 byte", "dokument (kontrollsumma): 6b86b273ff34… → 785f3ec7eb32…"],
            ["size: 1 bytes → 2 bytes"],
            id="a document",
        ),
        pytest.param(
            {"summary": "Gå."},
            {"summary": None},
            ["sammanfattning: text borttagen"],
            ["summary: text removed"],
            id="a text that is gone",
        ),
    ],
)
def test_changes_are_told_in_the_words_of_both_languages(
    old: dict[str, Any], new: dict[str, Any], swedish: list[str], english: list[str]
) -> None:
    comparison = compared(plan(**old), plan(**new))

    assert set(swedish) <= set(lines(told(comparison)))
    assert set(english) <= set(lines(told(comparison, language="en")))


def test_a_text_is_told_on_one_line_and_steers_no_terminal() -> None:
    text = told(compared(plan(summary="a"), plan(summary="b\x9b31m\u2028c\u202ed", title="T\x9b")), show=True)

    assert 'sammanfattning: "a" → "b�31m c�d"' in lines(text)
    assert all(line.isprintable() for line in text.split("\n"))


def test_a_2_0_rendering_says_what_2_0_lost() -> None:
    one = read_document((EXAMPLES / "p4-hemsjukvarden" / "sip-part.xml").read_bytes())
    body = "".join(get_care_plans_2.INTERACTION.write_response(one.result, one.care_plans, one.agreements))

    comparison = compare(one, read_document(body.encode()))

    (record,) = comparison.records
    text = lines(told(comparison))
    assert record.change is Change.CHANGED
    assert any("läst från GetCarePlans 2.0" in line for line in text)
    assert {part.field for part in record.parts if part.change is Change.REMOVED} >= {
        "goals",
        "activities",
        "needs",
        "participants",
        "risks",
    }
    assert any(line.startswith("+ Bilaga tillagd") for line in text)
    assert not any("assuming" in line for line in text)


def test_an_agreement_that_2_0_tells_as_a_plan_is_the_same_record() -> None:
    one = answer_of(agreement())
    body = "".join(get_care_plans_2.INTERACTION.write_response(one.result, (), one.agreements))
    other = read_document(body.encode())

    comparison = compare(one, other)

    (record,) = comparison.records
    assert isinstance(record.old, Agreement)
    assert isinstance(record.new, CarePlan)
    assert comparison.mirrored() == compare(other, one)
    assert "Överenskommelsen har blivit en plan." in lines(told(comparison))


def test_a_record_that_is_new_stands_whole_in_json_without_its_documents() -> None:
    comparison = compare(answer(), answer(plan(activities=(activity(),), attachments=(attachment(),))))

    (record,) = json.loads(as_json(comparison, mask=mask_for(comparison)))["records"]

    assert record["change"] == "added"
    assert record["record"]["body"]["activity"][0]["title"] == "Återbesök"
    assert record["record"]["header"]["accessControl"]["patientId"] == "****"
    assert "value" not in record["record"]["body"]["attachment"][0]


def test_every_field_and_every_code_has_words() -> None:
    classes: set[type[ContractType]] = set()
    left: list[type[ContractType]] = [CarePlan, Agreement]
    while left:
        cls = left.pop()
        if cls not in classes:
            classes.add(cls)
            left += [field.cls for field in shape_of(cls) if field.cls is not None]
    inside_times = {"TimeUnit", "WeekDay", "Month"}  # told by the sentences of riv_careplans.swedish

    for cls in classes:
        for field in shape_of(cls):
            assert field_words(cls, field.name, "sv")
            assert field_words(cls, field.name, "en")
            if field.enum is not None and field.enum.__name__ not in inside_times:
                assert all(code_words(code, "sv") for code in field.enum)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (GoalStatus.ON_HOLD, "on hold"),
        (AgreementStatus.ACTIVE, "active"),
        (MediaType.APPLICATION_PDF, "application/pdf"),
        (PartyKind.CARE_UNIT, "care unit"),
    ],
)
def test_english_words_are_the_contracts_own(code: StrEnum, word: str) -> None:
    assert code_words(code, "en") == word


def test_a_difference_knows_what_has_happened() -> None:
    gone = Difference(owner=CarePlanBody, field="summary", old="a")

    assert gone.change is Change.REMOVED
    assert gone.mirrored().change is Change.ADDED
