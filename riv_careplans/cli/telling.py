"""A producer that tells the engagement index of its changes while it serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from math import nan
from threading import Event, Thread
from typing import TYPE_CHECKING

from riv_careplans.directory import DirectorySource
from riv_careplans.errors import ConfigurationError, OutboxUnavailable

if TYPE_CHECKING:
    from riv_careplans.exchange import CarePlanSource
    from riv_careplans.outbox import Outbox
    from riv_careplans.producer.metrics import Metrics
    from riv_careplans.settings import OutboxSettings

__all__ = ["telling"]

_SECONDS_TO_FINISH = 5.0


@contextmanager
def telling(source: CarePlanSource, settings: OutboxSettings | None, metrics: Metrics) -> Iterator[None]:
    """Send what waits in the outbox while the block runs, and count it.

    A folder is looked at for changes; any other source tells them itself, through an outbox on the same
    settings. Without settings nothing is done. Raises `ConfigurationError` for an outbox that cannot be
    opened.
    """
    if settings is None:
        yield
        return
    try:
        from riv_careplans.outbox import Outbox
        from riv_careplans.outbox.following import Follower
    except ModuleNotFoundError as exc:
        raise ConfigurationError(
            f"the table [index] needs {exc.name}, which is not here: install riv-careplans[index,consumer]"
        ) from None
    outbox = Outbox(settings)
    _count(outbox, metrics)
    with outbox:
        if not isinstance(source, DirectorySource):
            yield
            return
        stopped = Event()
        follower = Follower(source, outbox, clock=lambda: datetime.now(UTC))
        following = Thread(target=follower.run, args=(stopped,), daemon=True, name="following")
        following.start()
        try:
            yield
        finally:
            stopped.set()
            following.join(_SECONDS_TO_FINISH)


def _count(outbox: Outbox, metrics: Metrics) -> None:
    for name, meaning, read in (
        ("outbox_age_seconds", "Seconds that the oldest change has waited for the index", outbox.age),
        ("outbox_waiting", "Posts that the index has not been told of", lambda: outbox.status().waiting),
        ("outbox_set_aside", "Posts that the index refuses", lambda: outbox.status().set_aside),
    ):
        metrics.gauge(name, meaning, _or_nan(read))


def _or_nan(read: Callable[[], float]) -> Callable[[], float]:
    """Give a number that is not one when the database cannot say: the other counts are told all the same."""

    def number() -> float:
        try:
            return read()
        except OutboxUnavailable:
            return nan

    return number
