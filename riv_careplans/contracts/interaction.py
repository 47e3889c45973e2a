"""What every version of GetCarePlans can do: read, write and check its question and its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Protocol

from riv_careplans.codec import Element
from riv_careplans.contract import Contract
from riv_careplans.errors import Finding
from riv_careplans.exchange import Answer, HasMore, Query, Result
from riv_careplans.model import Agreement, CarePlan
from riv_careplans.rules import RuleFinding

__all__ = ["Check", "Checked", "Interaction", "Reading", "WriteAnswer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An answer as read, and why records in it could not be."""

    answer: Answer
    """The records that could be read; `held_back` counts the others."""

    findings: tuple[Finding, ...] = ()
    """What is wrong with the records held back."""

    places: tuple[str, ...] = ()
    """Where the answer's records stand in the message, such as `carePlan[2]`: plans, then agreements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the rules say about a message, and the message as read."""

    findings: tuple[RuleFinding, ...]
    """What could not be read, then what each record breaks, then what the message as a whole breaks.

    Paths begin below the message.
    """

    query: Query | None = None
    """The question, when the message was one that could be read."""

    answer: Answer | None = None
    """The answer, when the message was one: the records that could be read, in their order."""

    places: tuple[str, ...] = ()
    """Where the answer's records stand in the message, such as `carePlan[2]`: plans, then agreements."""


class Check(Protocol):
    """Put the contract's rules to a message that has passed the schema."""

    def __call__(
        self,
        element: Element,
        *,
        now: datetime,
        attachments_asked: bool = True,
        skip: AbstractSet[str] = frozenset(),
    ) -> Checked:
        """Read every record once and return what is wrong; never raises for what the message says.

        `now` is Swedish local time, or has a zone. `attachments_asked` is false when the question said
        includeAttachments=false. Records whose paths stand in `skip`, such as `carePlan[2]`, have not
        passed the schema and are not looked at.
        """
        ...


class WriteAnswer(Protocol):
    """Write an answer around its records piece by piece, so that a long one needs no memory."""

    def __call__(
        self, result: Result, records: Iterable[str], has_more: Iterable[HasMore] = ()
    ) -> Iterator[str]:
        """Yield the body in pieces; `records` are as `Interaction.write_record` wrote them, plans first."""
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

    write_record: Callable[[CarePlan | Agreement], str]
    """Write a record as an element of the answer; nothing for one that this version cannot give.

    Raises `ContractViolation` for a record that cannot be written.
    """

    write_answer: WriteAnswer
    """Write an answer as an element that can stand in a SOAP body."""

    check: Check
    """Put the contract's rules to a question or an answer that has passed the schema."""

    def write_response(
        self,
        result: Result,
        care_plans: Iterable[CarePlan],
        agreements: Iterable[Agreement] = (),
        has_more: Iterable[HasMore] = (),
    ) -> Iterator[str]:
        """Write an answer with its records; raises `ContractViolation` as `write_record`."""
        records: Iterator[CarePlan | Agreement] = chain(care_plans, agreements)
        return self.write_answer(result, map(self.write_record, records), has_more)
