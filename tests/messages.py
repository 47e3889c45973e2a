"""Answers as bytes, written by the library from what the builders build."""

from __future__ import annotations

from riv_careplans.codes import ResultCode
from riv_careplans.contracts.get_care_plans_3 import INTERACTION
from riv_careplans.exchange import Result
from riv_careplans.model import CarePlan

__all__ = ["answer_of"]

_LOG_ID = "6f9619ff-8b86-4011-b42d-00c04fc964ff"


def answer_of(*care_plans: CarePlan) -> bytes:
    """Write an answer of GetCarePlans 3.0 with the plans, without an envelope."""
    result = Result(code=ResultCode.OK, log_id=_LOG_ID)
    return "".join(INTERACTION.write_response(result, care_plans)).encode()
