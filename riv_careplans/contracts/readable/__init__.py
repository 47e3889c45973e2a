"""A record as a readable document: all that a plan or an agreement says, as HTML in plain Swedish.

For readers that know documents and no structure (GetCarePlans 2.0). Every text of the record is in
it but what is not for the patient. The document needs nothing else: no script, style, picture or
link. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from riv_careplans.contracts.readable import parts, phrases
from riv_careplans.contracts.readable.markup import Html, facts, joined, listed, page, paragraph, section
from riv_careplans.contracts.readable.phrases import Names
from riv_careplans.model import Agreement, AgreementBody, CarePlan, CarePlanBody
from riv_careplans.swedish import words
from riv_careplans.swedish.dates import in_words, period_text

__all__ = ["render"]

_WHOEVER: Final = "den som ansvarar för uppgifterna"


class _Section(msgspec.Struct, frozen=True, kw_only=True):
    """One section of the document; left out whole when there is no room."""

    heading: str
    content: Html


def render(record: CarePlan | Agreement, *, most_bytes: int | None = None) -> str:
    """Write a record as an HTML document.

    `most_bytes` (1 000 or more) is what it may be in UTF-8. Sections without room are then left out
    whole, and the document first says which they are and who has them. Raises `ValueError` for a
    text that no document can hold.
    """
    sections = tuple(one for one in _sections(record) if one.content)
    whole = _page(record.body.title, sections)
    if most_bytes is None or _size(whole) <= most_bytes:
        return whole
    return _shortened(record, sections, most_bytes)


def _shortened(record: CarePlan | Agreement, sections: tuple[_Section, ...], most_bytes: int) -> str:
    """Keep, in their order, the sections that fit beside the sentence about the others."""
    access = record.header.access_control
    unit = access.accountable_care_unit or access.accountable_care_giver
    title, holder = record.body.title, unit.name or _WHOEVER
    missing = [one.heading for one in sections]
    if _size(_page(title, (), _warning(missing, holder))) > most_bytes:
        title, holder = "Plan" if isinstance(record, CarePlan) else "Överenskommelse", _WHOEVER
        missing.insert(0, "Rubrik")
    kept: tuple[_Section, ...] = ()
    for one in sections:
        # The fewer are missing, the shorter the sentence: what fits now still fits in the end.
        others = [heading for heading in missing if heading != one.heading]
        if _size(_page(title, (*kept, one), _warning(others, holder))) <= most_bytes:
            kept, missing = (*kept, one), others
    return _page(title, kept, _warning(missing, holder))


def _warning(missing: Iterable[str], holder: str) -> str:
    headings = in_words(f"”{heading}”" for heading in missing)
    return (
        f"Allt får inte plats i det här dokumentet. Det som saknas är {headings}. "
        f"Uppgifterna finns i sin helhet hos {holder}."
    )


def _page(title: str, sections: Iterable[_Section], warning: str = "") -> str:
    return page(title, (section(one.heading, one.content) for one in sections), warning=warning)


def _size(text: str) -> int:
    return len(text.encode())


def _sections(record: CarePlan | Agreement) -> Iterator[_Section]:
    """Give the sections in the order in which they matter to a reader; some may be empty."""
    names = phrases.names_of(record.body)
    if isinstance(record, CarePlan):
        contents = {**_of_plan(record.body, names), "Om planen": parts.origin(record.header)}
    else:
        contents = {**_of_agreement(record.body, names), "Om överenskommelsen": parts.origin(record.header)}
    for heading, content in contents.items():
        yield _Section(heading=heading, content=content)


def _of_plan(body: CarePlanBody, names: Names) -> dict[str, Html]:
    brief = facts(
        ("Slag", phrases.coded(body.type)),
        ("Status", words.PLAN_STATUS[body.status]),
        ("Gäller", period_text(body.period)),
        ("Omfattning", words.SCOPE[body.scope]),
        ("Övergripande ansvarig", names.party(body.responsible)),
        ("Gemensam plan", None if body.joint_plan_id is None else "flera parter har var sin del av planen"),
    )
    return {
        "I korthet": joined((paragraph(body.summary), brief)),
        "Viktigt för patienten": listed(map(phrases.important, body.important_to_patient)),
        "Kontakter": joined(map(parts.contact, body.participants)),
        "Delaktighet": parts.involvement(body.involvement),
        "Utgångspunkter": listed(map(phrases.circumstance, body.circumstances)),
        "Behov": listed(phrases.need(one, names) for one in body.needs),
        "Mål": joined(parts.goal(one, names) for one in body.goals),
        "Aktiviteter": joined(parts.activity(one, names) for one in body.activities),
        **_of_both(body, names),
    }


def _of_agreement(body: AgreementBody, names: Names) -> dict[str, Html]:
    continued = body.continued_contact
    brief = facts(
        ("Slag", "Överenskommelse"),
        ("Status", words.AGREEMENT_STATUS[body.status]),
        ("Gäller", period_text(body.period)),
        ("Parter", names.parties(body.parties)),
    )
    return {
        "I korthet": brief,
        "Viktigt för patienten": listed(map(phrases.important, body.important_to_patient)),
        "Det här är bestämt": listed(body.decided),
        "Ansvar": listed(phrases.responsibility(one, names) for one in body.responsibilities),
        "Nästa steg": listed(map(phrases.next_step, body.next_steps)),
        "Fortsatt kontakt": joined(
            ()
            if continued is None
            else (paragraph(words.CONTINUED_CONTACT[continued.code]), paragraph(continued.text))
        ),
        "Kontakter": joined(map(parts.contact, body.participants)),
        "Mål": joined(parts.goal(one, names) for one in body.goals),
        **_of_both(body, names),
    }


def _of_both(body: CarePlanBody | AgreementBody, names: Names) -> dict[str, Html]:
    return {
        "Risker": joined(parts.risk(one, names) for one in body.risks),
        "Uppföljning": joined(parts.follow_up(one, names) for one in body.follow_ups),
        "Hör ihop med": listed(map(phrases.related, body.related_records)),
        "Dokument": listed(map(phrases.attachment, body.attachments)),
    }
