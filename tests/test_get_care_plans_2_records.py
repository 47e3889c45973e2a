"""A record of GetCarePlans 2.0 as a plan, and a plan or an agreement as a record of GetCarePlans 2.0."""

import datetime as dt
from typing import Any

import pytest
from msgspec.structs import replace

from riv_careplans.codes import (
    CORE_3,
    CORE_4,
    Audience,
    ErrorCode,
    LegalBasis,
    MediaType,
    PartyKind,
    PlanStatus,
    ResultCode,
    Scope,
    Sharing,
)
from riv_careplans.contracts.get_care_plans_2 import INTERACTION, UNSTATED
from riv_careplans.contracts.get_care_plans_2.messages import (
    CarePlanBody2,
    CarePlanRecord,
    LegalAuthenticator,
)
from riv_careplans.contracts.get_care_plans_2.reading import UNTYPED, care_plan_of
from riv_careplans.contracts.get_care_plans_2.writing import record_of
from riv_careplans.errors import ContractViolation
from riv_careplans.exchange import HasMore, Result
from riv_careplans.identity import ORGANISATIONSNUMMER, parse_timestamp
from riv_careplans.model import (
    CV,
    II,
    Author,
    Channel,
    DatePeriod,
    Extension,
    Organization,
    Party,
    Person,
    Signature,
    Uri,
)
from tests.builders import (
    ASTA_ID,
    CARE_GIVER,
    CARE_UNIT,
    DOCTOR,
    LOG_ID,
    NOW,
    SOURCE_SYSTEM,
    activity,
    agreement,
    attachment,
    care_plan,
    goal,
    header,
    hsa,
    organization,
    participant,
)
from tests.older_messages import (
    OK,
    PDF,
    find,
    page_of,
    read_back,
    read_one,
    record,
    response,
    written,
)

# --- a 2.0 record becomes a plan ------------------------------------------------------------------

UNIT = (
    f"<c:healthcareProfessionalOrgUnit><c:orgUnitHSAId>{CARE_UNIT}</c:orgUnitHSAId>"
    "<c:orgUnitName>Hälsocentralen</c:orgUnitName><c:orgUnitTelecom>070-174 06 10</c:orgUnitTelecom>"
    "<c:orgUnitEmail>halsa@example.org</c:orgUnitEmail><c:orgUnitAddress>Torget 1</c:orgUnitAddress>"
    "<c:orgUnitLocation>Plan &lt;2&gt;</c:orgUnitLocation></c:healthcareProfessionalOrgUnit>"
)
OF_UNIT = f"<c:healthcareProfessionalCareUnitHSAId>{CARE_UNIT}</c:healthcareProfessionalCareUnitHSAId>"
OF_CARE_GIVER = (
    f"<c:healthcareProfessionalCareGiverHSAId>{CARE_GIVER}</c:healthcareProfessionalCareGiverHSAId>"
)
CARE = OF_UNIT + OF_CARE_GIVER
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
        pytest.param(OF_UNIT, UNSTATED, hsa(CARE_UNIT), Sharing.CARE_UNIT, id="unit alone"),
        pytest.param(
            OF_CARE_GIVER.replace(CARE_GIVER, "2329999995"),
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
    access = read_one(professional=given).header.access_control

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
