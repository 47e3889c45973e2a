"""What the fields, the parts and the codes of a record are called, in Swedish and in English.

Complete: a test fails when the contract has a field or a code without words. English words for fields and
codes are the contract's own, taken apart; Swedish ones stand here, codes in `riv_careplans.swedish`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from riv_careplans.codes import (
    Achievement,
    ActivityKind,
    ActivityStatus,
    AgreementStatus,
    Audience,
    ChannelSystem,
    CircumstanceKind,
    ContinuedContactCode,
    DayPart,
    ExpressedBy,
    FollowUpResult,
    GoalCategory,
    GoalStatus,
    ImportantKind,
    Informant,
    Initiator,
    InvolvedBy,
    InvolvementForm,
    LegalBasis,
    MediaType,
    Origin,
    PartyKind,
    PlaceKind,
    PlanStatus,
    Relation,
    RiskLevel,
    Scope,
    Sharing,
    Urgency,
)
from riv_careplans.model import (
    Activity,
    Attachment,
    CarePlanBody,
    Channel,
    GoalAchievement,
    GoalTarget,
    Header,
    Person,
    xml_name,
)
from riv_careplans.swedish import words as sv

__all__ = ["NEUTER", "code_words", "count_words", "field_words"]

_REPRESENTATIVE = sv.Audience.REPRESENTATIVE
"""The reader is a care planner: the patient is "patienten", not "du"."""

_CODES: Final[Mapping[type[StrEnum], Mapping[Any, str]]] = {
    Achievement: sv.ACHIEVEMENT,
    ActivityKind: sv.ACTIVITY_KIND,
    ActivityStatus: sv.ACTIVITY_STATUS,
    AgreementStatus: sv.AGREEMENT_STATUS,
    Audience: {
        Audience.CITIZEN: "invånare",
        Audience.PROFESSIONAL: "personal",
        Audience.BOTH: "invånare och personal",
    },
    ChannelSystem: {code: word.lower() for code, word in sv.CHANNEL_SYSTEM.items()},
    CircumstanceKind: sv.CIRCUMSTANCE_KIND,
    ContinuedContactCode: {code: word.rstrip(".") for code, word in sv.CONTINUED_CONTACT.items()},
    DayPart: sv.DAY_PART,
    ExpressedBy: sv.EXPRESSED_BY[_REPRESENTATIVE],
    FollowUpResult: sv.FOLLOW_UP_RESULT,
    GoalCategory: sv.GOAL_CATEGORY,
    GoalStatus: sv.GOAL_STATUS,
    ImportantKind: sv.IMPORTANT_KIND,
    Informant: sv.INFORMANT[_REPRESENTATIVE],
    Initiator: {
        Initiator.PATIENT: "patienten",
        Initiator.CARE: "vården eller omsorgen",
        Initiator.RELATIVE: "en närstående",
    },
    InvolvedBy: sv.INVOLVED_BY,
    InvolvementForm: sv.INVOLVEMENT[_REPRESENTATIVE],
    LegalBasis: sv.LEGAL_BASIS,
    MediaType: sv.MEDIA_TYPE,
    Origin: sv.ORIGIN,
    PartyKind: sv.PARTY_KIND,
    PlaceKind: sv.PLACE_KIND,
    PlanStatus: sv.PLAN_STATUS,
    Relation: sv.RELATION,
    RiskLevel: sv.RISK_LEVEL,
    Scope: sv.SCOPE,
    Sharing: sv.SHARING,
    Urgency: sv.URGENCY,
}

_FIELDS: Final[Mapping[str, str]] = {
    "access_control": "åtkomst",
    "accountable_care_giver": "ansvarig vård- eller omsorgsgivare",
    "accountable_care_unit": "ansvarig enhet",
    "achievement": "måluppfyllelse",
    "actions": "åtgärd",
    "activities": "aktivitet",
    "agreed": "patienten samtycker",
    "agreed_date": "överenskommen",
    "agreements": "överenskommelse",
    "approved_for_patient": "får visas för patienten",
    "approved_for_representative": "får visas för ombud",
    "approximate": "ungefärlig tid",
    "area": "område",
    "at": "tidpunkt",
    "attachments": "bilaga",
    "audience": "för",
    "author": "upprättad av",
    "block_comparison_time": "spärrtidpunkt",
    "body": "innehåll",
    "booking": "bokning",
    "booking_id": "bokningens id",
    "bookings": "bokning",
    "bounds": "gäller",
    "by": "av",
    "care_plans": "plan",
    "care_process_id": "hälsoärende",
    "care_unit": "enhet",
    "category": "slag av mål",
    "change_summary": "vad som har ändrats",
    "channels": "kontaktväg",
    "circumstance_ids": "utgångspunkt",
    "circumstances": "utgångspunkt",
    "code": "kod",
    "code_system": "kodverk",
    "code_system_name": "kodverkets namn",
    "code_system_version": "kodverkets version",
    "codes": "kod",
    "comment": "kommentar",
    "contact_when": "när man tar kontakt",
    "continued_contact": "fortsatt kontakt",
    "count": "antal gånger",
    "created": "skapad",
    "created_time": "skapad",
    "date": "datum",
    "date_period": "period",
    "day_parts": "del av dagen",
    "decided": "beslut",
    "decision": "beslut",
    "display": "benämning",
    "display_name": "benämning",
    "due_date": "senast",
    "duration_minutes": "minuter",
    "end": "slut",
    "every": "intervall",
    "expressed_by": "uttryckt av",
    "extension": "nummer",
    "extensions": "element som kontraktet inte känner",
    "extent": "omfattning",
    "follow_up": "uppföljning",
    "follow_ups": "uppföljning",
    "form": "form",
    "frequency": "hur ofta",
    "frequency_max": "hur ofta som mest",
    "goal_ids": "mål",
    "goals": "mål",
    "header": "huvud",
    "healthcare_facility_id": "enhet",
    "helps_with": "hjälper till med",
    "hours": "öppettid",
    "id": "id",
    "important_to_patient": "viktigt för patienten",
    "informants": "uppgiftslämnare",
    "initiator": "tar initiativet",
    "internal_note": "intern anteckning",
    "involvement": "delaktighet",
    "joint_plan_id": "gemensam plan",
    "kind": "slag",
    "label": "etikett",
    "language": "språk",
    "legal_basis": "lagrum",
    "level": "nivå",
    "manner": "hur",
    "measure": "mått",
    "media_type": "format",
    "months": "månad",
    "name": "namn",
    "need_ids": "behov",
    "needs": "behov",
    "next_steps": "nästa steg",
    "note": "anteckning",
    "organization": "organisation",
    "origin": "uppdateringssätt",
    "original_text": "text i stället för kod",
    "outcomes": "resultat av uppföljning",
    "participant_id": "deltagare",
    "participants": "deltagare",
    "parties": "part",
    "party": "part",
    "patient_id": "patient",
    "performer": "utförare",
    "performers": "utförare",
    "period": "period",
    "person": "person",
    "place": "plats",
    "planned": "planerad",
    "preparation": "förberedelse",
    "provenance": "ursprung",
    "record": "post",
    "record_id": "postens id",
    "recurrence": "återkommer",
    "reference": "länk",
    "related_records": "samband",
    "relation": "relation",
    "response_time": "svarstid",
    "responsibilities": "ansvar",
    "responsible": "ansvarig",
    "responsible_parties": "ansvarig",
    "result": "beslut",
    "review_date": "ses över",
    "risks": "risk",
    "role": "roll",
    "root": "slag av nummer",
    "scope": "räckvidd",
    "sha256": "dokument (kontrollsumma)",
    "sharing": "vilka som får se",
    "signature": "signerad",
    "size": "storlek",
    "sort_time": "tid att sortera på",
    "source_system_id": "källsystem",
    "start": "början",
    "status": "status",
    "sub_goals": "delmål",
    "summary": "sammanfattning",
    "system": "slag",
    "targets": "målvärde",
    "team": "team",
    "text": "text",
    "time": "tid",
    "times_of_day": "klockslag",
    "timing": "när",
    "title": "rubrik",
    "triggers": "tecken",
    "type": "plantyp",
    "unit": "enhet",
    "updated_time": "uppdaterad",
    "urgency": "hur bråttom",
    "value": "värde",
    "version": "version",
    "week_days": "veckodag",
    "who": "vem",
}

_OF_A_CLASS: Final[Mapping[tuple[type[msgspec.Struct], str], str]] = {
    (Activity, "decision"): "biståndsbeslut",
    (Attachment, "value"): "innehåll",
    (CarePlanBody, "period"): "giltighet",
    (CarePlanBody, "responsible"): "övergripande ansvarig",
    (Channel, "value"): "nummer eller adress",
    (GoalAchievement, "code"): "grad",
    (GoalTarget, "unit"): "måttenhet",
    (Header, "signature"): "signering",
    (Person, "title"): "befattning",
}

NEUTER: Final = frozenset(
    {
        "body",
        "decided",
        "decision",
        "extensions",
        "goal_ids",
        "goals",
        "important_to_patient",
        "need_ids",
        "needs",
        "next_steps",
        "outcomes",
        "provenance",
        "related_records",
        "responsibilities",
        "sub_goals",
        "targets",
        "team",
        "triggers",
    }
)
"""Fields whose Swedish word is an ett-word: "målet är ändrat", but "aktiviteten är ändrad"."""

_SEVERAL: Final[Mapping[str, str]] = {
    "activities": "aktiviteter",
    "attachments": "bilagor",
    "circumstances": "utgångspunkter",
    "follow_ups": "uppföljningar",
    "parties": "parter",
    "risks": "risker",
}
"""Swedish words that are others when there are several."""

_ENGLISH: Final[Mapping[str, str]] = {
    "decided": "decision",
    "extensions": "element that the contract does not know",
    "sha256": "document (checksum)",
}
_ENGLISH_SEVERAL: Final[Mapping[str, str]] = {
    "decided": "decisions",
    "important_to_patient": "important to the patient",
}
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z0-9])")


def field_words(owner: type[msgspec.Struct], field: str, language: str) -> str:
    """Name a field, a repeated one in its singular: `måluppfyllelse`, `due date`."""
    if language == "sv":
        return _OF_A_CLASS.get((owner, field)) or _FIELDS[field]
    return _ENGLISH.get(field) or _apart(xml_name(field))


def count_words(number: int, field: str, language: str) -> str:
    """Count the parts of a record: `3 aktiviteter`, `1 goal`."""
    if language == "sv":
        word = _FIELDS[field]
        return f"{number} {word if number == 1 else _SEVERAL.get(field, word)}"
    several = _ENGLISH_SEVERAL.get(field, field.replace("_", " "))
    return f"{number} {field_words(msgspec.Struct, field, language) if number == 1 else several}"


def code_words(code: StrEnum, language: str) -> str:
    """Tell a code: `pågår`; in English the contract's own word, `on hold`."""
    if language == "sv":
        return _CODES[type(code)][code]
    return str(code) if isinstance(code, MediaType | LegalBasis) else _apart(str(code))


def _apart(name: str) -> str:
    return " ".join(word if word.isupper() else word.lower() for word in _HUMP.split(name))
