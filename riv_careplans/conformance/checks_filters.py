"""Checks of the question's filters: each filtered answer is compared with the unfiltered one.

A filter is asked for with a value that the patient's records have, and with one that none of them has;
what must come follows from the plain answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from riv_careplans.codes import CARE_PLAN_TYPE_SYSTEM, PlanStatus, PlanType
from riv_careplans.conformance.answers import Answered, Key, Seen
from riv_careplans.conformance.check import (
    ONLY_2,
    ONLY_3,
    Check,
    Context,
    Noted,
    Remark,
    Skipped,
    counted,
    error,
    fact,
    not_answered,
)
from riv_careplans.conformance.questions import NOWHERE
from riv_careplans.exchange import Query
from riv_careplans.model import CV, II, DatePeriod
from riv_careplans.rules import Text

__all__ = ["CHECKS"]

_LONG_AGO: Final = DatePeriod(start=date(1901, 1, 1), end=date(1901, 12, 31))


def _filtered(
    context: Context, query: Query, asked: Text, fits: Callable[[Seen], bool | None]
) -> Iterator[Remark]:
    """Ask and compare; `fits` says whether a record must come, and None where both are right."""
    records = context.records()
    answered = context.ask(query)
    if not answered.is_answer:
        yield not_answered(answered, asked)
        return
    given = {record.identity for record in answered.records}
    known = {record.identity: fits(record) for record in records}
    wrong = sum(1 for identity in given if known.get(identity) is False)
    strange = 0 if not context.is_whole else len(given - known.keys())
    missing = sum(1 for identity, must in known.items() if must is True and identity not in given)
    if wrong:
        told = counted(wrong)
        yield error(
            f"the question {asked.english} was answered with {told.english} that the filter leaves out",
            f"frågan {asked.swedish} besvarades med {told.swedish} som urvalet utesluter",
        )
    if missing:
        told = counted(missing)
        yield error(
            f"the answer to the question {asked.english} lacks {told.english} that the filter lets through",
            f"svaret på frågan {asked.swedish} saknar {told.swedish} som urvalet släpper igenom",
        )
    if strange:
        told = counted(strange)
        yield error(
            f"the question {asked.english} was answered with {told.english} that the plain answer lacks",
            f"frågan {asked.swedish} besvarades med {told.swedish} som det vanliga svaret saknar",
        )


def _identity(key: Key) -> II:
    return II(root=key[0], extension=key[1] or None)


def _by_identity(
    context: Context, field: str, word: Text, found: Callable[[Seen], Key | None]
) -> Iterator[Noted]:
    """Check a filter on identities: one that is there, and one that nobody has."""
    there = next((key for record in context.records() if (key := found(record)) is not None), None)
    nowhere = II.hsa_id(NOWHERE)
    tried = [(nowhere, Text(f"for an unknown {word.english}", f"med en okänd {word.swedish}"))]
    if there is not None:
        own = Text(f"for one {word.english}", f"med en {word.swedish}")
        tried.append((_identity(there), own))
    # A 2.0 record that must stay within its care unit goes without ids (TKB, Regel 1), and may have this one.
    may_be_unsaid = context.interaction.contract.version == "2.0"
    for identity, asked in tried:
        fits = _has(found, identity.key, may_be_unsaid=may_be_unsaid and identity != nowhere)
        yield from _filtered(context, context.with_query(**{field: (identity,)}), asked, fits)


def _has(
    found: Callable[[Seen], Key | None], key: Key, *, may_be_unsaid: bool
) -> Callable[[Seen], bool | None]:
    return lambda record: None if may_be_unsaid and found(record) is None else found(record) == key


# "agreements are not filtered by it" -- contract description, section 2


def _is_of_type(code: str) -> Callable[[Seen], bool]:
    return lambda record: not record.is_plan or (record.type or ("", ""))[1] == code


def _is_of_status(status: str) -> Callable[[Seen], bool]:
    return lambda record: not record.is_plan or record.status == status


def _is_in(period: DatePeriod, *, is_3: bool) -> Callable[[Seen], bool | None]:
    return lambda record: _overlaps(record, period, is_3=is_3)


def _care_unit(context: Context) -> Iterator[Noted]:
    word = Text("care unit", "vårdenhet")
    yield from _by_identity(context, "care_unit_ids", word, lambda record: record.care_unit)


def _care_giver(context: Context) -> Iterator[Noted]:
    word = Text("care giver", "vårdgivare")
    yield from _by_identity(context, "care_giver_ids", word, lambda record: record.care_giver)


def _record(context: Context) -> Iterator[Noted]:
    word = Text("record id", "postidentitet")
    yield from _by_identity(context, "record_ids", word, lambda record: record.identity[1])


def _plans(context: Context) -> list[Seen]:
    plans = [record for record in context.records() if record.is_plan]
    if not plans:
        raise Skipped(
            "the test patient has no plans, and the filter is about plans",
            "testpatienten har inga planer, och urvalet gäller planer",
        )
    return plans


def _type(context: Context) -> Iterator[Noted]:
    plans = _plans(context)
    coded = {plan.type[1]: plan.type for plan in plans if plan.type is not None and plan.type[1]}
    absent = next((one.value for one in PlanType if one.value not in coded), None)
    tried = [(code, system) for code, (system, _) in list(coded.items())[:1]]
    if absent is not None:
        tried.append((absent, CARE_PLAN_TYPE_SYSTEM))
    for code, system in tried:
        wanted = CV(code=code, code_system=system or None, display_name=code)
        there = code in coded
        asked = (
            Text("for one plan type", "med en plantyp")
            if there
            else Text(
                "for a plan type that the patient has no plan of", "med en plantyp som patienten saknar"
            )
        )
        yield from _filtered(context, context.with_query(plan_types=(wanted,)), asked, _is_of_type(code))


def _status(context: Context) -> Iterator[Noted]:
    found = {plan.status for plan in _plans(context)}
    there = [status for status in PlanStatus if status.value in found]
    absent = [status for status in PlanStatus if status.value not in found]
    for status in there[:1] + absent[:1]:
        asked = (
            Text("for one status", "med en status")
            if status in there
            else Text("for a status that no plan has", "med en status som ingen plan har")
        )
        yield from _filtered(
            context, context.with_query(plan_statuses=(status,)), asked, _is_of_status(status.value)
        )


def _period(context: Context) -> Iterator[Noted]:
    records = context.records()
    starts = sorted(record.start for record in records if record.start is not None)
    if not starts:
        raise Skipped("no record has a time to be selected by", "ingen post har en tid att välja på")
    is_3 = context.interaction.contract.version == "3.0"
    first = DatePeriod(start=starts[0], end=starts[0])
    last = starts[-1] + timedelta(days=1)
    tried = [
        (first, Text("for the first day of a record", "med en posts första dag")),
        (_LONG_AGO, Text("for a year long ago", "med ett år för länge sedan")),
    ]
    if not is_3:
        after = DatePeriod(start=last, end=last + timedelta(days=365))
        tried.append((after, Text("for the year after the last record", "med året efter den sista posten")))
    for period, asked in tried:
        filters = {"date_period" if is_3 else "created_period": period}
        yield from _filtered(context, context.with_query(**filters), asked, _is_in(period, is_3=is_3))


def _overlaps(record: Seen, period: DatePeriod, *, is_3: bool) -> bool | None:
    if record.start is None:
        # The TKB does not say what becomes of a plan without documentTime.
        return None
    end = period.end or date.max
    if not is_3:
        return period.start <= record.start <= end
    return record.start <= end and (record.end is None or period.start <= record.end)


def _source_system(context: Context) -> Iterator[Noted]:
    address = II.hsa_id(context.settings.address)
    yield from _filtered(
        context,
        context.with_query(source_system_id=address),
        Text("with the logical address as source system", "med den logiska adressen som källsystem"),
        lambda record: record.source_system == address.key,
    )
    answered = context.ask(context.with_query(source_system_id=II.hsa_id(NOWHERE)))
    asked = Text(
        "with another source system than the logical address",
        "med ett annat källsystem än den logiska adressen",
    )
    yield from _must_be_invalid(answered, asked)


def _must_be_invalid(answered: Answered, asked: Text) -> Iterator[Remark]:
    if not (answered.is_error and answered.error):
        told = answered.as_told
        yield error(
            f"the question {asked.english} was answered with {told.english}; "
            "right is the result ERROR INVALID_REQUEST and 0 records",
            f"frågan {asked.swedish} besvarades med {told.swedish}; "
            "rätt är resultatet ERROR INVALID_REQUEST och 0 poster",
        )


def _care_contact(context: Context) -> Iterator[Noted]:
    body = context.wording().plain()
    closing = f"</r:{context.interaction.contract.name}>".encode()
    contact = b"<r:careContactId>conformance</r:careContactId>"
    answered = context.post(body.replace(closing, contact + closing))
    asked = Text(
        "with a care contact and without its source system", "med en vårdkontakt och utan dess källsystem"
    )
    yield from _must_be_invalid(answered, asked)
    context.records()
    yield from _filtered(
        context,
        context.with_query(
            source_system_id=II.hsa_id(context.settings.address), care_contact_ids=("conformance",)
        ),
        Text("with a care contact that nobody knows", "med en vårdkontakt som ingen känner till"),
        lambda _: False,
    )


def _attachments(context: Context) -> Iterator[Noted]:
    whole = {record.identity: record.attachments for record in context.records()}
    if not any(one.digest is not None for attached in whole.values() for one in attached):
        raise Skipped("no record has an embedded attachment", "ingen post har en inbäddad bilaga")
    asked = Text("without attachments' contents", "utan bilagornas innehåll")
    answered = context.ask(context.with_query(include_attachments=False))
    yield from context.same_records(answered, asked=asked)
    described = sent = undescribed = differing = 0
    for record in answered.records:
        before = whole.get(record.identity, ())
        for position, attached in enumerate(record.attachments):
            had = before[position].digest if position < len(before) else None
            if attached.digest is not None:
                sent += 1
            elif had is not None and not (attached.told_digest and attached.has_size):
                undescribed += 1
            elif had is not None and attached.told_digest != had:
                differing += 1
            elif had is not None:
                described += 1
    yield fact("attachments described by size and sha256", "bilagor beskrivna med size och sha256", described)
    for count, english, swedish in (
        (sent, "attachments came with their content", "bilagor kom med sitt innehåll"),
        (undescribed, "attachments lack size or sha256", "bilagor saknar size eller sha256"),
        (
            differing,
            "attachments have a sha256 that is not that of their content",
            "bilagor har en sha256 som inte är deras innehålls",
        ),
    ):
        if count:
            yield error(
                f"the question {asked.english}: {count} {english}",
                f"frågan {asked.swedish}: {count} {swedish}",
            )


_WHY_FILTER: Final = Text(
    "A consumer asks for less because it may see no more; what comes in spite of that is too much.",
    "En konsument frågar efter mindre för att den inte får se mer; det som ändå kommer är för mycket.",
)
_MEND_FILTER: Final = Text(
    "Apply the filter to every record before it leaves, and compare HSA-ids without regard to case.",
    "Tillämpa urvalet på varje post innan den lämnas ut, och jämför HSA-id utan hänsyn till versaler.",
)


def _filter(
    code: str, title: Text, run: Callable[[Context], Iterator[Noted]], contracts: tuple[str, ...] = ONLY_3
) -> Check:
    reference = "contract description, section 2"
    if contracts != ONLY_3:
        reference += "; TKB clinicalprocess:logistics:logistics 3.0.13, GetCarePlans, request"
    return Check(
        code=code,
        title=title,
        why=_WHY_FILTER,
        mend=_MEND_FILTER,
        reference=reference,
        contracts=contracts,
        run=run,
    )


CHECKS: Final = (
    _filter(
        "PC-011",
        Text("The filter on care unit is applied", "Urvalet på vårdenhet tillämpas"),
        _care_unit,
        ("3.0", "2.0"),
    ),
    _filter(
        "PC-012", Text("The filter on care giver is applied", "Urvalet på vårdgivare tillämpas"), _care_giver
    ),
    _filter(
        "PC-013",
        Text("The filter on plan type is applied to plans", "Urvalet på plantyp tillämpas på planer"),
        _type,
    ),
    _filter(
        "PC-014",
        Text("The filter on plan status is applied to plans", "Urvalet på planstatus tillämpas på planer"),
        _status,
    ),
    _filter(
        "PC-015",
        Text("The filter on period is applied", "Urvalet på period tillämpas"),
        _period,
        ("3.0", "2.0"),
    ),
    _filter(
        "PC-016", Text("The filter on record id is applied", "Urvalet på postidentitet tillämpas"), _record
    ),
    Check(
        code="PC-017",
        title=Text(
            "Without their contents, attachments come with size and sha256",
            "Utan sitt innehåll kommer bilagor med size och sha256",
        ),
        why=Text(
            "An overview fetches documents when somebody opens them; size and sha256 say that it got the "
            "right one.",
            "En översikt hämtar dokument när någon öppnar dem; size och sha256 säger att det är rätt.",
        ),
        mend=Text(
            "When includeAttachments is false, leave out value and give size (bytes, decoded) and sha256 "
            "(lower-case hexadecimal).",
            "När includeAttachments är false: utelämna value och ange size (byte, avkodat) och sha256 "
            "(hexadecimalt, gemener).",
        ),
        reference="contract description, section 2 and rule CP-010",
        contracts=ONLY_3,
        run=_attachments,
    ),
    Check(
        code="PC-018",
        title=Text(
            "A source system that is not the logical address is an invalid request",
            "Ett källsystem som inte är den logiska adressen är en ogiltig fråga",
        ),
        why=Text(
            "The two contradict each other: whoever asks so would take an empty answer for the truth.",
            "De två säger emot varandra: den som frågar så tar ett tomt svar för sanningen.",
        ),
        mend=Text(
            "Compare the source system with LogicalAddress; when they differ, answer ERROR with "
            "INVALID_REQUEST and no records.",
            "Jämför källsystemet med LogicalAddress; när de skiljer sig, svara ERROR med INVALID_REQUEST och "
            "inga poster.",
        ),
        reference="contract description, section 2; TKB clinicalprocess:logistics:logistics 3.0.13, error "
        "handling",
        run=_source_system,
    ),
    Check(
        code="PC-019",
        title=Text(
            "A care contact without its source system is an invalid request",
            "En vårdkontakt utan dess källsystem är en ogiltig fråga",
        ),
        why=Text(
            "A care contact's id means something in its own system alone.",
            "En vårdkontakts id betyder något bara i sitt eget system.",
        ),
        mend=Text(
            "Answer careContactId without sourceSystemHSAId with ERROR and INVALID_REQUEST, and one that "
            "nobody knows with nothing and OK.",
            "Besvara careContactId utan sourceSystemHSAId med ERROR och INVALID_REQUEST, och en som ingen "
            "känner till med ingenting och OK.",
        ),
        reference="TKB clinicalprocess:logistics:logistics 3.0.13, error handling",
        contracts=ONLY_2,
        run=_care_contact,
    ),
)
