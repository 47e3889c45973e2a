"""What a party is called in the overview, and which contact it is.

Pure. The patient is "du själv" to the patient, and is called by name only where a record does so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from riv_careplans.aggregate.collation import same_words
from riv_careplans.aggregate.merged import AnyRecord, RecordKey, Who
from riv_careplans.codes import PartyKind
from riv_careplans.model import CarePlan, Party
from riv_careplans.overview.audience import Audience
from riv_careplans.overview.entries import Entry
from riv_careplans.overview.view import NamedParty
from riv_careplans.swedish.dates import in_words
from riv_careplans.swedish.words import PARTY_KIND

__all__ = ["Parties", "names_in", "names_text", "party_text"]

_YOU: Final = "du själv"


class Parties(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Names the parties of all records, for one audience."""

    audience: Audience
    contacts: Mapping[tuple[RecordKey, str], str]
    """The contact's id, by the record and the participant's id in it."""

    def named(self, entry: Entry, party: Party) -> NamedParty:
        """Name a party of a record."""
        who = Who(party=party, participant=entry.participants.get(party.participant_id or ""))
        return NamedParty(
            kind=party.kind,
            name=party_text(who, self.audience),
            contact=self.contact(entry, party.participant_id),
        )

    def maybe(self, entry: Entry, party: Party | None) -> NamedParty | None:
        """Name a party, if there is one."""
        return None if party is None else self.named(entry, party)

    def all(self, entry: Entry, parties: Iterable[Party]) -> tuple[NamedParty, ...]:
        """Name several parties, each once."""
        return tuple(dict.fromkeys(self.named(entry, party) for party in parties))

    def contact(self, entry: Entry, participant_id: str | None) -> str | None:
        """Give the id of the contact that a participant of a record is."""
        return self.contacts.get((entry.key, participant_id or ""))


def party_text(who: Who, audience: Audience) -> str:
    """Say who it is: `Farzane Hatamian (Hemsjukvården)`, `Maria (dotter)`, `du själv`."""
    party, participant = who.party, who.participant
    if party.kind is PartyKind.PATIENT:
        return _YOU if audience is Audience.PATIENT else who.name or PARTY_KIND[party.kind]
    role = participant.role.text if participant is not None else None
    name = who.name or role or party.relation or PARTY_KIND[party.kind]
    unit = participant.organization.name if participant is not None and participant.organization else None
    beside = party.relation.lower() if party.relation else unit
    return name if beside is None or same_words(beside) == same_words(name) else f"{name} ({beside})"


def names_text(parties: Iterable[NamedParty], you: str = _YOU) -> str:
    """Name parties in a sentence; `you` is what the patient is called there: `dig`, `dig själv`."""
    return in_words(
        you if party.kind is PartyKind.PATIENT and party.name == _YOU else party.name for party in parties
    )


def names_in(records: Iterable[AnyRecord]) -> frozenset[str]:
    """Give every word of the names in the records: they keep their capital letter inside a sentence."""
    return frozenset(word for record in records for name in _names(record) for word in name.split())


def _names(record: AnyRecord) -> Iterator[str]:
    for participant in record.body.participants:
        for known in (participant.person, participant.team):
            if known is not None:
                yield known.name or ""
    if isinstance(record, CarePlan):
        parties = [party for activity in record.body.activities for party in activity.performers]
    else:
        parties = list(record.body.parties)
    for party in parties:
        yield party.name or ""
