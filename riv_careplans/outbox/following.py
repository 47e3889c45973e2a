"""What a folder of documents would say to the index, if it could: it is looked at every few seconds.

Who is new or changed is told at once. Who is gone is told when two looks after each other have not
found anything, so that a file that is being replaced is no removal; and only when every file could be
read, because what cannot be read may be about anybody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event
from typing import Final

from riv_careplans.directory import DirectorySource
from riv_careplans.errors import CarePlanError, whereabouts
from riv_careplans.identity import PersonId
from riv_careplans.outbox import Outbox

__all__ = ["Follower"]

_LOG: Final = logging.getLogger("riv_careplans.outbox")
_LOOK_SECONDS: Final = 3.0


class Follower:
    """Tells an outbox what changes in a folder."""

    def __init__(self, source: DirectorySource, outbox: Outbox, *, clock: Callable[[], datetime]) -> None:
        """`clock` gives a time with a zone."""
        self._source = source
        self._outbox = outbox
        self._clock = clock
        self._before: dict[PersonId, datetime] | None = None
        self._kept: frozenset[PersonId] | None = None
        self._problem = ""

    def run(self, stopped: Event) -> None:
        """Look every few seconds until stopped; what goes wrong is logged once, and tried again."""
        while not stopped.is_set():
            try:
                self.look()
                self._problem = ""
            except CarePlanError as exc:
                self._failed(str(exc))
            except Exception as exc:  # noqa: BLE001 - the last border: the next look may go well
                self._failed(f"looking raised {whereabouts(exc)}")
            stopped.wait(_LOOK_SECONDS)

    def look(self) -> None:
        """Look once. Raises `ConfigurationError` when the folder is gone, and `OutboxUnavailable`."""
        every = self._source.all_patients()
        found = dict(self._source.patients() if every is None else every)
        before = self._before or {}
        self._outbox.changed_many(
            (patient, self._when(before.get(patient), moment))
            for patient, moment in found.items()
            if before.get(patient) != moment
        )
        if every is not None and self._before is not None:
            kept = frozenset(found.keys() | before.keys())
            if kept != self._kept:
                self._outbox.keep_only(kept)
                self._kept = kept
        self._before = found

    def _when(self, before: datetime | None, moment: datetime) -> datetime:
        # The newest record was taken away: the removal of a part is a change, made now.
        return self._clock() if before is not None and moment < before else moment

    def _failed(self, problem: str) -> None:
        if problem != self._problem:
            _LOG.warning("the changes of the folder have not been told: %s", problem)
        self._problem = problem
