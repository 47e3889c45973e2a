"""ProcessingStatus: written as its schema says for every outcome, and read as the platform really sends it."""

import datetime as dt

import pytest
from lxml import etree

from riv_careplans import codec
from riv_careplans.codes import STATUS_HEADERS_1
from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.contracts.processing_status import outcomes_of, status_of, write_status
from riv_careplans.contracts.soap import read_envelope, write_envelope
from riv_careplans.exchange import Outcome, OutcomeKind

NOW = dt.datetime(2026, 1, 20, 12, 0, 0)  # noqa: DTZ001 - Swedish local time, as in the contract
S1, S2 = "SE0000000018-S1", "SE0000000018-S2"
CANARY = "kanarie191212121212"


def schema() -> etree.XMLSchema:
    return etree.XMLSchema(
        etree.parse(next(GET_CARE_PLANS_3.folder.rglob("interoperability_headers_1.0.xsd")))
    )


def header(*records: str) -> codec.Element:
    inner = "".join(f"<h:ProcessingStatusList>{record}</h:ProcessingStatusList>" for record in records)
    document = f'<h:ProcessingStatus xmlns:h="{STATUS_HEADERS_1}">{inner}</h:ProcessingStatus>'
    return codec.parse(document.encode())


# ---------------------------------------------------------------------------------------------- writing


@pytest.mark.parametrize("detail", ["", "the producer gave no answer in time", "<&>\r\n"])
@pytest.mark.parametrize("kind", OutcomeKind)
def test_the_header_is_valid_whatever_became_of_the_source(kind: OutcomeKind, detail: str) -> None:
    outcomes = [Outcome(logical_address=S1, kind=kind, detail=detail, held_back=2, has_more=True)]

    written = codec.parse(write_status(status_of(outcomes, NOW)).encode())

    assert schema().validate(written)


def test_no_outcomes_make_an_empty_header() -> None:
    written = codec.parse(write_status(status_of((), NOW)).encode())

    assert schema().validate(written)
    assert len(written) == 0


def texts(kind: OutcomeKind) -> list[tuple[str, str | None]]:
    outcome = Outcome(logical_address=S1, kind=kind, detail="the reason")
    written = codec.parse(write_status(status_of([outcome], NOW)).encode())
    return [(codec.local_name(element), element.text) for element in written.iter() if not len(element)]


@pytest.mark.parametrize("kind", [OutcomeKind.ANSWERED, OutcomeKind.EMPTY])
def test_data_from_a_source_is_from_now(kind: OutcomeKind) -> None:
    assert texts(kind) == [
        ("logicalAddress", S1),
        ("statusCode", "DataFromSource"),
        ("isResponseFromCache", "false"),
        ("isResponseInSynch", "true"),
        ("lastSuccessfulSynch", "20260120120000"),
    ]


@pytest.mark.parametrize(
    ("kind", "agent"),
    [
        (OutcomeKind.UNREACHABLE, "virtualization_platform"),
        (OutcomeKind.TIMED_OUT, "virtualization_platform"),
        (OutcomeKind.REPORTED_ERROR, "service_producer"),
        (OutcomeKind.INVALID_ANSWER, "service_producer"),
        (OutcomeKind.WRONG_PATIENT, "service_producer"),
    ],
)
def test_a_source_without_data_has_a_reason_and_an_agent(kind: OutcomeKind, agent: str) -> None:
    assert texts(kind) == [
        ("logicalAddress", S1),
        ("statusCode", "NoDataSynchFailed"),
        ("isResponseFromCache", "false"),
        ("isResponseInSynch", "false"),
        ("lastSuccessfulSynch", None),
        ("lastUnsuccessfulSynch", "20260120120000"),
        ("causingAgent", agent),
        ("code", kind.value),
        ("text", "the reason"),
    ]


def test_what_is_filtered_looks_as_if_it_did_not_exist() -> None:
    outcomes = [
        Outcome(logical_address=S1, kind=OutcomeKind.BLOCKED),
        Outcome(logical_address=S2, kind=OutcomeKind.EMPTY),
    ]

    written = write_status(status_of(outcomes, NOW))

    assert S1 not in written
    assert S2 in written


# ---------------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize("kind", [kind for kind in OutcomeKind if kind is not OutcomeKind.BLOCKED])
def test_an_outcome_is_read_back_as_what_it_was_as_far_as_the_header_can_tell(kind: OutcomeKind) -> None:
    outcomes = [Outcome(logical_address=S1, kind=kind, detail=CANARY)]
    headers = write_status(status_of(outcomes, NOW))
    answer = b"".join(write_envelope(iter(["<q/>"]), headers=headers))

    (read,) = read_envelope(codec.parse(answer)).outcomes

    # "Data from the source, also when it answered that there is nothing": empty cannot be told.
    expected = OutcomeKind.ANSWERED if kind is OutcomeKind.EMPTY else kind
    assert read == Outcome(logical_address=S1, kind=expected)


RECORD = "<h:logicalAddress>{}</h:logicalAddress><h:statusCode>{}</h:statusCode>"
ERROR = (
    "<h:lastUnsuccessfulSynchError><h:causingAgent>x</h:causingAgent><h:code>{}</h:code>"
    f"<h:text>{CANARY}</h:text></h:lastUnsuccessfulSynchError>"
)


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (RECORD.format(S1, "DataFromSource"), OutcomeKind.ANSWERED),
        (RECORD.format(S1, " DataFromCache\n"), OutcomeKind.ANSWERED),
        (RECORD.format(S1, "DataFromCacheSynchFailed"), OutcomeKind.UNREACHABLE),
        (RECORD.format(S1, "NoDataSynchFailed"), OutcomeKind.UNREACHABLE),
        (RECORD.format(S1, "NoDataSynchFailed") + ERROR.format("504"), OutcomeKind.TIMED_OUT),
        (RECORD.format(S1, "NoDataSynchFailed") + ERROR.format("43000"), OutcomeKind.UNREACHABLE),
        (RECORD.format(S1, "NoDataSynchFailed") + ERROR.format("wrongPatient"), OutcomeKind.WRONG_PATIENT),
        (RECORD.format(S1, "NoDataSynchFailed") + ERROR.format("answered"), OutcomeKind.UNREACHABLE),
        (RECORD.format(S1, CANARY) + ERROR.format(CANARY), OutcomeKind.UNREACHABLE),
        (RECORD.format(S1, ""), OutcomeKind.UNREACHABLE),
        (f"<logicalAddress>{S1}</logicalAddress>", OutcomeKind.UNREACHABLE),
    ],
)
def test_a_record_is_read_leniently_and_a_failure_is_never_lost(record: str, kind: OutcomeKind) -> None:
    assert outcomes_of(header(record)) == (Outcome(logical_address=S1, kind=kind),)


@pytest.mark.parametrize(
    "record", ["", "<h:statusCode>DataFromSource</h:statusCode>", RECORD.format(" ", "x")]
)
def test_a_record_without_an_address_is_passed_over(record: str) -> None:
    assert outcomes_of(header(record)) == ()


def test_records_keep_their_order_and_other_elements_are_passed_over() -> None:
    element = header(RECORD.format(S2, "DataFromSource"), RECORD.format(S1, "DataFromSource"))
    element.append(etree.Element("{urn:x}other"))

    assert [outcome.logical_address for outcome in outcomes_of(element)] == [S2, S1]


def test_an_address_is_told_as_it_stands() -> None:
    (outcome,) = outcomes_of(header(RECORD.format("\n SE0000000018-S1\n" + "x" * 100, "DataFromSource")))

    assert outcome.logical_address == "SE0000000018-S1\n" + "x" * 100
