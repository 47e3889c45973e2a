"""GetCarePlans as an operation of the endpoint: a question goes to the source, its answer out.

One operation for each version of the contract. Knows nothing of spyne and HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from riv_careplans.codes import ResultCode
from riv_careplans.contract import Contract
from riv_careplans.contracts import Interaction
from riv_careplans.contracts.processing_status import status_of, write_status
from riv_careplans.contracts.soap import write_envelope
from riv_careplans.errors import whereabouts
from riv_careplans.producer.answering import Reply, SourceMistake, prepare, refuse
from riv_careplans.producer.calls import BoundedSource
from riv_careplans.producer.letters import Letter, Refused
from riv_careplans.producer.paging import for_source
from riv_careplans.producer.reading import Question, read_question
from riv_careplans.producer.service import FAILURE, begun
from riv_careplans.producer.trying import Passed
from riv_careplans.producer.visit import Outcome, Visit
from riv_careplans.settings import ProducerSettings

__all__ = ["GetCarePlans"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCarePlans:
    """One version of the contract, answered by a source."""

    interaction: Interaction
    source: BoundedSource
    settings: ProducerSettings
    clock: Callable[[], datetime]
    passed: Passed

    @property
    def contract(self) -> Contract:
        """The contract of this version."""
        return self.interaction.contract

    @property
    def label(self) -> str:
        """The version alone: the contract has always the same name."""
        return self.contract.version

    def read(self, letter: Letter, visit: Visit) -> Question:
        """Read the question; raises `Refused`."""
        return read_question(letter, visit, interaction=self.interaction, settings=self.settings)

    def answer(self, question: Question, visit: Visit) -> Iterable[bytes]:
        """Answer; raises `Refused` when the source fails."""
        now = self.clock()
        reply = self._reply(question, visit, now)
        visit.log_id = reply.result.log_id
        visit.outcome = Outcome.ANSWERED if reply.result.code is not ResultCode.ERROR else Outcome.INVALID
        visit.records = len(reply.records)
        visit.held_back = reply.held_back
        status = write_status(status_of(reply.outcomes, now)) if reply.outcomes else ""
        write = question.interaction.write_record
        records = (one if isinstance(one, str) else write(one) for one in reply.records)

        def enveloped(written: Iterable[str]) -> Iterator[bytes]:
            message = question.interaction.write_answer(reply.result, written, reply.has_more)
            return write_envelope(message, headers=status)

        visit.length = reply.size + sum(map(len, enveloped(())))
        return begun(enveloped(records))

    def _reply(self, question: Question, visit: Visit, now: datetime) -> Reply:
        query = question.query
        if query is None or question.problems:
            visit.reason = " ".join(dict.fromkeys(problem.code for problem in question.problems))
            return refuse(question.problems, visit.log_id)
        finish = partial(
            prepare,
            query,
            interaction=question.interaction,
            settings=self.settings,
            now=now,
            log_id=visit.log_id,
            passed=self.passed,
        )
        try:
            return self.source.reply(for_source(query), finish)
        except SourceMistake as exc:
            raise Refused(FAILURE, code="Server", reason=str(exc)) from None
        except BaseException as exc:  # noqa: BLE001 - a source is somebody else's program: it may raise anything, even to exit
            raise Refused(FAILURE, code="Server", reason=f"the source raised {whereabouts(exc)}") from None
