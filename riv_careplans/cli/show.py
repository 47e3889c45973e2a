"""Commands that ask: fetch from every source, build the overview, print it."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.status import Status

from riv_careplans import demo
from riv_careplans.aggregate import AggregatedSource, NamedSource
from riv_careplans.cli.language import Language
from riv_careplans.consumer import RemoteSource
from riv_careplans.errors import ConfigurationError
from riv_careplans.exchange import Answer, Outcome, Query
from riv_careplans.identity import PersonId
from riv_careplans.model import II
from riv_careplans.overview import (
    Audience,
    as_json,
    as_text,
    build_overview,
    documents_of,
    overview_schema,
    render,
)
from riv_careplans.settings import AskSettings, ProducerAddress, load

__all__ = ["run_ask", "run_demo", "run_schema"]

_STOCKHOLM = ZoneInfo("Europe/Stockholm")
_INCOMPLETE = 1


def run_demo(
    say: Language,
    *,
    variant: str,
    once: bool,
    today: date,
    style: str,
    since: date | None,
    audience: str,
    documents: Path | None,
) -> int:
    """Run the scenario's systems, ask them, print the overview; go on until Ctrl-C unless `once`."""
    chosen = demo.variant(variant)
    starting = say("Startar Astas fem källsystem …", "Starting Asta's five source systems …")
    with _Progress(starting) as progress, demo.running_systems(chosen) as running:
        sources = tuple(
            ProducerAddress(
                logical_address=one.system.logical_address,
                url=one.url,
                name=one.system.name,
                contract=one.system.contract,
            )
            for one in running
        )
        answer = _asked(say, AskSettings(sources=sources), demo.PATIENT, progress)
        progress.stop()
        _print(answer, patient=demo.PATIENT, style=style, today=today, since=since, audience=audience)
        _save_documents(say, answer, patient=demo.PATIENT, today=today, audience=audience, folder=documents)
        if not once:
            _wait(say, sources)
    return 0


def _wait(say: Language, sources: Sequence[ProducerAddress]) -> None:
    """Say where the systems listen, and keep them running until Ctrl-C."""
    lines = [f"  {source.url}  GetCarePlans {source.contract}  {source.name}" for source in sources]
    click.echo("\n" + say("Källsystemen svarar på:", "The source systems answer at:"), err=True)
    click.echo("\n".join(lines), err=True)
    click.echo(say("Ctrl-C avslutar.", "Ctrl-C ends."), err=True)
    threading.Event().wait()


def run_ask(
    say: Language,
    *,
    settings: Path,
    patient: str,
    today: date | None,
    style: str,
    since: date | None,
    audience: str,
    documents: Path | None,
) -> int:
    """Ask the sources of a settings file; 1 when the overview lacks something that one of them has."""
    chosen = load(settings, AskSettings)
    person = PersonId.parse(sys.stdin.readline() if patient == "-" else patient)
    identity = II(root=person.root, extension=person.extension)
    with _Progress(say("Frågar källsystemen …", "Asking the source systems …")) as progress:
        answer = _asked(say, chosen, identity, progress)
    day = today or datetime.now(_STOCKHOLM).date()
    _print(answer, patient=identity, style=style, today=day, since=since, audience=audience)
    _save_documents(say, answer, patient=identity, today=day, audience=audience, folder=documents)
    return 0 if all(outcome.whole for outcome in answer.outcomes) else _INCOMPLETE


def run_schema() -> int:
    """Print the overview's JSON Schema."""
    click.echo(json.dumps(overview_schema(), indent=2, ensure_ascii=False))
    return 0


def _asked(say: Language, settings: AskSettings, patient: II, progress: _Progress) -> Answer:
    """Ask every source and show on the way how many have answered."""
    sources = [
        NamedSource(logical_address=source.logical_address, name=source.name, source=RemoteSource(source))
        for source in settings.sources
    ]
    done: list[Outcome] = []

    def report(outcome: Outcome) -> None:
        done.append(outcome)
        progress.show(
            say(
                f"{len(done)} av {len(sources)} källor klara …",
                f"{len(done)} of {len(sources)} sources done …",
            )
        )

    aggregated = AggregatedSource(
        sources, deadline=settings.deadline, max_parallel=settings.max_parallel, on_outcome=report
    )
    return aggregated.care_plans(Query(patient_id=patient))


def _print(
    answer: Answer, *, patient: II, style: str, today: date, since: date | None, audience: str
) -> None:
    shown = build_overview(answer, patient_id=patient, today=today, audience=Audience(audience), since=since)
    if style == "json":
        click.echo(as_json(shown))
    elif sys.stdout.isatty():
        Console(highlight=False).print(render(shown))
    else:
        click.echo(as_text(shown), nl=False)


def _save_documents(
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


class _Progress(AbstractContextManager["_Progress"]):
    """A line on standard error that says what is going on, on a terminal only."""

    def __init__(self, text: str) -> None:
        console = Console(stderr=True)
        self._status = Status(text, console=console) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._status:
            self._status.start()
        return self

    def show(self, text: str) -> None:
        """Replace the line."""
        if self._status:
            self._status.update(text)

    def stop(self) -> None:
        """Take the line away, before something is printed."""
        if self._status:
            self._status.stop()

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
