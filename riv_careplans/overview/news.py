"""What is new since a day: records, contacts and times. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from riv_careplans.aggregate.collation import swedish_key
from riv_careplans.overview.entries import Entry, sorted_citations
from riv_careplans.overview.view import Contact, NewsItem, NewsKind, TimedItem
from riv_careplans.swedish.dates import day_text
from riv_careplans.swedish.words import lower_first

__all__ = ["news_of"]

_ORDER_OF_KINDS = {kind: number for number, kind in enumerate(NewsKind)}


def news_of(
    entries: Sequence[Entry],
    contacts: Iterable[Contact],
    ahead: Iterable[TimedItem],
    *,
    since: date | None,
    today: date,
) -> tuple[NewsItem, ...]:
    """Tell what is new, the newest first; nothing without a day to count from.

    The day itself is included: what changed later that day must not be missed. `ahead` is all that
    lies ahead on the timeline.
    """
    if since is None:
        return ()
    known_by = {
        entry.number: entry.record.header.record.updated_time.date()
        for entry in entries
        if (created := _created(entry)) is not None and created >= since
    }
    news = [
        *_joined(item for entry in entries for item in _record_news(entry, since)),
        *(item for contact in contacts for item in _contact_news(contact, since, today)),
        *(item for timed in ahead for item in _time_news(timed, known_by)),
    ]
    news.sort(
        key=lambda item: (_ORDER_OF_KINDS[item.kind], swedish_key(item.text), item.citations[0].provenance)
    )
    return tuple(sorted(news, key=lambda item: item.date, reverse=True))


def _created(entry: Entry) -> date | None:
    created = entry.record.header.record.created_time
    return created.date() if created is not None else None


def _record_news(entry: Entry, since: date) -> Iterator[NewsItem]:
    """Tell when a record was made and when it was last changed, each by its own day.

    `changeSummary` is about the last change: it stands with the record's making only on the same day.
    """
    record = entry.record.header.record
    updated, created = record.updated_time.date(), _created(entry)
    summaries = (record.change_summary,) if record.change_summary else ()
    if created is not None and created >= since:
        yield NewsItem(
            kind=NewsKind.NEW_RECORD,
            date=created,
            text=f"Nytt: {entry.title}",
            summaries=summaries if updated <= created else (),
            citations=(entry.cite(),),
        )
    if updated >= since and (created is None or updated > created or created < since):
        yield NewsItem(
            kind=NewsKind.CHANGED_RECORD,
            date=updated,
            text=f"Ändrat: {entry.title}",
            summaries=summaries,
            citations=(entry.cite(),),
        )


def _joined(items: Iterable[NewsItem]) -> Iterator[NewsItem]:
    """Put together what is new in the parts of one plan on one day, with each part's own words."""
    together: dict[object, list[NewsItem]] = defaultdict(list)
    for item in items:
        together[item.kind, item.date, item.text].append(item)
    for same in together.values():
        yield replace(
            same[0],
            summaries=tuple(dict.fromkeys(words for item in same for words in item.summaries)),
            citations=sorted_citations(citation for item in same for citation in item.citations),
        )


def _contact_news(contact: Contact, since: date, today: date) -> Iterator[NewsItem]:
    """Tell of contacts that began, or are not any more, since the day."""
    name = contact.name or contact.unit or contact.role
    role = f"{name} ({lower_first(contact.role)})" if name != contact.role else name
    if contact.start is not None and since <= contact.start <= today:
        yield NewsItem(
            kind=NewsKind.NEW_CONTACT,
            date=contact.start,
            text=f"Ny kontakt: {role}, från {day_text(contact.start)}",
            summaries=(),
            citations=contact.citations,
        )
    if contact.end is not None and since <= contact.end < today:
        yield NewsItem(
            kind=NewsKind.ENDED_CONTACT,
            date=contact.end + timedelta(days=1),
            text=f"Inte längre kontakt: {role}, till och med {day_text(contact.end)}",
            summaries=(),
            citations=contact.citations,
        )


def _time_news(item: TimedItem, known_by: Mapping[int, date]) -> Iterator[NewsItem]:
    """Tell of a time ahead that only new records know of: when it was set in an old one, nobody knows."""
    days = [known_by.get(citation.provenance) for citation in item.citations]
    if item.when is not None and None not in days:
        yield NewsItem(
            kind=NewsKind.NEW_TIME,
            date=min(day for day in days if day is not None),
            text=f"Ny tid: {item.title}, {item.when.text}",
            summaries=(),
            citations=item.citations,
        )
