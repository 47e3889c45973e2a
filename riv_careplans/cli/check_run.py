"""What `check-producer` does: ask, report as it goes, and choose the exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, cast

import click
import msgspec
from rich.console import Console

from riv_careplans.cli.language import Language
from riv_careplans.cli.outputs import WrongOutput, look_of, open_outputs, targets
from riv_careplans.conformance import EXPLANATIONS, CheckSettings, check_producer
from riv_careplans.report import Look
from riv_careplans.validation.catalogue import CATALOGUE
from riv_careplans.validation.report import Examined, Summary

__all__ = ["run_check"]

_CLEAN, _FINDINGS, _INTERRUPTED = 0, 1, 130
_SLOW: Final = MappingProxyType({"questions": 5, "deadline": 1800})
"""What --slow means, where nothing else is said."""


def run_check(
    say: Language,
    *,
    formats: Sequence[str],
    files: Sequence[Path],
    quiet: bool,
    fail_on: Literal["error", "warning", "info", "never"],
    slow: bool,
    **chosen: Any,  # noqa: ANN401 - click's options, named as the settings are
) -> int:
    """Check a producer; return the exit code."""
    settings = _settings(say, chosen, slow=slow)
    console = Console(stderr=True)
    status = None
    if console.is_terminal and not quiet:
        status = console.status(say("Kontaktar producenten …", "Contacting the producer …"))
    try:
        wanted = targets(say, formats, files, quiet=quiet)
        hide = status.stop if status else _nothing
        with (
            status or nullcontext(),
            open_outputs(say, wanted, _look(say, settings), private=False, before_screen=hide) as outputs,
        ):
            summary = Summary()

            def show(examined: Examined, total: int) -> None:
                nonlocal summary
                summary = summary.plus(examined)
                outputs.add(examined)
                if status is not None:
                    count = summary.examined
                    status.update(say(f"{count} av {total} kontroller …", f"{count} of {total} checks …"))
                    status.start()

            code = None
            try:
                summary = check_producer(settings, on_check=show).summary
            except KeyboardInterrupt:
                summary = msgspec.structs.replace(summary, interrupted=True)
                code = _INTERRUPTED
            outputs.close(summary)
    except WrongOutput as exc:
        raise click.UsageError(str(exc)) from None
    return _exit_code(summary, fail_on) if code is None else code


def _nothing() -> None:
    """Hide nothing: there is no line that says how far it has come."""


def _exit_code(summary: Summary, fail_on: Literal["error", "warning", "info", "never"]) -> int:
    unfinished = summary.interrupted and fail_on != "never"
    return _FINDINGS if summary.fails(fail_on) or unfinished else _CLEAN


def _settings(say: Language, chosen: dict[str, Any], *, slow: bool) -> CheckSettings:
    told = {name: value for name, value in chosen.items() if value is not None}
    told |= {name: _codes(told[name]) for name in ("select", "ignore")}
    if told["patient"] == "-":
        # So that it stands in no process list and no shell history.
        told["patient"] = sys.stdin.readline().strip()
    return CheckSettings(language=_language(say), **(dict(_SLOW) if slow else {}) | told)


def _codes(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.strip().upper() for text in texts for part in text.split(",") if part.strip())


def _language(say: Language) -> Literal["sv", "en"]:
    return cast("Literal['sv', 'en']", say.code)


def _look(say: Language, settings: CheckSettings) -> Look:
    explanations = MappingProxyType({**CATALOGUE, **{one.code: one for one in EXPLANATIONS}})
    return look_of(say, explanations, f"riv-careplans check-producer {settings.shown_url}")
