"""What a check is, what it may say, and what it can ask: the vocabulary of this package.

A check is a row of a table: a code, a title, the rule it stands on and a function from a `Context` to
findings and facts. It stands alone: what it needs is asked by itself or by the context, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias

from msgspec.structs import replace

from riv_careplans.conformance.answers import Answered, Form, Seen, read_answer
from riv_careplans.conformance.client import Client, Connection, Reply
from riv_careplans.conformance.questions import Wording, headers
from riv_careplans.conformance.settings import CheckSettings
from riv_careplans.contracts import Interaction
from riv_careplans.exchange import Query
from riv_careplans.rules import Severity, Text
from riv_careplans.validation.report import Fact, ReportedFinding, StructureLevel

__all__ = [
    "BOTH",
    "ONLY_2",
    "ONLY_3",
    "Check",
    "Context",
    "Noted",
    "Remark",
    "Skipped",
    "counted",
    "error",
    "fact",
    "info",
    "not_answered",
    "warning",
]

BOTH: Final = ("3.0", "2.0")
ONLY_3: Final = ("3.0",)
ONLY_2: Final = ("2.0",)

_NO_REMEDY: Final = Text("", "")


class Skipped(Exception):
    """A check cannot tell anything about this producer; `text` says why."""

    def __init__(self, english: str, swedish: str) -> None:
        super().__init__(english)
        self.text = Text(english, swedish)


class Remark(NamedTuple):
    """What a check saw that it should not have seen; the runner makes a finding of it."""

    severity: Severity
    text: Text
    remedy: Text = _NO_REMEDY


Noted: TypeAlias = Remark | Fact | ReportedFinding | StructureLevel
"""What a check gives: remarks, facts, and what the validation has made already."""


def error(english: str, swedish: str, remedy: Text = _NO_REMEDY) -> Remark:
    """Say that the producer breaks the rule."""
    return Remark(Severity.ERROR, Text(english, swedish), remedy)


def warning(english: str, swedish: str, remedy: Text = _NO_REMEDY) -> Remark:
    """Say that the producer does what is allowed and not wise."""
    return Remark(Severity.WARNING, Text(english, swedish), remedy)


def info(english: str, swedish: str) -> Remark:
    """Say what is worth knowing."""
    return Remark(Severity.INFO, Text(english, swedish))


def fact(english: str, swedish: str, value: object) -> Fact:
    """Say what was seen, without judging it."""
    return Fact(label=Text(english, swedish), value=str(value))


def counted(records: int) -> Text:
    """Say how many records, in words."""
    return Text(
        f"{records} record{'' if records == 1 else 's'}", f"{records} post{'' if records == 1 else 'er'}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One row of the table."""

    code: str
    """Permanent: `PC-007`; never given to something else."""

    title: Text
    """What holds for a producer that is right: one sentence without a full stop."""

    why: Text
    mend: Text
    reference: str
    """The rule that it stands on."""

    contracts: tuple[str, ...] = BOTH
    """The versions that the rule is about."""

    severity: Severity = Severity.ERROR
    """The gravest that it can say."""

    run: Callable[[Context], Iterable[Noted]]


@dataclass(slots=True, kw_only=True)
class Context:
    """One version of the contract at one producer: asks, and keeps the answers that several checks need."""

    settings: CheckSettings
    client: Client
    interaction: Interaction
    now: datetime
    log_ids: list[str] = field(default_factory=list)
    """The log ids of all answers, in their order, as far as they are UUIDs."""

    used: list[Answered] = field(default_factory=list)
    """Kept answers that the check which runs now has looked at."""

    _kept: dict[str, Answered] = field(default_factory=dict)

    # --- asking ------------------------------------------------------------------------------

    def query(self) -> Query:
        """Return the plain question: everything about the test patient."""
        return Query(patient_id=self.settings.person)

    def wording(self, query: Query | None = None) -> Wording:
        """Return the ways to write a question, by default the plain one."""
        return Wording(self.interaction, query or self.query(), self.settings.address)

    def ask(self, query: Query) -> Answered:
        """Ask a well-written question and read what comes; raises `Unanswered` and `RunIsOver`."""
        return self.post(self.wording(query).plain())

    def post(
        self,
        body: bytes,
        *,
        content_type: str = "text/xml; charset=UTF-8",
        action: str | None = "",
        with_certificate: bool = True,
    ) -> Answered:
        """Post any bytes and read what comes; raises as `ask`."""
        told = headers(self.interaction.contract, content_type=content_type, action=action)
        return self.read(self.client.post(body, told, with_certificate=with_certificate))

    def post_on(self, connection: Connection, body: bytes) -> Answered:
        """Post on a connection that is kept."""
        target = self.settings.parts.path or "/"
        query = self.settings.parts.query
        told = headers(self.interaction.contract)
        return self.read(connection.send("POST", target + (f"?{query}" if query else ""), body, told))

    def read(self, reply: Reply) -> Answered:
        """Read what came, and note its log id."""
        answered = read_answer(reply, self.interaction.contract)
        if answered.has_log_id:
            self.log_ids.append(answered.log_id)
        return answered

    # --- answers that are kept ---------------------------------------------------------------

    def kept(self, name: str, ask: Callable[[], Answered]) -> Answered:
        """Ask once in the run, and keep the answer under a name."""
        found = self._kept.get(name)
        if found is None:
            found = self._kept[name] = ask()
        else:
            self.used.append(found)
        return found

    def first(self) -> Answered:
        """Return the answer to the plain question, whatever it is."""
        return self.kept("plain", lambda: self.ask(self.query()))

    def keep_first(self, answered: Answered) -> None:
        """Take over the answer that the first contact gave."""
        self._kept["plain"] = answered

    def plain(self) -> Answered:
        """Return the answer to the plain question; raises `Skipped` when it is none to compare with."""
        answered = self.first()
        if not answered.is_answer:
            raise Skipped(
                "the plain question was not answered: see PC-001",
                "den vanliga frågan besvarades inte: se PC-001",
            )
        return answered

    def records(self) -> tuple[Seen, ...]:
        """Return the records of the plain answer; raises `Skipped` when there are none."""
        records = self.plain().records
        if not records:
            raise Skipped(
                "the test patient has no records, so nothing can be compared: choose another",
                "testpatienten har inga poster, så inget går att jämföra: välj en annan",
            )
        return records

    @property
    def is_whole(self) -> bool:
        """Say whether the plain answer held everything, and was not cut."""
        return not self.plain().has_more and self.plain().result == "OK"

    # --- judging -----------------------------------------------------------------------------

    def same_records(self, answered: Answered, *, asked: Text) -> Iterator[Remark]:
        """Demand the records of the plain answer; `asked` says which question it was, such as "in UTF-16"."""
        plain = self.plain()
        if not answered.is_answer:
            yield not_answered(answered, asked)
        elif answered.contents != plain.contents:
            yield error(
                f"the question {asked.english} was answered with other records than the plain one: "
                f"{len(answered.records)} instead of {len(plain.records)}, "
                f"{len(answered.contents & plain.contents)} of them the same",
                f"frågan {asked.swedish} besvarades med andra poster än den vanliga: "
                f"{len(answered.records)} i stället för {len(plain.records)}, "
                f"varav {len(answered.contents & plain.contents)} samma",
            )

    def must_refuse(self, answered: Answered, *, asked: Text) -> Iterator[Remark]:
        """Demand a refusal in any form, and no data."""
        if answered.records:
            told = counted(len(answered.records))
            yield error(
                f"the question {asked.english} was answered with {told.english}",
                f"frågan {asked.swedish} besvarades med {told.swedish}",
            )
        elif not answered.is_refusal:
            told = answered.as_told
            yield error(
                f"the question {asked.english} was not refused: it answered with {told.english}",
                f"frågan {asked.swedish} avvisades inte: den svarade med {told.swedish}",
            )

    def with_query(self, **filters: object) -> Query:
        """Return the plain question with filters."""
        return replace(self.query(), **filters)


def not_answered(answered: Answered, asked: Text) -> Remark:
    """Say that a question that is right was not answered."""
    told = answered.as_told
    if answered.form is Form.ANSWER:
        return error(
            f"the question {asked.english} was answered with {told.english}",
            f"frågan {asked.swedish} besvarades med {told.swedish}",
        )
    return error(
        f"the question {asked.english} was not answered: it answered with {told.english}",
        f"frågan {asked.swedish} besvarades inte: den svarade med {told.swedish}",
    )
