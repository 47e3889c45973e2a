"""The command line: parse arguments, call one function, choose the exit code.

The only place that reads the clock and the environment. Exit codes: 0 done, 1 done but something is
missing or wrong with what was asked about, 2 wrong usage or settings, 3 the tool could not do its work.
"""

from __future__ import annotations

import os
import re
import sys
from io import TextIOWrapper

import click

from riv_careplans.cli.commands import make_group
from riv_careplans.cli.language import Language, language_of, with_language_first
from riv_careplans.errors import (
    CarePlanError,
    ConfigurationError,
    DocumentError,
    InvalidIdentifier,
    whereabouts,
)

__all__ = ["main"]

_LONG_NUMBER = re.compile(r"[0-9][0-9-]{6,}[0-9]")
"""click repeats what it does not understand, and that may be a person id."""

_USAGE = 2
_FAILED = 3
_INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # An older terminal's encoding lacks some signs: they are replaced, and what is said is said.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    given = sys.argv[1:] if arguments is None else arguments
    language = language_of(given, os.environ)
    given = with_language_first(given)
    try:
        code = make_group(language).main(given, prog_name="riv-careplans", standalone_mode=False)
    except click.exceptions.Exit as exc:
        sys.exit(exc.exit_code)
    except click.ClickException as exc:
        _tell(language, _LONG_NUMBER.sub("****", exc.format_message()))
        asked = getattr(exc, "ctx", None)
        command = asked.command_path if asked else "riv-careplans"
        click.echo(language(f"Se {command} --help", f"See {command} --help"), err=True)
        sys.exit(_USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_INTERRUPTED)
    except (ConfigurationError, InvalidIdentifier, DocumentError) as exc:
        _tell(language, str(exc))
        sys.exit(_USAGE)
    except BrokenPipeError:
        # The reader has seen enough, such as `| head`; nothing more can be said on that stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_FAILED)
    except CarePlanError as exc:
        _tell(language, str(exc))
        sys.exit(_FAILED)
    except Exception as exc:  # noqa: BLE001 - the last border: no traceback, and no value of any record
        _tell(language, language("internt fel: ", "internal error: ") + whereabouts(exc))
        sys.exit(_FAILED)
    sys.exit(code if isinstance(code, int) else 0)


def _open_closed_streams() -> None:
    """Let what is said on a stream that was closed before the start (`>&-`) be lost, and nothing else.

    In the order of their numbers, so that no file that is opened later becomes standard output.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - until the end


def _tell(language: Language, sentence: str) -> None:
    click.echo(language("Fel: ", "Error: ") + sentence, err=True)
