"""What a conformance report holds, and the settings that a run refuses."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from riv_careplans.conformance import CHECKS, EXPLANATIONS, CheckSettings, check_producer
from riv_careplans.errors import ConfigurationError, InvalidIdentifier
from riv_careplans.validation.report import Report, Verdict
from tests.broken_producers import good
from tests.commands import PATIENT
from tests.conformance_runs import everything, facts, settings, the, with_verdict
from tests.servers import running

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


# --- what a report holds ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report() -> Report:
    with running(good()) as server:
        return check_producer(settings(server.url))


def test_every_check_that_was_run_names_its_rule_and_its_questions(report: Report) -> None:
    for one in report.examined:
        assert one.reference
        assert one.title is not None
        if one.verdict is not Verdict.SKIPPED:
            assert UUID.match(facts(one)["request ids"]), one.name


def test_log_ids_of_answers_are_in_the_report(report: Report) -> None:
    assert UUID.match(facts(the(report, "PC-007"))["log ids"])


def test_a_check_that_cannot_tell_anything_says_why(report: Report) -> None:
    assert facts(the(report, "PC-033"))["skipped because"] == "the answer was whole: there is no hasMore"


def test_a_run_in_swedish_says_why_in_swedish() -> None:
    with running(good()) as server:
        found = check_producer(settings(server.url, select=("PC-033",), language="sv"))

    assert facts(the(found, "PC-033"))["skipped because"] == "svaret var helt: det finns inget hasMore"


def test_the_plans_structure_levels_are_in_the_report(report: Report) -> None:
    assert [(one.path, one.level) for one in the(report, "PC-008").levels] == [("carePlan[1]", 2)]


def test_times_are_facts(report: Report) -> None:
    told = facts(the(report, "PC-036"))

    assert told["questions"] == "2"
    assert all(told[name].endswith(" s") for name in ("median", "95th percentile", "slowest"))


def test_an_answer_slower_than_the_contract_allows_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riv_careplans.conformance.checks_load._MUST", 0)
    with running(good()) as server:
        found = check_producer(settings(server.url, select=("PC-036",)))

    assert with_verdict(found, Verdict.FAILED) == {"PC-036"}


def test_an_answer_slower_than_the_guideline_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riv_careplans.conformance.checks_load._GUIDELINE", 0)
    with running(good()) as server:
        found = check_producer(settings(server.url, select=("PC-036",)))

    assert with_verdict(found, Verdict.PASSED) == {"PC-036"}
    assert "an overview that waits for every source wants" in found.findings[0].message


def test_a_patient_without_records_skips_what_cannot_be_compared() -> None:
    with running(good()) as server:
        found = check_producer(
            settings(server.url, patient="194911172296", select=("PC-001", "PC-011", "PC-020"))
        )

    assert [one.verdict for one in found.examined] == [Verdict.PASSED, Verdict.SKIPPED, Verdict.PASSED]
    assert "no records" in facts(the(found, "PC-011"))["skipped because"]


def test_without_a_logical_address_the_foreign_one_is_skipped() -> None:
    with running(good(logical_addresses=())) as server:
        found = check_producer(settings(server.url, logical_address=None, select=("PC-001", "PC-006")))

    assert [one.verdict for one in found.examined] == [Verdict.PASSED, Verdict.SKIPPED]


def test_checks_are_told_as_they_are_done() -> None:
    told: list[tuple[str, int]] = []
    with running(good()) as server:
        check_producer(
            settings(server.url, select=("PC-005", "PC-007")),
            on_check=lambda examined, total: told.append((examined.name, total)),
        )

    assert told == [("PC-005", 2), ("PC-007", 2)]


def test_a_mistake_in_one_check_does_not_cost_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise KeyError(PATIENT)

    monkeypatch.setattr("riv_careplans.conformance.answers.Answered.contents", property(fail))
    with running(good()) as server:
        found = check_producer(settings(server.url, select=("PC-005", "PC-007", "PC-034")))

    assert [one.verdict for one in found.examined] == [Verdict.PASSED, Verdict.PASSED, Verdict.SKIPPED]
    assert "the check itself failed: KeyError in test_conformance_report.py" in everything(found)
    assert not found.ok
    assert PATIENT not in everything(found)


def test_codes_are_permanent_and_explained_in_both_languages() -> None:
    assert [one.code for one in EXPLANATIONS] == [one.code for one in CHECKS]
    assert len({one.code for one in CHECKS}) == len(CHECKS)
    for one in EXPLANATIONS:
        assert re.fullmatch(r"PC-\d{3}", one.code)
        for text in (one.what, one.why, one.mend):
            assert text.english
            assert text.swedish
            assert text.english != text.swedish
        assert not one.what.english.endswith(".")
        assert one.reference


# --- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"url": "ftp://producer.example/"}, "url: expected http:// or https://"),
        ({"url": "http://"}, "url: expected"),
        ({"url": "http://producer.example:99999/"}, "url: expected"),
        ({"url": "http://user:secret@producer.example/"}, "url: expected no user name"),
        ({"url": f"http://producer.example/{PATIENT}"}, "url: expected no person id"),
        ({"unknown_patient": PATIENT}, "must be another than the test patient"),
        ({"logical_address": ""}, "logical address: expected"),
        ({"logical_address": "SE 1"}, "logical address: expected"),
        ({"questions": 0}, "questions: expected 1 to 1000"),
        ({"parallel": 51}, "parallel: expected 2 to 50"),
        ({"deadline": 4000}, "deadline: expected"),
        ({"key": "key.pem"}, "key: expected a certificate beside it"),
        ({"certificate": "certificate.pem"}, "need a url with https://"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_anything_is_asked(
    chosen: dict[str, Any], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(words)):
        settings(**{"url": "http://producer.example/"} | chosen)


def test_a_patient_must_be_given_and_be_one() -> None:
    with pytest.raises(TypeError):
        CheckSettings(url="http://producer.example/")  # type: ignore[call-arg]
    with pytest.raises(InvalidIdentifier):
        settings("http://producer.example/", patient="191212121213")


def test_settings_do_not_show_the_patient() -> None:
    assert PATIENT not in repr(settings("http://producer.example/"))


@pytest.mark.parametrize("name", ["select", "ignore"])
def test_a_check_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="there is no check PC-999"):
        check_producer(settings("http://127.0.0.1:9/", **{name: ("PC-999",)}))


def test_a_report_can_be_written_as_json(report: Report) -> None:
    assert json.loads(everything(report))["summary"]["failed"] == 0
