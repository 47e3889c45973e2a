"""The command `new-producer`: a vendor's own producer project, in a folder."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from riv_careplans.cli.language import Language
from riv_careplans.cli.spoken import SpokenCommand
from riv_careplans.errors import ConfigurationError
from riv_careplans.identity import is_hsa_id

if TYPE_CHECKING:
    from riv_careplans.kit import Project, Step

__all__ = ["new_producer"]

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_NAME: Final = 31
"""It is a system user's name too."""
_EXAMPLE_ADDRESS: Final = "SE2329999995-JOURNAL"


def new_producer(say: Language) -> click.Command:
    """Make the command `new-producer`."""

    def run(
        folder: Path,
        *,
        from_csv: bool,
        from_sql: bool,
        name: str | None,
        logical_address: str | None,
        dry_run: bool,
        diff: bool,
    ) -> int:
        if from_csv and from_sql:
            raise click.UsageError(
                say("ange --from-csv eller --from-sql, inte båda", "give --from-csv or --from-sql, not both")
            )
        asked = "csv" if from_csv else "sql" if from_sql else None
        project = _project(folder, asked=asked, name=name, logical_address=logical_address)
        return _make(say, project, folder, dry_run=dry_run or diff, diff=diff)

    return SpokenCommand(
        say=say,
        name="new-producer",
        params=_params(say),
        callback=run,
        help=say(
            "Skriv ett eget producentprojekt i en mapp: en metod att fylla i, tester, drift.\n\n"
            "Projektet går att köra som det är, på påhittade planer. I ett projekt som finns skrivs bara det "
            "som är verktygets; det som är ditt skrivs aldrig över, och nya förslag läggs bredvid: FIL.new.",
            "Write a producer project of your own into a folder: one method to fill in, settings, tests and "
            "operation.\n\nIt runs as it is, on made-up plans. In a project that exists only what is the "
            "tool's is written; what is yours is never written over, and new proposals are laid beside as "
            "FILE.new.",
        ),
        epilog="riv-careplans new-producer my-producer --from-sql --logical-address SE2329999995-JOURNAL",
    )


def _params(say: Language) -> list[click.Parameter]:
    return [
        click.Argument(["folder"], metavar=say("MAPP", "DIR"), type=click.Path(path_type=Path)),
        click.Option(
            ["--from-csv"],
            is_flag=True,
            help=say("Planerna finns i en mapp med CSV-filer.", "The plans are in a folder of CSV files."),
        ),
        click.Option(
            ["--from-sql"],
            is_flag=True,
            help=say(
                "Planerna finns i en databas (SQLAlchemy).", "The plans are in a database (SQLAlchemy)."
            ),
        ),
        click.Option(
            ["--name"],
            metavar=say("NAMN", "NAME"),
            help=say(
                "Projektets och tjänstens namn; annars mappens.",
                "The project's and the service's name; else the folder's.",
            ),
        ),
        click.Option(
            ["--logical-address"],
            metavar="HSA-ID",
            help=say(
                f"Källsystemets HSA-id; annars exemplets, {_EXAMPLE_ADDRESS}.",
                f"The source system's HSA-id; else the example's, {_EXAMPLE_ADDRESS}.",
            ),
        ),
        click.Option(
            ["--dry-run"],
            is_flag=True,
            help=say("Säg vad som skulle göras; skriv ingenting.", "Say what would be done; write nothing."),
        ),
        click.Option(
            ["--diff"],
            is_flag=True,
            help=say(
                "Visa dessutom skillnaderna, rad för rad; skriv ingenting.",
                "Show the differences too, line by line; write nothing.",
            ),
        ),
    ]


def _project(folder: Path, *, asked: str | None, name: str | None, logical_address: str | None) -> Project:
    """Put together what is asked for and what the folder remembers; raises `ConfigurationError`."""
    from riv_careplans.kit import Project, Variant, known_project

    known = known_project(folder)
    if known and asked and asked != known.variant:
        made = {"plain": "without --from-csv and --from-sql"}.get(known.variant, f"--from-{known.variant}")
        raise ConfigurationError(f"{folder}: the project was made {made}: make another one in another folder")
    chosen_name = name or (known.name if known else _name_of(folder))
    if not _NAME.fullmatch(chosen_name) or len(chosen_name) > _LONGEST_NAME:
        raise ConfigurationError(
            f"--name: expected at most {_LONGEST_NAME} small letters, digits and hyphens, a letter first"
        )
    address = logical_address or (known.logical_address if known else _EXAMPLE_ADDRESS)
    if not is_hsa_id(address):
        raise ConfigurationError(f"--logical-address: expected an HSA-id, such as {_EXAMPLE_ADDRESS}")
    return Project(
        name=chosen_name,
        logical_address=address,
        variant=Variant(asked or (known.variant if known else "plain")),
        version=version("riv-careplans"),
    )


def _name_of(folder: Path) -> str:
    words = re.findall(r"[a-z0-9]+", folder.resolve().name.lower())
    name = "-".join(words)[:_LONGEST_NAME].strip("-")
    return name if _NAME.fullmatch(name) else "producer"


def _make(say: Language, project: Project, folder: Path, *, dry_run: bool, diff: bool) -> int:
    from riv_careplans.kit import carry_out, known_project, propose, steps_for

    is_new = known_project(folder) is None
    proposals = propose(project)
    steps = steps_for(proposals, folder)
    if not dry_run:
        carry_out(project, proposals, steps, folder)
    for step in steps:
        if line := _told(say, step):
            click.echo(line)
        if diff:
            click.echo("".join(_differences(step)), nl=False)
    if not any(map(_changes, steps)):
        click.echo(say("Ingenting är nytt.", "Nothing is new."))
    if dry_run:
        click.echo(say("Ingenting är skrivet.", "Nothing is written."))
    elif is_new:
        where = shlex.quote(str(folder))
        click.echo()
        click.echo(say("Kör producenten:", "Run the producer:") + f"  cd {where} && make run")
        click.echo(
            say("Fyll sedan i:    ", "Then fill in:     ") + "  source.py (DECIDE), journal.py, settings.toml"
        )
    return 0


def _changes(step: Step) -> bool:
    from riv_careplans.kit import Action

    return step.action not in (Action.KEEP, Action.LEAVE_OUT)


def _told(say: Language, step: Step) -> str:
    """Say what is done with a file; nothing for what stays as it is."""
    from riv_careplans.kit import Action

    words = {
        Action.CREATE: say("ny          ", "new         "),
        Action.UPDATE: say("gjord om    ", "made anew   "),
        Action.REPLACE: say("gjord om    ", "made anew   "),
        Action.PROPOSE: say("nytt förslag", "proposed    "),
        Action.LEAVE_OUT: say("borttagen   ", "removed     "),
    }
    notes = {
        Action.REPLACE: say(
            f" (den var ändrad: ändringen ligger i {step.path}.old)",
            f" (it was edited: what was there is in {step.path}.old)",
        ),
        Action.PROPOSE: say(" (din egen fil är orörd)", " (your own file is untouched)"),
        Action.LEAVE_OUT: say(" av dig; skrivs inte igen", " by you; not written again"),
    }
    if step.action is Action.KEEP:
        return ""
    return f"{words[step.action]}  {step.path}{notes.get(step.action, '')}"


def _differences(step: Step) -> Iterator[str]:
    from riv_careplans.kit import Action

    if step.action in (Action.UPDATE, Action.REPLACE, Action.PROPOSE):
        before, after = (
            data.decode(errors="replace").splitlines(keepends=True) for data in (step.before, step.after)
        )
        now = step.path.removesuffix(".new") if step.action is Action.PROPOSE else step.path
        yield from difflib.unified_diff(before, after, now, step.path)
