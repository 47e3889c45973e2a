"""All documents of a run, seen together: what no single one of them can tell.

Fed with traces, in the order of the documents. Keeps some fifty bytes for each record and no personal
data; at half a million records it stops, and says so.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import groupby
from typing import Final, NamedTuple

from riv_careplans.rules import Severity, Text
from riv_careplans.validation.explained import Explanation
from riv_careplans.validation.report import Examined, Fact, Kind, Layer, ReportedFinding, verdict_of
from riv_careplans.validation.sightings import NOTHING, Index, Place, Places, number_of
from riv_careplans.validation.traces import PhysicianTrace, RecordTrace, Traces

__all__ = ["EXPLANATIONS", "MOST_OF_A_KIND", "MOST_RECORDS", "Together"]

MOST_RECORDS: Final = 500_000
"""Records that are compared; those of later documents are not."""

MOST_OF_A_KIND: Final = 100
"""Findings of one code and severity that are listed; the others are counted."""

_JOINT_PLAN: Final = "contract description, sections 3.2 and 5"
_REFERENCES: Final = {
    "CP-007": "contract description, section 4",
    "CP-016": "contract description, section 4",
    "CPT-001": _JOINT_PLAN,
    "CPT-002": _JOINT_PLAN,
    "CPT-003": "",
}

EXPLANATIONS: Final[tuple[Explanation, ...]] = (
    Explanation(
        code="CPT-001",
        layer=Layer.TOGETHER,
        severity=Severity.ERROR,
        what=Text(
            "all parts of a joint plan are about the same patient",
            "alla delar av en gemensam plan gäller samma patient",
        ),
        why=Text(
            "Parts with the same jointPlanId are shown as one plan. If they are about different persons, one "
            "person's plan is shown to another.",
            "Delar med samma jointPlanId visas som en plan. Gäller de olika personer visas en persons plan "
            "för en annan.",
        ),
        mend=Text(
            "Give every joint plan an id of its own, such as a UUID, and never one that is counted per "
            "unit or per system. Look for the system that used another plan's id.",
            "Ge varje gemensam plan ett eget id, till exempel ett UUID, och aldrig ett löpnummer per enhet "
            "eller system. Sök det system som använt en annan plans id.",
        ),
        reference=_JOINT_PLAN,
    ),
    Explanation(
        code="CPT-002",
        layer=Layer.TOGETHER,
        severity=Severity.INFO,
        what=Text(
            "a joint plan has a part from more than one source system",
            "en gemensam plan har delar från fler än ett källsystem",
        ),
        why=Text(
            "The documents come from several source systems, but only one of them has a part of this joint "
            "plan. Either the others have not documented theirs, or they gave it another jointPlanId and the "
            "reader gets two plans instead of one.",
            "Dokumenten kommer från flera källsystem, men bara ett av dem har en del av den här gemensamma "
            "planen. Antingen har de andra inte dokumenterat sin del, eller så har de angett ett annat "
            "jointPlanId och läsaren får två planer i stället för en.",
        ),
        mend=Text(
            "Make sure that every party copies the jointPlanId from the invitation, root and extension, "
            "character by character. Nothing is wrong if the other parts are not among these documents.",
            "Kontrollera att alla parter skriver av jointPlanId från kallelsen, root och extension, tecken "
            "för tecken. Inget är fel om de andra delarna inte finns bland de här dokumenten.",
        ),
        reference=_JOINT_PLAN,
    ),
    Explanation(
        code="CPT-003",
        layer=Layer.TOGETHER,
        severity=Severity.INFO,
        what=Text(
            f"no more than {MOST_RECORDS} records are compared with each other in one run",
            f"högst {MOST_RECORDS} poster jämförs med varandra i en körning",
        ),
        why=Text(
            "Each document was examined by itself, but the records of the last ones were not compared with "
            "those of the others, so that memory stays small.",
            "Varje dokument har granskats för sig, men posterna i de sista har inte jämförts med de andras, "
            "för att minnet ska räcka.",
        ),
        mend=Text(
            "Divide the documents so that those of one patient are examined in the same run.",
            "Dela upp dokumenten så att de som gäller samma patient granskas i samma körning.",
        ),
        reference="",
    ),
)
"""The codes that only a run of several documents can give; CP-007 and CP-016 are explained as rules."""

_LARGEST: Final = 2**64 - 1
_UNLISTED: Final = Text("more of the same, not listed", "fler likadana, inte uppräknade")
_STRANGERS: Final = Text(
    "this joint plan is about another patient in {there}: give every joint plan an id of its own",
    "den här gemensamma planen gäller en annan patient i {there}: ge varje gemensam plan ett eget id",
)
_LONELY: Final = Text(
    "only one source system has a part of this joint plan: make sure that the others give the same id",
    "bara ett källsystem har en del av den här gemensamma planen: kontrollera att de andra anger samma id",
)
_PHYSICIANS: Final = Text(
    "the patient has another active fast läkarkontakt i primärvården in {there}: end one of them",
    "patienten har en annan aktiv fast läkarkontakt i primärvården i {there}: avsluta en av dem",
)


def _copies(count: int) -> Text:
    return Text(
        f"{count} of this document's records, this one first, stand in the same version in another document "
        "too, such as {there}: right if the same answer was saved twice, else two records share an id",
        f"{count} av dokumentets poster, den här först, finns i samma version också i ett annat dokument, "
        "som i {there}: rätt om samma svar har sparats två gånger, annars delar två poster id",
    )


def _not_compared(most: int) -> Text:
    return Text(
        f"the records after the first {most} were not compared with each other: divide the documents",
        f"posterna efter de första {most} har inte jämförts med varandra: dela upp dokumenten",
    )


def _accept(_: ReportedFinding) -> bool:
    return True


class Together:
    """Compares every document with those before it."""

    def __init__(
        self, *, keep: Callable[[ReportedFinding], bool] = _accept, most_records: int = MOST_RECORDS
    ) -> None:
        """Begin; `keep` says which findings the one who asked wants to see."""
        self._most = most_records
        self._is_full = False
        self._documents = 0
        self._places = Places()
        self._records = _Records(most_records)
        self._joint_plans = _JointPlans(most_records)
        self._physicians = _Physicians()
        self._sources: set[int] = set()
        self._told = _Told(keep)

    def add(self, name: str, traces: Traces) -> None:
        """Compare one document with those before it."""
        self._documents += 1
        if not traces.records or self._is_full:
            return
        if len(self._records) + len(traces.records) > self._most:
            self._is_full = True
            return
        copies = []
        positions = []
        for record in traces.records:
            place = self._places.add(name, record.path, record.line)
            position, likeness = self._records.add(record, place)
            positions.append(position)
            other = self._records.places[position]
            if likeness is _Likeness.COPY and not self._places.is_same_document(other, place):
                copies.append((place, other))
            elif likeness in _CLASHES and not self._places.is_same_document(other, place):
                severity, sentence = _CLASHES[likeness]
                self._tell("CP-007", severity, sentence, place, other, "header/record/id")
            if likeness is _Likeness.NEWER:
                self._records.places[position] = place
            self._add_joint_plan(record, place)
        if copies:
            self._tell("CP-007", Severity.INFO, _copies(len(copies)), *copies[0], "header/record/id")
        for one in traces.physicians:
            if one.record is not None and one.record < len(positions):
                place = self._places.add(name, one.path, one.line)
                version = _version_of(traces.records[one.record])
                self._physicians.add(one, place, positions[one.record], version)

    def close(self) -> Examined | None:
        """Say what was found; None when there were no two documents to compare."""
        if self._documents < 2:  # noqa: PLR2004 - it takes two
            return None
        self._tell_physicians()
        for place in self._joint_plans.lonely() if len(self._sources) > 1 else ():
            self._tell("CPT-002", Severity.INFO, _LONELY, place, None, "body/jointPlanId")
        if self._is_full:
            self._tell("CPT-003", Severity.INFO, _not_compared(self._most), None, None)
        findings = tuple(self._told.findings)
        return Examined(
            name="together",
            kind=Kind.TOGETHER,
            title=Text("All documents together", "Alla dokument tillsammans"),
            verdict=verdict_of(findings),
            findings=findings,
            facts=tuple(
                Fact(label=_UNLISTED, value=f"{code}: {count}")
                for code, count in sorted(self._told.unlisted.items())
            ),
        )

    def _add_joint_plan(self, record: RecordTrace, place: int) -> None:
        source = number_of(record.source_system)
        if len(self._sources) < 2:  # noqa: PLR2004 - one or several, that is the question
            self._sources.add(source)
        if record.joint_plan is None:
            return
        other = self._joint_plans.add(record, source, place)
        if other is not None:
            self._tell("CPT-001", Severity.ERROR, _STRANGERS, place, other, "body/jointPlanId")

    def _tell_physicians(self) -> None:
        for group in self._physicians.by_patient():
            current = [one for one in group if self._records.version(one.record) == one.version]
            named = {one.name for one in current if one.physician and one.name}
            first: dict[int, int] = {}
            for one in current:
                if not one.physician and one.name in named:
                    continue
                who = one.physician or one.name
                # Two of one document are told there.
                apart = not any(self._places.is_same_document(place, one.place) for place in first.values())
                if who and who not in first and first and apart:
                    earliest = next(iter(first.values()))
                    self._tell("CP-016", Severity.WARNING, _PHYSICIANS, one.place, earliest)
                if who:
                    first.setdefault(who, one.place)

    def _tell(
        self,
        code: str,
        severity: Severity,
        text: Text,
        place: int | None,
        other: int | None,
        below: str = "",
    ) -> None:
        """Tell of a place, and in the sentence of the other."""
        here = self._places[place] if place is not None else Place("", "", None)
        there = str(self._places[other]) if other is not None else ""
        self._told.add(
            ReportedFinding(
                code=code,
                severity=severity,
                layer=Layer.TOGETHER,
                message=text.english.format(there=there),
                message_sv=text.swedish.format(there=there),
                reference=_REFERENCES[code],
                file=here.file,
                path=f"{here.path}/{below}".strip("/") if place is not None else "",
                line=here.line,
            )
        )


class _Told:
    """Findings, of each kind so many; the others are counted."""

    def __init__(self, keep: Callable[[ReportedFinding], bool]) -> None:
        self._keep = keep
        self._listed: Counter[tuple[str, Severity]] = Counter()
        self.findings: list[ReportedFinding] = []
        self.unlisted: Counter[str] = Counter()

    def add(self, finding: ReportedFinding) -> None:
        if not self._keep(finding):
            return
        kind = (finding.code, finding.severity)
        self._listed[kind] += 1
        if self._listed[kind] <= MOST_OF_A_KIND:
            self.findings.append(finding)
        else:
            self.unlisted[finding.code] += 1


class _Likeness(Enum):
    """How a record is related to the one seen before with the same source system and id."""

    FIRST = 0
    STRANGER = 1
    """About another patient."""
    CONTRADICTION = 2
    """The same version number, changed at another time."""
    COPY = 3
    """The same version."""
    NEWER = 4
    OLDER = 5


_CLASHES: Final = {
    _Likeness.STRANGER: (
        Severity.ERROR,
        Text(
            "the same source system gives this record id to a record about another patient in {there}: "
            "give every record an id of its own",
            "samma källsystem ger det här post-id:t till en post om en annan patient i {there}: "
            "ge varje post ett eget id",
        ),
    ),
    _Likeness.CONTRADICTION: (
        Severity.WARNING,
        Text(
            "this record has the same version number but another updatedTime in {there}: "
            "count the version up with every change, and give every record an id of its own",
            "den här posten har samma versionsnummer men en annan updatedTime i {there}: "
            "räkna upp versionen vid varje ändring, och ge varje post ett eget id",
        ),
    ),
}


class _Records:
    """Every record's newest version."""

    def __init__(self, most: int) -> None:
        self._index = Index(most)
        self._patients = array("Q")
        self._versions = array("Q")
        self._updates = array("Q")
        self.places = array("I")

    def __len__(self) -> int:
        return len(self._index)

    def add(self, record: RecordTrace, place: int) -> tuple[int, _Likeness]:
        """Remember a record; return its position and what it is to the one that stood there."""
        patient = number_of(record.patient)
        version, updated = _version_of(record)
        position, is_new = self._index.place(
            number_of(record.source_system) * 31 + number_of(record.record) & _LARGEST
        )
        if is_new:
            self._patients.append(patient)
            self._versions.append(version)
            self._updates.append(updated)
            self.places.append(place)
            return position, _Likeness.FIRST
        known = self.version(position)
        if self._patients[position] != patient:
            return position, _Likeness.STRANGER
        if known == (version, updated):
            return position, _Likeness.COPY
        if version and version == known[0]:
            return position, _Likeness.CONTRADICTION
        # A version number goes before the time, when both have one. Contract description, section 5.
        both = bool(version and known[0])
        if (version, updated) < known if both else updated < known[1]:
            return position, _Likeness.OLDER
        self._versions[position], self._updates[position] = version, updated
        return position, _Likeness.NEWER

    def version(self, position: int) -> tuple[int, int]:
        """Return version number and time of the newest version."""
        return self._versions[position], self._updates[position]


def _version_of(record: RecordTrace) -> tuple[int, int]:
    return min(record.version or NOTHING, _LARGEST), min(record.updated or NOTHING, _LARGEST)


class _JointPlans:
    """Joint plans, by their ids."""

    def __init__(self, most: int) -> None:
        self._index = Index(most)
        self._patients = array("Q")
        self._sources = array("Q")
        self._places = array("I")

    def add(self, record: RecordTrace, source: int, place: int) -> int | None:
        """Remember a part; return the place of the first part when that is about another patient."""
        position, is_new = self._index.place(number_of(record.joint_plan))
        if is_new:
            self._patients.append(number_of(record.patient))
            self._sources.append(source)
            self._places.append(place)
            return None
        if self._sources[position] != source:
            self._sources[position] = NOTHING
        return self._places[position] if self._patients[position] != number_of(record.patient) else None

    def lonely(self) -> Iterator[int]:
        """Give the places of those that only one source system has a part of."""
        return (place for place, source in zip(self._places, self._sources, strict=True) if source)


class _Physician(NamedTuple):
    """One active fast läkarkontakt, as a record names it."""

    patient: int
    physician: int
    name: int
    place: int
    record: int
    version: tuple[int, int]


class _Physicians:
    """Active fasta läkarkontakter, in the order of the documents."""

    def __init__(self) -> None:
        self._columns = tuple(array("Q") for _ in range(7))

    def add(self, one: PhysicianTrace, place: int, record: int, version: tuple[int, int]) -> None:
        """Remember one."""
        patient, physician, name = number_of(one.patient), number_of(one.physician), number_of(one.name)
        for column, value in zip(
            self._columns, (patient, physician, name, place, record, *version), strict=True
        ):
            column.append(value)

    def by_patient(self) -> Iterator[list[_Physician]]:
        """Give those of every patient who has more than one, in the order they were first seen."""
        patients = self._columns[0]
        rows = sorted(range(len(patients)), key=patients.__getitem__)
        groups = (list(rows) for _, rows in groupby(rows, key=patients.__getitem__))
        for group in sorted(group for group in groups if len(group) > 1):
            yield [self._row(row) for row in group]

    def _row(self, row: int) -> _Physician:
        *numbers, version, updated = (column[row] for column in self._columns)
        patient, physician, name, place, record = numbers
        return _Physician(patient, physician, name, place, record, (version, updated))
