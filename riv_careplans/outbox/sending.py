"""From the store to the index, until nothing waits: in order, in batches, again and again.

One sender at a time, whoever else tries, so that an older word never comes after a newer one. The
index being down costs time and nothing else; a post that the index refuses, or always stumbles on, is
found by halving and set aside, so that it does not keep the others waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from random import Random
from threading import Event
from typing import Final

from riv_careplans.errors import OutboxUnavailable, whereabouts
from riv_careplans.outbox.post import IndexPost, Reception, Told
from riv_careplans.outbox.store import Row, Store

__all__ = ["Sender"]

_LOG: Final = logging.getLogger("riv_careplans.outbox")
_IDLE_SECONDS: Final = 1.0
_SOMEBODY_ELSE_SECONDS: Final = 2.0
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 300.0
_PATIENCE: Final = 8
"""Failures in a row after which one post is looked for that may be what the index stumbles on."""


class Sender:
    """Sends what waits."""

    def __init__(self, store: Store, post: IndexPost, *, batch: int, jitter: Random | None = None) -> None:
        self._store = store
        self._post = post
        self._batch = batch
        self._jitter = jitter or Random()  # noqa: S311 - so that not all systems come back at once
        self._failures = 0
        self._problem = ""

    @property
    def problem(self) -> str:
        """Why the last attempt did not reach the index; empty when it did."""
        return self._problem

    def run(self, stopped: Event) -> None:
        """Send until stopped; nothing that the index, the network or the database does ends it."""
        while not stopped.is_set():
            try:
                with self._store.sole_sender() as alone:
                    while alone() and not stopped.is_set():
                        if self.send_once():
                            continue
                        stopped.wait(self._pause())
            except OutboxUnavailable as exc:
                self._failed(str(exc))
            except Exception as exc:  # noqa: BLE001 - the last border: what waits must be sent all the same
                self._failed(f"sending raised {whereabouts(exc)}")
            stopped.wait(max(self._pause(), _SOMEBODY_ELSE_SECONDS))

    def send_all(self) -> bool:
        """Send until nothing waits or the index does not take it; returns whether nothing waits.

        Another sender at work is waited for by nobody: then False. Raises `OutboxUnavailable`.
        """
        with self._store.sole_sender() as alone:
            if not alone():
                self._problem = "another process is sending"
                return False
            while self.send_once() and alone():
                pass
        return not self._problem

    def send_once(self) -> bool:
        """Send one batch; returns whether there may be more to send at once."""
        rows = self._store.waiting(self._batch)
        if not rows:
            self._problem = ""
            self._failures = 0
            return False
        return self._send(rows)

    def _send(self, rows: Sequence[Row]) -> bool:
        reception = self._post.update([row.transaction for row in rows])
        if reception.told is Told.TAKEN:
            self._store.settle(rows)
            self._failures, self._problem = 0, ""
            return True
        if reception.told is Told.REFUSED:
            return self._narrow(rows, reception)
        self._failed(reception.problem)
        return self._failures % _PATIENCE == 0 and self._suspect(rows)

    def _narrow(self, rows: Sequence[Row], reception: Reception) -> bool:
        """Send the halves of a refused batch, down to the posts that are refused."""
        if len(rows) > 1:
            middle = len(rows) // 2
            # Nothing is gained by the second half when the first did not even reach the index.
            return self._send(rows[:middle]) and self._send(rows[middle:])
        self._set_aside(rows, reception.problem)
        return True

    def _suspect(self, rows: Sequence[Row]) -> bool:
        """Look for one post that the index stumbles on; returns whether there may be more to send.

        It is known by this, that the index judges others and stumbles on it alone. When it judges
        nothing, the index is what is wrong, and everything waits.
        """
        suspects, judges = rows, False
        while len(suspects) > 1:
            middle = len(suspects) // 2
            if self._is_judged(suspects[:middle]):
                judges, suspects = True, suspects[middle:]
            else:
                suspects = suspects[:middle]
        if self._is_judged(suspects):
            return True
        judges = judges or (len(rows) > 1 and self._is_judged(rows[-1:]))
        if not judges:
            return False
        # Once more, for the index may have come back in the meantime.
        if not self._is_judged(suspects):
            self._set_aside(suspects, f"on this post alone, {self._problem}")
            # Where there was one there may be another: the next failure is looked into at once.
            self._failures = _PATIENCE - 1
        return True

    def _is_judged(self, rows: Sequence[Row]) -> bool:
        reception = self._post.update([row.transaction for row in rows])
        if reception.told is Told.NOT_NOW:
            self._problem = reception.problem
            return False
        if reception.told is Told.TAKEN:
            self._store.settle(rows)
        else:
            self._narrow(rows, reception)
        return True

    def _set_aside(self, rows: Sequence[Row], problem: str) -> None:
        self._store.set_aside(rows, problem)
        _LOG.error("a post is set aside: %s", problem)

    def _failed(self, problem: str) -> None:
        if problem != self._problem:
            _LOG.warning("the index has not been told: %s", problem)
        self._failures += 1
        self._problem = problem

    def _pause(self) -> float:
        if not self._failures:
            return _IDLE_SECONDS
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(self._failures - 1, 16))
        return longest * self._jitter.uniform(0.5, 1.0)
