"""The marks on contacts and times: what may be the same, and what takes part in a contradiction.

Pure. What the merge says of places in records, said of the overview's items. Items refer to a mark,
never to each other: a thousand that look alike are a thousand references, not a million.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import msgspec

from riv_careplans.aggregate.merged import Merged, PossiblySameKind, RecordKey

__all__ = ["Alike", "Marks", "Place", "contradiction_ids", "marks_of"]

Place: TypeAlias = tuple[RecordKey, str]
"""A record, and a path in it."""


class Alike(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Items of the overview that may be the same."""

    id: str
    kind: PossiblySameKind
    items: tuple[str, ...]
    """Their ids, each once, at least two."""


class Marks(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What is to be marked."""

    alike: tuple[Alike, ...]
    alike_of: Mapping[str, tuple[str, ...]]
    """The ids of the `alike` that an item is in, by the item's id."""
    disputed: Mapping[Place, tuple[str, ...]]
    """The ids of the contradictions that a place in a record takes part in."""

    def possibly_same(self, item: str) -> tuple[str, ...]:
        """Give the marks on an item that may be the same as another."""
        return self.alike_of.get(item, ())

    def contradictions(self, places: Iterable[Place]) -> tuple[str, ...]:
        """Give the contradictions that places in the records take part in."""
        return tuple(dict.fromkeys(one for place in places for one in self.disputed.get(place, ())))


def contradiction_ids(merged: Merged) -> tuple[str, ...]:
    """Give the ids of the contradictions, in their order."""
    return tuple(f"contradiction-{number}" for number, _ in enumerate(merged.contradictions, 1))


def marks_of(merged: Merged, items: Mapping[Place, str]) -> Marks:
    """Translate the merge's places into the overview's items."""
    known = (
        (
            same.kind,
            tuple(
                dict.fromkeys(
                    items[place] for one in same.mentions if (place := (one.record, one.path)) in items
                )
            ),
        )
        for same in merged.possibly_same
    )
    alike = tuple(
        Alike(id=f"same-{number}", kind=kind, items=ids)
        for number, (kind, ids) in enumerate((one for one in known if len(one[1]) > 1), 1)
    )
    alike_of: dict[str, list[str]] = defaultdict(list)
    for one in alike:
        for item in one.items:
            alike_of[item].append(one.id)
    disputed: dict[Place, dict[str, None]] = defaultdict(dict)
    for identity, contradiction in zip(contradiction_ids(merged), merged.contradictions, strict=True):
        for statement in contradiction.statements:
            disputed[statement.record, statement.path][identity] = None
    return Marks(
        alike=alike,
        alike_of={item: tuple(ids) for item, ids in alike_of.items()},
        disputed={place: tuple(ids) for place, ids in disputed.items()},
    )
