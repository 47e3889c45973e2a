"""Valid documents, damaged in every way we know: our verdict is xmlschema's, and every damage is told.

The verdict is libxml2's, xmlschema is the oracle. Where the two disagree is written down below, by name.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from lxml import etree
from xmlschema import XMLSchema
from xmlschema.exceptions import XMLSchemaException
from xmlschema.validators.exceptions import XMLSchemaChildrenValidationError, XMLSchemaValidationError

from riv_careplans import codec
from riv_careplans.contract import GET_CARE_PLANS_2, GET_CARE_PLANS_3, Contract
from riv_careplans.validation.formal import EXPLANATIONS_BY_CODE
from riv_careplans.validation.report import Layer
from riv_careplans.validation.schema import schema_verdict
from tests.reference_documents import (
    MUTATIONS,
    complete_document,
    damaged,
    element_count,
    random_document,
    seeded,
)
from tests.validation_documents import ANSWER, QUESTION, broken, examined

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
ROUNDS = 2
MOST_ELEMENTS = 500


@cache
def oracle(contract: Contract) -> XMLSchema:
    return XMLSchema(str(contract.schema))


@cache
def sources() -> tuple[tuple[Contract, bytes], ...]:
    """Give valid documents of both contracts."""
    asta = sorted((ROOT / "examples" / "asta").glob("p*/*.xml"))[::3]
    message = etree.parse(str(ROOT / "tests" / "vectors" / "requests" / "OK-3.0-everything.xml")).getroot()[
        -1
    ][0]
    three = [ANSWER.encode(), QUESTION.encode(), etree.tostring(message, with_tail=False)]
    three += [path.read_bytes() for path in asta]
    two = [complete_document(oracle(GET_CARE_PLANS_2), GET_CARE_PLANS_2.request_tag)]
    two.append(complete_document(oracle(GET_CARE_PLANS_2), GET_CARE_PLANS_2.response_tag))
    for tag in (GET_CARE_PLANS_2.request_tag, GET_CARE_PLANS_2.response_tag):
        two += [random_document(oracle(GET_CARE_PLANS_2), tag, seeded(tag, n)) for n in range(4)]
    documents = [(GET_CARE_PLANS_3, one) for one in three] + [(GET_CARE_PLANS_2, one) for one in two]
    return tuple((contract, one) for contract, one in documents if element_count(one) <= MOST_ELEMENTS)


@cache
def mutants(name: str) -> list[tuple[Contract, bytes]]:
    """Damage every source in one way, at a few places."""
    made: list[tuple[Contract, bytes]] = []
    for number, (contract, document) in enumerate(sources()):
        for attempt in range(ROUNDS):
            rng = seeded(name, number, attempt)
            mutant = damaged(document, MUTATIONS[name], rng.randrange(element_count(document)), rng)
            if codec.parse(mutant).tag in (contract.request_tag, contract.response_tag):
                made.append((contract, mutant))
    return made


EXTENSION_TOO_EARLY = "libxml2 lets the last repeated element of a sequence follow an extension"
NIL_IN_AN_EXTENSION = "libxml2 lets xsi:nil stand on an element that no schema declares, and is right"
BASE64_WITH_HYPHENS = "libxml2 passes over characters in base64 that do not belong there"


def objections(contract: Contract, message: codec.Element) -> set[str]:
    """Say what xmlschema refuses; by its name what libxml2 is known to accept."""
    try:
        return {_named(contract, error) for error in oracle(contract).iter_errors(message)}
    except XMLSchemaException:
        return {"xsi:type names no type"}  # xmlschema gives up on it


def _named(contract: Contract, error: XMLSchemaValidationError) -> str:
    reason, element = error.reason or "", error.elem
    assert element is not None
    if "not nillable" in reason and str(element.tag) not in contract.element_names:
        return NIL_IN_AN_EXTENSION
    if "base64Binary" in reason:
        return BASE64_WITH_HYPHENS
    if isinstance(error, XMLSchemaChildrenValidationError) and error.invalid_tag is not None:
        namespaces = [str(child.tag).rpartition("}")[0] for child in element]
        if any(namespace not in (namespaces[error.index], "") for namespace in namespaces[: error.index]):
            return EXTENSION_TOO_EARLY
    return reason


KNOWN = {EXTENSION_TOO_EARLY, NIL_IN_AN_EXTENSION, BASE64_WITH_HYPHENS}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_damaged_document_is_judged_as_xmlschema_judges_it(name: str) -> None:
    for contract, mutant in mutants(name):
        message = codec.parse(mutant)
        found = objections(contract, message)

        if schema_verdict(contract, message).valid:
            assert found <= KNOWN, mutant.decode()
        else:
            assert found, mutant.decode()


@pytest.mark.parametrize(
    ("disagreement", "right", "wrong", "decided"),
    [
        (
            EXTENSION_TOO_EARLY,
            "</c:provenance>",
            '<x:y xmlns:x="urn:x"/><c:informant>patient</c:informant></c:provenance>',
            [],
        ),
        (
            NIL_IN_AN_EXTENSION,
            "</c:provenance>",
            '<x:y xmlns:x="urn:x" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/></c:provenance>',
            [],
        ),
        (BASE64_WITH_HYPHENS, "JVBERi0xLjc=", "JVBE-Ri0xLjc=", ["XSD-006"]),
    ],
)
def test_where_the_two_schema_libraries_disagree_it_is_decided(
    disagreement: str, right: str, wrong: str, decided: list[str]
) -> None:
    document = broken(ANSWER, right, wrong)
    message = codec.parse(document.encode())

    assert schema_verdict(GET_CARE_PLANS_3, message).valid
    assert objections(GET_CARE_PLANS_3, message) == {disagreement}
    assert [finding.code for finding in examined(document).findings] == decided


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_damage_is_told_with_its_place_and_in_both_languages(name: str) -> None:
    for contract, mutant in mutants(name):
        message = codec.parse(mutant)
        refused = not schema_verdict(contract, message).valid

        findings = examined(mutant).findings

        formal = [one for one in findings if one.layer in (Layer.SCHEMA, Layer.CODES)]
        assert bool(formal) == refused or BASE64_WITH_HYPHENS in objections(contract, message)
        for finding in findings:
            assert finding.line, finding
            assert finding.message != finding.message_sv, finding
            assert finding.code in EXPLANATIONS_BY_CODE or finding.layer is Layer.RULES


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_libxml2_refuses_is_explained(name: str) -> None:
    for contract, mutant in mutants(name):
        verdict = schema_verdict(contract, codec.parse(mutant))

        assert verdict.violations == (), mutant.decode()
