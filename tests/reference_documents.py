"""Documents made from a compiled schema: valid ones, and ones damaged in a named way.

Knows no contract and no verdict: it walks whatever schema it is given, and the same seed gives the same
bytes. Whether a damaged document is still valid is for the schemas to say, never for this module.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from random import Random
from typing import TypeAlias

from lxml import etree
from xmlschema import XMLSchema
from xmlschema.validators import XsdAnyElement, XsdComplexType, XsdElement, XsdGroup, XsdSimpleType, XsdType

__all__ = [
    "AWKWARD_TEXTS",
    "MUTATIONS",
    "Mutation",
    "complete_document",
    "damaged",
    "element_count",
    "random_document",
    "seeded",
    "serialised",
]

XSI = "http://www.w3.org/2001/XMLSchema-instance"
FOREIGN = "urn:example:extension:1"
MOST_REPEATS = 3

PREFIXES = {
    "xs": "http://www.w3.org/2001/XMLSchema",
    "xsi": XSI,
    "ext": FOREIGN,
}

SAMPLES: Mapping[str, tuple[str, ...]] = {
    "string": ("", "Vårdplan", "  två  ord ", "1.2.752.129.2.1.3.1", "<&>\"'", "𝄞"),
    "boolean": ("true", "false", "1", "0"),
    "base64Binary": ("", "QUJD", "QUI=", "Q U J D", "JVBERi0xLjQK"),
    "anyURI": ("", "https://example.org/plan.pdf", "urn:uuid:0", "bilaga.pdf#sida=2"),
    "DateType": ("20260119", "19991231", "20260231", "20\uff12\uff160119"),
    "RegisteredResidentIdentificationType": ("191212121212", "19121212Z12p", "00000000tfpA"),
    "TS": ("20260119081500", "10000101000000", "20260231235959"),
    "TimeStampType": ("20260119081500", "19121212235959", "20\u0662\u06660119000000"),
}
"""Valid texts by the name of the nearest known type; the patterns accept 31 February and any digit in \\d.

Written as escapes: \\uff10 to \\uff19 are full-width digits, \\u0660 to \\u0669 Arabic-Indic ones.
"""

AWKWARD_TEXTS: tuple[str, ...] = (
    *("", " ", "\n", "x", "å", "0", "1", "2", "-1", "true", "TRUE", " true ", "false", "ja", "nil"),
    *("20260119", "20260231", "20261301", "20260132", "20260100", "18991231", "21000101"),
    *("2026011", "202601190", "2026-01-19", " 20260119", "20260119 ", "20260119\n", "+20260119"),
    *("20\uff12\uff160119", "\uff12\uff10260119", "20260\u066119", "202601\uff119"),
    *("20260119081500", "20260119240000", "20260119236000", "20260119235960", "2026011908150"),
    *("20\uff12\uff160119081500", "20260119\uff1081500", "2026011908150\uff10", "20260119081500Z"),
    *("SIP", "sip", "SIP ", "SPU", "SVP", "OTHER", "OK", "ok", "ERROR", "INFO", "INVALID_REQUEST"),
    *("application/pdf", "application/PDF", "text/html", "text/html; charset=utf-8", "video/x-avi"),
    *("QUJD", "QUI", "QUI=", "Q=I=", "QUJD=", "Q U J D", "QUJ-", "====", "=", "QR=="),
    *("http://[", "http://example.org/%zz", "a b", "javascript:0", "#a#b", "http://example.org/å", "::"),
    *("DataFromSource", "datafromsource", "NoDataSynchFailed", "service_producer", "subject_of_care"),
    *("5565594230", "SE2321000016-1hz5", "SE2321000016\n-1hz5", "https://example.org/", "x" * 300),
)
"""Texts at and beyond the edge of some simple type."""

Mutation: TypeAlias = Callable[[etree._Element, Random], None]  # noqa: SLF001 -- its only name
"""Damages the tree around one element, in place; does nothing where it does not apply."""


# ------------------------------------------------------------------------------------------ valid documents


def random_document(schema: XMLSchema, root: str, rng: Random) -> bytes:
    """Write a valid document with root element ROOT, its optional parts chosen at random."""
    return serialised(_element(schema.maps.elements[root], rng, complete=False))


def complete_document(schema: XMLSchema, root: str) -> bytes:
    """Write a valid document with every element of the schema exactly once, and every extension slot filled."""
    return serialised(_element(schema.maps.elements[root], seeded(), complete=True))


def seeded(*parts: object) -> Random:
    """Give a source of choices that depends on nothing but PARTS."""
    return Random(" ".join(map(str, parts)))  # noqa: S311 -- to be repeated, not to be secret


def serialised(root: etree._Element) -> bytes:
    """Write a tree as UTF-8 bytes."""
    return etree.tostring(root, encoding="UTF-8")


def _element(declaration: XsdElement, rng: Random, *, complete: bool) -> etree._Element:
    element = etree.Element(str(declaration.name), nsmap=PREFIXES)
    _fill(element, declaration.type, rng, complete=complete)
    return element


def _fill(element: etree._Element, declared: XsdType, rng: Random, *, complete: bool) -> None:
    if isinstance(declared, XsdComplexType):
        group = declared.content
        assert isinstance(group, XsdGroup), f"{declared.name} has simple content"
        assert group.model == "sequence", f"{declared.name} is not a sequence"
        for particle in group:
            for _ in range(_times(particle.min_occurs, particle.max_occurs, rng, complete=complete)):
                element.append(_particle(particle, rng, complete=complete))
    else:
        element.text = _text(declared, rng)


def _particle(particle: object, rng: Random, *, complete: bool) -> etree._Element:
    if isinstance(particle, XsdAnyElement):
        return _foreign_element(rng)
    assert isinstance(particle, XsdElement), f"no way to write {particle!r}"
    return _element(particle, rng, complete=complete)


def _times(least: int, most: int | None, rng: Random, *, complete: bool) -> int:
    if complete:
        return max(least, 1)
    return rng.randint(least, min(MOST_REPEATS if most is None else most, MOST_REPEATS))


def _text(declared: XsdType, rng: Random) -> str:
    assert isinstance(declared, XsdSimpleType), f"{declared.name} is not a simple type"
    if declared.enumeration:
        return str(rng.choice(declared.enumeration))
    known: XsdType | None = declared
    while known is not None and known.local_name not in SAMPLES:
        known = known.base_type
    assert known is not None, f"no sample of {declared.name}"
    return rng.choice(SAMPLES[str(known.local_name)])


def _foreign_element(rng: Random) -> etree._Element:
    element = etree.Element(f"{{{FOREIGN}}}{rng.choice(['note', 'patientId', 'result'])}", nsmap=PREFIXES)
    element.text = rng.choice([None, "tillägg"])
    for name in rng.choice([[], [f"{{{FOREIGN}}}part"], ["unqualified", f"{{{FOREIGN}}}part"]]):
        etree.SubElement(element, name).text = "del"
    return element


# ------------------------------------------------------------------------------------------------- damage


def element_count(document: bytes) -> int:
    """Count the elements of a document: the positions that can be damaged."""
    return len(_elements(etree.fromstring(document)))


def damaged(document: bytes, mutation: Mutation, position: int, rng: Random) -> bytes:
    """Apply MUTATION at the element at POSITION, counted in document order from the root's 0."""
    root = etree.fromstring(document)
    mutation(_elements(root)[position], rng)
    return serialised(root)


def _elements(root: etree._Element) -> list[etree._Element]:
    return list(root.iter("*"))


def _names(element: etree._Element) -> tuple[str | None, str]:
    name = etree.QName(element)
    return name.namespace, name.localname


def _root(element: etree._Element) -> etree._Element:
    return element.getroottree().getroot()


def _drop(element: etree._Element, rng: Random) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _duplicate(element: etree._Element, rng: Random) -> None:
    if element.getparent() is not None:
        element.addnext(deepcopy(element))


def _swap_with_next(element: etree._Element, rng: Random) -> None:
    following = element.getnext()
    if following is not None:
        following.addnext(element)


def _move_elsewhere(element: etree._Element, rng: Random) -> None:
    parents = [node for node in _elements(_root(element)) if element not in (node, *node.iterancestors())]
    if parents:
        parent = rng.choice(parents)
        parent.insert(rng.randint(0, len(parent)), element)


def _misspell(element: etree._Element, rng: Random) -> None:
    namespace, name = _names(element)
    wrong = rng.choice([name.swapcase(), name[:-1] or "x", f"{name}s", name.replace("HSAId", "HSAid") + "_"])
    element.tag = etree.QName(namespace, wrong).text


def _rename_as_another(element: etree._Element, rng: Random) -> None:
    element.tag = rng.choice(_elements(_root(element))).tag


def _move_to_foreign_namespace(element: etree._Element, rng: Random) -> None:
    element.tag = f"{{{FOREIGN}}}{_names(element)[1]}"


def _move_to_roots_namespace(element: etree._Element, rng: Random) -> None:
    element.tag = etree.QName(_names(_root(element))[0], _names(element)[1]).text


def _move_to_no_namespace(element: etree._Element, rng: Random) -> None:
    element.tag = _names(element)[1]


def _move_to_next_major_version(element: etree._Element, rng: Random) -> None:
    namespace, name = _names(element)
    stem, _, major = (namespace or "urn:0").rpartition(":")
    element.tag = f"{{{stem}:{int(major) + 1}}}{name}"


def _set_awkward_text(element: etree._Element, rng: Random) -> None:
    element.text = rng.choice(AWKWARD_TEXTS)


def _empty(element: etree._Element, rng: Random) -> None:
    del element[:]
    element.text = None


def _insert_foreign_element(element: etree._Element, rng: Random) -> None:
    element.insert(rng.randint(0, len(element)), _foreign_element(rng))


def _append_foreign_element(element: etree._Element, rng: Random) -> None:
    element.append(_foreign_element(rng))


def _append_unknown_element_of_own_namespace(element: etree._Element, rng: Random) -> None:
    etree.SubElement(element, etree.QName(_names(element)[0], "unknown"))


def _append_known_element(element: etree._Element, rng: Random) -> None:
    element.append(deepcopy(rng.choice(_elements(_root(element)))))


def _append_empty_root_element(element: etree._Element, rng: Random) -> None:
    etree.SubElement(element, _root(element).tag)


def _append_root_element(element: etree._Element, rng: Random) -> None:
    element.append(deepcopy(_root(element)))


def _append_child_of_type(element: etree._Element, rng: Random) -> None:
    child = etree.SubElement(element, f"{{{FOREIGN}}}typed")
    child.text = rng.choice(["", "12", "tolv"])
    child.set(f"{{{XSI}}}type", rng.choice(["xs:int", "xs:string", "xs:unknown", "nowhere:int"]))


def _set_plain_attribute(element: etree._Element, rng: Random) -> None:
    element.set(rng.choice(["id", "type", "href", "root"]), "x")


def _set_foreign_attribute(element: etree._Element, rng: Random) -> None:
    element.set(f"{{{FOREIGN}}}mark", "x")


def _set_language(element: etree._Element, rng: Random) -> None:
    element.set("{http://www.w3.org/XML/1998/namespace}lang", "sv")


def _set_schema_location(element: etree._Element, rng: Random) -> None:
    element.set(f"{{{XSI}}}schemaLocation", f"{FOREIGN} nowhere.xsd")


def _set_nil(element: etree._Element, rng: Random) -> None:
    element.set(f"{{{XSI}}}nil", rng.choice(["true", "false", "1"]))


def _set_type(element: etree._Element, rng: Random) -> None:
    chosen = rng.choice(["xs:string", "xs:token", "xs:anyType", "xs:int", "ext:Type", "nowhere:Type"])
    element.set(f"{{{XSI}}}type", chosen)


def _add_text_beside_children(element: etree._Element, rng: Random) -> None:
    etree.SubElement(element, f"{{{FOREIGN}}}last").tail = "text"


def _add_space_beside_children(element: etree._Element, rng: Random) -> None:
    for child in element:
        child.tail = "\n\t "


def _insert_comment(element: etree._Element, rng: Random) -> None:
    element.insert(rng.randint(0, len(element)), etree.Comment(" utan betydelse "))


def _insert_processing_instruction(element: etree._Element, rng: Random) -> None:
    element.insert(rng.randint(0, len(element)), etree.ProcessingInstruction("pi", "x"))


def _make_root(element: etree._Element, rng: Random) -> None:
    root, chosen = _root(element), deepcopy(element)
    root.tag, root.text = chosen.tag, chosen.text
    del root[:]
    root.extend(list(chosen))


MUTATIONS: Mapping[str, Mutation] = {
    mutation.__name__.removeprefix("_"): mutation
    for mutation in (
        _drop,
        _duplicate,
        _swap_with_next,
        _move_elsewhere,
        _misspell,
        _rename_as_another,
        _move_to_foreign_namespace,
        _move_to_roots_namespace,
        _move_to_no_namespace,
        _move_to_next_major_version,
        _set_awkward_text,
        _empty,
        _insert_foreign_element,
        _append_foreign_element,
        _append_unknown_element_of_own_namespace,
        _append_known_element,
        _append_empty_root_element,
        _append_root_element,
        _append_child_of_type,
        _set_plain_attribute,
        _set_foreign_attribute,
        _set_language,
        _set_schema_location,
        _set_nil,
        _set_type,
        _add_text_beside_children,
        _add_space_beside_children,
        _insert_comment,
        _insert_processing_instruction,
        _make_root,
    )
}
"""Every way to damage a document, by name."""
