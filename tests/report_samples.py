"""One rich report, made by hand: every kind of examined thing, every verdict, and names that mean harm."""

from __future__ import annotations

from io import StringIO
from types import MappingProxyType
from typing import Any, Final, Literal

from riv_careplans.report import FORMATS, Look
from riv_careplans.rules import Severity, Text
from riv_careplans.validation.explained import Explanation
from riv_careplans.validation.report import (
    Examined,
    Excerpt,
    Fact,
    Kind,
    Layer,
    Report,
    ReportedFinding,
    StructureLevel,
    Verdict,
)

HOSTILE_NAME: Final = (
    'mapp/\x1b[31m\u202egnp.<script>alert(1)</script> & "å", 100%:r\udce4tt\r\n::error::.xml'
)
"""A file name with an escape sequence, a direction mark, markup, a byte that is no UTF-8, and line ends."""

_GOALS: Final = Text(
    "level 3: say the goals (goal) and activities (activity)",
    "nivå 3: ange mål (goal) och aktiviteter (activity)",
)
_LINKS: Final = Text(
    "level 4: link activities to goals (goalId)",
    "nivå 4: koppla aktiviteter till mål (goalId)",
)


def explanation(code: str, layer: Layer, severity: Severity, what: Text) -> Explanation:
    return Explanation(
        code=code,
        layer=layer,
        severity=severity,
        what=what,
        why=Text(
            "A reader would be shown something that the source never meant.",
            "Den som läser får se något som källan aldrig menade.",
        ),
        mend=Text(
            "Send the value that the source has, or leave the element out.",
            "Skicka det värde som källan har, eller utelämna elementet.",
        ),
        reference="contract description, section 4",
    )


EXPLANATIONS: Final = MappingProxyType(
    {
        one.code: one
        for one in (
            explanation("CP-006", Layer.RULES, Severity.ERROR, Text("a goal that is ended says how it went", "ett avslutat mål säger hur det gick")),
            explanation("CP-011", Layer.RULES, Severity.WARNING, Text("a booked activity has a time", "en bokad aktivitet har en tid")),
            explanation("CP-016", Layer.TOGETHER, Severity.ERROR, Text("a person has one fast läkarkontakt", "en person har en fast läkarkontakt")),
            explanation("CP-020", Layer.RULES, Severity.INFO, Text("a plan that is not approved is not shown", "en plan som inte är godkänd visas inte")),
            explanation("FILE-002", Layer.FILE, Severity.ERROR, Text("the file can be read", "filen går att läsa")),
            explanation("PC-004", Layer.PRODUCER, Severity.ERROR, Text("an unknown patient gives an empty answer", "en okänd patient ger ett tomt svar")),
            explanation("XSD-003", Layer.SCHEMA, Severity.ERROR, Text("elements stand in the schema's order", "element står i schemats ordning")),
        )
    }
)  # fmt: skip


def finding(code: str, message: Text, **more: Any) -> ReportedFinding:
    known = EXPLANATIONS[code]
    values = {"severity": known.severity, "layer": known.layer, "reference": known.reference, **more}
    return ReportedFinding(code=code, message=message.english, message_sv=message.swedish, **values)


GOOD: Final = Examined(
    name="svar/good.xml",
    verdict=Verdict.PASSED,
    contract="GetCarePlans 3.0",
    message="response",
    records=3,
    levels=(
        StructureLevel(path="carePlan[1]", level=4),
        StructureLevel(path="carePlan[2]", level=3, next=_LINKS),
        StructureLevel(path="carePlan[3]", level=4),
    ),
)

WRONG: Final = Examined(
    name="svar/wrong.xml",
    verdict=Verdict.FAILED,
    contract="GetCarePlans 3.0",
    message="response",
    records=6,
    known=2,
    levels=tuple(StructureLevel(path=f"carePlan[{n}]", level=2, next=_GOALS) for n in range(1, 7)),
    findings=(
        finding(
            "XSD-003",
            Text(
                "the element `goalstatus` is not known here; did you mean `goalStatus`?",
                "elementet `goalstatus` är inte känt här; menade du `goalStatus`?",
            ),
            file="svar/wrong.xml",
            line=12,
            column=9,
            path="carePlan[1]/body/goal[1]/goalstatus",
            xpath="/s:Envelope/s:Body/r:GetCarePlansResponse/r:carePlan[1]/c:body/c:goal[1]/*[4]",
            excerpt=Excerpt(text="        <c:goalstatus>••••••••</c:goalstatus>", start=8, length=14),
            remedy="here may stand: id, description, goalStatus, targetDate, subGoal, and the extension point last",
            remedy_sv="här får stå: id, description, goalStatus, targetDate, subGoal, och sist utökningspunkten",
            reference="contract description, section 3; the schema itintegration_careplan_3.0.xsd",
        ),
        finding(
            "CP-006",
            Text("the goal is ended but says nothing about how it went", "målet är avslutat men säger inget om hur det gick"),
            file="svar/wrong.xml",
            line=48,
            column=112,
            path="carePlan[2]/body/goal[2]",
            excerpt=Excerpt(text="…" + "<c:goal><c:id>•••</c:id>" * 8 + "<c:goal>•</c:goal>" + "</c:x>" * 30, start=193, length=8),
            remedy="give achievement, or another status",
            remedy_sv="ange måluppfyllelse, eller en annan status",
        ),
        finding(
            "CP-011",
            Text("the activity is booked but has no time", "aktiviteten är bokad men har ingen tid"),
            file="svar/wrong.xml",
            line=60,
            path="carePlan[2]/body/activity[1]",
        ),
        finding(
            "CP-020",
            Text("the plan is not approved for the patient and is shown to nobody", "planen är inte godkänd för patienten och visas inte"),
            file="svar/wrong.xml",
            path="carePlan[3]",
        ),
    ),
)  # fmt: skip

REMARKS: Final = Examined(
    name="fråga med blanksteg.xml",
    verdict=Verdict.REMARKS,
    contract="GetCarePlans 2.0",
    message="request",
    findings=(
        finding(
            "CP-011",
            Text("the time filter is empty", "tidsfiltret är tomt"),
            file="fråga med blanksteg.xml",
            line=3,
            column=5,
            excerpt=Excerpt(text="\t<r:datePeriod>日本</r:datePeriod>\u202e", start=15, length=2),
        ),
    ),
)

HOSTILE: Final = Examined(
    name=HOSTILE_NAME,
    verdict=Verdict.FAILED,
    findings=(
        finding(
            "FILE-002",
            Text("the file cannot be read: permission denied", "filen går inte att läsa: åtkomst nekad"),
            file=HOSTILE_NAME,
            remedy="let the one who runs the tool read it",
            remedy_sv="låt den som kör verktyget läsa den",
        ),
    ),
)

SKIPPED: Final = Examined(
    name="svar/huge.xml",
    verdict=Verdict.SKIPPED,
    facts=(
        Fact(
            label=Text("reason", "orsak"), value="the run was ended before its turn"
        ),
    ),
)  # fmt: skip

TOGETHER: Final = Examined(
    name="",
    kind=Kind.TOGETHER,
    verdict=Verdict.FAILED,
    findings=(
        finding(
            "CP-016",
            Text(
                "two source systems name different physicians as the patient's fast läkarkontakt",
                "två källsystem anger olika läkare som patientens fasta läkarkontakt",
            ),
            file="svar/good.xml",
            line=77,
            path="carePlan[1]/body/participant[2]",
            remedy="let one of them end its contact; the other stands in svar/wrong.xml, line 81",
            remedy_sv="låt en av dem avsluta sin kontakt; den andra står i svar/wrong.xml, rad 81",
        ),
    ),
)

CHECKS: Final = (
    Examined(
        name="PC-001",
        kind=Kind.CHECK,
        title=Text("the WSDL is published", "WSDL är publicerad"),
        verdict=Verdict.PASSED,
        facts=(
            Fact(label=Text("request ids", "fråge-id"), value="7f0c1a52-0001, 7f0c1a52-0002"),
            Fact(label=Text("response time, median", "svarstid, median"), value="0,41 s"),
        ),
        reference="RIV-TA 2.1, rule 12",
    ),
    Examined(
        name="PC-004",
        kind=Kind.CHECK,
        title=Text("an unknown patient gives an empty answer", "en okänd patient ger ett tomt svar"),
        verdict=Verdict.FAILED,
        facts=(Fact(label=Text("request ids", "fråge-id"), value="7f0c1a52-0003"),),
        reference="TKB GetCarePlans, section 5.2",
        findings=(
            finding(
                "PC-004",
                Text("the producer answered with a SOAP fault", "producenten svarade med ett SOAP-fel"),
                remedy="an answer without records and resultCode OK",
                remedy_sv="ett svar utan poster och resultCode OK",
                reference="TKB GetCarePlans, section 5.2",
            ),
        ),
    ),
    Examined(
        name="PC-009",
        kind=Kind.CHECK,
        title=Text("UTF-16 is understood", "UTF-16 förstås"),
        verdict=Verdict.SKIPPED,
        facts=(Fact(label=Text("reason", "orsak"), value="the time for the run was over"),),
        reference="RIV-TA 2.1, rule 4",
    ),
)

DOCUMENTS: Final = Report.of((GOOD, WRONG, REMARKS, HOSTILE, SKIPPED, TOGETHER), interrupted=True)
PRODUCER: Final = Report.of(CHECKS)
CLEAN: Final = Report.of((GOOD,))


def look(language: Literal["sv", "en"] = "sv", *, colour: bool = False, width: int = 100) -> Look:
    return Look(
        language=language,
        colour=colour,
        width=width,
        explanations=EXPLANATIONS,
        title="riv-careplans validate svar",
    )


def written(form: str, report: Report, chosen: Look | None = None) -> str:
    """Write a report in a format and return the text."""
    stream = StringIO(newline="")
    writer = FORMATS[form](stream, chosen or look())
    for one in report.examined:
        writer.add(one)
    writer.close(report.summary)
    return stream.getvalue()
