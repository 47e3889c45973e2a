"""Who a party is, so that two records can be seen to mean the same one or not.

A record may name a person, another only the person's unit, a third the whole care giver. So a party is
known by a chain of keys from the finest to the coarsest: nurse, home nursing, municipality. Two parties
are compatible when the finest key of one is in the chain of the other: "Farzane" and "Hemsjukvården"
do not contradict each other, "Farzane" and "Asta" do, and so do two nurses of one unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from riv_careplans.aggregate.collation import same_words
from riv_careplans.aggregate.merged import AnyRecord, Who, named_in
from riv_careplans.codes import PartyKind
from riv_careplans.model import II, Organization, Participant, Party

__all__ = ["PartyChain", "PartyKey", "Units", "joint_chain", "units_of", "who"]

Units: TypeAlias = Mapping[tuple[str, str], Organization]
"""A care unit's care giver, by the unit's identity key."""

PartyKey: TypeAlias = tuple[str, ...]
"""What a party is compared by, such as `("id", root, extension)`, `("name", words)` or `("patient",)`."""

PartyChain: TypeAlias = tuple[PartyKey, ...]
"""From the finest key to the coarsest, no key twice; empty when nothing tells who the party is."""

_PATIENT: PartyKey = ("patient",)
_RELATIVE: PartyKey = ("relative",)
_CARE: PartyKey = ("care",)

_COARSEST: Mapping[PartyKind, PartyKey] = {
    PartyKind.PATIENT: _PATIENT,
    PartyKind.RELATIVE: _RELATIVE,
    PartyKind.PROFESSIONAL: _CARE,
    PartyKind.TEAM: _CARE,
    PartyKind.CARE_UNIT: _CARE,
    PartyKind.CARE_GIVER: _CARE,
}
"""What a party of the kind is at least; a role or another party may be anybody."""


def who(party: Party, participants: Mapping[str, Participant]) -> Who:
    """Join a party with the participant of the same record that it points to."""
    return Who(party=party, participant=participants.get(party.participant_id or ""))


def _chain_of(party: Who, units: Units) -> PartyChain:
    if party.party.kind is PartyKind.PATIENT:
        # There is one patient, however the record names or numbers that person.
        return (_PATIENT,)
    return tuple(dict.fromkeys(_keys(party, units)))


def _keys(party: Who, units: Units) -> Iterator[PartyKey]:
    stated, participant = party.party, party.participant
    yield from _identity(stated.id, stated.name, units)
    if participant is not None:
        for known in named_in(participant):
            yield from _identity(known.id, known.name, units)
        # "Fast vårdkontakt" as a party of kind role is the participant who has that role.
        yield from _identity(None, participant.role.text, units)
        if participant.organization is not None:
            yield from _identity(participant.organization.id, participant.organization.name, units)
    yield from _identity(None, stated.relation, units)
    if stated.kind in _COARSEST:
        yield _COARSEST[stated.kind]


def _identity(identity: II | None, name: str | None, units: Units) -> Iterator[PartyKey]:
    if identity is not None:
        yield ("id", *identity.key)
    if name is not None and (words := same_words(name)):
        yield ("name", words)
    if identity is not None and identity.key in units:
        care_giver = units[identity.key]
        yield ("id", *care_giver.id.key)
        if care_giver.name:
            yield ("name", same_words(care_giver.name))


def joint_chain(parties: Iterable[Who], units: Units) -> PartyChain:
    """Give the chain of one party, or of several who do something together.

    Together they are a party of their own, finer than any of them: "Asta and Farzane" is compatible
    with "Farzane", but not with "Asta and Eva". Parties that nothing is known of are left out.
    `units` says which care giver a care unit belongs to, as in `units_of`.
    """
    # By name where there is one: the same two may be numbered in one record and not in the other.
    known = {_name_key(party) or chain[0]: chain for party in parties if (chain := _chain_of(party, units))}
    if len(known) < 2:  # noqa: PLR2004 - several are two or more
        return next(iter(known.values()), ())
    together: PartyKey = ("together", *(part for key in sorted(known) for part in (*key, "")))
    return (together, *dict.fromkeys(key for chain in known.values() for key in chain))


def _name_key(party: Who) -> PartyKey | None:
    if party.party.kind is PartyKind.PATIENT or party.name is None:
        return None
    words = same_words(party.name)
    return ("name", words) if words else None


def units_of(records: Iterable[AnyRecord]) -> dict[tuple[str, str], Organization]:
    """Tell each care unit's care giver, as the first header that names the unit states it."""
    units: dict[tuple[str, str], Organization] = {}
    for record in records:
        access = record.header.access_control
        if access.accountable_care_unit is not None:
            units.setdefault(access.accountable_care_unit.id.key, access.accountable_care_giver)
    return units
