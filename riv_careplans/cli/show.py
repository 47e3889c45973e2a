"""Commands that ask: fetch from every source, build the overview, print it.

What asks and what shows is loaded late: the demo's processes start meanwhile.
"""

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
from riv_careplans.cli.language import Language
from riv_careplans.identity import PersonId
from riv_careplans.model import II
from riv_careplans.settings import AskSettings, IndexAddress, ProducerAddress, load

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
    with _Progress(starting) as progress, demo.started_scenario(chosen) as started:
        # What asks is loaded while the systems start.
        from riv_careplans.cli.asking import asked, print_overview, save_documents

        running = started.ready()
        sources = tuple(
            ProducerAddress(
                logical_address=one.system.logical_address,
                url=one.url,
                name=one.system.name,
                contract=one.system.contract,
            )
            for one in running.systems
        )
        index = IndexAddress(url=running.index_url, logical_address=demo.INDEX)
        answer = asked(say, AskSettings(sources=sources, index=index), demo.PATIENT, progress.show)
        progress.stop()
        print_overview(answer, patient=demo.PATIENT, style=style, today=today, since=since, audience=audience)
        save_documents(say, answer, patient=demo.PATIENT, today=today, audience=audience, folder=documents)
        if not once:
            _wait(say, sources, index)
    return 0


def _wait(say: Language, sources: Sequence[ProducerAddress], index: IndexAddress) -> None:
    """Say where the systems and their index listen, and keep them running until Ctrl-C."""
    lines = [f"  {source.url}  GetCarePlans {source.contract}  {source.name}" for source in sources]
    click.echo("\n" + say("Källsystemen svarar på:", "The source systems answer at:"), err=True)
    click.echo("\n".join(lines), err=True)
    click.echo(say("Engagemangsindex svarar på:", "The engagement index answers at:"), err=True)
    click.echo(f"  {index.url}  FindContent 1.0  {index.logical_address}", err=True)
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
    from riv_careplans.cli.asking import asked, print_overview, save_documents

    chosen = load(settings, AskSettings)
    person = PersonId.parse(sys.stdin.readline() if patient == "-" else patient)
    identity = II(root=person.root, extension=person.extension)
    with _Progress(say("Frågar källsystemen …", "Asking the source systems …")) as progress:
        answer = asked(say, chosen, identity, progress.show)
    day = today or datetime.now(_STOCKHOLM).date()
    print_overview(answer, patient=identity, style=style, today=day, since=since, audience=audience)
    save_documents(say, answer, patient=identity, today=day, audience=audience, folder=documents)
    return 0 if all(outcome.whole for outcome in answer.outcomes) else _INCOMPLETE


def run_schema() -> int:
    """Print the overview's JSON Schema."""
    from riv_careplans.overview import overview_schema

    click.echo(json.dumps(overview_schema(), indent=2, ensure_ascii=False))
    return 0


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
