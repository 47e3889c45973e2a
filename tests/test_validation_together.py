"""Documents that are right one by one, and what they say together."""

from __future__ import annotations

import pytest

from riv_careplans.rules import Severity
from riv_careplans.validation.report import Examined, Kind, ReportedFinding, Verdict
from riv_careplans.validation.sightings import Index, Places
from riv_careplans.validation.together import EXPLANATIONS, MOST_OF_A_KIND, Together
from riv_careplans.validation.traces import PhysicianTrace, RecordTrace, Traces, hash_of

ASTA, OTHER = "asta", "other"


def record(
    identity: str = "r1",
    *,
    source: str = "s1",
    patient: str = ASTA,
    joint: str | None = None,
    version: int | None = None,
    updated: int | None = 20260101000000,
    path: str = "carePlan[1]",
) -> RecordTrace:
    return RecordTrace(
        source_system=hash_of(source),
        record=hash_of(identity),
        patient=hash_of(patient),
        joint_plan=hash_of(joint) if joint else None,
        path=path,
        line=12,
        version=version,
        updated=updated,
    )


def physician(
    identity: str | None, *, name: str | None = None, patient: str = ASTA, of: int = 0
) -> PhysicianTrace:
    return PhysicianTrace(
        patient=hash_of(patient),
        physician=hash_of(identity) if identity else None,
        name=hash_of(name) if name else None,
        path=f"carePlan[{of + 1}]/body/participant[1]",
        line=30,
        record=of,
    )


def traces(*records: RecordTrace, physicians: tuple[PhysicianTrace, ...] = ()) -> Traces:
    return Traces(records=records, physicians=physicians)


def compared(*documents: Traces, **options: int) -> Examined:
    together = Together(**options)  # type: ignore[arg-type]
    for number, one in enumerate(documents, 1):
        together.add(f"{number}.xml", one)
    examined = together.close()
    assert examined is not None
    return examined


def told(examined: Examined) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.severity.value, finding.file) for finding in examined.findings]


# --- one record in two documents ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "findings"),
    [
        pytest.param(record("r1"), record("r2"), [], id="two records"),
        pytest.param(record(source="s1"), record(source="s2"), [], id="two source systems"),
        pytest.param(record(), record(patient=OTHER), [("CP-007", "error", "2.xml")], id="another patient"),
        pytest.param(record(), record(), [("CP-007", "info", "2.xml")], id="the same again"),
        pytest.param(record(version=1), record(version=2, updated=20260102000000), [], id="a newer version"),
        pytest.param(record(version=2), record(version=1, updated=20250101000000), [], id="an older version"),
        pytest.param(record(), record(updated=20260102000000), [], id="changed, and versions not counted"),
        pytest.param(
            record(version=1),
            record(version=1, updated=20260102000000),
            [("CP-007", "warning", "2.xml")],
            id="one version number, changed twice",
        ),
    ],
)
def test_one_record_in_two_documents(
    first: RecordTrace, second: RecordTrace, findings: list[tuple[str, str, str]]
) -> None:
    assert told(compared(traces(first), traces(second))) == findings


def test_a_finding_names_both_places() -> None:
    examined = compared(
        traces(record(path="carePlan[3]")), traces(record(patient=OTHER, path="agreement[2]"))
    )

    (finding,) = examined.findings
    assert (finding.file, finding.path, finding.line) == ("2.xml", "agreement[2]/header/record/id", 12)
    assert "1.xml, carePlan[3]" in finding.message
    assert "1.xml, carePlan[3]" in finding.message_sv
    assert (examined.kind, examined.verdict) == (Kind.TOGETHER, Verdict.FAILED)


def test_an_answer_that_was_saved_twice_is_told_once() -> None:
    answer = traces(*[record(f"r{number}", path=f"carePlan[{number}]") for number in range(1, 6)])

    examined = compared(answer, answer)

    assert told(examined) == [("CP-007", "info", "2.xml")]
    assert examined.findings[0].message.startswith("5 of this document's records")


def test_what_one_document_repeats_is_told_there_and_not_here() -> None:
    twice = traces(record(), record(path="carePlan[2]"), record(patient=OTHER, path="carePlan[3]"))

    assert told(compared(twice, traces(record("r9")))) == []


def test_a_record_is_compared_with_its_newest_version() -> None:
    old, new = record(version=1), record(version=2, updated=20260202000000)
    again = record(version=2, updated=20260303000000)

    examined = compared(traces(old), traces(new), traces(again))

    assert told(examined) == [("CP-007", "warning", "3.xml")]
    assert "2.xml" in examined.findings[0].message


# --- joint plans --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "findings"),
    [
        pytest.param([("s1", ASTA), ("s2", ASTA)], [], id="two parts"),
        pytest.param([("s1", ASTA), ("s2", OTHER)], [("CPT-001", "error", "2.xml")], id="two patients"),
        pytest.param([("s1", ASTA)], [], id="one part, one source system"),
    ],
)
def test_the_parts_of_a_joint_plan(
    parts: list[tuple[str, str]], findings: list[tuple[str, str, str]]
) -> None:
    documents = [
        traces(record(f"r{number}", source=source, patient=patient, joint="j"))
        for number, (source, patient) in enumerate(parts)
    ]

    assert told(compared(*documents, Traces())) == findings


def test_a_lonely_part_is_told_when_there_are_other_source_systems() -> None:
    examined = compared(
        traces(record(source="s1", joint="j1"), record("r2", source="s1", joint="j2")),
        traces(record(source="s2", joint="j2")),
    )

    assert told(examined) == [("CPT-002", "info", "1.xml")]
    assert examined.findings[0].path == "carePlan[1]/body/jointPlanId"


def test_parts_about_two_patients_are_told_also_within_one_document() -> None:
    strangers = traces(record("r1", joint="j"), record("r2", patient=OTHER, joint="j", path="carePlan[2]"))

    assert told(compared(strangers, Traces())) == [("CPT-001", "error", "1.xml")]


# --- fast läkarkontakt --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "findings"),
    [
        pytest.param(physician("a"), physician("a"), [], id="the same physician"),
        pytest.param(physician("a"), physician("b"), [("CP-016", "warning", "2.xml")], id="two physicians"),
        pytest.param(physician("a"), physician("b", patient=OTHER), [], id="of two patients"),
        pytest.param(physician(None, name="n"), physician(None, name="n"), [], id="the same name"),
        pytest.param(physician("a", name="n"), physician(None, name="n"), [], id="once without id"),
        pytest.param(physician("a"), physician(None), [], id="nobody says who"),
        pytest.param(
            physician(None, name="n"),
            physician(None, name="m"),
            [("CP-016", "warning", "2.xml")],
            id="two names",
        ),
    ],
)
def test_two_active_fasta_lakarkontakter_in_two_documents(
    first: PhysicianTrace, second: PhysicianTrace, findings: list[tuple[str, str, str]]
) -> None:
    documents = [
        traces(record(f"r{one.path}{number}"), physicians=(one,))
        for number, one in enumerate((first, second))
    ]

    assert told(compared(*documents)) == findings


def test_physicians_of_one_document_are_told_there_and_not_here() -> None:
    both = traces(record("r1"), physicians=(physician("a"), physician("b")))

    assert told(compared(both, traces(record("r2")))) == []


def test_a_physician_of_an_older_version_is_no_longer_active() -> None:
    old = traces(record(version=1), physicians=(physician("a"),))
    new = traces(record(version=2, updated=20260202000000), physicians=(physician("b"),))

    assert told(compared(old, new)) == told(compared(new, old)) == []


# --- bounds -------------------------------------------------------------------------------------


def test_one_document_is_not_compared() -> None:
    together = Together()

    together.add("1.xml", traces(record()))

    assert together.close() is None


def test_too_many_records_are_not_compared_and_that_is_told() -> None:
    documents = [traces(record(f"r{number}")) for number in range(3)]

    examined = compared(*documents, traces(record("r0", patient=OTHER)), most_records=2)

    assert [(one.code, one.severity) for one in examined.findings] == [("CPT-003", Severity.INFO)]
    assert "2" in examined.findings[0].message


def test_the_same_over_and_over_is_listed_so_often_and_then_counted() -> None:
    many = MOST_OF_A_KIND + 7

    examined = compared(*[traces(record(patient=f"p{number}")) for number in range(many + 1)])

    assert len(examined.findings) == MOST_OF_A_KIND
    assert [fact.value for fact in examined.facts] == ["CP-007: 7"]


def test_findings_nobody_wants_are_not_listed() -> None:
    def keep(finding: ReportedFinding) -> bool:
        return finding.severity is Severity.ERROR

    together = Together(keep=keep)
    for name, one in (("1.xml", record()), ("2.xml", record()), ("3.xml", record(patient=OTHER))):
        together.add(name, traces(one))

    examined = together.close()

    assert examined is not None
    assert told(examined) == [("CP-007", "error", "3.xml")]


def test_every_code_of_this_layer_is_explained_in_both_languages() -> None:
    assert [one.code for one in EXPLANATIONS] == ["CPT-001", "CPT-002", "CPT-003"]
    assert all(
        text.english and text.swedish for one in EXPLANATIONS for text in (one.what, one.why, one.mend)
    )


def test_an_index_finds_every_number_again() -> None:
    index = Index(1000)
    size = 1 << (2 * 1000).bit_length()
    keys = [*range(500), *(size * number + 7 for number in range(1, 500))]

    first = [index.place(key) for key in keys]
    again = [index.place(key) for key in keys]

    assert first == [(place, True) for place in range(len(keys))]
    assert again == [(place, False) for place in range(len(keys))]


@pytest.mark.parametrize(
    "file", ["a.xml", "-", "-[12]", "a.xml[1]", "a[0].xml", "a.xml[0]", "a.xml[01]", "[7]"]
)
def test_a_place_keeps_its_name(file: str) -> None:
    places = Places()

    number = places.add(file, "carePlan[1]", None)

    assert places[number] == (file, "carePlan[1]", None)
