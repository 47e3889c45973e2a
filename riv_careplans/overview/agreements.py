"""Agreements and their next steps, as they are shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec

from riv_careplans.aggregate.collation import same_words, swedish_key
from riv_careplans.aggregate.merged import Merged, record_key
from riv_careplans.model import Agreement, NextStep
from riv_careplans.overview.entries import Entry, cited_once
from riv_careplans.overview.follow_ups import follow_up_text
from riv_careplans.overview.goals import earlier_of
from riv_careplans.overview.marks import Place
from riv_careplans.overview.plans import Shelf, related_to
from riv_careplans.overview.timeline import when_of
from riv_careplans.overview.view import AgreementView, NextStepView, ResponsibilityView, TimedItem, When
from riv_careplans.swedish.timing import timing_text

__all__ = ["agreements_of", "next_steps_of"]


def agreements_of(
    merged: Merged, shelf: Shelf, items: Mapping[Place, TimedItem]
) -> tuple[AgreementView, ...]:
    """Show all agreements: those in force first, then by title."""
    shown = (_agreement(one, shelf.entries[record_key(one)], shelf, items) for one in merged.agreements)
    return tuple(sorted(shown, key=_order))


def _order(agreement: AgreementView) -> tuple[object, ...]:
    return not agreement.current, swedish_key(agreement.title), agreement.citations[0].provenance


def _agreement(
    agreement: Agreement, entry: Entry, shelf: Shelf, items: Mapping[Place, TimedItem]
) -> AgreementView:
    body, parties = agreement.body, shelf.parties
    contact = body.continued_contact
    return AgreementView(
        title=body.title,
        status=body.status,
        current=shelf.is_current(entry),
        start=body.period.start,
        end=body.period.end,
        parties=parties.all(entry, body.parties),
        decided=body.decided,
        responsibilities=tuple(
            ResponsibilityView(who=one.who, text=one.text, party=parties.maybe(entry, one.party))
            for one in body.responsibilities
        ),
        next_steps=tuple(
            _next_step(step, entry, items.get((entry.key, f"body/nextStep[{number}]")), shelf.today)
            for number, step in enumerate(body.next_steps, 1)
        ),
        continued_contact=contact.code if contact is not None else None,
        continued_contact_text=contact.text if contact is not None else None,
        follow_ups=tuple(follow_up_text(one, entry, parties) for one in body.follow_ups),
        earlier=earlier_of(entry, parties, shelf.marks),
        related=tuple(related_to(agreement, shelf.entries)),
        citations=(entry.cite(),),
    )


def _next_step(step: NextStep, entry: Entry, item: TimedItem | None, today: date) -> NextStepView:
    when = when_of(step.timing) or (item.when if item is not None else None)
    often = timing_text(step.timing)
    if when is None and often is not None:
        # What comes back has no one time.
        when = When(text=often, start=None, end=None)
    return NextStepView(
        text=step.text,
        initiator=step.initiator,
        when=when,
        past=when is not None
        and when.start is not None
        and when.start < today.isoformat()[: len(when.start)],
        item=item.id if item is not None else None,
        citations=(entry.cite(),),
    )


def next_steps_of(agreements: Iterable[AgreementView]) -> tuple[NextStepView, ...]:
    """Give what lies ahead of all that was agreed, by time; steps to the same booked time are one."""
    ahead = [step for one in agreements if one.current for step in one.next_steps if not step.past]
    cited = ((step, citation) for step in ahead for citation in step.citations)
    together = cited_once(cited, key=lambda step: step.item or same_words(step.text))
    steps = (msgspec.structs.replace(step, citations=citations) for step, citations in together)
    return tuple(sorted(steps, key=_by_time))


def _by_time(step: NextStepView) -> tuple[object, ...]:
    start = step.when.start if step.when is not None else None
    return start is None, start or "", swedish_key(step.text), step.citations[0].provenance
