"""One document, from its bytes to what is wrong with it: layer upon layer.

Pure: the same bytes and options give the same examination. Never raises for what a document is; a
later layer is asked only about what the earlier ones let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from riv_careplans import codec
from riv_careplans.codec import Refusal
from riv_careplans.errors import NotWellFormed
from riv_careplans.rules import Text
from riv_careplans.validation.envelope import Letter, address_mistakes, open_letter
from riv_careplans.validation.formal import EXPLANATIONS_BY_CODE
from riv_careplans.validation.masking import Mask
from riv_careplans.validation.message import MessageCheck, check_message
from riv_careplans.validation.mistakes import Mistake
from riv_careplans.validation.options import Options
from riv_careplans.validation.packages import released
from riv_careplans.validation.places import Place
from riv_careplans.validation.recognition import Recognised, recognise
from riv_careplans.validation.refusals import mistake_of
from riv_careplans.validation.report import Examined, Fact, ReportedFinding, Verdict, verdict_of
from riv_careplans.validation.telling import Problem, Subject, mask_of, tell
from riv_careplans.validation.traces import Traces

__all__ = ["Examination", "Unreadable", "examine", "examine_unreadable"]


class Unreadable(StrEnum):
    """Why the bytes of a document could not be had."""

    MISSING = "missing"
    """There is no such file, or it vanished while it was read."""

    REFUSED = "refused"
    """The operating system does not let us read it."""

    NO_FILE = "no-file"
    """A device, a socket, a pipe: no regular file."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    BROKEN = "broken"
    """Reading began and failed."""

    LOOP = "loop"
    """A link or folder that leads back to itself."""


_UNREADABLE: Final = {
    Unreadable.BROKEN: (
        "FILE-001",
        Text("the file cannot be read to its end", "filen kan inte läsas till slutet"),
        Text("copy it anew", "kopiera den på nytt"),
    ),
    Unreadable.MISSING: (
        "FILE-002",
        Text("there is no such file", "det finns ingen sådan fil"),
        Text(
            "correct the name, or see that nothing moves the file",
            "rätta namnet, eller se till att inget flyttar filen",
        ),
    ),
    Unreadable.NO_FILE: (
        "FILE-003",
        Text("this is no regular file", "detta är ingen vanlig fil"),
        Text(
            "name a file, a folder, or - for standard input", "ange en fil, en mapp, eller - för standard in"
        ),
    ),
    Unreadable.REFUSED: (
        "FILE-004",
        Text("the file may not be read", "filen får inte läsas"),
        Text("give permission to read it", "ge rätt att läsa den"),
    ),
    Unreadable.EMPTY: (
        "FILE-005",
        Text("the document is empty", "dokumentet är tomt"),
        Text("look at what should have written it", "se över det som skulle ha skrivit det"),
    ),
    Unreadable.TOO_LARGE: (
        "FILE-006",
        Text("the document is larger than is accepted", "dokumentet är större än vad som godtas"),
        Text("send fewer records in each document", "skicka färre poster i varje dokument"),
    ),
    Unreadable.LOOP: (
        "FILE-007",
        Text("the link or folder leads back to itself", "länken eller mappen leder tillbaka till sig själv"),
        Text("remove the link, or name the files", "ta bort länken, eller ange filerna"),
    ),
}


_ENCODING: Final = re.compile(rb"""<\?xml\s[^<>]{0,80}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was found in one document, and what it leaves behind for the comparison of documents."""

    examined: Examined
    traces: Traces


def examine(data: bytes, name: str, options: Options) -> Examination:
    """Examine one document, called `name` in its findings.

    Raises `ConfigurationError` when `options.schemas` holds no fitting package; nothing for what the
    document is.
    """
    if not data:
        return Examination(examined=examine_unreadable(name, Unreadable.EMPTY), traces=Traces())
    try:
        root = codec.parse(data, options.limits)
    except NotWellFormed as exc:
        return Examination(examined=_refused(data, name, exc, options), traces=Traces())
    letter = open_letter(root)
    problems: list[Problem] = list(_encoding_mistakes(data, root))
    if letter.message is None:
        examined = _without_message(data, name, letter, problems, options)
        return Examination(examined=examined, traces=Traces())
    recognised = recognise(letter.message, in_envelope=letter.in_envelope)
    if letter.in_envelope and recognised.message == "request":
        problems += address_mistakes(root)
    if recognised.interaction is None or recognised.mistake is not None:
        problems += [recognised.mistake] if recognised.mistake else []
        examined = _examined(data, name, letter, recognised, None, problems, options)
        return Examination(examined=examined, traces=Traces())
    contract = recognised.interaction.contract
    if options.schemas is not None:
        contract = released(contract, options.schemas)
    checked = check_message(recognised.interaction, contract, letter.message, recognised.message, options)
    problems += checked.problems
    examined = _examined(data, name, letter, recognised, checked, problems, options)
    return Examination(examined=examined, traces=checked.traces)


def _examined(
    data: bytes,
    name: str,
    letter: Letter,
    recognised: Recognised,
    checked: MessageCheck | None,
    problems: list[Problem],
    options: Options,
) -> Examined:
    findings: tuple[ReportedFinding, ...] = ()
    if problems:
        subject = Subject(
            name=name,
            data=codec.as_utf_8(data),
            root=letter.root,
            message=letter.message if checked is None else checked.message,
            contract=recognised.interaction.contract if recognised.interaction else None,
            is_record=checked is not None and checked.message is not letter.message,
        )
        findings = tell(subject, problems, _mask(options.show_personal_data))
    return Examined(
        name=name,
        verdict=verdict_of(findings),
        findings=findings,
        contract=recognised.contract_name,
        message=recognised.message,
        records=checked.records if checked else 0,
        levels=checked.levels if checked else (),
    )


def _encoding_mistakes(data: bytes, root: codec.Element) -> Iterator[Mistake]:
    """Tell of a declared encoding that can be read here, and that not every receiver can."""
    declared = _ENCODING.match(data)
    if declared is not None and not declared[1].lower().startswith((b"utf-8", b"utf8", b"utf-16")):
        yield Mistake(
            code="XML-008",
            element=root,
            text=Text(
                "the document is written in another encoding than UTF-8 and UTF-16",
                "dokumentet är skrivet i en annan teckenkodning än UTF-8 och UTF-16",
            ),
            remedy=Text(
                "write the document in UTF-8, and let the XML declaration say so",
                "skriv dokumentet i UTF-8 och låt XML-deklarationen säga det",
            ),
        )


def _without_message(
    data: bytes, name: str, letter: Letter, problems: list[Problem], options: Options
) -> Examined:
    """Tell of a fault, or of an envelope that has no message."""
    facts: tuple[Fact, ...] = ()
    problems += letter.mistakes
    if letter.fault is not None:
        codes = " ".join(filter(None, (letter.fault.code, letter.fault.platform_code)))
        facts = (Fact(label=Text("fault code", "felkod"), value=codes),)
        fault = next((one for one in letter.root.iter() if codec.local_name(one) == "Fault"), letter.root)
        text = Text(
            "this is a SOAP Fault: the question was not answered",
            "detta är ett SOAP Fault: frågan besvarades inte",
        )
        problems.append(Mistake(code="SOAP-012", element=fault, text=text))
    subject = Subject(name=name, data=codec.as_utf_8(data), root=letter.root, message=None, contract=None)
    findings = tell(subject, problems, _mask(options.show_personal_data))
    return Examined(
        name=name,
        verdict=verdict_of(findings),
        findings=findings,
        message="fault" if letter.fault else "",
        facts=facts,
    )


def _refused(data: bytes, name: str, exc: NotWellFormed, options: Options) -> Examined:
    """Tell why the bytes were not parsed."""
    refusal = exc.findings[0]
    assert isinstance(refusal, Refusal), "the parser says why"  # noqa: S101 - narrows the type
    mistake = mistake_of(refusal, data)
    excerpt = None
    if refusal.line and refusal.column:
        place = Place(refusal.line, refusal.column)
        excerpt = _mask(options.show_personal_data).excerpt_of_broken(codec.as_utf_8(data), place)
    explanation = EXPLANATIONS_BY_CODE[mistake.code]
    finding = ReportedFinding(
        code=mistake.code,
        message=mistake.text.english,
        message_sv=mistake.text.swedish,
        severity=explanation.severity,
        layer=explanation.layer,
        remedy=mistake.remedy.english if mistake.remedy else "",
        remedy_sv=mistake.remedy.swedish if mistake.remedy else "",
        reference=explanation.reference,
        file=name,
        line=refusal.line or 1,
        column=refusal.column,
        excerpt=excerpt,
    )
    return Examined(name=name, verdict=Verdict.FAILED, findings=(finding,))


@cache
def _mask(show_personal_data: bool) -> Mask:  # noqa: FBT001 - a cache knows positions only
    return mask_of(show_personal_data=show_personal_data)


def examine_unreadable(name: str, problem: Unreadable) -> Examined:
    """Tell of a document whose bytes could not be had."""
    code, text, remedy = _UNREADABLE[problem]
    explanation = EXPLANATIONS_BY_CODE[code]
    finding = ReportedFinding(
        code=code,
        message=text.english,
        message_sv=text.swedish,
        severity=explanation.severity,
        layer=explanation.layer,
        remedy=remedy.english,
        remedy_sv=remedy.swedish,
        reference=explanation.reference,
        file=name,
    )
    return Examined(name=name, verdict=Verdict.FAILED, findings=(finding,))
