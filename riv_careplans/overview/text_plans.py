"""The sections about what was agreed and planned: agreements, goals, plans, what matters, documents. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import RenderableType
from rich.text import Text

from riv_careplans.codes import Initiator, InvolvedBy, PartyKind
from riv_careplans.model import DatePeriod
from riv_careplans.overview.layout import Page, labelled, line, row, section, subheading
from riv_careplans.overview.parties import names_text
from riv_careplans.overview.text_people import statement_lines
from riv_careplans.overview.text_times import next_step_row
from riv_careplans.overview.view import (
    AgreementView,
    Assumed,
    AttachmentView,
    Earlier,
    GoalView,
    ImportantView,
    PlanActivity,
    PlanPart,
    PlanView,
    ResponsibilityView,
    RiskView,
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
    INVOLVED_BY,
    INVOLVEMENT,
    MEDIA_TYPE,
    PLAN_STATUS,
    RESPONSIBILITY,
    RISK_LEVEL,
    SCOPE,
    Audience,
    bytes_text,
    lower_first,
    sentence,
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
        line(f"{status}{_set_off(valid)}. Mellan {names_text(agreement.parties, 'dig')}."),
        *_listed("Det här är bestämt", agreement.decided),
    ]
    for who in Initiator:
        texts = map(_responsibility_text, (one for one in agreement.responsibilities if one.who is who))
        details.extend(_listed(RESPONSIBILITY[page.overview.audience][who], texts))
    if agreement.next_steps:
        label = "Nästa steg" if agreement.current else "Steg som var överenskomna"
        details.append(line((f"{label}:", "bold")))
        details.extend(next_step_row(page, step) for step in agreement.next_steps)
    if agreement.continued_contact is not None:
        told = filter(
            None, (CONTINUED_CONTACT[agreement.continued_contact], agreement.continued_contact_text)
        )
        details.append(labelled("Fortsatt kontakt", " ".join(told)))
    details.extend(_listed("Uppföljning", agreement.follow_ups))
    details.extend(_earlier_rows(page, agreement.earlier))
    details.extend(map(line, agreement.related))
    return row(line((agreement.title, "bold"), page.cite(agreement.citations)), details)


def _set_off(valid: str | None) -> str:
    """Set a period off after a status: `Gäller från …`, `Gäller, 1 dec 2025 – 18 jan 2026`."""
    if valid is None:
        return ""
    return f" {valid}" if valid.startswith("från") else f", {valid}"


def _responsibility_text(one: ResponsibilityView) -> str:
    """Say what it is, and who "we" are; the heading says when it is the patient."""
    if one.party is None or one.party.kind is PartyKind.PATIENT:
        return one.text
    return f"{sentence(one.text)} Ansvarig: {sentence(one.party.name)}"


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
            labelled("Följs upp", goal.follow_up_text),
            labelled("Plan", goal.plan) if top else None,
            *(_goal_row(page, sub_goal, top=False) for sub_goal in goal.sub_goals),
        ],
        sign="•" if top else "–",
    )


def _target_text(target: TargetView) -> str:
    value = " ".join(filter(None, (target.value, target.unit)))
    due = f"senast {day_text(target.due)}" if target.due is not None else None
    return ", ".join(filter(None, (target.measure, value, due)))


def _earlier_rows(page: Page, earlier: Earlier | None) -> Iterator[RenderableType]:
    """Set what a record had that is no longer in force."""
    if earlier is None:
        return
    groups: tuple[tuple[str, list[RenderableType]], ...] = (
        ("Tidigare mål", [_goal_row(page, goal, top=False) for goal in earlier.goals]),
        ("Tidigare varningstecken", [_earlier_risk_row(risk) for risk in earlier.risks]),
        ("Det som var viktigt", [_important_row(page, one) for one in earlier.important]),
    )
    for label, rows in groups:
        if rows:
            yield line((f"{label}:", "bold"))
            yield from rows


def _earlier_risk_row(risk: RiskView) -> RenderableType:
    signs = (
        f"{one.text} ({RISK_LEVEL[one.level].lower()})" if one.level is not None else one.text
        for one in risk.triggers
    )
    actions = (
        line(f"→ {one.text}", f" ({one.performer.name})" if one.performer is not None else "")
        for one in risk.actions
    )
    return row(line("; ".join(signs)), [*actions], sign="–")


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
    joint = f", gemensam plan i {_parts_text(page, len(plan.parts))}" if plan.joint else ""
    assumed = _assumed(page, plan)
    scope = None if Assumed.SCOPE in assumed else SCOPE[plan.scope]
    kind = ", ".join(filter(None, (None if plan.type == plan.title and scope else plan.type, scope)))
    status = "källan anger inget" if Assumed.STATUS in assumed else PLAN_STATUS[plan.status]
    yield line(f"{upper_first(kind)}{joint}. Läge: {status}.")
    for difference in plan.differences:
        yield row(
            line((difference.sentence, "bold")), [*statement_lines(page, difference.statements)], sign="!"
        )
    for part in plan.parts:
        yield _part_row(page, part)


def _assumed(page: Page, plan: PlanView) -> frozenset[Assumed]:
    """Give what no part of a plan states, so that it is not told as a fact."""
    of_parts = (page.overview.provenance[part.citation.provenance - 1].assumed for part in plan.parts)
    return frozenset.intersection(*map(frozenset, of_parts))


def _parts_text(page: Page, number: int) -> str:
    """Count the parts; a source that is missing may have another."""
    known = " som vi känner till" if page.overview.missing_sources else ""
    return f"{'en del' if number == 1 else f'{number} delar'}{known}"


def _involvement_text(page: Page, part: PlanPart) -> str | None:
    """Say how the patient took part and whether they agree, when and who said so."""
    if part.involvement is None:
        return None
    audience = page.overview.audience
    is_patient = audience is Audience.PATIENT
    who = "Du" if is_patient else "Patienten"
    said = [INVOLVEMENT[audience][part.involvement]]
    if part.agreed is not None:
        said.append(f"{who} samtycker {'' if part.agreed else 'inte '}till planen")
    if part.involved_by is not None or part.involved is not None:
        by = None
        if part.involved_by is not None:
            own = is_patient and part.involved_by is InvolvedBy.PATIENT
            by = f"av {'dig' if own else INVOLVED_BY[part.involved_by]}"
        day = day_text(part.involved) if part.involved is not None else None
        said.append(" ".join(filter(None, ("Sagt", by, day))))
    return " ".join(map(sentence, said))


def _part_row(page: Page, part: PlanPart) -> RenderableType:
    giver = f" ({part.care_giver})" if part.care_giver != part.care_unit else ""
    law = part.citation.legal_basis.value
    standing = "" if part.current else f", {PLAN_STATUS[part.status]}"
    starting = (
        f"{one.text} ({', '.join(filter(None, (CIRCUMSTANCE_KIND[one.kind], one.when)))})"
        for one in part.circumstances
    )
    return row(
        line((part.care_unit, "bold"), f"{giver}, {law}{standing}", page.cite([part.citation])),
        [
            line(part.summary) if part.summary else None,
            line("Planen finns bara som dokument, se Dokument.") if part.document_only else None,
            labelled("Gäller", part.period),
            labelled("Ansvarig för planen", part.responsible.name if part.responsible else None),
            labelled("Delaktighet", _involvement_text(page, part)),
            labelled("Deltar", in_words(_participants(page, part))),
            *_listed("Utgångspunkt", starting),
            *_listed("Behov", part.needs),
            *_activity_rows(page, part),
            *_listed("Uppföljning", part.follow_ups),
            *_earlier_rows(page, part.earlier),
            *map(line, part.related),
        ],
    )


def _participants(page: Page, part: PlanPart) -> Iterator[str]:
    for identity in part.participants:
        contact = page.contacts[identity]
        role = lower_first(contact.role)
        yield f"{contact.name} ({role})" if contact.name else contact.role


def _activity_rows(page: Page, part: PlanPart) -> list[RenderableType]:
    rows = [
        row(_activity_line(page, activity, part), _told_here(page, activity), sign="–")
        for activity in part.activities
    ]
    return [line(("Aktiviteter och insatser:", "bold")), *rows] if rows else []


def _told_here(page: Page, activity: PlanActivity) -> list[Text | None]:
    """Set what is said of an activity and printed nowhere else."""

    def new(text: str | None) -> str | None:
        told = (activity.citation.provenance, activity.title, text) in page.told
        return None if told else text

    text, granted = new(activity.text), new(activity.granted)
    return [
        line(text) if text else None,
        labelled("Förbered", new(activity.preparation)),
        labelled("Plats", new(activity.place)),
        line(granted) if granted else None,
        labelled("Mål", in_words(filter(None, map(new, activity.goals)))),
    ]


def _activity_line(page: Page, activity: PlanActivity, part: PlanPart) -> Text:
    state = ", ".join(filter(None, (ACTIVITY_STATUS[activity.status], activity.when)))
    who = []
    if activity.responsible is not None and activity.performers == (activity.responsible,):
        who.append(f"Utförs av och ansvarig: {activity.responsible.name}")
    elif activity.performers:
        who.append(f"Utförs av {names_text(activity.performers, 'dig själv')}")
    if activity.responsible is not None and activity.performers != (activity.responsible,):
        who.append(f"Ansvarig: {activity.responsible.name}")
    law = "" if activity.citation == part.citation else page.cite([activity.citation])
    return line((activity.title, "bold"), f" ({state}){law}. ", "".join(f"{one}. " for one in who))


# --- what matters, documents --------------------------------------------------------------------


def important_section(page: Page) -> list[RenderableType]:
    """Set what matters to the patient, in quotation marks: it is somebody's own words."""
    return section("Det som är viktigt", (_important_row(page, one) for one in page.overview.important))


def _important_row(page: Page, one: ImportantView) -> RenderableType:
    kind = IMPORTANT_KIND[one.kind] if one.kind is not None else None
    words = EXPRESSED_BY[page.overview.audience][one.expressed_by] if one.expressed_by is not None else None
    said = day_text(one.date) if one.date is not None else None
    beside = ", ".join(filter(None, (kind, words, said)))
    return row(line((f"”{one.text}”", "bold"), f" ({beside})" if beside else "", page.cite(one.citations)))


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
            line(_where_to_read(attachment)),
        ],
    )


def _where_to_read(attachment: AttachmentView) -> str:
    """Say who has the document, and how it can be read."""
    if attachment.file is None:
        return f"Finns hos {attachment.held_by}; be dem om dokumentet."
    saved = f"spara det med --save-documents ({attachment.file})"
    return f"Finns hos {attachment.held_by}; be dem om dokumentet, eller {saved}."
