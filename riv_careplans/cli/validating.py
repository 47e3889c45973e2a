"""The command `validate`: its words and its help; what it does stands in `validation_run`."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from riv_careplans.cli.language import Language
from riv_careplans.cli.report_options import fail_on_option, report_options
from riv_careplans.cli.spoken import SpokenCommand

__all__ = ["make"]


class _Moment(click.ParamType[datetime]):
    """A day, or a day and a time, as ISO 8601 writes it."""

    name = "yyyy-mm-dd[thh:mm]"

    def __init__(self, say: Language) -> None:
        self._say = say

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            problem = self._say(
                "skriv en dag som ÅÅÅÅ-MM-DD eller en tid som ÅÅÅÅ-MM-DDTtt:mm",
                "write a day as YYYY-MM-DD or a time as YYYY-MM-DDThh:mm",
            )
            self.fail(problem, param, ctx)


def make(say: Language) -> click.Command:
    """Make the command."""

    def run(**options: Any) -> int:  # noqa: ANN401 - click's options
        from riv_careplans.cli.validation_run import run_validate

        return run_validate(say, **options)

    return SpokenCommand(
        say=say,
        name="validate",
        callback=run,
        params=[
            click.Argument(["paths"], nargs=-1, metavar=say("SÖKVÄG…", "PATH…")),
            *report_options(say),
            _privacy_option(say),
            *_judging_options(say),
            *_reading_options(say),
        ],
        help=say(
            "Granska meddelanden mot GetCarePlans 3.0 och 2.0: XML, SOAP, schema, koder och regler.\n\n"
            "SÖKVÄG är en fil, en mapp (dess *.xml, också i undermappar) eller - för standard in. En fil "
            "eller standard in kan hålla många meddelanden efter varandra.\n\n"
            "Slutar med 0 när inget är fel, 1 när något är det (se --fail-on), 2 när kommandot är fel "
            "skrivet eller en fil inte går att läsa, 3 när verktyget självt misslyckas. Ctrl-C ger en "
            "rapport över det som hunnits med, och 130.",
            "Examine messages against GetCarePlans 3.0 and 2.0: XML, SOAP, schema, codes and rules.\n\n"
            "PATH is a file, a folder (its *.xml, also below it) or - for standard input. A file or standard "
            "input may hold many messages after each other.\n\n"
            "Exits with 0 when nothing is wrong, 1 when something is (see --fail-on), 2 when the command is "
            "wrong or a file cannot be read, 3 when the tool itself fails. Ctrl-C gives a report of what "
            "was reached, and 130.",
        ),
        epilog=_examples(say),
    )


def _examples(say: Language) -> str:
    return say(
        "\b\nExempel:\n"
        "  riv-careplans validate svar.xml                       ett meddelande\n"
        "  riv-careplans validate svar/ --output rapport.html    en mapp, med en sida att läsa\n"
        "  curl … | riv-careplans validate - --format json       ett svar direkt från en producent\n"
        "  riv-careplans validate svar/ --format github --output rapport.sarif    i en byggkedja\n"
        "  riv-careplans validate svar/ --baseline kända.json --update-baseline   skriv upp det kända\n"
        "  riv-careplans validate svar/ --baseline kända.json    sedan fäller bara det som är nytt\n"
        "\n"
        "En kod förklaras av riv-careplans explain KOD.",
        "\b\nExamples:\n"
        "  riv-careplans validate answer.xml                     one message\n"
        "  riv-careplans validate answers/ --output report.html  a folder, with a page to read\n"
        "  curl … | riv-careplans validate - --format json       an answer straight from a producer\n"
        "  riv-careplans validate answers/ --format github --output report.sarif  in a build\n"
        "  riv-careplans validate answers/ --baseline known.json --update-baseline  note what is known\n"
        "  riv-careplans validate answers/ --baseline known.json   then only what is new fails\n"
        "\n"
        "A code is explained by riv-careplans explain CODE.",
    )


def _privacy_option(say: Language) -> click.Option:
    return click.Option(
        ["--show-personal-data", "show_personal_data"],
        is_flag=True,
        help=say(
            "Visa dokumentens värden i rapporten; annars döljs de.",
            "Show the documents' values in the report; else they are masked.",
        ),
    )


def _judging_options(say: Language) -> list[click.Parameter]:
    return [
        fail_on_option(say),
        click.Option(
            ["--select"],
            multiple=True,
            metavar=say("KOD", "CODE"),
            help=say(
                "Bara dessa koder: CP-006, en början som CP-01 eller en grupp som CP2, XSD. Kommatecken "
                "emellan, eller flera gånger.",
                "Only these codes: CP-006, a beginning such as CP-01 or a family such as CP2, XSD. With "
                "commas between, or several times.",
            ),
        ),
        click.Option(
            ["--ignore"],
            multiple=True,
            metavar=say("KOD", "CODE"),
            help=say("Inte dessa koder.", "Not these codes."),
        ),
        click.Option(
            ["--baseline"],
            type=click.Path(path_type=Path, dir_okay=False),
            metavar=say("FIL", "FILE"),
            help=say(
                "Kända fynd, som inte fäller; nya gör det.", "Known findings, which do not fail; new ones do."
            ),
        ),
        click.Option(
            ["--update-baseline"],
            is_flag=True,
            help=say("Skriv det som finns nu till --baseline.", "Write what there is now to --baseline."),
        ),
    ]


def _reading_options(say: Language) -> list[click.Parameter]:
    return [
        click.Option(
            ["--pattern"],
            default="*.xml",
            show_default=True,
            metavar=say("MÖNSTER", "PATTERN"),
            help=say("Filer att granska i mappar.", "Files to examine in folders."),
        ),
        click.Option(
            ["--no-attachments"],
            is_flag=True,
            help=say(
                "Frågan sade includeAttachments=false (CP-010).",
                "The question said includeAttachments=false (CP-010).",
            ),
        ),
        click.Option(
            ["--now"],
            type=_Moment(say),
            metavar=say("TID", "TIME"),
            help=say(
                "Dagen eller tiden som reglerna räknar från; annars nu.",
                "The day or time that rules count from; else now.",
            ),
        ),
        click.Option(
            ["--schemas"],
            type=click.Path(path_type=Path),
            metavar="DIR",
            help=say(
                "Granska mot ett officiellt schemapaket i stället för de medföljande schemana.",
                "Examine against an official release package instead of the schemas that come along.",
            ),
        ),
        click.Option(
            ["--jobs", "-j", "jobs"],
            type=click.IntRange(1, 256),
            metavar=say("ANTAL", "NUMBER"),
            default=_cores,
            help=say("Processer; annars en per kärna.", "Processes; else one for each core."),
        ),
    ]


def _cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
