"""The contract's namespaces, enumerations and code systems.

An enumeration class `X` mirrors the simple type `XEnum` of the enums schema 4.0: same values, same
order. Values are ASCII, because they travel in XML; what a person reads is said elsewhere.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "CARE_PLAN_TYPE_SYSTEM",
    "CORE_3",
    "CORE_4",
    "ENGAGEMENT_INDEX_1",
    "ENUMS_3",
    "ENUMS_4",
    "FIND_CONTENT_1",
    "FIXED_CONTACT_SYSTEM",
    "PING_FOR_CONFIGURATION_1",
    "PROCESS_NOTIFICATION_1",
    "REGISTRY_1",
    "RESPONDER_2",
    "RESPONDER_3",
    "STATUS_HEADERS_1",
    "UPDATE_1",
    "Achievement",
    "ActivityKind",
    "ActivityStatus",
    "AgreementStatus",
    "Audience",
    "ChannelSystem",
    "CircumstanceKind",
    "ContinuedContactCode",
    "DayPart",
    "ErrorCode",
    "ExpressedBy",
    "FixedContact",
    "FollowUpResult",
    "GoalCategory",
    "GoalStatus",
    "ImportantKind",
    "Informant",
    "Initiator",
    "InvolvedBy",
    "InvolvementForm",
    "LegalBasis",
    "MediaType",
    "Month",
    "Origin",
    "PartyKind",
    "PlaceKind",
    "PlanStatus",
    "PlanType",
    "Relation",
    "ResultCode",
    "RiskLevel",
    "Scope",
    "Sharing",
    "TimeUnit",
    "Urgency",
    "WeekDay",
]

# Namespaces: contract description, section 1; GetCarePlans 2.0: its WSDL and schemas.
CORE_4 = "urn:riv:clinicalprocess:logistics:logistics:4"
ENUMS_4 = "urn:riv:clinicalprocess:logistics:logistics:enums:4"
RESPONDER_3 = "urn:riv:clinicalprocess:logistics:logistics:GetCarePlansResponder:3"
CORE_3 = "urn:riv:clinicalprocess:logistics:logistics:3"
ENUMS_3 = "urn:riv:clinicalprocess:logistics:logistics:enums:3"
RESPONDER_2 = "urn:riv:clinicalprocess:logistics:logistics:GetCarePlansResponder:2"
REGISTRY_1 = "urn:riv:itintegration:registry:1"
STATUS_HEADERS_1 = "urn:riv:interoperability:headers:1"
ENGAGEMENT_INDEX_1 = "urn:riv:itintegration:engagementindex:1"
UPDATE_1 = "urn:riv:itintegration:engagementindex:UpdateResponder:1"
FIND_CONTENT_1 = "urn:riv:itintegration:engagementindex:FindContentResponder:1"
PROCESS_NOTIFICATION_1 = "urn:riv:itintegration:engagementindex:ProcessNotificationResponder:1"
PING_FOR_CONFIGURATION_1 = "urn:riv:itintegration:monitoring:PingForConfigurationResponder:1"

CARE_PLAN_TYPE_SYSTEM = "https://fhir.inera.se/CodeSystem/typeofcareplan-cs"
"""The eight plan types have no OID; this is the code system they are published under."""

FIXED_CONTACT_SYSTEM = "1.2.752.129.5.1.69"
"""KV typ av fast kontakt."""


class PlanType(StrEnum):
    """Plan types as in GetCarePlans 2.0, and OTHER for the rest of the 27 that law regulates."""

    SIP = "SIP"
    SPLPTLRV = "SPLPTLRV"
    SPU = "SPU"
    VP = "VP"
    HP = "HP"
    RP = "RP"
    GP = "GP"
    SVP = "SVP"
    OTHER = "OTHER"


class FixedContact(StrEnum):
    """KV typ av fast kontakt (1.2.752.129.5.1.69): role codes of participants."""

    CARE_CONTACT = "1"
    PRIMARY_CARE_PHYSICIAN = "2"
    HOME_CARE_CONTACT = "3"
    COORDINATING_CARE_CONTACT = "4"


class PlanStatus(StrEnum):
    """Where a care plan is in its life."""

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "onHold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "enteredInError"


class AgreementStatus(StrEnum):
    """Where a documented agreement is in its life."""

    ACTIVE = "active"
    SUPERSEDED = "superseded"
    ENDED = "ended"


class LegalBasis(StrEnum):
    """The law a record is kept under."""

    HSL = "HSL"
    SOL = "SoL"
    LSS = "LSS"
    LVU = "LVU"
    LVM = "LVM"
    LPT = "LPT"
    LRV = "LRV"
    TVL = "TvL"
    OTHER = "OTHER"


class Sharing(StrEnum):
    """Who may see a record: the unit, the care giver, or all (shared documentation)."""

    CARE_UNIT = "careUnit"
    CARE_GIVER = "careGiver"
    SHARED = "shared"


class Origin(StrEnum):
    """How a record came to be here."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


class Informant(StrEnum):
    """Who gave the information."""

    PROFESSIONAL = "professional"
    PATIENT = "patient"
    RELATIVE = "relative"


class Scope(StrEnum):
    """How much a plan covers; decides how prominent it is in the overview."""

    COMPREHENSIVE = "comprehensive"
    AREA = "area"
    PROCEDURE = "procedure"


class Relation(StrEnum):
    """How one record relates to another."""

    PART_OF = "partOf"
    REPLACES = "replaces"
    BASED_ON = "basedOn"
    COVERED_BY = "coveredBy"
    SEE_ALSO = "seeAlso"


class InvolvementForm(StrEnum):
    """How the patient took part in making the plan."""

    MADE_TOGETHER = "madeTogether"
    INFORMED = "informed"
    NOT_INVOLVED = "notInvolved"


class InvolvedBy(StrEnum):
    """Who took part: the patient, or someone who may act for the patient."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"


class ImportantKind(StrEnum):
    """What kind of thing is important to the patient."""

    WHAT_MATTERS = "whatMatters"
    WISH = "wish"
    SUPPORT_ME = "supportMe"
    COMMUNICATION = "communication"


class ExpressedBy(StrEnum):
    """Whose words a need, goal or wish is in."""

    PATIENT = "patient"
    RELATIVE = "relative"
    PROFESSIONAL = "professional"
    JOINTLY = "jointly"


class CircumstanceKind(StrEnum):
    """What kind of starting point a circumstance is."""

    HEALTH_CONDITION = "healthCondition"
    FUNCTIONAL_STATUS = "functionalStatus"
    ENVIRONMENTAL_FACTOR = "environmentalFactor"
    RESOURCE = "resource"


class GoalCategory(StrEnum):
    """Which part of life a goal is about."""

    MEDICAL = "medical"
    EVERYDAY_LIFE = "everydayLife"
    REHABILITATION = "rehabilitation"
    SOCIAL = "social"
    OTHER = "other"


class GoalStatus(StrEnum):
    """Where a goal is in its life."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    ON_HOLD = "onHold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Achievement(StrEnum):
    """How far a goal is reached."""

    IN_PROGRESS = "inProgress"
    IMPROVING = "improving"
    NO_CHANGE = "noChange"
    WORSENING = "worsening"
    ACHIEVED = "achieved"
    PARTLY_ACHIEVED = "partlyAchieved"
    NOT_ACHIEVED = "notAchieved"
    NOT_ATTAINABLE = "notAttainable"


class ActivityKind(StrEnum):
    """What kind of activity or intervention."""

    VISIT = "visit"
    MEETING = "meeting"
    EXAMINATION = "examination"
    SAMPLING = "sampling"
    TREATMENT = "treatment"
    MEDICATION = "medication"
    REHABILITATION = "rehabilitation"
    HOME_NURSING = "homeNursing"
    SOCIAL_SERVICE_INTERVENTION = "socialServiceIntervention"
    SELF_CARE = "selfCare"
    ADMINISTRATIVE = "administrative"
    OTHER = "other"


class ActivityStatus(StrEnum):
    """Where an activity is in its life."""

    PLANNED = "planned"
    BOOKED = "booked"
    ONGOING = "ongoing"
    ON_HOLD = "onHold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class PlaceKind(StrEnum):
    """Where an activity takes place."""

    HOME = "home"
    CARE_UNIT = "careUnit"
    PHONE = "phone"
    VIDEO = "video"
    OTHER = "other"


class TimeUnit(StrEnum):
    """The unit of a recurrence."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class DayPart(StrEnum):
    """A part of the day, where no clock time is agreed."""

    MORNING = "morning"
    MIDDAY = "midday"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


class WeekDay(StrEnum):
    """Week days, spelled as in GetCareManagers 1.0."""

    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"


class Month(StrEnum):
    """Months, spelled as in GetCareManagers 1.0."""

    JANUARY = "January"
    FEBRUARY = "February"
    MARCH = "March"
    APRIL = "April"
    MAY = "May"
    JUNE = "June"
    JULY = "July"
    AUGUST = "August"
    SEPTEMBER = "September"
    OCTOBER = "October"
    NOVEMBER = "November"
    DECEMBER = "December"


class ChannelSystem(StrEnum):
    """The kind of a contact channel."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    CHAT = "chat"
    E_SERVICE = "eService"
    ADDRESS = "address"


class Audience(StrEnum):
    """For whom a contact channel is meant."""

    CITIZEN = "citizen"
    PROFESSIONAL = "professional"
    BOTH = "both"


class PartyKind(StrEnum):
    """What kind of party performs or is responsible."""

    PATIENT = "patient"
    RELATIVE = "relative"
    PROFESSIONAL = "professional"
    ROLE = "role"
    TEAM = "team"
    CARE_UNIT = "careUnit"
    CARE_GIVER = "careGiver"
    OTHER = "other"


class Initiator(StrEnum):
    """Who has a responsibility in an agreement, or takes its next step."""

    PATIENT = "patient"
    CARE = "care"
    RELATIVE = "relative"


class ContinuedContactCode(StrEnum):
    """Whether the contact goes on."""

    PLANNED = "planned"
    IF_NEEDED = "ifNeeded"
    NONE = "none"


class RiskLevel(StrEnum):
    """How serious a risk trigger is, as a traffic light."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Urgency(StrEnum):
    """How soon to act on a risk."""

    SELF_CARE = "selfCare"
    CONTACT_SOON = "contactSoon"
    CONTACT_TODAY = "contactToday"
    EMERGENCY_112 = "emergency112"


class FollowUpResult(StrEnum):
    """What a follow-up led to."""

    CONTINUE = "continue"
    CHANGE = "change"
    END = "end"
    REASSESS = "reassess"


class MediaType(StrEnum):
    """The media types an attachment may have."""

    TEXT_PLAIN = "text/plain"
    TEXT_HTML = "text/html"
    IMAGE_PNG = "image/png"
    IMAGE_JPEG = "image/jpeg"
    IMAGE_TIFF = "image/tiff"
    APPLICATION_PDF = "application/pdf"


class ResultCode(StrEnum):
    """How a question was answered."""

    OK = "OK"
    INFO = "INFO"
    ERROR = "ERROR"


class ErrorCode(StrEnum):
    """Why a question was refused: sending it again gives the same answer."""

    INVALID_REQUEST = "INVALID_REQUEST"
