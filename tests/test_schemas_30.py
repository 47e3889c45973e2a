"""The contract GetCarePlans 3.0 as XSD and WSDL: it stands alone, keeps RIV-TA's patterns, and can grow.

What it accepts and refuses is for test_schemas_30_verdicts to say; that the model mirrors it, for
test_model_mirrors_schema.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree
from pytest_httpserver import HTTPServer
from xmlschema import XMLSchema
from xmlschema.extras.wsdl import Wsdl11Document
from xmlschema.validators import XsdComplexType, XsdElement, XsdGroup, XsdType

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "schemas" / "clinicalprocess_logistics_logistics_4.0"
PACKAGE_OF_20 = ROOT / "schemas" / "clinicalprocess_logistics_logistics_3.0"
REFERENCE = ROOT.parent / "shared" / "reference"

WSDL = "interactions/GetCarePlansInteraction/GetCarePlansInteraction_3.0_RIVTABP21.wsdl"
RESPONDER = "interactions/GetCarePlansInteraction/GetCarePlansResponder_3.0.xsd"
CORE = "core_components/clinicalprocess_logistics_logistics_4.0.xsd"
ENUMS = "core_components/clinicalprocess_logistics_logistics_enum_4.0.xsd"
REGISTRY = "core_components/itintegration_registry_1.0.xsd"
HEADERS = "core_components/interoperability_headers_1.0.xsd"
OWN = [CORE, ENUMS, RESPONDER]
COPIED = [REGISTRY, HEADERS]

DOMAIN = "urn:riv:clinicalprocess:logistics:logistics"
CORE_NAMESPACE = f"{DOMAIN}:4"
ENUMS_NAMESPACE = f"{DOMAIN}:enums:4"
RESPONDER_NAMESPACE = f"{DOMAIN}:GetCarePlansResponder:3"
REGISTRY_NAMESPACE = "urn:riv:itintegration:registry:1"
HEADERS_NAMESPACE = "urn:riv:interoperability:headers:1"

XS = "{http://www.w3.org/2001/XMLSchema}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
IN_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
IN_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
DOCUMENTED = ("schema", "element", "complexType", "simpleType", "enumeration")
EXTENSION_POINT = {
    "namespace": "##other",
    "processContents": "lax",
    "minOccurs": "0",
    "maxOccurs": "unbounded",
}


@cache
def libxml2_schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(PACKAGE / name))


@cache
def walkable_schema(name: str) -> XMLSchema:
    return XMLSchema(str(PACKAGE / name))


# ------------------------------------------------------------------------------------- the text on its own


@pytest.mark.parametrize("name", [*OWN, *COPIED])
def test_every_schema_compiles_in_libxml2_and_in_xmlschema(name: str) -> None:
    compiled = libxml2_schema(name)
    walkable = walkable_schema(name)

    assert compiled is not None
    assert walkable.validity == "valid"


@pytest.mark.parametrize("name", OWN)
def test_every_type_element_and_value_is_documented_in_swedish(name: str) -> None:
    declared = list(etree.parse(PACKAGE / name).iter(*(XS + kind for kind in DOCUMENTED)))

    undocumented = [
        node.get("name") or node.get("value")
        for node in declared
        if [
            bool((text.text or "").strip()) and text.get(XML_LANG)
            for text in node.findall(f"{XS}annotation/{XS}documentation")
        ]
        != ["sv"]
    ]

    assert len(declared) > 10
    assert undocumented == []


@pytest.mark.parametrize("name", OWN)
def test_every_complex_type_has_a_name_and_ends_with_the_extension_point(name: str) -> None:
    complex_types = list(etree.parse(PACKAGE / name).iter(f"{XS}complexType"))

    open_ended = {
        node.get("name")
        for node in complex_types
        if [child.tag for child in node] == [f"{XS}annotation", f"{XS}sequence"]
        and node[1][-1].tag == f"{XS}any"
        and dict(node[1][-1].attrib) == EXTENSION_POINT
    }

    assert {node.get("name") for node in complex_types} == open_ended
    assert None not in open_ended


@pytest.mark.parametrize("name", [*OWN, *COPIED])
def test_no_pattern_lets_in_digits_of_other_alphabets(name: str) -> None:
    patterns = [node.get("value", "") for node in etree.parse(PACKAGE / name).iter(f"{XS}pattern")]

    assert [pattern for pattern in patterns if "\\" in pattern] == []


@pytest.mark.parametrize("name", OWN)
def test_names_are_ascii_letters_and_digits_and_values_are_ascii(name: str) -> None:
    tree = etree.parse(PACKAGE / name)
    names = [node.get("name", "") for node in tree.iter(*(XS + kind for kind in DOCUMENTED[1:4]))]
    values = [node.get("value", "") for node in tree.iter(f"{XS}enumeration")]

    assert [one for one in names if not re.fullmatch("[A-Za-z][A-Za-z0-9]*", one)] == []
    assert [one for one in values if not re.fullmatch("[!-~]+", one)] == []


def test_every_rule_is_named_where_it_applies_and_no_other_code_is() -> None:
    texts = "".join((PACKAGE / name).read_text(encoding="utf-8") for name in OWN)

    # Contract description, section 4: CP-001 to CP-020; section 3.4: CP-021.
    assert set(re.findall("CP-[0-9]{3}", texts)) == {f"CP-{number:03}" for number in range(1, 22)}


@pytest.mark.parametrize("name", [*OWN, WSDL])
def test_every_file_says_its_licence_and_that_it_is_a_proposal_not_published_by_inera(name: str) -> None:
    head = (PACKAGE / name).read_text(encoding="utf-8").partition("-->")[0]

    assert "SPDX-License-Identifier: Apache-2.0" in head
    assert "3.0, release candidate 1 (3.0 RC1): a proposal, not published by Inera" in head


@pytest.mark.parametrize("name", COPIED)
def test_a_header_schema_has_the_same_bytes_as_in_the_package_of_20(name: str) -> None:
    assert (PACKAGE / name).read_bytes() == (PACKAGE_OF_20 / name).read_bytes()


def sentences(path: Path) -> set[str]:
    """Give the sentences of all documentation in a file, blanks folded; labels that RIV-TA asks for are none."""
    texts = (
        " ".join("".join(map(str, node.itertext())).split())
        for node in etree.parse(path).iter(f"{XS}documentation", f"{IN_WSDL}documentation")
    )
    found = {sentence for text in texts for sentence in re.split(r"(?<=[.!?:])\s", text)}
    return {sentence for sentence in found if not sentence.endswith(":")}


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the official schemas do not lie beside the repository")
def test_no_sentence_of_documentation_is_copied_from_an_official_schema() -> None:
    official = {
        s for path in REFERENCE.rglob("*") if path.suffix in {".xsd", ".wsdl"} for s in sentences(path)
    }

    ours = {s for name in (*OWN, WSDL) for s in sentences(PACKAGE / name)}

    assert ours & official == set()


# -------------------------------------------------------------------------------- RIV-TA's names and layout


def test_the_package_holds_the_files_of_riv_tas_layout_and_no_others() -> None:
    files = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*") if path.is_file()}

    assert files == {*OWN, *COPIED, WSDL}


@pytest.mark.parametrize(
    ("name", "namespace", "version"),
    [
        (CORE, CORE_NAMESPACE, "4.0"),
        (ENUMS, ENUMS_NAMESPACE, "4.0"),
        (RESPONDER, RESPONDER_NAMESPACE, "3.0"),
        (REGISTRY, REGISTRY_NAMESPACE, "1.0"),
        (HEADERS, HEADERS_NAMESPACE, "1.0"),
    ],
)
def test_the_version_stands_in_the_schema_its_file_name_and_its_namespace(
    name: str, namespace: str, version: str
) -> None:
    root = etree.parse(PACKAGE / name).getroot()

    assert root.get("targetNamespace") == namespace
    assert root.get("version") == version
    assert root.get("elementFormDefault") == "qualified"
    assert name.endswith(f"_{version}.xsd")
    assert namespace.endswith(f":{version.partition('.')[0]}")


def test_the_responder_declares_the_question_and_the_answer_and_core_the_records() -> None:
    responder, core = walkable_schema(RESPONDER), walkable_schema(CORE)

    assert {name: of.type.local_name for name, of in responder.elements.items()} == {
        "GetCarePlans": "GetCarePlansType",
        "GetCarePlansResponse": "GetCarePlansResponseType",
    }
    assert {name: of.type.local_name for name, of in core.elements.items()} == {
        "carePlan": "CarePlanType",
        "agreement": "AgreementType",
    }


def types_below(declared: XsdType, found: dict[str, XsdType]) -> dict[str, XsdType]:
    """Collect the named types that a type uses, itself included, down to those of XML Schema."""
    name = str(declared.name)
    if name.startswith(XS) or name in found:
        return found
    found[name] = declared
    if isinstance(declared, XsdComplexType):
        for element in elements_of(declared):
            types_below(element.type, found)
    return found


def elements_of(declared: XsdComplexType) -> Iterator[XsdElement]:
    assert isinstance(declared.content, XsdGroup)
    return (one for one in declared.content.iter_elements() if isinstance(one, XsdElement))


def test_no_type_is_declared_that_nothing_uses() -> None:
    schema = walkable_schema(RESPONDER)
    used: dict[str, XsdType] = {}
    for element in schema.elements.values():
        types_below(element.type, used)

    declared = {str(of.name) for of in schema.maps.types.values() if str(of.name).startswith("{urn:riv:")}

    assert declared == used.keys()


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        pytest.param(
            "GetCarePlans",
            "patientId 1..1, careUnitId 0..*, careGiverId 0..*, planType 0..*, planStatus 0..*, "
            "datePeriod 0..1, sourceSystemId 0..1, recordId 0..*, includeAttachments 0..1, "
            "hasMoreReference 0..1",
            id="question, contract description, section 2",
        ),
        pytest.param(
            "GetCarePlansResponse",
            "carePlan 0..*, agreement 0..*, hasMore 0..*, result 1..1",
            id="answer, contract description, section 3",
        ),
    ],
)
def test_question_and_answer_have_the_elements_of_the_contract_description(root: str, expected: str) -> None:
    declared = walkable_schema(RESPONDER).elements[root].type
    assert isinstance(declared, XsdComplexType)

    elements = [
        f"{one.local_name} {one.min_occurs}..{'*' if one.max_occurs is None else one.max_occurs}"
        for one in elements_of(declared)
    ]

    assert ", ".join(elements) == expected


# ------------------------------------------------------------------------------------------------ the WSDL


@pytest.fixture(scope="module")
def client() -> zeep.Client:
    """Load the WSDL as a careful consumer does."""
    settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    return zeep.Client(str(PACKAGE / WSDL), settings=settings)


def test_the_wsdl_is_valid_by_the_schema_of_wsdl_11() -> None:
    document = Wsdl11Document(str(PACKAGE / WSDL))

    assert [name.rpartition("}")[2] for name in document.messages] == [
        "GetCarePlansRequest",
        "GetCarePlansResponse",
        "ProcessingStatus",
    ]


@pytest.mark.parametrize(
    ("path", "attribute", "expected"),
    [
        (".", "name", "GetCarePlansInteraction"),
        (".", "targetNamespace", f"{DOMAIN}:GetCarePlans:3:rivtabp21"),
        (f"{IN_WSDL}message[1]", "name", "GetCarePlansRequest"),
        (f"{IN_WSDL}message[2]", "name", "GetCarePlansResponse"),
        (f"{IN_WSDL}portType", "name", "GetCarePlansResponderInterface"),
        (f"{IN_WSDL}portType/{IN_WSDL}operation", "name", "GetCarePlans"),
        (f"{IN_WSDL}binding", "name", "GetCarePlansResponderBinding"),
        (f"{IN_WSDL}binding/{IN_SOAP}binding", "style", "document"),
        (f"{IN_WSDL}binding/{IN_WSDL}operation", "name", "GetCarePlans"),
        (f".//{IN_SOAP}operation", "soapAction", f"{RESPONDER_NAMESPACE}:GetCarePlans"),
        (f".//{IN_WSDL}input/{IN_SOAP}header", "part", "LogicalAddress"),
        (f".//{IN_WSDL}input/{IN_SOAP}body", "parts", "parameters"),
        (f".//{IN_WSDL}output/{IN_SOAP}header", "part", "ProcessingStatus"),
        (f".//{IN_WSDL}output/{IN_SOAP}body", "parts", "parameters"),
        (f"{IN_WSDL}service", "name", "GetCarePlansResponderService"),
        (f"{IN_WSDL}service/{IN_WSDL}port", "name", "GetCarePlansResponderPort"),
        (f".//{IN_SOAP}address", "location", "http://tempuri.org"),
    ],
)
def test_the_wsdl_follows_riv_tas_patterns(path: str, attribute: str, expected: str) -> None:
    definitions = etree.parse(PACKAGE / WSDL).getroot()

    assert [node.get(attribute) for node in definitions.findall(path)] == [expected]


@pytest.mark.parametrize(
    "line",
    [
        "Tjänsteinteraktionens namn: GetCarePlansInteraction$",
        r"Beskrivning: \S",
        "Revisioner: 3.0 RC1 ",
        "Tjänstedomän: clinicalprocess:logistics:logistics$",
        "Tjänsteinteraktionstyp: Fråga-Svar$",
        "WS-profil: RIVTABP21$",
        r"Förvaltas av: \S",
    ],
)
def test_the_wsdl_has_every_line_of_documentation_that_riv_ta_asks_for(line: str) -> None:
    text = etree.parse(PACKAGE / WSDL).findtext(f"{IN_WSDL}documentation") or ""

    assert re.search(rf"^\s*{line}", text, re.MULTILINE)


def test_zeep_writes_a_question_that_the_schema_accepts(client: zeep.Client) -> None:
    unit = {"root": "1.2.752.129.2.1.4.1", "extension": "SE0000000000-A1"}

    envelope = client.create_message(
        client.service,
        "GetCarePlans",
        patientId={"root": "1.2.752.129.2.1.3.1", "extension": "191212121212"},
        careUnitId=[unit, unit],
        careGiverId=[unit],
        planType=[{"code": "SIP", "codeSystem": "1.2.3", "displayName": "Samordnad individuell plan"}],
        planStatus=["active", "draft"],
        datePeriod={"start": "20251201"},
        sourceSystemId=unit,
        recordId=[unit],
        includeAttachments=False,
        hasMoreReference="2",
        _soapheaders={"LogicalAddress": "SE0000000000-A1"},
    )
    (header,) = envelope.iter(f"{{{REGISTRY_NAMESPACE}}}LogicalAddress")
    (body,) = envelope.iter(f"{{{RESPONDER_NAMESPACE}}}GetCarePlans")

    assert header.text == "SE0000000000-A1"
    libxml2_schema(RESPONDER).assertValid(etree.fromstring(etree.tostring(body)))


ANSWER = f"""\
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">{{header}}<s:Body>
  <r:GetCarePlansResponse xmlns:r="{RESPONDER_NAMESPACE}" xmlns="{CORE_NAMESPACE}"><r:result>
    <resultCode>OK</resultCode><logId>6f1c1c9e-3f0e-4a55-9d3f-0d6a6c0b7a11</logId>
  </r:result></r:GetCarePlansResponse>
</s:Body></s:Envelope>"""

STATUS = f"""\
<s:Header><ProcessingStatus xmlns="{HEADERS_NAMESPACE}"><ProcessingStatusList>
  <logicalAddress>SE0000000000-A1</logicalAddress><statusCode>DataFromSource</statusCode>
  <isResponseFromCache>false</isResponseFromCache><isResponseInSynch>true</isResponseInSynch>
  <lastSuccessfulSynch>20260120120000</lastSuccessfulSynch>
</ProcessingStatusList></ProcessingStatus></s:Header>"""


def asked_through_zeep(client: zeep.Client, server: HTTPServer, answer: str) -> Any:
    """Ask a real endpoint that gives ANSWER, and return what zeep makes of it."""
    server.expect_request("/").respond_with_data(answer, content_type="text/xml; charset=utf-8")
    client.transport.session.trust_env = False
    binding = f"{{{DOMAIN}:GetCarePlans:3:rivtabp21}}GetCarePlansResponderBinding"
    service = client.create_service(binding, server.url_for("/"))
    return service.GetCarePlans(
        patientId={"root": "1.2.752.129.2.1.3.1", "extension": "191212121212"},
        _soapheaders={"LogicalAddress": "SE0000000000-A1"},
    )


def test_zeep_reads_the_processing_status_of_an_aggregating_service(
    client: zeep.Client, httpserver: HTTPServer
) -> None:
    answer = asked_through_zeep(client, httpserver, ANSWER.format(header=STATUS))

    (status,) = answer.header.ProcessingStatus.ProcessingStatusList
    assert (status.logicalAddress, status.statusCode) == ("SE0000000000-A1", "DataFromSource")
    assert answer.body.result.resultCode == "OK"


@pytest.mark.parametrize("header", ["", "<s:Header/>"], ids=["no header", "an empty header"])
def test_zeep_reads_an_answer_without_processing_status(
    client: zeep.Client, httpserver: HTTPServer, header: str
) -> None:
    answer = asked_through_zeep(client, httpserver, ANSWER.format(header=header))

    assert answer.body.result.resultCode == "OK"
    assert not answer.header or answer.header.ProcessingStatus is None
