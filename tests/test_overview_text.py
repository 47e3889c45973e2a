"""The printed overview answers what Asta, Maria and Farzane ask, in Swedish, at 80 columns, without colour."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from rich.console import Console

from riv_careplans.codes import (
    Achievement,
    ActivityStatus,
    GoalStatus,
    ImportantKind,
    Initiator,
    InvolvementForm,
    MediaType,
    PartyKind,
    WeekDay,
)
from riv_careplans.exchange import OutcomeKind
from riv_careplans.model import (
    DatePeriod,
    Decision,
    FollowUp,
    GoalAchievement,
    ImportantToPatient,
    Involvement,
    NextStep,
    Organization,
    Party,
    Team,
    Timing,
    Uri,
)
from riv_careplans.overview import Audience, Overview, as_text, render
from riv_careplans.overview.layout import clean
from tests.asta import asta_answer
from tests.builders import (
    activity,
    attachment,
    goal,
    hsa,
    participant,
    recurring,
    risk,
)
from tests.merging import agreed, at, booking, moment, plan
from tests.overviews import overview_of, seen

WIDTH = 80


@pytest.fixture(scope="module")
def asta() -> str:
    """What Asta is shown when all five systems answer."""
    return one_line(as_text(seen(asta_answer())))


@pytest.fixture(scope="module")
def maria() -> str:
    """What Maria is shown."""
    return one_line(as_text(seen(asta_answer(), Audience.REPRESENTATIVE)))


def one_line(text: str) -> str:
    """Give the words alone: where lines break is the terminal's business."""
    return " ".join(text.split())


def section(text: str, title: str) -> str:
    """Give one section of a text on one line: from its heading to the next."""
    found = re.search(rf"{re.escape(title)} ─+(.*?)(?:─{{3,}}|$)", text)
    assert found, f"no section {title}"
    return found[1]


# --- the questions of the scenario --------------------------------------------------------------


def test_asta_asks_who_is_my_doctor(asta: str) -> None:
    contacts = section(asta, "Kontakter")

    assert "Fast läkarkontakt i primärvården: Emilia Ström, allmänläkare" in contacts
    assert "Telefon 070-174 06 10 (Hälsocentralen): vardagar kl. 8–12" in contacts


def test_asta_asks_when_do_i_reach_aisha(asta: str) -> None:
    assert re.search(
        r"Diabetessjuksköterska: Aisha \[\d+\] Diabetesmottagningen .*?"
        r"Telefon 070-174 06 12 \(Telefontid\): tisdag och torsdag kl\. 9–11",
        section(asta, "Kontakter"),
    )


def test_asta_asks_who_is_my_fixed_care_contact_now(asta: str) -> None:
    current, past = section(asta, "Kontakter").split("Tidigare kontakter")

    assert "Fast vårdkontakt: Farzane Hatamian, sjuksköterska" in current
    assert "Hampus" not in current
    assert "Fast vårdkontakt: Hampus Vällivara, distriktssköterska" in past
    assert "lör 6 dec 2025 – sön 18 jan 2026" in past


def test_asta_asks_what_did_we_agree_on_and_what_is_my_responsibility(asta: str) -> None:
    agreements = section(asta, "Överenskommelser")

    assert "Det här är bestämt: – Farzane är din fasta vårdkontakt från den 19 januari" in agreements
    for responsibility in (
        "Ditt ansvar: – Du väger dig varje morgon och tar dina läkemedel ur DOS-påsarna.",
        "Ditt ansvar: – Du säger till om du blir andfådd, yr eller svullen om benen.",
        "Ditt ansvar: – Du skriver listan inför handlingen",
        "Ditt ansvar: – Du ringer oss om såret blir rött, varmt eller vätskar",
    ):
        assert responsibility in agreements


def test_asta_asks_when_and_where_the_stitches_are_removed(asta: str) -> None:
    assert re.search(
        r"Tis 27 jan 2026 kl\. 10\.30: Stygnen tas i hemmet \(bokad\) \[[\d, ]+\] .*? Plats: Hemma hos dig",
        section(asta, "Kommande tider"),
    )


def test_asta_asks_how_often_home_care_comes(asta: str) -> None:
    comes = section(asta, "Återkommande hjälp")

    for sentence in (
        "Varje dag: tillsyn 2 gånger, på morgonen och på kvällen",
        "Varje vecka: handling 1 gång",
        "Varje vecka: dusch 1 gång",
        "Varje vecka: ledsagning vid promenad 2 gånger, tisdagar och fredagar",
    ):
        assert sentence in comes
    assert "Närmaste gångerna: tis 20 jan 2026, fre 23 jan 2026 och tis 27 jan 2026" in comes
    assert comes.count("Närmaste gångerna") == 1


def test_asta_asks_what_is_new_since_the_tenth_of_december(asta: str) -> None:
    new = section(asta, "Nytt sedan ons 10 dec 2025")

    for told in (
        "Ny kontakt: Farzane Hatamian (fast vårdkontakt), från mån 19 jan 2026",
        "Inte längre kontakt: Hampus Vällivara (fast vårdkontakt), till och med sön 18 jan 2026",
        "Nytt: Samordnad individuell plan (SIP)",
        "Hemsjukvården hämtar dina DOS-påsar från den 19 januari.",
        "Ny tid: Uppföljning på Kirurgmottagningen, tis 24 feb 2026 kl. 09.15",
        "Ändrat: Vårdplan diabetes",
    ):
        assert told in new
    assert "Genomförandeplan" not in new


def test_asta_asks_which_plans_and_goals_i_have(asta: str) -> None:
    plans = section(asta, "Planer")
    titles = [
        "Samordnad individuell plan (SIP) Övergripande plan, gemensam plan i 3 delar. Läge: gäller.",
        "Genomförandeplan för hemtjänst Genomförandeplan, plan för ett område. Läge: gäller.",
        "Vårdplan diabetes Vårdplan. Läge: källan anger inget.",
        "Vårdplan: hjärtsvikt, högt blodtryck och diabetes Vårdplan, plan för ett område. Läge: gäller.",
        "Vårdplan: operation av gallblåsan Vårdplan, plan för en åtgärd. Läge: gäller.",
    ]
    assert sorted(map(plans.index, titles)) == [plans.index(title) for title in titles]

    goals = section(asta, "Mål")
    assert re.search(
        r"Gå på promenad med Ines igen \(pågår\) \[\d+, \d+\] Mål i vardagen, dina egna ord", goals
    )
    assert "– Gå i trapphuset varje dag (pågår)" in goals
    assert "– Tio minuter utomhus med ledsagare två gånger i veckan (pågår)" in goals
    assert "Mäts: Läkt sår utan infektion, senast tis 27 jan 2026" in goals


def test_maria_asks_who_is_responsible_for_the_dose_bags(maria: str) -> None:
    disputed = section(maria, "Uppgifter som inte stämmer överens")

    assert "Det finns olika uppgifter om vem som ansvarar: Hämta DOS-påsar." in disputed
    assert re.search(
        r"– Hemsjukvården, Rymdstaden \(Kommunen\) säger: Hemsjukvården, Rymdstaden \[\d+\] "
        r"När: varannan vecka, från mån 19 jan 2026 Enligt ”Samordnad individuell plan \(SIP\)”, senast ändrad mån 19 jan 2026\.",
        disputed,
    )
    assert re.search(
        r"– Hemtjänstområde 4, Rymdstaden \(Kommunen\) säger: Asta Blomberg \[\d+\] "
        r"När: varannan vecka Enligt ”Genomförandeplan för hemtjänst”, senast ändrad mån 8 dec 2025\.",
        disputed,
    )


def test_the_contradiction_is_gone_when_home_care_has_updated_its_plan() -> None:
    text = as_text(seen(asta_answer(updated=("P3",))))

    assert "Uppgifter som inte stämmer överens" not in text


def test_maria_asks_whether_mother_goes_to_the_surgeon_again(maria: str) -> None:
    assert "Tis 24 feb 2026 kl. 09.15: Uppföljning på Kirurgmottagningen (bokad)" in section(
        maria, "Kommande tider"
    )
    assert (
        "Fortsatt kontakt: Ingen fortsatt kontakt är planerad. Efter återbesöket den 24 februari behöver du"
        " inte komma till kirurgen igen." in section(maria, "Överenskommelser")
    )


def test_farzane_asks_who_is_involved_and_responsible_for_what(asta: str) -> None:
    plans = section(asta, "Planer")

    assert "Ansvarig för planen: Farzane Hatamian (Hemsjukvården, Rymdstaden)" in plans
    assert "Deltar: Farzane Hatamian (fast vårdkontakt), Eva Lennartsson (fast omsorgskontakt i" in plans
    assert "Tillsyn (pågår, 2 gånger om dagen" in plans
    assert "Utförs av och ansvarig: Hemtjänstområde 4, Rymdstaden." in plans
    assert "Utförs av Distriktssköterska. Ansvarig: Hälsocentralen Sol och Måne, Rymdstaden." in plans
    for unit, law in (
        ("Hemsjukvården, Rymdstaden (Kommunen)", "HSL"),
        ("Hemtjänstområde 4, Rymdstaden (Kommunen)", "SoL"),
        ("Hälsocentralen Sol och Måne, Rymdstaden (Regionen)", "HSL"),
    ):
        assert f"{unit}, {law} [" in plans


def test_farzane_asks_when_the_joint_plan_is_followed_up(asta: str) -> None:
    coming = section(asta, "Kommande tider")

    assert "Tors 5 mars 2026 kl. 13.00: Uppföljning av samordnad individuell plan (SIP)" in coming
    assert coming.count("Uppföljning av samordnad") == 1


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (OutcomeKind.TIMED_OUT, "svarade inte i tid"),
        (OutcomeKind.UNREACHABLE, "gick inte att nå"),
        (OutcomeKind.INVALID_ANSWER, "svarade något som inte gick att läsa"),
    ],
)
def test_farzane_asks_which_sources_did_not_answer(kind: OutcomeKind, why: str) -> None:
    text = as_text(seen(asta_answer(without=("P3",), kind=kind)))

    assert text.splitlines()[0] == f"Hemtjänstområde 4, Rymdstaden saknas: {why}."
    assert f"Hemtjänstområde 4, Rymdstaden saknas: {why}." in section(
        one_line(text), "Källor som har tillfrågats"
    )


def test_warning_signs_stand_with_whom_to_call(asta: str) -> None:
    signs = section(asta, "Varningstecken och vad man gör")

    assert signs.index("RÖTT: Hjärtsvikt: svår andnöd") < signs.index("GULT: Hjärtsvikt: vikten går upp")
    assert "→ Ring 112: Vid svår andnöd: ring 112." in signs
    assert "ring Farzane samma dag." in signs
    assert "Farzane Hatamian, Telefon 070-174 06 30" in signs


def test_what_matters_stands_in_astas_own_words(asta: str) -> None:
    matters = section(asta, "Det som är viktigt")

    assert "”Jag vill bo kvar hemma.” (viktigt för mig, dina egna ord, mån 19 jan 2026)" in matters
    assert "”Ring min dotter om något händer.” (så stödjer du mig" in matters


def test_every_record_tells_where_it_comes_from_and_who_may_see_it(asta: str) -> None:
    origins = section(asta, "Varifrån uppgifterna kommer och vilka som får se dem")

    assert re.search(
        r"\[\d+\] Genomförandeplan för hemtjänst Hemtjänstområde 4, Rymdstaden \(Kommunen\), "
        r"socialtjänstlagen \(SoL\)\. Källsystem: Hemtjänstområde 4, Rymdstaden; inskrivet för hand\. "
        r"Senast ändrad mån 8 dec 2025 kl\. 14\.00\. Uppgifter från personal och dig själv\. "
        r"Får ses av dig och ombud\. I vården och omsorgen: hela den ansvariga vård- eller omsorgsgivaren\.",
        origins,
    )


# --- the whole page -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "without", "audience"),
    [
        ("overview-asta.txt", (), Audience.PATIENT),
        ("overview-maria-without-home-care.txt", ("P3",), Audience.REPRESENTATIVE),
        ("overview-nothing-answered.txt", ("P1", "P2", "P3", "P4", "P5"), Audience.PATIENT),
    ],
)
def test_the_page_is_the_published_one(
    name: str, without: tuple[str, ...], audience: Audience, golden: Callable[[str, str], None]
) -> None:
    golden(name, as_text(seen(asta_answer(without=without), audience)))


def test_nothing_is_wider_than_the_terminal() -> None:
    for width in (WIDTH, 60):
        text = as_text(seen(asta_answer(without=("P1",))), width=width)

        assert max(map(len, text.splitlines())) <= width


def test_without_colour_every_word_is_still_there() -> None:
    shown = seen(asta_answer(without=("P1",)))
    console = Console(
        file=io.StringIO(),
        width=WIDTH,
        color_system="standard",
        force_terminal=True,
        highlight=False,
        _environ={},
    )

    with console.capture() as captured:
        console.print(render(shown))

    coloured = captured.get()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert "\x1b[1;31m" in coloured
    assert "\x1b" not in as_text(shown)
    assert "".join(f"{line.rstrip()}\n" for line in plain.splitlines()) == as_text(shown)


def test_citations_in_a_row_are_written_with_a_dash() -> None:
    plans = [plan(number, title=f"Plan {number}", participants=()) for number in (3, 7)]
    plans += [plan(number, title=f"Plan {number}") for number in (1, 2, 4, 5, 6, 8, 9)]

    assert "Fast vårdkontakt: Hampus Vällivara [1, 2, 4–6, 8, 9]" in as_text(overview_of(*plans))


def test_a_row_of_another_law_than_its_record_says_so() -> None:
    text = as_text(seen(asta_answer(updated=("P3",))))

    assert "• Varannan vecka: hämta DOS-påsar [4 HSL]\n" in text


def test_without_a_day_to_count_from_there_is_no_news() -> None:
    assert "Nytt sedan" not in as_text(seen(asta_answer(), since=None))


def test_that_nothing_is_new_is_said_with_the_reservation_it_needs() -> None:
    assert "Inget nytt." in as_text(overview_of())
    assert "Inget nytt i det som kunde hämtas." in as_text(overview_of(held_back=1))


def test_marks_stand_on_the_rows_that_they_are_about() -> None:
    told = activity(status=ActivityStatus.BOOKED, timing=at("20260127103000"), bookings=(booking(),))
    otherwise = replace(told, timing=at("20260128"))
    alike = [
        activity(id=title, title=title, timing=at("20260203090000")) for title in ("Besök", "Provtagning")
    ]
    judged = goal(
        achievement=GoalAchievement(code=Achievement.IMPROVING, comment="Går längre för varje vecka.")
    )
    shared = recurring(week_days=(WeekDay.MONDAY,))
    helped = activity(
        id="2",
        timing=shared,
        performers=(Party(kind=PartyKind.TEAM, name="Hemteamet"),),
        responsible=Party(kind=PartyKind.CARE_UNIT, name="Hemsjukvården"),
    )

    text = as_text(
        overview_of(
            plan(1, head={"updated_time": moment(19)}, activities=(told, alike[0], helped), goals=(judged,)),
            plan(2, head={"updated_time": moment(18)}, activities=(otherwise, alike[1])),
        )
    )

    for words in (
        "OBS! En annan uppgift: Tid: ons 28 jan 2026 [2]",
        "Kan vara samma tid som en annan rad.",
        "Kan vara samma tid: Besök och Provtagning.",
        "Ansvarig: Hemsjukvården",
        "Går längre för varje vecka.",
    ):
        assert words in text


# --- what a source wrote is text and nothing else -----------------------------------------------


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("två\n  rader\toch\u00a0blank", "två rader och blank"),
        ("\x1b[2Jborta", "[2Jborta"),
        ("\x9b31mröd\x07", "31mröd"),
        ("baklänges \u202egnal\u202c", "baklänges gnal"),
        ("mjukt\u00adbindestreck", "mjukt\u00adbindestreck"),
        ("[red]inte märkning[/red] :smile:", "[red]inte märkning[/red] :smile:"),
    ],
)
def test_what_a_source_wrote_is_printed_as_text(written: str, printed: str) -> None:
    assert clean(written) == printed
    assert printed in as_text(overview_of(plan(title=written)), width=120)


def test_every_kind_of_row_can_be_printed() -> None:
    shown = _everything()

    text = one_line(as_text(shown))

    for words in (
        "Team: Diabetesteamet",
        "(vilande)",
        "Börjar: ",
        "Beslutat: 2 timmar",
        "Kan vara samma person som en annan rad.",
        "pågår: Egenvård",
        "tiden är inte bestämd, du tar initiativet",
        "Finns på: https://example.se/plan.pdf",
        "Nästa steg enligt överenskommelserna",
        "”Jag hör dåligt” (så kommunicerar jag)",
        "Du samtycker inte till planen.",
        "Tiden är inte bestämd",
    ):
        assert words.casefold() in text.casefold(), words
    assert "javascript" not in text


def _everything() -> Overview:
    team = participant(id="2", team=Team(id=hsa("SE0000000018-T1"), name="Diabetesteamet"))
    nameless = participant(
        id="3", person=None, team=Team(name="Hemteamet"), organization=Organization(id=hsa("SE1"))
    )
    paused = activity(id="2", title="Städning", status=ActivityStatus.ON_HOLD, timing=recurring())
    granted = activity(id="3", timing=recurring(), decision=Decision(extent="2 timmar"))
    untimed = activity(id="4", title="Egenvård", status=ActivityStatus.ONGOING)
    links = (
        attachment(title=None, value=None, reference=Uri("https://example.se/plan.pdf")),
        attachment(
            title="Farlig", value=None, reference=Uri("javascript:alert(1)"), media_type=MediaType.TEXT_HTML
        ),
    )
    said = ImportantToPatient(text="Jag hör dåligt", kind=ImportantKind.COMMUNICATION)
    return overview_of(
        plan(
            1,
            participants=(team, nameless),
            activities=(paused, granted, untimed, activity(timing=_from_february())),
            attachments=links,
            important_to_patient=(said,),
            risks=(risk(),),
            follow_ups=(FollowUp(responsible=Party(kind=PartyKind.ROLE)),),
            involvement=_not_agreed(),
        ),
        plan(
            2,
            participants=(nameless,),
            goals=(goal(status=GoalStatus.PROPOSED, follow_up=FollowUp(planned=at("2026"))),),
        ),
        agreed(3, next_steps=(NextStep(text="Du hör av dig", initiator=Initiator.PATIENT),)),
    )


def _from_february() -> Timing:
    return recurring(bounds=DatePeriod(start=dt.date(2026, 2, 2)))


def _not_agreed() -> Involvement:
    return Involvement(form=InvolvementForm.NOT_INVOLVED, agreed=False)
