"""GetCarePlans 2.0: questions and answers keep their meaning on the way to and from the model."""

import datetime as dt
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from lxml import etree
from msgspec.structs import fields, replace
from xmlschema import XMLSchema

from riv_careplans import codec
from riv_careplans.codes import (
    RESPONDER_2,
    MediaType,
    PlanStatus,
    PlanType,
)
from riv_careplans.contract import GET_CARE_PLANS_2
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.get_care_plans_2 import INTERACTION, is_from_2_0, messages
from riv_careplans.contracts.get_care_plans_2.identities import document_id, record_id
from riv_careplans.contracts.get_care_plans_2.messages import (
    CarePlanBody2,
    CarePlanRecord,
    CodedValue,
    HealthcareProfessional,
    Multimedia,
    PatientSummaryHeader,
    PersonIdentity,
)
from riv_careplans.directory import read_document
from riv_careplans.errors import ContractViolation
from riv_careplans.exchange import Query, care_contact, select
from riv_careplans.identity import LOCAL_ID, ORGANISATIONSNUMMER, PERSONNUMMER
from riv_careplans.model import (
    II,
    Agreement,
    CarePlan,
    ContractType,
    DatePeriod,
    Uri,
)
from tests.asta_documents import DOCUMENTS, name
from tests.builders import (
    ASTA,
    ASTA_ID,
    CARE_GIVER,
    CARE_UNIT,
    LOG_ID,
    SOURCE_SYSTEM,
    answer,
    care_plan,
    header,
    hsa,
    plan_type,
    query,
)
from tests.older_messages import (
    OK,
    OPENING,
    PATIENT,
    find,
    read_back,
    read_one,
    request,
    written,
)
from tests.strategies import agreements, care_plans, extensions, texts, values

OFFICIAL = (
    Path(__file__).parents[1].parent
    / "shared"
    / "reference"
    / "clinicalprocess_logistics_logistics_3.0.13"
    / "interactions"
    / "GetCarePlansInteraction"
    / "GetCarePlansResponder_2.0.xsd"
)


# --- the messages are the schema's ----------------------------------------------------------------

SCHEMA = XMLSchema(str(GET_CARE_PLANS_2.schema))
CORE_TYPES = {
    "CarePlanBody2": "CarePlanBodyType",
    "CarePlanRecord": "CarePlanType",
    "CodedValue": "CVType",
    "DatePeriod2": "DatePeriodType",
    "Identity": "IIType",
    "PersonIdentity": "PersonIdType",
    "ResultMessage": "ResultType",
}
CLASSES: list[type[ContractType]] = [getattr(messages, one) for one in messages.__all__]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_message_class_has_the_elements_of_its_type_in_their_order_and_number(
    cls: type[ContractType],
) -> None:
    declared = SCHEMA.maps.types[f"{{{cls.namespace}}}{CORE_TYPES.get(cls.__name__, cls.__name__ + 'Type')}"]
    in_schema = [
        (one.local_name, one.min_occurs > 0, one.max_occurs != 1)
        for one in declared.content.iter_elements()  # type: ignore[union-attr]
        if one.name is not None
    ]

    in_class = [
        (one.encode_name, one.required, str(one.type).startswith("tuple"))
        for one in fields(cls)
        if one.name != "extensions"
    ]

    assert in_class == in_schema


# --- the question ---------------------------------------------------------------------------------


def test_a_question_is_read_as_a_query() -> None:
    element = request(
        f"<c:careUnitHSAId>{CARE_UNIT}</c:careUnitHSAId><c:careUnitHSAId>{CARE_GIVER}</c:careUnitHSAId>"
        f"<r:patientId>{PATIENT}</r:patientId>"
        "<r:datePeriod><c:start>20260101</c:start><c:end>20260131</c:end></r:datePeriod>"
        f"<r:sourceSystemHSAId>{SOURCE_SYSTEM}</r:sourceSystemHSAId><r:careContactId>k-1</r:careContactId>".replace(
            "c:careUnitHSAId", "r:careUnitHSAId"
        )
    )

    assert INTERACTION.read_request(element) == Query(
        patient_id=ASTA_ID,
        care_unit_ids=(hsa(CARE_UNIT), hsa(CARE_GIVER)),
        created_period=DatePeriod(start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 31)),
        source_system_id=hsa(SOURCE_SYSTEM),
        care_contact_ids=("k-1",),
    )


def test_a_care_contact_without_its_source_system_is_an_invalid_question() -> None:
    element = request(f"<r:patientId>{PATIENT}</r:patientId><r:careContactId>k-1</r:careContactId>")

    with pytest.raises(ContractViolation) as caught:
        INTERACTION.read_request(element)

    assert [(one.code, one.path) for one in caught.value.findings] == [("CP2-001", "sourceSystemHSAId")]


def test_a_day_that_does_not_exist_is_an_invalid_question() -> None:
    element = request(
        f"<r:patientId>{PATIENT}</r:patientId>"
        "<r:datePeriod><c:start>20260231</c:start><c:end>20260331</c:end></r:datePeriod>"
    )

    with pytest.raises(ContractViolation) as caught:
        INTERACTION.read_request(element)

    assert [(one.code, one.path) for one in caught.value.findings] == [("CP-001", "datePeriod/start")]


WHOLE = Query(
    patient_id=ASTA_ID,
    care_unit_ids=(hsa(CARE_UNIT),),
    created_period=DatePeriod(start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 31)),
    source_system_id=hsa(SOURCE_SYSTEM),
    care_contact_ids=("k & l", "m"),
)
BARE = Query(patient_id=ASTA_ID)


@pytest.mark.parametrize(
    ("asked", "understood"),
    [
        pytest.param(WHOLE, WHOLE, id="all that 2.0 can say"),
        pytest.param(BARE, BARE, id="nothing but the patient"),
        pytest.param(
            query(created_period=DatePeriod(start=dt.date(2026, 1, 1))),
            query(created_period=DatePeriod(start=dt.date(2026, 1, 1), end=dt.date(2099, 12, 31))),
            id="a period without end goes on as long as the schema can say",
        ),
        pytest.param(
            query(date_period=DatePeriod(start=dt.date(2026, 1, 1))),
            BARE,
            id="validity is not asked for: a plan made before may be valid then",
        ),
        pytest.param(
            query(
                care_giver_ids=(hsa(CARE_GIVER),),
                plan_types=(plan_type(),),
                plan_statuses=(PlanStatus.ACTIVE,),
                record_ids=(II(root="17"),),
                include_attachments=False,
            ),
            BARE,
            id="what 2.0 has no words for is left out",
        ),
        pytest.param(
            query(care_unit_ids=(hsa(CARE_UNIT), II(root=ORGANISATIONSNUMMER, extension="2329999995"))),
            BARE,
            id="one unit that cannot be said leaves all of them out",
        ),
        pytest.param(query(care_contact_ids=("k",)), BARE, id="a care contact only with its source system"),
    ],
)
def test_a_query_is_asked_as_far_as_2_0_can_say_it(asked: Query, understood: Query) -> None:
    element = codec.parse(INTERACTION.write_request(asked).encode())

    assert GET_CARE_PLANS_2.violations(element) == ()
    assert INTERACTION.read_request(element) == understood


# --- what is asked for is given -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "changed", "is_given"),
    [
        pytest.param("20251231235959", "20260116080000", False, id="made the day before"),
        pytest.param("20260101000000", "20260116080000", True, id="made on the first day"),
        pytest.param("20260131235959", "20260201080000", True, id="made on the last day"),
        pytest.param("20260201000000", "20260201080000", False, id="made the day after"),
    ],
)
def test_the_period_asked_for_is_about_when_a_plan_was_made(
    made: str, changed: str, *, is_given: bool
) -> None:
    plan = read_one(before=f"<c:documentTime>{made}</c:documentTime>")
    valid_all_along = replace(plan, body=replace(plan.body, period=DatePeriod(start=dt.date(2020, 1, 1))))

    assert bool(select(WHOLE_MONTH, answer(valid_all_along)).care_plans) is is_given


WHOLE_MONTH = query(created_period=DatePeriod(start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 31)))


def test_a_plan_without_document_time_is_given_by_its_author_time() -> None:
    plan = read_one()

    assert select(WHOLE_MONTH, answer(plan)).care_plans == (plan,)


@pytest.mark.parametrize("identity", ["k-1", "k < l & m", "rad\r\n två ", "]]>"])
def test_a_plan_is_given_by_its_care_contact(identity: str) -> None:
    plan = care_plan(header=header(extensions=(care_contact(identity),)))
    other = care_plan(header=header(extensions=(care_contact("another"),)))
    unknown = care_plan()

    selected = select(query(care_contact_ids=(identity,)), answer(plan, other, unknown))

    assert selected.care_plans == (plan,)
    assert [one.header.extensions for one in read_back(*selected.care_plans)] == [(care_contact(identity),)]


def test_a_care_contact_survives_as_an_extension_in_3_0() -> None:
    plan = care_plan(header=header(extensions=(care_contact("k < l \r & m"),)))
    three = interaction_for("3.0")
    message = codec.parse("".join(three.write_response(OK, (plan,))).encode())

    assert three.contract.violations(message) == ()
    assert three.read_response(message).answer.care_plans == (plan,)


def test_that_a_record_came_as_2_0_is_known_after_3_0_and_not_told_in_2_0() -> None:
    [older] = read_back(care_plan())
    three = interaction_for("3.0")
    message = codec.parse("".join(three.write_response(OK, (older,))).encode())
    [again] = three.read_response(message).answer.care_plans

    assert three.contract.violations(message) == ()
    assert is_from_2_0(again)
    assert not is_from_2_0(care_plan())
    assert "assuming" not in etree.tostring(written(again), encoding="unicode")


# --- identity -------------------------------------------------------------------------------------

SYSTEM = hsa(SOURCE_SYSTEM)


@pytest.mark.parametrize(
    ("identity", "text"),
    [
        pytest.param(II(root="17"), "17", id="a root alone is the old documentId"),
        pytest.param(II(root="17:4#b"), "17:4#b", id="whatever it looks like"),
        pytest.param(II.local(f"{SOURCE_SYSTEM}:17"), f"{SOURCE_SYSTEM}:17", id="a local id stands as it is"),
        pytest.param(II(root="1.2.752.1", extension="17"), "1.2.752.1#17", id="an OID and a value"),
        pytest.param(II(root="1.2.752.1", extension="1#7"), "1.2.752.1#1#7", id="whatever the value is"),
        pytest.param(
            II.local("SE0000000026-S3:17"), f"{LOCAL_ID}#SE0000000026-S3:17", id="another's local id"
        ),
    ],
)
def test_a_record_has_one_identity_in_both_versions(identity: II, text: str) -> None:
    assert document_id(identity, SYSTEM) == text
    assert record_id(text, SOURCE_SYSTEM) == identity


@hypothesis.given(
    st.builds(II, root=st.sampled_from(["1.2.3", "2.25.1", LOCAL_ID]), extension=texts())
    | texts().filter(lambda text: "#" not in text).map(lambda root: II(root=root))
)
def test_no_two_identities_share_a_document_id(identity: II) -> None:
    assert record_id(document_id(identity, SYSTEM), SOURCE_SYSTEM) == identity


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if "p5" not in path.parts], ids=name)
def test_astas_records_have_the_same_identity_through_both_versions(path: Path) -> None:
    known = read_document(path.read_bytes())

    through_2_0 = read_back(*known.care_plans, agreements=known.agreements)

    headers = [plan.header for plan in known.care_plans] + [one.header for one in known.agreements]
    assert [(one.header.source_system_id, one.header.record.id) for one in through_2_0] == [
        (header.source_system_id, header.record.id) for header in headers
    ]


# --- there and back -------------------------------------------------------------------------------


@pytest.mark.skipif(not OFFICIAL.is_file(), reason="the official schemas are not in the repository")
@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_asta_in_2_0_is_valid_by_the_official_schema(path: Path) -> None:
    known = read_document(path.read_bytes())
    schema = etree.XMLSchema(etree.parse(str(OFFICIAL)))

    schema.assertValid(written(*known.care_plans, agreements=known.agreements))


def test_astas_diabetes_plan_comes_back_as_it_was() -> None:
    (path,) = (path for path in DOCUMENTS if "vardplan-diabetes" in path.name)
    (plan,) = read_document(path.read_bytes()).care_plans

    assert read_back(plan) == (plan,)
    assert find(written(plan), "//c:participatingCareUnitHSAId/c:extension") == ["SE2329999995-DIABETES"]


TEXT = st.sampled_from(["SE0000000018-E1", "Emilia Ström", "a < b && c", " x ", "rad\r\nrad"]) | texts()
MAYBE_ID = st.none() | st.sampled_from(
    [SOURCE_SYSTEM, CARE_UNIT, CARE_UNIT.lower(), "2329999995", " ", "någon"]
)
TITLES = st.none() | st.sampled_from(
    [CodedValue(original_text="Läkare"), CodedValue(code="1", code_system="1.2", display_name="Läkare")]
)


@st.composite
def records(draw: DrawFn) -> CarePlanRecord:
    """A 2.0 record as the rules allow it: any text, any unknown element, whatever may be left out."""
    made = draw(values(PatientSummaryHeader))
    made_professional = draw(values(HealthcareProfessional))
    professional = replace(
        made_professional,
        hsa_id=draw(MAYBE_ID),
        name=draw(st.none() | TEXT),
        role_code=draw(TITLES),
        org_unit=made_professional.org_unit and replace(made_professional.org_unit, hsa_id=draw(MAYBE_ID)),
        care_unit=draw(MAYBE_ID),
        care_giver=draw(MAYBE_ID),
    )
    head = replace(
        made,
        document_id=draw(st.sampled_from(["17", f"{SOURCE_SYSTEM}:17", "1.2.3#4", "1.2.3:4"])),
        source_system=SOURCE_SYSTEM,
        patient_id=PersonIdentity(id=ASTA, type=PERSONNUMMER),
        professional=professional,
        nullified=None,
        nullified_reason=None,
        extensions=(),
    )
    body = replace(
        draw(values(CarePlanBody2)),
        contents=tuple(draw(st.lists(contents(), min_size=1, max_size=2))),
        type_of_care_plan=draw(
            st.none() | st.sampled_from([one for one in PlanType if one != PlanType.OTHER])
        ),
    )
    return CarePlanRecord(header=head, body=body, extensions=tuple(draw(st.lists(extensions(), max_size=1))))


def contents() -> SearchStrategy[Multimedia]:
    embedded = {"value": st.binary(max_size=9)}
    linked = {"reference": st.just(Uri("https://example.org/?a=1&b=2"))}
    media_type = st.sampled_from([str(one) for one in MediaType])
    return st.builds(Multimedia, media_type=media_type, **embedded) | st.builds(
        Multimedia, media_type=media_type, **linked
    )


@hypothesis.given(records())
def test_a_record_survives_the_way_through_the_model(known: CarePlanRecord) -> None:
    element = codec.parse(
        "".join(
            (
                f"<r:GetCarePlansResponse {OPENING}>",
                codec.element(RESPONDER_2, "carePlan", known),
                f"<r:result><c:resultCode>OK</c:resultCode><c:logId>{LOG_ID}</c:logId></r:result>",
                "</r:GetCarePlansResponse>",
            )
        ).encode()
    )
    assert GET_CARE_PLANS_2.violations(element) == ()
    plans = INTERACTION.read_response(element).answer.care_plans

    again = written(*plans)

    assert INTERACTION.read_response(again).answer.care_plans == plans
    untitled = "" if (known.header.document_title or "").strip() else "documentTitle"
    assert told_by(again, but=untitled) == told_by(element)


def told_by(element: codec.Element, but: str = "") -> list[tuple[str, str]]:
    """Give what a message says; an element without text says as little as one that is not there."""
    return [
        (str(one.tag), "".join(one.text.split()) if codec.local_name(one) == "value" else one.text)
        for one in element.iter()
        if one.text and one.text.strip() and codec.local_name(one) != but
    ]


@hypothesis.given(st.lists(care_plans(), max_size=2), st.lists(agreements(), max_size=1))
def test_every_record_can_be_given_in_2_0(plans: list[CarePlan], agreed: list[Agreement]) -> None:
    element = written(*plans, agreements=tuple(agreed))
    given = INTERACTION.read_response(element).answer.care_plans

    expected = [plan.header for plan in plans if plan.body.status is not PlanStatus.ENTERED_IN_ERROR]
    expected += [one.header for one in agreed]
    assert [one.header.record.id.key for one in given] == [one.record.id.key for one in expected]
    sizes = [len(one.value or b"") for plan in given for one in plan.body.attachments]
    assert max(sizes, default=0) <= 100_000
