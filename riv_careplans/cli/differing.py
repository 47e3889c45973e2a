"""Read two answers, compare them, print what differs."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import click
from msgspec.structs import replace

from riv_careplans import codec
from riv_careplans.cli.language import Language
from riv_careplans.comparison import Comparison, as_json, as_text, compare, mask_for
from riv_careplans.directory import read_document
from riv_careplans.errors import ConfigurationError, DocumentError
from riv_careplans.exchange import Answer

__all__ = ["run_diff"]

_EQUAL, _DIFFER = 0, 1
_LONG_NUMBER = re.compile(r"[0-9][0-9-]{6,}[0-9]")
"""People name files after people."""


def run_diff(say: Language, *, old: Path, new: Path, style: str, show_personal_data: bool) -> int:
    """Compare, print, and tell by the exit code: 0 equal, 1 different."""
    if str(old) == str(new) == "-":
        raise click.UsageError(
            say("bara ett av A och B kan vara standard in", "only one of A and B can be standard input")
        )
    comparison = compare(_answer(say, old), _answer(say, new))
    mask = mask_for(comparison, show_personal_data=show_personal_data)
    if style == "json":
        click.echo(as_json(comparison, mask=mask))
    else:
        click.echo(as_text(comparison, language=say.code, mask=mask), nl=False)
    _warn(say, comparison)
    return _EQUAL if comparison.equal else _DIFFER


def _warn(say: Language, comparison: Comparison) -> None:
    """Say on standard error what was not compared."""
    for name, answer in (("A", comparison.old), ("B", comparison.new)):
        if answer.has_more:
            told = say(
                f"Obs: {name} är ett avkortat svar (hasMore); det som följer är inte jämfört.",
                f"Note: {name} is a cut answer (hasMore); what follows it was not compared.",
            )
            click.echo(told, err=True)
    if comparison.dropped:
        told = say(
            f"Obs: {comparison.dropped} äldre kopior av poster är inte jämförda.",
            f"Note: {comparison.dropped} older copies of records were not compared.",
        )
        click.echo(told, err=True)


def _answer(say: Language, path: Path) -> Answer:
    """Read a file, a folder or standard input; raises `ConfigurationError` that names what cannot be read."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*.xml") if file.is_file())
        if not files:
            told = say("mappen har inga XML-dokument (*.xml)", "the folder has no XML documents (*.xml)")
            raise ConfigurationError(f"{_named(path)}: {told}")
        return _together([_document(say, file) for file in files])
    return _document(say, path)


def _document(say: Language, path: Path) -> Answer:
    # One byte more than may be parsed is enough to see that there are too many.
    most = codec.ANSWER_LIMITS.size + 1
    try:
        if str(path) == "-":
            return read_document(sys.stdin.buffer.read(most))
        if path.exists() and not path.is_file():
            told = say("det är ingen vanlig fil", "it is no regular file")
            raise ConfigurationError(f"{_named(path)}: {told}")
        with path.open("rb") as file:
            return read_document(file.read(most))
    except DocumentError as exc:
        raise ConfigurationError(f"{_named(path)}: {exc}") from None
    except OSError as exc:
        reason = os.strerror(exc.errno) if exc.errno else say("det går inte att läsa", "it cannot be read")
        raise ConfigurationError(f"{_named(path)}: {reason}") from None


def _together(answers: list[Answer]) -> Answer:
    """Put a folder's answers together: it is one source's records."""
    return replace(
        answers[0],
        care_plans=tuple(plan for answer in answers for plan in answer.care_plans),
        agreements=tuple(agreement for answer in answers for agreement in answer.agreements),
        has_more=tuple(more for answer in answers for more in answer.has_more),
    )


def _named(path: Path) -> str:
    return _LONG_NUMBER.sub("****", str(path))
