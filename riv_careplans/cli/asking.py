"""Asking the sources, and what is shown of their answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from time import monotonic

import click
from rich.console import Console

from riv_careplans import bridge
from riv_careplans.aggregate import AggregatedSource, NamedSource, targets
from riv_careplans.cli.language import Language
from riv_careplans.consumer import RemoteSource
from riv_careplans.consumer.lookup import find_content
from riv_careplans.contracts.engagement_index import CARE_PLANS, Engagement, Search
from riv_careplans.errors import CarePlanError, ConfigurationError, InvalidAnswer, ProducerError
from riv_careplans.exchange import Answer, Outcome, Query
from riv_careplans.model import II
from riv_careplans.overview import Audience, as_json, as_text, build_overview, documents_of, render
from riv_careplans.settings import AskSettings, IndexAddress, ProducerAddress, is_address

__all__ = ["asked", "print_overview", "save_documents"]


def asked(say: Language, settings: AskSettings, patient: II, tell: Callable[[str], None]) -> Answer:
    """Ask every source that has something, and tell on the way how many have answered.

    Raises `CarePlanError` when the index that should say who has something does not.
    """
    began = monotonic()
    sources: Sequence[NamedSource] = [
        NamedSource(logical_address=source.logical_address, name=source.name, source=RemoteSource(source))
        for source in settings.sources
    ]
    if settings.index is not None:
        found = _engagements(say, settings.index, patient, timeout=settings.deadline)
        sources = targets(found, sources, own_addresses=settings.index.own_addresses)
    done: list[Outcome] = []

    def report(outcome: Outcome) -> None:
        done.append(outcome)
        tell(
            say(
                f"{len(done)} av {len(sources)} källor klara …",
                f"{len(done)} of {len(sources)} sources done …",
            )
        )

    # "one deadline for index and fan-out together"
    left = max(0.0, settings.deadline - (monotonic() - began))
    aggregated = AggregatedSource(
        sources, deadline=left, max_parallel=settings.max_parallel, on_outcome=report
    )
    return aggregated.care_plans(Query(patient_id=patient))


def _engagements(
    say: Language, index: IndexAddress, patient: II, *, timeout: float
) -> tuple[Engagement, ...]:
    """Ask the index; raises `CarePlanError`, because without its answer nothing can be claimed."""
    reached = ProducerAddress(
        logical_address=index.logical_address,
        url=index.url,
        certificate=index.certificate,
        key=index.key,
        authority=index.authority,
        connect_timeout=index.connect_timeout,
        timeout=min(index.timeout, timeout),
    )
    search = Search(patient_id=patient.extension or "", categorization=CARE_PLANS)
    try:
        found = bridge.run(lambda: find_content(reached, search))
        if problem := _misfit(search, found):
            raise InvalidAnswer(problem, logical_address=index.logical_address)
    except ProducerError as exc:
        told = say(
            "Engagemangsindex kunde inte säga vilka som har uppgifter, så inget visas",
            "The engagement index could not say who has something, so nothing is shown",
        )
        raise CarePlanError(f"{told}: {exc}") from None
    return found


def _misfit(search: Search, found: Sequence[Engagement]) -> str:
    """Say why posts are no answer to a search, or nothing: what does not fit must not be left out unsaid."""
    asked = search.service_domain, search.categorization
    if any((one.service_domain, one.categorization) != asked for one in found):
        return "answered about something else than care plans"
    if not all(is_address(one.source_system) for one in found):
        return "answered with a source system that is no address"
    return ""


def print_overview(
    answer: Answer, *, patient: II, style: str, today: date, since: date | None, audience: str
) -> None:
    """Print the overview of an answer, as a person or a program reads it."""
    shown = build_overview(answer, patient_id=patient, today=today, audience=Audience(audience), since=since)
    if style == "json":
        click.echo(as_json(shown))
    elif sys.stdout.isatty():
        Console(highlight=False).print(render(shown))
    else:
        click.echo(as_text(shown), nl=False)


def save_documents(
    say: Language, answer: Answer, *, patient: II, today: date, audience: str, folder: Path | None
) -> None:
    """Write the documents of the overview as files that only their owner reads, and say how many.

    Nothing is written over: a file of that name may be somebody else's document.
    """
    if folder is None:
        return
    found = documents_of(answer, patient_id=patient, today=today, audience=Audience(audience))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in found:
            file = folder / name
            file.touch(mode=0o600, exist_ok=False)
            file.write_bytes(content)
    except FileExistsError:
        told = say(
            f"{folder} har redan sparade dokument; välj en tom mapp.",
            f"{folder} has saved documents already; choose an empty folder.",
        )
        raise ConfigurationError(told) from None
    except OSError as exc:
        told = say(f"Det går inte att skriva i {folder}", f"Cannot write in {folder}")
        raise ConfigurationError(f"{told}: {exc.strerror}") from None
    told = say(f"Sparade dokument i {folder}: {len(found)}.", f"Documents saved in {folder}: {len(found)}.")
    click.echo(told, err=True)
