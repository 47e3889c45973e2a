"""What the contract's codes are called in plain Swedish.

One table per enumeration, complete: a test fails when a code has no words. Where a code means the
patient there is one table per audience, because the patient is "du". Knows no records.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from riv_careplans.codes import (
    Achievement,
    ActivityKind,
    ActivityStatus,
    AgreementStatus,
    ChannelSystem,
    CircumstanceKind,
    ContinuedContactCode,
    DayPart,
    ExpressedBy,
    FixedContact,
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
    PlanType,
    Relation,
    RiskLevel,
    Scope,
    Sharing,
    Urgency,
)
from riv_careplans.exchange import OutcomeKind

__all__ = [
    "ACHIEVEMENT",
    "ACTIVITY_KIND",
    "ACTIVITY_STATUS",
    "AGREEMENT_STATUS",
    "CHANNEL_SYSTEM",
    "CIRCUMSTANCE_KIND",
    "CONTINUED_CONTACT",
    "DAY_PART",
    "EXPRESSED_BY",
    "FIXED_CONTACT",
    "FOLLOW_UP_RESULT",
    "GOAL_CATEGORY",
    "GOAL_STATUS",
    "IMPORTANT_KIND",
    "INFORMANT",
    "INITIATOR",
    "INVOLVED_BY",
    "INVOLVEMENT",
    "LEGAL_BASIS",
    "MEDIA_TYPE",
    "ORIGIN",
    "PARTY_KIND",
    "PLACE_KIND",
    "PLAN_STATUS",
    "PLAN_TYPE",
    "RELATION",
    "RESPONSIBILITY",
    "RISK_LEVEL",
    "SCOPE",
    "SHARING",
    "URGENCY",
    "WHY_MISSING",
    "Audience",
    "bytes_text",
    "count_text",
    "lower_first",
    "sentence",
    "upper_first",
]


class Audience(StrEnum):
    """Who reads, and so who is "du"."""

    PATIENT = "patient"
    """The person that the records are about."""
    REPRESENTATIVE = "representative"
    """Someone who may act for that person; that there is a valid mandate is the caller's to know."""


PLAN_STATUS: Final[Mapping[PlanStatus, str]] = {
    PlanStatus.DRAFT: "utkast",
    PlanStatus.ACTIVE: "gäller",
    PlanStatus.ON_HOLD: "vilande",
    PlanStatus.COMPLETED: "avslutad",
    PlanStatus.CANCELLED: "avbruten",
    PlanStatus.ENTERED_IN_ERROR: "makulerad",
}

AGREEMENT_STATUS: Final[Mapping[AgreementStatus, str]] = {
    AgreementStatus.ACTIVE: "gäller",
    AgreementStatus.SUPERSEDED: "ersatt av en annan överenskommelse",
    AgreementStatus.ENDED: "avslutad",
}

GOAL_STATUS: Final[Mapping[GoalStatus, str]] = {
    GoalStatus.PROPOSED: "föreslaget",
    GoalStatus.ACCEPTED: "godtaget men inte påbörjat",
    GoalStatus.ACTIVE: "pågår",
    GoalStatus.ON_HOLD: "vilande",
    GoalStatus.COMPLETED: "avslutat",
    GoalStatus.CANCELLED: "avbrutet",
}

ACHIEVEMENT: Final[Mapping[Achievement, str]] = {
    Achievement.IN_PROGRESS: "på väg",
    Achievement.IMPROVING: "förbättras",
    Achievement.NO_CHANGE: "oförändrat",
    Achievement.WORSENING: "försämras",
    Achievement.ACHIEVED: "uppnått",
    Achievement.PARTLY_ACHIEVED: "delvis uppnått",
    Achievement.NOT_ACHIEVED: "inte uppnått",
    Achievement.NOT_ATTAINABLE: "går inte att uppnå",
}

ACTIVITY_KIND: Final[Mapping[ActivityKind, str]] = {
    ActivityKind.VISIT: "besök",
    ActivityKind.MEETING: "möte",
    ActivityKind.EXAMINATION: "undersökning",
    ActivityKind.SAMPLING: "provtagning",
    ActivityKind.TREATMENT: "behandling",
    ActivityKind.MEDICATION: "läkemedel",
    ActivityKind.REHABILITATION: "rehabilitering",
    ActivityKind.HOME_NURSING: "hemsjukvård",
    ActivityKind.SOCIAL_SERVICE_INTERVENTION: "insats från socialtjänsten",
    ActivityKind.SELF_CARE: "egenvård",
    ActivityKind.ADMINISTRATIVE: "administration",
    ActivityKind.OTHER: "annan insats",
}

ACTIVITY_STATUS: Final[Mapping[ActivityStatus, str]] = {
    ActivityStatus.PLANNED: "planerad",
    ActivityStatus.BOOKED: "bokad",
    ActivityStatus.ONGOING: "pågår",
    ActivityStatus.ON_HOLD: "vilande",
    ActivityStatus.COMPLETED: "genomförd",
    ActivityStatus.CANCELLED: "inställd",
}

SCOPE: Final[Mapping[Scope, str]] = {
    Scope.COMPREHENSIVE: "övergripande plan",
    Scope.AREA: "plan för ett område",
    Scope.PROCEDURE: "plan för en åtgärd",
}

PLAN_TYPE: Final[Mapping[PlanType, str]] = {
    PlanType.SIP: "Samordnad individuell plan (SIP)",
    PlanType.SPLPTLRV: "Samordnad plan enligt LPT eller LRV",
    PlanType.SPU: "Samordnad plan vid utskrivning",
    PlanType.VP: "Vårdplan",
    PlanType.HP: "Habiliteringsplan",
    PlanType.RP: "Rehabiliteringsplan",
    PlanType.GP: "Genomförandeplan",
    PlanType.SVP: "Standardiserad vårdplan",
    PlanType.OTHER: "Annan plan",
}

LEGAL_BASIS: Final[Mapping[LegalBasis, str]] = {
    LegalBasis.HSL: "hälso- och sjukvårdslagen (HSL)",
    LegalBasis.SOL: "socialtjänstlagen (SoL)",
    LegalBasis.LSS: "lagen om stöd och service till vissa funktionshindrade (LSS)",
    LegalBasis.LVU: "lagen om vård av unga (LVU)",
    LegalBasis.LVM: "lagen om vård av missbrukare (LVM)",
    LegalBasis.LPT: "lagen om psykiatrisk tvångsvård (LPT)",
    LegalBasis.LRV: "lagen om rättspsykiatrisk vård (LRV)",
    LegalBasis.TVL: "tandvårdslagen (TvL)",
    LegalBasis.OTHER: "annan lag",
}

SHARING: Final[Mapping[Sharing, str]] = {
    Sharing.CARE_UNIT: "bara den ansvariga enheten",
    Sharing.CARE_GIVER: "hela den ansvariga vård- eller omsorgsgivaren",
    Sharing.SHARED: "även andra vård- och omsorgsgivare (sammanhållen vård- och omsorgsdokumentation)",
}
"""Who in care may see a record."""

ORIGIN: Final[Mapping[Origin, str]] = {
    Origin.AUTOMATIC: "överfört automatiskt från källsystemet",
    Origin.MANUAL: "inskrivet för hand",
}

INFORMANT: Final[Mapping[Audience, Mapping[Informant, str]]] = {
    Audience.PATIENT: {
        Informant.PROFESSIONAL: "personal",
        Informant.PATIENT: "dig själv",
        Informant.RELATIVE: "närstående",
    },
    Audience.REPRESENTATIVE: {
        Informant.PROFESSIONAL: "personal",
        Informant.PATIENT: "patienten",
        Informant.RELATIVE: "närstående",
    },
}

EXPRESSED_BY: Final[Mapping[Audience, Mapping[ExpressedBy, str]]] = {
    Audience.PATIENT: {
        ExpressedBy.PATIENT: "dina egna ord",
        ExpressedBy.RELATIVE: "en närståendes ord",
        ExpressedBy.PROFESSIONAL: "personalens ord",
        ExpressedBy.JOINTLY: "formulerat tillsammans",
    },
    Audience.REPRESENTATIVE: {
        ExpressedBy.PATIENT: "patientens egna ord",
        ExpressedBy.RELATIVE: "en närståendes ord",
        ExpressedBy.PROFESSIONAL: "personalens ord",
        ExpressedBy.JOINTLY: "formulerat tillsammans",
    },
}

GOAL_CATEGORY: Final[Mapping[GoalCategory, str]] = {
    GoalCategory.MEDICAL: "medicinskt mål",
    GoalCategory.EVERYDAY_LIFE: "mål i vardagen",
    GoalCategory.REHABILITATION: "rehabiliteringsmål",
    GoalCategory.SOCIAL: "socialt mål",
    GoalCategory.OTHER: "annat mål",
}

IMPORTANT_KIND: Final[Mapping[ImportantKind, str]] = {
    ImportantKind.WHAT_MATTERS: "viktigt för mig",
    ImportantKind.WISH: "önskemål",
    ImportantKind.SUPPORT_ME: "så stödjer du mig",
    ImportantKind.COMMUNICATION: "så kommunicerar jag",
}

CIRCUMSTANCE_KIND: Final[Mapping[CircumstanceKind, str]] = {
    CircumstanceKind.HEALTH_CONDITION: "hälsa",
    CircumstanceKind.FUNCTIONAL_STATUS: "funktionsförmåga",
    CircumstanceKind.ENVIRONMENTAL_FACTOR: "omgivning",
    CircumstanceKind.RESOURCE: "stöd och egna resurser",
}

INVOLVEMENT: Final[Mapping[Audience, Mapping[InvolvementForm, str]]] = {
    Audience.PATIENT: {
        InvolvementForm.MADE_TOGETHER: "Planen är gjord tillsammans med dig",
        InvolvementForm.INFORMED: "Du har fått information om planen",
        InvolvementForm.NOT_INVOLVED: "Du har inte varit med och gjort planen",
    },
    Audience.REPRESENTATIVE: {
        InvolvementForm.MADE_TOGETHER: "Planen är gjord tillsammans med patienten",
        InvolvementForm.INFORMED: "Patienten har fått information om planen",
        InvolvementForm.NOT_INVOLVED: "Patienten har inte varit med och gjort planen",
    },
}

INVOLVED_BY: Final[Mapping[InvolvedBy, str]] = {
    InvolvedBy.PATIENT: "patienten",
    InvolvedBy.REPRESENTATIVE: "patientens företrädare",
}

RESPONSIBILITY: Final[Mapping[Audience, Mapping[Initiator, str]]] = {
    Audience.PATIENT: {
        Initiator.PATIENT: "Ditt ansvar",
        Initiator.CARE: "Vårdens och omsorgens ansvar",
        Initiator.RELATIVE: "Närståendes ansvar",
    },
    Audience.REPRESENTATIVE: {
        Initiator.PATIENT: "Patientens ansvar",
        Initiator.CARE: "Vårdens och omsorgens ansvar",
        Initiator.RELATIVE: "Närståendes ansvar",
    },
}

INITIATOR: Final[Mapping[Audience, Mapping[Initiator, str]]] = {
    Audience.PATIENT: {
        Initiator.PATIENT: "du tar initiativet",
        Initiator.CARE: "vården eller omsorgen tar initiativet",
        Initiator.RELATIVE: "en närstående tar initiativet",
    },
    Audience.REPRESENTATIVE: {
        Initiator.PATIENT: "patienten tar initiativet",
        Initiator.CARE: "vården eller omsorgen tar initiativet",
        Initiator.RELATIVE: "en närstående tar initiativet",
    },
}

RELATION: Final[Mapping[Relation, str]] = {
    Relation.PART_OF: "Är en del av",
    Relation.REPLACES: "Ersätter",
    Relation.BASED_ON: "Bygger på",
    Relation.COVERED_BY: "Omfattas av",
    Relation.SEE_ALSO: "Se även",
}

CONTINUED_CONTACT: Final[Mapping[ContinuedContactCode, str]] = {
    ContinuedContactCode.PLANNED: "Fortsatt kontakt är planerad.",
    ContinuedContactCode.IF_NEEDED: "Kontakt vid behov.",
    ContinuedContactCode.NONE: "Ingen fortsatt kontakt är planerad.",
}

FOLLOW_UP_RESULT: Final[Mapping[FollowUpResult, str]] = {
    FollowUpResult.CONTINUE: "fortsätt som planerat",
    FollowUpResult.CHANGE: "ändra planen",
    FollowUpResult.END: "avsluta",
    FollowUpResult.REASSESS: "gör en ny bedömning",
}

PARTY_KIND: Final[Mapping[PartyKind, str]] = {
    PartyKind.PATIENT: "patienten",
    PartyKind.RELATIVE: "en närstående",
    PartyKind.PROFESSIONAL: "någon i personalen",
    PartyKind.ROLE: "någon med en viss roll",
    PartyKind.TEAM: "ett team",
    PartyKind.CARE_UNIT: "en enhet inom vård eller omsorg",
    PartyKind.CARE_GIVER: "en vård- eller omsorgsgivare",
    PartyKind.OTHER: "någon annan",
}
"""What a party is called that has no name."""

PLACE_KIND: Final[Mapping[PlaceKind, str]] = {
    PlaceKind.HOME: "i hemmet",
    PlaceKind.CARE_UNIT: "på enheten",
    PlaceKind.PHONE: "per telefon",
    PlaceKind.VIDEO: "per video",
    PlaceKind.OTHER: "annan plats",
}

DAY_PART: Final[Mapping[DayPart, str]] = {
    DayPart.MORNING: "på morgonen",
    DayPart.MIDDAY: "mitt på dagen",
    DayPart.AFTERNOON: "på eftermiddagen",
    DayPart.EVENING: "på kvällen",
    DayPart.NIGHT: "på natten",
}

CHANNEL_SYSTEM: Final[Mapping[ChannelSystem, str]] = {
    ChannelSystem.PHONE: "Telefon",
    ChannelSystem.SMS: "Sms",
    ChannelSystem.EMAIL: "E-post",
    ChannelSystem.CHAT: "Chatt",
    ChannelSystem.E_SERVICE: "E-tjänst",
    ChannelSystem.ADDRESS: "Adress",
}

RISK_LEVEL: Final[Mapping[RiskLevel, str]] = {
    RiskLevel.RED: "RÖTT",
    RiskLevel.YELLOW: "GULT",
    RiskLevel.GREEN: "GRÖNT",
}
"""The traffic light, the most serious first."""

URGENCY: Final[Mapping[Urgency, str]] = {
    Urgency.EMERGENCY_112: "ring 112",
    Urgency.CONTACT_TODAY: "ta kontakt samma dag",
    Urgency.CONTACT_SOON: "ta kontakt snart",
    Urgency.SELF_CARE: "egenvård",
}
"""How soon to act, the most urgent first."""

MEDIA_TYPE: Final[Mapping[MediaType, str]] = {
    MediaType.TEXT_PLAIN: "text",
    MediaType.TEXT_HTML: "webbsida",
    MediaType.IMAGE_PNG: "bild (PNG)",
    MediaType.IMAGE_JPEG: "bild (JPEG)",
    MediaType.IMAGE_TIFF: "bild (TIFF)",
    MediaType.APPLICATION_PDF: "PDF",
}

FIXED_CONTACT: Final[Mapping[FixedContact, str]] = {
    FixedContact.CARE_CONTACT: "Fast vårdkontakt",
    FixedContact.COORDINATING_CARE_CONTACT: "Fast vårdkontakt med övergripande samordningsansvar",
    FixedContact.PRIMARY_CARE_PHYSICIAN: "Fast läkarkontakt i primärvården",
    FixedContact.HOME_CARE_CONTACT: "Fast omsorgskontakt i hemtjänsten",
}
"""KV typ av fast kontakt, in the order they are shown."""

WHY_MISSING: Final[Mapping[OutcomeKind, str]] = {
    OutcomeKind.REPORTED_ERROR: "svarade att något gick fel",
    OutcomeKind.UNREACHABLE: "gick inte att nå",
    OutcomeKind.TIMED_OUT: "svarade inte i tid",
    OutcomeKind.INVALID_ANSWER: "svarade något som inte gick att läsa",
    OutcomeKind.WRONG_PATIENT: "svarade om en annan person, så hela svaret är lagt åt sidan",
    OutcomeKind.BLOCKED: "uppgifterna är spärrade",
    OutcomeKind.NOT_KNOWN_HERE: "har uppgifter enligt engagemangsindex, men går inte att fråga härifrån",
}
"""Why a source that was asked delivered nothing that could be used."""

_KIB = 1000


def count_text(number: int, one: str, several: str) -> str:
    """Count things: `1 gång`, `2 gånger`."""
    return f"{number} {one if number == 1 else several}"


def bytes_text(size: int) -> str:
    """Write a size: `832 byte`, `1,5 kB`, `2,1 MB`."""
    if size < _KIB:
        return f"{size} byte"
    unit, value = ("kB", size / _KIB) if size < _KIB * _KIB else ("MB", size / _KIB**2)
    return f"{value:.1f} {unit}".replace(".", ",")


def lower_first(text: str) -> str:
    """Begin with a small letter, inside a sentence; abbreviations such as `DOS-påsar` are left alone."""
    first_word = text.split(maxsplit=1)[0] if text.strip() else ""
    return text if first_word[1:] != first_word[1:].lower() else text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """Begin with a capital, and leave the rest alone."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """End with exactly one full stop, question mark or exclamation mark."""
    text = text.strip()
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."
