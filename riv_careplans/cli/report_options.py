"""The options of every command that gives a report: its formats, its files, and what fails it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from riv_careplans.cli.language import Language

__all__ = ["fail_on_option", "report_options"]

_FORMATS: Final = ("text", "json", "junit", "sarif", "html", "github")
"""Those of `riv_careplans.report.FORMATS`, which is imported only when a report is made."""


def report_options(say: Language) -> list[click.Parameter]:
    """Make `--format`, `--output` and `--quiet`."""
    return [
        click.Option(
            ["--format", "formats"],
            multiple=True,
            type=click.Choice(_FORMATS),
            help=say(
                "Rapportens format; kan anges flera gånger. Utan --output skrivs det på standard ut.",
                "Format of the report; may be given several times. Without --output it goes to standard "
                "output.",
            ),
        ),
        click.Option(
            ["--output", "files"],
            multiple=True,
            type=click.Path(path_type=Path, dir_okay=False),
            metavar=say("FIL", "FILE"),
            help=say(
                "Fil att skriva; kan anges flera gånger. Ändelsen säger formatet: .html .json .sarif .xml "
                "(junit) .txt; annars --format. Text skrivs ändå på standard ut.",
                "File to write; may be given several times. Its suffix says the format: .html .json .sarif "
                ".xml (junit) .txt; else --format does. Text still goes to standard output.",
            ),
        ),
        click.Option(
            ["--quiet", "-q", "quiet"],
            is_flag=True,
            help=say("Ingen text och inga förlopp.", "No text and no progress."),
        ),
    ]


def fail_on_option(say: Language) -> click.Option:
    """Make `--fail-on`."""
    return click.Option(
        ["--fail-on"],
        type=click.Choice(["error", "warning", "info", "never"]),
        default="error",
        show_default=True,
        help=say("Vad som ger slutkod 1.", "What gives exit code 1."),
    )
