"""What every version of GetCarePlans can do: read and write its question and its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from riv_careplans.codec import Element
from riv_careplans.contract import Contract
from riv_careplans.errors import Finding
from riv_careplans.exchange import Answer, HasMore, Query, Result
from riv_careplans.model import Agreement, CarePlan

__all__ = ["Interaction", "Reading", "WriteResponse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An answer as read, and why records in it could not be."""

    answer: Answer
    """The records that could be read; `held_back` counts the others."""

    findings: tuple[Finding, ...] = ()
    """What is wrong with the records held back."""


class WriteResponse(Protocol):
    """Write an answer piece by piece, so that a long one needs no memory."""

    def __call__(
        self,
        result: Result,
        care_plans: Iterable[CarePlan],
        agreements: Iterable[Agreement] = (),
        has_more: Iterable[HasMore] = (),
    ) -> Iterator[str]:
        """Yield the body in pieces; raises `ContractViolation` for a record that cannot be written."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One version of the contract, and the way of its messages to and from queries and answers."""

    contract: Contract

    read_request: Callable[[Element], Query]
    """Read a question that has passed the schema; raises `ContractViolation`."""

    write_request: Callable[[Query], str]
    """Write a question as an element that can stand in a SOAP body."""

    read_response: Callable[[Element], Reading]
    """Read an answer that has passed the schema; records that cannot be read are held back."""

    write_response: WriteResponse
    """Write an answer as an element that can stand in a SOAP body."""
