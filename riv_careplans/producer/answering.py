"""From a source's answer to what is sent: filtered, cut, and without what may not leave. Pure.

A source is somebody else's program, and may give anything. Whatever it gives, a record about another
patient, a record that breaks the contract and a text that repeats the patient's id stay here; `trying`
looks at each record. Knows nothing of SOAP and HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from typing import TypeAlias, TypeVar

import msgspec
from msgspec.structs import replace

from riv_careplans.codes import ErrorCode, ResultCode
from riv_careplans.contract import GET_CARE_PLANS_2
from riv_careplans.contracts import Interaction
from riv_careplans.errors import ContractViolation, whereabouts
from riv_careplans.exchange import Answer, HasMore, Outcome, Query, Result
from riv_careplans.model import Agreement, CarePlan
from riv_careplans.producer.reading import Problem
from riv_careplans.producer.trying import Passed, Trial
from riv_careplans.producer.visit import HeldBack
from riv_careplans.rules import check_answer
from riv_careplans.settings import ProducerSettings

__all__ = ["Reply", "SourceMistake", "prepare", "refuse"]

Value = TypeVar("Value")

_Given: TypeAlias = tuple[str, object, type[CarePlan | Agreement] | None]
"""A record of the source's: its place, the record, and what it must be."""


class SourceMistake(Exception):
    """The source's answer as a whole cannot be used; the message is ours, for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is sent."""

    result: Result
    records: tuple[str | CarePlan | Agreement, ...] = ()
    """Plans, then agreements; the first are written already."""
    size: int = 0
    """Bytes of the records, as they are written."""
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
    given: object,
    *,
    interaction: Interaction,
    settings: ProducerSettings,
    now: datetime,
    log_id: str,
    passed: Passed,
) -> Reply:
    """Make a reply out of what the source gave, an Answer or records one by one; raises `SourceMistake`.

    `now` is when the question is answered, `log_id` stands in where the source gave none that can
    be used, and `passed` knows the records that need not be tried again.
    """
    if isinstance(given, Answer):
        frame, records = _frame(query, given, now=now, log_id=log_id), _records_of(given)
    elif isinstance(given, Iterator):
        frame = Answer(result=Result(code=ResultCode.OK, log_id=log_id))
        records = _records_in(given)
    else:
        raise SourceMistake("the source gave no Answer")
    if frame.result.code is ResultCode.ERROR:
        # "result ERROR has errorCode and no records" -- contract description, section 4: CP-019
        if frame.result.error_code is None:
            raise SourceMistake("the source reported an error that is not the question's")
        return Reply(result=frame.result, outcomes=frame.outcomes)
    trial = Trial(
        query,
        interaction,
        now=now,
        thorough=settings.check_records,
        most=settings.max_records,
        one_by_one=not isinstance(given, Answer),
        passed=passed,
    )
    for place, record, kind in records:
        trial.take(place, record, kind)
    kept, more = trial.keeper.kept, trial.keeper.more
    held_back = tuple(
        HeldBack(place=one.place, codes=one.codes) for one in chain(trial.held_back, kept) if one.codes
    )
    sent = [one for one in kept if not one.codes]
    missing = len(held_back) + max(frame.held_back, 0)
    reply = Reply(
        result=_result(
            frame.result, missing=missing, kept=len(sent) if more else None, interaction=interaction
        ),
        records=tuple(one.content for one in sorted(sent, key=lambda one: not one.is_plan)),
        size=sum(one.size for one in sent),
        # A cut answer is continued here first; what the source has more of comes with the last part.
        has_more=(more,) if more else frame.has_more,
        outcomes=frame.outcomes,
        held_back=held_back,
    )
    _try_frame(reply, interaction)
    return reply


def _records_of(answer: Answer) -> Iterator[_Given]:
    """Give the records of an answer, with what each must be."""
    kinds: tuple[tuple[str, type[CarePlan | Agreement], object], ...] = (
        ("carePlan", CarePlan, answer.care_plans),
        ("agreement", Agreement, answer.agreements),
    )
    for name, kind, records in kinds:
        if not isinstance(records, tuple | list):
            raise SourceMistake(f"the source's answer has {name} records that are no tuple")
        for position, record in enumerate(records, 1):
            yield f"{name}[{position}]", record, kind


def _records_in(stream: Iterator[object]) -> Iterator[_Given]:
    """Give records as they come."""
    for position in count(1):
        try:
            record = next(stream)
        except StopIteration:
            return
        except BaseException as exc:  # noqa: BLE001 - a source is somebody else's program
            raise SourceMistake(f"the source raised {whereabouts(exc)}") from None
        yield f"record[{position}]", record, None


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
    frame = replace(frame, held_back=answer.held_back)
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
        for _ in interaction.write_answer(reply.result, (), reply.has_more):
            pass
    except ContractViolation:
        raise SourceMistake("the source's result cannot be written as the contract says") from None
