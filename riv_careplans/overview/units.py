"""How to reach the organisations that answer for records or wrote them. Pure.

A record's header may be all that says how to reach anybody: a plan that came through GetCarePlans 2.0
names no contacts, but its unit's telephone number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from riv_careplans.aggregate.collation import swedish_key
from riv_careplans.model import Organization
from riv_careplans.overview.contacts import channels_shown
from riv_careplans.overview.entries import Entry, Standing, id_text, sorted_citations
from riv_careplans.overview.view import UnitView

__all__ = ["units_of"]


def units_of(entries: Iterable[Entry]) -> tuple[UnitView, ...]:
    """Show every organisation in the headers that can be reached, once, by name in Swedish order.

    What is replaced has no say: its numbers may be old ones.
    """
    found: dict[object, list[tuple[Organization, Entry]]] = defaultdict(list)
    for entry in entries:
        if entry.standing is not Standing.REPLACED:
            for organization in _organizations(entry):
                # Without a value in its id, a name is all that tells one unit from another.
                known = organization.id.extension
                found[organization.id.key if known else organization.name].append((organization, entry))
    units = (_unit(namings) for namings in found.values())
    return tuple(sorted((unit for unit in units if unit.channels), key=lambda unit: swedish_key(unit.name)))


def _organizations(entry: Entry) -> Iterator[Organization]:
    header = entry.record.header
    access, author = header.access_control, header.author
    written_at = author.care_unit if author is not None else None
    for organization in (access.accountable_care_unit, access.accountable_care_giver, written_at):
        if organization is not None:
            yield organization


def _unit(namings: list[tuple[Organization, Entry]]) -> UnitView:
    names = (organization.name for organization, _ in namings if organization.name)
    said = [(one, entry) for one, entry in namings if one.channels] or namings
    return UnitView(
        name=min(names, key=swedish_key, default=id_text(namings[0][0].id)),
        channels=channels_shown(channel for organization, _ in said for channel in organization.channels),
        citations=sorted_citations(entry.cite() for _, entry in said),
    )
