"""Asta's documents say what the scenario says, system by system, fact by fact."""

from pathlib import Path

import pytest
from lxml import etree

from riv_careplans.codes import CORE_4, RESPONDER_2, RESPONDER_3
from tests.asta_documents import (
    ASTA,
    DOCUMENTS,
    ROLE,
    ROOT,
    SYSTEMS,
    UPDATED_PLAN,
    UPDATES,
    everything,
    find,
    name,
    read,
)

LAYOUT = "schemas/clinicalprocess_logistics_logistics_{}/interactions/GetCarePlansInteraction/{}"
SCHEMAS = {
    f"{{{RESPONDER_3}}}GetCarePlansResponse": LAYOUT.format("4.0", "GetCarePlansResponder_3.0.xsd"),
    f"{{{RESPONDER_2}}}GetCarePlansResponse": LAYOUT.format("3.0", "GetCarePlansResponder_2.0.xsd"),
}
OFFICIAL = ROOT.parent.joinpath(
    "shared",
    "reference",
    "clinicalprocess_logistics_logistics_3.0.13",
    "interactions",
    "GetCarePlansInteraction",
    "GetCarePlansResponder_2.0.xsd",
)
THE_DAY = "20260120"


# --- the files ------------------------------------------------------------------------------------


def test_every_system_has_its_folder_and_its_five_descriptions() -> None:
    assert list(SYSTEMS) == ["P1", "P2", "P3", "P4", "P5"]
    assert all(
        set(system) == {"id", "folder", "name", "logical_address", "law", "contract"}
        for system in SYSTEMS.values()
    )
    assert {system["contract"] for system in SYSTEMS.values()} == {"2.0", "3.0"}
    assert [system["law"] for system in SYSTEMS.values()] == ["HSL", "HSL", "SoL", "HSL", "HSL"]
    assert all((ASTA / system["folder"]).is_dir() for system in SYSTEMS.values())


@pytest.mark.parametrize("path", DOCUMENTS + UPDATES, ids=name)
def test_a_document_is_valid_and_says_that_all_is_well(path: Path) -> None:
    root = read(path)
    schema = etree.XMLSchema(etree.parse(str(ROOT / SCHEMAS[str(root.tag)])))

    schema.assertValid(root)

    assert find(root, "string(*[last()]/*[local-name()='resultCode'])") == "OK"
    assert len(find(root, "*[local-name()='carePlan' or local-name()='agreement']")) == 1


@pytest.mark.skipif(not OFFICIAL.is_file(), reason="the official schemas are not in the repository")
def test_the_older_system_answers_as_the_official_schema_says() -> None:
    schema = etree.XMLSchema(etree.parse(str(OFFICIAL)))

    for answer in find(everything(), "/asta/P5/*"):
        schema.assertValid(answer)


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS)
def test_a_system_answers_in_its_contract_with_its_own_records_under_its_own_law(
    system: dict[str, str],
) -> None:
    part = find(everything(), f"/asta/{system['id']}")[0]
    responder = {"3.0": RESPONDER_3, "2.0": RESPONDER_2}[system["contract"]]

    assert {etree.QName(answer).namespace for answer in part} == {responder}
    assert set(
        find(part, ".//c:header/c:sourceSystemId/c:extension/text() | .//c2:sourceSystemHSAId/text()")
    ) == {system["logical_address"]}
    assert set(find(part, ".//c:accessControl/c:legalBasis/text()")) <= {system["law"]}


# --- what the scenario says -----------------------------------------------------------------------

PLAN = "/asta/{}/r:GetCarePlansResponse/r:carePlan/c:body[c:title='{}']"
SIP = "Samordnad individuell plan (SIP)"
PERSON = "c:participant[c:person/c:name='{}']"
FAST_CONTACT = "//" + PERSON + "[" + ROLE + "]"
BOOKED = "[c:status='booked'][c:timing/c:at[starts-with(.,'{}')]][c:booking/c:bookingId]"
DONE = "//c:activity[c:title='{}'][c:status='completed'][c:timing/c:at='{}']"
WEEKDAYS = "count(c:weekDay)=5 and not(c:weekDay='Saturday' or c:weekDay='Sunday')"
GRANTED = (
    "/asta/P3//c:body[c:jointPlanId]/c:activity[c:title='{}'][c:status='ongoing']"
    "[c:decision/c:period/c:start='20260119'][c:timing/c:recurrence"
    "[c:frequency='{}'][c:every='1'][c:unit='{}'][c:bounds/c:start='20260119']]"
)
DOS = "/asta/{}//c:activity[c:title='Hämta DOS-påsar'][c:code/c:originalText='DOS-påsar']"
EVERY_SECOND_WEEK = "[c:timing/c:recurrence[c:frequency='1'][c:every='2'][c:unit='week']]"
AGREEMENT = "/asta/{}//r:agreement/c:body[c:status='active']"

FACTS = [
    # fact, XPath, how many
    (
        "Emilia is fast läkarkontakt all along",
        FAST_CONTACT.format("Emilia Ström", "2") + "[not(c:period)]",
        4,
    ),
    ("nobody else is fast läkarkontakt", f"//c:participant[{ROLE.format('2')}]", 4),
    (
        "Hampus was fast vårdkontakt until 18 January",
        FAST_CONTACT.format("Hampus Vällivara", "1") + "[c:period[c:start='20251206'][c:end='20260118']]",
        2,
    ),
    (
        "Farzane is fast vårdkontakt from 19 January",
        FAST_CONTACT.format("Farzane Hatamian", "1") + "[c:period[c:start='20260119'][not(c:end)]]",
        4,
    ),
    ("nobody else is fast vårdkontakt", f"//c:participant[{ROLE.format('1')}]", 6),
    (
        "Farzane answers on weekdays 8–16",
        (
            f"//{PERSON.format('Farzane Hatamian')}/c:channel[c:system='phone'][c:audience='citizen']"
            f"/c:hours[{WEEKDAYS}][c:time[c:start='080000'][c:end='160000']]"
        ),
        2,
    ),
    ("Farzane has a chat", f"//{PERSON.format('Farzane Hatamian')}/c:channel[c:system='chat']", 2),
    (
        "Eva is fast omsorgskontakt from 19 January",
        FAST_CONTACT.format("Eva Lennartsson", "3") + "[c:period[c:start='20260119'][not(c:end)]]",
        2,
    ),
    (
        "Aisha, in a local role, answers Tuesdays and Thursdays 9–11",
        (
            f"//{PERSON.format('Aisha')}[c:role/c:originalText][not(c:period)]/c:channel[c:system='phone']"
            "/c:hours[count(c:weekDay)=2][c:weekDay='Tuesday'][c:weekDay='Thursday']"
            "[c:time[c:start='090000'][c:end='110000']]"
        ),
        1,
    ),
    ("Aisha answers for the diabetes plan", "/asta/P5//c2:healthcareProfessionalName[.='Aisha']", 1),
    # times
    ("läkarbesök", DONE.format("Läkarbesök (årskontroll)", "20251206"), 1),
    ("besök hos distriktssköterskan", DONE.format("Besök hos distriktssköterskan", "20251210"), 1),
    ("labbprover", DONE.format("Labbprover", "20251220"), 1),
    ("blodtryck", DONE.format("Kontroll av blodtryck", "20251220"), 1),
    ("besök hos diabetessjuksköterskan", DONE.format("Besök hos diabetessjuksköterskan", "20260108"), 1),
    ("operation", DONE.format("Operation av gallblåsan", "20260113"), 1),
    ("hem", DONE.format("Hem från sjukhuset", "20260117"), 1),
    ("the SIP meeting is told by three", "//c:activity[c:title='SIP-möte']" + BOOKED.format("20260122"), 3),
    (
        "the stitches are taken at home by the district nurse",
        "/asta/P2//c:activity[c:title='Stygnen tas i hemmet'][c:place/c:kind='home']"
        "[c:performer/c:name='Distriktssköterska']" + BOOKED.format("20260127"),
        1,
    ),
    (
        "the return visit",
        "/asta/P1//c:activity[c:title='Uppföljning på Kirurgmottagningen']" + BOOKED.format("20260224"),
        1,
    ),
    (
        "a new blood sample early in April",
        (
            "//c:activity[c:title='Nytt blodprov'][c:status='planned']"
            "/c:timing/c:approximate[c:text='i början av april'][c:sortTime='202604']"
        ),
        1,
    ),
    ("the painkiller", "/asta/P1//c:activity[c:kind='medication'][c:title='Smärtstillande medicin']", 1),
    # home care
    ("tillsyn", GRANTED.format("Tillsyn", "2", "day"), 1),
    ("handling", GRANTED.format("Handling", "1", "week"), 1),
    ("dusch", GRANTED.format("Dusch", "1", "week"), 1),
    (
        "ledsagning on Tuesdays and Fridays",
        GRANTED.format("Ledsagning vid promenad", "2", "week")
        + "[count(c:timing//c:weekDay)=2][c:timing//c:weekDay='Tuesday'][c:timing//c:weekDay='Friday']",
        1,
    ),
    ("what is granted ends nowhere else", "//c:decision[c:period[c:start='20260119'][not(c:end)]]", 4),
    (
        "before, home care shopped once a week",
        (
            "/asta/P3//c:body[c:type/c:code='GP']/c:activity[c:title='Handling']"
            "[c:timing/c:recurrence[c:frequency='1'][c:every='1'][c:unit='week'][c:bounds/c:end='20260118']]"
        ),
        1,
    ),
    # the dose bags
    ("the dose bags stand in two records", "//c:activity[contains(c:title,'DOS-påsar')]", 2),
    (
        "Hemsjukvården fetches the dose bags from 19 January",
        DOS.format("P4")
        + EVERY_SECOND_WEEK
        + "[c:timing//c:bounds/c:start='20260119']"
        + "[c:performer/c:name='Hemsjukvården, Rymdstaden'][c:responsible/c:name='Hemsjukvården, Rymdstaden']",
        1,
    ),
    (
        "the genomförandeplan of December says that Asta does",
        DOS.format("P3")
        + EVERY_SECOND_WEEK
        + "[c:performer/c:kind='patient'][c:responsible/c:kind='patient']"
        "[ancestor::r:carePlan[c:body/c:type/c:code='GP']"
        "[starts-with(c:header/c:record/c:updatedTime,'202512')]]",
        1,
    ),
    # goals, risks, what matters
    (
        "Asta's goal with its two sub-goals",
        (
            "//c:goal[c:text='Gå på promenad med Ines igen'][c:expressedBy='patient'][c:status='active']"
            "[c:subGoal/c:text='Gå i trapphuset varje dag']"
            "[c:subGoal/c:text='Tio minuter utomhus med ledsagare två gånger i veckan'][count(c:subGoal)=2]"
        ),
        2,
    ),
    (
        "the medical goal",
        "//c:goal[c:category='medical'][c:text='Såret är läkt utan infektion'][c:target/c:dueDate='20260127']",
        1,
    ),
    ("there is one risk", "//c:risk", 1),
    (
        "weight gain: diuretic, and call Farzane the same day",
        (
            "//c:risk[c:trigger[c:level='yellow'][contains(c:text,'2 kilo på 3 dagar')]]"
            "[c:action[c:urgency='selfCare'][contains(c:text,'vätskedrivande')]]"
            "[c:action[c:urgency='contactToday'][c:participantId='farzane']]"
        ),
        1,
    ),
    (
        "severe breathlessness: 112",
        "//c:risk[c:trigger[c:level='red'][contains(c:text,'andnöd')]][c:action/c:urgency='emergency112']",
        1,
    ),
    ("she wants to stay at home", "//c:importantToPatient[c:text='Jag vill bo kvar hemma.']", 1),
    ("call her daughter", "//c:importantToPatient[c:text='Ring min dotter om något händer.']", 1),
    ("heart failure", "//c:circumstance[c:kind='healthCondition'][c:text='Hjärtsvikt.']", 2),
    ("high blood pressure", "//c:circumstance[c:kind='healthCondition'][c:text='Högt blodtryck.']", 1),
    ("diabetes type 2", "//c:circumstance[c:kind='healthCondition'][contains(c:text,'Diabetes typ 2')]", 1),
    ("poor sight", "//c:circumstance[c:kind='functionalStatus'][c:text='Ser dåligt.']", 1),
    ("weaker than hoped", "//c:circumstance[c:text='Svagare än väntat efter operationen.']", 2),
    ("alone in a flat with a lift", "//c:circumstance[contains(c:text,'Bor ensam i lägenhet med hiss')]", 2),
    # plans and agreements
    ("four agreements", AGREEMENT.format("*"), 4),
    ("one with the surgery clinic", AGREEMENT.format("P1") + "[c:continuedContact/c:code='none']", 1),
    (
        "the one with the clinic leads to the return visit",
        AGREEMENT.format("P1") + "/c:nextStep[starts-with(c:timing/c:at,'20260224')]",
        1,
    ),
    (
        "one with Hampus, with a share for Asta, the care and Maria, and a next step",
        AGREEMENT.format("P2") + "[c:party/c:name='Hampus Vällivara'][c:decided][c:nextStep]"
        "[c:responsibility/c:who='patient'][c:responsibility/c:who='care']"
        "[c:responsibility[c:who='relative']/c:party[c:name='Maria'][c:relation='Dotter']]",
        1,
    ),
    ("one with Farzane", AGREEMENT.format("P4") + "[c:party/c:name='Farzane Hatamian']", 1),
    (
        "one with the home care",
        AGREEMENT.format("P3") + "[c:party/c:name='Hemtjänstområde 4, Rymdstaden']",
        1,
    ),
    ("Maria is a party of two agreements", "//c:party[c:kind='relative'][c:name='Maria']/parent::c:body", 2),
    ("the SIP comes from P2", PLAN.format("P2", SIP), 1),
    ("the SIP comes from P3", PLAN.format("P3", SIP), 1),
    ("the SIP comes from P4", PLAN.format("P4", SIP), 1),
    ("every plan but the draft is active", "//r:carePlan/c:body[c:status='active']", 6),
    ("the genomförandeplan", "/asta/P3//c:body[c:type/c:code='GP'][c:status='active']", 1),
    ("the plan at P5 is a PDF", "/asta/P5//c2:content[c2:mediaType='application/pdf'][c2:value]", 1),
    (
        "the change of fast vårdkontakt is told",
        "//c:changeSummary[.='Din fasta vårdkontakt har ändrats.']",
        1,
    ),
    ("every structured record tells its change", "//c:record[string(c:changeSummary)]", 11),
    ("one record is older than 10 December", "//c:record[c:updatedTime<20251210000000]", 1),
    # what must never be shown
    ("one record is not approved for the patient", "//c:approvedForPatient[.='false']", 1),
    (
        "the one not approved carries the canary in its title",
        "/asta/P4//r:carePlan[c:header//c:approvedForPatient='false']/c:body[contains(c:title,'KANARIEFÅGEL')]",
        1,
    ),
    ("one internal note, with the canary", "//c:internalNote[contains(.,'KANARIEFÅGEL')]", 1),
    (
        "no canary anywhere else",
        (
            "//*[not(*)][contains(.,'KANARIEFÅGEL')][not(self::c:internalNote)]"
            "[not(ancestor::r:carePlan//c:approvedForPatient='false')]"
        ),
        0,
    ),
    ("one channel is for professionals", "//c:channel[c:audience='professional']", 1),
]


@pytest.mark.parametrize(("xpath", "count"), [fact[1:] for fact in FACTS], ids=[fact[0] for fact in FACTS])
def test_the_data_states_the_fact(xpath: str, count: int) -> None:
    assert len(find(everything(), xpath)) == count


def test_the_sip_is_one_plan_in_exactly_three_parts_that_agree_on_what_they_share() -> None:
    parts = find(everything(), "//c:body[c:jointPlanId]")
    shared = [
        "type",
        "scope",
        "title",
        "status",
        "period",
        "jointPlanId",
        "responsible",
        "involvement",
        "followUp",
    ]

    assert len(parts) == 3
    for element in shared:
        assert (
            len({etree.tostring(part.find(f"{{{CORE_4}}}{element}"), method="c14n") for part in parts}) == 1
        )
    assert (
        len(
            {
                etree.tostring(row, method="c14n")
                for row in find(everything(), "//c:activity[c:id='sip-mote']")
            }
        )
        == 1
    )
    assert set(find(everything(), "//c:body[c:jointPlanId]/c:followUp/c:planned/c:at/text()")) == {
        "20260305130000"
    }


def test_the_goal_is_said_alike_by_everyone_who_says_it() -> None:
    goals = find(everything(), "//c:goal[c:id='promenad']")

    for element in ["text", "category", "expressedBy", "status", "subGoal"]:
        said = [
            [etree.tostring(node, method="c14n") for node in find(goal, f"c:{element}")] for goal in goals
        ]
        assert said == [said[0], said[0]]


def test_a_booking_has_one_time_wherever_it_is_told() -> None:
    told = [
        (find(node, "string(.//c:bookingId)"), find(node, "string(.//c:at)"))
        for node in find(everything(), "//*[c:booking]")
    ]

    assert len(set(told)) == len({booking for booking, _ in told}) == 4


def test_a_unit_a_person_and_a_care_giver_have_one_name_wherever_they_are_named() -> None:
    roots = [everything(), read(UPDATED_PLAN)]
    named = {
        (node.findtext(f"{{{CORE_4}}}id/{{{CORE_4}}}extension"), node.findtext(f"{{{CORE_4}}}name"))
        for root in roots
        for node in find(root, "//*[c:id/c:extension][c:name]")
    }

    assert named == {
        ("SE2329999995-REGION", "Regionen"),
        ("2129999997", "Kommunen"),
        ("SE2329999995-KIRURG", "Kirurgmottagningen"),
        ("SE2329999995-SOLMANE", "Hälsocentralen Sol och Måne, Rymdstaden"),
        ("SE2329999995-DIABETES", "Diabetesmottagningen"),
        ("SE2129999997-HEMTJ4", "Hemtjänstområde 4, Rymdstaden"),
        ("SE2129999997-HEMSJV", "Hemsjukvården, Rymdstaden"),
        ("SE2329999995-EMILIAS", "Emilia Ström"),
        ("SE2329999995-HAMPUSV", "Hampus Vällivara"),
        ("SE2329999995-AISHA", "Aisha"),
        ("SE2129999997-FARZANEH", "Farzane Hatamian"),
        ("SE2129999997-EVAL", "Eva Lennartsson"),
    }


def test_every_title_of_a_professional_is_the_one_of_the_scenario() -> None:
    people = find(everything(), "//*[c:name][c:title/c:originalText]")

    assert {
        (person.findtext(f"{{{CORE_4}}}name"), find(person, "string(c:title/c:originalText)"))
        for person in people
    } == {
        ("Emilia Ström", "Allmänläkare"),
        ("Hampus Vällivara", "Distriktssköterska"),
        ("Aisha", "Diabetessjuksköterska"),
        ("Farzane Hatamian", "Sjuksköterska"),
        ("Eva Lennartsson", "Undersköterska"),
    }


def test_asta_has_a_dozen_appointments_when_a_booking_is_counted_once() -> None:
    single = find(
        everything(), "//r:carePlan[c:header//c:approvedForPatient='true']//c:activity[c:timing/c:at]"
    )
    bookings = set(find(everything(), "//c:bookingId/text()"))
    unbooked = [row for row in single if not find(row, "c:booking")]
    approximate = find(everything(), "//c:timing/c:approximate")

    assert len(unbooked) + len(bookings) + len(approximate) == 12


def test_what_is_done_lies_before_the_day_of_the_scenario_and_what_is_booked_after_it() -> None:
    asta = everything()

    assert max(find(asta, "//c:activity[c:status='completed']/c:timing/c:at/text()")) < THE_DAY
    assert min(find(asta, "//c:activity[c:status='booked']/c:timing/c:at/text()")) > THE_DAY
    assert (
        max(find(asta, "//c:updatedTime/text() | //c:blockComparisonTime/text() | //c2:authorTime/text()"))
        < THE_DAY
    )


def test_with_the_update_both_say_that_hemsjukvarden_fetches_the_dose_bags() -> None:
    before, after = read(ASTA / "p3-hemtjansten" / "genomforandeplan.xml"), read(UPDATED_PLAN)
    record = "string(//c:record/c:{})"

    assert find(before, record.format("id")) == find(after, record.format("id"))
    assert int(find(before, record.format("version"))) < int(find(after, record.format("version")))
    assert find(before, record.format("updatedTime")) < find(after, record.format("updatedTime"))
    parties = "//c:activity[c:title='Hämta DOS-påsar'][c:code/c:originalText='DOS-påsar']/*[self::c:performer or self::c:responsible]/c:id/c:extension/text()"
    assert find(after, parties) == find(everything(), "/asta/P4" + parties) == ["SE2129999997-HEMSJV"] * 2
