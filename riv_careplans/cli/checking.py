"""The command `check-producer`: its words and its help; what it does stands in `check_run`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from riv_careplans.cli.language import Language
from riv_careplans.cli.report_options import fail_on_option, report_options
from riv_careplans.cli.spoken import SpokenCommand

__all__ = ["make"]

_FILE = click.Path(path_type=Path, dir_okay=False)


def make(say: Language) -> click.Command:
    """Make the command `check-producer`."""

    def run(**options: Any) -> int:  # noqa: ANN401 - click's options
        from riv_careplans.cli.check_run import run_check

        return run_check(say, **options)

    return SpokenCommand(
        say=say,
        name="check-producer",
        params=[
            click.Argument(["url"], metavar="URL"),
            *_options_of_the_question(say),
            *_options_of_tls(say),
            *_options_of_the_run(say),
            *report_options(say),
            fail_on_option(say),
        ],
        callback=run,
        help=say(
            "Kontrollera en tjänsteproducent som är i gång: följer den kontraktet och RIV-TA?\n\n"
            "Ställer bara frågor, begränsat i antal och tid, om en testpatient som ska anges. Rapporten är "
            "underlag för självdeklarationen: varje kontroll har kod, regel, frågornas id och ett utfall. "
            "Den innehåller inga person-id.\n\n"
            "Slutar med 0 utan fel, 1 med fel, 2 när något är fel angivet och 3 när verktyget inte kunde "
            "arbeta.",
            "Check a producer that runs: does it follow the contract and RIV-TA?\n\n"
            "Only asks questions, limited in number and time, about a test patient that must be told. The "
            "report is evidence for the self-declaration: every check has a code, its rule, the questions' "
            "ids and a verdict. It holds no person's id.\n\n"
            "Exits with 0 without errors, 1 with errors, 2 for wrong usage and 3 when the tool could not "
            "work.",
        ),
        epilog="riv-careplans check-producer http://localhost:8081/ --patient 191212121212",
    )


# --- options ------------------------------------------------------------------------------------


def _options_of_the_question(say: Language) -> list[click.Parameter]:
    return [
        click.Option(
            ["--patient"],
            required=True,
            metavar="ID",
            help=say(
                "En testpatient som producenten har poster om, tolv siffror; - läser det från standard in.",
                "A test patient whom the producer has records about, twelve digits; - reads it from "
                "standard input.",
            ),
        ),
        click.Option(
            ["--unknown-patient"],
            metavar="ID",
            default="188803099368",
            show_default=True,
            help=say(
                "En testpatient som producenten inte känner.",
                "A test patient whom the producer does not know.",
            ),
        ),
        click.Option(
            ["--logical-address"],
            metavar="HSA-ID",
            help=say(
                "Källsystemets logiska adress; utan den frågas 5565594230, och PC-006 hoppas över.",
                "The source system's logical address; without it 5565594230 is asked, and PC-006 is skipped.",
            ),
        ),
        click.Option(
            ["--contract"],
            type=click.Choice(["3.0", "2.0"]),
            help=say(
                "Kontrollera bara den versionen av GetCarePlans; annars de som producenten visar.",
                "Check only that version of GetCarePlans; else those that the producer shows.",
            ),
        ),
    ]


def _options_of_tls(say: Language) -> list[click.Parameter]:
    return [
        click.Option(
            ["--cert", "certificate"],
            type=_FILE,
            metavar="PEM",
            help=say("Klientcertifikat för ömsesidig TLS.", "Client certificate for mutual TLS."),
        ),
        click.Option(
            ["--key"], type=_FILE, metavar="PEM", help=say("Certifikatets nyckel.", "The certificate's key.")
        ),
        click.Option(
            ["--ca", "authority"],
            type=_FILE,
            metavar="PEM",
            help=say(
                "Utfärdaren av producentens certifikat; annars systemets.",
                "The authority of the producer's certificate; else the system's.",
            ),
        ),
    ]


def _options_of_the_run(say: Language) -> list[click.Parameter]:
    return [
        click.Option(
            ["--questions"],
            type=click.IntRange(1, 1000),
            metavar="N",
            help=say("Frågor vars tid mäts; annars 20.", "Questions whose time is taken; else 20."),
        ),
        click.Option(
            ["--slow"],
            is_flag=True,
            help=say(
                "Producenten är långsam: mät 5 frågor och låt körningen ta upp till 30 minuter.",
                "The producer is slow: take the time of 5 questions, and let the run take up to 30 minutes.",
            ),
        ),
        click.Option(
            ["--timeout"],
            type=click.FloatRange(0, 300, min_open=True),
            metavar="S",
            help=say("Sekunder för en fråga; annars 30.", "Seconds for one question; else 30."),
        ),
        click.Option(
            ["--deadline"],
            type=click.FloatRange(0, 3600, min_open=True),
            metavar="S",
            help=say("Sekunder för hela körningen; annars 300.", "Seconds for the whole run; else 300."),
        ),
        click.Option(
            ["--schemas"],
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            help=say(
                "Granska svaren mot ett officiellt releasepaket i stället för de medföljande schemana.",
                "Validate answers against an official release package instead of the schemas shipped.",
            ),
        ),
        click.Option(
            ["--select"],
            multiple=True,
            metavar="PC-NNN",
            help=say("Bara de här kontrollerna.", "Only these checks."),
        ),
        click.Option(
            ["--ignore"],
            multiple=True,
            metavar="PC-NNN",
            help=say("Inte de här kontrollerna.", "Not these checks."),
        ),
    ]
