"""Memory for streaming plans out: it must not grow with their number."""

from __future__ import annotations

import tracemalloc

from bench.plans import care_plan
from riv_careplans import Result, ResultCode
from riv_careplans.codes import RESPONDER_3
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.soap import write_envelope

__all__ = ["streaming_peak"]


def streaming_peak(plans: int) -> tuple[float, float]:
    """Stream an answer of so many plans, made one by one; return peak memory and bytes sent, in kB."""
    _stream(10)  # what is compiled once is not counted
    tracemalloc.start()
    sent = _stream(plans)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1000, sent / 1000


def _stream(plans: int) -> int:
    interaction = interaction_for(RESPONDER_3)
    result = Result(code=ResultCode.OK, log_id="00000000-0000-4000-8000-000000000000")
    records = (care_plan(number) for number in range(plans))
    return sum(len(piece) for piece in write_envelope(interaction.write_response(result, records)))
