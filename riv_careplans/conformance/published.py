"""A published WSDL and its schemas, compared with the contract's own. Pure.

Byte for byte the same is right. Otherwise what counts is compared: of the WSDL the names that SOAP goes
by, of the schemas every element that can stand in question and answer, with its cardinality, the kind of
its values and its codes, wherever and under whatever type names it is declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from riv_careplans import codec
from riv_careplans.contract import Contract
from riv_careplans.errors import DocumentError

__all__ = ["Difference", "Names", "imports", "names_of", "read", "schemas_in", "shape"]

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_WSDL: Final = "{http://schemas.xmlsoap.org/wsdl/}"
_SOAP: Final = "{http://schemas.xmlsoap.org/wsdl/soap/}"
_BUILT_IN: Final = "http://www.w3.org/2001/XMLSchema"
_DEEPEST: Final = 12
_MOST_STEPS: Final = 50_000
"""A schema can be written so that walking it takes for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is not as in the contract."""

    what: str
    """A name of the WSDL's, such as `soapAction`, or a path of element names."""

    expected: str
    found: str
    """Empty when there is none."""


Names = Mapping[str, str]
"""What a WSDL says that SOAP goes by, by what it is called in WSDL."""


def read(data: bytes) -> codec.Element | None:
    """Parse a published file; None when it is not XML that is accepted."""
    try:
        return codec.parse(data)
    except DocumentError:
        return None


def names_of(*documents: codec.Element) -> Names:
    """Return what a WSDL and those it imports say that SOAP goes by; what is not there is left out."""
    names = {"targetNamespace": documents[0].get("targetNamespace", "")}
    names["definitions name"] = documents[0].get("name", "")
    parts = {
        (message.get("name", ""), part.get("name", "")): _qualified(part, part.get("element", ""))
        for message in _found(documents, "message")
        for part in message.iterfind(f"{_WSDL}part")
    }
    for port_type in _found(documents, "portType"):
        names["portType"] = port_type.get("name", "")
        # Frameworks put the port in a WSDL of their own, which imports the contract's.
        names["targetNamespace"] = port_type.getroottree().getroot().get("targetNamespace", "")
        for operation in port_type.iterfind(f"{_WSDL}operation"):
            names["operation"] = operation.get("name", "")
    for binding in _found(documents, "binding"):
        if next(binding.iter(f"{_SOAP}binding"), None) is not None:
            names["binding"] = binding.get("name", "")
            names |= _names_of_binding(documents, binding, parts)
    for service in _found(documents, "service"):
        names["service"] = service.get("name", "")
        for port in service.iterfind(f"{_WSDL}port"):
            names["port"] = port.get("name", "")
    return {name: value for name, value in names.items() if value}


def _found(documents: Iterable[codec.Element], path: str) -> Iterator[codec.Element]:
    steps = "/".join(f"{_WSDL}{step}" for step in path.split("/"))
    return (element for document in documents for element in document.iterfind(steps))


def _names_of_binding(
    documents: Iterable[codec.Element], binding: codec.Element, parts: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    names: dict[str, str] = {}
    soap = next(binding.iter(f"{_SOAP}binding"))
    names["style"] = soap.get("style", "document")
    names["transport"] = soap.get("transport", "")
    for operation in binding.iter(f"{_SOAP}operation"):
        names["soapAction"] = operation.get("soapAction", "")
        names["style"] = operation.get("style", names["style"])
    for header in binding.iterfind(f"{_WSDL}operation/{_WSDL}input/{_SOAP}header"):
        message = header.get("message", "").rpartition(":")[2]
        names["input header"] = parts.get((message, header.get("part", "")), "")
    headers = set(names.get("input header", "").split())
    for direction in ("input", "output"):
        for body in binding.iterfind(f"{_WSDL}operation/{_WSDL}{direction}/{_SOAP}body"):
            names[f"{direction} use"] = body.get("use", "")
        for declared in _found(documents, f"portType/operation/{direction}"):
            message = declared.get("message", "").rpartition(":")[2]
            elements = {value for (name, _), value in parts.items() if name == message} - headers
            names[f"{direction} element"] = " ".join(sorted(elements))
    return names


def _qualified(element: codec.Element, name: str) -> str:
    """Return a prefixed name of an attribute as `{namespace}name`; empty stays empty."""
    prefix, _, local = name.rpartition(":")
    if not local:
        return ""
    return f"{{{element.nsmap.get(prefix or None) or ''}}}{local}"


def imports(root: codec.Element) -> tuple[str, ...]:
    """Return where a WSDL or a schema says that other files lie, in order."""
    found = [
        element.get("schemaLocation") or element.get("location") or ""
        for element in root.iter(f"{_XS}import", f"{_XS}include", f"{_WSDL}import")
    ]
    return tuple(dict.fromkeys(location for location in found if location))


def schemas_in(root: codec.Element) -> Iterator[codec.Element]:
    """Give the schemas of a document: itself, or those inside a WSDL."""
    yield from root.iter(f"{_XS}schema")


def shape(schemas: Iterable[codec.Element], contract: Contract) -> dict[str, str]:
    """Return what question and answer may hold: a description for each path of element names."""
    known = _Declared(schemas)
    paths: dict[str, str] = {}
    for tag in (contract.request_tag, contract.response_tag):
        declared = known.elements.get(tag)
        if declared is not None:
            known.walk(declared, tag.rpartition("}")[2], paths, 0)
    return paths


class _Declared:
    """The global components of some schemas, by qualified name."""

    def __init__(self, schemas: Iterable[codec.Element]) -> None:
        self.elements: dict[str, codec.Element] = {}
        self._steps = 0
        self._types: dict[str, codec.Element] = {}
        self._groups: dict[str, codec.Element] = {}
        for schema in schemas:
            namespace = schema.get("targetNamespace", "")
            for child in schema:
                name = f"{{{namespace}}}{child.get('name')}"
                if child.tag == f"{_XS}element":
                    self.elements.setdefault(name, child)
                elif child.tag in (f"{_XS}complexType", f"{_XS}simpleType"):
                    self._types.setdefault(name, child)
                elif child.tag == f"{_XS}group":
                    self._groups.setdefault(name, child)

    def walk(self, element: codec.Element, path: str, paths: dict[str, str], depth: int) -> None:
        """Describe an element and everything below it."""
        if depth > _DEEPEST:
            return
        type_name = _qualified(element, element.get("type", ""))
        found = self._types.get(type_name)
        inline = [child for child in element if child.tag in (f"{_XS}complexType", f"{_XS}simpleType")]
        declared = inline[0] if inline else found
        cardinality = f"{element.get('minOccurs', '1')}..{element.get('maxOccurs', '1')}"
        if declared is None:
            paths[path] = f"{cardinality} {_built_in(type_name)}"
        elif declared.tag == f"{_XS}simpleType":
            paths[path] = f"{cardinality} {self._simple(declared, 0)}"
        else:
            paths[path] = cardinality
            for child, optional in self._children(declared, optional=False, depth=0):
                named = self.elements.get(_qualified(child, child.get("ref", "")), child)
                self.walk_child(child, named, path, paths, depth, optional=optional)

    def walk_child(
        self,
        place: codec.Element,
        declared: codec.Element,
        path: str,
        paths: dict[str, str],
        depth: int,
        *,
        optional: bool,
    ) -> None:
        """Describe a child: its cardinality stands where it is used, its type where it is declared."""
        below = f"{path}/{declared.get('name')}"
        if below in paths:
            return
        self.walk(declared, below, paths, depth + 1)
        if below in paths:
            kind = paths[below].partition(" ")[2]
            least = "0" if optional else place.get("minOccurs", "1")
            most = place.get("maxOccurs", "1")
            paths[below] = f"{least}..{most} {kind}".strip()

    def _children(
        self, declared: codec.Element, *, optional: bool, depth: int
    ) -> Iterator[tuple[codec.Element, bool]]:
        """Give the elements of a type, inherited ones first, and whether a choice makes them optional."""
        self._steps += 1
        if depth > _DEEPEST or self._steps > _MOST_STEPS:
            return
        for child in declared:
            if child.tag == f"{_XS}element":
                yield child, optional
            elif child.tag in (f"{_XS}sequence", f"{_XS}all", f"{_XS}complexContent"):
                may = optional or child.get("minOccurs") == "0"
                yield from self._children(child, optional=may, depth=depth + 1)
            elif child.tag == f"{_XS}choice":
                yield from self._children(child, optional=True, depth=depth + 1)
            elif child.tag in (f"{_XS}extension", f"{_XS}restriction"):
                base = self._types.get(_qualified(child, child.get("base", "")))
                if base is not None and child.tag == f"{_XS}extension":
                    yield from self._children(base, optional=optional, depth=depth + 1)
                yield from self._children(child, optional=optional, depth=depth + 1)
            elif child.tag == f"{_XS}group":
                group = self._groups.get(_qualified(child, child.get("ref", "")))
                if group is not None:
                    yield from self._children(group, optional=optional, depth=depth + 1)

    def _simple(self, declared: codec.Element, depth: int) -> str:
        """Describe a simple type: the built-in type below it, and its codes."""
        restriction = declared.find(f"{_XS}restriction")
        if restriction is None or depth > _DEEPEST:
            return "?"
        codes = sorted(one.get("value", "") for one in restriction.iterfind(f"{_XS}enumeration"))
        base = _qualified(restriction, restriction.get("base", ""))
        below = self._types.get(base)
        kind = _built_in(base) if below is None else self._simple(below, depth + 1)
        return f"{kind} {{{', '.join(codes)}}}" if codes else kind


def _built_in(name: str) -> str:
    namespace, _, local = name.removeprefix("{").partition("}")
    return local if namespace == _BUILT_IN else local or "anyType"
