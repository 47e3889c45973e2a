"""The structured record travels inside a 2.0 record, and only what can be believed is read back."""

from pathlib import Path

import pytest
from hypothesis import given
from msgspec.structs import replace

from riv_careplans import codec
from riv_careplans.codes import CORE_3, CORE_4, Audience, ChannelSystem, MediaType, PlanStatus, Sharing
from riv_careplans.consumer import RemoteSource
from riv_careplans.contract import GET_CARE_PLANS_2
from riv_careplans.contracts.get_care_plans_2 import CARRYING, INTERACTION, is_from_2_0
from riv_careplans.contracts.get_care_plans_2.structured import is_approved, without_internal
from riv_careplans.directory import read_document
from riv_careplans.exchange import Answer, OutcomeKind
from riv_careplans.model import Agreement, CarePlan, Channel
from riv_careplans.producer import make_app
from riv_careplans.settings import ProducerAddress, ProducerSettings
from tests.asta_documents import ASTA
from tests.builders import (
    CARE_UNIT,
    NOW,
    SOURCE_SYSTEM,
    agreement,
    answer,
    attachment,
    care_plan,
    goal,
    header,
    organization,
    participant,
    query,
)
from tests.older_messages import OK
from tests.producer_calls import CannedSource
from tests.servers import running
from tests.strategies import agreements, care_plans

DOCUMENTS = sorted(path for path in ASTA.glob("p[1-4]-*/*.xml"))


def sent(record: CarePlan | Agreement) -> str:
    """Write an answer with one record, in 2.0 with its structure."""
    plans = (record,) if isinstance(record, CarePlan) else ()
    others = (record,) if isinstance(record, Agreement) else ()
    return "".join(CARRYING.write_response(OK, plans, others))


def received(text: str) -> Answer:
    element = codec.parse(text.encode())
    assert GET_CARE_PLANS_2.violations(element) == ()
    return INTERACTION.read_response(element).answer


def records(found: Answer) -> tuple[CarePlan | Agreement, ...]:
    return (*found.care_plans, *found.agreements)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_record_comes_through_2_0_as_it_was(path: Path) -> None:
    for record in records(read_document(path.read_bytes())):
        assert records(received(sent(record))) == (as_shown(record),)


@given(care_plans())
def test_any_plan_comes_through_2_0_as_it_was(plan: CarePlan) -> None:
    if plan.body.status is not PlanStatus.ENTERED_IN_ERROR:
        (found,) = records(received(sent(plan)))

        assert without_checksums(found) == without_checksums(as_shown(plan))


@given(agreements())
def test_any_agreement_comes_through_2_0_as_it_was(given_one: Agreement) -> None:
    (found,) = records(received(sent(given_one)))

    assert without_checksums(found) == without_checksums(as_shown(given_one))


def as_shown(record: CarePlan | Agreement) -> CarePlan | Agreement:
    """Leave out what is for professionals alone, where the patient may see the record."""
    return without_internal(record) if is_approved(record) else record


@pytest.mark.parametrize(("approved", "told"), [(True, False), (False, True)])
def test_what_is_for_professionals_alone_is_carried_only_where_the_patient_sees_nothing(
    approved: bool,  # noqa: FBT001 - a parameter of the test
    told: bool,  # noqa: FBT001 - as above
) -> None:
    secret = Channel(system=ChannelSystem.PHONE, value="08-INTERNAL", audience=Audience.PROFESSIONAL)
    known = Channel(system=ChannelSystem.PHONE, value="08-KNOWN", audience=Audience.BOTH)
    unit = replace(organization(CARE_UNIT), channels=(secret, known))
    person = participant(
        internal_note="an INTERNAL note", channels=(secret, known), organization=unit, note="a note"
    )
    plan = care_plan(
        header=header(approved_for_patient=approved, accountable_care_unit=unit), participants=(person,)
    )

    text = sent(plan)

    assert ("INTERNAL" in text) is told
    assert text.count("08-KNOWN") >= 3
    assert "a note" in text
    assert len(records(received(text))) == 1


def without_checksums(record: CarePlan | Agreement) -> CarePlan | Agreement:
    """Leave out what is worked out on the way: an attachment's size and checksum."""
    plain = tuple(replace(one, size=None, sha256=None) for one in record.body.attachments)
    if isinstance(record, CarePlan):
        return replace(record, body=replace(record.body, attachments=plain))
    return replace(record, body=replace(record.body, attachments=plain))


def test_one_who_does_not_know_it_reads_the_2_0_record_as_before() -> None:
    plan = care_plan(goals=(goal(),))
    element = codec.parse(sent(plan).encode())
    for found in list(element.iter(f"{{{CORE_4}}}carePlan")):
        parent = found.getparent()
        assert parent is not None
        parent.remove(found)

    alone = codec.parse("".join(INTERACTION.write_response(OK, (plan,))).encode())

    assert INTERACTION.read_response(element) == INTERACTION.read_response(alone)
    assert is_from_2_0(INTERACTION.read_response(alone).answer.care_plans[0])


def test_a_document_is_embedded_once() -> None:
    pdf = b"%PDF-1.7 " + b"x" * 3000
    plan = care_plan(
        goals=(goal(),), attachments=(attachment(value=pdf, media_type=MediaType.APPLICATION_PDF),)
    )

    text = sent(plan)

    assert len(text) < len("".join(INTERACTION.write_response(OK, (plan,)))) + 4000
    ((found,),) = (received(text).care_plans[0].body.attachments,)
    assert found.value == pdf


LIES = {
    "another patient": ("<c:extension>191212121212</c:extension>", "<c:extension>188803099368</c:extension>"),
    "another source system": (
        "<c:sourceSystemId><c:root>1.2.752.129.2.1.4.1</c:root><c:extension>SE",
        "<c:sourceSystemId><c:root>1.2.752.129.2.1.4.1</c:root><c:extension>XX",
    ),
    "another care unit, which may be blocked": (
        "<c:extension>SE0000000018-E1</c:extension>",
        "<c:extension>SE0000000018-E9</c:extension>",
    ),
    "another care giver": (
        "<c:extension>SE0000000018-V1</c:extension>",
        "<c:extension>SE0000000018-V9</c:extension>",
    ),
    "another time to compare blocks with": (
        "<c:blockComparisonTime>20260115093000",
        "<c:blockComparisonTime>20250115093000",
    ),
    "a narrower sharing": ("<c:sharing>shared", "<c:sharing>careUnit"),
    "what the schema refuses": ("<c:status>active</c:status>", "<c:status>alive</c:status>"),
}


@pytest.mark.parametrize(("said", "instead"), LIES.values(), ids=LIES.keys())
def test_a_structure_that_says_something_else_is_not_believed(said: str, instead: str) -> None:
    plan = care_plan(goals=(goal(),))
    before, mark, inside = sent(plan).partition(f'xmlns:x="{CORE_4}"')
    inside, end, after = inside.partition("</x:carePlan>")
    assert said in inside

    found = received(before + mark + inside.replace(said, instead) + end + after)

    assert is_from_2_0(found.care_plans[0])
    assert found.care_plans[0].body.goals == ()


def test_a_structure_cannot_share_what_2_0_keeps_within_the_unit() -> None:
    text = sent(care_plan(header=header(sharing=Sharing.CARE_UNIT), goals=(goal(),)))

    found = received(text.replace("<c:sharing>careUnit", "<c:sharing>shared"))

    assert is_from_2_0(found.care_plans[0])
    assert not is_from_2_0(received(text).care_plans[0])


def test_a_structure_cannot_open_what_2_0_keeps_closed() -> None:
    closed = care_plan(header=header(approved_for_patient=False), goals=(goal(),))
    text = sent(closed)
    prefix = text.partition(f'xmlns:x="{CORE_4}"')[0]
    inside = text.removeprefix(prefix)
    opened = inside.replace("<c:approvedForPatient>false", "<c:approvedForPatient>true", 1)
    assert opened != inside

    found = received(prefix + opened)

    assert is_from_2_0(found.care_plans[0])
    assert not found.care_plans[0].header.access_control.approved_for_patient


def test_core_3_and_core_4_are_told_apart_in_the_message() -> None:
    element = codec.parse(sent(agreement()).encode())

    assert len(list(element.iter(f"{{{CORE_4}}}agreement"))) == 1
    assert len(list(element.iter(f"{{{CORE_3}}}carePlanBody"))) == 1


def test_structure_travels_from_a_producer_to_a_consumer_that_speak_2_0() -> None:
    plan, agreed = care_plan(goals=(goal(),)), agreement()
    source = CannedSource(answer(plan, agreements=(agreed,)))
    with running(make_app(source, ProducerSettings(structure_in_2=True), clock=lambda: NOW)) as server:
        address = ProducerAddress(logical_address=SOURCE_SYSTEM, url=server.url, contract="2.0")
        found = RemoteSource(address).care_plans(query())

    assert found.outcomes[0].kind is OutcomeKind.ANSWERED
    assert records(found) == (plan, agreed)
