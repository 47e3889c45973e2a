"""What a schema refuses, explained: all of it, in words, for the few documents that fail.

The verdict is libxml2's, and a document that it accepts costs no more than that. One that it refuses
is walked along xmlschema's components; what that walk does not see is told in libxml2's words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice

from lxml import etree
from xmlschema import XMLSchema
from xmlschema.validators import XsdAnyElement, XsdComplexType, XsdElement, XsdGroup, XsdSimpleType, XsdType

from riv_careplans.codec import Element, local_name, namespace_of
from riv_careplans.contract import Contract, Violation
from riv_careplans.contracts import INTERACTIONS
from riv_careplans.rules import Text
from riv_careplans.validation.content import Slot, Vocabulary, content_mistakes, slots_of
from riv_careplans.validation.mistakes import Mistake
from riv_careplans.validation.suggestions import nearest
from riv_careplans.validation.values import is_valid, value_mistake

__all__ = ["MOST_ELEMENTS", "MOST_MISTAKES", "Explainer", "SchemaVerdict", "explainer", "schema_verdict"]

MOST_MISTAKES = 200
"""Told of one document."""

MOST_ELEMENTS = 30_000
"""So much of a document is explained: the walk takes half a second for as many."""

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_INSTANCE = frozenset(
    f"{_XSI}{name}" for name in ("nil", "type", "schemaLocation", "noNamespaceSchemaLocation")
)
_XOP = "http://www.w3.org/2004/08/xop/include"
_WITHOUT_MTOM = Text(
    "turn MTOM off in the toolkit: attachments stand in the message, in base64",
    "stäng av MTOM i verktyget: bilagor står i meddelandet, i base64",
)
_is_large = etree.XPath(f"boolean(descendant::*[{MOST_ELEMENTS}])")


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaVerdict:
    """What a schema says of one message."""

    mistakes: tuple[Mistake, ...] = ()
    """What is wrong, explained, each with its element."""

    violations: tuple[Violation, ...] = ()
    """What is wrong in libxml2's words, when it could not be explained."""

    complete: bool = True
    """False when there may be more that is wrong than is told."""

    @property
    def valid(self) -> bool:
        """True when the schema accepts the message."""
        return not (self.mistakes or self.violations)


def schema_verdict(contract: Contract, message: Element) -> SchemaVerdict:
    """Ask libxml2, and explain what it refuses."""
    violations = contract.violations(message)
    if not violations:
        return SchemaVerdict()
    complete = not _is_large(message)
    found = tuple(islice(explainer(contract).mistakes(message), MOST_MISTAKES + 1))
    if not found:
        return SchemaVerdict(violations=violations, complete=complete and len(violations) < _FEW)
    return SchemaVerdict(mistakes=found, complete=complete and len(found) <= MOST_MISTAKES)


_FEW = 100
"""libxml2's errors are told up to so many."""


@cache
def explainer(contract: Contract) -> Explainer:
    """Return the explainer of a contract's schema; made once, when the first document fails."""
    return Explainer(contract)


class Explainer:
    """Walks a message along the components of a contract's schema."""

    def __init__(self, contract: Contract) -> None:
        self._schema = XMLSchema(str(contract.schema), allow="local", defuse="always", use_fallback=False)
        self._slots: dict[XsdGroup, tuple[Slot, ...] | None] = {}
        self.vocabulary = _vocabulary(self._schema, contract)

    def mistakes(self, message: Element) -> Iterator[Mistake]:
        """Give everything that is wrong with a message, or with the beginning of a large one.

        Nothing when only libxml2 sees it.
        """
        declaration = self.elements.get(str(message.tag))
        if declaration is not None:
            yield from _Walk(self).element(message, declaration)

    @property
    def elements(self) -> Mapping[str, XsdElement]:
        """The global elements, by qualified name."""
        return self._schema.maps.elements

    @property
    def types(self) -> Mapping[str, XsdType]:
        """The global types, by qualified name."""
        return self._schema.maps.types

    def slots(self, group: XsdGroup) -> tuple[Slot, ...] | None:
        """Return the places of a content model."""
        if group not in self._slots:
            self._slots[group] = slots_of(group)
        return self._slots[group]


class _Walk:
    """One walk through a message, over as many elements as are explained."""

    def __init__(self, along: Explainer) -> None:
        self._along = along
        self._left = MOST_ELEMENTS

    def element(self, element: Element, declaration: XsdElement) -> Iterator[Mistake]:
        """Give what is wrong with an element and with what is in it."""
        self._left -= 1
        if self._left < 0:
            return
        declared = declaration.type
        yield from self._attributes(element, declared)
        if element.get(f"{_XSI}nil") is not None:
            return
        if isinstance(declared, XsdComplexType) and isinstance(declared.content, XsdGroup):
            yield from self._complex(element, declared.content)
        elif isinstance(declared, XsdSimpleType):
            yield from _simple(element, declared)

    def _complex(self, element: Element, group: XsdGroup) -> Iterator[Mistake]:
        texts = (element.text, *(child.tail for child in element))
        if not group.mixed and any(text and text.strip() for text in texts):
            yield _text_between(element)
        slots = self._along.slots(group)
        if slots is None:
            return
        yield from content_mistakes(element, slots, self._along.vocabulary)
        by_name = {name: one for slot in slots for name, one in slot.elements.items()}
        for child in element:
            declaration = by_name.get(str(child.tag))
            if declaration is not None:
                yield from self.element(child, declaration)
            elif any(_takes(slot.wildcard, child) for slot in slots):
                yield from self._extension(child)

    def _extension(self, element: Element) -> Iterator[Mistake]:
        """Check of an extension what the schemas know: their own elements in it, and what xsi:type names."""
        declaration = self._along.elements.get(str(element.tag))
        if declaration is not None:
            yield from self.element(element, declaration)
            return
        if element.get(f"{_XSI}type") is None:
            for child in element:
                yield from self._extension(child)
            return
        declared = self._along.types.get(_named_type(element))
        if declared is None:
            yield _strange_type(element, "*")
        elif isinstance(declared, XsdSimpleType):
            yield from _simple(element, declared)
        elif isinstance(declared, XsdComplexType) and isinstance(declared.content, XsdGroup):
            yield from self._complex(element, declared.content)

    def _attributes(self, element: Element, declared: XsdType) -> Iterator[Mistake]:
        if not element.attrib:
            return
        name = local_name(element)
        if f"{_XSI}nil" in element.attrib:
            yield Mistake(
                code="XSD-011",
                element=element,
                text=Text(f"xsi:nil cannot stand on `{name}`", f"xsi:nil kan inte stå på `{name}`"),
                remedy=Text(
                    "leave the element out, or give it a value", "utelämna elementet eller ge det ett värde"
                ),
            )
        if f"{_XSI}type" in element.attrib and not _is_declared_type(element, declared):
            yield _strange_type(element, name)
        others = [
            attribute
            for attribute in map(str, element.attrib)
            if attribute not in _INSTANCE and not _allows(declared, attribute)
        ]
        if others:
            yield Mistake(
                code="XSD-009",
                element=element,
                text=Text(
                    f"there are attributes on `{name}`, and the contract has none",
                    f"det finns attribut på `{name}`, och kontraktet har inga",
                ),
                remedy=_as_element(element, others, declared),
            )


def _simple(element: Element, declared: XsdSimpleType) -> Iterator[Mistake]:
    if len(element):
        name = local_name(element)
        yield Mistake(
            code="XSD-010",
            element=element,
            text=Text(
                f"`{name}` holds an element; it can only hold a value",
                f"`{name}` innehåller ett element; det kan bara innehålla ett värde",
            ),
            remedy=_WITHOUT_MTOM if namespace_of(element[0]) == _XOP else None,
        )
    elif not is_valid(element.text or "", declared):
        yield value_mistake(element, element.text or "", declared)


def _text_between(element: Element) -> Mistake:
    name = local_name(element)
    return Mistake(
        code="XSD-008",
        element=element,
        text=Text(
            f"there is text directly inside `{name}`; only elements can stand there",
            f"det står text direkt i `{name}`; där kan bara element stå",
        ),
    )


def _takes(wildcard: XsdAnyElement | None, child: Element) -> bool:
    return wildcard is not None and bool(wildcard.is_matching(str(child.tag)))


def _allows(declared: XsdType, attribute: str) -> bool:
    attributes = getattr(declared, "attributes", {})
    return attribute in attributes or None in attributes


def _is_declared_type(element: Element, declared: XsdType) -> bool:
    """Say whether xsi:type names the very type that the contract declares."""
    return declared.name == _named_type(element)


def _named_type(element: Element) -> str:
    prefix, _, local = (element.get(f"{_XSI}type") or "").strip().rpartition(":")
    namespace = element.nsmap.get(prefix or None)
    return f"{{{namespace}}}{local}" if namespace else local


def _strange_type(element: Element, name: str) -> Mistake:
    return Mistake(
        code="XSD-012",
        element=element,
        text=Text(
            f"xsi:type on `{name}` names a type that cannot stand here",
            f"xsi:type på `{name}` anger en typ som inte kan stå här",
        ),
        remedy=Text("leave xsi:type out", "utelämna xsi:type"),
    )


def _as_element(element: Element, attributes: Sequence[str], declared: XsdType) -> Text:
    """Suggest the element that an attribute was meant to be, as HL7's `root` and `extension` are."""
    group = declared.content if isinstance(declared, XsdComplexType) else None
    parts = group if isinstance(group, XsdGroup) else ()
    known = [str(one.local_name) for one in parts if isinstance(one, XsdElement)]
    meant = [nearest(attribute.rpartition("}")[2], known) for attribute in attributes]
    names = ", ".join(sorted({f"`{name}`" for name in meant if name}))
    if not names:
        return Text("remove them", "ta bort dem")
    inside = local_name(element)
    return Text(
        f"put {names} as elements in `{inside}` instead", f"lägg {names} som element i `{inside}` i stället"
    )


def _vocabulary(schema: XMLSchema, contract: Contract) -> Vocabulary:
    """Walk the declarations from the messages on and note inside which elements each can stand."""
    parents: dict[str, set[str]] = {}
    seen: set[tuple[XsdType, str | None]] = set()
    pending = list(schema.elements.values())
    for one in pending:
        parents.setdefault(str(one.name), set())
    while pending:
        holder = pending.pop()
        group = holder.type.content if isinstance(holder.type, XsdComplexType) else None
        if not isinstance(group, XsdGroup):
            continue
        for inner in group.iter_elements():
            if isinstance(inner, XsdElement):
                parents.setdefault(str(inner.name), set()).add(str(holder.local_name))
                if (inner.type, inner.name) not in seen:
                    seen.add((inner.type, inner.name))
                    pending.append(inner)
    own = {name.rpartition("}")[0][1:] for name in parents}
    versions = {
        name.rpartition("}")[0][1:]: f"{other.name} {other.version}"
        for other in (one.contract for one in INTERACTIONS)
        if other.namespace != contract.namespace
        for name in other.element_names
    }
    versions = {namespace: version for namespace, version in versions.items() if namespace not in own}
    return Vocabulary(parents={name: frozenset(homes) for name, homes in parents.items()}, versions=versions)
