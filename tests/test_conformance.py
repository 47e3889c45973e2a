"""The checks of a live producer, against good producers and ones that are wrong in exactly one way."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from riv_careplans import demo
from riv_careplans.conformance import CHECKS, check_producer
from riv_careplans.errors import ContractViolation
from riv_careplans.validation.report import Verdict
from tests import broken_producers as wrong
from tests.broken_producers import Defect, broken, good
from tests.commands import PATIENT, ROOT
from tests.conformance_runs import everything, facts, settings, the, with_verdict
from tests.servers import running

pytestmark = pytest.mark.once

NOWHERE = "http://127.0.0.1:9"
"""Where there is no engagement index."""

OFFICIAL = ROOT.parent / "shared" / "reference" / "clinicalprocess_logistics_logistics_3.0.13"


# --- good producers -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def systems() -> Iterator[tuple[demo.RunningSystem, ...]]:
    with demo.running_scenario(demo.variant("all")) as started:
        yield started.systems


@pytest.mark.parametrize("number", range(5), ids=["P1", "P2", "P3", "P4", "P5"])
def test_the_scenarios_own_producers_pass_every_check_that_they_can_be_asked(
    systems: tuple[demo.RunningSystem, ...], number: int
) -> None:
    one = systems[number]

    report = check_producer(settings(one.url, logical_address=one.system.logical_address))

    # Whether the records themselves could be better is another matter: PC-008 tells.
    assert with_verdict(report, Verdict.FAILED) == set()
    assert with_verdict(report, Verdict.REMARKS) <= {"PC-008"}
    assert {finding.code[:2] for finding in report.findings} <= {"CP"}
    assert with_verdict(report, Verdict.SKIPPED) <= {"PC-002", "PC-017", "PC-033"}
    assert {found.contract for found in report.examined} == {f"GetCarePlans {one.system.contract}"}
    assert report.ok


def test_a_producer_of_both_versions_is_checked_in_both() -> None:
    with running(good(contracts=("3.0", "2.0"))) as server:
        report = check_producer(settings(server.url))

    assert {one.contract for one in report.examined} == {"GetCarePlans 3.0", "GetCarePlans 2.0"}
    assert with_verdict(report, Verdict.FAILED) == set()
    assert with_verdict(report, Verdict.REMARKS) <= {"PC-008"}


def test_one_version_alone_can_be_chosen() -> None:
    with running(good(contracts=("3.0", "2.0"))) as server:
        report = check_producer(settings(server.url, contract="2.0", select=("PC-003",)))

    assert [(one.name, one.contract, one.verdict) for one in report.examined] == [
        ("PC-003", "GetCarePlans 2.0", Verdict.PASSED)
    ]


def test_a_cut_answer_is_followed_to_its_end() -> None:
    with running(good(max_records=1)) as server:
        report = check_producer(settings(server.url))

    assert report.findings == ()
    assert facts(the(report, "PC-033"))["records in all"] == "2"


def test_a_vendors_test_is_three_lines() -> None:
    with running(good()) as server:
        check_producer(settings(server.url)).raise_for_findings()


def test_a_vendors_test_fails_with_a_sentence() -> None:
    with running(broken(wrong.any_address)) as server, pytest.raises(ContractViolation, match="PC-006"):
        check_producer(settings(server.url, select=("PC-006",))).raise_for_findings()


# --- producers that are wrong in one way --------------------------------------------------------

WRONG: dict[str, tuple[Defect, set[str], str]] = {
    "wrapper": (wrong.changing_nothing, set(), ""),
    "no address needed": (wrong.no_address_needed, {"PC-005"}, "without the header LogicalAddress"),
    "any address": (wrong.any_address, {"PC-006"}, "to another system's LogicalAddress"),
    "knows everybody": (wrong.knows_everybody, {"PC-007"}, "2 records"),
    "unknown is a fault": (wrong.unknown_is_a_fault, {"PC-007"}, "SOAP Fault Client (HTTP 500)"),
    "another patient": (
        wrong.saying(b"191212121212", wrong.CANARY.encode()),
        {"PC-009"},
        "2 of 2 records: another patient",
    ),
    "invalid record": (
        wrong.saying(rb"<c:status>\w+</c:status>", b"<c:status>perhaps</c:status>"),
        {"PC-008"},
        "",
    ),
    "log id is a word": (wrong.saying(rb"logId>[^<]+<", b"logId>42<"), {"PC-008", "PC-010"}, "not a UUID"),
    "log id is always the same": (
        wrong.saying(rb"logId>[^<]+<", b"logId>00000000-0000-4000-8000-000000000000<"),
        {"PC-010"},
        "two questions got the same log id",
    ),
    "ignores care unit": (wrong.ignoring("careUnitId"), {"PC-011"}, "for an unknown care unit"),
    "loses care unit": (wrong.empty_when("careUnitId"), {"PC-011"}, "lacks 2 records"),
    "ignores care giver": (wrong.ignoring("careGiverId"), {"PC-012"}, "for an unknown care giver"),
    "ignores plan type": (wrong.ignoring("planType"), {"PC-013"}, "for a plan type that the patient"),
    "loses plan type": (wrong.empty_when("planType"), {"PC-013"}, "lacks"),
    "ignores plan status": (wrong.ignoring("planStatus"), {"PC-014"}, "for a status that no plan has"),
    "ignores period": (wrong.ignoring("datePeriod"), {"PC-015"}, "for a year long ago"),
    "loses period": (wrong.empty_when("datePeriod"), {"PC-015"}, "for the first day of a record"),
    "ignores record": (wrong.ignoring("recordId"), {"PC-016"}, "for an unknown record id"),
    "always gives attachments": (wrong.ignoring("includeAttachments"), {"PC-017"}, "came with their content"),
    "attachments without sha256": (
        wrong.saying(rb"<c:sha256>[^<]*</c:sha256>", b""),
        {"PC-017"},
        "lack size or sha256",
    ),
    "ignores source system": (wrong.ignoring("sourceSystemId"), {"PC-018"}, "ERROR INVALID_REQUEST"),
    "faults on 200": (wrong.faults_on(200), {"PC-020", "PC-021"}, "HTTP 200"),
    "faults on 400": (wrong.faults_on(400), {"PC-020", "PC-021"}, "HTTP 400"),
    "fault repeats the question": (wrong.faults_repeat_the_question, {"PC-022"}, "the patient's id"),
    "patient in a header": (
        wrong.with_header("X-Asked", "19121212-1212"),
        {"PC-022"},
        "the patient's id in an HTTP header",
    ),
    "fault with a traceback": (
        wrong.faults_saying('Traceback (most recent call last): File "plans.py", line 3'),
        {"PC-022"},
        "a stack trace",
    ),
    "fault with a class": (
        wrong.faults_saying("java.lang.NullPointerException"),
        {"PC-022"},
        "the name of a class",
    ),
    "fault with SQL": (
        wrong.faults_saying("ORA-00942: SELECT * FROM plans"),
        {"PC-022"},
        "a database's words",
    ),
    "fault with a path": (wrong.faults_saying("/opt/journal/etc/db.conf"), {"PC-022"}, "a path"),
    "refuses extensions": (
        wrong.refusing(lambda asked: b"x:unknown" in asked.body and b"LogicalAddress" in asked.body),
        {"PC-023"},
        "with an unknown element",
    ),
    "refuses headers": (wrong.refusing(lambda asked: b"x:note" in asked.body), {"PC-023"}, "SOAP header"),
    "demands SOAPAction": (
        wrong.refusing(lambda asked: "GetCarePlans" not in asked.header("SOAPAction")),
        {"PC-024"},
        "with a wrong SOAPAction",
    ),
    "demands quoted SOAPAction": (
        wrong.refusing(lambda asked: not asked.header("SOAPAction").startswith('"') and asked.is_question),
        {"PC-024"},
        "without quotation marks",
    ),
    "refuses UTF-16": (
        wrong.refusing(lambda asked: asked.body.startswith((b"\xff\xfe", b"\xfe\xff"))),
        {"PC-025"},
        "in UTF-16",
    ),
    "expands entities": (wrong.expands_entities, {"PC-026"}, "whose patient stands in an entity"),
    "ignores a DOCTYPE": (wrong.ignores_doctype, {"PC-026"}, "with a DOCTYPE was answered"),
    "speaks SOAP 1.2": (wrong.obeys_soap_12, {"PC-028"}, "in SOAP 1.2"),
    "content type of a page": (wrong.content_type("text/html; charset=utf-8"), {"PC-030"}, "not text/xml"),
    "gzip": (wrong.always_gzip, {"PC-031"}, "came compressed"),
    "no WSDL": (wrong.not_publishing("?wsdl"), {"PC-003"}, "no WSDL at ?wsdl"),
    "WSDL with another action": (
        wrong.publishing("?wsdl", rb'soapAction="[^"]*"', b'soapAction="urn:other"'),
        {"PC-003"},
        "the WSDL's soapAction",
    ),
    "WSDL of another namespace": (
        wrong.publishing(
            "?wsdl", rb'targetNamespace="urn:riv:[^"]*:3:rivtabp21"', b'targetNamespace="urn:other"'
        ),
        {"PC-003"},
        "the WSDL's targetNamespace",
    ),
    "schema without an element": (
        wrong.publishing(
            "GetCarePlansResponder_3.0.xsd", rb'(?s)<xs:element name="planType".*?</xs:element>', b""
        ),
        {"PC-004"},
        "lacks GetCarePlans/planType",
    ),
    "schema with another cardinality": (
        wrong.publishing(
            "GetCarePlansResponder_3.0.xsd",
            rb'name="recordId" type="core:IIType" minOccurs="0" maxOccurs="unbounded"',
            b'name="recordId" type="core:IIType" minOccurs="0"',
        ),
        {"PC-004"},
        "declares GetCarePlans/recordId in another way than the contract: 0..unbounded",
    ),
    "schema that is missing": (wrong.not_publishing("_enum_4.0.xsd"), {"PC-004"}, "cannot be fetched"),
    "schema on another host": (
        wrong.publishing(
            "?wsdl", rb'schemaLocation="GetCarePlans', b'schemaLocation="http://schemas.example/GetCarePlans'
        ),
        {"PC-004"},
        "leads to another host",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_producer_that_is_wrong_in_one_way_fails_exactly_there(name: str) -> None:
    defect, expected, words = WRONG[name]

    with running(broken(defect)) as server:
        report = check_producer(settings(server.url, ignore=("PC-027",)))

    assert with_verdict(report, Verdict.FAILED) == expected
    assert any(words in finding.message for finding in report.findings) or not words
    assert with_verdict(report, Verdict.REMARKS) == set()
    assert PATIENT not in everything(report)
    assert "188803099368" not in everything(report)
    assert wrong.CANARY not in everything(report)


ALLOWED: dict[str, tuple[Defect, str, str]] = {
    "no charset": (wrong.content_type("text/xml"), "PC-030", "instead of charset=UTF-8"),
    "tells its version": (
        wrong.with_header("X-Powered-By", "Journal/7.4.1"),
        "PC-022",
        "the header X-Powered-By tells which version",
    ),
    "shows a page": (wrong.shows_a_page, "PC-029", "right is 405"),
    "another binding name": (
        wrong.publishing("?wsdl", rb'<wsdl:binding name="\w+"', b'<wsdl:binding name="Other"'),
        "PC-003",
        "the WSDL's binding",
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed_and_not_wise_is_a_remark(name: str) -> None:
    defect, code, words = ALLOWED[name]

    with running(broken(defect)) as server:
        report = check_producer(settings(server.url, ignore=("PC-027",)))

    assert with_verdict(report, Verdict.REMARKS) == {code}
    assert with_verdict(report, Verdict.FAILED) == set()
    assert all(words in finding.message for finding in report.findings)
    assert report.ok


def test_published_files_are_compared_by_what_they_mean() -> None:
    def commented(asked: wrong.Asked, ask: wrong.Ask) -> Any:
        reply = ask(asked)
        if asked.is_question:
            return reply
        return replace(reply, body=reply.body + b"<!-- as published -->")

    with running(broken(commented)) as server:
        report = check_producer(settings(server.url, select=("PC-003", "PC-004")))

    assert with_verdict(report, Verdict.PASSED) == {"PC-003", "PC-004"}
    assert "by what they mean" in facts(the(report, "PC-004"))["compared with the contract's own"]


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official release package is not here")
def test_the_official_package_of_2_0_is_the_contract() -> None:
    files = {path.name: path.read_bytes() for path in OFFICIAL.rglob("*") if path.is_file()}

    def official(asked: wrong.Asked, ask: wrong.Ask) -> Any:
        if asked.is_question:
            return ask(asked)
        name = "GetCarePlansInteraction_2.0_RIVTABP21.wsdl" if asked.query else asked.path.rpartition("/")[2]
        return replace(ask(asked), status=200, body=files[name])

    with running(broken(official, good("2.0"))) as server:
        report = check_producer(settings(server.url, select=("PC-003", "PC-004")))

    assert report.findings == ()
    assert with_verdict(report, Verdict.PASSED) == {"PC-003", "PC-004"}


def test_a_wsdl_that_imports_the_contracts_is_followed() -> None:
    own = b"""<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" name="GetCarePlansInteraction"
      targetNamespace="urn:journal:service">
      <wsdl:import namespace="urn:riv:clinicalprocess:logistics:logistics:GetCarePlans:3:rivtabp21"
        location="GetCarePlansInteraction_3.0_RIVTABP21.wsdl"/>
    </wsdl:definitions>"""

    def framed(asked: wrong.Asked, ask: wrong.Ask) -> Any:
        reply = ask(asked)
        return replace(reply, body=own) if asked.query.startswith("wsdl") else reply

    with running(broken(framed)) as server:
        report = check_producer(settings(server.url, select=("PC-003", "PC-004")))

    assert report.findings == ()
    assert with_verdict(report, Verdict.PASSED) == {"PC-003", "PC-004"}


@pytest.mark.parametrize("body", [b"<html/>", b"no XML", b"<!DOCTYPE a><definitions/>"])
def test_what_is_no_wsdl_is_none(body: bytes) -> None:
    def other(asked: wrong.Asked, ask: wrong.Ask) -> Any:
        reply = ask(asked)
        return replace(reply, body=body) if asked.query.startswith("wsdl") else reply

    with running(broken(other)) as server:
        report = check_producer(settings(server.url, select=("PC-003", "PC-004")))

    assert with_verdict(report, Verdict.FAILED) == {"PC-003"}
    assert with_verdict(report, Verdict.SKIPPED) == {"PC-004"}


def test_an_import_with_odd_letters_is_fetched_or_told() -> None:
    odd = wrong.publishing(
        "?wsdl", rb'schemaLocation="GetCarePlans', 'schemaLocation="Får inte &#9;finnas'.encode()
    )
    with running(broken(odd)) as server:
        report = check_producer(settings(server.url, select=("PC-004",)))

    assert with_verdict(report, Verdict.FAILED) == {"PC-004"}
    assert not report.summary.interrupted


def test_a_producer_that_takes_anything_however_large_fails() -> None:
    with running(good(max_request_bytes=4 * 1024 * 1024)) as server:
        report = check_producer(settings(server.url, select=("PC-027",)))

    assert with_verdict(report, Verdict.FAILED) == {"PC-027"}


def test_a_producer_that_crashes_on_questions_at_the_same_time_fails() -> None:
    with running(broken(wrong.CrashesTogether())) as server:
        report = check_producer(settings(server.url, contract="3.0", select=("PC-001", "PC-032")))

    assert with_verdict(report, Verdict.FAILED) == {"PC-032"}
    assert (
        "3 of 4 questions asked at the same time were answered with the SOAP Fault"
        in the(report, "PC-032").findings[0].message
    )


@pytest.mark.parametrize(
    ("defect", "code", "words"),
    [
        (wrong.Forgets(), "PC-034", "1 instead of 2"),
        (wrong.repeats_over_pages, "PC-033", "more than once"),
        (wrong.leads_in_a_circle, "PC-033", "followed before"),
    ],
)
def test_records_that_come_and_go_are_found(defect: Defect, code: str, words: str) -> None:
    app = good(max_records=1) if code == "PC-033" else good()

    with running(broken(defect, app)) as server:
        report = check_producer(settings(server.url, select=(code,)))

    assert with_verdict(report, Verdict.FAILED) == {code}
    assert any(words in finding.message for finding in report.findings)


@pytest.mark.parametrize(
    ("defect", "code"),
    [
        (wrong.ignoring("careContactId"), "PC-019"),
        (wrong.ignoring("careUnitHSAId"), "PC-011"),
        (wrong.ignoring("datePeriod"), "PC-015"),
        (wrong.ignoring("sourceSystemHSAId"), "PC-018"),
        (wrong.saying(b"191212121212", wrong.CANARY.encode()), "PC-009"),
    ],
)
def test_a_producer_of_2_0_that_is_wrong_in_one_way_fails_there(defect: Defect, code: str) -> None:
    chosen = tuple({check.code for check in CHECKS if "001" <= check.code[3:] <= "018"} | {code})

    with running(broken(defect, good("2.0"))) as server:
        report = check_producer(settings(server.url, select=chosen))

    assert code in with_verdict(report, Verdict.FAILED)
    # Without its source system a care contact cannot be asked for, either.
    assert with_verdict(report, Verdict.FAILED) - {code} <= {"PC-019"}


# --- the scenario's own liars --------------------------------------------------------------------


@contextmanager
def system(name: str, behaviour: str) -> Iterator[str]:
    """Run one of the scenario's systems as it behaves in a variant; give its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "riv_careplans.demo.system", name, behaviour],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdin
        print(NOWHERE, file=process.stdin, flush=True)
        # It ends by itself when its input closes.
        yield process.stdout.readline().partition("\t")[0]


@pytest.mark.parametrize(
    ("name", "behaviour", "chosen", "failed", "words"),
    [
        # It answers whatever is asked in the same way: a question that is wrong, too.
        ("P4", "wrong-patient", {}, {"PC-007", "PC-009", "PC-020"}, "another patient than the one asked for"),
        ("P1", "error", {}, {"PC-001", "PC-007"}, "the result ERROR INVALID_REQUEST and 0 records"),
        ("P5", "not-xml", {}, {"PC-001", "PC-007", "PC-020"}, "a body that is not well-formed XML"),
        ("P2", "slow", {"timeout": 0.5}, {"PC-001"}, "gave no whole answer in time"),
        ("P2", "many-plans", {}, set(), ""),
    ],
)
def test_the_truth_is_told_of_the_scenarios_liars(
    name: str, behaviour: str, chosen: dict[str, Any], failed: set[str], words: str
) -> None:
    (address,) = (one.logical_address for one in demo.systems() if one.id == name)
    with system(name, behaviour) as url:
        report = check_producer(
            settings(url, logical_address=address, select=("PC-001", "PC-007", "PC-009", "PC-020"), **chosen)
        )

    assert with_verdict(report, Verdict.FAILED) == failed
    assert any(words in finding.message for finding in report.findings) or not words
