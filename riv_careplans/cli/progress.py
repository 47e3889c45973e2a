"""How far a run has come, on a terminal only."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

from riv_careplans.cli.language import Language

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

__all__ = ["Progress"]

_SECONDS_BETWEEN: Final = 0.1


class Progress:
    """A bar with rate and time left on standard error; nothing when that is no terminal."""

    def __init__(self, say: Language, total: int | None, *, wanted: bool) -> None:
        """Begin; `total` is None when nobody knows how many there are."""
        self._say = say
        self._total = total
        self._done = 0
        self._next = time.monotonic() + _SECONDS_BETWEEN
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._is_shown = False
        self._is_wanted = wanted and sys.stderr.isatty()

    def advance(self) -> None:
        """Count one more, and show it now and then."""
        self._done += 1
        if not self._is_wanted or time.monotonic() < self._next:
            return
        if self._bar is None or self._task is None:
            self._bar = self._make()
            self._task = self._bar.add_task("", total=self._total)
        self._bar.update(self._task, completed=self._done)
        if not self._is_shown:
            self._bar.start()
            self._is_shown = True
        self._bar.refresh()
        self._next = time.monotonic() + _SECONDS_BETWEEN

    def hide(self) -> None:
        """Take the bar away, so that something else can be written; it comes back when it advances."""
        if self._is_shown and self._bar is not None:
            self._bar.stop()
            self._is_shown = False

    def _make(self) -> Bar:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TimeRemainingColumn
        from rich.progress import Progress as Bar
        from rich.text import Text

        say = self._say

        class Rate(ProgressColumn):
            """Documents in a second."""

            def render(self, task: Task) -> Text:
                return Text(f"{task.speed or 0:,.0f}/s".replace(",", say("\u00a0", ",")))

        return Bar(
            say("granskar", "examining"),
            BarColumn(),
            MofNCompleteColumn(),
            Rate(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            auto_refresh=False,
        )
