"""The sections about time: what comes next, what comes, what recurs, what has been. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from rich.console import RenderableType
from rich.text import Text

from riv_careplans.codes import ActivityStatus, PartyKind
from riv_careplans.overview.layout import Page, labelled, line, row, section, subheading
from riv_careplans.overview.parties import names_text
from riv_careplans.overview.view import Help, NamedParty, NextStepView, Phase, TimedItem
from riv_careplans.swedish.dates import day_text, in_words
from riv_careplans.swedish.words import ACTIVITY_STATUS, INITIATOR, Audience, upper_first

__all__ = ["DISPUTED", "coming_section", "help_section", "next_section", "next_step_row", "past_section"]

_NEAREST = 3
"""So many of the next occurrences are told; the JSON has all."""

DISPUTED = "OBS! Uppgifterna stämmer inte överens, se ovan."
"""The mark on a row that takes part in a contradiction; the contradictions stand before all such rows."""


def next_section(page: Page) -> list[RenderableType]:
    """Set the next thing with a date, and what was agreed on."""
    overview = page.overview
    rows: list[RenderableType] = []
    if overview.next_time is not None:
        rows.append(_timed_row(page, overview.next_time))
    if overview.next_steps:
        rows.append(subheading("Nästa steg enligt överenskommelserna"))
        rows.extend(next_step_row(page, step) for step in overview.next_steps)
    return section("Nästa steg", rows)


def next_step_row(page: Page, step: NextStepView) -> RenderableType:
    """Set one step that was agreed on."""
    initiative = INITIATOR[page.overview.audience][step.initiator] if step.initiator is not None else None
    when = step.when.text if step.when is not None else "tiden är inte bestämd"
    beside = ", ".join(filter(None, (when, initiative)))
    return row(line(step.text, f" ({beside})", page.cite(step.citations)))


def coming_section(page: Page) -> list[RenderableType]:
    """Set the times ahead: dated, roughly known, and what goes on now."""
    overview = page.overview
    return [
        *section("Kommande tider", (_timed_row(page, item) for item in overview.coming)),
        *section("Ungefärliga tider", (_timed_row(page, item) for item in overview.approximate)),
        *section("Pågår nu", (_timed_row(page, item) for item in overview.ongoing)),
    ]


def past_section(page: Page) -> list[RenderableType]:
    """Set the times that have been, without what mattered before them."""
    return section("Tider som har varit", (_past_row(page, item) for item in page.overview.past))


def _past_row(page: Page, item: TimedItem) -> RenderableType:
    details = [labelled("Plats", item.place), line(item.text) if item.text else None, *_marks(page, item)]
    return row(_head(page, item), details)


def _timed_row(page: Page, item: TimedItem) -> RenderableType:
    return row(
        _head(page, item),
        [
            line(item.text) if item.text else None,
            labelled("Förbered", item.preparation),
            labelled("Plats", item.place),
            *_who(item.performers, item.responsible),
            line(item.granted) if item.granted else None,
            labelled("Mål", in_words(item.goals)),
            *_marks(page, item),
        ],
    )


def _head(page: Page, item: TimedItem) -> Text:
    when = item.when.text if item.when is not None else None
    if when is None:
        when = "pågår" if item.status is ActivityStatus.ONGOING else "tiden står inte i planen"
    status = ACTIVITY_STATUS[item.status] if item.status is not None else None
    state = ", ".join(filter(None, (status, item.over)))
    style = "strike" if item.status is ActivityStatus.CANCELLED else "bold"
    return line(
        (f"{upper_first(when)}: {item.title}", style),
        f" ({state})" if state else "",
        page.cite(item.citations),
    )


def _marks(page: Page, item: TimedItem) -> Iterator[Text | None]:
    for differing in item.differing:
        yield line("OBS! En annan uppgift: ", differing.text, page.cite(differing.citations))
    if item.possibly_same:
        yield line("Kan vara samma tid som en annan rad.")
    if item.contradictions:
        yield line(DISPUTED)


def help_section(page: Page) -> list[RenderableType]:
    """Set what recurs: what others do, then what the patient does alone."""
    overview = page.overview
    by_others = [one for one in overview.weekly_help if not one.by_patient]
    by_patient = [one for one in overview.weekly_help if one.by_patient]
    who = "du" if overview.audience is Audience.PATIENT else "patienten"
    return [
        *section("Återkommande hjälp", _help_rows(page, by_others)),
        *section(f"Det här gör {who} själv, om och om igen", _help_rows(page, by_patient)),
    ]


def _help_rows(page: Page, helps: Iterable[Help]) -> Iterator[RenderableType]:
    for one in helps:
        status = f" ({ACTIVITY_STATUS[one.status]})" if one.status is ActivityStatus.ON_HOLD else ""
        yield row(
            line((one.sentence, "bold"), status, page.cite(one.citations)),
            [
                line(one.text) if one.text else None,
                labelled("Förbered", one.preparation),
                labelled("Börjar" if one.phase is Phase.COMING else "Från", _from(one)),
                labelled("Slutar", day_text(one.end) if one.end is not None else None),
                labelled("Närmaste gångerna", _nearest(one)),
                labelled("Plats", one.place),
                *_who(one.performers, one.responsible, by_patient=one.by_patient),
                line(one.granted) if one.granted else None,
                labelled("Mål", in_words(one.goals)),
                line(DISPUTED) if one.contradictions else None,
            ],
        )


def _from(one: Help) -> str | None:
    return day_text(one.start) if one.start is not None else None


def _nearest(one: Help) -> str | None:
    days = dict.fromkeys(occurrence[:10] for occurrence in one.occurrences[: _NEAREST * 4])
    return in_words(day_text(date.fromisoformat(day)) for day in [*days][:_NEAREST])


def _who(
    performers: Sequence[NamedParty], responsible: NamedParty | None, *, by_patient: bool = False
) -> Iterator[Text | None]:
    """Name who does it and who is responsible; the heading says it of what the patient does alone."""
    if responsible is not None and performers == (responsible,):
        own = by_patient and responsible.kind is PartyKind.PATIENT
        yield labelled("Ansvarig" if own else "Utförs av och ansvarig", responsible.name)
        return
    if not by_patient:
        yield labelled("Utförs av", names_text(performers, "dig själv"))
    yield labelled("Ansvarig", responsible.name if responsible else None)
