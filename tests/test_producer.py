"""The producer as the platform meets it: what is asked, what is answered, and what never leaves."""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
import tracemalloc
from typing import Any
from uuid import UUID
from wsgiref.validate import validator

import pytest
from msgspec.structs import replace

from riv_careplans.codes import ErrorCode, PlanStatus, ResultCode
from riv_careplans.contract import GET_CARE_PLANS_2, GET_CARE_PLANS_3
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.processing_status import outcomes_of
from riv_careplans.exchange import Answer, Call, HasMore, Outcome, OutcomeKind, Query, Result
from riv_careplans.model import II, CarePlan, Extension, Uri
from riv_careplans.producer import make_app
from riv_careplans.settings import ProducerSettings
from tests.builders import (
    ASTA,
    ASTA_ID,
    CARE_UNIT,
    LOG_ID,
    NOW,
    SOURCE_SYSTEM,
    agreement,
    answer,
    attachment,
    care_plan,
    goal,
    header,
    hsa,
    query,
    record_id,
)
from tests.producer_calls import CannedSource, clock, get, post, question

STRANGER = "194911172296"
ANOTHER_PATIENT = II(root=ASTA_ID.root, extension=STRANGER)
ANOTHER_LOG_ID = "0d0f4f0e-3a57-4a10-8a5f-6d1f6f1f0b11"
CONTRACTS = {"3.0": GET_CARE_PLANS_3, "2.0": GET_CARE_PLANS_2}

both_versions = pytest.mark.parametrize("version", ["3.0", "2.0"])


def app_of(given: Any = None, settings: ProducerSettings | None = None) -> Any:
    source = given if isinstance(given, CannedSource) else CannedSource(given)
    return make_app(source, settings or ProducerSettings(), clock=clock, new_log_id=lambda: ANOTHER_LOG_ID)


def titled(title: str, number: int = 1, **changes: Any) -> CarePlan:
    return care_plan(header=header(id=record_id(number), **changes), title=title)


@pytest.fixture(autouse=True)
def _logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


# --- question and answer --------------------------------------------------------------------------


@both_versions
def test_a_question_is_answered_in_the_version_it_was_asked_in(version: str) -> None:
    source = CannedSource(answer(titled("Plan A"), titled("Plan B", 2)))

    reply = post(app_of(source), question(version=version))

    contract = CONTRACTS[version]
    assert (reply.status, reply.verdict) == (200, "OK")
    assert reply.headers["Content-Type"] == "text/xml; charset=UTF-8"
    assert reply.message.tag == contract.response_tag
    assert contract.violations(reply.message) == ()
    assert len(reply.texts("carePlan")) == 2
    assert [asked.patient_id for asked in source.queries] == [ASTA_ID]


def test_what_the_source_gives_arrives_unchanged() -> None:
    given = answer(care_plan(goals=(goal(),)), agreements=(agreement(),))

    reply = post(app_of(given))

    assert interaction_for("3.0").read_response(reply.message).answer == given


def test_the_application_keeps_the_rules_of_wsgi() -> None:
    reply = post(validator(app_of()))

    assert reply.verdict == "OK"


@both_versions
def test_a_patient_without_plans_gets_an_empty_answer_and_no_fault(version: str) -> None:
    reply = post(app_of(answer()), question(version=version))

    assert (reply.verdict, reply.texts("carePlan")) == ("OK", [])


def test_the_source_is_told_who_asks_and_through_what() -> None:
    source = CannedSource()
    headers = [
        ("x-skltp-correlation-id", "5f6f1c0a-7f2e-4d51-9f43-0a6f2c6d1b10"),
        ("x-rivta-original-serviceconsumer-hsaid", "SE2321000016-1177"),
        ("x-vp-sender-id", "SE0000000000-forged"),
    ]

    reply = post(app_of(source), headers=headers)

    assert source.queries[0].call == Call(
        logical_address=SOURCE_SYSTEM,
        original_consumer="SE2321000016-1177",
        correlation_id="5f6f1c0a-7f2e-4d51-9f43-0a6f2c6d1b10",
    )
    assert reply.headers["X-Skltp-Correlation-Id"] == "5f6f1c0a-7f2e-4d51-9f43-0a6f2c6d1b10"


@pytest.mark.parametrize("value", ["", "HSA-ID-1", "SE2321000016-1177\nx", "<b>", "S" * 65, "åäö"])
def test_a_header_that_is_not_what_it_claims_is_passed_over(value: str) -> None:
    source = CannedSource()
    names = ("x-rivta-original-serviceconsumer-hsaid", "x-skltp-correlation-id")

    post(app_of(source), headers=[(name, value) for name in names])

    assert source.queries[0].call.original_consumer == ""
    assert source.queries[0].call.correlation_id in ("", "HSA-ID-1")


@both_versions
@pytest.mark.parametrize(
    "path", ["/", "/vp/clinicalprocess/logistics/logistics/GetCarePlans/3/rivtabp21", ""]
)
def test_any_path_leads_to_the_service(version: str, path: str) -> None:
    reply = post(app_of(), question(version=version), environ={"PATH_INFO": path})

    assert reply.verdict == "OK"


@both_versions
@pytest.mark.parametrize(
    "action", [*GET_CARE_PLANS_2.soap_actions, *GET_CARE_PLANS_3.soap_actions, "", "urn:something:else"]
)
@pytest.mark.parametrize("form", ["{}", '"{}"'])
def test_any_soap_action_is_accepted(version: str, action: str, form: str) -> None:
    reply = post(app_of(), question(version=version), headers=[("SOAPAction", form.format(action))])

    assert reply.verdict == "OK"


@pytest.mark.parametrize("address", [SOURCE_SYSTEM, SOURCE_SYSTEM.lower(), "5565594230"])
def test_a_known_logical_address_is_answered(address: str) -> None:
    settings = ProducerSettings(logical_addresses=(SOURCE_SYSTEM, "5565594230"))

    assert post(app_of(settings=settings), question(logical_address=address)).verdict == "OK"


@pytest.mark.parametrize("address", ["SE0000000018-S2", "SE0000000018-S", "5565594231"])
def test_a_foreign_logical_address_is_refused(address: str) -> None:
    source = CannedSource()
    app = app_of(source, ProducerSettings(logical_addresses=(SOURCE_SYSTEM, "5565594230")))

    reply = post(app, question(logical_address=address))

    assert (reply.verdict, source.queries) == ("FC", [])
    assert address not in reply.body.decode()


def test_a_version_that_is_not_spoken_is_refused() -> None:
    app = app_of(settings=ProducerSettings(contracts=("2.0",)))

    verdicts = [post(app, question(version=version)).verdict for version in ("2.0", "3.0")]

    assert verdicts == ["OK", "FC"]
    assert get(app, "/", "wsdl").body == GET_CARE_PLANS_2.wsdl.read_bytes()


# --- filters --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        query(care_unit_ids=(hsa(CARE_UNIT.lower()),)),
        query(care_giver_ids=(hsa("SE0000000018-V1"),)),
        query(plan_statuses=(PlanStatus.ACTIVE,)),
        query(record_ids=(record_id(1),)),
        query(source_system_id=hsa(SOURCE_SYSTEM)),
    ],
    ids=["careUnitId", "careGiverId", "planStatus", "recordId", "sourceSystemId"],
)
def test_a_filter_that_the_source_forgets_is_applied(asked: Query) -> None:
    fits = titled("Passar")
    other = care_plan(
        header=header(
            id=record_id(2),
            source_system_id=hsa("SE0000000018-S9"),
            accountable_care_unit=None,
            accountable_care_giver=replace(
                fits.header.access_control.accountable_care_giver, id=hsa("SE0000000026-V1")
            ),
        ),
        title="Passar inte",
        status=PlanStatus.COMPLETED,
    )

    reply = post(app_of(answer(other, fits)), question(asked))

    assert (reply.verdict, reply.texts("title")[-1:]) == ("OK", ["Passar"])
    assert len(reply.texts("carePlan")) == 1


def test_attachments_that_are_not_asked_for_are_only_described() -> None:
    plan = care_plan(attachments=(attachment(b"%PDF-1.7 hemligt"),))

    reply = post(app_of(answer(plan)), question(query(include_attachments=False)))

    assert (reply.verdict, reply.texts("size"), reply.texts("value")) == ("OK", ["16"], [])
    assert len(reply.texts("sha256")) == 1


# --- what is held back ----------------------------------------------------------------------------

BROKEN: dict[str, Any] = {
    "another patient": (titled("Hemligt", 2, patient_id=ANOTHER_PATIENT), "CP-005"),
    "period ends before it starts": (
        care_plan(header=header(updated_time=dt.datetime(2025, 1, 1)), title="Hemligt"),  # noqa: DTZ001 - as NOW
        "CP-008",
    ),
    "block time in the future": (
        titled("Hemligt", 2, block_comparison_time=NOW + dt.timedelta(seconds=1)),
        "CP-008",
    ),
    "attachment with value and reference": (
        care_plan(attachments=(attachment(reference=Uri("https://example.org/plan.pdf")),), title="Hemligt"),
        "CP-010",
    ),
    "javascript reference": (
        care_plan(
            attachments=(
                attachment(b"", value=None, size=None, sha256=None, reference=Uri("javascript:a()")),
            ),
            title="Hemligt",
        ),
        "CP-010",
    ),
    "too large an attachment": (
        care_plan(attachments=(attachment(bytes(100_001)),), title="Hemligt"),
        "CP-010",
    ),
    "the patient's id in a text": (care_plan(title=f"Hemligt {ASTA[:8]}-{ASTA[8:]}"), "CP-018"),
    "two goals with one id": (care_plan(goals=(goal(id="1"), goal(id="1")), title="Hemligt"), "CP-006"),
    "a character that XML cannot carry": (care_plan(title="Hemligt\x01"), "XSD"),
    "a number where a text belongs": (care_plan(title=17), "XSD"),
    "no header": (care_plan().__class__(header=None, body=care_plan(title="Hemligt").body), "XSD"),  # type: ignore[arg-type]
    "a header of texts": (CarePlan(header="Hemligt", body="Hemligt"), "XSD"),  # type: ignore[arg-type]
    "an update that is no time": (titled("Hemligt", 2, updated_time="2026"), "XSD"),
    "an agreement among the plans": (agreement(title="Hemligt"), "TYPE"),
    "a dictionary": ({"title": "Hemligt"}, "TYPE"),
    "nothing": (None, "TYPE"),
}
CORE_4_ELEMENT = Extension(
    '<c:title xmlns:c="urn:riv:clinicalprocess:logistics:logistics:4">Hemligt</c:title>'
)
SMUGGLED = Extension("</r:carePlan><r:carePlan>")
BROKEN_IN_3_0: dict[str, Any] = {
    "an extension of the contract's namespace": replace(titled("Hemligt", 2), extensions=(CORE_4_ELEMENT,)),
    "an extension that is no XML": replace(titled("Hemligt", 2), extensions=(Extension("</Hemligt>"),)),
    "an extension that makes two of one": replace(titled("Hemligt", 2), extensions=(SMUGGLED,)),
}


@both_versions
@pytest.mark.parametrize(("record", "code"), BROKEN.values(), ids=BROKEN)
def test_a_broken_record_is_held_back_and_the_others_are_sent(
    record: Any, code: str, version: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_of(answer(titled("Bra plan", 7), record, titled("En till", 8)))

    reply = post(app, question(version=version))

    assert (reply.verdict, len(reply.texts("carePlan"))) == ("INFO", 2)
    assert CONTRACTS[version].violations(reply.message) == ()
    assert "1 post kunde inte lämnas ut" in "".join(reply.texts("result"))
    assert "Hemligt" not in reply.body.decode()
    assert STRANGER not in reply.body.decode()
    (line,) = caplog.messages
    assert f"places=carePlan[2] {code}" in line
    assert "Hemligt" not in line


@pytest.mark.parametrize("record", BROKEN_IN_3_0.values(), ids=BROKEN_IN_3_0)
@pytest.mark.parametrize("checked", [True, False])
def test_an_extension_cannot_break_out_of_its_record(record: CarePlan, checked: bool) -> None:  # noqa: FBT001 - a parameter of the test
    app = app_of(answer(titled("Bra plan", 7), record), ProducerSettings(check_records=checked))

    reply = post(app)

    assert reply.verdict in ("INFO", "OK")
    assert reply.texts("extension").count(ASTA) == len(reply.texts("carePlan"))
    assert GET_CARE_PLANS_3.violations(reply.message) == () or not checked


def test_filters_find_the_whole_records_among_the_broken_ones() -> None:
    broken = [record for record, _ in BROKEN.values()]
    asked = query(care_unit_ids=(hsa(CARE_UNIT),), plan_statuses=(PlanStatus.ACTIVE,))

    reply = post(app_of(answer(titled("Bra plan", 7), *broken)), question(asked))

    assert (reply.verdict, len(reply.texts("carePlan"))) == ("INFO", 1)
    assert f"{len(broken)} poster kunde inte lämnas ut" in "".join(reply.texts("resultText"))


def test_a_warning_holds_nothing_back() -> None:
    odd = care_plan(header=header(source_system_id=hsa("källsystem-17")))

    assert post(app_of(answer(odd))).verdict == "OK"


def test_unchecked_records_are_still_the_patients_own_and_can_be_written() -> None:
    settings = ProducerSettings(check_records=False)
    records = [titled("Bra plan", 7), *(record for record, _ in BROKEN.values())]
    unwritable = sum(code in ("CP-005", "TYPE", "XSD") for _, code in BROKEN.values())

    reply = post(app_of(answer(*records), settings))

    assert reply.verdict == "INFO"
    assert len(records) - len(reply.texts("carePlan")) == unwritable
    assert STRANGER not in reply.body.decode()


def test_records_that_the_source_itself_held_back_are_told_of() -> None:
    reply = post(app_of(answer(care_plan(), held_back=2)))

    assert reply.verdict == "INFO"
    assert "2 poster kunde inte lämnas ut" in reply.texts("resultText")[0]


def test_a_long_answer_is_written_without_being_held_in_memory() -> None:
    plan = care_plan(attachments=(attachment(bytes(90_000)),))
    app = app_of(answer(*[plan] * 100))
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "text/xml", "CONTENT_LENGTH": str(len(question()))}
    tracemalloc.start()

    pieces = app({**environ, "wsgi.input": io.BytesIO(question())}, lambda *_: None)
    sent = sum(map(len, pieces))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert sent > 100 * 120_000
    assert peak < 3 * 1024 * 1024


# --- the result -----------------------------------------------------------------------------------


def result(**changes: Any) -> Result:
    return replace(Result(code=ResultCode.OK, log_id=LOG_ID), **changes)


def test_the_log_id_is_the_sources_own() -> None:
    assert post(app_of()).texts("logId") == [LOG_ID]


@pytest.mark.parametrize("log_id", ["NA", "", ASTA, f"{LOG_ID[:24]}{ASTA}", "\x01"])
def test_a_log_id_that_cannot_be_one_is_replaced(log_id: str) -> None:
    reply = post(app_of(answer(result=result(log_id=log_id))))

    assert (reply.verdict, reply.texts("logId")) == ("OK", [ANOTHER_LOG_ID])


def test_a_result_text_that_repeats_the_patients_id_is_left_out() -> None:
    reply = post(
        app_of(answer(result=result(code=ResultCode.INFO, text=f"Inget om 121212-1212 eller {ASTA}")))
    )

    assert (reply.verdict, reply.texts("resultText")) == ("INFO", [])


def test_the_sources_own_text_comes_first() -> None:
    told = result(code=ResultCode.INFO, text="Äldre planer finns på papper.")

    reply = post(app_of(answer(care_plan(), None, result=told)))  # type: ignore[arg-type]

    assert reply.texts("resultText")[0].startswith("Äldre planer finns på papper. 1 post")


@both_versions
def test_an_error_of_the_source_is_passed_on_without_records(version: str) -> None:
    refused = result(code=ResultCode.ERROR, error_code=ErrorCode.INVALID_REQUEST, text="Okänd enhet")

    reply = post(app_of(answer(care_plan(), result=refused)), question(version=version))

    assert (reply.verdict, reply.texts("errorCode"), reply.texts("carePlan")) == (
        "ERR",
        ["INVALID_REQUEST"],
        [],
    )
    assert CONTRACTS[version].violations(reply.message) == ()


def test_a_source_that_has_more_says_so() -> None:
    more = (
        HasMore(logical_address=SOURCE_SYSTEM, reference="sida-2"),
        HasMore(logical_address="X", reference=ASTA),
    )

    reply = post(app_of(answer(has_more=more)))

    assert reply.texts("reference") == ["sida-2"]


@both_versions
def test_an_aggregate_says_what_became_of_every_source(version: str) -> None:
    outcomes = (
        Outcome(logical_address="SE0000000018-S1", kind=OutcomeKind.ANSWERED, records=1),
        Outcome(
            logical_address="SE0000000026-S1", kind=OutcomeKind.TIMED_OUT, detail="gave no answer in time"
        ),
    )

    reply = post(app_of(answer(care_plan(), outcomes=outcomes)), question(version=version))

    (status,) = reply.envelope.iterfind(".//{urn:riv:interoperability:headers:1}ProcessingStatus")
    assert [(one.logical_address, one.kind) for one in outcomes_of(status)] == [
        ("SE0000000018-S1", OutcomeKind.ANSWERED),
        ("SE0000000026-S1", OutcomeKind.TIMED_OUT),
    ]


def test_a_source_that_asks_nobody_has_no_processing_status() -> None:
    assert post(app_of()).texts("ProcessingStatus") == []


# --- a source that fails --------------------------------------------------------------------------


def raising(exc: BaseException) -> CannedSource:
    def give(_: Query) -> Any:
        raise exc

    return CannedSource(give)


class OddlyNamed(Exception):
    pass


FAILING: dict[str, Any] = {
    "an exception": raising(OddlyNamed(f"no row for {ASTA}")),
    "recursion": raising(RecursionError(ASTA)),
    "nothing": CannedSource(lambda _: None),
    "a text": CannedSource(lambda _: f"<carePlan>{ASTA}</carePlan>"),
    "the class": CannedSource(lambda _: Answer),
    "no result": CannedSource(lambda _: answer(result=None)),
    "a result of texts": CannedSource(lambda _: answer(result="OK")),
    "a result code that is none": CannedSource(lambda _: answer(result=result(code=ASTA))),
    "a result text that is none": CannedSource(lambda _: answer(result=result(text=17))),
    "a result text that XML cannot carry": CannedSource(lambda _: answer(result=result(text="\x00"))),
    "an error that is not the question's": CannedSource(
        lambda _: answer(result=result(code=ResultCode.ERROR))
    ),
    "records that are none": CannedSource(lambda _: answer(care_plans=None)),
    "records in a text": CannedSource(lambda _: answer(agreements=ASTA)),
    "more that is none": CannedSource(lambda _: answer(has_more=(ASTA,))),
    "outcomes that are none": CannedSource(lambda _: answer(outcomes=None)),
    "a count that is none": CannedSource(lambda _: answer(held_back=ASTA)),
}


@both_versions
@pytest.mark.parametrize("source", FAILING.values(), ids=FAILING)
def test_a_source_that_fails_gives_a_fault_with_a_log_id_and_nothing_else(
    source: CannedSource, version: str, caplog: pytest.LogCaptureFixture
) -> None:
    reply = post(app_of(source), question(version=version))

    assert (reply.status, reply.verdict) == (500, "FS")
    assert reply.headers["Content-Type"] == "text/xml; charset=UTF-8"
    assert reply.texts("faultstring") == [f"The service failed. Log id: {ANOTHER_LOG_ID}"]
    assert ASTA not in reply.body.decode() + caplog.text
    assert f"failed log_id={ANOTHER_LOG_ID} status=500" in caplog.text


def test_the_log_names_what_the_source_raised_and_not_what_it_said(caplog: pytest.LogCaptureFixture) -> None:
    post(app_of(raising(OddlyNamed(f"no row for {ASTA}"))))

    assert "reason=the source raised OddlyNamed" in caplog.text
    assert "no row" not in caplog.text


def test_a_failing_question_does_not_disturb_the_next() -> None:
    def give(asked: Query) -> Any:
        return answer() if asked.include_attachments else None

    app = app_of(CannedSource(give))

    verdicts = [post(app, question(query(include_attachments=flag))).verdict for flag in (True, False, True)]

    assert verdicts == ["OK", "FS", "OK"]


def test_a_clock_that_fails_is_a_fault_too(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> dt.datetime:
        raise OSError(ASTA)

    reply = post(make_app(CannedSource(), clock=broken))

    assert reply.verdict == "FS"
    assert ASTA not in reply.body.decode() + caplog.text


# --- the log --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "line"),
    [
        pytest.param(
            question(),
            rf"answered log_id={LOG_ID} status=200 ms=[0-9]+ contract=3.0 records=1 held_back=0",
            id="answered",
        ),
        pytest.param(
            question(query(patient_id=replace(ASTA_ID, extension="191212121213"))),
            rf"invalid log_id={ANOTHER_LOG_ID} status=200 ms=[0-9]+ contract=3.0 records=0 held_back=0 reason=CP-002",
            id="invalid",
        ),
        pytest.param(
            b"<a/>",
            rf"refused log_id={ANOTHER_LOG_ID} status=500 ms=[0-9]+ reason=The question is not .*",
            id="refused",
        ),
    ],
)
def test_every_question_leaves_one_line(body: bytes, line: str, caplog: pytest.LogCaptureFixture) -> None:
    post(app_of(), body)

    assert [record.name for record in caplog.records] == ["riv_careplans.producer"]
    assert re.fullmatch(line, caplog.messages[0])


def test_a_correlation_id_is_logged_when_it_is_a_uuid_and_never_when_it_may_be_a_person(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for value in (LOG_ID, ASTA):
        post(app_of(), headers=[("x-skltp-correlation-id", value)])

    assert f"correlation_id={LOG_ID}" in caplog.messages[0]
    assert ASTA not in caplog.text


def test_log_ids_are_new_uuids_for_every_request() -> None:
    app = make_app(CannedSource())

    told = [post(app, b"<a/>").texts("faultstring")[0].rpartition(" ")[2] for _ in range(3)]

    assert len({UUID(one) for one in told}) == 3
