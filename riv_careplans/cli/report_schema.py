"""The command `report-schema`: the JSON Schema that every report in JSON follows."""

from __future__ import annotations

import json

import click

from riv_careplans.cli.language import Language
from riv_careplans.cli.spoken import SpokenCommand

__all__ = ["make"]


def make(say: Language) -> click.Command:
    """Make the command."""

    def run() -> int:
        from riv_careplans.report import report_schema

        click.echo(json.dumps(report_schema(), indent=2, ensure_ascii=False))
        return 0

    return SpokenCommand(
        say=say,
        name="report-schema",
        callback=run,
        help=say(
            "Skriv JSON-schemat för rapporter med --format json.\n\n"
            "Det är JSON Schema 2020-12; formatVersion i rapporten säger vilken version den följer.",
            "Print the JSON Schema of reports with --format json.\n\n"
            "It is JSON Schema 2020-12; formatVersion in a report says which version it follows.",
        ),
    )
