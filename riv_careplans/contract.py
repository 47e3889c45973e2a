"""The service contracts as published: namespaces, files, compiled schemas.

The folders under `schemas/` are the contracts' normative text; they are read here and nowhere else,
and nothing here is generated from code. A compiled schema is used by one thread at a time, because
libxml2's validation keeps its errors in it; there are as many as there are threads that validate at
the same time.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast

from lxml import etree

from riv_careplans import codes
from riv_careplans.codec import Element, local_name
from riv_careplans.errors import Finding

__all__ = [
    "GET_CARE_PLANS_2",
    "GET_CARE_PLANS_3",
    "Contract",
    "Violation",
    "schema_folder",
]

_IDLE: Final[dict[tuple[str, Path | None], deque[_Compiled]]] = {}
"""Compiled schemas that nobody uses just now, by namespace and package; compiling one takes 10 ms."""


def schema_folder() -> Path:
    """Return the folder of the published schemas: in the wheel, or beside the package in a checkout."""
    packaged = files("riv_careplans").joinpath("schemas")
    return _as_path(packaged) if packaged.is_dir() else Path(__file__).resolve().parents[1] / "schemas"


def _as_path(found: Traversable) -> Path:
    return Path(str(found))


class Violation(Finding, frozen=True, kw_only=True):
    """One thing that the schema refuses, as libxml2 sees it."""

    kind: str
    """libxml2's name of the constraint, such as `SCHEMAV_CVC_PATTERN_VALID`."""

    expected: tuple[str, ...] = ()
    """Names of elements that would be right at the place, when that is what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One version of one service contract."""

    name: str
    """The contract's name and its operation, such as `GetCarePlans`."""

    version: str
    """Major and minor, such as `3.0`."""

    namespace: str
    """The responder namespace: what a message's body is recognised by."""

    wsdl_namespace: str

    soap_actions: tuple[str, ...]
    """The published soapAction first; the others are accepted too."""

    package: str
    """The folder of the release package under `schemas/`."""

    release: Path | None = None
    """Another release package of the same contract, used instead of the shipped one."""

    @property
    def request_tag(self) -> str:
        """The qualified name of the question."""
        return f"{{{self.namespace}}}{self.name}"

    @property
    def response_tag(self) -> str:
        """The qualified name of the answer."""
        return f"{{{self.namespace}}}{self.name}Response"

    @property
    def folder(self) -> Path:
        """The release package: `core_components` and `interactions`."""
        return self.release or schema_folder() / self.package

    @property
    def interaction_folder(self) -> Path:
        """The folder of the WSDL and the responder schema."""
        return self.folder / "interactions" / f"{self.name}Interaction"

    @property
    def wsdl(self) -> Path:
        """The published WSDL."""
        return self.interaction_folder / f"{self.name}Interaction_{self.version}_RIVTABP21.wsdl"

    @property
    def schema(self) -> Path:
        """The published responder schema; it imports the others."""
        return self.interaction_folder / f"{self.name}Responder_{self.version}.xsd"

    @property
    def element_names(self) -> frozenset[str]:
        """The qualified names of all elements that the contract's schemas declare."""
        return _element_names(self)

    def violations(self, element: Element) -> tuple[Violation, ...]:
        """Validate a message against the schema: one finding for each thing it refuses, none when valid.

        Findings name contract elements and places, and repeat neither a value nor an unknown name of
        the document. A message of more than 10 000 elements gets its first hundred without places.
        """
        idle = _IDLE.setdefault((self.namespace, self.release), deque())
        try:
            compiled = idle.pop()
        except IndexError:
            compiled = _Compiled(self.schema)
        try:
            errors = compiled.errors(element)
            return tuple(_findings(errors, element, self.element_names)) if errors else ()
        finally:
            idle.append(compiled)


GET_CARE_PLANS_3: Final = Contract(
    name="GetCarePlans",
    version="3.0",
    namespace=codes.RESPONDER_3,
    wsdl_namespace="urn:riv:clinicalprocess:logistics:logistics:GetCarePlans:3:rivtabp21",
    soap_actions=("urn:riv:clinicalprocess:logistics:logistics:GetCarePlansResponder:3:GetCarePlans",),
    package="clinicalprocess_logistics_logistics_4.0",
)

GET_CARE_PLANS_2: Final = Contract(
    name="GetCarePlans",
    version="2.0",
    namespace=codes.RESPONDER_2,
    wsdl_namespace="urn:riv:clinicalprocess:logistics:logistics:GetCarePlans:2:rivtabp21",
    soap_actions=(
        # The published WSDL says "logistics" once; consumers that follow the rule say it twice.
        "urn:riv:clinicalprocess:logistics:GetCarePlansResponder:2:GetCarePlans",
        "urn:riv:clinicalprocess:logistics:logistics:GetCarePlansResponder:2:GetCarePlans",
    ),
    package="clinicalprocess_logistics_logistics_3.0",
)


# --- compiled schemas ---------------------------------------------------------------------------

_XS = "{http://www.w3.org/2001/XMLSchema}"
_MOST_ERRORS = 100
_is_large = etree.XPath("boolean(descendant::*[10000])")


class _Compiled:
    """A schema, compiled twice: as published, and without its extension points.

    Most messages use no extension point, and validating against a schema that has none takes a third
    less. It allows nothing that the published one does not, so what passes it passes both.
    """

    def __init__(self, path: Path) -> None:
        parser = etree.XMLParser(no_network=True)
        parser.resolvers.add(_WithoutWildcards())
        self._closed = etree.XMLSchema(etree.parse(str(path), parser))
        self._path = path

    @cached_property
    def _published(self) -> etree.XMLSchema:
        return etree.XMLSchema(etree.parse(str(self._path)))

    def errors(self, element: Element) -> Sequence[Any]:
        """Return the first hundred of libxml2's errors, none when the message is valid."""
        if _is_large(element):
            return self._errors_of_large(element)
        if self._closed.validate(element) or self._published.validate(element):
            return ()
        return list(islice(cast("Iterable[Any]", self._published.error_log), _MOST_ERRORS))

    def _errors_of_large(self, element: Element) -> Sequence[Any]:
        """Validate while parsing anew: then libxml2 stops telling errors after a hundred.

        Otherwise every error is kept, with a place that takes as long to find as the element has
        siblings: a mebibyte of nothing but errors would cost minutes.
        """
        parser = etree.XMLParser(
            schema=self._published, resolve_entities=False, no_network=True, huge_tree=False
        )
        # These errors go to a log of the thread's, which keeps those of the document before.
        etree.clear_error_log()
        try:
            etree.fromstring(etree.tostring(element, encoding="UTF-8", with_tail=False), parser)
        except etree.XMLSyntaxError as exc:
            return list(islice(cast("Iterable[Any]", exc.error_log), _MOST_ERRORS))
        return ()


class _WithoutWildcards(etree.Resolver):
    """Gives the files of a schema without the wildcards that need not be filled."""

    def resolve(  # type: ignore[override]  # the stubs forget the context
        self, system_url: str, public_id: str, context: object
    ) -> object:
        del public_id
        tree = etree.parse(system_url)
        for wildcard in list(tree.iter(f"{_XS}any")):
            parent = wildcard.getparent()
            if parent is not None and wildcard.get("minOccurs") == "0":
                parent.remove(wildcard)
        return self.resolve_string(etree.tostring(tree), context, base_url=system_url)


@cache
def _element_names(contract: Contract) -> frozenset[str]:
    """Return the qualified names of all elements that the contract's schemas declare."""
    schemas = [etree.parse(str(path)).getroot() for path in contract.folder.rglob("*.xsd")]
    return frozenset(
        f"{{{schema.get('targetNamespace')}}}{declared.get('name')}"
        for schema in schemas
        for declared in schema.iter(f"{_XS}element")
    )


# --- libxml2's errors, told without the document's values ---------------------------------------

_KINDS = {
    "SCHEMAV_CVC_PATTERN_VALID": "the value does not have the form its type asks for",
    "SCHEMAV_CVC_ENUMERATION_VALID": "the value is none of the codes the contract allows here",
    "SCHEMAV_CVC_ELT_1": "the element is not known to the contract",
    "SCHEMAV_CVC_TYPE_3_1_1": "attributes are not allowed here",
    "SCHEMAV_CVC_TYPE_3_1_2": "elements are not allowed inside this value",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "text is not allowed between the elements here",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "this attribute is not allowed",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "the value is not of the type the contract asks for",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_2": "the value is not of the type the contract asks for",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": "the number is larger than the contract allows",
    "SCHEMAV_CVC_MININCLUSIVE_VALID": "the number is smaller than the contract allows",
    "SCHEMAV_CVC_ELT_3_1": "xsi:nil is not allowed",
    "SCHEMAV_CVC_ELT_4_2": "xsi:type does not name a type that can stand here",
    "SCHEMAV_CVC_ELT_4_3": "xsi:type does not name a type that can stand here",
    "SCHEMAV_CVC_TYPE_1": "xsi:type does not name a type that can stand here",
}
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*?) \)\.\s*$")
_UNEXPECTED = "this element does not belong here"


def _findings(errors: Sequence[Any], root: Element, known: frozenset[str]) -> Iterator[Violation]:
    seen: set[tuple[str | int, str]] = set()
    for entry in errors:
        expected = _expected(entry.type_name, entry.message)
        message = _sentence(entry.type_name, entry.message, expected)
        place = _place(root, entry.path or "", known)
        # A value that breaks a pattern is reported for the facet and once more for the type.
        key = (place or entry.line, message if message not in _KINDS.values() else "value")
        if key not in seen:
            seen.add(key)
            yield Violation(
                code="XSD",
                message=message,
                path=place,
                line=entry.line or None,
                kind=entry.type_name,
                expected=expected,
            )


def _expected(kind: str, message: str) -> tuple[str, ...]:
    expected = _EXPECTED.search(message) if kind == "SCHEMAV_ELEMENT_CONTENT" else None
    names = [name.rpartition("}")[2].strip("{} ") for name in expected[1].split(",")] if expected else []
    return tuple(name for name in names if name != "*")


def _sentence(kind: str, message: str, expected: Sequence[str]) -> str:
    if kind != "SCHEMAV_ELEMENT_CONTENT":
        return _KINDS.get(kind, "the contract's schema does not allow this")
    wanted = ", ".join(expected)
    if "Missing child element" in message:
        return f"something is missing; expected here is {wanted}"
    return f"{_UNEXPECTED}; expected is {wanted}" if wanted else _UNEXPECTED


_STEP = re.compile(r"/(?:([^/:\[]+):)?([^/:\[]+)(?:\[([0-9]+)\])?")


def _place(root: Element, path: str, known: frozenset[str]) -> str:
    """Turn libxml2's path into the contract's element names with positions.

    The path starts at the message, wherever that stands; a step is `prefix:name[n]` or, for elements
    without prefix, `*[n]` counted over all siblings. So is the step to an element the contract does
    not know, because its name is the sender's.
    """
    steps: list[str] = []
    element = root
    for prefix, name, position in _STEP.findall(path)[1:]:
        number = int(position or 1)
        children = element.iterchildren(name if name == "*" else f"{{*}}{name}")
        alike = (child for child in children if name == "*" or (child.prefix or "") == prefix)
        found = next(islice(alike, number - 1, None), None)
        if found is None:
            break
        steps.append(_step(found, element, known))
        element = found
    return "/".join(steps)


def _step(element: Element, parent: Element, known: frozenset[str]) -> str:
    if str(element.tag) not in known:
        return f"*[{parent.index(element) + 1}]"
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    alone = before == 0 and next(element.itersiblings(element.tag), None) is None
    return local_name(element) + ("" if alone else f"[{before + 1}]")
