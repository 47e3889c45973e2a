"""The readable document says all that a record says, says it safely, and never grows too large."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import hypothesis
import pytest
from msgspec.structs import replace

from riv_careplans import codec
from riv_careplans.codes import (
    CARE_PLAN_TYPE_SYSTEM,
    Audience,
    ChannelSystem,
    Initiator,
    MediaType,
    PartyKind,
    RiskLevel,
    Urgency,
    WeekDay,
)
from riv_careplans.contracts.readable import render
from riv_careplans.directory import read_document
from riv_careplans.identity import PartialTime, parse_date, parse_time
from riv_careplans.model import (
    CV,
    II,
    Activity,
    Agreement,
    Attachment,
    BookingRef,
    CarePlan,
    Channel,
    Circumstance,
    ContractType,
    DatePeriod,
    Goal,
    HoursOfService,
    Need,
    Organization,
    Participant,
    Party,
    Responsibility,
    Risk,
    RiskAction,
    RiskTrigger,
    TimePeriod,
    Timing,
    Uri,
)
from tests.asta_documents import ASTA
from tests.builders import (
    CARE_UNIT,
    activity,
    agreement,
    attachment,
    care_plan,
    goal,
    header,
    hsa,
    organization,
    participant,
    recurring,
    risk,
)
from tests.strategies import agreements, care_plans

pytestmark = pytest.mark.once

ELEMENTS = frozenset(
    "html head meta title body h1 h2 h3 h4 h5 h6 section article p strong br dl dt dd ul li".split()  # noqa: SIM905
)
LIMIT = 100_000


class Page(HTMLParser):
    """What a reader of the page sees, and what it is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.words = ""
        self.headings: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(attrs)
        self.words += " "
        if tag == "h2":
            self.headings.append("")

    def handle_data(self, data: str) -> None:
        self.words += data
        if self.headings and not self.headings[-1]:
            self.headings[-1] = data

    @property
    def text(self) -> str:
        return plain(self.words)


def plain(text: str) -> str:
    return " ".join(text.split())


def is_well_formed(html: str) -> bool:
    doctype, _, rest = html.partition("\n")
    return doctype == "<!DOCTYPE html>" and codec.local_name(codec.parse(rest.encode())) == "html"


# --- nothing is lost ------------------------------------------------------------------------------

NOT_SHOWN = {
    (II, "root"),
    (II, "extension"),
    (CV, "code"),
    (CV, "code_system"),
    (CV, "code_system_name"),
    (CV, "code_system_version"),
    (Participant, "id"),
    (Participant, "internal_note"),
    (Circumstance, "id"),
    (Need, "id"),
    (Need, "circumstance_ids"),
    (Goal, "id"),
    (Goal, "need_ids"),
    (Activity, "id"),
    (Activity, "goal_ids"),
    (Activity, "need_ids"),
    (Party, "participant_id"),
    (Risk, "id"),
    (RiskAction, "participant_id"),
    (Attachment, "sha256"),
    (Attachment, "language"),
}
"""Identities, and what is not for the patient; what refers to a part shows the part's own text."""


def texts_of(part: ContractType) -> Iterator[str]:
    """Give every text of a record that a reader is to find in its document."""
    if isinstance(part, Channel) and part.audience is Audience.PROFESSIONAL:
        return
    for name in part.__struct_fields__:
        held = getattr(part, name)
        for one in held if isinstance(held, tuple) else (held,):
            is_shown = name != "extensions" and (type(part), name) not in NOT_SHOWN
            if isinstance(one, ContractType):
                yield from texts_of(one)
            elif type(one) is str and is_shown:
                yield plain(one)


@hypothesis.given(care_plans())
def test_every_text_of_a_plan_is_in_its_document(plan: CarePlan) -> None:
    page = Page(render(plan))

    assert [text for text in texts_of(plan) if text not in page.text] == []


@hypothesis.given(agreements())
def test_every_text_of_an_agreement_is_in_its_document(agreed: Agreement) -> None:
    page = Page(render(agreed))

    assert [text for text in texts_of(agreed) if text not in page.text] == []


@hypothesis.given(care_plans() | agreements())
def test_every_document_is_whole_and_needs_nothing_from_outside(record: CarePlan | Agreement) -> None:
    html = render(record)

    page = Page(html)
    assert is_well_formed(html)
    assert page.elements <= ELEMENTS
    assert page.attributes == {("lang", "sv"), ("charset", "utf-8")}


@pytest.mark.parametrize(
    ("file", "golden_file"),
    [
        ("p4-hemsjukvarden/sip-part.xml", "readable-sip.html"),
        ("p1-kirurgmottagningen/vardplan-operation.xml", "readable-vardplan.html"),
        ("p1-kirurgmottagningen/agreement.xml", "readable-overenskommelse.html"),
    ],
)
def test_astas_records_read_as_they_should(
    file: str, golden_file: str, golden: Callable[[str, str], None]
) -> None:
    known = read_document((ASTA / file).read_bytes())
    records: list[CarePlan | Agreement] = [*known.care_plans, *known.agreements]

    golden(golden_file, render(records[0]))


# --- plain Swedish --------------------------------------------------------------------------------

TUESDAYS = recurring(
    text="dusch",
    week_days=(WeekDay.TUESDAY,),
    times_of_day=(parse_time("090000"),),
    bounds=DatePeriod(start=parse_date("20260119")),
)
OPEN = HoursOfService(
    week_days=(WeekDay.TUESDAY, WeekDay.THURSDAY),
    time=TimePeriod(start=parse_time("090000"), end=parse_time("110000")),
)
PHONE = Channel(
    system=ChannelSystem.PHONE,
    value="070-174 06 12",
    label="Telefontid",
    audience=Audience.CITIZEN,
    hours=(OPEN,),
)
PATIENT = Party(kind=PartyKind.PATIENT, name="Asta Blomberg")
BOOKED = BookingRef(healthcare_facility_id=hsa(CARE_UNIT), booking_id="KIR-1")
LINKED = Attachment(title="Råd", media_type=MediaType.TEXT_HTML, reference=Uri("https://example.org/råd"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param(
            {"activities": (activity(timing=TUESDAYS),)},
            "När dusch (1 gång i veckan, tisdagar, kl. 09.00, från mån 19 jan 2026)",
            id="what comes back",
        ),
        pytest.param(
            {"activities": (activity(timing=Timing(at=PartialTime("20260127103000"))),)},
            "När tis 27 jan 2026 kl. 10.30",
            id="a time",
        ),
        pytest.param({"activities": (activity(bookings=(BOOKED,)),)}, "bokningsnummer KIR-1", id="a booking"),
        pytest.param(
            {"participants": (participant(channels=(PHONE,)),)},
            "Telefon: 070-174 06 12 (Telefontid, tisdag och torsdag kl. 9–11)",
            id="a channel",
        ),
        pytest.param(
            {"activities": (activity(performers=(PATIENT,)),)},
            "Utförs av Asta Blomberg (patienten)",
            id="the patient",
        ),
        pytest.param(
            {"activities": (activity(performers=(Party(kind=PartyKind.RELATIVE, relation="Dotter"),)),)},
            "Utförs av en närstående (Dotter)",
            id="a relative without a name",
        ),
        pytest.param(
            {"responsible": Party(kind=PartyKind.PROFESSIONAL, participant_id="deltagare-1")},
            "Övergripande ansvarig Hampus Vällivara",
            id="a participant by its id",
        ),
        pytest.param(
            {"responsible": Party(kind=PartyKind.TEAM, participant_id="nobody")},
            "Övergripande ansvarig ett team",
            id="a participant that is not there",
        ),
        pytest.param(
            {"goals": (goal(id="g"),), "activities": (activity(goal_ids=("g", "nothing")),)},
            "Mål Gå på promenad igen",
            id="the goal of an activity",
        ),
        pytest.param(
            {
                "risks": (
                    risk(
                        triggers=(RiskTrigger(text="Vikten går upp", level=RiskLevel.YELLOW),),
                        actions=(
                            RiskAction(
                                text="Ring",
                                urgency=Urgency.CONTACT_TODAY,
                                performer=PATIENT,
                                participant_id="deltagare-1",
                            ),
                        ),
                    ),
                )
            },
            "Vikten går upp (GULT) Gör så här: Ring (ta kontakt samma dag, görs av Asta Blomberg (patienten), "
            "kontakta Hampus Vällivara)",
            id="a risk",
        ),
        pytest.param(
            {"joint_plan_id": II(root="2.25.1")}, "flera parter har var sin del av planen", id="a joint plan"
        ),
        pytest.param(
            {
                "type": CV(
                    code="OTHER",
                    code_system=CARE_PLAN_TYPE_SYSTEM,
                    display_name="Annan plan",
                    original_text="Tandvårdsplan",
                )
            },
            "Slag Annan plan (Tandvårdsplan)",
            id="a type of its own",
        ),
        pytest.param(
            {"attachments": (LINKED,)}, "Råd (webbsida, finns på https://example.org/råd)", id="a link"
        ),
        pytest.param(
            {"attachments": (attachment(),)},
            "Vårdplan som dokument (PDF, 8 byte, följer med)",
            id="a document",
        ),
        pytest.param(
            {"attachments": (replace(attachment(), value=None),)},
            "(PDF, 8 byte, följer inte med)",
            id="a described one",
        ),
    ],
)
def test_a_plan_is_told_in_plain_swedish(changes: dict[str, Any], sentence: str) -> None:
    assert sentence in Page(render(care_plan(**changes))).text


def test_an_agreement_tells_who_does_what() -> None:
    agreed = agreement(
        responsibilities=(
            Responsibility(who=Initiator.PATIENT, text="Ringer om såret blir rött."),
            Responsibility(
                who=Initiator.CARE, text="Ringer upp.", party=Party(kind=PartyKind.TEAM, name="Teamet")
            ),
        )
    )

    text = Page(render(agreed)).text

    assert "Patientens ansvar: Ringer om såret blir rött." in text
    assert "Vårdens och omsorgens ansvar: Ringer upp. (Teamet)" in text


def test_sub_goals_stand_below_their_goal_however_deep() -> None:
    deep = goal(id="8", text="Djupast")
    for number in range(7, 0, -1):
        deep = goal(id=str(number), text=f"Mål {number}", sub_goals=(deep,))

    html = render(care_plan(goals=(deep,)))

    assert is_well_formed(html)
    assert "<h3>Mål 1</h3>" in html
    assert "<h4>Mål 2</h4>" in html
    assert "<h6>Djupast</h6>" in html


# --- nobody gets in, nothing gets out -------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "</title></h1><img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "&lt;script&gt; &amp;amp; &#60;b&#62;",
    "<!-- --><![CDATA[ ]]>",
    "javascript:alert(1)",
    "{{ 7 * 7 }} ${7*7}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_read_and_never_run(text: str) -> None:
    hostile = Channel(system=ChannelSystem.E_SERVICE, value=text, audience=Audience.BOTH)
    plan = care_plan(
        header=header(accountable_care_giver=organization(name=text, channels=(hostile,))),
        title=text,
        summary=text,
        type=CV(original_text=text),
        participants=(participant(helps_with=text, channels=(hostile,)),),
        goals=(goal(text=text),),
        attachments=(Attachment(media_type=MediaType.TEXT_HTML, title=text, reference=Uri(text)),),
    )

    page = Page(html := render(plan))

    assert is_well_formed(html)
    assert page.elements <= ELEMENTS
    assert page.attributes == {("lang", "sv"), ("charset", "utf-8")}
    assert page.text.count(plain(text)) == 11


def test_line_breaks_are_kept_as_the_text_has_them() -> None:
    html = render(care_plan(title="Rad\nrad", summary="Ett\r\nTvå\rTre\nFyra"))

    assert "<p>Ett<br/>Två<br/>Tre<br/>Fyra</p>" in html
    assert "<title>Rad rad</title>" in html


def test_what_is_not_for_the_patient_is_not_in_the_document() -> None:
    hidden = Channel(system=ChannelSystem.PHONE, value="070-174 06 99", audience=Audience.PROFESSIONAL)
    unit = Organization(id=hsa(CARE_UNIT), name="Enheten", channels=(hidden,))
    plan = care_plan(
        header=header(accountable_care_unit=unit),
        participants=(participant(internal_note="KANARIEFÅGEL", channels=(hidden,), organization=unit),),
    )

    html = render(plan)

    assert "KANARIEFÅGEL" not in html
    assert "070-174" not in html
    assert "SE0000000018-P1" not in html


def test_a_text_that_no_document_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="XML cannot carry"):
        render(care_plan(summary="nej\x00"))


# --- never too large ------------------------------------------------------------------------------


def plan_of_size(size: int) -> CarePlan:
    """Make a plan whose document is of a size in bytes; its letters are of two bytes each."""
    empty = len(render(care_plan(summary="x")).encode()) - 1
    letters, rest = divmod(size - empty, 2)
    return care_plan(summary="å" * letters + "x" * rest)


@pytest.mark.parametrize(("size", "is_whole"), [(LIMIT - 1, True), (LIMIT, True), (LIMIT + 1, False)])
def test_a_document_is_whole_up_to_its_limit_in_bytes(size: int, *, is_whole: bool) -> None:
    plan = plan_of_size(size)
    assert len(render(plan).encode()) == size

    html = render(plan, most_bytes=LIMIT)

    assert (html == render(plan)) is is_whole
    assert ("får inte plats" in html) is not is_whole
    assert len(html.encode()) <= LIMIT


def test_sections_without_room_are_left_out_whole_and_named_first() -> None:
    plan = care_plan(
        header=header(accountable_care_unit=organization(CARE_UNIT, "Hälsocentralen <Sol>")),
        goals=(goal(text="Ett mål"),),
        activities=tuple(activity(id=str(number), text="å" * 900) for number in range(60)),
        risks=(risk(),),
        attachments=(attachment(),),
    )

    html = render(plan, most_bytes=LIMIT)

    page = Page(html)
    assert is_well_formed(html)
    assert page.headings == ["I korthet", "Kontakter", "Mål", "Risker", "Dokument", "Om planen"]
    assert page.text.startswith(
        "Vårdplan Vårdplan Allt får inte plats i det här dokumentet. Det som saknas är ”Aktiviteter”. "
        "Uppgifterna finns i sin helhet hos Hälsocentralen <Sol>."
    )


@pytest.mark.parametrize(
    ("record", "heading"),
    [
        (care_plan(title="å" * LIMIT), "<h1>Plan</h1>"),
        (agreement(title="å" * LIMIT), "<h1>Överenskommelse</h1>"),
        (
            care_plan(
                header=header(accountable_care_unit=organization(CARE_UNIT, "å" * LIMIT)), summary="x" * LIMIT
            ),
            "<h1>Plan</h1>",
        ),
    ],
)
def test_a_title_or_unit_without_room_gives_way(record: CarePlan | Agreement, heading: str) -> None:
    html = render(record, most_bytes=LIMIT)

    assert len(html.encode()) <= LIMIT
    assert is_well_formed(html)
    assert heading in html
    assert "Det som saknas är ”Rubrik”" in html
    assert "hos den som ansvarar för uppgifterna." in html


@hypothesis.given(care_plans(), hypothesis.strategies.integers(1_000, 4_000))
def test_a_document_keeps_to_whatever_limit_it_is_given(plan: CarePlan, most_bytes: int) -> None:
    html = render(plan, most_bytes=most_bytes)

    assert len(html.encode()) <= most_bytes
    assert is_well_formed(html)
    assert set(Page(html).headings) <= set(Page(render(plan)).headings)
