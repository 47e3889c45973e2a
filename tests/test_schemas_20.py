"""Our schema text for GetCarePlans 2.0 and the headers: it stands alone, and it says what the official one says.

The official schemas are no part of the repository; where they do not lie beside it, the comparisons are
skipped.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree
from xmlschema import XMLSchema
from xmlschema.validators import XsdAnyElement, XsdComplexType, XsdElement, XsdGroup, XsdSimpleType, XsdType

from tests.reference_documents import (
    AWKWARD_TEXTS,
    MUTATIONS,
    complete_document,
    damaged,
    element_count,
    random_document,
    seeded,
    serialised,
)

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
OURS = ROOT / "schemas" / "clinicalprocess_logistics_logistics_3.0"
OURS_4 = ROOT / "schemas" / "clinicalprocess_logistics_logistics_4.0"
REFERENCE = ROOT.parent / "shared" / "reference"
OFFICIAL = REFERENCE / "clinicalprocess_logistics_logistics_3.0.13"
OFFICIAL_HEADERS = REFERENCE / "interoperability_headers_1.0"

WSDL = "interactions/GetCarePlansInteraction/GetCarePlansInteraction_2.0_RIVTABP21.wsdl"
RESPONDER = "interactions/GetCarePlansInteraction/GetCarePlansResponder_2.0.xsd"
CORE = "core_components/clinicalprocess_logistics_logistics_3.0.xsd"
ENUMS = "core_components/clinicalprocess_logistics_logistics_enum_3.0.xsd"
REGISTRY = "core_components/itintegration_registry_1.0.xsd"
HEADERS = "core_components/interoperability_headers_1.0.xsd"
SCHEMAS = [RESPONDER, CORE, ENUMS, REGISTRY, HEADERS]

XS = "{http://www.w3.org/2001/XMLSchema}"
DOCUMENTED = ("schema", "element", "complexType", "simpleType", "enumeration")
WSDL_NAMESPACE = "{http://schemas.xmlsoap.org/wsdl/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RESPONDER_NAMESPACE = "urn:riv:clinicalprocess:logistics:logistics:GetCarePlansResponder:2"
CORE_NAMESPACE = "urn:riv:clinicalprocess:logistics:logistics:3"
REGISTRY_NAMESPACE = "urn:riv:itintegration:registry:1"
HEADERS_NAMESPACE = "urn:riv:interoperability:headers:1"

DOCUMENTS_PER_ROOT = 600

needs_reference = pytest.mark.skipif(
    not OFFICIAL.is_dir(), reason="the official schemas do not lie beside the repository"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One root element and the two schemas that declare it."""

    root: str
    ours: Path
    official: Path


PAIRS = {
    "request": Pair(
        root=f"{{{RESPONDER_NAMESPACE}}}GetCarePlans", ours=OURS / RESPONDER, official=OFFICIAL / RESPONDER
    ),
    "response": Pair(
        root=f"{{{RESPONDER_NAMESPACE}}}GetCarePlansResponse",
        ours=OURS / RESPONDER,
        official=OFFICIAL / RESPONDER,
    ),
    "LogicalAddress": Pair(
        root=f"{{{REGISTRY_NAMESPACE}}}LogicalAddress", ours=OURS / REGISTRY, official=OFFICIAL / REGISTRY
    ),
    "ProcessingStatus": Pair(
        root=f"{{{HEADERS_NAMESPACE}}}ProcessingStatus",
        ours=OURS / HEADERS,
        official=OFFICIAL_HEADERS / HEADERS,
    ),
    "Actor": Pair(
        root=f"{{{HEADERS_NAMESPACE}}}Actor", ours=OURS / HEADERS, official=OFFICIAL_HEADERS / HEADERS
    ),
}
STRUCTURED = [name for name in PAIRS if name != "LogicalAddress"]

each_root = pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())


@cache
def libxml2_schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


@cache
def walkable_schema(path: Path) -> XMLSchema:
    return XMLSchema(str(path))


def verdicts(pair: Pair, document: bytes) -> tuple[bool, bool]:
    """Judge a document by the official schema and by ours."""
    tree = etree.fromstring(document)
    return libxml2_schema(pair.official).validate(tree), libxml2_schema(pair.ours).validate(tree)


def judged_alike(pair: Pair, documents: Iterator[bytes]) -> Counter[bool]:
    """Assert that both schemas say the same of every document, and count what they said."""
    seen: Counter[bool] = Counter()
    for document in documents:
        official, ours = verdicts(pair, document)
        assert ours == official, document.decode()
        seen[ours] += 1
    return seen


# ------------------------------------------------------------------------------------- the text on its own


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_compiles_in_libxml2_and_in_xmlschema(name: str) -> None:
    compiled = libxml2_schema(OURS / name)
    walkable = walkable_schema(OURS / name)

    assert compiled is not None
    assert walkable.validity == "valid"


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_type_element_and_value_is_documented_in_swedish(name: str) -> None:
    tree = etree.parse(OURS / name)

    declared = list(tree.iter(*(XS + kind for kind in DOCUMENTED)))
    undocumented = [
        node.get("name") or node.get("value")
        for node in declared
        if not any(
            (text.text or "").strip() and text.get(XML_LANG) == "sv"
            for text in node.findall(f"{XS}annotation/{XS}documentation")
        )
    ]

    assert declared
    assert undocumented == []


@pytest.mark.parametrize(
    "label",
    [
        "Tjänsteinteraktionens namn",
        "Beskrivning",
        "Revisioner",
        "Tjänstedomän",
        "Tjänsteinteraktionstyp",
        "WS-profil",
        "Förvaltas av",
    ],
)
def test_the_wsdl_has_every_line_of_documentation_that_riv_ta_asks_for(label: str) -> None:
    text = etree.parse(OURS / WSDL).findtext(f"{WSDL_NAMESPACE}documentation") or ""

    assert re.search(rf"^\s*{label}: \S", text, re.MULTILINE)


@pytest.mark.parametrize("name", [*SCHEMAS, WSDL])
def test_every_file_says_its_licence_and_whose_text_is_normative(name: str) -> None:
    head = (OURS / name).read_text(encoding="utf-8").partition("-->")[0]

    assert "SPDX-License-Identifier: Apache-2.0" in head
    assert "The normative text is Inera's" in head


@each_root
def test_libxml2_and_xmlschema_both_accept_the_complete_document(pair: Pair) -> None:
    document = complete_document(walkable_schema(pair.ours), pair.root)

    assert libxml2_schema(pair.ours).validate(etree.fromstring(document))
    assert walkable_schema(pair.ours).is_valid(document.decode())


# ------------------------------------------------------------------------------------------------ the WSDL


@pytest.fixture(scope="module")
def client() -> zeep.Client:
    """Load the WSDL as a careful consumer does."""
    settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    return zeep.Client(str(OURS / WSDL), settings=settings)


def operation_of(client: zeep.Client) -> Any:
    (service,) = client.wsdl.services.values()
    (port,) = service.ports.values()
    return port.binding.get("GetCarePlans")


def test_zeep_finds_the_service_the_port_and_the_one_operation(client: zeep.Client) -> None:
    (service,) = client.wsdl.services.values()
    (port,) = service.ports.values()

    assert service.name == "GetCarePlansResponderService"
    assert port.name == "GetCarePlansResponderPort"
    assert list(port.binding.all()) == ["GetCarePlans"]


def test_the_soap_action_is_the_published_one_with_logistics_once(client: zeep.Client) -> None:
    operation = operation_of(client)

    assert operation.soapaction == "urn:riv:clinicalprocess:logistics:GetCarePlansResponder:2:GetCarePlans"


def test_the_request_has_the_header_logical_address_and_the_response_has_none(client: zeep.Client) -> None:
    operation = operation_of(client)

    header_in = [element.name for _, element in operation.input.header.type.elements]
    header_out = [element.name for _, element in operation.output.header.type.elements]

    assert header_in == ["LogicalAddress"]
    assert header_out == []


def test_zeep_writes_a_request_that_the_schema_accepts(client: zeep.Client) -> None:
    envelope = client.create_message(
        client.service,
        "GetCarePlans",
        careUnitHSAId=["SE2321000016-1hz5"],
        patientId={"id": "191212121212", "type": "1.2.752.129.2.1.3.1"},
        datePeriod={"start": "20251201", "end": "20260120"},
        _soapheaders={"LogicalAddress": "5565594230"},
    )
    (header,) = envelope.iter(f"{{{REGISTRY_NAMESPACE}}}LogicalAddress")
    (body,) = envelope.iter(f"{{{RESPONDER_NAMESPACE}}}GetCarePlans")

    assert header.text == "5565594230"
    assert libxml2_schema(OURS / RESPONDER).validate(etree.fromstring(serialised(body)))


# --------------------------------------------------------------------------- the same as the official text


def types_below(declared: XsdType, found: dict[str, XsdType]) -> dict[str, XsdType]:
    """Collect the named types that a type uses, itself included, down to those of XML Schema."""
    name = str(declared.name)
    if name.startswith(XS) or name in found:
        return found
    found[name] = declared
    if isinstance(declared, XsdComplexType):
        assert isinstance(declared.content, XsdGroup)
        for particle in declared.content:
            if isinstance(particle, XsdElement):
                types_below(particle.type, found)
    elif declared.base_type is not None:
        types_below(declared.base_type, found)
    return found


def shape_of_particle(particle: object) -> tuple[object, ...]:
    if isinstance(particle, XsdAnyElement):
        return (
            "any",
            (*particle.namespace, *particle.not_namespace),
            particle.process_contents,
            particle.min_occurs,
            particle.max_occurs,
        )
    assert isinstance(particle, XsdElement)
    return (
        particle.name,
        particle.type.name,
        particle.min_occurs,
        particle.max_occurs,
        particle.nillable,
        particle.default,
        particle.fixed,
    )


def shape_of_type(declared: XsdType) -> tuple[object, ...]:
    if isinstance(declared, XsdComplexType):
        assert isinstance(declared.content, XsdGroup)
        particles = [shape_of_particle(particle) for particle in declared.content]
        return declared.content.model, declared.mixed, sorted(map(str, declared.attributes)), particles
    assert isinstance(declared, XsdSimpleType)
    others = {
        str(name): getattr(facet, "value", None)
        for name, facet in declared.facets.items()
        if name not in (f"{XS}pattern", f"{XS}enumeration")
    }
    patterns = declared.patterns.regexps if declared.patterns is not None else []
    base = declared.base_type
    return base.name if base is not None else None, declared.enumeration, patterns, others


@needs_reference
@each_root
def test_names_order_cardinality_types_and_facets_are_those_of_the_official_schema(pair: Pair) -> None:
    ours = types_below(walkable_schema(pair.ours).maps.elements[pair.root].type, {})
    official = types_below(walkable_schema(pair.official).maps.elements[pair.root].type, {})

    assert ours.keys() == official.keys()
    assert {name: shape_of_type(of) for name, of in ours.items()} == {
        name: shape_of_type(of) for name, of in official.items()
    }


def named_types(schema: XMLSchema) -> dict[str, XsdType]:
    """Give every named type of a schema and of those it imports, but XML Schema's own."""
    return {str(of.name): of for of in schema.maps.types.values() if not str(of.name).startswith("{http:")}


@needs_reference
def test_every_named_type_is_that_of_the_official_schema_whoever_uses_it() -> None:
    # An extension can name any of them with xsi:type, and is then judged by it.
    pair = PAIRS["response"]

    ours, official = named_types(walkable_schema(pair.ours)), named_types(walkable_schema(pair.official))

    assert {name: shape_of_type(of) for name, of in ours.items()} == {
        name: shape_of_type(of) for name, of in official.items()
    }


@pytest.mark.parametrize("name", [REGISTRY, HEADERS])
def test_no_header_schema_declares_a_type_that_nothing_uses(name: str) -> None:
    schema = walkable_schema(OURS / name)
    used: dict[str, XsdType] = {}
    for element in schema.elements.values():
        types_below(element.type, used)

    assert named_types(schema).keys() == used.keys()


@needs_reference
@pytest.mark.parametrize("name", [RESPONDER, CORE, ENUMS, REGISTRY])
def test_namespace_version_and_form_defaults_are_those_of_the_official_schema(name: str) -> None:
    ours, official = (etree.parse(folder / name).getroot() for folder in (OURS, OFFICIAL))

    assert dict(ours.attrib) == dict(official.attrib)


def resolved(node: etree._Element, value: str) -> str:
    """Replace a known prefix in an attribute's value by its namespace."""
    prefix, colon, name = value.partition(":")
    namespace = node.nsmap.get(prefix) if colon else None
    return f"{{{namespace}}}{name}" if namespace else value


def wsdl_shape(node: etree._Element) -> tuple[object, ...]:
    return (
        node.tag,
        sorted((str(name), resolved(node, str(value))) for name, value in node.attrib.items()),
        sorted(
            (
                wsdl_shape(child)
                for child in node
                if child.tag not in (etree.Comment, f"{WSDL_NAMESPACE}documentation")
            ),
            key=repr,
        ),
    )


@needs_reference
def test_the_wsdl_says_what_the_official_wsdl_says() -> None:
    ours, official = (wsdl_shape(etree.parse(folder / WSDL).getroot()) for folder in (OURS, OFFICIAL))

    assert ours == official


def documentation(path: Path) -> set[str]:
    """Give the sentences of all documentation in a file, blanks folded."""
    texts = (
        " ".join("".join(map(str, node.itertext())).split())
        for node in etree.parse(path).iter(f"{XS}documentation", f"{WSDL_NAMESPACE}documentation")
    )
    return {sentence for text in texts for sentence in re.split(r"(?<=[.!?:])\s", text) if sentence}


@needs_reference
def test_no_sentence_of_documentation_is_copied() -> None:
    official = {
        s for path in REFERENCE.rglob("*") if path.suffix in {".xsd", ".wsdl"} for s in documentation(path)
    }
    # The labels of the WSDL's documentation are RIV-TA's own and must stand there.
    labels = {s for s in documentation(OURS / WSDL) if s.endswith(":")}

    ours = {s for name in (*SCHEMAS, WSDL) for s in documentation(OURS / name)}

    assert (ours - labels) & official == set()


# -------------------------------------------------------------------------------- the same verdict, always


@needs_reference
@each_root
@pytest.mark.parametrize("walked", ["ours", "official"])
def test_both_schemas_judge_random_documents_alike_and_many_are_accepted_and_many_refused(
    pair: Pair, walked: str
) -> None:
    schema = walkable_schema(getattr(pair, walked))

    def documents() -> Iterator[bytes]:
        for seed in range(DOCUMENTS_PER_ROOT):
            rng = seeded(walked, seed)
            document = random_document(schema, pair.root, rng)
            # None, one or two kinds of damage: the undamaged third keeps the share of valid documents up.
            for mutation in rng.choices(list(MUTATIONS.values()), k=seed % 3):
                document = damaged(document, mutation, rng.randrange(element_count(document)), rng)
            yield document

    seen = judged_alike(pair, documents())

    assert seen.total() == DOCUMENTS_PER_ROOT
    assert min(seen[True], seen[False]) > DOCUMENTS_PER_ROOT // 4


BOTH = {True, False}
ONLY_ACCEPTED = {True}
ONLY_REFUSED = {False}

OUTCOMES = {
    "drop": BOTH,
    "duplicate": BOTH,
    "swap_with_next": BOTH,
    "move_elsewhere": BOTH,
    "misspell": BOTH,
    "rename_as_another": BOTH,
    "move_to_foreign_namespace": BOTH,
    "move_to_roots_namespace": BOTH,
    "move_to_no_namespace": BOTH,
    "move_to_next_major_version": BOTH,
    "set_awkward_text": BOTH,
    "empty": BOTH,
    "insert_foreign_element": BOTH,
    "append_foreign_element": BOTH,
    "append_unknown_element_of_own_namespace": BOTH,
    "append_known_element": BOTH,
    "append_empty_root_element": BOTH,
    "append_root_element": BOTH,
    "append_child_of_type": BOTH,
    "set_plain_attribute": BOTH,
    "set_foreign_attribute": BOTH,
    "set_language": BOTH,
    "set_schema_location": ONLY_ACCEPTED,
    "set_nil": BOTH,
    "set_type": BOTH,
    "add_text_beside_children": BOTH,
    "add_space_beside_children": ONLY_ACCEPTED,
    "insert_comment": ONLY_ACCEPTED,
    "insert_processing_instruction": ONLY_ACCEPTED,
    "make_root": BOTH,
}
"""What the schemas say of the kinds of damage, over all elements and roots: each kind bites, or never does."""


def test_every_kind_of_damage_has_its_expected_outcome() -> None:
    assert OUTCOMES.keys() == MUTATIONS.keys()


@needs_reference
@pytest.mark.parametrize(("name", "expected"), OUTCOMES.items(), ids=OUTCOMES.keys())
def test_both_schemas_judge_one_damage_at_any_element_of_a_complete_document_alike(
    name: str, expected: set[bool]
) -> None:
    seen: Counter[bool] = Counter()
    for pair in (PAIRS[root] for root in STRUCTURED):
        complete = complete_document(walkable_schema(pair.ours), pair.root)
        seen += judged_alike(
            pair,
            (
                damaged(complete, MUTATIONS[name], position, seeded(name, position, turn))
                for position in range(element_count(complete))
                for turn in range(5)
            ),
        )

    assert set(seen) == expected


@needs_reference
@each_root
def test_both_schemas_judge_every_awkward_text_in_any_element_alike(pair: Pair) -> None:
    root = etree.fromstring(complete_document(walkable_schema(pair.ours), pair.root))
    leaves = [node for node in root.iter("*") if len(node) == 0]

    def documents() -> Iterator[bytes]:
        for leaf in leaves:
            before = leaf.text
            for text in AWKWARD_TEXTS:
                leaf.text = text
                yield serialised(root)
            leaf.text = before

    seen = judged_alike(pair, documents())

    assert seen.total() == len(leaves) * len(AWKWARD_TEXTS)
    assert seen[True]


@needs_reference
@pytest.mark.parametrize(
    "content", ["", "<core:start>20260120080000</core:start>", "<core:start>2026</core:start>"]
)
def test_both_schemas_judge_an_extension_by_the_type_it_names(content: str) -> None:
    pair = PAIRS["request"]
    complete = etree.fromstring(complete_document(walkable_schema(pair.ours), pair.root))
    named = ("TimePeriodType", "PartialDateType", "CareContactBodyType", "CareServiceType", "NoSuchType")
    seen = []
    for name in named:
        complete.append(
            etree.fromstring(
                f'<x:y xmlns:x="urn:example:extension:1" xmlns:core="{CORE_NAMESPACE}" '
                f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="core:{name}">{content}</x:y>'
            )
        )
        seen.append(verdicts(pair, serialised(complete)))
        complete.remove(complete[-1])

    assert [ours for _, ours in seen] == [official for official, _ in seen]
    assert not all(ours for _, ours in seen)
