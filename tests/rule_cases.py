"""Bad values for every rule, which give exactly its finding, and good neighbours, which give none."""

import datetime as dt
import hashlib
from typing import Any

import msgspec
import pytest

from riv_careplans.codes import (
    Achievement,
    ActivityStatus,
    Audience,
    ChannelSystem,
    CircumstanceKind,
    ErrorCode,
    FixedContact,
    GoalStatus,
    InvolvementForm,
    LegalBasis,
    PartyKind,
    PlanStatus,
    PlanType,
    Relation,
    ResultCode,
    RiskLevel,
    Sharing,
    TimeUnit,
    Urgency,
    WeekDay,
)
from riv_careplans.exchange import HasMore, Result
from riv_careplans.identity import (
    HSA_ID,
    ORGANISATIONSNUMMER,
    PERSONNUMMER,
    SAMORDNINGSNUMMER,
    PartialTime,
    parse_timestamp,
)
from riv_careplans.model import (
    CV,
    II,
    Agreement,
    BookingRef,
    CarePlan,
    Channel,
    Circumstance,
    DatePeriod,
    Extension,
    FollowUp,
    Goal,
    GoalAchievement,
    HoursOfService,
    Involvement,
    Need,
    PartialPeriod,
    Party,
    Person,
    RecordRef,
    RelatedRecord,
    RiskAction,
    RiskTrigger,
    Sha256,
    Team,
    TimePeriod,
    Timing,
    Uri,
)
from riv_careplans.rules import RuleFinding
from tests.builders import (
    ASTA,
    ASTA_ID,
    CARE_GIVER,
    LOG_ID,
    MUNICIPALITY,
    NOW,
    SOURCE_SYSTEM,
    activity,
    agreement,
    answer,
    attachment,
    care_plan,
    goal,
    header,
    hsa,
    organization,
    participant,
    plan_type,
    query,
    record_id,
    recurring,
    risk,
    role,
)

__all__ = [
    "BACKWARDS",
    "BAD_ANSWERS",
    "BAD_QUERIES",
    "BAD_RECORDS",
    "GOOD_ANSWERS",
    "GOOD_QUERIES",
    "GOOD_RECORDS",
    "LATER",
    "ORGANISATION_NUMBER",
    "OTHER_PATIENT",
    "RESERVNUMMER",
    "WEEKEND",
    "Record",
    "case",
    "coded",
    "found",
    "goals_deep",
    "law",
    "of_patient",
    "partial",
    "physician",
    "referring",
    "result",
    "saying",
    "sip",
    "weekly",
]

RESERVNUMMER = "1.2.752.97.3.1.3"
OTHER_PATIENT = II(root=PERSONNUMMER, extension="194911172296")
ORGANISATION_NUMBER = "5565594230"
WEEKEND = DatePeriod(start=dt.date(2026, 1, 24), end=dt.date(2026, 1, 25))
BACKWARDS = DatePeriod(start=dt.date(2026, 1, 25), end=dt.date(2026, 1, 24))
LATER = parse_timestamp("20260120120001")

Record = CarePlan | Agreement


def found(findings: tuple[RuleFinding, ...]) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in findings]


def of_patient(patient_id: II, **changes: Any) -> CarePlan:
    return care_plan(header=header(patient_id=patient_id), **changes)


def coded(coded_value: CV) -> CarePlan:
    return care_plan(activities=(activity(codes=(coded_value,)),))


def goals_deep(levels: int) -> Goal:
    deepest = goal(id=f"mal-{levels}")
    for level in range(levels - 1, 0, -1):
        deepest = goal(id=f"mal-{level}", sub_goals=(deepest,))
    return deepest


def partial(start: str, end: str) -> CarePlan:
    period = PartialPeriod(start=PartialTime(start), end=PartialTime(end))
    return care_plan(activities=(activity(timing=Timing(period=period)),))


def weekly(**changes: Any) -> CarePlan:
    return care_plan(activities=(activity(timing=recurring(**changes)),))


def referring(reference: str) -> CarePlan:
    return care_plan(attachments=(attachment(value=None, size=None, sha256=None, reference=Uri(reference)),))


def sip(**changes: Any) -> CarePlan:
    """Build a joint plan with all its parts."""
    whole: dict[str, Any] = {
        "type": plan_type(PlanType.SIP, "Samordnad individuell plan"),
        "activities": (
            activity(responsible=Party(kind=PartyKind.PROFESSIONAL, participant_id="deltagare-1")),
        ),
        "responsible": Party(kind=PartyKind.PROFESSIONAL, participant_id="deltagare-1"),
        "follow_ups": (FollowUp(planned=Timing(at=PartialTime("202603"))),),
        "participants": (participant(organization=organization(MUNICIPALITY, "Kommunen")),),
        "involvement": Involvement(form=InvolvementForm.MADE_TOGETHER, agreed=True),
    }
    return care_plan(**(whole | changes))


def law(legal_basis: LegalBasis, sharing: Sharing = Sharing.CARE_GIVER, **changes: Any) -> CarePlan:
    return care_plan(header=header(legal_basis=legal_basis, sharing=sharing), **changes)


def saying(text: str, patient_id: II = ASTA_ID) -> CarePlan:
    return of_patient(patient_id, summary=text)


def physician(name: str | None, identity: str | None = None, **changes: Any) -> CarePlan:
    """Build a plan whose participant is a fast läkarkontakt i primärvården."""
    plan = changes.pop("plan", {})
    number = changes.pop("number", name)
    person = Person(id=hsa(identity) if identity else None, name=name)
    doctor = participant(role=role(FixedContact.PRIMARY_CARE_PHYSICIAN, "Fast läkarkontakt"), person=person)
    return care_plan(
        header=header(id=record_id(f"{number}-{identity}")),
        participants=(msgspec.structs.replace(doctor, **changes),),
        **plan,
    )


def result(code: ResultCode, log_id: str = LOG_ID, **changes: Any) -> Result:
    return Result(code=code, log_id=log_id, **changes)


def case(code: str, name: str, subject: object, *paths: str) -> Any:
    return pytest.param(subject, [(code, path) for path in paths], id=f"{code} {name}")


# A case is a line: that is how the table is read.
# fmt: off
BAD_RECORDS = [
    case("CP-002", "check digit", of_patient(II(root=PERSONNUMMER, extension="191212121213")), "header/accessControl/patientId"),
    case("CP-002", "month 13", of_patient(II(root=PERSONNUMMER, extension="191213121210")), "header/accessControl/patientId"),
    case("CP-002", "hyphen", of_patient(II(root=PERSONNUMMER, extension="19121212-1212")), "header/accessControl/patientId"),
    case("CP-002", "wrong kind of number", of_patient(II(root=SAMORDNINGSNUMMER, extension=ASTA)), "header/accessControl/patientId"),
    case("CP-002", "root is no OID", of_patient(II(root="personnummer", extension=ASTA)), "header/accessControl/patientId"),
    case("CP-002", "no number", of_patient(II(root=RESERVNUMMER)), "header/accessControl/patientId"),
    case("CP-003", "no suffix", care_plan(header=header(accountable_care_unit=organization("SE0000000018"))), "header/accessControl/accountableCareUnit/id"),
    case("CP-003", "line break", care_plan(header=header(source_system_id=hsa(f"{SOURCE_SYSTEM}\n"))), "header/sourceSystemId"),
    case("CP-003", "65 characters", care_plan(participants=(participant(organization=organization("SE0000000018-" + "A" * 52)),)), "body/participant[1]/organization/id"),
    case("CP-003", "organisation number of a person", care_plan(participants=(participant(), participant(id="2", person=Person(id=hsa(ORGANISATION_NUMBER))))), "body/participant[2]/person/id"),
    case("CP-003", "organisation number of a unit", agreement(parties=(Party(kind=PartyKind.CARE_UNIT, id=hsa(ORGANISATION_NUMBER)),)), "body/party[1]/id"),
    case("CP-003", "no extension", agreement(parties=(Party(kind=PartyKind.TEAM, id=II(root=HSA_ID)),)), "body/party[1]/id"),
    case("CP-004", "no system", coded(CV(code="XS001", display_name="Besök")), "body/activity[1]/code[1]"),
    case("CP-004", "no display name", coded(CV(code="XS001", code_system="1.2.752.116.1.3.2.1.4")), "body/activity[1]/code[1]"),
    case("CP-004", "empty system", coded(CV(code="XS001", code_system="", display_name="Besök")), "body/activity[1]/code[1]"),
    case("CP-004", "code and text", care_plan(participants=(participant(role=msgspec.structs.replace(role(), original_text="kontakt")),)), "body/participant[1]/role"),
    case("CP-004", "OTHER without text", care_plan(type=plan_type(PlanType.OTHER, "Annan")), "body/type"),
    case("CP-004", "OTHER of another system", coded(CV(code="OTHER", code_system="1.2.3", display_name="Annat", original_text="Besök")), "body/activity[1]/code[1]"),
    case("CP-006", "two goals", care_plan(goals=(goal(), goal())), "body/goal[2]/id"),
    case("CP-006", "goal and sub-goal", care_plan(goals=(goal(sub_goals=(goal(),)),)), "body/goal[1]/subGoal[1]/id"),
    case("CP-006", "parts of two kinds", care_plan(needs=(Need(id="1", text="Stöd"),), risks=(risk(id="1"),)), "body/risk[1]/id"),
    case("CP-006", "needId of a goal", care_plan(goals=(goal(need_ids=("behov-1",)),)), "body/goal[1]/needId[1]"),
    case("CP-006", "needId of an activity", care_plan(needs=(Need(id="1", text="Stöd"),), activities=(activity(need_ids=("1", "2")),)), "body/activity[1]/needId[2]"),
    case("CP-006", "goalId that is an activity", care_plan(activities=(activity(goal_ids=("aktivitet-1",)),)), "body/activity[1]/goalId[1]"),
    case("CP-006", "circumstanceId", care_plan(needs=(Need(id="1", text="Stöd", circumstance_ids=("x",)),)), "body/need[1]/circumstanceId[1]"),
    case("CP-006", "participantId of parties", care_plan(responsible=Party(kind=PartyKind.PROFESSIONAL, participant_id="x"), activities=(activity(performers=(Party(kind=PartyKind.PATIENT), Party(kind=PartyKind.RELATIVE, participant_id="y"))),)), "body/responsible/participantId", "body/activity[1]/performer[2]/participantId"),
    case("CP-006", "participantId of an action", agreement(risks=(risk(actions=(RiskAction(text="Ring", urgency=Urgency.CONTACT_TODAY, participant_id="x"),)),)), "body/risk[1]/action[1]/participantId"),
    case("CP-006", "needId in an agreement", agreement(goals=(goal(sub_goals=(goal(id="2", need_ids=("1",)),)),)), "body/goal[1]/subGoal[1]/needId[1]"),
    case("CP-008", "validity", care_plan(period=BACKWARDS), "body/period/end"),
    case("CP-008", "channel hours", care_plan(participants=(participant(channels=(Channel(system=ChannelSystem.PHONE, value="070-174 06 05", audience=Audience.BOTH, hours=(HoursOfService(date_period=BACKWARDS),)),)),)), "body/participant[1]/channel[1]/hours[1]/datePeriod/end"),
    case("CP-008", "partial times", partial("20260315", "202602"), "body/activity[1]/timing/period/end"),
    case("CP-008", "partial seconds", partial("20260315100000", "20260315095959"), "body/activity[1]/timing/period/end"),
    case("CP-008", "updated before created", care_plan(header=header(updated_time=parse_timestamp("20260115092959"))), "header/record/updatedTime"),
    case("CP-008", "block time to come", agreement(header=header(block_comparison_time=LATER)), "header/accessControl/blockComparisonTime"),
    case("CP-009", "four levels", care_plan(goals=(goal(id="0"), goals_deep(4))), "body/goal[2]/subGoal[1]/subGoal[1]/subGoal[1]"),
    case("CP-009", "five levels", agreement(goals=(goals_deep(5),)), "body/goal[1]/subGoal[1]/subGoal[1]/subGoal[1]"),
    case("CP-010", "two documents", care_plan(attachments=(attachment(reference=Uri("https://example.se/plan.pdf")),)), "body/attachment[1]"),
    case("CP-010", "no document", care_plan(attachments=(attachment(value=None),)), "body/attachment[1]"),
    case("CP-010", "too large", agreement(attachments=(attachment(), attachment(b"x" * 100_001))), "body/attachment[2]/value"),
    case("CP-010", "size", care_plan(attachments=(attachment(size=7),)), "body/attachment[1]/size"),
    case("CP-010", "checksum", care_plan(attachments=(attachment(sha256=Sha256("0" * 64)),)), "body/attachment[1]/sha256"),
    case("CP-010", "checksum in upper case", care_plan(attachments=(attachment(b"", sha256=Sha256(hashlib.sha256(b"").hexdigest().upper())),)), "body/attachment[1]/sha256"),
    *(
        case("CP-010", f"address {reference!r}", referring(reference), "body/attachment[1]/reference")
        for reference in (
            *("javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "file:///etc/x"),
            *("", "plan.pdf", "//example.se/x", "http:example.se", "https://", "https:///x", "https://?x", "https://@x"),
            *(" https://example.se", "https://example.se/\n", "https://example.se/a b", "https:\\\\example.se"),
            *("http\u017f://example.se/", "ftp://example.se/", "https://example.se/<script>", "urn:x"),
        )
    ),
    case("CP-011", "empty plan", care_plan(participants=(), needs=(Need(id="1", text="Stöd"),)), "body/attachment"),
    case("CP-012", "frequency 0", weekly(frequency=0), "body/activity[1]/timing/recurrence/frequency"),
    case("CP-012", "every 0", weekly(every=0), "body/activity[1]/timing/recurrence/every"),
    case("CP-012", "most below least", weekly(frequency=3, frequency_max=2), "body/activity[1]/timing/recurrence/frequencyMax"),
    case("CP-012", "days by month", weekly(unit=TimeUnit.MONTH, week_days=(WeekDay.MONDAY,)), "body/activity[1]/timing/recurrence/weekDay"),
    case("CP-012", "a follow-up", agreement(follow_ups=(FollowUp(planned=recurring(every=-1)),)), "body/followUp[1]/planned/recurrence/every"),
    case("CP-012", "no more than a hundred are told", care_plan(activities=tuple(activity(id=f"{n}", timing=recurring(every=0)) for n in range(101))), *(f"body/activity[{n}]/timing/recurrence/every" for n in range(1, 101))),
    case("CP-013", "booked", care_plan(activities=(activity(status=ActivityStatus.BOOKED),)), "body/activity[1]/booking"),
    case("CP-013", "completed sub-goal", agreement(goals=(goal(sub_goals=(goal(id="2", status=GoalStatus.COMPLETED),)),)), "body/goal[1]/subGoal[1]/achievement"),
    case("CP-014", "activities", sip(activities=(activity(performers=(Party(kind=PartyKind.PATIENT),)),)), "body/activity"),
    case("CP-014", "responsible", sip(responsible=None), "body/responsible"),
    case("CP-014", "follow-up", sip(follow_ups=()), "body/followUp"),
    case("CP-014", "care givers", sip(participants=(participant(organization=organization(CARE_GIVER)),)), "body/participant"),
    case("CP-014", "agreement", sip(involvement=Involvement(form=InvolvementForm.INFORMED)), "body/involvement/agreed"),
    case("CP-014", "involvement", sip(involvement=None), "body/involvement/agreed"),
    case("CP-015", "HSL", law(LegalBasis.HSL, type=plan_type(PlanType.GP, "Genomförandeplan")), "header/accessControl/legalBasis"),
    case("CP-017", "no urgency", care_plan(risks=(risk(actions=(RiskAction(text="Vila"),)),)), "body/risk[1]"),
    case("CP-017", "too slow", agreement(risks=(risk(actions=(RiskAction(text="Ring", urgency=Urgency.CONTACT_SOON),)),)), "body/risk[1]"),
    *(
        case("CP-018", f"written {text!r}", saying(text), "body/summary")
        for text in (
            *(f"Gäller {ASTA}.", "(19121212-1212)", "1212121212", "121212-1212", "121212+1212", "121212 1212"),
            *("1912-12-12-1212", "19 12 12 12 12 12", "121212\u20131212", "121212\u00a01212", "x19121212121234"),
        )
    ),
    case("CP-018", "record id", care_plan(header=header(id=record_id(f"{ASTA}-1"))), "header/record/id/extension"),
    case("CP-018", "care process", care_plan(header=header(care_process_id=II(root="1.2.3", extension=ASTA))), "header/accessControl/careProcessId/extension"),
    case("CP-018", "related record", care_plan(related_records=(RelatedRecord(relation=Relation.SEE_ALSO, record=RecordRef(source_system_id=hsa(SOURCE_SYSTEM), record_id=ASTA_ID)),)), "body/relatedRecord[1]/record/recordId/extension"),
    case("CP-018", "name and booking", care_plan(activities=(activity(bookings=(BookingRef(healthcare_facility_id=hsa(CARE_GIVER), booking_id=ASTA),), performers=(Party(kind=PartyKind.PATIENT, name=f"Asta {ASTA}"),)),)), "body/activity[1]/performer[1]/name", "body/activity[1]/booking[1]/bookingId"),
    case("CP-018", "web address", referring(f"https://example.se/?id={ASTA}"), "body/attachment[1]/reference"),
    case("CP-018", "change summary", agreement(header=header(change_summary=f"Ny plan för {ASTA}")), "header/record/changeSummary"),
    case("CP-018", "unknown element", care_plan(extensions=(Extension(f"<x xmlns='urn:x'>{ASTA}</x>"),)), "body"),
    case("CP-018", "beside a document", care_plan(title=ASTA, attachments=(attachment(),)), "body/title"),
    case("CP-018", "beside half a character", care_plan(title=ASTA, summary="\ud83d"), "body/title"),
    case("CP-018", "reservnummer", saying("Reservnummer: 99a1234567.", II(root=RESERVNUMMER, extension="99A1234567")), "body/summary"),
    case("CP-018", "reservnummer with hyphen", saying("(99A123-4567)", II(root=RESERVNUMMER, extension="99A1234567")), "body/summary"),
    case("CP-018", "shortest reservnummer", saying("Nummer 99A123.", II(root=RESERVNUMMER, extension="99A123")), "body/summary"),
    case("CP-018", "reservnummer between words", saying("nr 99A1234567 e", II(root=RESERVNUMMER, extension="99A1234567")), "body/summary"),
    case("CP-018", "reservnummer after a longer word", saying("99A12345678 99A1234567", II(root=RESERVNUMMER, extension="99A1234567")), "body/summary"),
    case("CP-018", "reservnummer of letters", saying("ABCDEFGH", II(root=RESERVNUMMER, extension="abcdefgh")), "body/summary"),
    case("CP-020", "SoL", law(LegalBasis.SOL, Sharing.SHARED), "header/accessControl/sharing"),
    case("CP-021", "nobody", care_plan(participants=(participant(person=None, team=None),)), "body/participant[1]/person"),
]

GOOD_RECORDS = [
    case("all", "plan", care_plan()),
    case("all", "agreement", agreement()),
    case("CP-002", "samordningsnummer", of_patient(II(root=SAMORDNINGSNUMMER, extension="197010632391"))),
    case("CP-002", "reservnummer", of_patient(II(root=RESERVNUMMER, extension="99A123"))),
    case("CP-003", "organisation number of a care giver", care_plan(header=header(accountable_care_giver=organization(ORGANISATION_NUMBER)))),
    case("CP-003", "organisation number of a source", care_plan(header=header(source_system_id=hsa(ORGANISATION_NUMBER)))),
    case("CP-003", "organisation number of an organization", care_plan(participants=(participant(organization=organization(ORGANISATION_NUMBER)),))),
    case("CP-003", "organisation number of a party", agreement(parties=(Party(kind=PartyKind.CARE_GIVER, id=hsa(ORGANISATION_NUMBER)),))),
    case("CP-003", "another root", agreement(parties=(Party(kind=PartyKind.CARE_UNIT, id=II(root=ORGANISATIONSNUMMER, extension=ORGANISATION_NUMBER)),))),
    case("CP-004", "text alone", coded(CV(original_text="Besök"))),
    case("CP-004", "OTHER with text", care_plan(type=msgspec.structs.replace(plan_type(PlanType.OTHER, "Annan"), original_text="Egenvårdsplan"))),
    case("CP-006", "all resolve", care_plan(
        circumstances=(Circumstance(id="c", kind=CircumstanceKind.RESOURCE, text="Ines"),),
        needs=(Need(id="n", text="Stöd", circumstance_ids=("c",)),),
        goals=(goal(need_ids=("n",), sub_goals=(goal(id="s"),), responsible_parties=(Party(kind=PartyKind.PROFESSIONAL, participant_id="deltagare-1"),)),),
        activities=(activity(goal_ids=("s", "mal-1"), need_ids=("n",)),),
        risks=(risk(actions=(RiskAction(text="Ring", urgency=Urgency.CONTACT_TODAY, participant_id="deltagare-1"),)),),
    )),
    case("CP-006", "the same booking twice", care_plan(activities=tuple(activity(id=one, bookings=(BookingRef(healthcare_facility_id=hsa(CARE_GIVER), booking_id="b"),)) for one in "12"))),
    case("CP-008", "one day", care_plan(period=DatePeriod(start=NOW.date(), end=NOW.date()))),
    case("CP-008", "same times", care_plan(header=header(created_time=NOW, updated_time=NOW, block_comparison_time=NOW))),
    case("CP-008", "open end", care_plan(activities=(activity(timing=Timing(period=PartialPeriod(start=PartialTime("2026")))),))),
    case("CP-008", "end known to the year", partial("20260315", "2026")),
    case("CP-008", "start known to the year", partial("2026", "202601")),
    case("CP-008", "night hours", care_plan(participants=(participant(channels=(Channel(system=ChannelSystem.PHONE, value="070-174 06 05", audience=Audience.BOTH, hours=(HoursOfService(date_period=WEEKEND, time=TimePeriod(start=dt.time(22), end=dt.time(6))),)),)),))),
    case("CP-009", "three levels", care_plan(goals=(goals_deep(3),))),
    case("CP-010", "largest", care_plan(attachments=(attachment(b"x" * 100_000),))),
    case("CP-010", "empty", care_plan(attachments=(attachment(b""),))),
    case("CP-010", "neither size nor checksum", care_plan(attachments=(attachment(size=None, sha256=None),))),
    *(
        case("CP-010", f"address {reference!r}", referring(reference))
        for reference in ("https://example.se/plan.pdf?a=1#s", "HTTP://EXAMPLE.SE", "https://[2001:db8::1]:8443/", "https://å.example.se/")
    ),
    case("CP-011", "document", care_plan(participants=(), attachments=(attachment(),))),
    case("CP-011", "goal", care_plan(participants=(), goals=(goal(),))),
    case("CP-011", "agreement without anything", agreement()),
    case("CP-012", "lowest", weekly(frequency=1, frequency_max=1, every=1)),
    case("CP-012", "days by week", weekly(week_days=(WeekDay.TUESDAY, WeekDay.FRIDAY))),
    case("CP-013", "booked", care_plan(activities=(activity(status=ActivityStatus.BOOKED, bookings=(BookingRef(healthcare_facility_id=hsa(CARE_GIVER), booking_id="b"),)),))),
    case("CP-013", "completed", care_plan(goals=(goal(status=GoalStatus.COMPLETED, achievement=GoalAchievement(code=Achievement.NOT_ACHIEVED)),))),
    case("CP-014", "whole", sip()),
    case("CP-014", "another code system's SIP", care_plan(type=CV(code="SIP", code_system="1.2.3", display_name="Annat"))),
    case("CP-015", "SoL", law(LegalBasis.SOL, type=plan_type(PlanType.GP, "Genomförandeplan"))),
    case("CP-015", "LSS", law(LegalBasis.LSS, type=plan_type(PlanType.GP, "Genomförandeplan"))),
    case("CP-017", "contact today", care_plan(risks=(risk(actions=(RiskAction(text="Vila"), RiskAction(text="Ring", urgency=Urgency.CONTACT_TODAY))),))),
    case("CP-017", "yellow", care_plan(risks=(risk(triggers=(RiskTrigger(text="Viktuppgång", level=RiskLevel.YELLOW),), actions=(RiskAction(text="Vila"),)),))),
    case("CP-018", "the patient as party and author", care_plan(responsible=Party(kind=PartyKind.PATIENT, id=ASTA_ID), participants=(participant(person=Person(id=ASTA_ID)),))),
    case("CP-018", "inside a document", care_plan(attachments=(attachment(ASTA.encode()),))),
    case("CP-018", "another's number", saying("19491117-2296")),
    case("CP-018", "last digits", saying("Kl. 1212 den 2012-12-12")),
    case("CP-018", "nine digits of the ten", saying("Ärende 212121212")),
    case("CP-018", "digits of a number", care_plan(header=header(version=1212121212))),
    case("CP-018", "short reservnummer", saying("1 gång i veckan", II(root=RESERVNUMMER, extension="1"))),
    case("CP-018", "reservnummer inside a longer word", saying("99A12345678", II(root=RESERVNUMMER, extension="99A1234567"))),
    case("CP-018", "reservnummer after a letter", saying("x99A1234567", II(root=RESERVNUMMER, extension="99A1234567"))),
    case("CP-020", "SoL within the care giver", law(LegalBasis.SOL)),
    case("CP-021", "a team", care_plan(participants=(participant(person=None, team=Team(name="SIP-teamet")),))),
]

BAD_ANSWERS = [
    case("CP-005", "another patient", answer(care_plan(), care_plan(header=header(patient_id=OTHER_PATIENT, id=record_id(2)))), "carePlan[2]/header/accessControl/patientId"),
    case("CP-005", "another root", answer(of_patient(II(root=RESERVNUMMER, extension=ASTA))), "carePlan[1]/header/accessControl/patientId"),
    case("CP-005", "agreement", answer(agreements=(agreement(header=header(patient_id=OTHER_PATIENT)),)), "agreement[1]/header/accessControl/patientId"),
    case("CP-007", "two plans", answer(care_plan(), care_plan()), "carePlan[2]/header/record/id"),
    case("CP-007", "plan and agreement", answer(care_plan(), agreements=(agreement(header=header()),)), "agreement[1]/header/record/id"),
    case("CP-016", "two ids", answer(physician("Emilia", "SE0000000018-P2"), physician("Olof", "SE0000000018-P3")), "carePlan[2]/body/participant[1]"),
    case("CP-016", "two names", answer(physician("Emilia"), physician("Olof"), physician("olof", number=3)), "carePlan[2]/body/participant[1]"),
    case("CP-016", "same name, two ids", answer(physician("Emilia", "SE0000000018-P2"), physician("Emilia", "SE0000000026-P3")), "carePlan[2]/body/participant[1]"),
    case("CP-018", "log id", answer(result=result(ResultCode.OK, "NA")), "result/logId"),
    case("CP-018", "log id in brackets", answer(result=result(ResultCode.OK, f"{{{LOG_ID}}}")), "result/logId"),
    case("CP-018", "patient in log id", answer(result=result(ResultCode.OK, "19121212-1212-4e5e-9d5b-0c2f3ae0d7a1")), "result/logId"),
    case("CP-018", "patient in text", answer(result=result(ResultCode.INFO, text=f"Inget om {ASTA}")), "result/resultText"),
    case("CP-018", "patient in reference", answer(has_more=(HasMore(logical_address=SOURCE_SYSTEM, reference=f"{ASTA}:2"),)), "hasMore[1]/reference"),
    case("CP-018", "patient in address", answer(has_more=(HasMore(logical_address=ASTA, reference="2"),)), "hasMore[1]/logicalAddress"),
    case("CP-019", "no code", answer(result=result(ResultCode.ERROR)), "result/errorCode"),
    case("CP-019", "plans", answer(care_plan(), result=result(ResultCode.ERROR, error_code=ErrorCode.INVALID_REQUEST)), "result/resultCode"),
    case("CP-019", "agreements", answer(agreements=(agreement(),), result=result(ResultCode.ERROR, error_code=ErrorCode.INVALID_REQUEST)), "result/resultCode"),
]

GOOD_ANSWERS = [
    case("all", "empty", answer()),
    case("all", "plan and agreement", answer(care_plan(), agreements=(agreement(),))),
    case("CP-007", "two source systems", answer(care_plan(), care_plan(header=header(source_system_id=hsa("SE0000000018-S2"))))),
    case("CP-016", "one in two records", answer(physician("Emilia", "SE0000000018-P2"), physician("E. Ström", "se0000000018-p2"))),
    case("CP-016", "one with and without id", answer(physician(" emilia  ström"), physician("Emilia Ström", "SE0000000018-P2"))),
    case("CP-016", "nameless", answer(physician("Emilia"), physician(None))),
    case("CP-016", "former", answer(physician("Emilia"), physician("Olof", period=DatePeriod(start=dt.date(2025, 1, 1), end=dt.date(2026, 1, 19))))),
    case("CP-016", "coming", answer(physician("Emilia"), physician("Olof", period=DatePeriod(start=dt.date(2026, 1, 21))))),
    case("CP-016", "completed plan", answer(physician("Emilia"), physician("Olof", plan={"status": PlanStatus.COMPLETED}))),
    case("CP-016", "plan that ended", answer(physician("Emilia"), physician("Olof", plan={"period": DatePeriod(start=dt.date(2025, 1, 1), end=dt.date(2025, 12, 31))}))),
    case("CP-016", "another role", answer(physician("Emilia"), physician("Olof", role=role()))),
    case("CP-016", "another code system", answer(physician("Emilia"), physician("Olof", role=CV(code="2", code_system="1.2.3", display_name="Annan")))),
    case("CP-018", "log id in upper case", answer(result=result(ResultCode.OK, LOG_ID.upper()))),
    case("CP-019", "error", answer(result=result(ResultCode.ERROR, error_code=ErrorCode.INVALID_REQUEST))),
]

BAD_QUERIES = [
    case("CP-002", "check digit", query(patient_id=II(root=PERSONNUMMER, extension="191212121213")), "patientId"),
    case("CP-002", "line break", query(patient_id=II(root=RESERVNUMMER, extension="99A\n123")), "patientId"),
    case("CP-003", "care unit", query(care_unit_ids=(hsa(CARE_GIVER), hsa(ORGANISATION_NUMBER))), "careUnitId[2]"),
    case("CP-003", "line break in a care unit", query(care_unit_ids=(hsa(f"{CARE_GIVER}\n"),)), "careUnitId[1]"),
    case("CP-003", "line break in a root", query(care_giver_ids=(II(root="1.2\r\n3", extension="1"),)), "careGiverId[1]"),
    case("CP-003", "source system", query(source_system_id=hsa("P1")), "sourceSystemId"),
    case("CP-003", "control character in a record", query(record_ids=(record_id(), II(root="1.2.3", extension="\x7f"))), "recordId[2]"),
    case("CP-008", "period", query(date_period=BACKWARDS), "datePeriod/end"),
    case("CP-008", "period of 2.0", query(created_period=BACKWARDS), "datePeriod/end"),
]

GOOD_QUERIES = [
    case("all", "plain", query()),
    case("all", "filters", query(
        care_unit_ids=(hsa(CARE_GIVER),), care_giver_ids=(hsa(ORGANISATION_NUMBER), II(root=ORGANISATIONSNUMMER, extension="any")),
        source_system_id=hsa(ORGANISATION_NUMBER), record_ids=(record_id(),), date_period=WEEKEND,
    )),
]
# fmt: on
