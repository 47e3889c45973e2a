"""Follow-ups and times as one sentence, for rows of a plan, an agreement or a goal. Pure."""

from __future__ import annotations

import msgspec

from riv_careplans.model import FollowUp, Timing
from riv_careplans.overview.entries import Entry
from riv_careplans.overview.parties import Parties
from riv_careplans.swedish.dates import day_text
from riv_careplans.swedish.timing import recurrence_text, timing_text
from riv_careplans.swedish.words import FOLLOW_UP_RESULT, sentence

__all__ = ["follow_up_text", "when_text"]


def when_text(timing: Timing | None) -> str | None:
    """Say when or how often, without the record's own words for how often."""
    if timing is None or timing.recurrence is None:
        return timing_text(timing)
    # Those would say it twice.
    return recurrence_text(msgspec.structs.replace(timing.recurrence, text=""))


def follow_up_text(follow_up: FollowUp, entry: Entry, parties: Parties) -> str:
    """Say when and how it is followed up, who is responsible, and what was found."""
    planned = ": ".join(filter(None, (timing_text(follow_up.planned), follow_up.manner)))
    said = [planned or "Tiden är inte bestämd"]
    responsible = parties.maybe(entry, follow_up.responsible)
    if responsible is not None:
        said.append(f"Ansvarig: {responsible.name}")
    for outcome in follow_up.outcomes:
        result = FOLLOW_UP_RESULT[outcome.result] if outcome.result is not None else "klar"
        said.append(": ".join(filter(None, (f"{day_text(outcome.date)}, {result}", outcome.text))))
    return " ".join(map(sentence, said))
