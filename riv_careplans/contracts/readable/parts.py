"""What the larger parts of a record are as HTML: contacts, goals, activities, risks, and its origin."""

from __future__ import annotations

from datetime import date, datetime

from riv_careplans.contracts.readable import phrases
from riv_careplans.contracts.readable.markup import NOTHING, Html, article, facts, joined, listed, paragraph
from riv_careplans.contracts.readable.phrases import READER, Names, word
from riv_careplans.identity import swedish_time
from riv_careplans.model import Activity, FollowUp, Goal, Header, Involvement, Participant, Risk
from riv_careplans.swedish import words
from riv_careplans.swedish.dates import day_and_clock, day_text, in_words, period_text
from riv_careplans.swedish.timing import timing_text

__all__ = ["activity", "contact", "follow_up", "goal", "involvement", "origin", "risk"]


def contact(value: Participant) -> Html:
    """Write who it is, and how and when to get in touch."""
    person, team = value.person, value.team
    return article(
        phrases.participant_name(value),
        facts(
            ("Roll", phrases.coded(value.role)),
            ("Titel", None if person is None else phrases.coded(person.title)),
            ("Team", None if team is None else team.name),
            ("Gäller", period_text(value.period)),
            ("Hjälper till med", value.helps_with),
            ("Bra att ta kontakt", value.contact_when),
            ("Svarstid", value.response_time),
            ("Att tänka på", value.note),
        ),
        listed(phrases.channels(value, value.organization)),
    )


def involvement(value: Involvement | None) -> Html:
    """Write how the patient took part."""
    if value is None:
        return NOTHING
    agreed = None if value.agreed is None else "ja" if value.agreed else "nej"
    about = facts(
        ("Samtycker till planen", agreed),
        ("Sagt av", word(words.INVOLVED_BY, value.by)),
        ("Datum", _day(value.date)),
    )
    return joined((paragraph(f"{words.INVOLVEMENT[READER][value.form]}."), about))


def goal(value: Goal, names: Names, level: int = 3) -> Html:
    """Write a goal, and below it its sub-goals."""
    achievement = value.achievement
    return article(
        value.text,
        facts(
            ("Status", words.GOAL_STATUS[value.status]),
            ("Slag", word(words.GOAL_CATEGORY, value.category)),
            ("Formulering", word(words.EXPRESSED_BY[READER], value.expressed_by)),
            ("Måluppfyllelse", None if achievement is None else words.ACHIEVEMENT[achievement.code]),
            ("Bedömt", None if achievement is None else _day(achievement.date)),
            ("Kommentar", None if achievement is None else achievement.comment),
            ("Så mäts målet", phrases.several(value.targets, phrases.target)),
            ("Ansvarig", names.parties(value.responsible_parties)),
            ("Behov", names.of(*value.need_ids)),
        ),
        NOTHING if value.follow_up is None else follow_up(value.follow_up, names),
        *(goal(sub_goal, names, level + 1) for sub_goal in value.sub_goals),
        level=level,
    )


def activity(value: Activity, names: Names) -> Html:
    """Write what is to be done, when, where and by whom."""
    return article(
        value.title,
        paragraph(value.text),
        facts(
            ("Status", words.ACTIVITY_STATUS[value.status]),
            ("När", timing_text(value.timing)),
            ("Plats", phrases.place(value.place)),
            ("Bokning", phrases.several(value.bookings, phrases.booking)),
            ("Utförs av", names.parties(value.performers)),
            ("Ansvarig", names.party(value.responsible)),
            ("Förberedelser", value.preparation),
            ("Slag", words.ACTIVITY_KIND[value.kind]),
            ("Åtgärd", phrases.several(value.codes, phrases.coded)),
            ("Beslut", phrases.decision(value.decision)),
            ("Lagrum", word(words.LEGAL_BASIS, value.legal_basis)),
            ("Mål", names.of(*value.goal_ids)),
            ("Behov", names.of(*value.need_ids)),
        ),
    )


def risk(value: Risk, names: Names) -> Html:
    """Write the signs of a risk, and what to do."""
    signs = [
        phrases.beside(one.text, word(words.RISK_LEVEL, one.level), phrases.coded(one.code))
        for one in value.triggers
    ]
    actions = [
        phrases.beside(
            one.text,
            word(words.URGENCY, one.urgency),
            _named("görs av", names.party(one.performer)),
            _named("kontakta", names.of(one.participant_id)),
        )
        for one in value.actions
    ]
    return article(
        "Tecken att vara uppmärksam på",
        listed(signs),
        paragraph("Gör så här:"),
        listed(actions),
        facts(("Bestämt", _day(value.agreed_date)), ("Ses över", _day(value.review_date))),
    )


def follow_up(value: FollowUp, names: Names) -> Html:
    """Write when and how something is followed up, and what came of it."""
    outcomes = [
        phrases.beside(
            f"{day_text(one.date)}: {one.text}" if one.text else day_text(one.date),
            word(words.FOLLOW_UP_RESULT, one.result),
        )
        for one in value.outcomes
    ]
    planned = facts(
        ("Uppföljning", timing_text(value.planned)),
        ("Så går det till", value.manner),
        ("Ansvarig för uppföljningen", names.party(value.responsible)),
        ("Bokning", phrases.booking(value.booking)),
    )
    return joined((planned, paragraph("Det här kom fram:") if outcomes else NOTHING, listed(outcomes)))


def origin(value: Header) -> Html:
    """Write who answers for a record, and since when it says what it says."""
    access, record, author, signature = value.access_control, value.record, value.author, value.signature
    informants = in_words(words.INFORMANT[READER][one] for one in value.provenance.informants)
    care_giver, care_unit = access.accountable_care_giver, access.accountable_care_unit
    written_at = None if author is None else author.care_unit
    about = facts(
        ("Vård- eller omsorgsgivare", phrases.organization(care_giver)),
        ("Ansvarig enhet", phrases.organization(care_unit)),
        ("Upprättad", _moment(record.created_time)),
        ("Senast ändrad", _moment(record.updated_time)),
        ("Senaste ändringen", record.change_summary),
        ("Version", None if record.version is None else str(record.version)),
        ("Skriven", None if author is None else _moment(author.time)),
        ("Skriven av", None if author is None else phrases.person(author.person)),
        ("Skriven på", phrases.organization(written_at)),
        ("Signerad", None if signature is None else _moment(signature.time)),
        ("Signerad av", None if signature is None else phrases.person(signature.person)),
        ("Uppgifter från", informants),
        ("Så kom uppgifterna in", words.ORIGIN[value.provenance.origin]),
        ("Lagrum", words.LEGAL_BASIS[access.legal_basis]),
        ("Får ses av", words.SHARING[access.sharing]),
    )
    return joined((about, listed(phrases.channels(care_unit, written_at, care_giver))))


def _named(what: str, who: str | None) -> str | None:
    return f"{what} {who}" if who else None


def _day(value: date | None) -> str | None:
    return None if value is None else day_text(value)


def _moment(value: datetime | None) -> str | None:
    return None if value is None else day_and_clock(swedish_time(value))
