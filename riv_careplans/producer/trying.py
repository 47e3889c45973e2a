"""One record on its way out: whether it may leave, and how it is written. Pure.

A source is somebody else's program, and may give anything. A record is tried as it would be sent, before
the first byte is, so that a Fault can still be sent when the answer as a whole is no good, and so that
writing cannot stop half-way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from threading import Lock
from typing import Final

from msgspec.structs import replace

from riv_careplans import codec
from riv_careplans.codes import ResultCode
from riv_careplans.contracts import Interaction
from riv_careplans.errors import ContractViolation, NotWellFormed
from riv_careplans.exchange import Query, Result, wanted, without_values
from riv_careplans.model import Agreement, CarePlan
from riv_careplans.producer.paging import Keeper, Written, age_of
from riv_careplans.rules import Severity, check_record

__all__ = ["Passed", "Trial"]

_TRIAL: Final = Result(code=ResultCode.OK, log_id="00000000-0000-0000-0000-000000000000")
"""What a record is tried with: a message has a result."""

_HELD_AS_TEXT: Final = 1024 * 1024
"""Bytes of an answer whose records are written once; of what comes then the source has the records anyway."""

_RECORD_AND_RESULT: Final = 2
"""An extension that closes what it did not open would make two records of one."""


class Passed:
    """Records that have been tried and may leave, known by a digest of how they are written.

    The same plan is asked for again and again; what has passed once passes again, because no rule turns
    against a record as time goes by. Safe to use from many threads.
    """

    def __init__(self, most: int = 10_000) -> None:
        """`most` digests are remembered, those that came last."""
        self._most = most
        self._digests: dict[bytes, None] = {}
        self._lock = Lock()

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._digests

    def add(self, digest: bytes) -> None:
        """Remember one more, and forget the oldest."""
        with self._lock:
            self._digests[digest] = None
            if len(self._digests) > self._most:
                del self._digests[next(iter(self._digests))]


class Trial:
    """Tries the records of one answer, and keeps those that are to be sent."""

    def __init__(
        self,
        query: Query,
        interaction: Interaction,
        *,
        now: datetime,
        thorough: bool,
        most: int,
        one_by_one: bool,
        passed: Passed,
    ) -> None:
        """`thorough`: schema and rules too, not only that a record is written as one well-formed one.

        `one_by_one`: nobody else holds the records, so that each is kept as it was written.
        """
        self._query = query
        self._interaction = interaction
        self._now = now
        self._thorough = thorough
        self._one_by_one = one_by_one
        self._passed = passed
        self._patient = query.patient_id.key
        # Attachments are taken out when the record is written.
        self._is_asked_for = wanted(replace(query, include_attachments=True))
        self.keeper = Keeper(query, most)
        self.held_back: list[Written] = []
        """What nobody may get, and what the newest records had to leave out of the answer."""

    def take(self, place: str, record: object, kind: type[CarePlan | Agreement] | None = None) -> None:
        """Try one record of the source's; `kind` is what it claims to be by its place."""
        if not isinstance(record, CarePlan | Agreement) or type(record) is not (kind or type(record)):
            self._hold_back(place, "TYPE")
            return
        try:
            if record.header.access_control.patient_id.key != self._patient:
                # "every record in one answer is about the patient asked for" -- CP-005
                self._hold_back(place, "CP-005")
                return
            if not self._is_asked_for(record):
                return
            age = age_of(record)
        except Exception:  # noqa: BLE001 - a record may hold anything; whatever it breaks, it stays here
            self._hold_back(place, "XSD")
            return
        if self.keeper.wants(age):
            written = self._tried(place, record)
            if written.size or written.codes:
                self.keeper.keep(age, written)

    def _hold_back(self, place: str, code: str) -> None:
        self.held_back.append(Written(place, is_plan=False, codes=(code,)))

    def _tried(self, place: str, record: CarePlan | Agreement) -> Written:
        is_plan = isinstance(record, CarePlan)
        try:
            asked = record if self._query.include_attachments else _without_values(record)
            text = self._interaction.write_record(asked)
            codes = self._faults(text, asked)
        except (ContractViolation, NotWellFormed) as exc:
            codes = tuple(dict.fromkeys(found.code for found in exc.findings)) or ("XSD",)
        except Exception:  # noqa: BLE001 - as above
            codes = ("XSD",)
        if codes:
            return Written(place, is_plan, codes)
        # Every element ends in one of these; what else looks so is counted too, on the safe side.
        elements = text.count("</") + text.count("/>")
        is_text = self._one_by_one or self.keeper.size < _HELD_AS_TEXT
        return Written(place, is_plan, (), text if is_text else asked, len(text.encode()), elements)

    def _faults(self, text: str, record: CarePlan | Agreement) -> tuple[str, ...]:
        """Return what a record breaks, each once; may raise whatever the record brings about."""
        how = (self._interaction.contract.namespace, self._thorough, self._query.include_attachments)
        digest = hashlib.sha256(f"{how}{text}".encode()).digest()
        if digest in self._passed:
            return ()
        # The message with this record alone, as it would be sent.
        message = "".join(self._interaction.write_answer(_TRIAL, (text,))).encode()
        codes = tuple(dict.fromkeys(self._codes(codec.parse(message), record)))
        if not codes:
            self._passed.add(digest)
        return codes

    def _codes(self, message: codec.Element, record: CarePlan | Agreement) -> Iterator[str]:
        if len(message) > _RECORD_AND_RESULT:
            yield "XML"
        if not self._thorough:
            return
        yield from (found.code for found in self._interaction.contract.violations(message))
        asked = self._query.include_attachments
        findings = check_record(record, now=self._now, attachments_asked=asked)
        yield from (found.code for found in findings if found.severity is Severity.ERROR)


def _without_values(record: CarePlan | Agreement) -> CarePlan | Agreement:
    # Twice, because it gives back the type that it is given.
    if isinstance(record, CarePlan):
        return without_values(record)
    return without_values(record)
