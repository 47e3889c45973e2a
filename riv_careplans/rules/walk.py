"""Find the parts of a record: all of some classes at once, or each with its path.

Knows the model's classes only through their fields, so a type added to the contract is walked
without a change here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from riv_careplans.model import Agreement, CarePlan, ContractType

__all__ = ["Nodes", "gather", "nodes_with_paths", "texts_with_paths"]

Nodes: TypeAlias = dict[type[ContractType], list[Any]]
"""The parts of a record by class, in no particular order."""

T = TypeVar("T", bound=ContractType)


class _Edge(NamedTuple):
    """A field that holds parts of a class."""

    get: Callable[[Any], Any]
    many: bool
    cls: type[ContractType]


class _Step(NamedTuple):
    """What to do with all parts of one class: collect what their fields hold."""

    cls: type[ContractType]
    edges: tuple[_Edge, ...]
    same: Callable[[Any], Any] | None
    """Gets the parts of the class itself (sub-goals)."""


def gather(record: CarePlan | Agreement, kinds: frozenset[type[ContractType]]) -> Nodes:
    """Return every part of a record that is of one of the classes, by its class.

    Class by class instead of part by part, so that the loops run inside `map` and `chain`: in half
    the time of a visit to every part. Parts on the way to those are returned too.
    """
    classes, steps = _route(type(record), kinds)
    nodes: Nodes = {cls: [] for cls in classes}
    nodes[type(record)].append(record)
    for holder, edges, same in steps:
        parts = nodes[holder]
        if same is not None:
            deeper = parts
            while deeper := list(chain.from_iterable(map(same, deeper))):
                parts += deeper
        if len(parts) == 1:
            for get, many, cls in edges:
                if held := get(parts[0]):
                    nodes[cls] += held if many else (held,)
        elif parts:
            for get, many, cls in edges:
                nodes[cls] += chain.from_iterable(map(get, parts)) if many else filter(None, map(get, parts))
    return nodes


@cache
def _route(
    root: type[ContractType], kinds: frozenset[type[ContractType]]
) -> tuple[frozenset[type[ContractType]], tuple[_Step, ...]]:
    """Order the classes that lead to the wanted ones so that each comes after all that hold it.

    Gives all of these, and the wanted ones that the root does not lead to, and then the steps.
    A class may hold itself; no other circle is in the contract.
    """
    order: list[_Step] = []
    leads: dict[type[ContractType], bool] = {}

    def visit(cls: type[ContractType]) -> bool:
        if cls not in leads:
            edges = _edges(cls)
            same = next((edge.get for edge in edges if edge.cls is cls), None)
            wanted = tuple(edge for edge in edges if edge.cls is not cls and visit(edge.cls))
            leads[cls] = bool(wanted) or cls in kinds
            if leads[cls]:
                order.append(_Step(cls, wanted, same))
        return leads[cls]

    visit(root)
    return kinds | {step.cls for step in order}, tuple(reversed(order))


@cache
def _edges(cls: type[ContractType]) -> tuple[_Edge, ...]:
    hints = get_type_hints(cls)
    return tuple(
        _Edge(attrgetter(field), get_origin(hints[field]) is tuple, part)
        for field in cls.__struct_fields__
        for part in get_args(hints[field]) or (hints[field],)
        if isinstance(part, type) and issubclass(part, ContractType)
    )


def nodes_with_paths(record: ContractType, kind: type[T]) -> Iterator[tuple[str, T]]:
    """Give every part of one class with its path, in document order."""
    for path, value, _field in _walk(record):
        if isinstance(value, kind):
            yield path, value


def texts_with_paths(
    record: ContractType, *, skip: Callable[[ContractType, str], bool]
) -> Iterator[tuple[str, str]]:
    """Give every text with its path, in document order, except in fields that `skip` names.

    An element the contract does not know is a text, at the path of the element that holds it.
    """
    for path, value, field in _walk(record, skip):
        if isinstance(value, str):
            yield (path.rpartition("/")[0] if field == "extensions" else path), value


def _walk(
    record: ContractType, skip: Callable[[ContractType, str], bool] | None = None
) -> Iterator[tuple[str, object, str]]:
    """Give every value of a record with its path and the field that holds it, in document order."""
    # A stack of its own: sub-goals deeper than Python's stack must not end the walk.
    pending: list[tuple[str, object, str]] = [("", record, "")]
    while pending:
        path, value, field = pending.pop()
        yield path, value, field
        if isinstance(value, ContractType):
            prefix = path and f"{path}/"
            found: list[tuple[str, object, str]] = []
            for name, element in _names(type(value)):
                held = getattr(value, name)
                if held is None or held == () or (skip and skip(value, name)):
                    continue
                if isinstance(held, tuple):
                    found += [(f"{prefix}{element}[{n}]", one, name) for n, one in enumerate(held, 1)]
                else:
                    found.append((prefix + element, held, name))
            pending += reversed(found)


@cache
def _names(cls: type[ContractType]) -> tuple[tuple[str, str], ...]:
    """Pair every field with its element's name; unknown elements stand last, as in the document."""
    elements = dict(zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True))
    elements["extensions"] = elements.pop("extensions")
    return tuple(elements.items())
