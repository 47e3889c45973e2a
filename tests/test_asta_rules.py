"""Asta's documents keep the contract's rules, and name nobody real.

Said once more than in the rules themselves, with bare XPath: the data must hold also while a rule is wrong.
"""

import hashlib
import re
import uuid
from datetime import datetime, time
from pathlib import Path

import pytest

from riv_careplans.codes import CORE_4
from riv_careplans.demo import PATIENT, TODAY, System, systems
from riv_careplans.directory import DirectorySource
from riv_careplans.exchange import Query
from riv_careplans.rules import Severity, check_record
from tests.asta_documents import DOCUMENTS, ROLE, UPDATED_PLAN, UPDATES, everything, find, name, pdfs, read


def texts() -> list[str]:
    """Everything a person could read: the files, and the documents inside them."""
    return [path.read_text("utf-8") for path in DOCUMENTS + UPDATES] + [
        pdf.decode("cp1252") for pdf in pdfs()
    ]


# --- the contract's rules -------------------------------------------------------------------------

STRUCTURED = [path for path in DOCUMENTS + UPDATES if "p5-" not in name(path)]
TIMES = (
    "//c:at | //c:sortTime | //c:start[string-length()!=6] | //c:end[string-length()!=6] | //c:date | //c:dueDate"
    " | //c:updatedTime | //c:createdTime | //c:blockComparisonTime | //c:author/c:time | //c:signature/c:time"
    " | //c:circumstance/c:time | //c:agreedDate | //c:reviewDate | //c:created"
)
FORMATS = {4: "%Y", 6: "%Y%m", 8: "%Y%m%d", 14: "%Y%m%d%H%M%S"}


@pytest.mark.parametrize("path", STRUCTURED, ids=name)
def test_dates_exist_and_run_forwards(path: Path) -> None:
    root = read(path)

    # CP-001; strptime refuses a day that does not exist
    assert all(datetime.strptime(time.text, FORMATS[len(time.text)]) for time in find(root, TIMES))  # noqa: DTZ007
    # CP-008
    assert find(root, "//*[c:start][c:end][number(c:end) < number(c:start)]") == []
    assert find(root, "//c:record[number(c:updatedTime) < number(c:createdTime)]") == []


@pytest.mark.parametrize("path", STRUCTURED, ids=name)
def test_ids_are_unique_in_a_record_and_references_resolve(path: Path) -> None:  # CP-006
    root = read(path)

    for kind in ["participant", "circumstance", "need", "activity", "risk", "goal | //c:subGoal"]:
        ids = [node.findtext(f"{{{CORE_4}}}id") for node in find(root, f"//c:{kind}")]
        assert len(ids) == len(set(ids))
    for kind in ["participant", "circumstance", "need"]:
        assert set(find(root, f"//c:{kind}Id/text()")) <= set(find(root, f"//c:{kind}/c:id/text()"))
    assert set(find(root, "//c:goalId/text()")) <= set(
        find(root, "//c:goal/c:id/text() | //c:subGoal/c:id/text()")
    )


def test_a_record_reference_leads_to_a_record() -> None:
    asta = everything()
    records = {
        (
            find(header, "string(c:sourceSystemId/c:extension)"),
            find(header, "string(c:record/c:id/c:extension)"),
        )
        for header in find(asta, "//c:header")
    }
    references = {
        (find(ref, "string(c:sourceSystemId/c:extension)"), find(ref, "string(c:recordId/c:extension)"))
        for ref in find(asta, "//c:relatedRecord/c:record")
    }

    assert references <= records


BROKEN = [
    # rule, XPath of what would break it
    ("CP-004 code without system or name", "//*[c:code[not(*)]][c:displayName][not(c:codeSystem)]"),
    ("CP-004 code beside original text", "//*[c:code[not(*)]][c:originalText]"),
    ("CP-005 another patient", "//c:patientId[not(c:extension='191212121212')]"),
    ("CP-007 a record twice", "//c:record[c:id/c:extension=following::c:record/c:id/c:extension]"),
    ("CP-009 a sub-goal below the third level", "//c:subGoal/c:subGoal/c:subGoal"),
    (
        "CP-011 nothing in a plan",
        "//r:carePlan/c:body[not(c:goal or c:activity or c:participant or c:attachment)]",
    ),
    ("CP-012 week days outside a week", "//c:recurrence[c:weekDay][not(c:unit='week')]"),
    ("CP-012 never", "//c:recurrence[number(c:frequency)<1 or number(c:every)<1]"),
    ("CP-013 booked without a booking", "//c:activity[c:status='booked'][not(c:booking)]"),
    (
        "CP-013 completed without achievement",
        "//*[self::c:goal or self::c:subGoal][c:status='completed'][not(c:achievement)]",
    ),
    ("CP-014 no responsible for the plan", "//c:body[c:type/c:code='SIP'][not(c:responsible)]"),
    ("CP-014 no activity with a responsible", "//c:body[c:type/c:code='SIP'][not(c:activity/c:responsible)]"),
    ("CP-014 no follow-up", "//c:body[c:type/c:code='SIP'][not(c:followUp)]"),
    (
        "CP-014 one care giver alone",
        (
            "//c:body[c:type/c:code='SIP'][not("
            "c:participant/c:organization/c:id/c:extension[starts-with(.,'SE2129999997-')]"
            " and c:participant/c:organization/c:id/c:extension[starts-with(.,'SE2329999995-')])]"
        ),
    ),
    ("CP-014 not agreed", "//c:body[c:type/c:code='SIP'][not(c:involvement/c:agreed='true')]"),
    ("CP-015 outside SoL", "//r:carePlan[c:body/c:type/c:code='GP'][not(c:header//c:legalBasis='SoL')]"),
    (
        "CP-016 two physicians",
        f"//c:participant[{ROLE.format('2')}][not(c:person/c:id/c:extension='SE2329999995-EMILIAS')]",
    ),
    (
        "CP-017 red without a quick action",
        "//c:risk[c:trigger/c:level='red'][not(c:action[c:urgency='contactToday' or c:urgency='emergency112'])]",
    ),
]


@pytest.mark.parametrize("xpath", [rule[1] for rule in BROKEN], ids=[rule[0] for rule in BROKEN])
def test_no_document_breaks_the_rule(xpath: str) -> None:
    assert find(everything(), xpath) == []
    assert find(read(UPDATED_PLAN), xpath) == []


def test_hsa_ids_have_their_form() -> None:  # CP-003
    ids = find(
        everything(),
        "//c:*[c:root='1.2.752.129.2.1.4.1']/c:extension/text() | //c2:*[contains(local-name(),'HSAId')][not(*)]/text()",
    )

    assert [value for value in ids if not re.fullmatch(r"SE(2329999995|2129999997)-[A-Z0-9]+", value)] == []


def test_an_attachment_is_a_small_pdf_with_its_size_and_checksum() -> None:  # CP-010
    attachment = find(everything(), "//c:attachment")[0]
    value = pdfs()[0]

    assert int(attachment.findtext(f"{{{CORE_4}}}size")) == len(value)
    assert attachment.findtext(f"{{{CORE_4}}}sha256") == hashlib.sha256(value).hexdigest()


def test_the_pdfs_are_whole_small_and_readable() -> None:
    surgery, diabetes = pdfs()

    for pdf in (surgery, diabetes):
        assert pdf.startswith(b"%PDF-1.4\n")
        assert pdf.endswith(b"%%EOF\n")
        assert len(pdf) < 3000
        table = int(pdf.split(b"startxref\n")[1].split()[0])
        assert pdf[table:].startswith(b"xref\n")
        entries = re.findall(rb"^(\d{10}) 00000 n $", pdf[table:], re.MULTILINE)
        assert [pdf[int(at) :].split(b" ")[0] for at in entries] == [
            b"%d" % n for n in range(1, len(entries) + 1)
        ]
    for word in ["Vårdplan diabetes", "Aisha", "tisdag och torsdag klockan 9–11", "2026-01-08"]:
        assert word in diabetes.decode("cp1252")


def test_every_log_id_is_a_uuid_of_its_own() -> None:  # CP-018
    ids = [find(read(path), "string(//*[local-name()='logId'])") for path in DOCUMENTS + UPDATES]

    assert [str(uuid.UUID(log_id)) for log_id in ids] == ids
    assert len(set(ids)) == len(ids)


# --- nobody real ----------------------------------------------------------------------------------


def test_the_only_person_id_is_astas_and_it_stands_only_as_patient_id() -> None:
    # ten or twelve digits with a month in their place
    person_id = r"(?<!\d)(?:19|20)?\d{2}(?:0[1-9]|1[0-2])\d{2}[-+]?\d{4}(?!\d)"
    found = re.findall(person_id, "\n".join(texts()))

    assert set(found) == {"191212121212"}
    assert found.count("191212121212") == len(DOCUMENTS + UPDATES)


def test_phone_numbers_are_from_the_series_for_fiction() -> None:
    numbers = set(re.findall(r"(?<![\d-])0\d{1,3}-[\d ]*\d", "\n".join(texts())))
    told = find(
        everything(),
        "//c:channel[c:system='phone' or c:system='sms']/c:value/text() | //c2:orgUnitTelecom/text()",
    )

    assert set(told) <= numbers
    assert [number for number in numbers if not re.fullmatch(r"070-174 06 (0[5-9]|[1-9]\d)", number)] == []


def test_addresses_on_the_web_lead_nowhere() -> None:
    hosts = find(everything(), "//c:channel/c:value[starts-with(.,'http')]/text()")

    assert [host for host in hosts if not re.match(r"https://[a-z.]+\.example/", host)] == []


@pytest.mark.parametrize("system", systems(), ids=lambda system: system.id)
def test_no_record_of_the_scenario_breaks_a_rule_of_the_contract(system: System) -> None:
    answer = DirectorySource(system.folder).care_plans(Query(patient_id=PATIENT))

    findings = [
        (finding.code, finding.path)
        for record in answer.care_plans + answer.agreements
        for finding in check_record(record, now=datetime.combine(TODAY, time(12)))
        if finding.severity is Severity.ERROR
    ]

    assert findings == []
