"""The rules of GetCarePlans 2.0 in one table, and the three questions that can be put to it.

The contract's own text (TKB clinicalprocess:logistics:logistics 3.0.13) demands more than its schema.
Here that is said; reading an answer (`reading`) asks for less, because a plan with a fault is better
shown than lost. Codes are permanent. Pure: the time is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Final

from riv_careplans.codes import MediaType
from riv_careplans.contracts.get_care_plans_2 import breaches
from riv_careplans.contracts.get_care_plans_2.breaches import ResponseSubject
from riv_careplans.contracts.get_care_plans_2.messages import CarePlanRecord, GetCarePlans
from riv_careplans.rules import Rule, RuleFinding, Severity, Text
from riv_careplans.rules.catalogue import MOST_FINDINGS_OF_A_RULE
from riv_careplans.rules.rule import Breach

__all__ = ["RULES", "RULES_BY_CODE", "MessageRule", "check_plan", "check_request", "check_response"]

_TKB: Final = "TKB clinicalprocess:logistics:logistics 3.0.13"
_FIELDS: Final = f"{_TKB}, GetCarePlans 2.0, fields of the answer"
_QUESTION: Final = f"{_TKB}, GetCarePlans 2.0, fields of the question"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRule(Rule):
    """A rule about 2.0's messages as they stand, before they are care plans of the model."""

    reference: str = _FIELDS

    plan: Callable[[CarePlanRecord], Iterable[Breach]] | None = None
    """The check of one plan."""

    response: Callable[[ResponseSubject], Iterable[Breach]] | None = None
    """The check of a whole answer."""

    request: Callable[[GetCarePlans], Iterable[Breach]] | None = None
    """The check of a question."""


RULES: Final = (
    MessageRule(
        code="CP2-001",
        text=Text(
            "a careContactId needs the sourceSystemHSAId of the system that knows it",
            "ett careContactId behöver sourceSystemHSAId för det system som känner till det",
        ),
        reference=_QUESTION,
        request=breaches.care_contacts_have_their_source_system,
    ),
    MessageRule(
        code="CP2-002",
        text=Text(
            f"the document's media type is not allowed; allowed are {', '.join(MediaType)}",
            f"dokumentets mediatyp är inte tillåten; tillåtna är {', '.join(MediaType)}",
        ),
        plan=breaches.media_types_are_allowed,
    ),
    MessageRule(
        code="CP2-003",
        text=Text(
            "the document id is empty; it must be unique in the source system",
            "dokumentets id är tomt; det ska vara unikt i källsystemet",
        ),
        plan=breaches.document_ids_are_given,
    ),
    MessageRule(
        code="CP2-004",
        text=Text(
            "the plan has no title: give documentTitle",
            "planen saknar rubrik: ange documentTitle",
        ),
        plan=breaches.title_is_given,
    ),
    MessageRule(
        code="CP2-005",
        text=Text(
            "nullified and nullifiedReason are not given",
            "nullified och nullifiedReason anges inte",
        ),
        plan=breaches.plans_are_not_nullified,
    ),
    MessageRule(
        code="CP2-006",
        text=Text(
            "the document has an id of its own: leave content/id out",
            "dokumentet har ett eget id: utelämna content/id",
        ),
        plan=breaches.contents_have_no_id,
    ),
    MessageRule(
        code="CP2-007",
        text=Text(
            "a document is embedded or at a web address, and not both",
            "ett dokument är inbäddat eller finns på en webbadress, och inte både och",
        ),
        reference=f"{_FIELDS}; contract description, section 4, CP-010",
        unsafe=True,  # two documents in one, or an address that runs code; not one that is missing
        plan=breaches.contents_are_one_document,
    ),
    MessageRule(
        code="CP2-008",
        text=Text(
            "the embedded document is larger than 100 000 bytes: refer to it instead",
            "det inbäddade dokumentet är större än 100 000 byte: hänvisa till det i stället",
        ),
        reference=f"{_TKB}, GetCarePlans 2.0, R1",
        plan=breaches.contents_are_small,
    ),
    MessageRule(
        code="CP2-009",
        text=Text(
            "a code has its code system and display name; an original text stands alone",
            "en kod har sitt kodsystem och sin klartext; en originaltext står ensam",
        ),
        reference=f"{_TKB}, CVType",
        plan=breaches.coded_roles_are_whole,
    ),
    MessageRule(
        code="CP2-010",
        text=Text(
            "a plan says which care giver and which care unit answer for it",
            "en plan säger vilken vårdgivare och vilken vårdenhet som ansvarar för den",
        ),
        severity=Severity.WARNING,
        reference=f"{_TKB}, GetCarePlans 2.0, Regel 1",
        plan=breaches.organisation_is_given,
    ),
    MessageRule(
        code="CP2-011",
        text=Text(
            "the unit where the professional works has an HSA-id and a name",
            "enheten där den ansvariga arbetar har HSA-id och namn",
        ),
        severity=Severity.WARNING,
        reference=f"{_TKB}, GetCarePlans 2.0, Regel 4",
        plan=breaches.unit_of_work_is_given,
    ),
    MessageRule(
        code="CP2-012",
        text=Text(
            "the patient id is a personnummer, samordningsnummer or reservnummer that can exist",
            "patientens id är ett personnummer, samordningsnummer eller reservnummer som kan finnas",
        ),
        unsafe=True,  # nobody can have asked for such a person
        plan=breaches.patient_exists,
        request=breaches.asked_patient_exists,
    ),
    MessageRule(
        code="CP2-013",
        text=Text(
            "this plan is about another patient than the first: an answer is about one patient",
            "denna plan gäller en annan patient än den första: ett svar gäller en patient",
        ),
        unsafe=True,  # another person's data, and with it everything else in the answer
        response=breaches.patients_are_one,
    ),
    MessageRule(
        code="CP2-014",
        text=Text(
            "another plan of the source system has the same document id: give every plan an id of its own",
            "en annan plan från källsystemet har samma dokument-id: ge varje plan ett eget id",
        ),
        response=breaches.document_ids_are_unique,
    ),
    MessageRule(
        code="CP2-015",
        text=Text(
            "a result of ERROR says why and comes without plans; others have no error code",
            "resultatet ERROR säger varför och kommer utan planer; andra resultat har ingen felkod",
        ),
        reference=f"{_TKB}, error handling",
        response=breaches.errors_come_alone,
    ),
    MessageRule(
        code="CP2-016",
        text=Text(
            "the log id is no UUID: give a random one, which leads to nobody",
            "logg-id är inget UUID: ange ett slumpat, som inte leder till någon",
        ),
        reference=f"{_TKB}, error handling",
        response=breaches.log_ids_lead_nowhere,
    ),
    MessageRule(
        code="CP2-017",
        text=Text(
            "the patient's id stands here: it may stand in the patient id alone, so remove it",
            "patientens id står här: det får bara stå i patientens identitet, så ta bort det",
        ),
        reference=f"{_TKB}, error handling; contract description, section 4, CP-018",
        unsafe=True,  # texts and ids travel on: to logs, addresses, calendars and messages
        plan=breaches.texts_keep_the_patient_id_out,
        response=breaches.results_keep_the_patient_id_out,
    ),
    MessageRule(
        code="CP2-018",
        text=Text(
            "HSA-ids have the form of an HSA-id",
            "HSA-id har formen av ett HSA-id",
        ),
        severity=Severity.WARNING,
        reference=f"{_TKB}, HSAIdType; contract description, section 4, CP-003",
        plan=breaches.hsa_ids_have_their_form,
        request=breaches.asked_hsa_ids_have_their_form,
    ),
    MessageRule(
        code="CP2-019",
        text=Text(
            "a period ends after it starts, and the author time is not to come",
            "en period slutar efter att den börjat, och registreringstiden är inte kommande",
        ),
        reference=f"{_TKB}, GetCarePlans 2.0, Regel 2; contract description, section 4, CP-008",
        response=breaches.author_times_have_been,
        request=breaches.asked_period_is_in_order,
    ),
    MessageRule(
        code="CP2-020",
        text=Text(
            "the plan has no document: give one that tells its status and goals",
            "planen saknar dokument: ange ett som berättar om status och mål",
        ),
        severity=Severity.INFO,
        plan=breaches.content_is_given,
    ),
    MessageRule(
        code="CP2-021",
        text=Text(
            "the plan does not say of which type it is: give typeOfCarePlanEnum",
            "planen säger inte vilken typ den är av: ange typeOfCarePlanEnum",
        ),
        severity=Severity.INFO,
        plan=breaches.plan_type_is_given,
    ),
    MessageRule(
        code="CP2-022",
        text=Text(
            "a reservnummer needs the sourceSystemHSAId of the system that gave it",
            "ett reservnummer behöver sourceSystemHSAId för det system som gav det",
        ),
        reference=_QUESTION,
        request=breaches.reservnummer_have_their_source_system,
    ),
    MessageRule(
        code="CP2-023",
        text=Text(
            "the structured record here is not used: it must be valid and say the same as the plan around it",
            "den strukturerade posten här används inte: den ska vara giltig och säga detsamma som planen "
            "omkring den",
        ),
        severity=Severity.WARNING,
        reference="riv-careplans, GetCarePlans 3.0 inside 2.0",
        response=breaches.carried_records_are_believed,
    ),
)
"""Every rule, in the order of its code."""

RULES_BY_CODE: Final = MappingProxyType({rule.code: rule for rule in RULES})
"""The rules by their permanent codes."""

_OF_PLANS: Final = tuple((rule, rule.plan) for rule in RULES if rule.plan)
_OF_RESPONSES: Final = tuple((rule, rule.response) for rule in RULES if rule.response)
_OF_REQUESTS: Final = tuple((rule, rule.request) for rule in RULES if rule.request)
_ALL: Final = frozenset(RULES_BY_CODE)


def check_plan(
    plan: CarePlanRecord, *, at: str = "", codes: frozenset[str] = _ALL
) -> tuple[RuleFinding, ...]:
    """Return what is wrong with one plan, by rule and then by place; at most a hundred findings of a rule.

    `at` is the plan's path in its message, such as `carePlan[2]`; `codes` are the rules asked for.
    """
    return tuple(
        rule.finding(breach, at=at)
        for rule, check in _OF_PLANS
        if rule.code in codes
        for breach in islice(check(plan), MOST_FINDINGS_OF_A_RULE)
    )


def check_response(subject: ResponseSubject) -> tuple[RuleFinding, ...]:
    """Return what is wrong with an answer as a whole; its plans are each for `check_plan`."""
    return tuple(rule.finding(breach) for rule, check in _OF_RESPONSES for breach in check(subject))


def check_request(asked: GetCarePlans) -> tuple[RuleFinding, ...]:
    """Return what is wrong with a question."""
    return tuple(rule.finding(breach) for rule, check in _OF_REQUESTS for breach in check(asked))
