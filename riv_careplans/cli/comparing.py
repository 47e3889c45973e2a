"""The command that compares two answers as plans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from riv_careplans.cli.language import Language
from riv_careplans.cli.spoken import SpokenCommand

__all__ = ["diff"]


def diff(say: Language) -> click.Command:
    """Make the command `diff`."""

    def run(**options: Any) -> int:  # noqa: ANN401 - click's options
        from riv_careplans.cli.differing import run_diff

        return run_diff(say, **options)

    return SpokenCommand(
        say=say,
        name="diff",
        params=[
            click.Argument(["old"], metavar="A", type=click.Path(path_type=Path)),
            click.Argument(["new"], metavar="B", type=click.Path(path_type=Path)),
            click.Option(
                ["--format", "style"],
                type=click.Choice(["text", "json"]),
                default="text",
                show_default=True,
                help=say(
                    "Text för en människa eller JSON för ett program.",
                    "Text for a person or JSON for a program.",
                ),
            ),
            click.Option(
                ["--show-personal-data"],
                is_flag=True,
                help=say(
                    "Visa också fritext, personers namn och id, nummer, adresser och okända element.",
                    "Show free text, names and ids of persons, numbers, addresses and unknown elements, too.",
                ),
            ),
        ],
        callback=run,
        help=say(
            "Jämför två svar som planer, inte som XML: vilka mål, aktiviteter och kontakter som "
            "har ändrats.\n\n"
            "A och B är filer med svar (GetCarePlans 3.0 eller 2.0, med eller utan SOAP-kuvert), mappar med "
            "sådana eller - för standard in. Ordning, prefix, kommentarer och blanktecken räknas inte.\n\n"
            "Rubriker, koder, datum och organisationer visas. Fritext och namn visas bara på begäran; annars "
            "står det ”texten ändrad”. Patientens id visas aldrig.\n\n"
            "Slutar med 0 när svaren är lika, 1 när de skiljer sig och 2 när något inte går att läsa.",
            "Compare two answers as plans, not as XML: which goals, activities and contacts have changed.\n\n"
            "A and B are files with answers (GetCarePlans 3.0 or 2.0, with or without a SOAP envelope), "
            "folders of them, or - for standard input. Order, prefixes, comments and white space do not "
            "count.\n\n"
            "Titles, codes, dates and organisations are shown. Free text and names are shown only on "
            'request; otherwise it says "text changed". The patient\'s id is never shown.\n\n'
            "Exits with 0 when the answers are equal, 1 when they differ and 2 when something cannot be "
            "read.",
        ),
    )
