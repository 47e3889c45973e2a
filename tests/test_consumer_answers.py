"""What the consumer uses of a producer's answer, and what it says of the rest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from riv_careplans.codes import PlanStatus, ResultCode
from riv_careplans.consumer import use
from riv_careplans.contracts import processing_status
from riv_careplans.exchange import (
    HasMore,
    Outcome,
    OutcomeKind,
    Result,
)
from riv_careplans.identity import is_uuid
from tests.builders import (
    ASTA,
    LOG_ID,
    NOW,
    SOURCE_SYSTEM,
    answer,
    attachment,
    care_plan,
    header,
    query,
    record_id,
)
from tests.misbehaving import (
    Loopback,
    answers,
)
from tests.remote import CANARY, GOOD, ask, message, own_outcome


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    with Loopback.running() as running:
        yield running


AN_OTHER_SYSTEM = "SE0000000018-S2"


# --- what is used of an answer ------------------------------------------------------------------


def test_a_record_that_cannot_be_read_is_held_back_and_counted(loopback: Loopback) -> None:
    spoiled = care_plan(header=header(id=record_id(2), updated_time=NOW))
    sent = message(answer(care_plan(), spoiled)).replace(b"20260120120000", b"20260231120000")
    server = loopback.serve(answers(sent))

    got = ask(server)

    assert got.care_plans == (care_plan(),)
    assert got.held_back == 1
    assert (own_outcome(got).records, own_outcome(got).held_back) == (1, 1)
    assert own_outcome(got).detail == "the producer sent records that break CP-001 and are held back"


def test_a_record_that_must_not_be_shown_is_held_back_and_counted(loopback: Loopback) -> None:
    forged = care_plan(
        header=header(id=record_id(2)), attachments=(replace(attachment(), value=b"%PDF-1.7 changed"),)
    )
    server = loopback.serve(answers(message(answer(care_plan(), forged))))

    got = ask(server)

    assert got.care_plans == (care_plan(),)
    assert (own_outcome(got).records, own_outcome(got).held_back) == (1, 1)
    assert own_outcome(got).detail == "the producer sent records that break CP-010 and are held back"


def test_a_producer_whose_records_are_all_held_back_is_not_empty(loopback: Loopback) -> None:
    server = loopback.serve(answers(GOOD.replace(b"20260116080000", b"20260231080000")))

    got = ask(server)

    assert got.care_plans == ()
    assert own_outcome(got).kind is OutcomeKind.ANSWERED


def test_a_held_back_record_that_was_not_asked_for_is_no_news(loopback: Loopback) -> None:
    forged = care_plan(attachments=(replace(attachment(), value=b"%PDF-1.7 changed"),))
    server = loopback.serve(answers(message(answer(forged))))

    got = ask(server, query(plan_statuses=(PlanStatus.DRAFT,)))

    assert (own_outcome(got).kind, own_outcome(got).held_back) == (OutcomeKind.EMPTY, 0)


def test_attachments_that_were_not_asked_for_are_left_out(loopback: Loopback) -> None:
    server = loopback.serve(answers(message(answer(care_plan(attachments=(attachment(),))))))

    got = ask(server, query(include_attachments=False))

    (described,) = got.care_plans[0].body.attachments
    assert (described.value, described.size) == (None, attachment().size)
    assert own_outcome(got).held_back == 0


def test_the_same_record_twice_is_no_error(loopback: Loopback) -> None:
    server = loopback.serve(answers(message(answer(care_plan(), care_plan()))))

    got = ask(server)

    assert own_outcome(got).kind is OutcomeKind.ANSWERED


def test_of_too_many_records_the_newest_are_used(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use, "MOST_RECORDS", 2)
    sent = [
        care_plan(header=header(id=record_id(day), updated_time=NOW.replace(day=day))) for day in (16, 18, 17)
    ]
    server = loopback.serve(answers(message(answer(*sent))))

    got = ask(server)

    assert got.care_plans == (sent[1], sent[2])
    assert (own_outcome(got).records, own_outcome(got).held_back) == (2, 1)
    assert own_outcome(got).detail == "the producer sent more than 2 records, of which the newest are used"


def test_a_producer_that_has_more_says_so_in_its_outcome(loopback: Loopback) -> None:
    more = HasMore(logical_address=SOURCE_SYSTEM, reference="page-2")
    server = loopback.serve(answers(message(answer(care_plan(), has_more=(more,)))))

    got = ask(server)

    assert got.has_more == (more,)
    assert own_outcome(got).has_more


def test_a_continuation_that_repeats_the_patient_id_is_not_passed_on(loopback: Loopback) -> None:
    more = HasMore(logical_address=SOURCE_SYSTEM, reference=f"{ASTA[:8]}-{ASTA[8:]}/2")
    server = loopback.serve(answers(message(answer(has_more=(more,)))))

    got = ask(server)

    assert got.has_more == ()
    assert (own_outcome(got).kind, own_outcome(got).has_more) == (OutcomeKind.ANSWERED, True)


def test_a_log_id_that_is_no_uuid_is_replaced(loopback: Loopback) -> None:
    result = Result(code=ResultCode.OK, log_id=ASTA, text=CANARY)
    server = loopback.serve(answers(message(answer(care_plan(), result=result))))

    got = ask(server)

    assert own_outcome(got).log_id == ""
    assert is_uuid(got.result.log_id)
    assert got.result.text is None


def test_info_without_an_explanation_is_told_the_operator(loopback: Loopback) -> None:
    result = Result(code=ResultCode.INFO, log_id=LOG_ID)
    server = loopback.serve(answers(message(answer(care_plan(), result=result))))

    got = ask(server)

    assert own_outcome(got).kind is OutcomeKind.ANSWERED
    assert own_outcome(got).detail == "the producer calls its answer INFO without saying what is missing"


# --- a producer that is an aggregating service --------------------------------------------------

_BELOW = (
    Outcome(logical_address=SOURCE_SYSTEM, kind=OutcomeKind.ANSWERED),
    Outcome(logical_address=AN_OTHER_SYSTEM, kind=OutcomeKind.EMPTY),
    Outcome(logical_address="SE0000000026-S3", kind=OutcomeKind.TIMED_OUT, detail=CANARY),
)


def status_header(*outcomes: Outcome) -> str:
    return processing_status.write_status(processing_status.status_of(outcomes, NOW))


def test_what_an_aggregating_service_tells_of_its_sources_is_kept(loopback: Loopback) -> None:
    sent = message(answer(care_plan()), headers=status_header(*_BELOW))
    server = loopback.serve(answers(sent))

    got = ask(server, logical_address="5565594230")

    assert [(told.logical_address, told.kind, told.records) for told in got.outcomes] == [
        ("5565594230", OutcomeKind.ANSWERED, 1),
        (SOURCE_SYSTEM, OutcomeKind.ANSWERED, 1),
        (AN_OTHER_SYSTEM, OutcomeKind.EMPTY, 0),
        ("SE0000000026-S3", OutcomeKind.TIMED_OUT, 0),
    ]
    assert got.outcomes[3].detail == "reported by the aggregating service that was asked"


def test_an_aggregating_service_is_not_empty_when_a_source_below_it_failed(loopback: Loopback) -> None:
    server = loopback.serve(answers(message(answer(), headers=status_header(*_BELOW))))

    got = ask(server)

    assert own_outcome(got).kind is OutcomeKind.ANSWERED


def test_the_platforms_own_header_is_read_although_it_breaks_its_schema(loopback: Loopback) -> None:
    failed = status_header(*_BELOW).replace("<h:lastSuccessfulSynch></h:lastSuccessfulSynch>", "")
    server = loopback.serve(answers(message(answer(care_plan()), headers=failed)))

    got = ask(server)

    assert [told.kind for told in got.outcomes[1:]] == [
        OutcomeKind.ANSWERED,
        OutcomeKind.EMPTY,
        OutcomeKind.TIMED_OUT,
    ]


@pytest.mark.parametrize("address", [ASTA, "19121212-1212", f"SE1 {CANARY}", "a" * 65, "SE1\nSE2"])
def test_an_address_below_that_is_none_is_not_repeated(loopback: Loopback, address: str) -> None:
    told = status_header(Outcome(logical_address=address, kind=OutcomeKind.UNREACHABLE))
    server = loopback.serve(answers(message(answer(), headers=told)))

    got = ask(server)

    assert [(one.logical_address, one.kind) for one in got.outcomes[1:]] == [
        ("(unreadable)", OutcomeKind.UNREACHABLE)
    ]
