"""One recognised message: schema, then rules; what is left of a broken answer is checked all the same."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Final, cast

from riv_careplans import codec
from riv_careplans.codec import Element, local_name, namespace_of
from riv_careplans.codes import ResultCode
from riv_careplans.contract import GET_CARE_PLANS_2, Contract
from riv_careplans.contracts import Interaction
from riv_careplans.contracts.interaction import Checked
from riv_careplans.exchange import Result
from riv_careplans.model import Agreement, CarePlan
from riv_careplans.rules import Text
from riv_careplans.validation.coded import unknown_codes
from riv_careplans.validation.levels import level_of
from riv_careplans.validation.mistakes import Mistake
from riv_careplans.validation.options import Options
from riv_careplans.validation.report import StructureLevel
from riv_careplans.validation.schema import MOST_MISTAKES, SchemaVerdict, schema_verdict
from riv_careplans.validation.telling import Problem, record_path
from riv_careplans.validation.traces import Traces, traces_of

__all__ = ["MessageCheck", "check_message"]

_RECORDS: Final = ("carePlan", "agreement")
_NO_LOG_ID: Final = "00000000-0000-4000-8000-000000000000"
"""In the message that is put around a lone record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCheck:
    """What schema and rules say of a message."""

    message: Element
    """The message, or the one that was put around a lone record."""

    problems: tuple[Problem, ...] = ()
    records: int = 0
    levels: tuple[StructureLevel, ...] = ()
    traces: Traces


def check_message(
    interaction: Interaction, contract: Contract, document: Element, kind: str, options: Options
) -> MessageCheck:
    """Check a question, an answer or a record; `contract` may be another package than the shipped one."""
    is_record = kind in _RECORDS
    message = _around(interaction, document) if is_record else document
    verdict = schema_verdict(contract, message)
    problems: list[Problem] = [*verdict.mistakes, *verdict.violations]
    if not verdict.complete and len(problems) <= MOST_MISTAKES:
        problems.append(_too_large(document))
    checked = _checked(interaction, contract, message, kind, verdict, options)
    places = _places(message) if kind != "request" else []
    if checked is None:
        return MessageCheck(message=message, problems=tuple(problems), records=len(places), traces=Traces())
    outside = ("result", "hasMore") if is_record else ()
    problems += [one for one in checked.findings if not one.path.startswith(outside or ("\n",))]
    is_2_0 = contract.namespace == GET_CARE_PLANS_2.namespace
    if checked.answer is not None and not is_2_0:
        problems += unknown_codes(checked.answer.care_plans, checked.places)
    levels = tuple(
        level_of(plan, record_path(place) if is_record else place, is_2_0=is_2_0)
        for place, plan in zip(
            checked.places, checked.answer.care_plans if checked.answer else (), strict=False
        )
    )
    return MessageCheck(
        message=message,
        problems=tuple(problems),
        records=len(places),
        levels=levels,
        traces=_traces(message, checked, is_record=is_record, options=options),
    )


def _checked(
    interaction: Interaction,
    contract: Contract,
    message: Element,
    kind: str,
    verdict: SchemaVerdict,
    options: Options,
) -> Checked | None:
    """Ask the rules about what the schema accepts; None when that is nothing."""
    skip: frozenset[str] = frozenset()
    if not verdict.valid:
        places = _bad_places(message, verdict)
        if kind == "request" or places is None:
            return None
        if "" in places:
            # Something beside the records is wrong: they are put into a message where that is right.
            message = _repaired(interaction, message)
        skip = places - {""}
        if contract.violations(_without(message, skip)):
            return None
    return interaction.check(message, now=options.now, attachments_asked=options.attachments_asked, skip=skip)


def _bad_places(message: Element, verdict: SchemaVerdict) -> frozenset[str] | None:
    """Return the records that the schema refuses, and "" for what is beside them; None when unknown."""
    if not verdict.complete:
        return None
    paths = [one.path.partition("/")[0] for one in verdict.violations]
    found = {path if path.endswith("]") else f"{path}[1]" for path in paths if path.startswith(_RECORDS)}
    found |= {"" for path in paths if not path.startswith(_RECORDS)}
    by_element = dict(zip(_records(message), _places(message), strict=True))
    for mistake in verdict.mistakes:
        element = mistake.element
        while element is not None and element.getparent() is not message:
            element = element.getparent()
        misplaced = mistake.element is element and mistake.code != "XSD-001"
        place = "" if element is None else by_element.get(element, "")
        found |= {place, ""} if misplaced else {place}
    return frozenset(found)


def _records(message: Element) -> list[Element]:
    namespace = namespace_of(message)
    return [child for child in message if local_name(child) in _RECORDS and namespace_of(child) == namespace]


def _places(message: Element) -> list[str]:
    """Return the paths of a message's records, in the document's order."""
    counts = dict.fromkeys(_RECORDS, 0)
    places: list[str] = []
    for record in _records(message):
        name = local_name(record)
        counts[name] += 1
        places.append(f"{name}[{counts[name]}]")
    return places


def _empty_answer(interaction: Interaction) -> Element:
    result = Result(code=ResultCode.OK, log_id=_NO_LOG_ID)
    return codec.parse("".join(interaction.write_response(result, ())).encode())


def _around(interaction: Interaction, record: Element) -> Element:
    """Put an answer around a lone record, so that schema and rules can be asked."""
    answer = _empty_answer(interaction)
    answer.insert(0, record)
    record.tail = None
    return answer


def _repaired(interaction: Interaction, message: Element) -> Element:
    """Return an answer with copies of the message's records, and nothing else of it."""
    answer = _empty_answer(interaction)
    for position, record in enumerate(
        sorted(_records(message), key=lambda one: _RECORDS.index(local_name(one)))
    ):
        copy = deepcopy(record)
        copy.tail = None
        answer.insert(position, copy)
    return answer


def _without(message: Element, places: Iterable[str]) -> Element:
    """Return a copy of a message without some of its records."""
    left = set(places)
    copy = deepcopy(message)
    for place, record in zip(_places(copy), _records(copy), strict=True):
        if place in left:
            copy.remove(record)
    return copy


def _too_large(document: Element) -> Mistake:
    return Mistake(
        code="DOC-005",
        element=document,
        text=Text(
            "the document is too large to be explained in full: there may be more than is told here",
            "dokumentet är för stort för att förklaras helt: det kan finnas mer än vad som berättas här",
        ),
    )


def _traces(message: Element, checked: Checked, *, is_record: bool, options: Options) -> Traces:
    if checked.answer is None:
        return Traces()
    elements = dict(zip(_places(message), _records(message), strict=True))
    lines = {place: cast("int | None", element.sourceline) for place, element in elements.items()}
    answer = checked.answer
    both: tuple[CarePlan | Agreement, ...] = (*answer.care_plans, *answer.agreements)
    records = dict(zip(checked.places, both, strict=True))
    return traces_of(records, lines, now=options.now, is_record=is_record)
