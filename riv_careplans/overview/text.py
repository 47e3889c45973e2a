"""The overview as Swedish text for a terminal: what is missing first, then what a person asks about most.

Pure. Readable without colour and at 80 columns. The sections stand in `text_times`, `text_people` and
`text_plans`; here is their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.text import Text

from riv_careplans.overview.layout import Page, line
from riv_careplans.overview.text_people import (
    contacts_section,
    contradictions_section,
    risks_section,
    units_section,
)
from riv_careplans.overview.text_plans import (
    agreements_section,
    attachments_section,
    goals_section,
    important_section,
    plans_section,
)
from riv_careplans.overview.text_records import (
    news_section,
    possibly_same_section,
    provenance_section,
    sources_section,
)
from riv_careplans.overview.text_times import (
    coming_section,
    help_section,
    next_section,
    past_section,
)
from riv_careplans.overview.view import Overview, PlansKnown
from riv_careplans.swedish.dates import day_text
from riv_careplans.swedish.words import Audience

__all__ = ["as_text", "render"]

_SECTIONS = (
    next_section,
    contradictions_section,
    risks_section,
    contacts_section,
    units_section,
    coming_section,
    help_section,
    agreements_section,
    goals_section,
    important_section,
    news_section,
    plans_section,
    attachments_section,
    past_section,
    possibly_same_section,
    sources_section,
    provenance_section,
)


def render(overview: Overview) -> Group:
    """Set an overview for a rich console."""
    page = Page.of(overview)
    return Group(*_missing(page), *_title(page), *(part for section in _SECTIONS for part in section(page)))


def as_text(overview: Overview, *, width: int = 80) -> str:
    """Write an overview as plain text, with no colours and no blanks at the ends of lines."""
    console = Console(
        file=StringIO(),
        width=width,
        color_system=None,
        force_terminal=False,
        force_jupyter=False,
        highlight=False,
        no_color=True,
        # The environment is the shells' to read: a text is the same wherever it is written.
        _environ={},
    )
    with console.capture() as captured:
        console.print(render(overview))
    return "".join(f"{printed.rstrip()}\n" for printed in captured.get().splitlines())


def _missing(page: Page) -> Iterator[RenderableType]:
    """Say what is missing before anything else. Contract description, section 5, rule 6."""
    states = page.overview.missing_sources
    for state in states:
        yield line((state.sentence, "bold red"))
    if states:
        yield line("Det som står här kan därför vara ofullständigt eller inaktuellt.")
        yield Text()


def _title(page: Page) -> Iterator[RenderableType]:
    overview = page.overview
    yield line((f"Översikt över vård och omsorg för {overview.patient}", "bold"))
    reader = "dig" if overview.audience is Audience.PATIENT else "ombud"
    yield line(f"{day_text(overview.today).capitalize()}. Visas för {reader}.")
    if overview.sources and not overview.missing_sources:
        number = len(overview.sources)
        yield line("Källan svarade." if number == 1 else f"Alla {number} källor svarade.")
    if overview.provenance:
        yield line(
            "Siffror inom [ ] visar varifrån en uppgift kommer; listan står sist. Står en lag efter siffran,"
            " som i [1 HSL], hör uppgiften till den lagen och inte till planens egen."
        )
    match overview.plans_known:
        case PlansKnown.NONE:
            asked = "" if overview.sources else " Inga källor har tillfrågats."
            known = "finns" if overview.sources else "är kända"
            yield line(f"Inga planer eller överenskommelser {known}.{asked}")
        case PlansKnown.UNKNOWN:
            yield line(
                "Det går inte att säga om det finns några planer: inte alla källor har svarat fullt ut."
            )
        case PlansKnown.SOME:
            pass
