"""The rules about what a record says: codes, goals, activities, risks, and what a plan of its type needs.

Quotations are from the contract description, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from riv_careplans.codes import (
    CARE_PLAN_TYPE_SYSTEM,
    ActivityStatus,
    GoalStatus,
    LegalBasis,
    PlanType,
    RiskLevel,
    Sharing,
    Urgency,
)
from riv_careplans.identity import HSA_ID
from riv_careplans.model import CV, II, Activity, CarePlan, Goal, Participant, Risk
from riv_careplans.rules.repeats import paths_of_repeated_id
from riv_careplans.rules.rule import Breach, RecordSubject, Text

__all__ = [
    "activities_and_goals_have_their_proof",
    "codes_are_whole",
    "empty_plans_have_a_document",
    "implementation_plans_have_their_law",
    "joint_plans_are_whole",
    "participants_are_someone",
    "red_triggers_lead_to_haste",
    "social_service_sharing_is_lawful",
    "sub_goals_are_three_levels",
    "texts_keep_the_patient_id_out",
]

_DEEPEST_GOAL = 3
_CARE_GIVERS_OF_A_JOINT_PLAN = 2

_CODE_ALONE = Breach(
    "",
    Text(
        "a code stands without its code system or display name: give codeSystem and displayName",
        "en kod saknar kodsystem eller klartext: ange codeSystem och displayName",
    ),
)
_CODE_AND_TEXT = Breach(
    "",
    Text(
        "both a code and an original text are given: leave one of them out",
        "både kod och originaltext anges: utelämna en av dem",
    ),
)
_OTHER_WITHOUT_TEXT = Breach(
    "",
    Text(
        "the plan type OTHER does not say which: give originalText",
        "plantypen OTHER säger inte vilken: ange originalText",
    ),
)
_NOT_BOOKED = Breach(
    "booking",
    Text(
        "the activity is booked but has no booking: refer to the booking, or use the status planned",
        "aktiviteten är bokad men saknar bokning: hänvisa till bokningen eller använd status planned",
    ),
)
_NOT_ASSESSED = Breach(
    "achievement",
    Text(
        "the goal is completed but its achievement is not told: say how far it was reached",
        "målet är avslutat men måluppfyllelsen saknas: ange hur långt det nåddes",
    ),
)
_RED_WITHOUT_HASTE = Breach(
    "",
    Text(
        "a red trigger has no urgent action: add one with urgency contactToday or emergency112",
        "ett rött varningstecken saknar brådskande åtgärd: lägg till en med urgency contactToday "
        "eller emergency112",
    ),
)
_NO_ONE = Breach(
    "person",
    Text(
        "the participant is nobody: name a person or a team",
        "deltagaren är ingen: ange en person eller ett team",
    ),
)
_NO_ONE_ACTS = Text(
    "no activity of the joint plan has a responsible party",
    "ingen aktivitet i den samordnade planen har någon ansvarig",
)
_NO_ONE_LEADS = Text(
    "the joint plan has no one who is responsible for the whole of it",
    "den samordnade planen saknar övergripande ansvarig",
)
_NO_FOLLOW_UP = Text(
    "the joint plan does not say when it is followed up",
    "den samordnade planen säger inte när den följs upp",
)
_NO_OTHER_CARE_GIVER = Text(
    "the joint plan has participants of one care giver only",
    "den samordnade planen har deltagare från bara en vård- eller omsorgsgivare",
)
_NO_AGREEMENT = Text(
    "the joint plan does not say that the patient agrees",
    "den samordnade planen säger inte att patienten samtycker",
)


def codes_are_whole(subject: RecordSubject) -> Iterator[Breach]:
    """CP-004, of every coded value."""
    yield from subject.breaking(CV, _code_faults)


def _code_faults(coded: CV) -> tuple[Breach, ...]:
    # "code needs codeSystem and displayName; originalText excludes code"
    if coded.code is None:
        return ()
    if not coded.code_system or not coded.display_name:
        return (_CODE_ALONE,)
    # The one exception: "OTHER with originalText" -- contract description, section 3.2
    if coded.code == PlanType.OTHER and coded.code_system == CARE_PLAN_TYPE_SYSTEM:
        return () if coded.original_text else (_OTHER_WITHOUT_TEXT,)
    return (_CODE_AND_TEXT,) if coded.original_text is not None else ()


def sub_goals_are_three_levels(subject: RecordSubject) -> Iterator[Breach]:
    """CP-009; the goals of the fourth level are named, not what is below them."""
    # "sub-goals: depth ≤ 3"
    level = subject.record.body.goals
    for _ in range(_DEEPEST_GOAL):
        level = tuple(chain.from_iterable(goal.sub_goals for goal in level))
    if level:
        for path, _goal in subject.located(Goal):
            if path.count("/subGoal[") == _DEEPEST_GOAL:
                yield Breach(path)


def empty_plans_have_a_document(subject: RecordSubject) -> Iterator[Breach]:
    """CP-011."""
    # "a plan without goals, activities and participants has at least one attachment"
    plan = subject.plan
    if plan and not (
        plan.body.goals or plan.body.activities or plan.body.participants or plan.body.attachments
    ):
        yield Breach("body/attachment")


def activities_and_goals_have_their_proof(subject: RecordSubject) -> Iterator[Breach]:
    """CP-013, sub-goals included."""
    yield from subject.breaking(Activity, _activity_faults)
    yield from subject.breaking(Goal, _goal_faults)


def _activity_faults(activity: Activity) -> tuple[Breach, ...]:
    # "an activity with status booked has a booking"
    return (_NOT_BOOKED,) if activity.status == ActivityStatus.BOOKED and not activity.bookings else ()


def _goal_faults(goal: Goal) -> tuple[Breach, ...]:
    # "a completed goal has an achievement"
    return (_NOT_ASSESSED,) if goal.status == GoalStatus.COMPLETED and goal.achievement is None else ()


def joint_plans_are_whole(subject: RecordSubject) -> Iterator[Breach]:
    """CP-014, a warning for each part that is missing."""
    plan = subject.plan
    if plan is None or not _is_of_type(plan, PlanType.SIP):
        return
    # "an activity with a responsible party, a responsible for the plan, a follow-up, two participating care
    # givers, involvement.agreed=true"
    body = plan.body
    if not any(activity.responsible for activity in body.activities):
        yield Breach("body/activity", _NO_ONE_ACTS)
    if body.responsible is None:
        yield Breach("body/responsible", _NO_ONE_LEADS)
    if not body.follow_ups:
        yield Breach("body/followUp", _NO_FOLLOW_UP)
    if len(_care_givers(plan)) < _CARE_GIVERS_OF_A_JOINT_PLAN:
        yield Breach("body/participant", _NO_OTHER_CARE_GIVER)
    if body.involvement is None or not body.involvement.agreed:
        yield Breach("body/involvement/agreed", _NO_AGREEMENT)


def _care_givers(plan: CarePlan) -> set[str]:
    """Tell care givers apart by organisation number, because a participant may name its unit instead."""
    named = [plan.header.access_control.accountable_care_giver]
    named += [one.organization for one in plan.body.participants if one.organization]
    return {_organisation_number(organization.id) for organization in named}


def _organisation_number(identity: II) -> str:
    root, extension = identity.key
    return extension.removeprefix("SE").partition("-")[0] if root == HSA_ID else extension


def implementation_plans_have_their_law(subject: RecordSubject) -> Iterator[Breach]:
    """CP-015."""
    # "genomförandeplan: legalBasis SoL or LSS"
    plan = subject.plan
    law = subject.record.header.access_control.legal_basis
    if plan and law not in (LegalBasis.SOL, LegalBasis.LSS) and _is_of_type(plan, PlanType.GP):
        yield Breach("header/accessControl/legalBasis")


def _is_of_type(plan: CarePlan, wanted: PlanType) -> bool:
    found = plan.body.type
    return found.code == wanted and found.code_system in (CARE_PLAN_TYPE_SYSTEM, None)


def red_triggers_lead_to_haste(subject: RecordSubject) -> Iterator[Breach]:
    """CP-017."""
    yield from subject.breaking(Risk, _risk_faults)


def _risk_faults(risk: Risk) -> tuple[Breach, ...]:
    # "a risk trigger with level red has an action with urgency contactToday or emergency112"
    urgent = (Urgency.CONTACT_TODAY, Urgency.EMERGENCY_112)
    if not any(trigger.level == RiskLevel.RED for trigger in risk.triggers):
        return ()
    return () if any(action.urgency in urgent for action in risk.actions) else (_RED_WITHOUT_HASTE,)


def texts_keep_the_patient_id_out(subject: RecordSubject) -> Iterator[Breach]:
    """CP-018, of everything in a record that is text, unknown elements included."""
    # "text never repeats the patient id"
    yield from map(Breach, paths_of_repeated_id(subject.record))


def social_service_sharing_is_lawful(subject: RecordSubject) -> Iterator[Breach]:
    """CP-020: only a hint, because a record does not say which part of social services it is from."""
    # "SoL records with sharing=shared only from elder and disability care (information)"
    access = subject.record.header.access_control
    if access.legal_basis == LegalBasis.SOL and access.sharing == Sharing.SHARED:
        yield Breach("header/accessControl/sharing")


def participants_are_someone(subject: RecordSubject) -> Iterator[Breach]:
    """CP-021: a participant names a person, a team, or both."""
    # The schema leaves both optional: as a choice, generated clients would lose the names of both.
    return subject.breaking(Participant, _participant_faults)


def _participant_faults(participant: Participant) -> tuple[Breach, ...]:
    return () if participant.person or participant.team else (_NO_ONE,)
