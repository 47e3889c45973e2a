"""The documents that show every rule: a bad one gives exactly its finding, a good one gives none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from riv_careplans import codec
from riv_careplans.codes import RESPONDER_2
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.get_care_plans_2 import breaches
from riv_careplans.contracts.get_care_plans_2 import rules as rules_2
from riv_careplans.contracts.interaction import Checked
from riv_careplans.rules import RULES, RuleFinding, Text, attachments, content, exchanges, identities, times
from riv_careplans.rules.rule import Breach
from riv_careplans.validation.document import examine
from riv_careplans.validation.options import Options
from riv_careplans.validation.report import Verdict
from riv_careplans.validation.vectors import Vector, documents_of, nearest_good, vector_folder
from tests.builders import ASTA, NOW

OFFICIAL = Path(__file__).parents[2] / "shared" / "reference" / "clinicalprocess_logistics_logistics_3.0.13"
CODES = [rule.code for rule in (*RULES, *rules_2.RULES)]
VECTORS = [vector for code in CODES for vector in documents_of(code)]
IDS = [f"{vector.code} {vector.path.stem}" for vector in VECTORS]
each_vector = pytest.mark.parametrize("vector", VECTORS, ids=IDS)

UNREACHABLE = {
    # No document can hold these: the schema's patterns refuse them before the rules are asked.
    "this is not a valid time: expected YYYY, YYYYMM, YYYYMMDD or YYYYMMDDhhmmss",
    "this is not a valid time of day: expected hhmmss",
}


def checked(vector: Vector) -> Checked:
    """Check a document as valid, and see that it is."""
    message = codec.parse(vector.path.read_bytes())
    interaction = interaction_for(codec.namespace_of(message))
    assert interaction.contract.violations(message) == ()
    return interaction.check(message, now=NOW, attachments_asked=vector.attachments_asked)


@pytest.fixture(scope="module")
def found() -> list[RuleFinding]:
    """Everything that the bad documents give."""
    return [finding for vector in VECTORS for finding in checked(vector).findings]


@pytest.mark.parametrize("code", CODES)
def test_every_rule_has_documents_of_both_kinds(code: str) -> None:
    assert {vector.is_good for vector in documents_of(code)} == {True, False}


def test_every_document_belongs_to_a_rule_and_says_in_its_name_what_it_is() -> None:
    strays = set(vector_folder().rglob("*.xml")) - {vector.path for vector in VECTORS}

    assert strays == set()
    assert all(re.fullmatch(r"(bad|good)-[a-z0-9]+(-[a-z0-9]+)*", vector.path.stem) for vector in VECTORS)
    assert len({vector.path for vector in VECTORS}) == len(VECTORS) > 2 * len(CODES)


@each_vector
def test_a_bad_document_gives_exactly_its_finding_and_a_good_one_none(vector: Vector) -> None:
    findings = checked(vector).findings

    assert [finding.code for finding in findings] == ([] if vector.is_good else [vector.code])


@each_vector
def test_the_whole_examination_says_the_same(vector: Vector) -> None:
    options = Options(now=NOW, attachments_asked=vector.attachments_asked)

    examined = examine(vector.path.read_bytes(), vector.path.name, options).examined

    assert [finding.code for finding in examined.findings] == ([] if vector.is_good else [vector.code])
    assert vector.is_good <= (examined.verdict is Verdict.PASSED)


@each_vector
def test_a_document_begins_with_what_it_shows_and_a_bad_one_has_a_near_neighbour(vector: Vector) -> None:
    declaration, comment, *_ = vector.lines
    neighbour = nearest_good(vector, documents_of(vector.code))

    assert declaration == '<?xml version="1.0" encoding="UTF-8"?>'
    assert re.fullmatch(rf"<!-- {vector.code}: .{{15,100}}[.?] -->", comment)
    assert neighbour is not None
    assert neighbour.is_good


def test_every_sentence_that_a_rule_can_say_is_shown_by_a_document(found: list[RuleFinding]) -> None:
    said = {finding.message for finding in found}
    modules = (attachments, content, exchanges, identities, times, breaches)
    constants = [value for module in modules for value in vars(module).values()]
    texts = [value.text if isinstance(value, Breach) else value for value in constants]
    can_be_said = {text.english for text in texts if isinstance(text, Text)}

    assert len(can_be_said) > 40
    assert can_be_said - said == set()


def test_every_finding_is_told_in_both_languages_and_repeats_nothing(found: list[RuleFinding]) -> None:
    assert len(found) > len(CODES)
    for finding in found:
        assert finding.message
        assert finding.message_sv
        assert finding.message != finding.message_sv
        assert ASTA not in f"{finding}"


def test_what_the_codec_says_about_times_has_its_swedish() -> None:
    told = [finding for vector in documents_of("CP-001") for finding in checked(vector).findings]

    assert {finding.message for finding in told}.isdisjoint(UNREACHABLE)
    assert {finding.message_sv.split(":")[0] for finding in told} == {
        "detta är inget giltigt datum",
        "detta är ingen giltig tidpunkt",
    }
    assert all(finding.unsafe and finding.line for finding in told)


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official schemas lie beside the repository or nowhere")
def test_documents_of_2_0_are_valid_by_the_official_schema_too() -> None:
    interaction = OFFICIAL / "interactions" / "GetCarePlansInteraction" / "GetCarePlansResponder_2.0.xsd"
    schema = etree.XMLSchema(etree.parse(interaction))
    of_2_0 = [vector for vector in VECTORS if RESPONDER_2 in vector.path.read_text(encoding="utf-8")]

    assert len(of_2_0) > 80
    assert [one.path.name for one in of_2_0 if not schema.validate(etree.parse(one.path))] == []


def test_an_unknown_code_has_no_documents() -> None:
    assert documents_of("CP-999") == ()


def test_a_bad_document_without_good_ones_has_no_neighbour() -> None:
    bad = documents_of("CP-006")[0]

    assert nearest_good(bad, [bad]) is None
    assert Path(bad.path).is_relative_to(vector_folder())
