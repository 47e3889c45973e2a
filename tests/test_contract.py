"""The contracts as published, and what a message that breaks one is told: a sentence, a place, no value."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree
from xmlschema import XMLSchema
from xmlschema.exceptions import XMLSchemaException

from riv_careplans import codec
from riv_careplans import contract as contract_module
from riv_careplans.codes import CORE_3, CORE_4, RESPONDER_2, RESPONDER_3
from riv_careplans.contract import GET_CARE_PLANS_2, GET_CARE_PLANS_3, Contract, schema_folder
from tests.asta_documents import DOCUMENTS
from tests.reference_documents import MUTATIONS, damaged, element_count, random_document, seeded

CANARY = "kanarie191212121212"
CONTRACTS = [GET_CARE_PLANS_3, GET_CARE_PLANS_2]
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def told(contract: Contract, element: codec.Element) -> list[tuple[str, str]]:
    return [(finding.path, finding.message) for finding in contract.violations(element)]


# ------------------------------------------------------------------------------------------- as published


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.version)
def test_the_files_of_a_contract_are_there(contract: Contract) -> None:
    assert contract.wsdl.read_bytes().startswith(b"<?xml")
    assert contract.schema.read_bytes().startswith(b"<?xml")
    assert contract.folder.parent == schema_folder()


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.version)
def test_a_contract_is_what_its_wsdl_says(contract: Contract) -> None:
    wsdl = etree.parse(contract.wsdl).getroot()
    namespaces = {"w": "http://schemas.xmlsoap.org/wsdl/", "s": "http://schemas.xmlsoap.org/wsdl/soap/"}

    assert wsdl.get("targetNamespace") == contract.wsdl_namespace
    assert wsdl.xpath("//s:operation/@soapAction", namespaces=namespaces) == [contract.soap_actions[0]]
    assert wsdl.xpath("//w:operation/@name", namespaces=namespaces) == [contract.name] * 2
    schema = XMLSchema(str(contract.schema))
    assert {contract.request_tag, contract.response_tag} <= set(schema.maps.elements)


def test_the_schemas_are_found_in_a_folder_of_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mina scheman åäö #1 %41"
    shutil.copytree(schema_folder(), folder)
    monkeypatch.setattr(contract_module, "schema_folder", lambda: folder)
    elsewhere = replace(GET_CARE_PLANS_3, namespace=CANARY)  # so that nothing compiled before is used

    question = codec.parse(QUESTION_3.format(PATIENT).encode())

    assert elsewhere.violations(question) == ()
    assert elsewhere.violations(question[0]) != ()


# -------------------------------------------------------------------------------------------- what is told

QUESTION_3 = f'<r:GetCarePlans xmlns:r="{RESPONDER_3}" xmlns:c="{CORE_4}">{{}}</r:GetCarePlans>'
QUESTION_2 = f'<r:GetCarePlans xmlns:r="{RESPONDER_2}" xmlns:c="{CORE_3}">{{}}</r:GetCarePlans>'
PATIENT = "<r:patientId><c:root>1.2</c:root><c:extension>191212121212</c:extension></r:patientId>"
PATIENT_2 = "<r:patientId><c:id>191212121212</c:id><c:type>1.2</c:type></r:patientId>"
UNIT = "<r:careUnitId><c:root>1</c:root></r:careUnitId>"
BAD_UNIT = "<r:careUnitId><c:rot>1</c:rot></r:careUnitId>"
PERIOD = "<r:datePeriod><c:start>{}</c:start></r:datePeriod>"
FILTERS = "careUnitId, careGiverId, planType, planStatus, datePeriod, sourceSystemId, recordId, includeAttachments, hasMoreReference"

NOT_HERE = "this element does not belong here"
FORM = "the value does not have the form its type asks for"
TYPE = "the value is not of the type the contract asks for"
CODE = "the value is none of the codes the contract allows here"
ATTRIBUTE = "attributes are not allowed here"
ATTRIBUTE_OF_TYPE = "this attribute is not allowed"
XSI_TYPE = "xsi:type does not name a type that can stand here"

BROKEN_3: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "nothing": ("", [("", "something is missing; expected here is patientId")]),
    "the patient last": (UNIT + PATIENT, [("careUnitId", f"{NOT_HERE}; expected is patientId")]),
    "the patient twice": (PATIENT * 2, [("patientId[2]", f"{NOT_HERE}; expected is {FILTERS}")]),
    "no root": ("<r:patientId/>", [("patientId", "something is missing; expected here is root")]),
    "a wrong name": (f"<r:{CANARY}/>", [("*[1]", f"{NOT_HERE}; expected is patientId")]),
    "a wrong name inside": (PATIENT + BAD_UNIT, [("careUnitId/*[1]", f"{NOT_HERE}; expected is root")]),
    "a wrong name among many": (
        PATIENT + UNIT + UNIT + BAD_UNIT,
        [("careUnitId[3]/*[1]", f"{NOT_HERE}; expected is root")],
    ),
    "the wrong namespace": (
        "<c:patientId><c:root>1</c:root></c:patientId>",
        [("patientId", f"{NOT_HERE}; expected is patientId")],
    ),
    "a foreign element first": (f'<x:patientId xmlns:x="{CANARY}"/>', [("*[1]", f"{NOT_HERE}; expected is patientId")]),
    "no namespace": ("<patientId/>", [("*[1]", f"{NOT_HERE}; expected is patientId")]),
    "an unknown code": (PATIENT + f"<r:planStatus>{CANARY}</r:planStatus>", [("planStatus", CODE)]),
    "two unknown codes": (
        PATIENT + "<r:planStatus>active</r:planStatus>" + f"<r:planStatus>{CANARY}</r:planStatus>" * 2,
        [("planStatus[2]", CODE), ("planStatus[3]", CODE)],
    ),
    "a code that says what libxml2 says": (
        PATIENT + f"<r:planStatus>. Expected is ( {CANARY} ).</r:planStatus>",
        [("planStatus", CODE)],
    ),
    "a date in another form": (PATIENT + PERIOD.format("2026-01-19"), [("datePeriod/start", FORM)]),
    "an empty date": (PATIENT + PERIOD.format(""), [("datePeriod/start", FORM)]),
    "a truth of another kind": (
        PATIENT + f"<r:includeAttachments>{CANARY}</r:includeAttachments>",
        [("includeAttachments", TYPE)],
    ),
    "an element in a value": (
        PATIENT + f"<r:hasMoreReference><x:{CANARY} xmlns:x='urn:x'/></r:hasMoreReference>",
        [("hasMoreReference", "elements are not allowed inside this value")],
    ),
    "text beside elements": (
        PATIENT.replace("<c:root", f"{CANARY}<c:root"),
        [("patientId", "text is not allowed between the elements here")],
    ),
    "an attribute": (PATIENT.replace("<r:patientId", f"<r:patientId {CANARY}='1'"), [("patientId", ATTRIBUTE_OF_TYPE)]),
    "an attribute of a value": (PATIENT.replace("<c:root", f"<c:root {CANARY}='1'"), [("patientId/root", ATTRIBUTE)]),
    "a nil": (
        PATIENT.replace("<r:patientId", f"<r:patientId xmlns:i='{XSI}' i:nil='true'"),
        [("patientId", "xsi:nil is not allowed")],
    ),
    "a type that is not": (
        PATIENT.replace("<r:patientId", f"<r:patientId xmlns:i='{XSI}' i:type='c:{CANARY}'"),
        [("patientId", XSI_TYPE)],
    ),
    "a type that does not fit": (
        PATIENT.replace("<r:patientId", f"<r:patientId xmlns:i='{XSI}' i:type='c:CVType'"),
        [("patientId", XSI_TYPE)],
    ),
    "an extension of our own namespace": (
        PATIENT + f"<r:{CANARY}/>",
        [("*[2]", f"{NOT_HERE}; expected is {FILTERS}")],
    ),
    "several at once": (
        PATIENT + BAD_UNIT + "<r:planStatus>x</r:planStatus>" + PERIOD.format("x"),
        [("careUnitId/*[1]", f"{NOT_HERE}; expected is root"), ("planStatus", CODE), ("datePeriod/start", FORM)],
    ),
}  # fmt: skip

BROKEN_2: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "nothing": ("", [("", "something is missing; expected here is careUnitHSAId, patientId")]),
    "no type": (
        "<r:patientId><c:id>1</c:id></r:patientId>",
        [("patientId", "something is missing; expected here is type")],
    ),
    "a period without end": (PATIENT_2 + PERIOD.format("20260101"), [("datePeriod", "something is missing; expected here is end")]),
    "a date in another form": (
        PATIENT_2 + PERIOD.format("x</c:start><c:end>20260101").replace("c:start></r", "c:end></r"),
        [("datePeriod/start", FORM)],
    ),
    "a wrong name": (PATIENT_2 + f"<r:{CANARY}/>", [("*[2]", f"{NOT_HERE}; expected is datePeriod, sourceSystemHSAId, careContactId")]),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_3)
def test_a_broken_question_is_told_what_is_wrong_and_where(name: str) -> None:
    inner, expected = BROKEN_3[name]
    question = codec.parse(QUESTION_3.format(inner).encode())

    assert told(GET_CARE_PLANS_3, question) == expected


@pytest.mark.parametrize("name", BROKEN_2)
def test_a_broken_question_of_2_0_is_told_what_is_wrong_and_where(name: str) -> None:
    inner, expected = BROKEN_2[name]
    question = codec.parse(QUESTION_2.format(inner).encode())

    assert told(GET_CARE_PLANS_2, question) == expected


@pytest.mark.parametrize("name", BROKEN_3)
def test_the_place_is_the_same_inside_an_envelope_and_without_prefixes(name: str) -> None:
    inner, expected = BROKEN_3[name]
    message = QUESTION_3.format(inner).replace("<r:", "<").replace("</r:", "</").replace("xmlns:r=", "xmlns=")
    envelope = codec.parse(f'<e:Envelope xmlns:e="urn:e">\n<e:Body>{message}</e:Body></e:Envelope>'.encode())
    same_as_before = "patientId" if name == "no namespace" else None

    found = told(GET_CARE_PLANS_3, envelope[0][0])

    # Without prefixes an element without namespace is one of the message's own.
    assert found == expected or same_as_before
    assert {finding.line for finding in GET_CARE_PLANS_3.violations(envelope[0][0])} == {2}


def test_a_place_is_told_among_elements_of_the_same_name_and_another_namespace() -> None:
    others = '<x:root xmlns:x="urn:x"/><y:root xmlns:y="urn:y"/>' * 2
    inner = PATIENT.replace("</r:patientId>", f"{others}<c:root/></r:patientId>")

    question = codec.parse(QUESTION_3.format(inner).encode())

    assert told(GET_CARE_PLANS_3, question) == [("patientId/root[2]", NOT_HERE)]


@pytest.mark.parametrize(
    "root", ["<a/>", f'<GetCarePlan xmlns="{RESPONDER_3}"/>', f'<c:id xmlns:c="{CORE_4}"/>']
)
def test_a_message_of_another_kind_is_told_so(root: str) -> None:
    assert told(GET_CARE_PLANS_3, codec.parse(root.encode())) == [
        ("", "the element is not known to the contract")
    ]


@pytest.mark.parametrize("inner", [inner for inner, _ in BROKEN_3.values()])
def test_a_finding_repeats_nothing_that_the_sender_chose(inner: str) -> None:
    question = codec.parse(QUESTION_3.format(inner).encode())

    findings = GET_CARE_PLANS_3.violations(question)

    assert findings
    assert CANARY[:7] not in repr(findings)


def test_a_valid_message_has_no_findings() -> None:
    assert GET_CARE_PLANS_3.violations(codec.parse(QUESTION_3.format(PATIENT).encode())) == ()
    assert GET_CARE_PLANS_2.violations(codec.parse(QUESTION_2.format(PATIENT_2).encode())) == ()


# ------------------------------------------------------------------------------- compared with xmlschema


@cache
def walkable_schema(contract: Contract) -> XMLSchema:
    return XMLSchema(str(contract.schema))


def originals(contract: Contract) -> list[bytes]:
    """Give valid documents to damage: the scenario's, or ones made from the schema."""
    if contract is GET_CARE_PLANS_3:
        return [path.read_bytes() for path in DOCUMENTS if RESPONDER_3 in path.read_text("utf-8")]
    tags = (contract.request_tag, contract.response_tag)
    return [
        random_document(walkable_schema(contract), tags[number % 2], seeded(number)) for number in range(8)
    ]


def xmlschema_accepts(contract: Contract, document: bytes) -> bool:
    try:
        return bool(walkable_schema(contract).is_valid(document.decode()))
    except XMLSchemaException:  # an xsi:type that it does not know
        return False


OURS = {GET_CARE_PLANS_3: (RESPONDER_3, CORE_4), GET_CARE_PLANS_2: (RESPONDER_2, CORE_3)}


def is_known_disagreement(contract: Contract, document: bytes) -> bool:
    """Tell where libxml2 accepts and xmlschema refuses; the other way round never happens.

    - xsi:nil on an extension element: xmlschema asks that it be declared nillable, and nothing declares it;
    - an element of ours after an extension element, while optional ones may still follow: libxml2 errs.

    The codec reads both as they are meant: by qualified name, wherever an element stands.
    """
    root, ours = codec.parse(document), OURS[contract]
    nil = any(
        element.get(f"{{{XSI}}}nil") and codec.namespace_of(element) not in ours for element in root.iter()
    )
    return nil or any(
        codec.namespace_of(before) not in ("", codec.namespace_of(after))
        and codec.namespace_of(after) in ours
        for parent in root.iter()
        for before, after in pairwise(parent)
    )


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.version)
@pytest.mark.parametrize("name", MUTATIONS)
def test_a_damaged_message_has_findings_when_xmlschema_refuses_it(contract: Contract, name: str) -> None:
    rng = seeded(contract.version, name)
    documents = originals(contract)

    for _ in range(12):
        document = rng.choice(documents)
        document = damaged(document, MUTATIONS[name], rng.randrange(element_count(document)), rng)
        accepted = not contract.violations(codec.parse(document))
        assert accepted == xmlschema_accepts(contract, document) or (
            accepted and is_known_disagreement(contract, document)
        )


# ------------------------------------------------------------------------------------------------ threads


def test_the_findings_of_one_message_never_reach_another_thread() -> None:
    good = codec.parse(QUESTION_3.format(PATIENT).encode())
    broken = [
        (codec.parse(QUESTION_3.format(inner).encode()), expected) for inner, expected in BROKEN_3.values()
    ]

    def work(number: int) -> bool:
        element, expected = broken[number % len(broken)]
        return told(GET_CARE_PLANS_3, good) == [] and told(GET_CARE_PLANS_3, element) == expected

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(1600)))


# --------------------------------------------------------------------------------------------- many errors


@pytest.mark.parametrize("count", [9_990, 10_010])
def test_findings_are_at_most_a_hundred_however_many_errors(count: int) -> None:
    question = codec.parse(QUESTION_3.format(PATIENT + "<r:planStatus>x</r:planStatus>" * count).encode())

    findings = GET_CARE_PLANS_3.violations(question)

    assert 1 <= len(findings) <= 100
    assert {finding.message for finding in findings} == {CODE}


def test_a_large_message_that_is_valid_has_no_findings() -> None:
    statuses = "<r:planStatus>active</r:planStatus>\n" * 30_000
    question = codec.parse(QUESTION_3.format(f"{PATIENT}{statuses}<x:å xmlns:x='urn:x'/>").encode() + b"\n")

    assert GET_CARE_PLANS_3.violations(question) == ()


_MEASURE = f"""
import resource
from riv_careplans import codec
from riv_careplans.contract import GET_CARE_PLANS_3

question = codec.parse({QUESTION_3!r}.format({PATIENT!r} + "<r:planStatus/>" * 69_000).encode())
# Seconds are enough; one second for every thousand errors was not.
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert GET_CARE_PLANS_3.violations(question)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_mebibyte_of_nothing_but_errors_costs_little() -> None:
    measured = subprocess.run([sys.executable, "-c", _MEASURE], capture_output=True, check=True)

    assert int(measured.stdout) < 100
