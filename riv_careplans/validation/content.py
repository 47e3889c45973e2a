"""What is wrong with the elements inside an element: missing, unknown, out of place, too many.

The children are laid along what the schema declares; as few of them as possible are said to be out of
place. Knows the schema through xmlschema's components alone, so that any release package will do.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xmlschema.validators import XsdAnyElement, XsdElement, XsdGroup

from riv_careplans.codec import Element, local_name, namespace_of
from riv_careplans.rules import Text
from riv_careplans.validation.mistakes import Mistake
from riv_careplans.validation.suggestions import nearest, resembles

__all__ = ["Slot", "Vocabulary", "content_mistakes", "slots_of"]

_MOST_NAMES = 12
"""Names told in one sentence."""

_MOST_HOMES = 3
"""An element that can stand in more places than this is told what can stand here instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One place in a sequence: an element, a choice of elements, or the extension point."""

    elements: dict[str, XsdElement] = field(default_factory=dict)
    """By qualified name; empty for the extension point."""

    least: int
    most: int | None
    wildcard: XsdAnyElement | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The local names of what can stand here."""
        return tuple(name.rpartition("}")[2] for name in self.elements)


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The words of a contract: which elements there are, and inside which."""

    parents: dict[str, frozenset[str]]
    """The local names of the elements in which each qualified name can stand."""

    versions: Mapping[str, str]
    """Other versions of the contract, such as `GetCarePlans 2.0`, by the namespaces of their elements."""

    @cached_property
    def namespaces(self) -> frozenset[str]:
        """The namespaces of the elements."""
        return frozenset(name.rpartition("}")[0][1:] for name in self.parents)

    @cached_property
    def local_names(self) -> frozenset[str]:
        """The names without their namespaces."""
        return frozenset(name.rpartition("}")[2] for name in self.parents)


def slots_of(group: XsdGroup) -> tuple[Slot, ...] | None:
    """Return the places of a sequence; None for a content model that is no plain sequence."""
    if group.model != "sequence" or (group.min_occurs, group.max_occurs) != (1, 1):
        return None
    slots: list[Slot] = []
    for particle in group:
        least, most = particle.min_occurs, particle.max_occurs
        if isinstance(particle, XsdElement):
            slots.append(Slot(elements={str(particle.name): particle}, least=least, most=most))
        elif isinstance(particle, XsdAnyElement):
            slots.append(Slot(least=least, most=most, wildcard=particle))
        elif particle.model == "choice" and all(isinstance(one, XsdElement) for one in particle):
            choice = {str(one.name): one for one in particle if isinstance(one, XsdElement)}
            optional = any(one.min_occurs == 0 for one in particle)
            slots.append(Slot(elements=choice, least=0 if optional else least, most=most))
        else:
            inner = slots_of(particle)
            if inner is None:
                return None
            slots += inner
    return tuple(slots)


def content_mistakes(parent: Element, slots: Sequence[Slot], vocabulary: Vocabulary) -> Iterator[Mistake]:
    """Give what is wrong with an element's children, in no particular order."""
    return _Content(parent, slots, vocabulary).mistakes()


class _Content:
    """The children of one element, each with its place in the sequence where it has one."""

    def __init__(self, parent: Element, slots: Sequence[Slot], vocabulary: Vocabulary) -> None:
        self.parent = parent
        self.slots = slots
        self.vocabulary = vocabulary
        self.children = list(parent)
        self.by_name = {name: number for number, slot in enumerate(slots) for name in slot.elements}
        self.by_local_name = {name.rpartition("}")[2]: name for name in reversed(self.by_name)}
        self.filled: dict[int, list[Element]] = {}
        self.claimed: set[int] = set()
        """Places for which an element is there, only under a wrong name."""
        for child in self.children:
            number = self.by_name.get(str(child.tag))
            if number is not None:
                self.filled.setdefault(number, []).append(child)

    def mistakes(self) -> Iterator[Mistake]:
        known: list[tuple[Element, int]] = []
        extensions: list[Element] = []
        for child in self.children:
            number = self._place_of(child)
            if number is None:
                yield self._unknown(child)
            elif self.slots[number].wildcard is None:
                # What stands before it and is not the contract's should stand last.
                yield from map(self._before_its_place, extensions)
                extensions.clear()
                known.append((child, number))
            else:
                extensions.append(child)
        in_order = _longest_in_order([number for _, number in known])
        placed = [one for position, one in enumerate(known) if position in in_order]
        for position, (child, number) in enumerate(known):
            if position not in in_order:
                yield _out_of_place(child, number, known[:position], known[position + 1 :])
        for number, slot in enumerate(self.slots):
            found = self.filled.get(number, [])
            if slot.most is not None and len(found) > slot.most:
                yield _too_many(found[slot.most], slot, len(found))
            if len(found) < slot.least and number not in self.claimed:
                yield self._missing(number, placed)

    def _place_of(self, child: Element) -> int | None:
        """Return which place a child fills; None when it has none."""
        number = self.by_name.get(str(child.tag))
        if number is not None:
            return number
        meant = self.by_name.get(self.by_local_name.get(local_name(child), ""))
        if meant is not None and meant not in self.filled and self.slots[meant].least:
            return None
        for number, slot in enumerate(self.slots):
            if slot.wildcard is not None and slot.wildcard.is_matching(str(child.tag)):
                return number
        return None

    def _unknown(self, child: Element) -> Mistake:
        name, parent = local_name(child), local_name(self.parent)
        right = self.by_local_name.get(name)
        if right is not None:
            self.claimed.add(self.by_name[right])
            return _wrong_namespace(child, right)
        if str(child.tag) in self.vocabulary.parents:
            homes = sorted(self.vocabulary.parents[str(child.tag)])
            return Mistake(
                code="XSD-003",
                element=child,
                text=Text(
                    f"the element `{name}` does not belong in `{parent}`",
                    f"elementet `{name}` hör inte hemma i `{parent}`",
                ),
                remedy=_listed(homes, "it belongs in", "det hör hemma i")
                if 0 < len(homes) <= _MOST_HOMES
                else self._expected(),
            )
        other = self.vocabulary.versions.get(namespace_of(child))
        if other is not None:
            return _of_another_version(child, parent, other)
        vacant = [
            local for local, known in self.by_local_name.items() if self.by_name[known] not in self.filled
        ]
        meant = nearest(name, vacant) or nearest(name, self.by_local_name)
        shown = name if resembles(name, self.vocabulary.local_names) else ""
        if meant is not None:
            self.claimed.add(self.by_name[self.by_local_name[meant]])
        return Mistake(
            code="XSD-002",
            element=child,
            own_name=shown,
            text=Text(
                f"the contract knows no element `{shown}` in `{parent}`"
                if shown
                else f"an element in `{parent}` is not known to the contract",
                f"kontraktet har inget element `{shown}` i `{parent}`"
                if shown
                else f"ett element i `{parent}` finns inte i kontraktet",
            ),
            remedy=Text(f"did you mean `{meant}`?", f"menade du `{meant}`?") if meant else self._expected(),
        )

    def _expected(self) -> Text | None:
        names = [name for slot in self.slots for name in slot.names]
        return _listed(names, "here can stand", "här kan stå") if names else None

    def _before_its_place(self, extension: Element) -> Mistake:
        right = self.by_local_name.get(local_name(extension))
        if right is not None and namespace_of(extension) in self.vocabulary.namespaces:
            return _wrong_namespace(extension, right)
        parent = local_name(self.parent)
        return Mistake(
            code="XSD-003",
            element=extension,
            text=Text(
                "an element of another namespace stands before the contract's own",
                "ett element i en annan namnrymd står före kontraktets egna",
            ),
            remedy=Text(f"put it last in `{parent}`", f"ställ det sist i `{parent}`"),
        )

    def _missing(self, number: int, placed: Sequence[tuple[Element, int]]) -> Mistake:
        slot = self.slots[number]
        numbers = [place for _, place in placed]
        position = bisect_right(numbers, number) - 1
        before = placed[position][0] if position >= 0 else None
        parent = local_name(self.parent)
        if before is not None:
            there = Text(
                f"it belongs after `{local_name(before)}`", f"det ska stå efter `{local_name(before)}`"
            )
        elif number == 0:
            there = Text(f"it belongs first in `{parent}`", f"det ska stå först i `{parent}`")
        else:
            there = Text(f"it belongs in `{parent}`", f"det ska stå i `{parent}`")
        if len(slot.names) > 1:
            names = _joined(slot.names)
            text = Text(
                f"one of the elements {names[0]} is missing; {there.english}",
                f"ett av elementen {names[1]} saknas; {there.swedish}",
            )
        else:
            text = Text(
                f"the element `{slot.names[0]}` is missing; {there.english}",
                f"elementet `{slot.names[0]}` saknas; {there.swedish}",
            )
        astray = (self.vocabulary.versions.get(namespace_of(child)) for child in self.children)
        other = next((version for version in astray if version), None)
        remedy = other and Text(
            f"the elements here are those of {other}, and the namespace of the message is of another version",
            f"elementen här hör till {other}, och meddelandets namnrymd är den för en annan version",
        )
        return Mistake(
            code="XSD-001",
            element=self.parent,
            missing=slot.names[0],
            anchor=before,
            text=text,
            remedy=remedy or None,
        )


def _out_of_place(
    child: Element, number: int, before: Sequence[tuple[Element, int]], after: Sequence[tuple[Element, int]]
) -> Mistake:
    name = local_name(child)
    larger = next((other for other, place in before if place > number), None)
    if larger is not None:
        beside = local_name(larger)
        text = Text(
            f"the element `{name}` stands after `{beside}`; it belongs before it",
            f"elementet `{name}` står efter `{beside}`; det ska stå före",
        )
    else:
        beside = local_name(next(other for other, place in after if place < number))
        text = Text(
            f"the element `{name}` stands before `{beside}`; it belongs after it",
            f"elementet `{name}` står före `{beside}`; det ska stå efter",
        )
    return Mistake(code="XSD-003", element=child, text=text)


def _too_many(first: Element, slot: Slot, count: int) -> Mistake:
    if len(slot.names) > 1:
        names = _joined(slot.names)
        text = Text(
            f"there are {count} of the elements {names[0]}; only one of them can stand here",
            f"det finns {count} av elementen {names[1]}; bara ett av dem kan stå här",
        )
    else:
        text = Text(
            f"the element `{slot.names[0]}` stands here {count} times; at most {slot.most} is allowed",
            f"elementet `{slot.names[0]}` står här {count} gånger; högst {slot.most} är tillåtet",
        )
    return Mistake(code="XSD-004", element=first, text=text)


def _wrong_namespace(child: Element, right: str) -> Mistake:
    name = local_name(child)
    namespace = right.rpartition("}")[0][1:]
    without = not namespace_of(child)
    return Mistake(
        code="XSD-005",
        element=child,
        own_name=name,
        text=Text(
            f"the element `{name}` stands in {'no' if without else 'the wrong'} namespace",
            f"elementet `{name}` står i {'ingen' if without else 'fel'} namnrymd",
        ),
        remedy=Text(f"its namespace is {namespace}", f"dess namnrymd är {namespace}"),
    )


def _of_another_version(child: Element, parent: str, version: str) -> Mistake:
    name = local_name(child)
    return Mistake(
        code="XSD-002",
        element=child,
        own_name=name,
        text=Text(
            f"the element `{name}` in `{parent}` is one of {version}, and this message is of another version",
            f"elementet `{name}` i `{parent}` hör till {version}, och meddelandet är av en annan version",
        ),
        remedy=Text(
            "leave it out, or send the whole message in that version",
            "utelämna det, eller skicka hela meddelandet i den versionen",
        ),
    )


def _joined(names: Sequence[str]) -> tuple[str, str]:
    quoted = [f"`{name}`" for name in names]
    return tuple(  # type: ignore[return-value]  # two words, two texts
        f"{', '.join(quoted[:-1])} {word} {quoted[-1]}" for word in ("and", "och")
    )


def _listed(names: Sequence[str], english: str, swedish: str) -> Text:
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_NAMES])
    shown += ", …" if len(names) > _MOST_NAMES else ""
    return Text(f"{english} {shown}", f"{swedish} {shown}")


def _longest_in_order(numbers: Sequence[int]) -> frozenset[int]:
    """Return the positions of a longest part of the numbers that does not fall; rather early ones."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = [-1] * len(numbers)
    # From the end, so that of two that have changed places the later one is said to be wrong.
    for position in range(len(numbers) - 1, -1, -1):
        number = -numbers[position]
        at = bisect_right(tails, number)
        if at == len(tails):
            tails.append(number)
            ends.append(position)
        else:
            tails[at], ends[at] = number, position
        previous[position] = ends[at - 1] if at else -1
    chosen: set[int] = set()
    position = ends[-1] if ends else -1
    while position >= 0:
        chosen.add(position)
        position = previous[position]
    return frozenset(chosen)
