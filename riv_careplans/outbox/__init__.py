"""Changes on their way to the engagement index, kept until it has taken them.

A vendor's system says `changed` and `removed`; what it has said is durable when the call returns, and
reaches the index at least once, the newest word last. `store` keeps, `post` tells, `sending` goes on
until nothing waits. A folder, which says nothing by itself, is looked at by `following`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from datetime import UTC, datetime
from itertools import islice
from threading import Event, Thread
from typing import Final, Self

from riv_careplans.contracts.engagement_index import Engagement, Transaction
from riv_careplans.identity import PERSONNUMMER, SAMORDNINGSNUMMER, PersonId, swedish_time
from riv_careplans.outbox.post import IndexPost
from riv_careplans.outbox.sending import Sender
from riv_careplans.outbox.store import Status, Store
from riv_careplans.settings import OutboxSettings

__all__ = ["Outbox", "Status"]

_NATIONAL_RESERVNUMMER: Final = "1.2.752.74.9.1"
_INDEXED: Final = frozenset({PERSONNUMMER, SAMORDNINGSNUMMER, _NATIONAL_RESERVNUMMER})
_SECONDS_TO_FINISH: Final = 10.0


def _now() -> datetime:
    # Whoever embeds an outbox has no shell of ours that would pass the time in.
    return datetime.now(UTC)


class Outbox:
    """What a vendor's system tells of its changes; may be shared between threads.

    A context manager: while it is open, a thread sends what waits. It may be open in many processes at
    once; one of them sends.
    """

    def __init__(self, settings: OutboxSettings, *, clock: Callable[[], datetime] = _now) -> None:
        """Open the database; raises `ConfigurationError` for a setting that cannot work.

        `clock` gives a time with a zone.
        """
        self._settings = settings
        self._clock = clock
        self._store = Store(settings.database)
        self._sender = Sender(self._store, IndexPost(settings), batch=settings.batch)
        self._stopped = Event()
        self._thread: Thread | None = None

    # --- what a vendor calls --------------------------------------------------------------------

    def changed(self, patient: PersonId | str, at: datetime) -> bool:
        """Say that something about a patient's plans changed at a time, Swedish or with a zone.

        Durable on return. Call it when the change itself is committed: who is told may ask at once.
        False for a local reservnummer, which is never indexed (TKB itintegration:engagementindex, kR4).
        Raises `OutboxUnavailable` when the database cannot take it
        (nothing is told then: call again), and `InvalidIdentifier`.
        """
        return self.changed_many([(patient, at)]) == 1

    def changed_many(self, changes: Iterable[tuple[PersonId | str, datetime]]) -> int:
        """Say many changes at once, all or none; returns how many are indexed. Raises as `changed`."""
        taken = [self._change(patient, at) for patient, at in changes]
        return self._put(transaction for transaction in taken if transaction is not None)

    def removed(self, patient: PersonId | str) -> bool:
        """Say that the last plan and agreement of a patient is gone; as `changed`.

        While something is left, the removal of the rest is a change (TKB, section 4.1).
        """
        post = self._post(patient)
        return post is not None and self._put([Transaction(delete=True, engagement=post)]) == 1

    def keep_only(self, patients: Iterable[PersonId | str]) -> int:
        """Say that this source system has nothing left about anybody else; returns how many are removed.

        For a source that knows all its patients. Raises as `changed`.
        """
        kept = {post.key for post in map(self._post, patients) if post is not None}
        gone = [
            row
            for row in self._store.standing()
            if row.transaction.engagement.source_system == self._settings.source_system
            and row.transaction.engagement.key not in kept
        ]
        return self._store.remove(gone, self._moment())

    def reindex(self, patients: Iterable[tuple[PersonId | str, datetime]]) -> Generator[int, None, None]:
        """Tell the index everything anew: whom the source has something about, and since when.

        Patients that the index was told of and that are no longer among them are removed from it.
        The list is believed, except against what is reported while it is made. Gives the number of
        patients done so far, after each thousand and at the end; left before its end, it removes
        nobody. Raises as `changed`.
        """
        number, done, whole = self._store.begin_reindex(), 0, False
        left = iter(patients)
        try:
            while some := list(islice(left, self._settings.batch)):
                taken = [self._change(patient, at) for patient, at in some]
                moment = self._moment()
                self._store.put_listed((one, moment) for one in taken if one is not None)
                done += len(some)
                yield done
            whole = True
        finally:
            # Half a list says of nobody that it is gone.
            self._store.end_reindex(number, self._moment(), whole=whole)
        yield done

    # --- sending --------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Begin to send."""
        # An event of its own: a thread that did not end in time must not go on.
        self._stopped = Event()
        self._thread = Thread(target=self._sender.run, args=(self._stopped,), daemon=True, name="outbox")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Finish what is being sent; what waits stays in the database."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(_SECONDS_TO_FINISH)
        self._store.close()

    def send(self) -> bool:
        """Send what waits, now; returns whether nothing waits any more. Raises `OutboxUnavailable`."""
        return self._sender.send_all()

    @property
    def problem(self) -> str:
        """Why the last attempt to send did not reach the index; empty when it did."""
        return self._sender.problem

    # --- for the operator -----------------------------------------------------------------------

    def status(self) -> Status:
        """Count what waits, what is set aside and what has been told; raises `OutboxUnavailable`."""
        return self._store.status()

    def age(self) -> float:
        """Return the seconds that the oldest change has waited; 0 when nothing waits."""
        oldest = self._store.oldest()
        return 0.0 if oldest is None else max(0.0, self._moment() - oldest)

    def retry(self) -> int:
        """Let what was set aside wait again; returns how many."""
        return self._store.retry(self._moment())

    def drop(self) -> int:
        """Forget what was set aside; returns how many."""
        return self._store.drop()

    def _put(self, transactions: Iterable[Transaction]) -> int:
        moment = self._moment()
        changes = [(transaction, moment) for transaction in transactions]
        self._store.put(changes)
        return len(changes)

    def _change(self, patient: PersonId | str, at: datetime) -> Transaction | None:
        post = self._post(patient, swedish_time(at).replace(microsecond=0))
        return None if post is None else Transaction(engagement=post)

    def _post(self, patient: PersonId | str, content: datetime | None = None) -> Engagement | None:
        person = PersonId.parse(patient) if isinstance(patient, str) else patient
        if person.root not in _INDEXED:
            return None
        return Engagement(
            patient_id=person.extension,
            logical_address=self._settings.source_system,
            source_system=self._settings.source_system,
            data_controller=self._settings.data_controller,
            most_recent_content=content,
        )

    def _moment(self) -> float:
        return self._clock().timestamp()
