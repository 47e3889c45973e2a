"""What an overview says of what a source does not say, and of what two sources say differently."""

from __future__ import annotations

import datetime as dt

import pytest
from msgspec.structs import replace

from riv_careplans.codes import Audience as ChannelAudience
from riv_careplans.codes import ChannelSystem, Origin
from riv_careplans.contracts.get_care_plans_2 import UNSTATED, is_from_2_0
from riv_careplans.exchange import Outcome, OutcomeKind
from riv_careplans.model import (
    Author,
    Channel,
    Header,
    HoursOfService,
    Organization,
    Person,
    Signature,
    TimePeriod,
)
from riv_careplans.overview import Audience, as_text, documents_of
from riv_careplans.overview.view import Assumed
from tests.builders import ASTA_ID, answer, attachment, hsa, participant
from tests.merging import HEALTH_CENTRE, HOME_CARE, TODAY, moment, part, plan
from tests.older_messages import read_back
from tests.overviews import overview_of, seen

PHONE = Channel(system=ChannelSystem.PHONE, value="070-174 06 12", audience=ChannelAudience.BOTH)
INWARD = Channel(system=ChannelSystem.PHONE, value="070-174 06 13", audience=ChannelAudience.PROFESSIONAL)


# --- assumed values -----------------------------------------------------------------------------


def test_what_2_0_has_no_words_for_is_not_told_as_a_fact() -> None:
    [older] = read_back(plan(attachments=(attachment(),)))
    shown = overview_of(older)
    text = as_text(shown, width=500)

    assert is_from_2_0(older)
    assert shown.provenance[0].assumed == tuple(Assumed)
    assert shown.provenance[0].origin is None
    assert "Läge: källan anger inget." in text
    assert "plan för ett område" not in text
    assert "Källan anger inte planens läge, hur mycket den omfattar och hur uppgiften har förts över." in text
    assert "överfört automatiskt" not in text


def test_what_3_0_states_is_told() -> None:
    shown = overview_of(plan())

    assert not is_from_2_0(plan())
    assert shown.provenance[0].assumed == ()
    assert "Läge: gäller." in as_text(shown)


@pytest.mark.parametrize("origin", Origin)
def test_a_vendor_says_how_a_record_came_to_be(origin: Origin) -> None:
    known = plan().header
    access = known.access_control
    assert access.accountable_care_unit is not None

    made = Header.of(
        patient_id=ASTA_ID,
        source_system_id=known.source_system_id,
        record_id=known.record.id,
        care_giver=access.accountable_care_giver,
        care_unit=access.accountable_care_unit,
        legal_basis=access.legal_basis,
        updated=moment(16),
        origin=origin,
    )

    assert made.provenance.origin is origin


def _answered_by(care_giver: Organization, written_at: Organization | None) -> str:
    made = plan()
    access = replace(
        made.header.access_control, accountable_care_giver=care_giver, accountable_care_unit=None
    )
    author = Author(time=moment(16), person=Person(name="Aisha"), care_unit=written_at)
    shown = overview_of(replace(made, header=replace(made.header, access_control=access, author=author)))
    return as_text(shown, width=300)


def test_an_unstated_unit_is_said_in_words_and_never_as_an_oid() -> None:
    unstated = Organization(id=UNSTATED)
    nameless = _answered_by(unstated, None)
    named = _answered_by(unstated, Organization(id=UNSTATED, name="Vårdcentralen Exempel"))

    assert "Ansvarig enhet anges inte, HSL" in nameless
    assert "Vårdcentralen Exempel (vårdgivaren anges inte), HSL" in named
    assert UNSTATED.root not in nameless + named


# --- contacts -----------------------------------------------------------------------------------


def test_what_two_records_say_differently_of_a_contact_is_all_there() -> None:
    phones = [
        replace(PHONE, hours=(HoursOfService(time=TimePeriod(start=dt.time(8), end=dt.time(end))),))
        for end in (11, 16)
    ]
    own = participant(
        organization=HEALTH_CENTRE, helps_with="Samordnar.", contact_when="Vid frågor.", channels=(phones[0],)
    )
    other = replace(own, helps_with="Sköter sår.", contact_when="vid frågor.", channels=(phones[1],))

    shown = overview_of(
        part(1, HOME_CARE, participants=(other,)), part(2, HEALTH_CENTRE, participants=(own,))
    )

    [contact] = shown.contacts
    [cited] = {one.citations for one in contact.differing}
    assert contact.helps_with == "Samordnar."
    assert [one.text for one in contact.differing] == [
        "Hjälper till med: Sköter sår.",
        "Telefon 070-174 06 12: kl. 8–16",
    ]
    assert shown.provenance[cited[0].provenance - 1].care_unit == HOME_CARE.name
    assert "OBS! En annan uppgift: Hjälper till med: Sköter sår." in as_text(shown)


def test_a_unit_is_reached_as_its_header_says_but_not_by_the_professions_number() -> None:
    made = plan()
    unit = Organization(
        id=hsa("SE0000000018-DIABETES"), name="Diabetesmottagningen", channels=(PHONE, INWARD)
    )
    access = replace(made.header.access_control, accountable_care_unit=unit)
    author = Author(time=moment(16), care_unit=unit)

    shown = overview_of(replace(made, header=replace(made.header, access_control=access, author=author)))

    assert [(one.name, [way.value for way in one.channels]) for one in shown.units] == [
        ("Diabetesmottagningen", ["070-174 06 12"])
    ]
    assert "Enheternas kontaktuppgifter" in as_text(shown)
    assert "070-174 06 12" in as_text(shown)
    assert INWARD.value not in as_text(shown)


# --- documents ----------------------------------------------------------------------------------


def test_documents_are_given_out_under_the_names_that_the_overview_says() -> None:
    elsewhere = attachment(value=None, reference="https://exempel.se/plan.pdf", size=3)
    given = answer(plan(attachments=(attachment(b"ett"), elsewhere, attachment(b"tva"))))

    files = documents_of(given, patient_id=ASTA_ID, today=TODAY, audience=Audience.PATIENT)
    shown = seen(given)

    assert files == (("dokument-1.pdf", b"ett"), ("dokument-2.pdf", b"tva"))
    assert [one.file for one in shown.attachments] == ["dokument-1.pdf", None, "dokument-2.pdf"]
    assert f"Finns hos {shown.attachments[0].held_by}" in as_text(shown, width=300)


def test_documents_that_may_not_be_shown_are_not_given_out() -> None:
    made = plan(attachments=(attachment(),))
    access = replace(made.header.access_control, approved_for_patient=False)
    hidden = answer(replace(made, header=replace(made.header, access_control=access)))

    assert documents_of(hidden, patient_id=ASTA_ID, today=TODAY, audience=Audience.PATIENT) == ()


# --- provenance and sources ---------------------------------------------------------------------


def test_who_signed_and_where_it_was_written_is_told() -> None:
    made = plan()
    author = Author(time=moment(16), person=Person(name="Hampus"), care_unit=HOME_CARE)
    signature = Signature(time=moment(17), person=Person(name="Emilia"))

    shown = overview_of(replace(made, header=replace(made.header, author=author, signature=signature)))

    assert (shown.provenance[0].author_unit, shown.provenance[0].signer) == (HOME_CARE.name, "Emilia")
    told = as_text(shown, width=300)
    assert f"Skriven av Hampus ({HOME_CARE.name}). Signerad lör 17 jan 2026 av Emilia." in told


def test_a_missing_source_is_called_what_a_record_calls_it() -> None:
    address = HOME_CARE.id.extension or ""
    missing = Outcome(logical_address=address, kind=OutcomeKind.TIMED_OUT)

    shown = overview_of(plan(participants=(participant(organization=HOME_CARE),)), outcomes=(missing,))

    assert [one.name for one in shown.missing_sources] == [HOME_CARE.name]
