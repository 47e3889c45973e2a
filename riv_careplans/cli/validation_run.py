"""What `validate` does: find, examine, judge, report, and choose the exit code."""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import BinaryIO, Final, Literal, cast
from zoneinfo import ZoneInfo

import click
import msgspec

from riv_careplans.cli.language import Language
from riv_careplans.cli.outputs import Outputs, Target, WrongOutput, look_of, open_outputs, targets
from riv_careplans.cli.progress import Progress
from riv_careplans.errors import CarePlanError
from riv_careplans.report import Look
from riv_careplans.validation.batch import ExaminingFailed, Stop, examine_all
from riv_careplans.validation.catalogue import CATALOGUE
from riv_careplans.validation.document import Examination
from riv_careplans.validation.options import Options
from riv_careplans.validation.paths import STANDARD_INPUT, Found, find
from riv_careplans.validation.report import Examined, Layer, ReportedFinding, Summary
from riv_careplans.validation.selection import Baseline, Codes, WrongSelection, judged, read_baseline
from riv_careplans.validation.together import Together
from riv_careplans.validation.workers import WorkerLost

__all__ = ["run_validate"]

_STOCKHOLM = ZoneInfo("Europe/Stockholm")
_CLEAN, _FINDINGS, _UNREADABLE = 0, 1, 2
_SIGNALLED: Final = 128
"""A process that a signal ended is said to exit with this and the signal's number."""
_LONG_NUMBER = re.compile(r"[0-9][0-9-]{6,}[0-9]")
_MOST_PATHS_IN_TITLE: Final = 3


def run_validate(  # noqa: PLR0913 - the command's options
    say: Language,
    *,
    paths: Sequence[str],
    formats: Sequence[str],
    files: Sequence[Path],
    quiet: bool,
    show_personal_data: bool,
    fail_on: Literal["error", "warning", "info", "never"],
    select: Sequence[str],
    ignore: Sequence[str],
    baseline: Path | None,
    update_baseline: bool,
    pattern: str,
    no_attachments: bool,
    now: datetime | None,
    schemas: Path | None,
    jobs: int,
) -> int:
    """Examine everything and report; return the exit code."""
    with _usage_errors(say):
        wanted = targets(say, formats, files, quiet=quiet)
        codes = Codes.of(select, ignore, known=CATALOGUE.keys())
        known = _baseline(say, baseline, update=update_baseline)
        found = _found(say, paths, pattern, wanted)
    options = Options(
        now=now or datetime.now(_STOCKHOLM),
        show_personal_data=show_personal_data,
        attachments_asked=not no_attachments,
        schemas=schemas,
    )
    if show_personal_data:
        _remark(say("Obs: rapporten visar personuppgifter.", "Note: the report shows personal data."))
    progress = _progress(say, found, quiet=quiet)
    look, stop = _look(say, paths), Stop()
    with _usage_errors(say), _signals(stop) as caught:
        standard_input = _standard_input(say, found)
        results = examine_all(found, options, jobs=jobs, standard_input=standard_input, stop=stop)
        opened = open_outputs(say, wanted, look, private=show_personal_data, before_screen=progress.hide)
        with opened as outputs, contextlib.closing(results):
            run = _Run(codes=codes, baseline=known, outputs=outputs, progress=progress)
            run.examine(results, stop)
    if run.failure is not None:
        raise _failed(say, run.failure)
    if caught:
        return _interrupted(say, caught[0])
    if known is not None and update_baseline:
        with _usage_errors(say):
            count = known.write(codes)
        _remark(say(f"{baseline}: {count} kända fynd.", f"{baseline}: {count} known findings."))
    elif known is not None:
        _tell_stale(say, known, baseline, codes)
    return run.exit_code(fail_on)


class _Run:
    """One run, as far as it has come."""

    def __init__(
        self, *, codes: Codes, baseline: Baseline | None, outputs: Outputs, progress: Progress
    ) -> None:
        self._codes = codes
        self._baseline = baseline
        self._outputs = outputs
        self._progress = progress
        self._is_readable = True
        self._known_together = 0
        self.summary = Summary()
        self.failure: WorkerLost | ExaminingFailed | None = None
        """Why the run could not go on."""

    def examine(self, results: Iterator[Examination], stop: Stop) -> None:
        """Take the results one by one, and end the reports whatever happens to the rest."""
        together = Together(keep=self._keeps)
        try:
            for examination in results:
                self._add(judged(examination.examined, self._codes, self._baseline))
                together.add(examination.examined.name, examination.traces)
                self._progress.advance()
        except KeyboardInterrupt:
            if not stop.asked:
                raise
        except (ExaminingFailed, WorkerLost) as exc:
            self.failure = exc
        self._progress.hide()
        compared = together.close()
        if compared is not None:
            self._add(msgspec.structs.replace(compared, known=self._known_together))
        interrupted = stop.asked or self.failure is not None
        self.summary = msgspec.structs.replace(self.summary, interrupted=interrupted)
        self._outputs.close(self.summary)

    def exit_code(self, fail_on: Literal["error", "warning", "info", "never"]) -> int:
        """Choose the exit code: a file that could not be read goes before what was found in others."""
        if not self._is_readable:
            return _UNREADABLE
        return _FINDINGS if self.summary.fails(fail_on) else _CLEAN

    def _add(self, examined: Examined) -> None:
        if any(finding.layer is Layer.FILE for finding in examined.findings):
            self._is_readable = False
        self.summary = self.summary.plus(examined)
        self._outputs.add(examined)

    def _keeps(self, finding: ReportedFinding) -> bool:
        if not self._codes.count(finding):
            return False
        is_known = self._baseline is not None and self._baseline.knows(finding)
        self._known_together += is_known
        return not is_known


# --- before and after ---------------------------------------------------------------------------


@contextmanager
def _usage_errors(say: Language) -> Iterator[None]:
    """Turn what cannot be asked for into one sentence and exit code 2."""
    try:
        yield
    except WrongSelection as exc:
        raise click.UsageError(say(exc.text.swedish, exc.text.english)) from None
    except WrongOutput as exc:
        raise click.UsageError(str(exc)) from None


@contextmanager
def _signals(stop: Stop) -> Iterator[list[int]]:
    """Let the first signal end the run in order, and a second one at once; give the signals that came."""
    caught: list[int] = []

    def hear(number: int, _: FrameType | None) -> None:
        again = stop.asked
        stop.asked = True
        caught.append(number)
        if again or stop.reading:
            raise KeyboardInterrupt

    is_main = threading.current_thread() is threading.main_thread()
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if is_main and hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), hear) for name in names}
    try:
        yield caught
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _found(say: Language, paths: Sequence[str], pattern: str, wanted: Sequence[Target]) -> list[Found]:
    """Find what is to be examined; the reports of this run are not."""
    if not paths:
        raise click.UsageError(
            say("säg vad som ska granskas: filer, mappar eller -", "say what to examine: files, folders or -")
        )
    written = {os.path.realpath(one.path) for one in wanted if one.path is not None}
    for path in paths:
        if os.path.isfile(path) and os.path.realpath(path) in written:  # noqa: PTH113 - `-` is a path here
            problem = say(
                "är både en fil att granska och en rapport att skriva",
                "is both a file to examine and a report to write",
            )
            raise click.UsageError(f"{path} {problem}")
    found = find(paths, pattern=pattern, left_out=written)
    if not found:
        raise click.UsageError(
            say(
                f"det finns inga filer att granska: ingen heter {pattern}",
                f"there are no files to examine: none is called {pattern}",
            )
        )
    return found


def _baseline(say: Language, path: Path | None, *, update: bool) -> Baseline | None:
    if path is None:
        if update:
            raise click.UsageError(
                say("--update-baseline behöver --baseline FIL", "--update-baseline needs --baseline FILE")
            )
        return None
    return read_baseline(path, update=update)


def _standard_input(say: Language, found: Sequence[Found]) -> BinaryIO | None:
    if all(one.path != STANDARD_INPUT for one in found):
        return None
    if sys.stdin.isatty():
        _remark(
            say("Läser från terminalen; sluta med Ctrl-D.", "Reading from the terminal; end with Ctrl-D.")
        )
    return cast("BinaryIO", _LiveInput(sys.stdin.buffer))


class _LiveInput:
    """Standard input; before it waits for more, what was found so far is shown."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read1(self, most: int) -> bytes:
        """Read what is there."""
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        return cast("io.BufferedReader", self._stream).read1(most)


def _look(say: Language, paths: Sequence[str]) -> Look:
    """Say how the reports look; a file's name may hold a person id, and a page's title travels far."""
    named = [_LONG_NUMBER.sub("****", path) for path in paths[:_MOST_PATHS_IN_TITLE]]
    more = ["…"] if len(paths) > _MOST_PATHS_IN_TITLE else []
    return look_of(say, CATALOGUE, " ".join(["riv-careplans validate", *named, *more]))


def _tell_stale(say: Language, baseline: Baseline, path: Path | None, codes: Codes) -> None:
    stale = baseline.stale(codes)
    if stale:
        _remark(
            say(
                f"{path}: {stale} kända fynd finns inte kvar; skriv om den med --update-baseline.",
                f"{path}: {stale} known findings are gone; write it anew with --update-baseline.",
            )
        )


def _interrupted(say: Language, number: int) -> int:
    _remark(
        say(
            "Avbrutet: rapporten gäller det som hann granskas.",
            "Interrupted: the report tells of what was reached.",
        )
    )
    return _SIGNALLED + number


def _progress(say: Language, found: Sequence[Found], *, quiet: bool) -> Progress:
    """Show how far the run has come; of how many is known when none of them is a stream for sure."""
    is_counted = all(one.path != STANDARD_INPUT for one in found)
    return Progress(say, len(found) if is_counted else None, wanted=not quiet)


def _failed(say: Language, failure: WorkerLost | ExaminingFailed) -> CarePlanError:
    if isinstance(failure, WorkerLost):
        return CarePlanError(
            say(
                "en process som granskar dokument avslutades utifrån, kanske av brist på minne: "
                "försök igen med färre --jobs",
                str(failure),
            )
        )
    return failure


def _remark(sentence: str) -> None:
    with contextlib.suppress(OSError):
        click.echo(sentence, err=True)
