"""GetCarePlans 2.0: questions and answers keep their meaning on the way to and from the model."""

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from lxml import etree
from msgspec.structs import fields, replace
from xmlschema import XMLSchema

from riv_careplans import codec
from riv_careplans.codes import (
    CORE_3,
    CORE_4,
    RESPONDER_2,
    Audience,
    ErrorCode,
    LegalBasis,
    MediaType,
    PartyKind,
    PlanStatus,
    PlanType,
    ResultCode,
    Scope,
    Sharing,
)
from riv_careplans.contract import GET_CARE_PLANS_2
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.get_care_plans_2 import INTERACTION, UNSTATED, messages
from riv_careplans.contracts.get_care_plans_2.identities import document_id, record_id
from riv_careplans.contracts.get_care_plans_2.messages import (
    CarePlanBody2,
    CarePlanRecord,
    CodedValue,
    HealthcareProfessional,
    LegalAuthenticator,
    Multimedia,
    PatientSummaryHeader,
    PersonIdentity,
)
from riv_careplans.contracts.get_care_plans_2.reading import UNTYPED, care_plan_of
from riv_careplans.contracts.get_care_plans_2.writing import record_of
from riv_careplans.directory import read_document
from riv_careplans.errors import ContractViolation
from riv_careplans.exchange import HasMore, Query, Result, care_contact, select
from riv_careplans.identity import LOCAL_ID, ORGANISATIONSNUMMER, PERSONNUMMER, parse_timestamp
from riv_careplans.model import (
    CV,
    II,
    Agreement,
    Author,
    CarePlan,
    Channel,
    ContractType,
    DatePeriod,
    Extension,
    Organization,
    Party,
    Person,
    Signature,
    Uri,
)
from tests.asta_documents import DOCUMENTS, name
from tests.builders import (
    ASTA,
    ASTA_ID,
    CARE_GIVER,
    CARE_UNIT,
    DOCTOR,
    LOG_ID,
    NOW,
    SOURCE_SYSTEM,
    activity,
    agreement,
    answer,
    attachment,
    care_plan,
    goal,
    header,
    hsa,
    organization,
    participant,
    plan_type,
    query,
)
from tests.strategies import agreements, care_plans, extensions, texts, values

OK = Result(code=ResultCode.OK, log_id=LOG_ID)
OFFICIAL = (
    Path(__file__).parents[1].parent
    / "shared"
    / "reference"
    / "clinicalprocess_logistics_logistics_3.0.13"
    / "interactions"
    / "GetCarePlansInteraction"
    / "GetCarePlansResponder_2.0.xsd"
)
NAMES = {"r": RESPONDER_2, "c": CORE_3}
OPENING = f'xmlns:r="{RESPONDER_2}" xmlns:c="{CORE_3}"'
PATIENT = f"<c:id>{ASTA}</c:id><c:type>{PERSONNUMMER}</c:type>"
PDF = "<c:content><c:mediaType>application/pdf</c:mediaType><c:value>JVBERi0=</c:value></c:content>"


def request(inside: str) -> codec.Element:
    """Make a valid question of what stands in it."""
    element = codec.parse(f"<r:GetCarePlans {OPENING}>{inside}</r:GetCarePlans>".encode())
    assert GET_CARE_PLANS_2.violations(element) == ()
    return element


def record(
    head: str = "", *, before: str = "", professional: str = "", body: str = PDF, document_id: str = "17"
) -> str:
    """Make a plan as XML; the parts are put where the schema wants them."""
    return (
        f"<r:carePlan><c:carePlanHeader><c:documentId>{document_id}</c:documentId>"
        f"<c:sourceSystemHSAId>{SOURCE_SYSTEM}</c:sourceSystemHSAId>{before}"
        f"<c:patientId>{PATIENT}</c:patientId><c:accountableHealthcareProfessional>"
        f"<c:authorTime>20260116080000</c:authorTime>{professional}"
        f"</c:accountableHealthcareProfessional><c:approvedForPatient>true</c:approvedForPatient>"
        f"{head}</c:carePlanHeader><c:carePlanBody>{body}</c:carePlanBody></r:carePlan>"
    )


def response(*records: str, result: str = "<c:resultCode>OK</c:resultCode>") -> codec.Element:
    """Make a valid answer of plans."""
    closing = f"<r:result>{result}<c:logId>{LOG_ID}</c:logId></r:result>"
    text = f"<r:GetCarePlansResponse {OPENING}>{''.join(records)}{closing}</r:GetCarePlansResponse>"
    element = codec.parse(text.encode())
    assert GET_CARE_PLANS_2.violations(element) == ()
    return element


def read_one(*arguments: str, **parts: str) -> CarePlan:
    reading = INTERACTION.read_response(response(record(*arguments, **parts)))
    assert reading.findings == ()
    (plan,) = reading.answer.care_plans
    return plan


def written(*plans: CarePlan, agreements: tuple[Agreement, ...] = (), **more: Any) -> codec.Element:
    """Write an answer, and see that it is valid."""
    text = "".join(INTERACTION.write_response(more.pop("result", OK), plans, agreements, **more))
    element = codec.parse(text.encode())
    assert GET_CARE_PLANS_2.violations(element) == ()
    return element


def find(element: codec.Element, path: str) -> list[str]:
    return [(one.text or "") for one in element.xpath(path, namespaces=NAMES)]  # type: ignore[union-attr]


def read_back(*plans: CarePlan, agreements: tuple[Agreement, ...] = ()) -> tuple[CarePlan, ...]:
    reading = INTERACTION.read_response(written(*plans, agreements=agreements))
    assert reading.findings == ()
    return reading.answer.care_plans


class Page(HTMLParser):
    """The text of a page as a reader sees it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(plan: CarePlan) -> str:
    first = plan.body.attachments[0]
    assert (first.media_type, first.value is not None) == (MediaType.TEXT_HTML, True)
    return Page((first.value or b"").decode()).text


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


# --- a 2.0 record becomes a plan ------------------------------------------------------------------

UNIT = (
    f"<c:healthcareProfessionalOrgUnit><c:orgUnitHSAId>{CARE_UNIT}</c:orgUnitHSAId>"
    "<c:orgUnitName>Hälsocentralen</c:orgUnitName><c:orgUnitTelecom>070-174 06 10</c:orgUnitTelecom>"
    "<c:orgUnitEmail>halsa@example.org</c:orgUnitEmail><c:orgUnitAddress>Torget 1</c:orgUnitAddress>"
    "<c:orgUnitLocation>Plan &lt;2&gt;</c:orgUnitLocation></c:healthcareProfessionalOrgUnit>"
)
CARE = (
    f"<c:healthcareProfessionalCareUnitHSAId>{CARE_UNIT}</c:healthcareProfessionalCareUnitHSAId>"
    f"<c:healthcareProfessionalCareGiverHSAId>{CARE_GIVER}</c:healthcareProfessionalCareGiverHSAId>"
)
PERSON = (
    f"<c:healthcareProfessionalHSAId>{DOCTOR}</c:healthcareProfessionalHSAId>"
    "<c:healthcareProfessionalName>Emilia Ström</c:healthcareProfessionalName>"
    "<c:healthcareProfessionalRoleCode><c:originalText>Läkare</c:originalText></c:healthcareProfessionalRoleCode>"
)


def test_a_record_becomes_a_plan_of_its_documents() -> None:
    plan = read_one(
        before="<c:documentTitle>Plan</c:documentTitle><c:documentTime>20260115093000</c:documentTime>",
        professional=PERSON + UNIT + CARE,
        body=PDF + "<c:content><c:mediaType>text/plain</c:mediaType><c:reference>https://example.org/1"
        "</c:reference></c:content><c:typeOfCarePlanEnum>RP</c:typeOfCarePlanEnum>",
    )

    access, body = plan.header.access_control, plan.body
    assert (body.title, body.type.code, body.type.text) == ("Plan", "RP", "Rehabiliteringsplan")
    assert (body.status, body.scope, body.participants) == (PlanStatus.ACTIVE, Scope.AREA, ())
    assert [(one.media_type, one.value, one.reference) for one in body.attachments] == [
        (MediaType.APPLICATION_PDF, b"%PDF-", None),
        (MediaType.TEXT_PLAIN, None, "https://example.org/1"),
    ]
    assert (access.legal_basis, access.sharing) == (LegalBasis.HSL, Sharing.SHARED)
    assert access.accountable_care_giver == Organization(id=hsa(CARE_GIVER))
    assert access.block_comparison_time == parse_timestamp("20260116080000")
    assert (access.patient_id, access.approved_for_patient) == (ASTA_ID, True)
    assert plan.header.record.created_time == parse_timestamp("20260115093000")
    assert plan.header.record.updated_time == parse_timestamp("20260116080000")
    assert plan.header.record.id == II(root="17")


def test_the_accountable_professional_answers_for_the_plan_and_wrote_it() -> None:
    plan = read_one(professional=PERSON + UNIT + CARE)

    person = Person(id=hsa(DOCTOR), name="Emilia Ström", title=CV(original_text="Läkare"))
    assert plan.header.author is not None
    assert plan.header.author.person == person
    assert plan.body.responsible == Party(kind=PartyKind.PROFESSIONAL, id=person.id, name=person.name)
    unit = plan.header.author.care_unit
    assert unit is not None
    assert unit == plan.header.access_control.accountable_care_unit
    assert (unit.id, unit.name) == (hsa(CARE_UNIT), "Hälsocentralen")
    assert [(one.system, one.value, one.audience) for one in unit.channels] == [
        ("phone", "070-174 06 10", Audience.BOTH),
        ("email", "halsa@example.org", Audience.BOTH),
        ("address", "Torget 1", Audience.BOTH),
    ]


def test_a_unit_answers_for_the_plan_where_no_person_is_named() -> None:
    plan = read_one(professional=UNIT)

    assert plan.body.responsible == Party(kind=PartyKind.CARE_UNIT, id=hsa(CARE_UNIT), name="Hälsocentralen")


@pytest.mark.parametrize(
    ("given", "care_giver", "care_unit", "sharing"),
    [
        pytest.param(CARE, hsa(CARE_GIVER), hsa(CARE_UNIT), Sharing.SHARED, id="both"),
        pytest.param("", UNSTATED, None, Sharing.CARE_UNIT, id="neither"),
        pytest.param(CARE[: len(CARE) // 2], UNSTATED, hsa(CARE_UNIT), Sharing.CARE_UNIT, id="unit alone"),
        pytest.param(
            "<c:healthcareProfessionalCareGiverHSAId>2329999995</c:healthcareProfessionalCareGiverHSAId>",
            II(root=ORGANISATIONSNUMMER, extension="2329999995"),
            None,
            Sharing.CARE_GIVER,
            id="care giver alone, by organisation number",
        ),
    ],
)
def test_a_plan_is_shared_only_when_care_unit_and_care_giver_are_stated_and_is_never_lost(
    given: str, care_giver: II, care_unit: II | None, sharing: Sharing
) -> None:
    given = re.sub(r"<c:healthcareProfessionalCareGiverHSAId>SE[^<]*$", "", given)
    access = read_one(professional=given[: given.rindex(">") + 1] if given else "").header.access_control

    assert access.accountable_care_giver.id == care_giver
    assert (access.accountable_care_unit and access.accountable_care_unit.id) == care_unit
    assert access.sharing == sharing


@pytest.mark.parametrize(
    ("code", "scope", "law"),
    [
        *((code, Scope.COMPREHENSIVE, LegalBasis.HSL) for code in ("SIP", "SPU", "SPLPTLRV")),
        *((code, Scope.AREA, LegalBasis.HSL) for code in ("VP", "HP", "RP", "SVP")),
        ("GP", Scope.AREA, LegalBasis.SOL),
    ],
)
def test_scope_and_law_follow_from_the_plan_type(code: str, scope: Scope, law: LegalBasis) -> None:
    plan = read_one(body=f"{PDF}<c:typeOfCarePlanEnum>{code}</c:typeOfCarePlanEnum>")

    assert (plan.body.type.code, plan.body.scope) == (code, scope)
    assert plan.header.access_control.legal_basis == law


def test_a_plan_that_states_no_type_and_no_title_is_called_what_2_0_calls_all_plans() -> None:
    body = read_one().body

    assert (body.type, body.title) == (CV(original_text="Vård- och omsorgsplan"), "Vård- och omsorgsplan")


def test_a_nullified_record_is_a_plan_entered_in_error_and_is_not_given_on() -> None:
    plan = read_one("<c:nullified>true</c:nullified><c:nullifiedReason>Fel &amp; fel</c:nullifiedReason>")

    assert plan.body.status == PlanStatus.ENTERED_IN_ERROR
    assert [one for one in plan.header.extensions if "Fel &amp; fel" in one] != []
    assert read_back(plan) == ()


def test_a_record_that_says_it_is_not_nullified_is_a_plan_like_others() -> None:
    plan = read_one("<c:nullified>false</c:nullified>")

    assert plan.body.status == PlanStatus.ACTIVE
    assert find(written(plan), "//c:nullified") == []


def test_a_plan_registered_before_its_document_time_was_changed_at_its_document_time() -> None:
    times = read_one(before="<c:documentTime>20260201000000</c:documentTime>").header.record

    assert times.updated_time == times.created_time == parse_timestamp("20260201000000")


def test_a_signature_is_kept() -> None:
    plan = read_one().header
    signed = CarePlanRecord(
        header=replace(
            record_of(care_plan()).header,
            legal_authenticator=LegalAuthenticator(signature_time=NOW, hsa_id=DOCTOR, name="Emilia Ström"),
        ),
        body=CarePlanBody2(),
    )

    assert plan.signature is None
    assert care_plan_of(signed, "").header.signature == Signature(
        time=NOW, person=Person(id=hsa(DOCTOR), name="Emilia Ström")
    )


@pytest.mark.parametrize(
    ("parts", "code", "path"),
    [
        pytest.param(
            {"body": PDF + "<c:content><c:mediaType>text/rtf</c:mediaType></c:content>"},
            "CP2-002",
            "carePlan[2]/carePlanBody/content[2]/mediaType",
            id="a media type that the rules exclude",
        ),
        pytest.param(
            {"document_id": " "}, "CP2-003", "carePlan[2]/carePlanHeader/documentId", id="no document id"
        ),
        pytest.param(
            {"before": "<c:documentTime>20260231000000</c:documentTime>"},
            "CP-001",
            "carePlan[2]/carePlanHeader/documentTime",
            id="a day that does not exist",
        ),
    ],
)
def test_a_record_that_cannot_be_read_whole_is_held_back_alone(
    parts: dict[str, str], code: str, path: str
) -> None:
    reading = INTERACTION.read_response(response(record(), record(**parts), record(document_id="18")))

    assert [one.header.record.id.root for one in reading.answer.care_plans] == ["17", "18"]
    assert reading.answer.held_back == 1
    assert [(one.code, one.path) for one in reading.findings] == [(code, path)]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("<c:resultCode>OK</c:resultCode>", Result(code=ResultCode.OK, log_id=LOG_ID)),
        (
            "<c:resultCode>ERROR</c:resultCode><c:errorCode>INVALID_REQUEST</c:errorCode>",
            Result(code=ResultCode.ERROR, error_code=ErrorCode.INVALID_REQUEST, log_id=LOG_ID),
        ),
        ("<c:resultCode>INFO</c:resultCode>", Result(code=ResultCode.INFO, log_id=LOG_ID)),
    ],
)
def test_the_result_is_kept_both_ways(result: str, expected: Result) -> None:
    read = INTERACTION.read_response(response(result=result)).answer.result
    told = replace(expected, text="Försök igen & igen")

    assert read == expected
    assert INTERACTION.read_response(written(result=told)).answer.result == told


def test_unknown_elements_are_kept_where_3_0_has_a_place_and_elements_of_3_0_itself_are_not() -> None:
    unknown = '<x:colour xmlns:x="urn:example:local">blå</x:colour>'
    own = f'<title xmlns="{CORE_4}">nej</title>'
    plan = read_one(
        professional=unknown,
        body=f"<c:content><c:mediaType>text/plain</c:mediaType><c:value/>{unknown}</c:content>{unknown}{own}",
    )

    assert plan.header.author is not None
    assert plan.header.author.extensions == (unknown,)
    assert plan.body.extensions == (unknown,)
    assert plan.body.attachments[0].extensions == (unknown,)
    assert find(written(plan), "//c:carePlanBody/*[last()]") == ["blå"]


# --- a plan becomes a 2.0 record ------------------------------------------------------------------


def test_a_structured_plan_is_given_as_a_readable_document_and_then_its_own() -> None:
    plan = care_plan(goals=(goal(text="Gå <i> skogen & hem"),), attachments=(attachment(),))

    (given,) = read_back(plan)

    assert [one.media_type for one in given.body.attachments] == ["text/html", "application/pdf"]
    assert given.body.attachments[1].value == b"%PDF-1.7"
    assert "Gå <i> skogen & hem" in page_of(given)


def test_a_plan_that_is_all_documents_is_given_as_they_are() -> None:
    linked = replace(attachment(), value=None, size=None, sha256=None, reference=Uri("https://example.org/1"))
    plan = care_plan(participants=(), attachments=(attachment(), linked))

    (given,) = read_back(plan)

    assert [(one.media_type, one.value, one.reference) for one in given.body.attachments] == [
        (MediaType.APPLICATION_PDF, b"%PDF-1.7", None),
        (MediaType.APPLICATION_PDF, None, "https://example.org/1"),
    ]


DESCRIBED = replace(attachment(), value=None)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"status": PlanStatus.COMPLETED}, id="a status"),
        pytest.param({"summary": "Kort sagt"}, id="a summary"),
        pytest.param({"type": CV(original_text="Egenvårdsplan")}, id="a type of its own"),
        pytest.param({"period": DatePeriod(start=dt.date(2026, 1, 1))}, id="a period"),
        pytest.param({"responsible": Party(kind=PartyKind.TEAM, name="Teamet")}, id="a team answers"),
        pytest.param({"attachments": (DESCRIBED,)}, id="documents that are only described"),
        pytest.param({"attachments": ()}, id="no documents"),
    ],
)
def test_a_plan_that_says_more_than_its_documents_is_given_a_readable_one(changes: dict[str, Any]) -> None:
    plan = care_plan(**{"participants": (), "attachments": (attachment(),), **changes})

    (given,) = read_back(plan)

    assert "Vårdplan" in page_of(given)
    assert [one for one in given.body.attachments if one.value is None] == []


def test_an_agreement_is_given_as_a_document_without_a_plan_type() -> None:
    said = agreement(title="Överenskommelse med Emilia", decided=("Vi hörs i maj.",))

    element = written(agreements=(said,))
    (given,) = INTERACTION.read_response(element).answer.care_plans

    assert find(element, "//c:typeOfCarePlanEnum") == []
    assert (given.body.title, given.body.type) == ("Överenskommelse med Emilia", UNTYPED)
    assert given.header.record.id == said.header.record.id
    assert "Vi hörs i maj." in page_of(given)


def test_internal_notes_and_channels_for_professionals_never_leave() -> None:
    hidden = Channel(system="phone", value="070-174 06 99", audience=Audience.PROFESSIONAL)  # type: ignore[arg-type]
    unit = organization(CARE_UNIT, "Hälsocentralen", channels=(hidden,))
    plan = care_plan(
        header=header(accountable_care_unit=unit, author=Author(time=NOW, care_unit=unit)),
        participants=(participant(internal_note="KANARIEFÅGEL", channels=(hidden,), organization=unit),),
    )

    element = written(plan)

    assert find(element, "//c:orgUnitTelecom") == []
    (given,) = INTERACTION.read_response(element).answer.care_plans
    assert "KANARIEFÅGEL" not in page_of(given)
    assert "070-174" not in page_of(given)


@pytest.mark.parametrize(
    ("sharing", "ids"),
    [
        (Sharing.SHARED, [CARE_UNIT, CARE_GIVER]),
        (Sharing.CARE_GIVER, []),
        (Sharing.CARE_UNIT, []),
    ],
)
def test_only_what_is_shared_carries_the_ids_that_sharing_needs(sharing: Sharing, ids: list[str]) -> None:
    element = written(care_plan(header=header(sharing=sharing)))

    assert (
        find(element, "//c:healthcareProfessionalCareUnitHSAId | //c:healthcareProfessionalCareGiverHSAId")
        == ids
    )


@pytest.mark.parametrize(
    ("patient", "representative", "approved"),
    [
        (True, None, "true"),
        (True, True, "true"),
        (True, False, "false"),
        (False, None, "false"),
        (False, True, "false"),
    ],
)
def test_what_a_representative_may_not_see_is_not_approved(
    *, patient: bool, representative: bool | None, approved: str
) -> None:
    access = {"approved_for_patient": patient, "approved_for_representative": representative}

    assert find(written(care_plan(header=header(**access))), "//c:approvedForPatient") == [approved]


def test_author_time_is_the_time_that_blocks_are_compared_with() -> None:
    plan = care_plan(header=header(author=Author(time=NOW)))

    assert find(written(plan), "//c:authorTime") == ["20260115093000"]


def test_who_answers_for_the_plan_comes_before_who_wrote_it() -> None:
    known = participant(
        person=Person(id=hsa(DOCTOR), name="Emilia Ström", title=CV(code="1", code_system="1.2"))
    )
    plan = care_plan(
        header=header(author=Author(time=NOW, person=Person(name="Hampus Vällivara"))),
        participants=(known,),
        responsible=Party(kind=PartyKind.PROFESSIONAL, participant_id=known.id),
    )

    element = written(plan)

    assert find(element, "//c:healthcareProfessionalName") == ["Emilia Ström"]
    assert find(element, "//c:healthcareProfessionalHSAId") == [DOCTOR]
    assert find(element, "//c:healthcareProfessionalRoleCode/c:displayName") == ["1"]


def test_who_wrote_the_plan_answers_for_it_where_nobody_else_does() -> None:
    patient = Person(id=ASTA_ID, name="Någon")
    element = written(care_plan(header=header(author=Author(time=NOW, person=patient))))

    assert find(element, "//c:healthcareProfessionalName") == ["Någon"]
    assert find(element, "//c:healthcareProfessionalHSAId") == []


def test_units_that_take_part_are_named_once() -> None:
    unit = organization(CARE_UNIT)
    again = organization(CARE_UNIT.lower())
    plan = care_plan(
        participants=(participant(organization=unit), participant(id="deltagare-2", organization=again))
    )
    said = agreement(
        parties=(
            Party(kind=PartyKind.CARE_UNIT, id=hsa(CARE_UNIT)),
            Party(kind=PartyKind.PATIENT, id=ASTA_ID),
        )
    )

    element = written(plan, agreements=(said,))

    assert find(element, "//c:participatingCareUnitHSAId/c:extension") == [CARE_UNIT, CARE_UNIT]


def test_a_kept_element_that_2_0_could_not_have_had_is_left_out() -> None:
    strange = Extension(f'<c:participatingCareUnitHSAId xmlns:c="{CORE_3}">?</c:participatingCareUnitHSAId>')

    assert find(written(care_plan(extensions=(strange,))), "//c:participatingCareUnitHSAId") == []


def test_a_cut_answer_says_that_it_is_cut() -> None:
    more = (HasMore(logical_address=SOURCE_SYSTEM, reference="2"),)

    result = INTERACTION.read_response(written(has_more=more, result=replace(OK, text="Hej."))).answer.result

    assert (result.code, result.text) == (
        ResultCode.INFO,
        "Hej. Svaret är avkortat: det finns fler planer i källsystemet.",
    )


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"title": "nej\x00"}, id="a character in the title"),
        pytest.param({"summary": "nej\x0b"}, id="a character in the document"),
        pytest.param({"summary": "nej\ud800"}, id="half a character"),
        pytest.param({"extensions": (Extension("<nej"),)}, id="an element that is not XML"),
        pytest.param({"activities": (activity(status=7),)}, id="a status that is none"),
    ],
)
def test_a_record_that_no_document_can_hold_is_refused_without_repeating_it(changes: dict[str, Any]) -> None:
    plan = care_plan(**changes)

    with pytest.raises(ContractViolation) as caught:
        list(INTERACTION.write_response(OK, (plan,)))

    assert caught.value.findings != ()
    assert "nej" not in str(caught.value) + repr(caught.value.findings)


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
