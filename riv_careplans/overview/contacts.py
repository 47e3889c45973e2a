"""Who is involved: each person or team once per role, with the records that name them.

Pure. Only a shared id makes two rows one; what merely looks the same is marked, never merged.
Contract description, section 5, rule 4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

import msgspec

from riv_careplans.aggregate.collation import same_words, swedish_key
from riv_careplans.aggregate.merged import RecordKey
from riv_careplans.codes import FIXED_CONTACT_SYSTEM, FixedContact
from riv_careplans.model import CV, Channel, DatePeriod, Participant
from riv_careplans.overview.audience import reaches_a_citizen
from riv_careplans.overview.entries import Entry, Standing, cited_once, sorted_citations
from riv_careplans.overview.marks import Marks
from riv_careplans.overview.view import ChannelView, Citation, Contact, Differing, Phase
from riv_careplans.swedish.dates import hours_text, in_words
from riv_careplans.swedish.words import CHANNEL_SYSTEM, FIXED_CONTACT

__all__ = ["Gathered", "Naming", "channels_shown", "contacts_of", "gather_contacts", "phase_of", "role_text"]

T = TypeVar("T")

_ORDER_OF_PHASES: Final = {phase: number for number, phase in enumerate(Phase)}
_ORDER_OF_FIXED: Final[Mapping[str | None, int]] = {
    code.value: number for number, code in enumerate(FIXED_CONTACT)
}


class Naming(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One record's word on a contact."""

    entry: Entry
    path: str
    participant: Participant

    @property
    def place(self) -> tuple[RecordKey, str]:
        """Where it is said."""
        return self.entry.key, self.path

    @property
    def period(self) -> DatePeriod | None:
        """How long: as the participant says, else as long as the record is valid."""
        return self.participant.period or self.entry.record.body.period


class Gathered(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A contact before it is shown: all that is said of it, the most trusted first."""

    id: str
    phase: Phase
    namings: Sequence[Naming]


# --- gathering ----------------------------------------------------------------------------------


def gather_contacts(entries: Iterable[Entry], today: date) -> tuple[Gathered, ...]:
    """Find all contacts: current, then coming, then past; fixed contacts first."""
    found: dict[object, list[Naming]] = defaultdict(list)
    for entry in entries:
        for number, participant in enumerate(entry.record.body.participants, 1):
            naming = Naming(entry=entry, path=f"body/participant[{number}]", participant=participant)
            found[_identity(naming)].append(naming)
    rows = [row for namings in found.values() for row in _by_period(_most_trusted_first(namings))]
    phased = sorted(((_phase_of_row(row, today), row) for row in rows), key=_order)
    return tuple(
        Gathered(id=f"contact-{number}", phase=phase, namings=row)
        for number, (phase, row) in enumerate(phased, 1)
    )


def _identity(naming: Naming) -> object:
    """Give what makes two rows one: the same id in the same role. Without an id a row stands alone."""
    participant = naming.participant
    known = participant.person or participant.team
    if known is None or known.id is None:
        return naming.place
    return known.id.key, _role_key(participant.role)


def _role_key(role: CV) -> tuple[str, ...]:
    if role.code is not None:
        return role.code_system or "", role.code
    return (same_words(role.original_text or ""),)


def _most_trusted_first(namings: Iterable[Naming]) -> list[Naming]:
    """Put first the records in force, then those of the contact's own unit, then the newest.

    What is replaced has no say where anything else has.
    """
    ordered = sorted(namings, key=lambda naming: naming.place)
    ordered.sort(key=lambda naming: naming.entry.record.header.record.updated_time, reverse=True)
    ordered.sort(key=lambda naming: (not naming.entry.in_force, _is_foreign(naming)))
    standing = [naming for naming in ordered if naming.entry.standing is not Standing.REPLACED]
    return standing or ordered


def _is_foreign(naming: Naming) -> bool:
    organization = naming.participant.organization
    access = naming.entry.record.header.access_control
    unit = access.accountable_care_unit or access.accountable_care_giver
    return organization is None or organization.id.key != unit.id.key


def _by_period(namings: Sequence[Naming]) -> list[list[Naming]]:
    """Keep apart the periods that a contact is stated for; who names none goes with the most trusted."""
    rows: dict[tuple[date, date | None] | None, list[Naming]] = defaultdict(list)
    for naming in namings:
        period = naming.participant.period
        rows[None if period is None else (period.start, period.end)].append(naming)
    unstated = rows.pop(None, [])
    if not rows:
        return [unstated]
    trusted, *others = rows.values()
    return [_most_trusted_first((*trusted, *unstated)), *others]


def _phase_of_row(row: Sequence[Naming], today: date) -> Phase:
    in_force = [naming for naming in row if naming.entry.in_force]
    stated = [naming for naming in in_force if naming.participant.period is not None]
    phases = {phase_of(naming.period, today) for naming in stated or in_force}
    # Several records may name a contact without a period: one that is in force is enough.
    return min(phases or {Phase.PAST}, key=_ORDER_OF_PHASES.__getitem__)


def phase_of(period: DatePeriod | None, today: date) -> Phase:
    """Say where a period is, seen from today; no period is now."""
    if period is None or period.contains(today):
        return Phase.CURRENT
    return Phase.COMING if today < period.start else Phase.PAST


def _order(phased: tuple[Phase, Sequence[Naming]]) -> tuple[object, ...]:
    phase, row = phased
    participant = row[0].participant
    code = participant.role.code if _is_fixed(participant.role) else None
    return (
        _ORDER_OF_PHASES[phase],
        _ORDER_OF_FIXED.get(code, len(_ORDER_OF_FIXED)),
        swedish_key(_name(row) or ""),
        swedish_key(role_text(participant.role)),
        row[0].place,
    )


# --- showing ------------------------------------------------------------------------------------


def contacts_of(gathered: Iterable[Gathered], marks: Marks) -> tuple[Contact, ...]:
    """Show the contacts."""
    return tuple(_contact(one, marks) for one in gathered)


def _contact(gathered: Gathered, marks: Marks) -> Contact:
    row = gathered.namings
    first = row[0].participant
    stated = next((naming.participant.period for naming in row if naming.participant.period), None)
    name, team = _name(row), _first(row, _team_name)
    return Contact(
        id=gathered.id,
        fixed=_is_fixed(first.role),
        role=role_text(first.role),
        name=name,
        title=_first(row, _title),
        team=None if team == name else team,
        unit=_first(row, _unit_name),
        phase=gathered.phase,
        start=stated.start if stated else None,
        end=stated.end if stated else None,
        helps_with=_first(row, lambda one: one.helps_with),
        contact_when=_first(row, lambda one: one.contact_when),
        response_time=_first(row, lambda one: one.response_time),
        note=_first(row, lambda one: one.note),
        channels=channels_shown(channel for naming in row for channel in naming.participant.channels),
        unit_channels=channels_shown(channel for naming in row for channel in _unit_channels(naming)),
        differing=_differing(row),
        possibly_same=marks.possibly_same(gathered.id),
        contradictions=marks.contradictions(naming.place for naming in row),
        citations=sorted_citations(naming.entry.cite() for naming in row),
    )


def _first(row: Iterable[Naming], say: Callable[[Participant], T | None]) -> T | None:
    """Give the most trusted record's word among those that say anything."""
    return next((said for naming in row if (said := say(naming.participant)) is not None), None)


def _name(row: Sequence[Naming]) -> str | None:
    return _first(row, _person_name) or _first(row, _team_name)


def _unit_channels(naming: Naming) -> tuple[Channel, ...]:
    organization = naming.participant.organization
    return () if organization is None else organization.channels


def _differing(row: Sequence[Naming]) -> tuple[Differing, ...]:
    """Tell what other records say otherwise: nothing that a source says is dropped in silence."""
    said: list[tuple[str, Citation]] = []
    for label, say in _FACTS:
        told = [(text, naming) for naming in row if (text := say(naming.participant)) is not None]
        said.extend(
            (f"{label}: {text}", naming.entry.cite())
            for text, naming in told
            if same_words(text) != same_words(told[0][0])
        )
    for channels in (lambda naming: naming.participant.channels, _unit_channels):
        said.extend(_other_hours([(one, naming) for naming in row for one in channels(naming)]))
    found = cited_once(said, key=same_words)
    return tuple(Differing(text=text, citations=citations) for text, citations in found)


def _other_hours(told: Iterable[tuple[Channel, Naming]]) -> Iterator[tuple[str, Citation]]:
    """Tell of a channel that has other hours than those of the most trusted record that states any."""
    first: dict[tuple[str, str], list[str]] = {}
    for channel, naming in told:
        hours = list(dict.fromkeys(map(hours_text, channel.hours)))
        if hours and reaches_a_citizen(channel) and first.setdefault(_channel_key(channel), hours) != hours:
            text = f"{CHANNEL_SYSTEM[channel.system]} {channel.value}: {in_words(hours)}"
            yield text, naming.entry.cite()


def _person_name(participant: Participant) -> str | None:
    return participant.person.name if participant.person is not None else None


def _unit_name(participant: Participant) -> str | None:
    return participant.organization.name if participant.organization is not None else None


def _team_name(participant: Participant) -> str | None:
    return participant.team.name if participant.team is not None else None


def _title(participant: Participant) -> str | None:
    person = participant.person
    return person.title.text if person is not None and person.title is not None else None


_FACTS: Final[Sequence[tuple[str, Callable[[Participant], str | None]]]] = (
    ("Namn", _person_name),
    ("Titel", _title),
    ("Team", _team_name),
    ("Enhet", _unit_name),
    ("Hjälper till med", lambda one: one.helps_with),
    ("Ta kontakt", lambda one: one.contact_when),
    ("Svarar", lambda one: one.response_time),
    ("Att veta", lambda one: one.note),
)
"""What one record may say otherwise than another about the same contact, and what it is called."""


def role_text(role: CV) -> str:
    """Name a role in Swedish; the fixed contacts have the names that the code system gives them."""
    if _is_fixed(role) and role.code is not None:
        return FIXED_CONTACT[FixedContact(role.code)]
    return role.text or "Kontakt"


def _is_fixed(role: CV) -> bool:
    return role.code_system == FIXED_CONTACT_SYSTEM and role.code in _ORDER_OF_FIXED


def _channel_key(channel: Channel) -> tuple[str, str]:
    return channel.system.value, same_words(channel.value)


def channels_shown(channels: Iterable[Channel]) -> tuple[ChannelView, ...]:
    """Show each channel once that is open to citizens, with the hours of whoever states them."""
    found: dict[tuple[str, str], ChannelView] = {}
    for channel in filter(reaches_a_citizen, channels):
        key = _channel_key(channel)
        shown = ChannelView(
            system=channel.system,
            value=channel.value,
            label=channel.label,
            hours=tuple(dict.fromkeys(map(hours_text, channel.hours))),
        )
        known = found.get(key, shown)
        found[key] = msgspec.structs.replace(
            known, label=known.label or shown.label, hours=known.hours or shown.hours
        )
    return tuple(found.values())
