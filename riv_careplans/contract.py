"""The service contracts as published: namespaces, files, compiled schemas.

The folders under `schemas/` are the contracts' normative text; they are read here and nowhere else,
and nothing here is generated from code. A schema is compiled once in each thread, because libxml2's
validation keeps its errors in the compiled schema.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    "schema_folder",
]

_COMPILED = threading.local()
_MOST_FINDINGS = 100


def schema_folder() -> Path:
    """Return the folder of the published schemas: in the wheel, or beside the package in a checkout."""
    packaged = files("riv_careplans").joinpath("schemas")
    return _as_path(packaged) if packaged.is_dir() else Path(__file__).resolve().parents[1] / "schemas"


def _as_path(found: Traversable) -> Path:
    return Path(str(found))


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
        return schema_folder() / self.package

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

    def violations(self, element: Element) -> tuple[Finding, ...]:
        """Validate a message against the schema: one finding for each thing it refuses, none when valid.

        Findings name contract elements and places, and repeat no value of the document.
        """
        schema = self._compiled()
        if schema.validate(element):
            return ()
        return tuple(_findings(schema, element))

    def _compiled(self) -> etree.XMLSchema:
        compiled: dict[str, etree.XMLSchema] = _COMPILED.__dict__.setdefault("schemas", {})
        if self.namespace not in compiled:
            compiled[self.namespace] = etree.XMLSchema(etree.parse(str(self.schema)))
        return compiled[self.namespace]


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
}
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*?) \)\.\s*$")
_NAMES = {value: name for name, value in vars(etree.ErrorTypes).items() if isinstance(value, int)}


def _findings(schema: etree.XMLSchema, root: Element) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for entry in islice(cast("Iterable[Any]", schema.error_log), _MOST_FINDINGS):
        message = _sentence(_NAMES.get(entry.type, ""), entry.message)
        place = _place(root, entry.path)
        # A value that breaks a pattern is reported for the facet and once more for the type.
        key = (place, message if message not in _KINDS.values() else "value")
        if key not in seen:
            seen.add(key)
            yield Finding(code="XSD", message=message, path=place, line=entry.line or None)


def _sentence(kind: str, message: str) -> str:
    expected = _EXPECTED.search(message)
    if expected:
        names = [name.rpartition("}")[2].strip("{} ") for name in expected[1].split(",")]
        wanted = ", ".join(name for name in names if not name.startswith("##"))
        if kind == "SCHEMAV_ELEMENT_CONTENT" and "Missing child element" in message:
            return f"something is missing; expected here is {wanted}"
        return f"this element does not belong here; expected is {wanted}" if wanted else _UNEXPECTED
    if kind == "SCHEMAV_ELEMENT_CONTENT":
        return _UNEXPECTED
    return _KINDS.get(kind, "the contract's schema does not allow this")


_UNEXPECTED = "this element does not belong here"


_STEP = re.compile(r"(?:[^/:\[]+:)?([^/:\[]+)(?:\[([0-9]+)\])?")


def _place(root: Element, path: str | None) -> str:
    """Turn libxml2's path into the contract's element names with positions.

    The path starts at the message, wherever that stands; a step is `prefix:name[n]` or, for elements
    without prefix, `*[n]` counted over all siblings.
    """
    names: list[str] = []
    element = root
    for name, position in _STEP.findall(path or "")[1:]:
        alike = [child for child in element if name in ("*", local_name(child))]
        number = int(position or 1)
        if number > len(alike):
            break
        parent, element = element, alike[number - 1]
        same = [child for child in parent if child.tag == element.tag]
        names.append(local_name(element) + (f"[{same.index(element) + 1}]" if len(same) > 1 else ""))
    return "/".join(names)
