"""A folder as a source: it answers from its files as they are now, and says so when one cannot be read."""

import datetime as dt
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import pytest

from riv_careplans import directory
from riv_careplans.codes import ErrorCode, PlanStatus, ResultCode
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.soap import write_envelope, write_fault, write_question
from riv_careplans.directory import DirectorySource, read_document
from riv_careplans.errors import ConfigurationError, ContractViolation, DocumentError
from riv_careplans.exchange import Answer, CarePlanSource, Query, Result
from riv_careplans.identity import SAMORDNINGSNUMMER
from riv_careplans.model import II, Agreement, CarePlan
from tests.asta_documents import ASTA
from tests.builders import LOG_ID, agreement, attachment, care_plan, header, hsa, query, record_id

SOMEBODY_ELSE = II(root=SAMORDNINGSNUMMER, extension="197010632391")
CANARY = "Kanariefågel-191212121212"
V2, V3 = interaction_for("2.0"), interaction_for("3.0")


def document(*records: CarePlan | Agreement, interaction: Any = V3) -> bytes:
    plans = [record for record in records if isinstance(record, CarePlan)]
    agreements = [record for record in records if isinstance(record, Agreement)]
    result = Result(code=ResultCode.OK, log_id=LOG_ID)
    return "".join(interaction.write_response(result, plans, agreements)).encode()


def in_envelope(message: bytes) -> bytes:
    return b"".join(write_envelope(iter([message.decode()])))


def titles(source: CarePlanSource, asked: Query | None = None) -> list[str]:
    found = source.care_plans(asked or query())
    plans = [record.body.title for record in found.care_plans]
    return [*plans, *(record.body.title for record in found.agreements)]


def plan(title: str, number: int = 1, **changes: Any) -> CarePlan:
    return care_plan(title=title, header=header(id=record_id(number), **changes))


# ------------------------------------------------------------------------------------------ what it reads


@pytest.mark.parametrize("interaction", [V2, V3], ids=["2.0", "3.0"])
@pytest.mark.parametrize("wrapped", [bytes, in_envelope], ids=["bare", "in an envelope"])
def test_a_file_is_an_answer_of_either_version_with_or_without_envelope(
    tmp_path: Path, interaction: Any, wrapped: Callable[[bytes], bytes]
) -> None:
    record = care_plan(title="Vårdplan", attachments=(attachment(),))
    (tmp_path / "a.xml").write_bytes(wrapped(document(record, interaction=interaction)))

    found = DirectorySource(tmp_path).care_plans(query())

    assert [record.body.title for record in found.care_plans] == ["Vårdplan"]
    assert found.result.code is ResultCode.OK
    assert (found.held_back, found.outcomes, found.has_more) == (0, (), ())


def test_files_in_folders_below_are_read_and_others_are_not(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "a.xml").write_bytes(document(plan("a")))
    (tmp_path / "b.xml").mkdir()
    (tmp_path / "c.xml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "a.txt").write_text("ingen plan", "utf-8")

    assert titles(DirectorySource(tmp_path)) == ["a"]


def test_only_the_records_of_the_patient_asked_for_are_given(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(
        document(plan("a"), plan("b", 2, patient_id=SOMEBODY_ELSE), agreement(title="c"))
    )
    source = DirectorySource(tmp_path)

    assert titles(source) == ["a", "c"]
    assert titles(source, query(patient_id=SOMEBODY_ELSE)) == ["b"]
    assert titles(source, query(patient_id=II(root="1.2.3", extension="4"))) == []


def test_the_filters_of_the_question_are_applied(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(document(plan("a"), plan("b", 2), agreement(title="c")))

    asked = query(record_ids=(record_id(2),), plan_statuses=(PlanStatus.ACTIVE,))

    assert titles(DirectorySource(tmp_path), asked) == ["b"]


def test_every_answer_has_a_log_id_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(document(plan("a")))
    source = DirectorySource(tmp_path)

    ids = {UUID(source.care_plans(query()).result.log_id) for _ in range(2)}

    assert len(ids) == 2


LATER = dt.datetime(2026, 1, 19, 8, 0)  # noqa: DTZ001 - Swedish local time, as in the contract


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (plan("a", version=1), plan("b", version=2), "b"),
        (plan("a", version=2), plan("b", version=1, updated_time=LATER), "a"),
        (plan("a", updated_time=LATER), plan("b"), "a"),
        (plan("a"), plan("b", updated_time=LATER), "b"),
        (plan("a"), plan("b", version=1), "b"),
        (plan("a"), plan("b"), "b"),
    ],
)
def test_of_one_identity_the_newest_version_is_given(
    tmp_path: Path, first: CarePlan, second: CarePlan, kept: str
) -> None:
    (tmp_path / "1.xml").write_bytes(document(first))
    (tmp_path / "2.xml").write_bytes(
        document(second, plan("another system", source_system_id=hsa("SE0000000018-S9")))
    )

    assert titles(DirectorySource(tmp_path)) == [kept, "another system"]


@pytest.mark.parametrize("folder", sorted(path.parent for path in ASTA.glob("*/agreement.xml")), ids=lambda path: path.name)  # fmt: skip
def test_the_folders_of_the_scenario_are_sources(folder: Path) -> None:
    found = DirectorySource(folder).care_plans(query())

    assert found.care_plans
    assert found.agreements
    assert found.held_back == 0


# ------------------------------------------------------------------------------------ files that change


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the documents that are read: one entry, its size, for each."""
    sizes: list[int] = []

    def counting(data: bytes) -> Answer:
        sizes.append(len(data))
        return read_document(data)

    monkeypatch.setattr(directory, "read_document", counting)
    return sizes


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path, reads: list[int]) -> None:
    for name in "abc":
        (tmp_path / f"{name}.xml").write_bytes(document(plan(name, ord(name))))
    source = DirectorySource(tmp_path)
    assert len(reads) == 3

    assert titles(source) == titles(source) == ["a", "b", "c"]
    assert len(reads) == 3

    (tmp_path / "b.xml").write_bytes(document(plan("ny", ord("b"))))
    assert titles(source) == ["a", "ny", "c"]
    assert len(reads) == 4

    (tmp_path / "d.xml").write_bytes(document(plan("d", ord("d"))))
    (tmp_path / "a.xml").unlink()
    assert titles(source) == ["ny", "c", "d"]
    assert len(reads) == 5


@pytest.mark.parametrize("title", ["bb", "b"], ids=["of another size", "of the same size"])
def test_a_change_is_seen_though_the_file_says_it_is_as_old_as_before(tmp_path: Path, title: str) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(document(plan("a")))
    before = path.stat()
    source = DirectorySource(tmp_path)

    path.write_bytes(document(plan(title)))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert titles(source) == [title]


def test_a_file_that_takes_anothers_place_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(document(plan("a")))
    source = DirectorySource(tmp_path)

    (tmp_path / "new").write_bytes(document(plan("b")))
    (tmp_path / "new").replace(tmp_path / "a.xml")

    assert titles(source) == ["b"]


def test_a_file_that_becomes_unreadable_is_held_back_and_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.xml").write_bytes(document(plan("a")))
    path = tmp_path / f"{CANARY}.xml"
    path.write_bytes(document(plan("b", 2)))
    source = DirectorySource(tmp_path)
    good = path.read_bytes()

    with caplog.at_level(logging.DEBUG):
        path.write_bytes(good.replace(b"<c:status>active", f"<c:status>{CANARY}".encode()))
        answers = [source.care_plans(query()) for _ in range(3)]

    assert [[record.body.title for record in one.care_plans] for one in answers] == [["a"]] * 3
    assert {(one.result.code, one.held_back) for one in answers} == {(ResultCode.INFO, 1)}
    (message,) = caplog.messages
    assert message.startswith(
        "a document in the folder cannot be read and is held back: line 1: carePlan/body/"
    )
    assert CANARY not in caplog.text

    path.write_bytes(good)
    assert titles(source) == ["b", "a"]
    assert source.care_plans(query()).result.code is ResultCode.OK


def test_a_file_that_may_no_longer_be_opened_is_held_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.xml").write_bytes(document(plan("a")))
    source = DirectorySource(tmp_path)

    def refuse(*arguments: object, **named: object) -> NoReturn:
        raise PermissionError(13, "Permission denied", CANARY)

    monkeypatch.setattr(Path, "open", refuse)
    os.utime(tmp_path / "a.xml", ns=(1, 1))
    found = source.care_plans(query())

    assert (found.care_plans, found.held_back, found.result.code) == ((), 1, ResultCode.INFO)
    assert caplog.messages == ["a document in the folder cannot be read and is held back: Permission denied"]


def test_a_folder_that_is_gone_is_not_a_folder_without_plans(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "a.xml").write_bytes(document(plan("a")))
    source = DirectorySource(folder)

    folder.rename(tmp_path / "elsewhere")

    with pytest.raises(ConfigurationError, match="plans: there is no such folder"):
        source.care_plans(query())


def test_many_ask_while_the_files_change_and_nobody_sees_half_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    states = [document(plan("a1"), plan("a2", 2)), document(plan("b1"), plan("b2", 2))]
    path.write_bytes(states[0])
    source = DirectorySource(tmp_path)

    def ask(number: int) -> tuple[str, ...]:
        if number % 10 == 0:
            (tmp_path / f"new{number}").write_bytes(states[number // 10 % 2])
            (tmp_path / f"new{number}").replace(path)
        return tuple(titles(source))

    with ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(ask, range(200)))

    assert seen <= {("a1", "a2"), ("b1", "b2")}


def test_two_thousand_files_are_read_once(tmp_path: Path, reads: list[int]) -> None:
    for number in range(2000):
        (tmp_path / f"{number:04}.xml").write_bytes(document(plan(f"{number:04}", number)))
    source = DirectorySource(tmp_path)

    found = [source.care_plans(query(record_ids=(record_id(number),))) for number in (0, 999, 1999)]
    (tmp_path / "0999.xml").write_bytes(document(plan("ny", 999)))
    changed = source.care_plans(query(record_ids=(record_id(999),)))

    assert [one.care_plans[0].body.title for one in found] == ["0000", "0999", "1999"]
    assert changed.care_plans[0].body.title == "ny"
    assert len(reads) == 2001


# ---------------------------------------------------------------------------------- a folder that is wrong

MESSAGE = document(plan("a"))
ENVELOPED = in_envelope(MESSAGE)
LATE = MESSAGE.replace(b"<c:updatedTime>20260116", b"<c:updatedTime>20260231")
KNOWN = "known are GetCarePlans 3.0, GetCarePlans 2.0"

WRONG: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "the document is not well-formed XML: the document is empty or does not begin with an element (line 1, column 1)"),
    "too large": (b"<a>" + b" " * (15 * 1024 * 1024) + b"</a>", "the document is larger than 15728640 bytes"),
    "a DOCTYPE": (b"<!DOCTYPE a>" + MESSAGE, "a DOCTYPE is not accepted"),
    "another document": (b"<a/>", f"the document belongs to no contract known here; {KNOWN}"),
    "another version": (MESSAGE.replace(b"Responder:3", b"Responder:4"), f"the document belongs to no contract known here; {KNOWN}"),
    "a version as namespace": (b'<GetCarePlansResponse xmlns="3.0"/>', "the document is not a GetCarePlansResponse"),
    "a question": (V3.write_request(query()).encode(), "the document is not a GetCarePlansResponse"),
    "a question in an envelope": (write_question(V3.write_request(query()), "x"), "the document is not a GetCarePlansResponse"),
    "a fault": (write_fault("Server", CANARY), "the document is a SOAP Fault, not an answer"),
    "an empty envelope": (b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>', "the envelope must have one Body with one message in it"),
    "SOAP 1.2": (ENVELOPED.replace(b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope"), f"the document belongs to no contract known here; {KNOWN}"),
    "an unknown code": (MESSAGE.replace(b"<c:status>active", b"\n<c:status>x"), "line 2: carePlan/body/status: the value is none of the codes the contract allows here"),
    "an unknown code in an envelope": (ENVELOPED.replace(b"<c:status>active", b"\n<c:status>x"), "line 3: carePlan/body/status: the value is none of the codes the contract allows here"),
    "no result": (MESSAGE[: MESSAGE.index(b"<r:result>")] + b"</r:GetCarePlansResponse>", "line 1: something is missing; expected here is carePlan, agreement, hasMore, result"),
    "31 February": (LATE, "line 1: carePlan[1]/header/record/updatedTime: this is not a valid time: expected YYYYMMDDhhmmss, a moment that exists in the calendar"),
    "an error": (
        "".join(V3.write_response(Result(code=ResultCode.ERROR, error_code=ErrorCode.INVALID_REQUEST, log_id=LOG_ID), ())).encode(),
        "the document is an answer with the result ERROR, without records",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_document_that_is_wrong_from_the_start_is_named_with_one_sentence(
    tmp_path: Path, name: str
) -> None:
    data, sentence = WRONG[name]
    (tmp_path / "a.xml").write_bytes(document(plan("a")))
    (tmp_path / "b.xml").write_bytes(data)

    with pytest.raises(ConfigurationError) as caught:
        DirectorySource(tmp_path)

    assert str(caught.value) == f"{tmp_path / 'b.xml'}: {sentence}"


def test_a_folder_without_documents_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()

    with pytest.raises(ConfigurationError) as caught:
        DirectorySource(tmp_path)

    assert str(caught.value) == f"{tmp_path}: the folder has no XML documents (*.xml)"


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_what_is_no_folder_is_a_mistake(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError) as caught:
        DirectorySource(tmp_path / name)

    assert str(caught.value) == f"{tmp_path / name}: there is no such folder"


def test_a_broken_document_keeps_its_findings() -> None:
    with pytest.raises(ContractViolation) as caught:
        read_document(LATE)

    assert [finding.code for finding in caught.value.findings] == ["CP-001"]
    assert isinstance(caught.value, DocumentError)
