"""One document through all layers: what it is, what is found, where, and what is never said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import etree

from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.errors import ContractViolation
from riv_careplans.rules import Severity
from riv_careplans.validation import Unreadable, examine, examine_unreadable, validate
from riv_careplans.validation.report import Examined, Layer, Verdict
from riv_careplans.validation.telling import MOST_FINDINGS
from tests.builders import NOW, activity, care_plan, goal, header, record_id
from tests.validation_documents import (
    ANSWER,
    ANSWER_2,
    OPTIONS,
    QUESTION,
    broken,
    enveloped,
    examined,
    first,
    question_in_envelope,
    written,
)

VECTORS = Path(__file__).parent / "vectors"
HOSTILE = sorted((VECTORS / "hostile").glob("*.xml"))
REQUESTS = sorted((VECTORS / "requests").glob("*.xml"))
REFERENCE = Path(__file__).parents[2] / "shared" / "reference"
OFFICIAL = REFERENCE / "clinicalprocess_logistics_logistics_3.0.13"

CANARIES = ("1212121212", "7010632391", "9A19121212", "4911172296", "hostile", "Kanarie", "root:")
"""What the vectors carry and nobody may repeat: identities, a made-up name, a file's content."""

EMPTY_ANSWER = (
    f'<r:GetCarePlansResponse xmlns:r="{GET_CARE_PLANS_3.namespace}" '
    'xmlns:c="urn:riv:clinicalprocess:logistics:logistics:4"><r:result><c:resultCode>OK</c:resultCode>'
    "<c:logId>6f1cbbd6-7a0e-4a5e-9d5b-0c2f3ae0d7a1</c:logId></r:result></r:GetCarePlansResponse>"
)
FAULT = (
    "<s:Fault><faultcode>s:Server</faultcode><faultstring>VP007 Kanarie 197010632391</faultstring></s:Fault>"
)


def said(found: Examined) -> str:
    return msgspec.json.encode(found).decode()


def codes(found: Examined) -> list[str]:
    return [finding.code for finding in found.findings]


def record_of(text: str, number: int = 0) -> str:
    """Take one record out of an answer, as a document of its own."""
    records = [one for one in etree.fromstring(text.encode()) if etree.QName(one).localname != "result"]
    return etree.tostring(records[number], encoding="unicode", with_tail=False)


# --- what a document is -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "contract", "message", "records"),
    [
        (QUESTION, "GetCarePlans 3.0", "request", 0),
        (question_in_envelope(), "GetCarePlans 3.0", "request", 0),
        (ANSWER, "GetCarePlans 3.0", "response", 3),
        (enveloped(ANSWER), "GetCarePlans 3.0", "response", 3),
        (EMPTY_ANSWER, "GetCarePlans 3.0", "response", 0),
        (record_of(ANSWER), "GetCarePlans 3.0", "carePlan", 1),
        (record_of(ANSWER, 2), "GetCarePlans 3.0", "agreement", 1),
        (ANSWER_2, "GetCarePlans 2.0", "response", 2),
        (record_of(ANSWER_2), "GetCarePlans 2.0", "carePlan", 1),
        (enveloped(FAULT), "", "fault", 0),
    ],
)
def test_a_document_is_recognised(document: str, contract: str, message: str, records: int) -> None:
    found = examined(document)

    assert (found.contract, found.message, found.records) == (contract, message, records)
    if message == "fault":
        assert found.verdict is Verdict.REMARKS
    elif contract == "GetCarePlans 3.0":
        assert found.verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("document", "code", "line", "words"),
    [
        ("<a/>", "DOC-001", 1, "no namespace"),
        ('<a xmlns="urn:example"/>', "DOC-001", 1, "no contract that is known"),
        (QUESTION.replace("Responder:3", "Responder:1"), "DOC-001", 1, "major version 1"),
        (QUESTION.replace("r:GetCarePlans", "r:GetCarePlan"), "DOC-002", 1, "none of its messages"),
        (enveloped(record_of(ANSWER)), "DOC-003", 4, "without its message"),
        (
            '<c:body xmlns:c="urn:riv:clinicalprocess:logistics:logistics:4"/>',
            "DOC-001",
            1,
            "part of a message",
        ),
    ],
)
def test_a_document_of_no_contract_hears_which_contracts_are_known(
    document: str, code: str, line: int, words: str
) -> None:
    finding = first(document)

    assert (finding.code, finding.line, finding.layer) == (code, line, Layer.CONTRACT)
    assert words in finding.message
    assert "GetCarePlans" in finding.remedy


def test_a_wrong_root_is_asked_whether_it_meant_the_right_one() -> None:
    finding = first(QUESTION.replace("r:GetCarePlans", "r:GetCarePlan"))

    assert finding.remedy.startswith("did you mean `GetCarePlans`?")
    assert finding.remedy_sv.startswith("menade du `GetCarePlans`?")


def test_a_fault_is_told_without_its_text() -> None:
    found = examined(enveloped(FAULT))

    assert codes(found) == ["SOAP-012"]
    assert [fact.value for fact in found.facts] == ["Server VP007"]
    assert "Kanarie" not in said(found)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (question_in_envelope().replace("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope"), "SOAP-001"),
        (question_in_envelope().replace("soap/envelope/", "soap/envelop"), "SOAP-002"),
        ('<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/></s:Envelope>', "SOAP-003"),
        (enveloped(""), "SOAP-004"),
        (enveloped(ANSWER + ANSWER), "SOAP-004"),
        (enveloped(ANSWER, header='<x:a xmlns:x="urn:x" s:mustUnderstand="1"/>'), "SOAP-005"),
        (enveloped(QUESTION), "SOAP-006"),
        (question_in_envelope('SE0000000018-S1</a:LogicalAddress><a:LogicalAddress xmlns:a="urn:riv:itintegration:registry:1">SE0000000018-S1'), "SOAP-007"),
        (question_in_envelope(""), "SOAP-008"),
        (question_in_envelope("\nSE0000000018-S1\n"), "SOAP-009"),
        (question_in_envelope("S" * 65), "SOAP-010"),
        (question_in_envelope("SE0000000018 S1"), "SOAP-010"),
        (question_in_envelope("halsocentralen"), "SOAP-011"),
        (question_in_envelope().replace("registry:1", "registry:2"), "SOAP-006"),
    ],
)  # fmt: skip
def test_an_envelope_is_held_to_what_riv_ta_asks(document: str, code: str) -> None:
    finding = first(document)

    assert (finding.code, finding.layer) == (code, Layer.SOAP)
    assert finding.line
    assert finding.xpath.startswith(("/s:", "/*"))


def test_an_answer_needs_no_logical_address() -> None:
    assert examined(enveloped(ANSWER)).findings == ()


# --- where --------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_places_are_counted_in_characters_in_every_encoding(encoding: str) -> None:
    document = broken(ANSWER, "<c:title>Vårdplan</c:title>\n", "<!-- ååå --><c:title>x</c:title><c:titel/>\n")

    finding = first(document.encode(encoding))

    assert document.split("\n")[(finding.line or 0) - 1][(finding.column or 0) - 1 :].startswith("<c:titel/>")


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "iso-8859-15"])
def test_places_are_counted_in_characters_in_declared_encodings(encoding: str) -> None:
    text = broken(ANSWER, "<c:title>Vårdplan</c:title>", "<c:title>Vårdplan</c:title><c:titel/>")
    document = f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'

    label, finding = examined(document.encode(encoding)).findings

    assert (label.code, label.severity, label.line) == ("XML-008", Severity.WARNING, 2)
    assert document.split("\n")[(finding.line or 0) - 1][(finding.column or 0) - 1 :].startswith("<c:titel/>")


@pytest.mark.parametrize(
    ("document", "path", "xpath"),
    [
        (enveloped(broken(ANSWER, "<c:sharing>shared<", "<c:sharing>x<")),
         "carePlan[1]/header/accessControl/sharing",
         "/s:Envelope/s:Body/r:GetCarePlansResponse/r:carePlan[1]/c:header/c:accessControl/c:sharing"),
        (record_of(broken(ANSWER, "<c:sharing>shared<", "<c:sharing>x<")),
         "header/accessControl/sharing", "/r:carePlan/c:header/c:accessControl/c:sharing"),
        (record_of(broken(ANSWER, "<c:start>20260115<", "<c:start>x<"), 2),
         "body/period/start", "/r:agreement/c:body/c:period/c:start"),
        (broken(QUESTION, "<r:patientId>", '<x:y xmlns:x="urn:x"/><r:patientId>'),
         "*[1]", "/r:GetCarePlans/*[1]"),
    ],
)  # fmt: skip
def test_a_finding_has_a_path_below_its_message_and_an_xpath_that_finds_it(
    document: str, path: str, xpath: str
) -> None:
    finding = first(document)
    names = {
        "s": "http://schemas.xmlsoap.org/soap/envelope/",
        "r": GET_CARE_PLANS_3.namespace,
        "c": "urn:riv:clinicalprocess:logistics:logistics:4",
    }

    found = etree.fromstring(document.encode()).xpath(finding.xpath, namespaces=names)

    assert (finding.path, finding.xpath) == (path, xpath)
    assert len(found) == 1  # type: ignore[arg-type]
    assert found[0].sourceline == finding.line  # type: ignore[index, union-attr]


def test_a_rules_finding_stands_where_the_element_stands() -> None:
    document = broken(ANSWER, "19121212121", "19121212122")

    finding = first(record_of(document))

    assert (finding.code, finding.layer) == ("CP-002", Layer.RULES)
    assert finding.path == "header/accessControl/patientId"
    assert finding.xpath == "/r:carePlan/c:header/c:accessControl/c:patientId"
    assert finding.excerpt is not None
    assert finding.reference == "contract description, section 4"


def test_the_same_document_gives_the_same_findings_in_the_documents_order() -> None:
    document = ANSWER.replace("<c:sharing>shared<", "<c:sharing>x<")

    found = examined(document)

    assert len(found.findings) == 3
    assert found == examined(document)
    places = [(one.line, one.column) for one in found.findings]
    assert places == sorted(places)


# --- what is left of a broken answer ------------------------------------------------------------


def test_the_other_records_of_a_broken_answer_are_still_asked_for_their_rules() -> None:
    document = broken(ANSWER, "<c:sharing>shared<", "<c:sharing>x<")
    second = document.index("<r:carePlan>", document.index("</r:carePlan>"))
    document = document[:second] + broken(document[second:], "20260116080000", "20260114080000")

    found = examined(document)

    assert [(one.code, one.path.partition("/")[0]) for one in found.findings] == [
        ("XSD-007", "carePlan[1]"),
        ("CP-008", "carePlan[2]"),
    ]
    assert [level.path for level in found.levels] == ["carePlan[2]"]


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("<c:resultCode>OK<", "<c:resultCode>BRA<", "XSD-007"),
        ("<r:result>", "<r:unknown/><r:result>", "XSD-002"),
        ("</r:result>", "</r:result><r:carePlan/>", "XSD-003"),
    ],
)
def test_records_are_asked_for_their_rules_also_when_the_message_around_them_is_broken(
    right: str, wrong: str, code: str
) -> None:
    document = broken(broken(ANSWER, right, wrong), "20260116080000", "20260114080000")

    found = examined(document)

    assert ("CP-008", "carePlan[1]/header/record/updatedTime") in [
        (one.code, one.path) for one in found.findings
    ]
    assert code in codes(found)
    assert [level.path for level in found.levels][:2] == ["carePlan[1]", "carePlan[2]"]


def test_at_most_two_hundred_findings_are_told_and_then_that_there_are_more() -> None:
    document = written(*(care_plan(header=header(id=record_id(n))) for n in range(MOST_FINDINGS + 40)))

    found = examined(document.replace("<c:sharing>shared<", "<c:sharing>x<"))

    assert len(found.findings) == MOST_FINDINGS + 1
    assert found.findings[-1].code == "DOC-004"
    assert found.findings[-1].severity is Severity.ERROR


LARGE = written(care_plan(goals=tuple(goal(id=f"mal-{n}") for n in range(8000))))


def test_of_a_document_too_large_to_be_explained_the_beginning_is() -> None:
    found = examined(LARGE.replace("<c:sharing>shared<", "<c:sharing>x<"))

    assert codes(found) == ["DOC-005", "XSD-007"]
    assert found.findings[1].path == "carePlan[1]/header/accessControl/sharing"
    assert found.verdict is Verdict.FAILED


def test_of_a_document_too_large_to_be_explained_the_end_is_told_in_the_schemas_words() -> None:
    examined(LARGE.replace("<c:sharing>shared<", "<c:sharing>x<"))  # whose errors are not told again

    found = examined(broken(LARGE, "<c:start>20260115<", "<c:start>2026-01-15<"))

    assert codes(found) == ["DOC-005", "XSD-006"]
    assert found.findings[1].message == "the value does not have the form its type asks for"
    assert found.findings[1].message_sv == "värdet har inte den form som dess typ kräver"
    assert found.findings[1].line == 1


# --- structure levels ---------------------------------------------------------------------------

LINKED = activity(goal_ids=("mal-1",))


@pytest.mark.parametrize(
    ("changes", "level", "needed"),
    [
        ({"participants": ()}, 1, "participant"),
        ({}, 2, "goal"),
        ({"goals": (goal(),)}, 2, "activities (activity)"),
        ({"goals": (goal(),), "activities": (activity(),)}, 3, "goalId"),
        ({"goals": (goal(),), "activities": (LINKED,)}, 3, "needId"),
    ],
)
def test_a_plan_has_a_structure_level_and_hears_what_the_next_one_needs(
    changes: dict[str, Any], level: int, needed: str
) -> None:
    found = examined(written(care_plan(**changes)))

    (told,) = found.levels
    assert (told.path, told.level) == ("carePlan[1]", level)
    assert told.next is not None
    assert needed in told.next.english
    assert f"nivå {level + 1}" in told.next.swedish


def test_a_plan_linked_to_goals_needs_and_booked_times_is_at_the_highest_level() -> None:
    document = Path(__file__).parents[1] / "examples" / "asta" / "p2-halsocentralen" / "sip-part.xml"

    found = examined(document.read_bytes())

    assert found.message in ("carePlan", "response")
    assert [level.level for level in found.levels] == [4]
    assert found.levels[0].next is None


def test_a_plan_of_2_0_is_at_the_first_level() -> None:
    assert [level.level for level in examined(ANSWER_2).levels] == [1, 1]


# --- files and the three-line test --------------------------------------------------------------


@pytest.mark.parametrize("problem", Unreadable)
def test_a_file_that_cannot_be_read_is_a_finding(problem: Unreadable) -> None:
    found = examine_unreadable("plan.xml", problem)

    (finding,) = found.findings
    assert found.verdict is Verdict.FAILED
    assert (finding.layer, finding.file) == (Layer.FILE, "plan.xml")
    assert finding.message != finding.message_sv


def test_a_vendors_test_is_one_line(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.xml", tmp_path / "wrong.xml"
    right.write_text(ANSWER, encoding="utf-8")
    wrong.write_text(broken(ANSWER, "<c:title>Vårdplan</c:title>", ""), encoding="utf-8")

    validate(right).raise_for_findings()
    with pytest.raises(ContractViolation, match=r"wrong\.xml:50 XSD-001 the element `title` is missing"):
        validate(wrong).raise_for_findings()


@pytest.mark.parametrize("document", [ANSWER, ANSWER.encode()], ids=["text", "bytes"])
def test_a_text_and_bytes_are_validated_too(document: str | bytes) -> None:
    assert validate(document, now=NOW).ok


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda folder: folder / "nowhere.xml", "FILE-002"),
        (lambda folder: folder, "FILE-003"),
        (lambda folder: folder / "\x00", "FILE-002"),
    ],
)
def test_a_path_that_is_no_document_is_a_finding(
    make: Callable[[Path], Path], code: str, tmp_path: Path
) -> None:
    (finding,) = validate(make(tmp_path), now=NOW).findings

    assert finding.code == code


# --- what documents leave behind ----------------------------------------------------------------


def test_a_document_leaves_traces_of_its_records_without_personal_data() -> None:
    one = examine(ANSWER.encode(), "a.xml", OPTIONS).traces
    alone = examine(record_of(ANSWER, 1).encode(), "b.xml", OPTIONS).traces

    assert [trace.path for trace in one.records] == ["carePlan[1]", "carePlan[2]", "agreement[1]"]
    assert [trace.path for trace in alone.records] == [""]
    assert all(trace.line for trace in one.records)
    assert {trace.patient for trace in one.records} == {alone.records[0].patient}
    assert alone.records[0].record == one.records[1].record != one.records[0].record
    assert b"19121212" not in msgspec.msgpack.encode(one)
