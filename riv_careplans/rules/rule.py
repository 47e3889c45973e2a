"""What a rule is, and what it finds: the vocabulary of this package.

Decides nothing. A finding is made of texts that are written here and of element names, so it
cannot repeat a value of the record it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

import msgspec

from riv_careplans.errors import Finding
from riv_careplans.exchange import Answer, Query
from riv_careplans.model import (
    CV,
    II,
    Activity,
    Agreement,
    Attachment,
    CarePlan,
    Circumstance,
    ContractType,
    DatePeriod,
    Goal,
    Need,
    PartialPeriod,
    Participant,
    Party,
    Recurrence,
    Risk,
    RiskAction,
)
from riv_careplans.rules.walk import Nodes, gather, nodes_with_paths

__all__ = ["AnswerSubject", "Breach", "RecordSubject", "Rule", "RuleFinding", "Severity", "Text"]

T = TypeVar("T", bound=ContractType)

_KINDS: Final[frozenset[type[ContractType]]] = frozenset(
    {
        *(CV, II, DatePeriod, PartialPeriod, Recurrence, Party, Attachment),
        *(Participant, Circumstance, Need, Goal, Activity, Risk, RiskAction),
    }
)
"""The classes whose parts rules ask for; to ask for another is a KeyError."""


class Severity(StrEnum):
    """What a finding means for the one who sent the document."""

    ERROR = "error"
    """The contract is broken: the document must be changed."""

    WARNING = "warning"
    """Allowed, but probably not what was meant, or less than the receiver needs."""

    INFO = "info"
    """Nothing to change: something to be sure of, which the document alone cannot tell."""


class Text(NamedTuple):
    """A sentence in the two languages of this library."""

    english: str
    swedish: str


class Breach(NamedTuple):
    """One place where a rule is broken."""

    path: str = ""
    """Element names with positions, such as `body/goal[2]/subGoal[1]/id`, from what is checked."""

    text: Text | None = None
    """What is wrong here and what would be right; without it, the rule's own sentence is said."""

    severity: Severity | None = None
    """Set where this breach weighs more or less than the rule's others."""

    harmless: bool = False
    """True where the record can be shown although the rule as such is about safety."""

    def below(self, path: str) -> Breach:
        """Return the breach with its path continued upwards."""
        return self._replace(path=f"{path}/{self.path}".strip("/"))


class RuleFinding(Finding, frozen=True, kw_only=True):
    """A broken rule; `message` is the sentence in English."""

    message_sv: str
    """The same sentence in Swedish."""

    severity: Severity

    unsafe: bool
    """True when a record with this finding must not be shown; see `Rule.unsafe`."""


class RecordSubject(msgspec.Struct, frozen=True, kw_only=True):
    """A record under examination, and what a rule may need to know beside it."""

    record: CarePlan | Agreement
    now: datetime
    """Swedish local time without a zone."""
    attachments_asked: bool
    """False when the question said includeAttachments=false."""
    nodes: Nodes
    """The parts of the record by their class."""

    @classmethod
    def of(cls, record: CarePlan | Agreement, *, now: datetime, attachments_asked: bool) -> RecordSubject:
        """Take a record apart once, for all rules."""
        nodes = gather(record, _KINDS)
        return cls(record=record, now=now, attachments_asked=attachments_asked, nodes=nodes)

    @property
    def plan(self) -> CarePlan | None:
        """The record when it is a care plan."""
        return self.record if isinstance(self.record, CarePlan) else None

    def every(self, kind: type[T]) -> list[T]:
        """Return all parts of one class, wherever they stand, in no particular order."""
        return self.nodes[kind]

    def located(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """Give all parts of one class with their paths, in document order; slow, for the few."""
        return nodes_with_paths(self.record, kind)

    def breaking(self, kind: type[T], faults: Callable[[T], tuple[Breach, ...]]) -> Iterator[Breach]:
        """Give the faults of every part of one class, with their places in the record."""
        # Nearly every record is in order, so paths are worked out only when something is wrong.
        if any(map(faults, self.every(kind))):
            for path, part in self.located(kind):
                for breach in faults(part):
                    yield breach.below(path)


class AnswerSubject(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer under examination, and the question it answers."""

    answer: Answer
    query: Query
    now: datetime
    """Swedish local time without a zone."""

    def records(self) -> Iterator[tuple[str, CarePlan | Agreement]]:
        """Give every record with its path in the answer."""
        for position, plan in enumerate(self.answer.care_plans, 1):
            yield f"carePlan[{position}]", plan
        for position, agreement in enumerate(self.answer.agreements, 1):
            yield f"agreement[{position}]", agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the contract; its code is permanent and never given to another rule."""

    code: str
    text: Text
    """What holds, as one sentence."""

    severity: Severity = Severity.ERROR

    unsafe: bool = False
    """True when a record that breaks the rule must not be shown, whoever sent it."""

    reference: str = "contract description, section 4"
    """Where the rule is written down."""

    by_codec: bool = False
    """True when the codec finds the breach while reading, because no model can hold it."""

    record: Callable[[RecordSubject], Iterable[Breach]] | None = None
    """The check of one record."""

    answer: Callable[[AnswerSubject], Iterable[Breach]] | None = None
    """The check of a whole answer."""

    query: Callable[[Query], Iterable[Breach]] | None = None
    """The check of a question."""

    def finding(self, breach: Breach, *, at: str = "") -> RuleFinding:
        """Say a breach as a finding; `at` is the path of the record in its document."""
        text = breach.text or self.text
        return RuleFinding(
            code=self.code,
            path=f"{at}/{breach.path}".strip("/"),
            message=text.english,
            message_sv=text.swedish,
            severity=breach.severity or self.severity,
            unsafe=self.unsafe and not breach.harmless,
        )
