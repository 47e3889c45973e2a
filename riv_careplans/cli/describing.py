"""The command that writes the contract description."""

from __future__ import annotations

from pathlib import Path

import click

from riv_careplans.cli.language import Language
from riv_careplans.cli.spoken import SpokenCommand

__all__ = ["contract_description"]


def contract_description(say: Language) -> click.Command:
    """Make the command."""

    def run(output: Path | None) -> int:
        from riv_careplans.description import describe

        text = describe()
        if output is None:
            click.echo(text, nl=False)
        else:
            output.write_text(text, encoding="utf-8")
        return 0

    return SpokenCommand(
        say=say,
        name="contract-description",
        params=[
            click.Option(
                ["--output"],
                type=click.Path(path_type=Path, dir_okay=False),
                metavar=say("FIL", "FILE"),
                help=say("Fil att skriva; annars standard ut.", "File to write; else standard output."),
            ),
        ],
        callback=run,
        help=say(
            "Skriv tjänstekontraktsbeskrivningen (TKB) för GetCarePlans 3.0 som Markdown.\n\n"
            "Tabellerna kommer ur schemat, reglerna och exemplen ur biblioteket.",
            "Write the contract description (TKB) of GetCarePlans 3.0 as Markdown, in Swedish.\n\n"
            "Its tables come from the schema, its rules and examples from the library.",
        ),
    )
