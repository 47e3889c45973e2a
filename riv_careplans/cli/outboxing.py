"""Commands about what the engagement index is told: the outbox, and telling everything anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riv_careplans.cli.language import Language
from riv_careplans.cli.spoken import SpokenCommand, SpokenGroup
from riv_careplans.errors import ConfigurationError

if TYPE_CHECKING:
    from riv_careplans.outbox import Outbox

__all__ = ["outbox", "reindex"]

_WAITING = 1
"""The exit code when the index has not been told everything."""


def outbox(say: Language) -> click.Group:
    """Make the group `outbox`."""
    group = SpokenGroup(
        say=say,
        name="outbox",
        help=say(
            "Se och sköt det som engagemangsindex ska få veta.",
            "See and mend what the engagement index is to be told.",
        ),
    )
    texts: dict[str, tuple[Callable[[Language, Outbox], int], str]] = {
        "status": (
            _status,
            say(
                "Visa vad som väntar, vad som har lagts åt sidan och varför. Slutar med 1 när något gör det.",
                "Show what waits, what is set aside and why. Exits with 1 when something is.",
            ),
        ),
        "send": (
            _send,
            say(
                "Skicka det som väntar nu. Slutar med 1 när index inte tog emot allt.",
                "Send what waits, now. Exits with 1 when the index did not take it all.",
            ),
        ),
        "retry": (
            _retry,
            say(
                "Låt det som har lagts åt sidan vänta på nytt, när orsaken är avhjälpt.",
                "Let what is set aside wait again, when its cause has been mended.",
            ),
        ),
        "drop": (
            _drop,
            say(
                "Glöm det som har lagts åt sidan. Frågar först; reindex tar tillbaka det.",
                "Forget what is set aside. Asks first; reindex brings it back.",
            ),
        ),
    }
    for name, (work, told) in texts.items():
        group.add_command(_command(say, name, told, work))
    return group


def _settings_option(say: Language) -> click.Option:
    return click.Option(
        ["--settings"],
        required=True,
        type=click.Path(path_type=Path),
        metavar=say("FIL", "FILE"),
        help=say(
            "Producentens inställningar (TOML), med tabellen [index].",
            "The producer's settings (TOML), with the table [index].",
        ),
    )


def _command(say: Language, name: str, told: str, work: Callable[[Language, Outbox], int]) -> click.Command:
    def run(settings: Path, *, yes: bool = False) -> int:
        if name == "drop" and not yes:
            asked = say("Glömma allt som har lagts åt sidan?", "Forget everything that is set aside?")
            click.confirm(asked, abort=True, err=True)
        return work(say, _opened(settings))

    params: list[click.Parameter] = [_settings_option(say)]
    if name == "drop":
        params.append(click.Option(["--yes"], is_flag=True, help=say("Fråga inte.", "Do not ask.")))
    return SpokenCommand(say=say, name=name, params=params, callback=run, help=told)


def _opened(settings: Path) -> Outbox:
    from riv_careplans.outbox import Outbox
    from riv_careplans.settings import ProducerSettings, load

    index = load(settings, ProducerSettings).index
    if index is None:
        raise ConfigurationError(f"{settings}: the table [index] is missing: it says where the index is")
    return Outbox(index)


def _status(say: Language, box: Outbox) -> int:
    status = box.status()
    age = timedelta(seconds=round(box.age()))
    click.echo(say(f"Väntar: {status.waiting}", f"Waiting: {status.waiting}"))
    if status.waiting:
        click.echo(say(f"Äldst har väntat: {age}", f"The oldest has waited: {age}"))
    click.echo(say(f"Lagda åt sidan: {status.set_aside}", f"Set aside: {status.set_aside}"))
    for problem, posts in status.problems.items():
        click.echo(f"  {posts} × {problem}")
    click.echo(say(f"Index vet om: {status.told}", f"The index knows of: {status.told}"))
    return _WAITING if status.waiting or status.set_aside else 0


def _send(say: Language, box: Outbox) -> int:
    done = box.send()
    if not done:
        click.echo(
            say(
                f"Index har inte tagit emot allt: {box.problem}",
                f"The index has not taken all: {box.problem}",
            ),
            err=True,
        )
    return _status(say, box) if done else _WAITING


def _retry(say: Language, box: Outbox) -> int:
    again = box.retry()
    click.echo(say(f"{again} väntar på nytt.", f"{again} wait again."))
    return 0


def _drop(say: Language, box: Outbox) -> int:
    dropped = box.drop()
    click.echo(say(f"{dropped} är glömda.", f"{dropped} are forgotten."))
    return 0


# --- reindex ------------------------------------------------------------------------------------


def reindex(say: Language) -> click.Command:
    """Make the command `reindex`."""

    def run(settings: Path, directory: Path | None, source: str | None) -> int:
        return _reindex(say, settings, directory=directory, source=source)

    return SpokenCommand(
        say=say,
        name="reindex",
        params=[
            _settings_option(say),
            click.Option(
                ["--directory"],
                type=click.Path(path_type=Path, file_okay=False),
                metavar=say("MAPP", "DIR"),
                help=say("Källan är XML-filerna i en mapp.", "The source is the XML files of a folder."),
            ),
            click.Option(
                ["--source"],
                metavar=say("MODUL:OBJEKT", "MODULE:OBJECT"),
                help=say(
                    "Källan är ett eget objekt med metoden patients().",
                    "The source is an object of your own with the method patients().",
                ),
            ),
        ],
        callback=run,
        help=say(
            "Berätta allt för engagemangsindex på nytt: vilka källan har något om, och sedan när.\n\n"
            "De som index vet om men källan inte längre har tas bort. Slutar med 1 när index inte tog emot "
            "allt; resten väntar i outboxen.",
            "Tell the engagement index everything anew: whom the source has something about, and since when."
            "\n\nThose that the index knows of and the source no longer has are removed. Exits with 1 when "
            "the index did not take it all; the rest waits in the outbox.",
        ),
    )


def _reindex(say: Language, settings: Path, *, directory: Path | None, source: str | None) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from riv_careplans.cli.serving import chosen_source
    from riv_careplans.exchange import IndexedSource

    served = chosen_source(say, directory=directory, source=source)
    if not isinstance(served, IndexedSource):
        raise ConfigurationError(
            f"--source: {source} has no method patients(), which gives (person id, time) for each patient"
        )
    box = _opened(settings)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(say("Patienter", "Patients"), total=None)
        done = 0
        for done in box.reindex(served.patients()):
            progress.update(task, completed=done)
        progress.update(task, description=say("Skickar", "Sending"))
        box.send()
    click.echo(say(f"{done} patienter.", f"{done} patients."))
    if box.problem:
        click.echo(
            say(
                f"Index har inte tagit emot allt: {box.problem}",
                f"The index has not taken all: {box.problem}",
            ),
            err=True,
        )
    return _status(say, box)
