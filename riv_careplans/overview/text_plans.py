"""The sections about what was agreed and planned: agreements, goals, plans, what matters, documents. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.text import Text

from riv_careplans.codes import Initiator
from riv_careplans.model import DatePeriod
from riv_careplans.overview.layout import Page, labelled, line, row, section, subheading
from riv_careplans.overview.parties import names_text
from riv_careplans.overview.text_people import statement_lines
from riv_careplans.overview.text_times import next_step_row
from riv_careplans.overview.view import (
    AgreementView,
    AttachmentView,
    GoalView,
    PlanActivity,
    PlanPart,
    PlanView,
    TargetView,
)
from riv_careplans.swedish.dates import day_text, in_words, period_text
from riv_careplans.swedish.words import (
    ACHIEVEMENT,
    ACTIVITY_STATUS,
    AGREEMENT_STATUS,
    CIRCUMSTANCE_KIND,
    CONTINUED_CONTACT,
    EXPRESSED_BY,
    GOAL_CATEGORY,
    GOAL_STATUS,
    IMPORTANT_KIND,
    INVOLVEMENT,
    MEDIA_TYPE,
    PLAN_STATUS,
    RESPONSIBILITY,
    SCOPE,
    bytes_text,
    lower_first,
    upper_first,
)

__all__ = [
    "agreements_section",
    "attachments_section",
    "goals_section",
    "important_section",
    "plans_section",
]


# --- agreements ---------------------------------------------------------------------------------


def agreements_section(page: Page) -> list[RenderableType]:
    """Set what was agreed."""
    return section("Överenskommelser", (_agreement_row(page, one) for one in page.overview.agreements))


def _agreement_row(page: Page, agreement: AgreementView) -> RenderableType:
    valid = period_text(DatePeriod(start=agreement.start, end=agreement.end))
    status = AGREEMENT_STATUS[agreement.status].capitalize()
    details: list[RenderableType | None] = [
        line(f"{status}, {valid}. Mellan {names_text(agreement.parties)}."),
        *_listed("Det här är bestämt", agreement.decided),
    ]
    for who in Initiator:
        texts = [one.text for one in agreement.responsibilities if one.who is who]
        details.extend(_listed(RESPONSIBILITY[page.overview.audience][who], texts))
    if agreement.next_steps:
        details.append(line(("Nästa steg:", "bold")))
        details.extend(next_step_row(page, step) for step in agreement.next_steps)
    if agreement.continued_contact is not None:
        told = filter(
            None, (CONTINUED_CONTACT[agreement.continued_contact], agreement.continued_contact_text)
        )
        details.append(labelled("Fortsatt kontakt", " ".join(told)))
    details.extend(map(line, agreement.related))
    return row(line((agreement.title, "bold"), page.cite(agreement.citations)), details)


def _listed(label: str, texts: Iterable[str]) -> list[RenderableType]:
    rows = [row(line(text), sign="–") for text in texts]
    return [line((f"{label}:", "bold")), *rows] if rows else []


# --- goals --------------------------------------------------------------------------------------


def goals_section(page: Page) -> list[RenderableType]:
    """Set the goals with their sub-goals."""
    return section("Mål", (_goal_row(page, goal, top=True) for goal in page.overview.goals))


def _goal_row(page: Page, goal: GoalView, *, top: bool) -> RenderableType:
    audience = page.overview.audience
    state = [GOAL_STATUS[goal.status]]
    if goal.achievement is not None:
        state.append(ACHIEVEMENT[goal.achievement])
    if goal.achievement_date is not None:
        state.append(f"bedömt {day_text(goal.achievement_date)}")
    about = [GOAL_CATEGORY[goal.category]] if goal.category is not None else []
    if goal.expressed_by is not None:
        about.append(EXPRESSED_BY[audience][goal.expressed_by])
    return row(
        line((goal.text, "bold"), f" ({', '.join(state)})", page.cite(goal.citations) if top else ""),
        [
            line(", ".join(about).capitalize()) if about else None,
            line(goal.achievement_comment) if goal.achievement_comment else None,
            *(labelled("Mäts", _target_text(target)) for target in goal.targets),
            labelled("Ansvarig", names_text(goal.responsible)),
            labelled("Följs upp", goal.follow_up.text if goal.follow_up else None),
            labelled("Plan", goal.plan) if top else None,
            *(_goal_row(page, sub_goal, top=False) for sub_goal in goal.sub_goals),
        ],
        sign="•" if top else "–",
    )


def _target_text(target: TargetView) -> str:
    value = " ".join(filter(None, (target.value, target.unit)))
    due = f"senast {day_text(target.due)}" if target.due is not None else None
    return ", ".join(filter(None, (target.measure, value, due)))


# --- plans --------------------------------------------------------------------------------------


def plans_section(page: Page) -> list[RenderableType]:
    """Set the plans, the most prominent first, those that are over last."""
    plans = page.overview.plans
    current = [plan for plan in plans if plan.current]
    over = [plan for plan in plans if not plan.current]
    return [
        *section("Planer", (part for plan in current for part in _plan_rows(page, plan))),
        *section("Tidigare planer", (part for plan in over for part in _plan_rows(page, plan))),
    ]


def _plan_rows(page: Page, plan: PlanView) -> Iterator[RenderableType]:
    yield subheading(plan.title)
    joint = f", gemensam plan i {len(plan.parts)} delar" if plan.joint else ""
    kind = SCOPE[plan.scope] if plan.type == plan.title else f"{plan.type}, {SCOPE[plan.scope]}"
    yield line(f"{upper_first(kind)}{joint}. Läge: {PLAN_STATUS[plan.status]}.")
    for difference in plan.differences:
        yield row(
            line((difference.sentence, "bold")), [*statement_lines(page, difference.statements)], sign="!"
        )
    for part in plan.parts:
        yield _part_row(page, part)


def _part_row(page: Page, part: PlanPart) -> RenderableType:
    giver = f" ({part.care_giver})" if part.care_giver != part.care_unit else ""
    law = part.citation.legal_basis.value
    standing = "" if part.current else f", {PLAN_STATUS[part.status]}"
    involvement = INVOLVEMENT[page.overview.audience][part.involvement] if part.involvement else None
    agreed = {True: "godkänd", False: "inte godkänd", None: None}[part.agreed]
    starting = (f"{text.text} ({CIRCUMSTANCE_KIND[text.kind]})" for text in part.circumstances)
    return row(
        line((part.care_unit, "bold"), f"{giver}, {law}{standing}", page.cite([part.citation])),
        [
            line(part.summary) if part.summary else None,
            line("Planen finns bara som dokument, se Dokument.") if part.document_only else None,
            labelled("Gäller", part.period),
            labelled("Ansvarig för planen", part.responsible.name if part.responsible else None),
            labelled("Delaktighet", ", ".join(filter(None, (involvement, agreed)))),
            labelled("Deltar", in_words(_participants(page, part))),
            *_listed("Utgångspunkt", starting),
            *_listed("Behov", part.needs),
            *_activity_rows(page, part),
            *_listed("Uppföljning", part.follow_ups),
            *map(line, part.related),
        ],
    )


def _participants(page: Page, part: PlanPart) -> Iterator[str]:
    for identity in part.participants:
        contact = page.contacts[identity]
        role = lower_first(contact.role)
        yield f"{contact.name} ({role})" if contact.name else contact.role


def _activity_rows(page: Page, part: PlanPart) -> list[RenderableType]:
    rows = [row(_activity_line(page, activity, part), sign="–") for activity in part.activities]
    return [line(("Aktiviteter och insatser:", "bold")), *rows] if rows else []


def _activity_line(page: Page, activity: PlanActivity, part: PlanPart) -> Text:
    state = ", ".join(filter(None, (ACTIVITY_STATUS[activity.status], activity.when)))
    who = []
    if activity.performers:
        who.append(f"Utförs av {names_text(activity.performers)}")
    if activity.responsible is not None and activity.performers != (activity.responsible,):
        who.append(f"Ansvarig: {activity.responsible.name}")
    law = "" if activity.citation == part.citation else page.cite([activity.citation])
    return line((activity.title, "bold"), f" ({state}){law}. ", "".join(f"{one}. " for one in who))


# --- what matters, documents --------------------------------------------------------------------


def important_section(page: Page) -> list[RenderableType]:
    """Set what matters to the patient, in quotation marks: it is somebody's own words."""
    rows = []
    for one in page.overview.important:
        kind = IMPORTANT_KIND[one.kind] if one.kind is not None else None
        words = (
            EXPRESSED_BY[page.overview.audience][one.expressed_by] if one.expressed_by is not None else None
        )
        said = day_text(one.date) if one.date is not None else None
        beside = ", ".join(filter(None, (kind, words, said)))
        rows.append(
            row(line((f"”{one.text}”", "bold"), f" ({beside})" if beside else "", page.cite(one.citations)))
        )
    return section("Det som är viktigt", rows)


def attachments_section(page: Page) -> list[RenderableType]:
    """Set the documents."""
    return section("Dokument", (_attachment_row(page, one) for one in page.overview.attachments))


def _attachment_row(page: Page, attachment: AttachmentView) -> RenderableType:
    size = bytes_text(attachment.size) if attachment.size is not None else None
    made = day_text(attachment.created.date()) if attachment.created is not None else None
    about = ", ".join(filter(None, (MEDIA_TYPE[attachment.media_type], size, made)))
    return row(
        line(
            (attachment.title or attachment.plan, "bold"),
            f" ({about})",
            page.cite(attachment.citations),
        ),
        [
            labelled("Hör till", attachment.plan) if attachment.title else None,
            labelled("Finns på", attachment.reference),
        ],
    )
