"""click's commands and groups, with the headings of their help in the chosen language."""

from __future__ import annotations

from typing import Any

import click

from riv_careplans.cli.language import Language

__all__ = ["SpokenCommand", "SpokenGroup"]

_WHOLE = 1000
"""Characters of a command's summary: all of it, in as many lines as that takes."""


class _Spoken(click.Command):
    """What a command and a group have in common: usage, options, and the option that shows them."""

    def __init__(self, *arguments: Any, say: Language, **named: Any) -> None:  # noqa: ANN401 - passed on to click
        super().__init__(*arguments, **named)
        self.say = say

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return `--help`, told in the language."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = self.say("Visa den här hjälpen.", "Show this help.")
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line of usage."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=self.say("Användning: ", "Usage: "))

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the words of usage."""
        pieces = super().collect_usage_pieces(ctx)
        swedish = {"[OPTIONS]": "[VAL]", "[COMMAND] [ARGS]...": "[KOMMANDO] [ARGUMENT]..."}
        return [self.say(swedish.get(piece, piece), piece) for piece in pieces]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of options."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [record for option in options if (record := option.get_help_record(ctx))]
        with formatter.section(self.say("Val", "Options")):
            formatter.write_dl(records)


class SpokenCommand(_Spoken):
    """A command."""


class SpokenGroup(_Spoken, click.Group):
    """A group of commands."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the lists of options and of commands."""
        super().format_options(ctx, formatter)
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None:
                rows.append((name, command.get_short_help_str(limit=_WHOLE)))
        with formatter.section(self.say("Kommandon", "Commands")):
            formatter.write_dl(rows)
