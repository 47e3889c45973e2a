"""The commands that teach the rules: `explain` one of them, list all `rules`."""

from __future__ import annotations

from typing import Any

import click

from riv_careplans.cli.language import Language
from riv_careplans.cli.spoken import SpokenCommand
from riv_careplans.validation.report import Layer

__all__ = ["explain", "rules"]


def explain(say: Language) -> click.Command:
    """Make the command `explain`."""

    def run(**options: Any) -> int:  # noqa: ANN401 - click's options
        from riv_careplans.cli.teaching import run_explain

        return run_explain(say, **options)

    return SpokenCommand(
        say=say,
        name="explain",
        params=[
            click.Argument(["code"], metavar=say("KOD", "CODE")),
            click.Option(
                ["--whole"],
                is_flag=True,
                help=say(
                    "Visa hela dokumenten, inte bara raderna kring skillnaden.",
                    "Show whole documents, not only the lines around the difference.",
                ),
            ),
            click.Option(
                ["--all", "every"],
                is_flag=True,
                help=say("Visa alla exempel, inte bara ett.", "Show every example, not only one."),
            ),
        ],
        callback=run,
        help=say(
            "Förklara en kod: vad som gäller, varför, var det står och hur man rättar.\n\n"
            "Regler visas med ett felaktigt och ett riktigt dokument. Koden kan skrivas kort: cp6 är "
            "CP-006.\n\n"
            "Slutar med 0, eller 2 när koden inte finns.",
            "Explain a code: what holds, why, where it is written, and how to mend it.\n\n"
            "Rules are shown with a bad and a good document. The code can be written short: cp6 is "
            "CP-006.\n\n"
            "Exits with 0, or 2 when there is no such code.",
        ),
    )


def rules(say: Language) -> click.Command:
    """Make the command `rules`."""

    def run(**options: Any) -> int:  # noqa: ANN401 - click's options
        from riv_careplans.cli.teaching import run_rules

        return run_rules(say, **options)

    return SpokenCommand(
        say=say,
        name="rules",
        params=[
            click.Option(
                ["--format", "style"],
                type=click.Choice(["text", "json", "md"]),
                default="text",
                show_default=True,
                help=say(
                    "Text för en människa, JSON för ett program eller Markdown för en sida.",
                    "Text for a person, JSON for a program, or Markdown for a page.",
                ),
            ),
            click.Option(
                ["--contract"],
                type=click.Choice(["3.0", "2.0"]),
                help=say(
                    "Bara det som kan gälla den versionen.",
                    "Only what can concern that version.",
                ),
            ),
            click.Option(
                ["--layer"],
                type=click.Choice([str(layer) for layer in Layer]),
                help=say("Bara koder i det lagret.", "Only the codes of that layer."),
            ),
        ],
        callback=run,
        help=say(
            "Lista alla koder som en granskning kan ge, med vad som gäller.\n\n"
            "Läs mer om en av dem med: riv-careplans explain KOD",
            "List every code that an examination can give, with what holds.\n\n"
            "Read more about one of them with: riv-careplans explain CODE",
        ),
    )
