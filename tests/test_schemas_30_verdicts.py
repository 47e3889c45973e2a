"""What the schema of GetCarePlans 3.0 accepts and refuses, in both validators."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from lxml import etree
from xmlschema import XMLSchema
from xmlschema.validators import XsdComplexType, XsdElement, XsdGroup, XsdSimpleType

pytestmark = pytest.mark.once

PACKAGE = Path(__file__).parents[1] / "schemas" / "clinicalprocess_logistics_logistics_4.0"
RESPONDER = PACKAGE / "interactions" / "GetCarePlansInteraction" / "GetCarePlansResponder_3.0.xsd"
CORE = PACKAGE / "core_components" / "clinicalprocess_logistics_logistics_4.0.xsd"

XS = "http://www.w3.org/2001/XMLSchema"
CORE_NAMESPACE = "urn:riv:clinicalprocess:logistics:logistics:4"


@cache
def libxml2_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(RESPONDER))


@cache
def walkable_schema() -> XMLSchema:
    return XMLSchema(str(RESPONDER))


# ------------------------------------------------------------------------------------------- simple types


def as_core_type(name: str) -> etree.XMLSchema:
    """Give a schema whose one element, `value`, is of a simple type of core."""
    location = CORE.as_uri()
    return etree.XMLSchema(
        etree.fromstring(
            f'<xs:schema xmlns:xs="{XS}" xmlns:core="{CORE_NAMESPACE}">'
            f'<xs:import namespace="{CORE_NAMESPACE}" schemaLocation="{location}"/>'
            f'<xs:element name="value" type="core:{name}"/></xs:schema>'
        )
    )


@pytest.mark.parametrize(
    ("name", "text", "valid"),
    [
        ("DateType", "20260119", True),
        ("DateType", "20260231", True),  # the calendar is rule CP-001's
        ("DateType", "20261301", False),
        ("DateType", "18991231", False),
        ("DateType", "2026-01-19", False),
        ("DateType", " 20260119", False),
        ("DateType", "20260119\n", False),
        ("DateType", "2026011\uff19", False),  # a full-width nine
        ("TimeStampType", "20260119235959", True),
        ("TimeStampType", "20260119240000", False),
        ("TimeStampType", "20260119236000", False),
        ("TimeStampType", "20260119", False),
        ("TimeStampType", "20260119235959Z", False),
        ("TimeType", "000000", True),
        ("TimeType", "235959", True),
        ("TimeType", "240000", False),
        ("TimeType", "0800", False),
        ("PartialTimeType", "2026", True),
        ("PartialTimeType", "202604", True),
        ("PartialTimeType", "20260401", True),
        ("PartialTimeType", "20260401081500", True),
        ("PartialTimeType", "20", False),
        ("PartialTimeType", "202613", False),
        ("PartialTimeType", "2026040108", False),
        ("PartialTimeType", "202604010816", False),
        ("PartialTimeType", "", False),
        ("VersionType", "1", True),
        ("VersionType", "999999999", True),
        ("VersionType", "0", False),
        ("VersionType", "1000000000", False),
        ("VersionType", "+1", False),
        ("SizeType", "0", True),
        ("SizeType", "9999999999", True),
        ("SizeType", "10000000000", False),
        ("SizeType", "-1", False),
        ("Sha256Type", "0123456789abcdef" * 4, True),
        ("Sha256Type", "0123456789ABCDEF" * 4, False),
        ("Sha256Type", "0123456789abcdef" * 3, False),
    ],
)
def test_a_simple_type_takes_what_it_should_in_both_validators(name: str, text: str, *, valid: bool) -> None:
    document = etree.Element("value")
    document.text = text
    declared = walkable_schema().maps.types[f"{{{CORE_NAMESPACE}}}{name}"]
    assert isinstance(declared, XsdSimpleType)

    assert as_core_type(name).validate(document) == valid
    assert declared.is_valid(text) == valid


# ------------------------------------------------------------------------------------------- whole answers


SAMPLES = {
    "string": "Vårdplan",
    "boolean": "true",
    "base64Binary": "JVBERi0xLjQK",
    "anyURI": "https://example.org/plan.pdf",
    "int": "2",
    "DateType": "20260119",
    "TimeStampType": "20260119081500",
    "TimeType": "081500",
    "PartialTimeType": "202604",
    "VersionType": "3",
    "SizeType": "9",
    "Sha256Type": "0123456789abcdef" * 4,
}
DEEPEST_GOAL = 3
ALTERNATIVES = 4
"""The most branches that a choice has: that of TimingType."""


def complete(root: str, branch: int) -> etree._Element:
    """Write a document with every element of the schema, and in every choice the branch of that number."""
    return written(walkable_schema().elements[root], branch, ())


def written(declared: XsdElement, branch: int, above: tuple[str, ...]) -> etree._Element:
    element = etree.Element(str(declared.name))
    of_type, name = declared.type, str(declared.type.local_name)
    if isinstance(of_type, XsdComplexType):
        assert isinstance(of_type.content, XsdGroup)
        here = (*above, name)
        children = chosen(of_type.content, branch)
        element.extend(
            written(child, branch, here)
            for child in children
            if here.count(str(child.type.local_name)) < DEEPEST_GOAL
        )
    else:
        assert isinstance(of_type, XsdSimpleType)
        element.text = str(of_type.enumeration[0]) if of_type.enumeration else SAMPLES[name]
    return element


def chosen(group: XsdGroup, branch: int) -> Iterator[XsdElement]:
    """Give the elements of a group; of a choice, those of one branch."""
    particles = [group[branch % len(group)]] if group.model == "choice" else list(group)
    for particle in particles:
        if isinstance(particle, XsdGroup):
            yield from chosen(particle, branch)
        elif isinstance(particle, XsdElement):
            yield particle


every_alternative = pytest.mark.parametrize("branch", range(ALTERNATIVES))


@every_alternative
@pytest.mark.parametrize("root", ["GetCarePlans", "GetCarePlansResponse"])
def test_both_validators_accept_a_document_with_every_element(root: str, branch: int) -> None:
    document = complete(root, branch)

    libxml2_schema().assertValid(document)
    walkable_schema().validate(etree.tostring(document, encoding="unicode"))


@every_alternative
def test_an_element_of_another_namespace_is_accepted_last_in_every_element_with_children(branch: int) -> None:
    document = complete("GetCarePlansResponse", branch)

    for element in [one for one in document.iter("*") if len(one)]:
        etree.SubElement(element, "{urn:example:extension:1}patientId").text = "tillägg"

    libxml2_schema().assertValid(document)


def test_an_unknown_element_of_the_contracts_own_namespaces_is_refused_in_every_element_with_children() -> (
    None
):
    document = complete("GetCarePlansResponse", 0)
    parents = [one for one in document.iter("*") if len(one)]

    accepted = []
    for parent in parents:
        unknown = etree.SubElement(parent, etree.QName(etree.QName(parent[0]).namespace, "unknown"))
        accepted += [parent.tag] * libxml2_schema().validate(document)
        parent.remove(unknown)

    assert len(parents) > 100
    assert accepted == []


def with_part(name: str, inner: str) -> etree._Element:
    """Take the complete answer, and give its first element of that name the children written in INNER."""
    document = complete("GetCarePlansResponse", 0)
    (element, *_) = document.iter(f"{{{CORE_NAMESPACE}}}{name}")
    element[:] = list(etree.fromstring(f'<part xmlns="{CORE_NAMESPACE}">{inner}</part>'))
    return document


WHO = "<id>d1</id><role><originalText>Kurator</originalText></role>"
PERSON = "<person><name>Aisha</name></person>"
TEAM = "<team><name>Diabetesteamet</name></team>"
AT = "<at>2026</at>"
PERIOD = "<period><start>202604</start></period>"
WEEKLY = "<text>Dusch</text><frequency>1</frequency><every>1</every><unit>week</unit>"


@pytest.mark.parametrize(
    ("name", "inner", "valid"),
    [
        pytest.param("participant", WHO + PERSON, True, id="a person"),
        pytest.param("participant", WHO + TEAM, True, id="a team"),
        pytest.param("participant", WHO + PERSON + TEAM, True, id="a person through a team"),
        pytest.param("participant", WHO, True, id="neither person nor team, which is for CP-021"),
        pytest.param("participant", WHO + TEAM + PERSON, False, id="a team before a person"),
        pytest.param("participant", WHO + PERSON + PERSON, False, id="two persons"),
        pytest.param("timing", AT, True, id="one time"),
        pytest.param("timing", PERIOD, True, id="one period"),
        pytest.param("timing", "", False, id="no time"),
        pytest.param("timing", AT + PERIOD, False, id="two ways to say when"),
        pytest.param("timing", AT + AT, False, id="two times"),
        pytest.param(
            "timing",
            f"<recurrence>{WEEKLY}{'<weekDay>Monday</weekDay>' * 7}</recurrence>",
            True,
            id="seven week days",
        ),
        pytest.param(
            "timing",
            f"<recurrence>{WEEKLY}{'<weekDay>Monday</weekDay>' * 8}</recurrence>",
            False,
            id="eight week days",
        ),
        pytest.param("attachment", "<mediaType>application/pdf</mediaType>", True, id="a bare attachment"),
        pytest.param("attachment", "<mediaType>video/x-avi</mediaType>", False, id="a film"),
    ],
)
def test_what_the_schema_says_of_parts_both_validators_say(name: str, inner: str, *, valid: bool) -> None:
    document = with_part(name, inner)

    assert libxml2_schema().validate(document) == valid
    assert walkable_schema().is_valid(etree.tostring(document, encoding="unicode")) == valid
