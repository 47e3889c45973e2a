"""From what is wrong to findings: with line, column, XPath and source line, in the document's order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from msgspec.structs import replace

from riv_careplans.codec import Element, local_name, namespace_of
from riv_careplans.codes import CORE_3, CORE_4, REGISTRY_1, RESPONDER_2, RESPONDER_3, STATUS_HEADERS_1
from riv_careplans.contract import Contract, Violation
from riv_careplans.contracts import INTERACTIONS
from riv_careplans.contracts.get_care_plans_2.rules import RULES_BY_CODE as RULES_OF_2_0
from riv_careplans.contracts.soap import SOAP_11
from riv_careplans.rules import RULES_BY_CODE, RuleFinding, Severity, Text
from riv_careplans.validation.formal import EXPLANATIONS_BY_CODE
from riv_careplans.validation.masking import Mask
from riv_careplans.validation.mistakes import Mistake
from riv_careplans.validation.places import Source, ordinals
from riv_careplans.validation.report import Excerpt, Layer, ReportedFinding
from riv_careplans.validation.violations import code_and_text

__all__ = ["MOST_FINDINGS", "Problem", "Subject", "mask_of", "record_path", "tell"]

Problem: TypeAlias = Mistake | RuleFinding | Violation

MOST_FINDINGS: Final = 200
"""Told of one document; one more says that there are others."""

_MOST_LOCATED: Final = 2_000
"""Problems that are looked for in the text, so that the first ones can be told."""

_PREFIXES: Final = {
    SOAP_11: "s",
    RESPONDER_3: "r",
    RESPONDER_2: "r",
    CORE_4: "c",
    CORE_3: "c",
    REGISTRY_1: "a",
    STATUS_HEADERS_1: "h",
}
_SOAP_NAMES: Final = frozenset(
    {"Envelope", "Header", "Body", "Fault", "faultcode", "faultstring", "faultactor", "detail"}
    | {"LogicalAddress", "ProcessingStatus"}
)
_STEP: Final = re.compile(r"([^/\[\]]+)(?:\[([0-9]+)\])?")
_MORE: Final = Text(
    "there is more that is wrong than is told here", "det finns mer som är fel än vad som berättas här"
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A document in which things are found."""

    name: str
    data: bytes
    """Its text as UTF-8."""

    root: Element
    message: Element | None
    """The message that paths begin below; None when there is none."""

    contract: Contract | None
    is_record: bool = False
    """True when the document is one record; the message was then put around it."""

    @cached_property
    def source(self) -> Source:
        """The text, split into tags."""
        return Source(self.data)

    def step(self, element: Element, *, prefixed: bool) -> str:
        """Return an element's step of a path; an element that nobody knows is counted, not named."""
        parent = None if element is self.root else element.getparent()
        if not self._is_known(element):
            return f"*[{1 if parent is None else parent.index(element) + 1}]"
        prefix = f"{_PREFIXES[namespace_of(element)]}:" if prefixed else ""
        name = prefix + local_name(element)
        if parent is None:
            return name
        before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
        alone = before == 0 and next(element.itersiblings(element.tag), None) is None
        is_record = parent is self.message and name in ("carePlan", "agreement")
        return name if alone and not is_record else f"{name}[{before + 1}]"

    def _is_known(self, element: Element) -> bool:
        namespace, name = namespace_of(element), local_name(element)
        if namespace in (SOAP_11, REGISTRY_1, STATUS_HEADERS_1):
            return name in _SOAP_NAMES
        names = self.contract.element_names if self.contract else frozenset()
        return namespace in _PREFIXES and str(element.tag) in names

    def xpath(self, element: Element) -> str:
        """Return the XPath of an element in the document."""
        steps = [self.step(element, prefixed=True)]
        while element is not self.root and (parent := element.getparent()) is not None:
            element = parent
            steps.append(self.step(element, prefixed=True))
        return "/" + "/".join(reversed(steps))

    def path(self, element: Element) -> str:
        """Return the path of an element below the message, or below the envelope when it is outside."""
        top = self.root if self.is_record or self.message is None else self.message
        steps: list[str] = []
        while element is not top and element is not self.root:
            steps.append(self.step(element, prefixed=False))
            parent = element.getparent()
            if parent is None:
                break
            element = parent
        return "/".join(reversed(steps))

    def find(self, path: str) -> Element | None:
        """Return the element at a path below the message, or the nearest one above it."""
        if self.message is None:
            return None
        element = self.message
        for name, position in _STEP.findall(path):
            found = self._child(element, name, int(position or 1))
            if found is None:
                break
            element = found
        return element if element is not self.message or not self.is_record else self.root

    def _child(self, parent: Element, name: str, position: int) -> Element | None:
        if parent is self.message:
            alike = self._records.get(name, [])
            return alike[position - 1] if 0 < position <= len(alike) else None
        wanted = "*" if name == "*" else f"{{*}}{name}"
        children = (
            child for child in parent.iterchildren(wanted) if name == "*" or namespace_of(child) in _PREFIXES
        )
        return next(islice(children, position - 1, None), None)

    @cached_property
    def _records(self) -> dict[str, list[Element]]:
        """The message's children by name, because answers have thousands."""
        found: dict[str, list[Element]] = {}
        for child in self.message if self.message is not None else ():
            found.setdefault("*", []).append(child)
            if namespace_of(child) in _PREFIXES:
                found.setdefault(local_name(child), []).append(child)
        return found


def record_path(path: str) -> str:
    """Return a path below a record from one below the message that was put around it."""
    return path.partition("/")[2]


def mask_of(*, show_personal_data: bool) -> Mask:
    """Return what makes excerpts: it lets the names of all known contracts be seen."""
    names = {name.rpartition("}")[2] for one in INTERACTIONS for name in one.contract.element_names}
    return Mask(names=frozenset(names | _SOAP_NAMES), show_personal_data=show_personal_data)


class _Located(NamedTuple):
    """A problem, and where a reader should look."""

    problem: Problem
    code: str
    path: str
    element: Element | None
    anchor: Element | None


def tell(subject: Subject, problems: Sequence[Problem], mask: Mask) -> tuple[ReportedFinding, ...]:
    """Tell the first problems of a document, in its order and then by code."""
    located = [_locate(subject, problem) for problem in problems[:_MOST_LOCATED]]
    anchors = [one.anchor for one in located if one.anchor is not None]
    numbers = ordinals(subject.root, anchors)
    offsets = {anchor: subject.source.start_of(number) for anchor, number in numbers.items()}

    def order(one: _Located) -> tuple[int, int, str, str]:
        offset = -1 if one.anchor is None else offsets.get(one.anchor, -1)
        return offset, one.problem.line or 0 if isinstance(one.problem, Violation) else 0, one.code, one.path

    located.sort(key=order)
    shown = located[:MOST_FINDINGS]
    places = subject.source.places(offsets[one.anchor] for one in shown if one.anchor in offsets)
    findings: list[ReportedFinding] = []
    for one in shown:
        offset = offsets.get(one.anchor) if one.anchor is not None else None
        finding = _as_told(subject, one)
        if offset is not None:
            own_name = one.problem.own_name if isinstance(one.problem, Mistake) else ""
            finding = _at(finding, *places[offset], mask.excerpt(subject.source, offset, own_name=own_name))
        findings.append(finding)
    left = len(problems) - len(shown)
    if left:
        findings.append(_more(subject, (one.problem for one in located[MOST_FINDINGS:]), left))
    return tuple(findings)


def _locate(subject: Subject, problem: Problem) -> _Located:
    if isinstance(problem, Mistake):
        element = problem.element
        path = "" if element is None else subject.path(element)
        if problem.missing:
            path = f"{path}/{problem.missing}".lstrip("/")
        anchor = element if problem.anchor is None else problem.anchor
        return _Located(problem, problem.code, path, element, anchor)
    path = record_path(problem.path) if subject.is_record else problem.path
    if isinstance(problem, Violation):
        code, _ = code_and_text(problem)
        # Of a large document libxml2 tells the line alone.
        element = subject.find(problem.path) if problem.path or problem.line is None else None
        return _Located(problem, code, path, element, element)
    code = problem.code
    if code == "XSD":
        # The codec is stricter than libxml2, with base64.
        code = "XSD-006" if problem.message.startswith("this is not a valid") else "XSD-013"
    element = subject.find(problem.path)
    return _Located(problem, code, path, element, element)


def _as_told(subject: Subject, one: _Located) -> ReportedFinding:
    problem = one.problem
    explanation = EXPLANATIONS_BY_CODE.get(one.code)
    remedy = Text("", "")
    line = None
    if isinstance(problem, Mistake):
        text, remedy = problem.text, problem.remedy or remedy
    elif isinstance(problem, Violation):
        text, line = code_and_text(problem)[1], problem.line
    else:
        text, line = Text(problem.message, problem.message_sv), problem.line
    severity = problem.severity if isinstance(problem, RuleFinding) else Severity.ERROR
    return ReportedFinding(
        code=one.code,
        message=text.english,
        message_sv=text.swedish,
        severity=explanation.severity if explanation is not None else severity,
        layer=explanation.layer if explanation is not None else Layer.RULES,
        remedy=remedy.english,
        remedy_sv=remedy.swedish,
        reference=explanation.reference if explanation is not None else _reference(one.code),
        file=subject.name,
        path=one.path,
        line=line,
        xpath="" if one.element is None else subject.xpath(one.element),
    )


def _reference(code: str) -> str:
    rule = RULES_BY_CODE.get(code) or RULES_OF_2_0.get(code)
    return rule.reference if rule else ""


def _at(finding: ReportedFinding, line: int, column: int, excerpt: Excerpt) -> ReportedFinding:
    return replace(finding, line=line, column=column, excerpt=excerpt)


def _more(subject: Subject, untold: Iterable[Problem], left: int) -> ReportedFinding:
    """Say that there are others, as gravely as the gravest of them."""
    severities = {one.severity if isinstance(one, RuleFinding) else Severity.ERROR for one in untold}
    gravest = next((one for one in Severity if one in severities), Severity.ERROR)
    explanation = EXPLANATIONS_BY_CODE["DOC-004"]
    return ReportedFinding(
        code="DOC-004",
        message=f"{_MORE.english}: at least {left} findings",
        message_sv=f"{_MORE.swedish}: minst {left} anmärkningar",
        severity=gravest,
        layer=explanation.layer,
        remedy=explanation.mend.english,
        remedy_sv=explanation.mend.swedish,
        reference=explanation.reference,
        file=subject.name,
        line=1,
    )
