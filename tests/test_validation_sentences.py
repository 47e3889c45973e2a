"""What vendors do wrong with the schema, and the very sentences that they are told, in both languages."""

from __future__ import annotations

import pytest

from riv_careplans.rules import Severity
from riv_careplans.validation.formal import EXPLANATIONS, EXPLANATIONS_BY_CODE
from tests.validation_documents import ANSWER, ANSWER_2, broken, examined

INSTANCE = ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
ATTACHED = ANSWER[ANSWER.index("<c:value>") : ANSWER.index("</c:value>") + len("</c:value>")]
RESULT = ANSWER[ANSWER.index("<r:result>") : ANSWER.index("</r:result>") + len("</r:result>")]

MISTAKES = [
    pytest.param(
        ANSWER,
        "<c:title>Vårdplan</c:title>\n",
        "",
        "XSD-001",
        "carePlan[1]/body/title",
        "the element `title` is missing; it belongs after `scope`",
        "",
        "elementet `title` saknas; det ska stå efter `scope`",
        "",
        id="a missing element",
    ),
    pytest.param(
        ANSWER,
        "<c:root>1.2.752.129.2.1.3.1</c:root>\n",
        "",
        "XSD-001",
        "carePlan[1]/header/accessControl/patientId/root",
        "the element `root` is missing; it belongs first in `patientId`",
        "",
        "elementet `root` saknas; det ska stå först i `patientId`",
        "",
        id="a missing first element",
    ),
    pytest.param(
        ANSWER,
        "<c:title>Vårdplan</c:title>",
        "<c:titel>Vårdplan</c:titel>",
        "XSD-002",
        "carePlan[1]/body/*[3]",
        "the contract knows no element `titel` in `body`",
        "did you mean `title`?",
        "kontraktet har inget element `titel` i `body`",
        "menade du `title`?",
        id="a misspelt element",
    ),
    pytest.param(
        ANSWER,
        "<c:title>Vårdplan</c:title>",
        "<c:Title>Vårdplan</c:Title>",
        "XSD-002",
        "carePlan[1]/body/*[3]",
        "the contract knows no element `Title` in `body`",
        "did you mean `title`?",
        "kontraktet har inget element `Title` i `body`",
        "menade du `title`?",
        id="an element in another case",
    ),
    pytest.param(
        ANSWER,
        "<c:title>Vårdplan</c:title>",
        "<c:title>Vårdplan</c:title><c:personnamn>A</c:personnamn>",
        "XSD-002",
        "carePlan[1]/body/*[4]",
        "the contract knows no element `personnamn` in `body`",
        "here can stand `type`, `scope`, `title`, `summary`, `status`, `period`, `jointPlanId`, `relatedRecord`, `responsible`, `participant`, `involvement`, `importantToPatient`, …",
        "kontraktet har inget element `personnamn` i `body`",
        "här kan stå `type`, `scope`, `title`, `summary`, `status`, `period`, `jointPlanId`, `relatedRecord`, `responsible`, `participant`, `involvement`, `importantToPatient`, …",
        id="an unknown element",
    ),
    pytest.param(
        ANSWER,
        "<c:scope>area</c:scope>\n<c:title>Vårdplan</c:title>",
        "<c:title>Vårdplan</c:title>\n<c:scope>area</c:scope>",
        "XSD-003",
        "carePlan[1]/body/scope",
        "the element `scope` stands after `title`; it belongs before it",
        "",
        "elementet `scope` står efter `title`; det ska stå före",
        "",
        id="two elements that have changed places",
    ),
    pytest.param(
        ANSWER,
        "<c:title>Vårdplan</c:title>",
        "<c:title>Vårdplan</c:title><c:sharing>shared</c:sharing>",
        "XSD-003",
        "carePlan[1]/body/sharing",
        "the element `sharing` does not belong in `body`",
        "it belongs in `accessControl`",
        "elementet `sharing` hör inte hemma i `body`",
        "det hör hemma i `accessControl`",
        id="an element of another type",
    ),
    pytest.param(
        ANSWER,
        "<c:title>Vårdplan</c:title>",
        "<c:title>Vårdplan</c:title><c:title>Vårdplan</c:title>",
        "XSD-004",
        "carePlan[1]/body/title[2]",
        "the element `title` stands here 2 times; at most 1 is allowed",
        "",
        "elementet `title` står här 2 gånger; högst 1 är tillåtet",
        "",
        id="an element twice",
    ),
    pytest.param(
        ANSWER,
        "<c:title>Vårdplan</c:title>",
        "<r:title>Vårdplan</r:title>",
        "XSD-005",
        "carePlan[1]/body/*[3]",
        "the element `title` stands in the wrong namespace",
        "its namespace is urn:riv:clinicalprocess:logistics:logistics:4",
        "elementet `title` står i fel namnrymd",
        "dess namnrymd är urn:riv:clinicalprocess:logistics:logistics:4",
        id="the responder's namespace for the core's",
    ),
    pytest.param(
        ANSWER,
        "<c:title>Vårdplan</c:title>",
        "<title>Vårdplan</title>",
        "XSD-005",
        "carePlan[1]/body/*[3]",
        "the element `title` stands in no namespace",
        "its namespace is urn:riv:clinicalprocess:logistics:logistics:4",
        "elementet `title` står i ingen namnrymd",
        "dess namnrymd är urn:riv:clinicalprocess:logistics:logistics:4",
        id="no namespace",
    ),
    pytest.param(
        ANSWER,
        "<c:status>active</c:status>",
        "<c:status>pågående</c:status>",
        "XSD-007",
        "carePlan[1]/body/status",
        "the value of `status` is none of the contract's codes",
        "allowed are draft, active, onHold, completed, cancelled, enteredInError",
        "värdet i `status` är ingen av kontraktets koder",
        "tillåtna är draft, active, onHold, completed, cancelled, enteredInError",
        id="a code of the system's own",
    ),
    pytest.param(
        ANSWER,
        "<c:status>active</c:status>",
        "<c:status>ACTIVE</c:status>",
        "XSD-007",
        "carePlan[1]/body/status",
        "the value of `status` is none of the contract's codes",
        "did you mean active? allowed are draft, active, onHold, completed, cancelled, enteredInError",
        "värdet i `status` är ingen av kontraktets koder",
        "menade du active? tillåtna är draft, active, onHold, completed, cancelled, enteredInError",
        id="a code in capitals",
    ),
    pytest.param(
        ANSWER,
        "<c:status>active</c:status>",
        "<c:status> active </c:status>",
        "XSD-007",
        "carePlan[1]/body/status",
        "the value of `status` is none of the contract's codes",
        "remove the blanks or line breaks around the value",
        "värdet i `status` är ingen av kontraktets koder",
        "ta bort blanktecken och radbrytningar kring värdet",
        id="a code with blanks around it",
    ),
    pytest.param(
        ANSWER,
        "<c:status>active</c:status>",
        "<c:status/>",
        "XSD-007",
        "carePlan[1]/body/status",
        "the value of `status` is none of the contract's codes",
        "the value is empty; allowed are draft, active, onHold, completed, cancelled, enteredInError",
        "värdet i `status` är ingen av kontraktets koder",
        "värdet är tomt; tillåtna är draft, active, onHold, completed, cancelled, enteredInError",
        id="an empty code",
    ),
    pytest.param(
        ANSWER,
        "<c:start>20260115</c:start>",
        "<c:start>2026-01-15</c:start>",
        "XSD-006",
        "agreement[1]/body/period/start",
        "the value of `start` is not a date written YYYYMMDD",
        "write digits only, without hyphens, colons or letters",
        "värdet i `start` är inte ett datum skrivet ÅÅÅÅMMDD",
        "skriv bara siffror, utan bindestreck, kolon och bokstäver",
        id="a date with hyphens",
    ),
    pytest.param(
        ANSWER,
        "<c:start>20260115</c:start>",
        "<c:start>20260115120000</c:start>",
        "XSD-006",
        "agreement[1]/body/period/start",
        "the value of `start` is not a date written YYYYMMDD",
        "write the day only, without the time",
        "värdet i `start` är inte ett datum skrivet ÅÅÅÅMMDD",
        "skriv bara dagen, utan klockslag",
        id="a date with a time",
    ),
    pytest.param(
        ANSWER,
        "<c:start>20260115</c:start>",
        "<c:start>20261315</c:start>",
        "XSD-006",
        "agreement[1]/body/period/start",
        "the value of `start` is not a date written YYYYMMDD",
        "the year is 1900–2099, the month 01–12, the day 01–31, the time 000000–235959",
        "värdet i `start` är inte ett datum skrivet ÅÅÅÅMMDD",
        "året är 1900–2099, månaden 01–12, dagen 01–31, klockslaget 000000–235959",
        id="a month that does not exist",
    ),
    pytest.param(
        ANSWER,
        "20260115093000",
        "2026-01-15T09:30:00",
        "XSD-006",
        "carePlan[1]/header/accessControl/blockComparisonTime",
        "the value of `blockComparisonTime` is not a date with time written YYYYMMDDhhmmss",
        "write digits only, without hyphens, colons or letters",
        "värdet i `blockComparisonTime` är inte en tidpunkt skriven ÅÅÅÅMMDDttmmss",
        "skriv bara siffror, utan bindestreck, kolon och bokstäver",
        id="a time stamp of ISO 8601",
    ),
    pytest.param(
        ANSWER,
        "20260115093000",
        "20260115",
        "XSD-006",
        "carePlan[1]/header/accessControl/blockComparisonTime",
        "the value of `blockComparisonTime` is not a date with time written YYYYMMDDhhmmss",
        "the time of day (hhmmss) is missing",
        "värdet i `blockComparisonTime` är inte en tidpunkt skriven ÅÅÅÅMMDDttmmss",
        "klockslaget (ttmmss) saknas",
        id="a time stamp without the time",
    ),
    pytest.param(
        ANSWER,
        "<c:start>20260115</c:start>",
        "<c:start></c:start>",
        "XSD-006",
        "agreement[1]/body/period/start",
        "the value of `start` is not a date written YYYYMMDD",
        "the value is empty",
        "värdet i `start` är inte ett datum skrivet ÅÅÅÅMMDD",
        "värdet är tomt",
        id="an empty date",
    ),
    pytest.param(
        ANSWER,
        "<c:start>20260115</c:start>",
        "<c:start>2026011\uff15</c:start>",
        "XSD-006",
        "agreement[1]/body/period/start",
        "the value of `start` is not a date written YYYYMMDD",
        "write the digits 0–9",
        "värdet i `start` är inte ett datum skrivet ÅÅÅÅMMDD",
        "skriv siffrorna 0–9",
        id="a date in other digits",
    ),
    pytest.param(
        ANSWER,
        "<c:approvedForPatient>true<",
        "<c:approvedForPatient>ja<",
        "XSD-006",
        "carePlan[1]/header/accessControl/approvedForPatient",
        "the value of `approvedForPatient` is not true or false",
        "",
        "värdet i `approvedForPatient` är inte true eller false",
        "",
        id="a boolean in Swedish",
    ),
    pytest.param(
        ANSWER,
        "<c:approvedForPatient>true<",
        "<c:approvedForPatient>TRUE<",
        "XSD-006",
        "carePlan[1]/header/accessControl/approvedForPatient",
        "the value of `approvedForPatient` is not true or false",
        "write it in small letters",
        "värdet i `approvedForPatient` är inte true eller false",
        "skriv med små bokstäver",
        id="a boolean in capitals",
    ),
    pytest.param(
        ANSWER,
        "<c:size>8<",
        "<c:size>åtta<",
        "XSD-006",
        "carePlan[1]/body/attachment/size",
        "the value of `size` is not a number of bytes, of at most ten digits",
        "",
        "värdet i `size` är inte ett antal byte, med högst tio siffror",
        "",
        id="a number in words",
    ),
    pytest.param(
        ANSWER,
        "JVBERi0xLjc=",
        "JVBERi0xLjc*",
        "XSD-006",
        "carePlan[1]/body/attachment/value",
        "the value of `value` is not a document in base64",
        "",
        "värdet i `value` är inte ett dokument i base64",
        "",
        id="base64 that is none",
    ),
    pytest.param(
        ANSWER,
        "<c:title>Vårdplan</c:title>",
        "<c:title>Vårdplan</c:title>obs",
        "XSD-008",
        "carePlan[1]/body",
        "there is text directly inside `body`; only elements can stand there",
        "",
        "det står text direkt i `body`; där kan bara element stå",
        "",
        id="text between elements",
    ),
    pytest.param(
        ANSWER,
        "<c:patientId>\n<c:root>1.2.752.129.2.1.3.1</c:root>",
        '<c:patientId root="1">\n<c:root>1.2.752.129.2.1.3.1</c:root>',
        "XSD-009",
        "carePlan[1]/header/accessControl/patientId",
        "there are attributes on `patientId`, and the contract has none",
        "put `root` as elements in `patientId` instead",
        "det finns attribut på `patientId`, och kontraktet har inga",
        "lägg `root` som element i `patientId` i stället",
        id="attributes as in HL7",
    ),
    pytest.param(
        ANSWER,
        "<c:title>",
        '<c:title lang="sv">',
        "XSD-009",
        "carePlan[1]/body/title",
        "there are attributes on `title`, and the contract has none",
        "remove them",
        "det finns attribut på `title`, och kontraktet har inga",
        "ta bort dem",
        id="an attribute",
    ),
    pytest.param(
        ANSWER,
        "<c:title>Vårdplan</c:title>",
        "<c:title>Vård<b>plan</b></c:title>",
        "XSD-010",
        "carePlan[1]/body/title",
        "`title` holds an element; it can only hold a value",
        "",
        "`title` innehåller ett element; det kan bara innehålla ett värde",
        "",
        id="markup inside a text",
    ),
    pytest.param(
        ANSWER,
        "<c:status>active</c:status>",
        "<c:status>active</c:status><c:period" + INSTANCE + 'i:nil="true"/>',
        "XSD-011",
        "carePlan[1]/body/period",
        "xsi:nil cannot stand on `period`",
        "leave the element out, or give it a value",
        "xsi:nil kan inte stå på `period`",
        "utelämna elementet eller ge det ett värde",
        id="xsi:nil",
    ),
    pytest.param(
        ANSWER,
        "<c:title>",
        "<c:title" + INSTANCE + 'i:type="i:x">',
        "XSD-012",
        "carePlan[1]/body/title",
        "xsi:type on `title` names a type that cannot stand here",
        "leave xsi:type out",
        "xsi:type på `title` anger en typ som inte kan stå här",
        "utelämna xsi:type",
        id="xsi:type",
    ),
    pytest.param(
        ANSWER,
        "<c:title>Vårdplan</c:title>",
        '<x:a xmlns:x="urn:x"/><c:title>Vårdplan</c:title>',
        "XSD-003",
        "carePlan[1]/body/*[3]",
        "an element of another namespace stands before the contract's own",
        "put it last in `body`",
        "ett element i en annan namnrymd står före kontraktets egna",
        "ställ det sist i `body`",
        id="an extension before the contract's elements",
    ),
    pytest.param(
        ANSWER,
        "<c:kind>visit</c:kind>\n<c:title>Återbesök</c:title>\n<c:status>planned</c:status>",
        "<c:kind>visit</c:kind>\n<c:title>Återbesök</c:title>\n<c:status>planned</c:status><c:timing/>",
        "XSD-001",
        "carePlan[1]/body/activity/timing/at",
        "one of the elements `at`, `period`, `approximate` and `recurrence` is missing; it belongs first in `timing`",
        "",
        "ett av elementen `at`, `period`, `approximate` och `recurrence` saknas; det ska stå först i `timing`",
        "",
        id="no time in a timing",
    ),
    pytest.param(
        ANSWER,
        "<c:kind>visit</c:kind>\n<c:title>Återbesök</c:title>\n<c:status>planned</c:status>",
        "<c:kind>visit</c:kind>\n<c:title>Återbesök</c:title>\n<c:status>planned</c:status><c:timing><c:at>2026</c:at><c:at>2027</c:at></c:timing>",
        "XSD-004",
        "carePlan[1]/body/activity/timing/at[2]",
        "there are 2 of the elements `at`, `period`, `approximate` and `recurrence`; only one of them can stand here",
        "",
        "det finns 2 av elementen `at`, `period`, `approximate` och `recurrence`; bara ett av dem kan stå här",
        "",
        id="two times in a timing",
    ),
    pytest.param(
        ANSWER,
        RESULT,
        "",
        "XSD-001",
        "result",
        "the element `result` is missing; it belongs after `agreement`",
        "",
        "elementet `result` saknas; det ska stå efter `agreement`",
        "",
        id="no result",
    ),
    pytest.param(
        ANSWER_2,
        "<c:documentId>1</c:documentId>",
        "<c:documentId>1</c:documentId><c:jointPlanId/>",
        "XSD-002",
        "carePlan[1]/carePlanHeader/*[2]",
        "an element in `carePlanHeader` is not known to the contract",
        "here can stand `documentId`, `sourceSystemHSAId`, `documentTitle`, `documentTime`, `patientId`, `accountableHealthcareProfessional`, `legalAuthenticator`, `approvedForPatient`, `nullified`, `nullifiedReason`, `careContactId`",
        "ett element i `carePlanHeader` finns inte i kontraktet",
        "här kan stå `documentId`, `sourceSystemHSAId`, `documentTitle`, `documentTime`, `patientId`, `accountableHealthcareProfessional`, `legalAuthenticator`, `approvedForPatient`, `nullified`, `nullifiedReason`, `careContactId`",
        id="an element of 3.0 in 2.0",
    ),
]

UTC_TIME = "convert it to Swedish local time first (12:00Z is 13 in winter, 14 in summer), and then write only digits"


@pytest.mark.parametrize(
    ("right", "wrong", "remedy"),
    [
        ("20260115<", "2026-01-15T09:00:00Z<", UTC_TIME),
        ("20260115<", "2026-01-15T09:00:00+01:00<", UTC_TIME),
        ("20260115<", "20260115090000Z<", UTC_TIME),
        ("20260115<", "2026-01-15T09:00<", "write the day only, without the time"),
        ("20260115<", "2026-01-15<", "write digits only, without hyphens, colons or letters"),
        ("<c:value>", "<c:value>data:application/pdf;base64,",
         "remove what stands before the base64, data:…;base64,"),
    ],
)  # fmt: skip
def test_a_value_that_is_written_in_another_way_gets_the_way_to_the_right_one(
    right: str, wrong: str, remedy: str
) -> None:
    (finding,) = examined(broken(ANSWER, right, wrong)).findings

    assert (finding.code, finding.remedy) == ("XSD-006", remedy)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<!DOCTYPE html><html><body><br></body></html>", "this is an HTML page, not a message"),
        (b"<HTML><head>\n<meta></head></HTML>", "this is an HTML page, not a message"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "this is an HTML page, not a message"),
        (b'\xef\xbb\xbf{"carePlan": []}', "this is JSON, not XML"),
        (b"[]", "this is JSON, not XML"),
        (b"%PDF-1.7\n", "this is a PDF, not a message"),
        (b"\x1f\x8b\x08\x00", "the document is compressed"),
        (b"PK\x03\x04", "the document is compressed"),
        (b"HTTP/1.1 200 OK\r\n\r\n<a/>", "HTTP or MIME headers stand before the message"),
        (b"Content-Type: text/xml\n\n<a/>", "HTTP or MIME headers stand before the message"),
        (b"--uuid:1\r\nContent-Id: <0>\r\n\r\n<a/>", "HTTP or MIME headers stand before the message"),
        (b"Hej!", "the document does not begin with an element: it is not XML"),
    ],
)
def test_what_comes_instead_of_a_message_is_called_by_its_name(data: bytes, sentence: str) -> None:
    (finding,) = examined(data).findings

    assert (finding.code, finding.message) == ("XML-007", sentence)
    assert finding.remedy
    assert finding.remedy_sv


def test_a_document_that_ends_inside_a_tag_is_said_to_be_cut() -> None:
    (finding,) = examined(ANSWER[: ANSWER.index("</c:title>") + 4].encode()).findings

    assert finding.message.endswith("the document ends before its root element does")


def test_the_elements_of_another_version_are_told_to_be_that() -> None:
    as_2_0 = ANSWER.replace("GetCarePlansResponder:3", "GetCarePlansResponder:2")

    remedies = {one.remedy for one in examined(as_2_0).findings if one.path.startswith("carePlan[1]/")}

    assert remedies == {
        "the elements here are those of GetCarePlans 3.0, and the namespace of the message is of another version"
    }


def test_records_in_the_namespace_of_their_parts_are_told_the_right_one() -> None:
    document = ANSWER.replace("<r:carePlan>", "<c:carePlan>").replace("</r:carePlan>", "</c:carePlan>")

    findings = examined(document).findings

    assert {(one.code, one.message) for one in findings} == {
        ("XSD-005", "the element `carePlan` stands in the wrong namespace")
    }


@pytest.mark.parametrize(
    ("right", "wrong", "path", "hint"),
    [
        ("<c:code>VP<", "<c:code>vp<", "carePlan[1]/body/type/code", "did you mean VP? "),
        ("<c:code>VP<", "<c:code>Vårdplan<", "carePlan[1]/body/type/code", ""),
    ],
)
def test_a_code_that_its_code_system_lacks_is_a_warning(right: str, wrong: str, path: str, hint: str) -> None:
    document = ANSWER.replace("\n", "").replace(right, wrong, 1)

    (finding,) = examined(document).findings

    assert (finding.code, finding.path, finding.severity) == ("CODE-001", path, Severity.WARNING)
    assert finding.message.startswith(f"the code system has no such code: {hint}its codes are SIP, ")
    assert "rdplan" not in finding.message


def test_an_attachment_beside_the_message_is_told_to_stand_in_it() -> None:
    include = '<c:value><x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:1"/>'

    findings = examined(broken(ANSWER, ATTACHED, f"{include}</c:value>")).findings

    assert findings[0].remedy == ("turn MTOM off in the toolkit: attachments stand in the message, in base64")


@pytest.mark.parametrize(
    ("document", "right", "wrong", "code", "path", "english", "remedy", "swedish", "remedy_sv"), MISTAKES
)
def test_a_mistake_is_told_in_plain_english_and_swedish(  # noqa: PLR0917 - the columns of the table
    document: str,
    right: str,
    wrong: str,
    code: str,
    path: str,
    english: str,
    remedy: str,
    swedish: str,
    remedy_sv: str,
) -> None:
    (finding,) = [
        one for one in examined(broken(document, right, wrong)).findings if one.code.startswith("XSD")
    ]

    assert (finding.code, finding.path) == (code, path)
    assert (finding.message, finding.remedy) == (english, remedy)
    assert (finding.message_sv, finding.remedy_sv) == (swedish, remedy_sv)
    assert finding.severity is Severity.ERROR
    assert finding.layer is EXPLANATIONS_BY_CODE[code].layer


def test_the_documents_that_are_broken_here_were_right() -> None:
    assert examined(ANSWER).findings == ()
    assert {finding.code[:3] for finding in examined(ANSWER_2).findings} == {"CP2"}


def test_all_mistakes_of_a_document_are_told_in_its_order() -> None:
    document = ANSWER
    for right, wrong in (
        ("<c:sharing>shared<", "<c:sharing>all<"),
        ("<c:title>Vårdplan</c:title>", "<c:titel>Vårdplan</c:titel>"),
        ("<c:kind>visit<", "<c:kind>besök<"),
        ("<c:start>20260115<", "<c:start>2026-01-15<"),
    ):
        document = broken(document, right, wrong)

    findings = examined(document).findings

    assert [finding.code for finding in findings] == ["XSD-007", "XSD-002", "XSD-007", "XSD-006"]
    assert [finding.line for finding in findings] == sorted(finding.line or 0 for finding in findings)


def test_every_code_is_explained_once_and_in_both_languages() -> None:
    assert len(EXPLANATIONS_BY_CODE) == len(EXPLANATIONS)
    for one in EXPLANATIONS:
        for text in (one.what, one.why, one.mend):
            assert text.english
            assert text.swedish
            assert text.english != text.swedish
        assert one.reference
        assert not one.what.english.endswith(".")
        assert one.why.english.endswith(".")
        assert one.mend.english.endswith(".")
