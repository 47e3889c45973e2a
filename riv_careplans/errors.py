"""Every exception the library raises, in one tree.

```
CarePlanError
├─ ConfigurationError        the operator must change a setting
├─ OutboxUnavailable         the outbox's database cannot take or give a change
├─ InvalidIdentifier         a text is not what it claims to be (also ValueError)
├─ DocumentError             a document cannot become a model: .findings
│   ├─ NotWellFormed         not XML, or XML we refuse to read
│   ├─ UnknownContract       root or namespace is none of ours: .namespace
│   └─ ContractViolation     schema or rules say no
├─ DatabaseUnavailable       our own database cannot be used just now
└─ ProducerError             the other side: .logical_address, .retryable
    ├─ ProducerUnreachable   connect, TLS, broken connection
    │   └─ ProducerTimedOut  no whole answer in time
    ├─ ProducerFault         answered with a SOAP Fault: .code
    └─ InvalidAnswer         answered, but breaks the contract: .findings
        └─ WrongPatient      answered about another patient than the one asked for
```

A message is one sentence: what, where, what would be right. It never holds patient data, nor a
piece of the document it is about.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import ClassVar

import msgspec

__all__ = [
    "CarePlanError",
    "ConfigurationError",
    "ContractViolation",
    "DatabaseUnavailable",
    "DocumentError",
    "Finding",
    "InvalidAnswer",
    "InvalidIdentifier",
    "NotWellFormed",
    "OutboxUnavailable",
    "ProducerError",
    "ProducerFault",
    "ProducerTimedOut",
    "ProducerUnreachable",
    "UnknownContract",
    "WrongPatient",
    "whereabouts",
]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a document, told without repeating its values."""

    code: str
    """Permanent code: `XML`, `XSD`, or a rule such as `CP-001`."""

    message: str
    """One sentence in English: what is wrong and what would be right; no value of the document."""

    path: str = ""
    """Where, as element names with positions, such as `carePlan[2]/body/goal[1]/id`."""

    line: int | None = None
    """Line in the document, counted from 1, when known."""


class CarePlanError(Exception):
    """The root of every exception of this library."""


class ConfigurationError(CarePlanError):
    """The operator must change a setting; the message names it."""


class OutboxUnavailable(CarePlanError):
    """The outbox's database cannot be used just now: what was to be kept is not kept, call again."""


class InvalidIdentifier(CarePlanError, ValueError):
    """A text is not the identifier or time it claims to be."""

    def __init__(self, kind: str, expected: str) -> None:
        super().__init__(f"this is not a valid {kind}: expected {expected}")
        self.kind = kind
        self.expected = expected


class DocumentError(CarePlanError):
    """A document cannot become a model."""

    def __init__(self, problem: str, *, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(problem)
        self.findings = findings


class NotWellFormed(DocumentError):
    """The bytes are not XML, or XML that is refused: a DOCTYPE, too deep, too large."""


class UnknownContract(DocumentError):
    """The root element belongs to no contract of ours."""

    def __init__(self, namespace: str, known: tuple[str, ...]) -> None:
        super().__init__(f"the document belongs to no contract known here; known are {', '.join(known)}")
        self.namespace = namespace


class ContractViolation(DocumentError):
    """The document breaks the contract's schema or rules; `findings` says where."""


class DatabaseUnavailable(CarePlanError):
    """Our own database is locked, full, read-only or gone: nothing was promised, and later it may work."""


class ProducerError(CarePlanError):
    """The producer, not we, failed to answer as the contract says."""

    retryable: ClassVar[bool] = False

    def __init__(self, problem: str, *, logical_address: str) -> None:
        super().__init__(f"{logical_address} {problem}")
        self.logical_address = logical_address
        self.problem = problem


class ProducerUnreachable(ProducerError):
    """No connection, a refused or broken one, or a TLS failure."""

    retryable = True


class ProducerTimedOut(ProducerUnreachable):
    """No whole answer within the deadline."""


class ProducerFault(ProducerError):
    """The producer answered with a SOAP Fault."""

    def __init__(self, problem: str, *, logical_address: str, code: str) -> None:
        super().__init__(problem, logical_address=logical_address)
        self.code = code


class InvalidAnswer(ProducerError):
    """The producer answered with something that breaks the contract."""

    def __init__(self, problem: str, *, logical_address: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(problem, logical_address=logical_address)
        self.findings = findings


class WrongPatient(InvalidAnswer):
    """Something in the answer is about another patient than the one asked for; none of it is used."""


def whereabouts(exc: BaseException) -> str:
    """Say what kind of exception it is and where it was raised, for a log.

    Without the exception's own text: that may hold a value of a record.
    """
    frames = traceback.extract_tb(exc.__traceback__)
    place = f" in {Path(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    return f"{type(exc).__name__}{place}"
