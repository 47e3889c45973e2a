"""Make an overview of an answer: filter, merge, build. Pure: no I/O, no clock; "today" is passed in.

What may not be shown is taken away before anything is derived, so that nothing counts it, quotes it or
hints at it (privacy rules P1, P2 and P5). The same records give the same overview, whatever order they
came in.
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from riv_careplans.aggregate.merge import merge, restrict
from riv_careplans.aggregate.merged import AnyRecord, Merged, record_key
from riv_careplans.codes import ActivityStatus
from riv_careplans.exchange import Answer, Outcome, OutcomeKind
from riv_careplans.identity import PersonId
from riv_careplans.model import II
from riv_careplans.overview.agreements import agreements_of, next_steps_of
from riv_careplans.overview.audience import Audience, shown_to
from riv_careplans.overview.contacts import contacts_of, gather_contacts
from riv_careplans.overview.disputes import contradictions_of, possibly_same_of
from riv_careplans.overview.documents import attachments_of, embedded_of
from riv_careplans.overview.entries import entries_of, id_text, provenance_of
from riv_careplans.overview.goals import goals_shown, important_of
from riv_careplans.overview.items import help_of, timed_item
from riv_careplans.overview.marks import marks_of
from riv_careplans.overview.news import news_of
from riv_careplans.overview.parties import Parties, names_in
from riv_careplans.overview.plans import Shelf, plans_of
from riv_careplans.overview.risks import risks_of
from riv_careplans.overview.sources import plans_known, states_of, system_names
from riv_careplans.overview.timeline import Bucket, gather_times
from riv_careplans.overview.units import units_of
from riv_careplans.overview.view import SCHEMA_VERSION, Contact, Overview, TimedItem, TimedKind

__all__ = ["build_overview", "documents_of"]


def build_overview(
    answer: Answer, *, patient_id: II, today: date, audience: Audience, since: date | None = None
) -> Overview:
    """Make the overview that a patient or a representative is shown of everything in an answer.

    `patient_id` is the person asked about: a source that answers about anybody else is set aside.
    `since` is the day that news are counted from; without it there are none.
    """
    answer, merged = _readable(answer, patient_id=patient_id, today=today, audience=audience)
    return _overview(answer, merged, patient=_masked(patient_id), audience=audience, today=today, since=since)


def documents_of(
    answer: Answer, *, patient_id: II, today: date, audience: Audience
) -> tuple[tuple[str, bytes], ...]:
    """Give the documents that the records of an overview hold, by file name.

    They are those of the overview of the same answer, under the same names (`AttachmentView.file`):
    what may not be shown is not given out either.
    """
    _, merged = _readable(answer, patient_id=patient_id, today=today, audience=audience)
    return embedded_of(entries_of(merged))


def _readable(answer: Answer, *, patient_id: II, today: date, audience: Audience) -> tuple[Answer, Merged]:
    """Give what is about the patient, and of that what the reader may see."""
    answer = _about_the_patient(answer, patient_id)
    # Merged before it is filtered: an old copy must not be shown whose newer version may not be.
    everything = merge(answer.care_plans, answer.agreements, today=today)
    shown = shown_to(everything, audience)
    return answer, restrict(everything, lambda record: record_key(record) in shown)


def _masked(patient_id: II) -> str:
    return PersonId(patient_id.root, patient_id.extension or "").masked


# --- the right person ---------------------------------------------------------------------------


def _about_the_patient(answer: Answer, patient_id: II) -> Answer:
    """Set aside everything from a source that answered about somebody else.

    The consumer does so too; a record that slipped through must not be the one that is shown.
    """

    def is_about_another(record: AnyRecord) -> bool:
        return record.header.access_control.patient_id.key != patient_id.key

    records: tuple[AnyRecord, ...] = (*answer.care_plans, *answer.agreements)
    liars = {record.header.source_system_id.key for record in records if is_about_another(record)}
    if not liars:
        return answer
    addresses = {
        record.header.source_system_id.key: id_text(record.header.source_system_id) for record in records
    }
    lying = {addresses[key].upper(): addresses[key] for key in liars}
    known = {outcome.logical_address.upper() for outcome in answer.outcomes}
    return replace(
        answer,
        care_plans=tuple(one for one in answer.care_plans if one.header.source_system_id.key not in liars),
        agreements=tuple(one for one in answer.agreements if one.header.source_system_id.key not in liars),
        outcomes=(
            *(_lied(one) if one.logical_address.upper() in lying else one for one in answer.outcomes),
            *(
                Outcome(logical_address=address, kind=OutcomeKind.WRONG_PATIENT)
                for key, address in sorted(lying.items())
                if key not in known
            ),
        ),
    )


def _lied(outcome: Outcome) -> Outcome:
    return replace(outcome, kind=OutcomeKind.WRONG_PATIENT, records=0)


# --- the whole ----------------------------------------------------------------------------------


def _overview(
    answer: Answer, merged: Merged, *, patient: str, audience: Audience, today: date, since: date | None
) -> Overview:
    entries = entries_of(merged)
    people = gather_contacts(entries, today)
    times = gather_times(entries, merged, today)
    items = {naming.place: one.id for one in people for naming in one.namings}
    for one in times:
        for told in one.told:
            items.setdefault(told.place, one.id)
    marks = marks_of(merged, items)
    parties = Parties(
        audience=audience,
        contacts={
            (naming.entry.key, naming.participant.id): one.id for one in people for naming in one.namings
        },
    )
    shelf = Shelf(entries={entry.key: entry for entry in entries}, parties=parties, marks=marks, today=today)
    contacts = contacts_of(people, marks)
    timeline = [(one.bucket, timed_item(one, parties, marks)) for one in times]
    shown = {item.id: item for _, item in timeline}
    agreements = agreements_of(
        merged, shelf, {place: shown[item] for place, item in items.items() if item in shown}
    )
    names = system_names(answer.outcomes, merged.records)
    states = states_of(answer, entries, names)
    coming = _in_bucket(timeline, Bucket.COMING)
    approximate = _in_bucket(timeline, Bucket.APPROXIMATE)
    titles = {one.id: _contact_title(one) for one in contacts}
    titles |= {one.id: one.title for one in shown.values()}
    return Overview(
        schema_version=SCHEMA_VERSION,
        missing_sources=tuple(state for state in states if not state.complete),
        plans_known=plans_known(states, entries),
        patient=patient,
        audience=audience,
        today=today,
        since=since,
        next_time=next(filter(_is_next, coming), None),
        next_steps=next_steps_of(agreements),
        contradictions=contradictions_of(merged, shelf.entries, audience),
        risks=risks_of(entries, parties),
        contacts=contacts,
        units=units_of(entries),
        coming=coming,
        approximate=approximate,
        ongoing=_in_bucket(timeline, Bucket.ONGOING),
        weekly_help=help_of(entries, parties, marks, names_in(merged.records), today),
        agreements=agreements,
        goals=goals_shown(entries, parties, marks),
        plans=plans_of(merged, shelf),
        important=important_of(entries),
        news=news_of(entries, contacts, (*coming, *approximate), since=since, today=today),
        past=_in_bucket(timeline, Bucket.PAST)[::-1],
        possibly_same=possibly_same_of(marks, titles),
        attachments=attachments_of(entries),
        sources=states,
        provenance=provenance_of(entries, names),
    )


def _in_bucket(timeline: list[tuple[Bucket, TimedItem]], bucket: Bucket) -> tuple[TimedItem, ...]:
    return tuple(item for found, item in timeline if found is bucket)


def _is_next(item: TimedItem) -> bool:
    """Say whether a coming time may be the next step: not cancelled, nor a step of what is over."""
    ended = item.over is not None and item.kind is not TimedKind.ACTIVITY
    return item.status is not ActivityStatus.CANCELLED and not ended


def _contact_title(contact: Contact) -> str:
    return ", ".join(filter(None, (contact.name, contact.role)))
