"""The sections about people: contacts, signs to look out for, and what does not agree. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from rich.console import RenderableType
from rich.text import Text

from riv_careplans.codes import ChannelSystem, RiskLevel
from riv_careplans.model import DatePeriod
from riv_careplans.overview.layout import Page, labelled, line, row, section, subheading
from riv_careplans.overview.text_times import DISPUTED
from riv_careplans.overview.view import ActionView, ChannelView, Contact, Phase, RiskView, StatementView
from riv_careplans.swedish.dates import day_text, in_words, period_text
from riv_careplans.swedish.words import CHANNEL_SYSTEM, RISK_LEVEL, URGENCY, lower_first, upper_first

__all__ = ["contacts_section", "contradictions_section", "risks_section", "statement_lines", "units_section"]

_COLOURS = {RiskLevel.RED: "bold red", RiskLevel.YELLOW: "bold yellow", RiskLevel.GREEN: "bold green"}


# --- contacts -----------------------------------------------------------------------------------


def contacts_section(page: Page) -> list[RenderableType]:
    """Set the contacts: fixed ones first, past ones last."""
    contacts = page.overview.contacts
    groups = (
        ("Fasta kontakter", [one for one in contacts if one.phase is Phase.CURRENT and one.fixed]),
        ("Andra kontakter", [one for one in contacts if one.phase is Phase.CURRENT and not one.fixed]),
        ("Kommande kontakter", [one for one in contacts if one.phase is Phase.COMING]),
        ("Tidigare kontakter", [one for one in contacts if one.phase is Phase.PAST]),
    )
    rows: list[RenderableType] = []
    for title, members in groups:
        if members:
            rows.append(subheading(title))
            rows.extend(_contact_row(page, contact) for contact in members)
    return section("Kontakter", rows)


def _contact_row(page: Page, contact: Contact) -> RenderableType:
    name = contact.name or contact.unit or "Namnet är inte känt"
    title = f", {lower_first(contact.title)}" if contact.title and contact.title != contact.role else ""
    past = contact.phase is Phase.PAST
    return row(
        line((f"{contact.role}: ", "bold"), (name, "bold"), title, page.cite(contact.citations)),
        [
            line(contact.unit) if contact.unit and contact.unit != name else None,
            labelled("Team", contact.team),
            labelled("Gäller", _period(contact.start, contact.end)),
            labelled("Hjälper till med", contact.helps_with),
            None if past else labelled("Ta kontakt", contact.contact_when),
            None if past else labelled("Svarar", contact.response_time),
            *(() if past else map(_channel_line, (*contact.channels, *contact.unit_channels))),
            line(contact.note) if contact.note else None,
            *(() if past else _differing_lines(page, contact)),
            line("Kan vara samma person som en annan rad.") if contact.possibly_same else None,
            line(DISPUTED) if contact.contradictions else None,
        ],
    )


def _differing_lines(page: Page, contact: Contact) -> Iterator[Text]:
    for differing in contact.differing:
        yield line("OBS! En annan uppgift: ", differing.text, page.cite(differing.citations))


def units_section(page: Page) -> list[RenderableType]:
    """Set how to reach the units, which may be all that says how to reach anybody."""
    rows = (
        row(line((unit.name, "bold"), page.cite(unit.citations)), [*map(_channel_line, unit.channels)])
        for unit in page.overview.units
    )
    return section("Enheternas kontaktuppgifter", rows)


def _period(start: date | None, end: date | None) -> str | None:
    return period_text(DatePeriod(start=start, end=end)) if start is not None else None


def _channel_line(channel: ChannelView) -> Text:
    label = f" ({channel.label})" if channel.label else ""
    hours = f": {in_words(channel.hours)}" if channel.hours else ""
    return line((f"{CHANNEL_SYSTEM[channel.system]} ", "bold"), channel.value, label, hours)


# --- signs to look out for ----------------------------------------------------------------------


def risks_section(page: Page) -> list[RenderableType]:
    """Set the risks, red first."""
    return section("Varningstecken och vad man gör", (_risk_row(page, risk) for risk in page.overview.risks))


def _risk_row(page: Page, risk: RiskView) -> RenderableType:
    signs = [
        line((f"{RISK_LEVEL[one.level]}: ", _COLOURS[one.level]) if one.level else "", one.text)
        for one in risk.triggers
    ]
    first, *others = signs or [line("Tecknet är inte angivet")]
    first.append_text(line(page.cite(risk.citations)))
    return row(
        first,
        [
            *others,
            *(_action_row(page, action) for action in risk.actions),
            labelled("Överenskommet", day_text(risk.agreed) if risk.agreed else None),
            labelled("Ses över", day_text(risk.review) if risk.review else None),
        ],
        sign="!",
    )


def _action_row(page: Page, action: ActionView) -> RenderableType:
    urgency = URGENCY[action.urgency] if action.urgency is not None else "gör så här"
    contact = page.contacts.get(action.contact or "")
    return row(
        line((f"{upper_first(urgency)}: ", "bold"), action.text),
        [
            labelled("Görs av", action.performer.name if action.performer else None),
            *(_reach_lines(contact) if contact is not None else ()),
        ],
        sign="→",
    )


def _reach_lines(contact: Contact) -> Iterator[Text]:
    """Give the numbers to call, where they are needed."""
    for channel in contact.channels:
        if channel.system is ChannelSystem.PHONE:
            yield line(f"{contact.name or contact.role}, ", _channel_line(channel).plain)


# --- what does not agree ------------------------------------------------------------------------


def contradictions_section(page: Page) -> list[RenderableType]:
    """Set what records contradict each other in, with every side's words."""
    rows: list[RenderableType] = [
        row(line((one.sentence, "bold")), [*statement_lines(page, one.statements)], sign="!")
        for one in page.overview.contradictions
    ]
    if rows:
        rows.append(
            line("Fråga någon av kontakterna vad som gäller; översikten avgör inte vem som har rätt.")
        )
    return section("Uppgifter som inte stämmer överens", rows)


def statement_lines(page: Page, statements: Iterable[StatementView]) -> Iterator[RenderableType]:
    """Set what each side says."""
    for one in statements:
        giver = f" ({one.care_giver})" if one.care_giver != one.said_by else ""
        yield row(
            line((one.said_by, "bold"), giver, f" säger: {one.value}", page.cite([one.citation])),
            [
                labelled("När", one.when),
                line(f"Enligt ”{page.title(one.citation)}”, senast ändrad {day_text(one.updated.date())}."),
            ],
            sign="–",
        )
