"""From a source's answer to what is sent: filtered, cut, and without what may not leave. Pure.

A source is somebody else's program, and may give anything. Whatever it gives, a record about another
patient, a record that breaks the contract and a text that repeats the patient's id stay here. Every
record is tried before the first byte is sent, so that a Fault can still be sent when the answer as a
whole is no good, and so that writing cannot stop half-way. Knows nothing of SOAP and HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from riv_careplans import codec
from riv_careplans.codes import ErrorCode, ResultCode
from riv_careplans.contract import GET_CARE_PLANS_2
from riv_careplans.contracts import Interaction
from riv_careplans.errors import ContractViolation, NotWellFormed
from riv_careplans.exchange import Answer, HasMore, Outcome, Query, Result, select, without_values
from riv_careplans.model import Agreement, CarePlan
from riv_careplans.producer.paging import Found, Weight, cut, cut_to_weight
from riv_careplans.producer.reading import Problem
from riv_careplans.producer.visit import HeldBack
from riv_careplans.rules import Severity, check_answer, check_record
from riv_careplans.settings import ProducerSettings

__all__ = ["Reply", "SourceMistake", "prepare", "refuse"]

Value = TypeVar("Value")

_TRIAL: Final = Result(code=ResultCode.OK, log_id="00000000-0000-0000-0000-000000000000")
"""What a record is tried with: a message has a result."""


_RECORD_AND_RESULT: Final = 2
"""An extension that closes what it did not open would make two records of one."""


_NOTHING: Final = Weight(0, 0)


class SourceMistake(Exception):
    """The source's answer as a whole cannot be used; the message is ours, for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is sent."""

    result: Result
    care_plans: tuple[CarePlan, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    has_more: tuple[HasMore, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    """What became of the sources below; none when the source asks nobody."""
    held_back: tuple[HeldBack, ...] = ()


def refuse(problems: Iterable[Problem], log_id: str) -> Reply:
    """Answer a question that the rules refuse."""
    # "broken contract rule: result ERROR + errorCode INVALID_REQUEST (+message)"
    # -- TKB clinicalprocess:logistics:logistics 3.0.13
    text = "Frågan kan inte besvaras: " + "; ".join(dict.fromkeys(one.text for one in problems)) + "."
    return Reply(
        result=Result(code=ResultCode.ERROR, error_code=ErrorCode.INVALID_REQUEST, log_id=log_id, text=text)
    )


def prepare(
    query: Query,
    answer: object,
    *,
    interaction: Interaction,
    settings: ProducerSettings,
    now: datetime,
    log_id: str,
) -> Reply:
    """Make a reply out of what the source gave; raises `SourceMistake`.

    `now` is when the question is answered, `log_id` stands in where the source gave none that can
    be used.
    """
    if not isinstance(answer, Answer):
        raise SourceMistake("the source gave no Answer")
    frame = _frame(query, answer, now=now, log_id=log_id)
    if frame.result.code is ResultCode.ERROR:
        # "result ERROR has errorCode and no records" -- contract description, section 4: CP-019
        if frame.result.error_code is None:
            raise SourceMistake("the source reported an error that is not the question's")
        return Reply(result=frame.result, outcomes=frame.outcomes)
    found, strangers = _asked_for(query, answer)
    kept, more = cut(found, query, settings.max_records)
    check = _Check(query=query, interaction=interaction, now=now, thorough=settings.check_records)
    passed: list[tuple[Found, Weight]] = []
    broken: list[HeldBack] = []
    for one in kept:
        weight, codes = check.outcome(one.record)
        if codes:
            broken.append(HeldBack(place=one.place, codes=codes))
        else:
            passed.append((one, weight))
    sent, heavy = cut_to_weight(passed, query)
    more = heavy or more
    held_back = (*strangers, *broken)
    records = [check.as_asked(one.record) for one in sent]
    missing = len(held_back) + max(answer.held_back, 0)
    reply = Reply(
        result=_result(
            frame.result, missing=missing, kept=len(sent) if more else None, interaction=interaction
        ),
        care_plans=tuple(record for record in records if isinstance(record, CarePlan)),
        agreements=tuple(record for record in records if isinstance(record, Agreement)),
        # A cut answer is continued here first; what the source has more of comes with the last part.
        has_more=(more,) if more else frame.has_more,
        outcomes=frame.outcomes,
        held_back=held_back,
    )
    _try_frame(reply, interaction)
    return reply


def _result(result: Result, *, missing: int, kept: int | None, interaction: Interaction) -> Result:
    """Say in the result what the answer lacks."""
    sentences = [result.text] if result.text else []
    if missing == 1:
        sentences.append("1 post kunde inte lämnas ut, eftersom den bryter mot tjänstekontraktet.")
    elif missing:
        sentences.append(f"{missing} poster kunde inte lämnas ut, eftersom de bryter mot tjänstekontraktet.")
    if kept is not None and interaction.contract is GET_CARE_PLANS_2:
        # 3.0 has hasMore, which can be followed; to say it in words too would outlive the following.
        sentences.append(f"Svaret innehåller bara de {kept} senast uppdaterade posterna.")
    if not missing and kept is None:
        return result
    return replace(result, code=ResultCode.INFO, text=" ".join(sentences) or None)


# --- what stands beside the records ---------------------------------------------------------------


def _frame(query: Query, answer: Answer, *, now: datetime, log_id: str) -> Answer:
    """Return the answer without its records, and without what may not leave."""
    frame = Answer(
        result=_checked(answer.result, Result, "result"),
        outcomes=_checked(answer.outcomes, tuple[Outcome, ...], "outcomes"),
        has_more=_checked(answer.has_more, tuple[HasMore, ...], "has_more"),
    )
    if not isinstance(answer.held_back, int):
        raise SourceMistake("the source's answer has a held_back that is no number")
    # CP-018: "text never repeats the patient id; logId is a UUID"
    paths = {found.path for found in check_answer(frame, query, now=now) if found.code == "CP-018"}
    result = replace(
        frame.result,
        log_id=log_id if "result/logId" in paths else frame.result.log_id,
        text=None if "result/resultText" in paths else frame.result.text,
    )
    has_more = tuple(
        more
        for position, more in enumerate(frame.has_more, 1)
        if not any(path.startswith(f"hasMore[{position}]/") for path in paths)
    )
    return replace(frame, result=result, has_more=has_more)


def _checked(value: object, kind: type[Value], name: str) -> Value:
    """Return a value that is what its type says: the classes themselves check nothing when made."""
    try:
        return msgspec.convert(msgspec.to_builtins(value), kind)
    except (TypeError, ValueError, RecursionError):
        raise SourceMistake(f"the source's answer has a {name} that is not of its type") from None


def _try_frame(reply: Reply, interaction: Interaction) -> None:
    try:
        for _ in interaction.write_response(reply.result, (), (), reply.has_more):
            pass
    except ContractViolation:
        raise SourceMistake("the source's result cannot be written as the contract says") from None


# --- the records ----------------------------------------------------------------------------------


def _asked_for(query: Query, answer: Answer) -> tuple[list[Found], tuple[HeldBack, ...]]:
    """Return the records that were asked for, and those that nobody may get whatever was asked."""
    found: list[Found] = []
    held_back: list[HeldBack] = []
    kinds: tuple[tuple[str, type[CarePlan | Agreement], object], ...] = (
        ("carePlan", CarePlan, answer.care_plans),
        ("agreement", Agreement, answer.agreements),
    )
    for name, kind, records in kinds:
        if not isinstance(records, tuple | list):
            raise SourceMistake(f"the source's answer has {name} records that are no tuple")
        for position, record in enumerate(records, 1):
            if type(record) is kind:
                found.append(Found(f"{name}[{position}]", record))
            else:
                held_back.append(HeldBack(place=f"{name}[{position}]", codes=("TYPE",)))
    try:
        return _matching(query, found, held_back)
    except Exception:  # noqa: BLE001 - a record may hold anything; those that do are left out, below
        whole = [one for one in found if _is_whole(one.record)]
    kept = {id(one.record) for one in whole}
    held_back += [HeldBack(place=one.place, codes=("XSD",)) for one in found if id(one.record) not in kept]
    return _matching(query, whole, held_back)


def _is_whole(record: CarePlan | Agreement) -> bool:
    """Say whether every part of a record is of its type."""
    try:
        codec.content(record)
    except Exception:  # noqa: BLE001 - as above: whatever it is that stops the writer
        return False
    return True


def _matching(
    query: Query, found: list[Found], held_back: list[HeldBack]
) -> tuple[list[Found], tuple[HeldBack, ...]]:
    """Apply the filters, and set other patients' records aside."""
    patient = query.patient_id.key
    own: list[Found] = []
    strangers: list[HeldBack] = []
    for one in found:
        if one.record.header.access_control.patient_id.key == patient:
            own.append(one)
        else:
            # "every record in one answer is about the patient asked for" -- CP-005
            strangers.append(HeldBack(place=one.place, codes=("CP-005",)))
    selected = select(
        # Attachments are taken out later, of the records that are sent.
        replace(query, include_attachments=True),
        Answer(
            care_plans=tuple(one.record for one in own if isinstance(one.record, CarePlan)),
            agreements=tuple(one.record for one in own if isinstance(one.record, Agreement)),
            result=_TRIAL,
        ),
    )
    fitting = {id(record) for record in (*selected.care_plans, *selected.agreements)}
    return [one for one in own if id(one.record) in fitting], (*held_back, *strangers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """What a record must pass before it leaves."""

    query: Query
    interaction: Interaction
    now: datetime
    thorough: bool
    """Schema and rules too, not only that it is written as one well-formed record."""

    def as_asked(self, record: CarePlan | Agreement) -> CarePlan | Agreement:
        """Leave the attachments' values out when the question says so."""
        if self.query.include_attachments:
            return record
        # Twice, because it gives back the type that it is given.
        if isinstance(record, CarePlan):
            return without_values(record)
        return without_values(record)

    def outcome(self, record: CarePlan | Agreement) -> tuple[Weight, tuple[str, ...]]:
        """Return what a record takes of the answer, and the codes of what it breaks, each once."""
        try:
            text = "".join(_write_alone(self.interaction, self.as_asked(record))).encode()
            # The message with this record alone, as it would be sent.
            message = codec.parse(text)
            codes = tuple(dict.fromkeys(self._codes(message, self.as_asked(record))))
            return Weight(len(text), sum(1 for _ in message.iter())), codes
        except (ContractViolation, NotWellFormed) as exc:
            return _NOTHING, tuple(dict.fromkeys(found.code for found in exc.findings)) or ("XSD",)
        except Exception:  # noqa: BLE001 - a record may hold anything; whatever it breaks, it stays here
            return _NOTHING, ("XSD",)

    def _codes(self, message: codec.Element, record: CarePlan | Agreement) -> Iterator[str]:
        if len(message) > _RECORD_AND_RESULT:
            yield "XML"
        if not self.thorough:
            return
        yield from (found.code for found in self.interaction.contract.violations(message))
        asked = self.query.include_attachments
        findings = check_record(record, now=self.now, attachments_asked=asked)
        yield from (found.code for found in findings if found.severity is Severity.ERROR)


def _write_alone(interaction: Interaction, record: CarePlan | Agreement) -> Iterator[str]:
    if isinstance(record, CarePlan):
        return interaction.write_response(_TRIAL, (record,))
    return interaction.write_response(_TRIAL, (), (record,))
