"""The sections about the records themselves: what is new, what looks alike, sources and provenance. Pure."""

from __future__ import annotations

from rich.console import RenderableType

from riv_careplans.overview.layout import Page, line, row, section
from riv_careplans.overview.view import Assumed, NewsItem, ProvenanceView
from riv_careplans.swedish.dates import day_and_clock, day_text, in_words
from riv_careplans.swedish.words import INFORMANT, LEGAL_BASIS, ORIGIN, SHARING, Audience

__all__ = ["news_section", "possibly_same_section", "provenance_section", "sources_section"]


_ASSUMED = {
    Assumed.STATUS: "planens läge",
    Assumed.SCOPE: "hur mycket den omfattar",
    Assumed.ORIGIN: "hur uppgiften har förts över",
}
"""What a source does not say."""


def news_section(page: Page) -> list[RenderableType]:
    """Set what is new, the newest first; that nothing is, only when a day to count from was given."""
    overview = page.overview
    if overview.since is None:
        return []
    rows = [_news_row(page, item) for item in overview.news]
    reservation = "." if not overview.missing_sources else " i det som kunde hämtas."
    return section(f"Nytt sedan {day_text(overview.since)}", rows or [line(f"Inget nytt{reservation}")])


def _news_row(page: Page, item: NewsItem) -> RenderableType:
    return row(
        line((f"{day_text(item.date).capitalize()}: {item.text}", "bold"), page.cite(item.citations)),
        [line(summary) for summary in item.summaries],
    )


def possibly_same_section(page: Page) -> list[RenderableType]:
    """Set what may be the same, but was not put together."""
    return section("Kan vara samma sak", (row(line(one.sentence)) for one in page.overview.possibly_same))


def sources_section(page: Page) -> list[RenderableType]:
    """Set every source that was asked, and what became of it."""
    return section(
        "Källor som har tillfrågats", (row(line(state.sentence)) for state in page.overview.sources)
    )


def provenance_section(page: Page) -> list[RenderableType]:
    """Set where every record comes from and who may see it. Privacy rule P10."""
    rows = (_provenance_row(page, one) for one in page.overview.provenance)
    return section("Varifrån uppgifterna kommer och vilka som får se dem", rows)


def _provenance_row(page: Page, record: ProvenanceView) -> RenderableType:
    audience = page.overview.audience
    giver = f" ({record.care_giver})" if record.care_unit is not None else ""
    told_by = in_words(INFORMANT[audience][informant] for informant in record.informants)
    told = f" Uppgifter från {told_by}." if told_by else ""
    signer = f" av {record.signer}" if record.signer else ""
    signed = f" Signerad {day_text(record.signed.date())}{signer}." if record.signed is not None else ""
    replaced = " Ersatt av en nyare." if record.replaced else ""
    return row(
        line((f"[{record.number}] {record.title}", "bold"), replaced),
        [
            line(f"{record.care_unit or record.care_giver}{giver}, {LEGAL_BASIS[record.legal_basis]}."),
            line(f"Källsystem: {record.source_system}{_origin(record)}."),
            line(f"Senast ändrad {day_and_clock(record.updated)}.{_author(record)}{signed}{told}"),
            line(
                f"Får ses av {_readers(record, audience)}. I vården och omsorgen: {SHARING[record.sharing]}."
            ),
        ],
    )


def _origin(record: ProvenanceView) -> str:
    """Say how the record got here, and what its contract has no words for."""
    origin = f"; {ORIGIN[record.origin]}" if record.origin is not None else ""
    unstated = in_words(_ASSUMED[one] for one in record.assumed)
    return f"{origin}. Källan anger inte {unstated}" if unstated else origin


def _author(record: ProvenanceView) -> str:
    """Say who wrote the record and where; the accountable unit is said already."""
    unit = record.author_unit if record.author_unit != record.care_unit else None
    written = f" av {record.author}" if record.author else ""
    if record.author and unit:
        return f" Skriven{written} ({unit})."
    return f" Skriven{written}." if written else f" Skriven på {unit}." if unit else ""


def _readers(record: ProvenanceView, audience: Audience) -> str:
    patient = "dig" if audience is Audience.PATIENT else "patienten"
    readers = [patient] if record.for_patient else []
    if record.for_representative:
        readers.append("ombud")
    return in_words(readers)
