"""Our schema text for the engagement index: it stands alone, and it says what the official one says.

The official schemas are no part of the repository; where they do not lie beside it, the comparisons are
skipped.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import zeep
from lxml import etree

from riv_careplans.contract import Contract
from riv_careplans.contracts.engagement_index import CONTRACTS
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
from tests.test_schemas_20 import (
    DOCUMENTED,
    REFERENCE,
    WSDL_NAMESPACE,
    XML_LANG,
    XS,
    Pair,
    documentation,
    judged_alike,
    libxml2_schema,
    named_types,
    shape_of_type,
    types_below,
    walkable_schema,
    wsdl_shape,
)

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
OURS = ROOT / "schemas" / "itintegration_engagementindex_1.0"
OFFICIAL = REFERENCE / "itintegration_engagementindex_1.0.10"

NAMES = ["Update", "FindContent", "ProcessNotification"]
CORE = "core_components/itintegration_engagementindex_1.0.xsd"
REGISTRY = "core_components/itintegration_registry_1.0.xsd"
RESPONDERS = {name: f"interactions/{name}Interaction/{name}Responder_1.0.xsd" for name in NAMES}
WSDLS = {name: f"interactions/{name}Interaction/{name}Interaction_1.0_RIVTABP21.wsdl" for name in NAMES}
SCHEMAS = [CORE, REGISTRY, *RESPONDERS.values()]

PAIRS = {
    f"{name}{part}": Pair(
        root=f"{{urn:riv:itintegration:engagementindex:{name}Responder:1}}{name}{part}",
        ours=OURS / responder,
        official=OFFICIAL / responder,
    )
    for name, responder in RESPONDERS.items()
    for part in ("", "Response")
}
DOCUMENTS_PER_ROOT = 400

RESIDENTS = ("191212121212", "19121212121Z", "19121212A12p", "19121212121a", "191212 21212", "1912121212")
TIMES = ("20260119081500", "00000119081500", "99991231235959", "20260119240000", "2026011908150", "")
"""Texts at the edge of the two patterns of this domain."""

needs_reference = pytest.mark.skipif(
    not OFFICIAL.is_dir(), reason="the official schemas do not lie beside the repository"
)
each_root = pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
each_contract = pytest.mark.parametrize("name", NAMES)


# ------------------------------------------------------------------------------------- the text on its own


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_compiles_in_libxml2_and_in_xmlschema(name: str) -> None:
    assert libxml2_schema(OURS / name) is not None
    assert walkable_schema(OURS / name).validity == "valid"


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_type_element_and_value_is_documented_in_swedish(name: str) -> None:
    declared = list(etree.parse(OURS / name).iter(*(XS + kind for kind in DOCUMENTED)))

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


@each_contract
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
def test_the_wsdl_has_every_line_of_documentation_that_riv_ta_asks_for(name: str, label: str) -> None:
    text = etree.parse(OURS / WSDLS[name]).findtext(f"{WSDL_NAMESPACE}documentation") or ""

    assert re.search(rf"^\s*{label}: \S", text, re.MULTILINE)


@pytest.mark.parametrize("name", [*SCHEMAS, *WSDLS.values()])
def test_every_file_says_its_licence_and_whose_text_is_normative(name: str) -> None:
    head = (OURS / name).read_text(encoding="utf-8").partition("-->")[0]

    assert "SPDX-License-Identifier: Apache-2.0" in head
    assert "The normative text is Inera's" in head


def test_the_header_schema_has_the_same_bytes_in_every_package() -> None:
    copies = list((ROOT / "schemas").glob(f"*/{REGISTRY}"))

    assert len(copies) >= 3
    assert {path.read_bytes() for path in copies} == {(OURS / REGISTRY).read_bytes()}


@each_root
def test_libxml2_and_xmlschema_both_accept_the_complete_document(pair: Pair) -> None:
    document = complete_document(walkable_schema(pair.ours), pair.root)

    assert libxml2_schema(pair.ours).validate(etree.fromstring(document))
    assert walkable_schema(pair.ours).is_valid(document.decode())


@pytest.mark.parametrize("known", CONTRACTS, ids=lambda contract: contract.name)
def test_zeep_loads_each_wsdl_and_finds_what_the_contract_value_says(known: Contract) -> None:
    settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)

    client = zeep.Client(str(known.wsdl), settings=settings)
    (service,) = client.wsdl.services.values()
    (port,) = service.ports.values()
    operation = port.binding.get(known.name)

    assert (service.name, port.name) == (f"{known.name}ResponderService", f"{known.name}ResponderPort")
    assert operation.soapaction == known.soap_actions[0]
    assert port.binding.name.namespace == known.wsdl_namespace
    assert [element.name for _, element in operation.input.header.type.elements] == ["LogicalAddress"]


# --------------------------------------------------------------------------- the same as the official text


@needs_reference
@each_root
def test_names_order_cardinality_types_and_facets_are_those_of_the_official_schema(pair: Pair) -> None:
    ours = types_below(walkable_schema(pair.ours).maps.elements[pair.root].type, {})
    official = types_below(walkable_schema(pair.official).maps.elements[pair.root].type, {})

    assert {name: shape_of_type(of) for name, of in ours.items()} == {
        name: shape_of_type(of) for name, of in official.items()
    }


@needs_reference
@each_contract
def test_every_named_type_is_that_of_the_official_schema_whoever_uses_it(name: str) -> None:
    # An extension can name any of them with xsi:type, and is then judged by it.
    ours, official = (
        {
            name: shape_of_type(of)
            for name, of in named_types(walkable_schema(folder / RESPONDERS[name])).items()
        }
        for folder in (OURS, OFFICIAL)
    )

    assert ours == official


@needs_reference
@pytest.mark.parametrize("name", SCHEMAS)
def test_namespace_version_and_form_defaults_are_those_of_the_official_schema(name: str) -> None:
    ours, official = (etree.parse(folder / name).getroot() for folder in (OURS, OFFICIAL))

    assert dict(ours.attrib) == dict(official.attrib)


@needs_reference
@each_contract
def test_the_wsdl_says_what_the_official_wsdl_says(name: str) -> None:
    ours, official = (wsdl_shape(etree.parse(folder / WSDLS[name]).getroot()) for folder in (OURS, OFFICIAL))

    assert ours == official


@needs_reference
def test_no_sentence_of_documentation_is_copied() -> None:
    official = {
        sentence
        for path in REFERENCE.rglob("*")
        if path.suffix in {".xsd", ".wsdl"}
        for sentence in documentation(path)
    }
    ours = {sentence for name in (*SCHEMAS, *WSDLS.values()) for sentence in documentation(OURS / name)}

    # The labels of the WSDL's documentation are RIV-TA's own and must stand there.
    assert {sentence for sentence in ours & official if not sentence.endswith(":")} == set()


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
            for mutation in rng.choices(list(MUTATIONS.values()), k=seed % 3):
                document = damaged(document, mutation, rng.randrange(element_count(document)), rng)
            yield document

    seen = judged_alike(pair, documents())

    assert min(seen[True], seen[False]) > DOCUMENTS_PER_ROOT // 5


@needs_reference
@pytest.mark.parametrize("kind", MUTATIONS)
def test_both_schemas_judge_each_kind_of_damage_at_each_place_alike(kind: str) -> None:
    pair = PAIRS["Update"]
    document = complete_document(walkable_schema(pair.ours), pair.root)

    def documents() -> Iterator[bytes]:
        for position in range(element_count(document)):
            yield damaged(document, MUTATIONS[kind], position, seeded(kind, position))

    assert judged_alike(pair, documents()).total() == element_count(document)


@needs_reference
@each_root
def test_both_schemas_judge_every_awkward_text_in_every_element_alike(pair: Pair) -> None:
    document = complete_document(walkable_schema(pair.ours), pair.root)

    def documents() -> Iterator[bytes]:
        for position in range(element_count(document)):
            for text in (*AWKWARD_TEXTS, *RESIDENTS, *TIMES):
                root = etree.fromstring(document)
                list(root.iter("*"))[position].text = text
                yield serialised(root)

    seen = judged_alike(pair, documents())

    assert min(seen[True], seen[False]) > 0
