"""The commands and their help, in the chosen language."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from riv_careplans.cli import checking, serving, validating
from riv_careplans.cli.comparing import diff
from riv_careplans.cli.describing import contract_description
from riv_careplans.cli.explaining import explain, rules
from riv_careplans.cli.indexing import make_index, make_serve_index
from riv_careplans.cli.language import Language
from riv_careplans.cli.new_producer import new_producer
from riv_careplans.cli.outboxing import outbox, reindex
from riv_careplans.cli.report_schema import make as report_schema
from riv_careplans.cli.spoken import SpokenCommand, SpokenGroup

__all__ = ["make_group"]

_FOLDER = click.Path(path_type=Path, file_okay=False)


class _Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "yyyy-mm-dd"

    def __init__(self, language: Language) -> None:
        self._language = language

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401 - click's own signature
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(self._language("skriv en dag som ÅÅÅÅ-MM-DD", "write a day as YYYY-MM-DD"), param, ctx)


def make_group(say: Language) -> click.Group:
    """Make the command group; every text of it is in the language of `say`."""

    def teach() -> None:
        context = click.get_current_context()
        if context.invoked_subcommand is None:
            click.echo(context.get_help())

    group = SpokenGroup(
        say=say,
        callback=teach,
        invoke_without_command=True,
        name="riv-careplans",
        help=say(
            "Vård- och omsorgsplaner som en översikt: fråga alla källsystem, eller svara som ett.",
            "Care and social-care plans as one overview: ask every source system, or answer as one.",
        ),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog=say(
            "Börja med: riv-careplans demo --once",
            "Begin with: riv-careplans demo --once",
        ),
    )
    group.params += [
        click.Option(
            ["--lang"],
            type=click.Choice(["sv", "en"]),
            expose_value=False,
            help=say("Språk för kommandon och hjälp.", "Language of commands and help."),
        ),
    ]
    shown = say("Visa versionen.", "Show the version.")
    click.version_option(version("riv-careplans"), prog_name="riv-careplans", help=shown)(group)
    for make in (
        *(_demo, _ask, _sample, _overview_schema),
        *(validating.make, checking.make, explain, rules, diff, report_schema, contract_description),
        *(new_producer, serving.make, outbox, reindex, make_serve_index, make_index),
    ):
        group.add_command(make(say))
    return group


def _overview_options(say: Language) -> list[click.Option]:
    """Options that the commands which print an overview share."""
    return [
        click.Option(
            ["--format", "style"],
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help=say(
                "Text för en människa eller JSON för ett program.", "Text for a person or JSON for a program."
            ),
        ),
        click.Option(
            ["--since"],
            type=_Day(say),
            help=say("Visa vad som är nytt sedan den dagen.", "Show what is new since that day."),
        ),
        click.Option(
            ["--audience"],
            type=click.Choice(["patient", "representative"]),
            default="patient",
            show_default=True,
            help=say("Vem som läser översikten.", "Who reads the overview."),
        ),
        click.Option(
            ["--save-documents", "documents"],
            type=_FOLDER,
            metavar="DIR",
            help=say(
                "Spara planernas dokument som filer i en mapp.",
                "Save the plans' documents as files in a folder.",
            ),
        ),
    ]


def _demo(say: Language) -> click.Command:
    def run(**options: Any) -> int:  # noqa: ANN401 - click's options
        from riv_careplans.cli.show import run_demo

        return run_demo(say, **options)

    from riv_careplans.demo.scenario import SINCE, TODAY, VARIANTS

    names = "\n".join(f"  {known.name:<18}{say(known.swedish, known.english)}" for known in VARIANTS)
    options: list[click.Parameter] = [
        click.Option(
            ["--once"],
            is_flag=True,
            help=say("Stanna när översikten är skriven.", "Stop when the overview is printed."),
        ),
        click.Option(
            ["--variant"],
            default="all",
            show_default=True,
            metavar="NAME",
            help=say("Hur källsystemen mår; se nedan.", "How the source systems are; see below."),
        ),
        click.Option(
            ["--today"],
            type=_Day(say),
            default=TODAY,
            show_default=True,
            help=say("Dagen som översikten visas.", "The day the overview is shown."),
        ),
        *_overview_options(say),
    ]
    next(option for option in options if option.name == "since").default = SINCE
    return SpokenCommand(
        say=say,
        name="demo",
        params=options,
        callback=run,
        help=say(
            "Starta Astas fem källsystem och engagemangsindexet, fråga indexet och dem som det nämner, "
            "och visa översikten.\n\nKör tills Ctrl-C.",
            "Start Asta's five source systems and their engagement index, ask the index and those it names, "
            "and show the overview.\n\nRuns until Ctrl-C.",
        ),
        epilog=say("\b\nVarianter:\n", "\b\nVariants:\n") + names,
    )


def _ask(say: Language) -> click.Command:
    def run(**options: Any) -> int:  # noqa: ANN401 - click's options
        from riv_careplans.cli.show import run_ask

        return run_ask(say, **options)

    example = (
        '\b\n  deadline = 10\n  [[sources]]\n  logical-address = "SE2329999995-SYS1"\n  url = "https://…"'
    )
    return SpokenCommand(
        say=say,
        name="ask",
        params=[
            click.Argument(["settings"], type=click.Path(path_type=Path)),
            click.Option(
                ["--patient"],
                required=True,
                metavar="ID",
                help=say(
                    "Person- eller samordningsnummer, tolv siffror; - läser det från standard in.",
                    "Personnummer or samordningsnummer, twelve digits; - reads it from standard input.",
                ),
            ),
            click.Option(
                ["--today"],
                type=_Day(say),
                help=say("Dagen som översikten visas; annars i dag.", "The day of the overview; else today."),
            ),
            *_overview_options(say),
        ],
        callback=run,
        help=say(
            "Fråga källsystemen i SETTINGS om en persons planer och visa översikten.\n\n"
            "Slutar med 1 om någon källa saknas, och med 3 om engagemangsindex (tabellen [index]) inte "
            "svarar.\n\nSETTINGS är en TOML-fil:\n\n",
            "Ask the source systems in SETTINGS for a person's plans and show the overview.\n\n"
            "Exits with 1 when a source is missing, and with 3 when the engagement index (table [index]) "
            "does not answer.\n\nSETTINGS is a TOML file:\n\n",
        )
        + example,
    )


def _sample(say: Language) -> click.Command:
    def run(**options: Any) -> int:  # noqa: ANN401 - click's options
        from riv_careplans.cli.serving import run_sample

        return run_sample(say, **options)

    return SpokenCommand(
        say=say,
        name="sample",
        params=[
            click.Argument(["scenario"], type=click.Choice(["asta"])),
            click.Option(
                ["--output"],
                required=True,
                type=_FOLDER,
                metavar="DIR",
                help=say("Mapp att skriva i.", "Folder to write in."),
            ),
        ],
        callback=run,
        help=say(
            "Skriv scenariots meddelanden som filer, en mapp per källsystem.",
            "Write the scenario's messages as files, one folder per source system.",
        ),
    )


def _overview_schema(say: Language) -> click.Command:
    def run() -> int:
        from riv_careplans.cli.show import run_schema

        return run_schema()

    return SpokenCommand(
        say=say,
        name="overview-schema",
        callback=run,
        help=say(
            "Skriv JSON-schemat för översikten, som demo och ask ger med --format json.",
            "Print the JSON Schema of the overview that demo and ask give with --format json.",
        ),
    )
