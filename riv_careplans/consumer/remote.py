"""A remote producer as a source: prepare, post, interpret.

The shell around the pure parts. Its one decision is that a producer's failure is an answer too.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import Final
from uuid import uuid4

from msgspec.structs import replace

from riv_careplans import bridge
from riv_careplans.codes import ResultCode
from riv_careplans.consumer.envelope import frame_of
from riv_careplans.consumer.interpret import interpret, outcome_of
from riv_careplans.consumer.transport import Transport
from riv_careplans.consumer.use import continuation, continued
from riv_careplans.contracts import interaction_for
from riv_careplans.errors import ProducerError
from riv_careplans.exchange import Answer, Query, Result
from riv_careplans.settings import ProducerAddress

__all__ = ["RemoteSource"]

_MOST_CONTINUATIONS: Final = 50
"""Parts that an answer may come in; a producer that has still more is not followed further."""

_HEADER_VALUE: Final = re.compile(r"[!-~]{1,256}")


class RemoteSource:
    """A producer, asked over SOAP; a `CarePlanSource` and an `AsyncCarePlanSource`.

    Whatever the producer does, an answer comes back: its first outcome says what became of the call,
    and those after it what the producer said of the sources below it. It holds no connection between
    questions and may be shared between threads and event loops.
    """

    def __init__(self, settings: ProducerAddress) -> None:
        """Read the certificates; raises `ConfigurationError` for a setting that cannot work."""
        self._settings = settings
        self._interaction = interaction_for(settings.contract)
        self._transport = Transport(settings)

    def care_plans(self, query: Query) -> Answer:
        """Ask the producer, on an event loop of its own; see `care_plans_async`."""
        return bridge.run(lambda: self.care_plans_async(query))

    async def care_plans_async(self, query: Query) -> Answer:
        """Ask the producer, and go on asking while it has more than it sent.

        All calls together may take the settings' timeout and bytes; what has come by then is the answer,
        and its outcome says that there is more. A question that continues an answer is asked once. Raises
        `ContractViolation` for a question that cannot be written, and for nothing that the producer
        does.
        """
        began = asyncio.get_running_loop().time()
        answer, size = await self._asked(query)
        followed: set[str] = set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(began + self._settings.timeout):
                while query.has_more_reference is None and (reference := continuation(answer)):
                    followed.add(reference)
                    more, more_size = await self._asked(replace(query, has_more_reference=reference))
                    size += more_size
                    if not more.outcomes[0].kind.delivered or size > self._settings.max_answer_bytes:
                        break
                    if continuation(more) in followed or len(followed) > _MOST_CONTINUATIONS:
                        break
                    answer = continued(answer, more)
        return answer

    async def _asked(self, query: Query) -> tuple[Answer, int]:
        """Ask once; give the answer and the bytes it took."""
        frame = frame_of(self._interaction.contract)
        message = self._interaction.write_request(query)
        question = frame.around(message, logical_address=self._settings.logical_address)
        log_id = str(uuid4())
        headers = {
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": frame.soap_action,
            **_chain(self._settings, query, log_id),
        }
        try:
            response = await self._transport.post(question, headers)
            answer = interpret(
                query,
                response,
                producer=self._settings,
                interaction=self._interaction,
                log_id=log_id,
            )
            return answer, len(response.body)
        except ProducerError as exc:
            result = Result(code=ResultCode.INFO, log_id=log_id)
            return Answer(result=result, outcomes=(outcome_of(exc, self._settings),)), 0


def _chain(settings: ProducerAddress, query: Query, log_id: str) -> dict[str, str]:
    """Give the HTTP headers that tie the call to the chain it belongs to."""
    call = query.call
    headers = {
        # "HSA-id of the original consumer that started the call chain … forwarded unchanged"
        "x-rivta-original-serviceconsumer-hsaid": (
            call.original_consumer or settings.original_consumer or call.caller
        ),
        "x-skltp-correlation-id": call.correlation_id or log_id,
    }
    # These came from whoever asked us: a line break in one would begin a header of its own.
    return {name: value for name, value in headers.items() if _HEADER_VALUE.fullmatch(value)}
