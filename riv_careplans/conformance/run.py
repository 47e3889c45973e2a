"""A run: the first contact, then every check of the table for every version that the producer speaks.

No check can end the run: what it cannot ask is its finding. What has not been checked when the run's
time is up is skipped, and the report says that it was interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from riv_careplans.conformance import (
    checks_basic,
    checks_faults,
    checks_filters,
    checks_load,
    checks_published,
    checks_transport,
)
from riv_careplans.conformance.answers import Answered, Form
from riv_careplans.conformance.check import Check, Context, Noted, Remark, Skipped
from riv_careplans.conformance.checks_published import find_wsdl
from riv_careplans.conformance.client import Client, RunIsOver, Unanswered
from riv_careplans.conformance.settings import CheckSettings
from riv_careplans.contracts import INTERACTIONS
from riv_careplans.errors import ConfigurationError, whereabouts
from riv_careplans.rules import Severity, Text
from riv_careplans.rules.repeats import repeats
from riv_careplans.validation.explained import Explanation
from riv_careplans.validation.report import (
    Examined,
    Fact,
    Kind,
    Layer,
    Report,
    ReportedFinding,
    StructureLevel,
    Verdict,
    verdict_of,
)

__all__ = ["CHECKS", "EXPLANATIONS", "chosen_checks", "run"]

CHECKS: Final = tuple(
    sorted(
        (
            *checks_basic.CHECKS,
            *checks_published.CHECKS,
            *checks_filters.CHECKS,
            *checks_faults.CHECKS,
            *checks_transport.CHECKS,
            *checks_load.CHECKS,
        ),
        key=lambda check: check.code,
    )
)
"""Every check, by code."""

EXPLANATIONS: Final = tuple(
    Explanation(
        code=check.code,
        layer=Layer.PRODUCER,
        severity=check.severity,
        what=check.title,
        why=check.why,
        mend=check.mend,
        reference=check.reference,
    )
    for check in CHECKS
)
"""What each code means."""

_OUT_OF_TIME: Final = Text("the run's time or requests were used up", "körningens tid eller frågor tog slut")
_NO_CONTACT: Final = Text("the producer was not reached: see PC-001", "producenten nåddes inte: se PC-001")
_MASK: Final = "****"


def chosen_checks(settings: CheckSettings) -> tuple[Check, ...]:
    """Return the checks that the settings select; raises `ConfigurationError` for a code nobody has."""
    for code in (*settings.select, *settings.ignore):
        if not any(check.code.startswith(code) for check in CHECKS):
            raise ConfigurationError(
                f"there is no check {code[:20]}; there are {CHECKS[0].code} to {CHECKS[-1].code}"
            )
    return tuple(
        check
        for check in CHECKS
        if (not settings.select or check.code.startswith(settings.select))
        and not (settings.ignore and check.code.startswith(settings.ignore))
    )


def run(
    settings: CheckSettings,
    *,
    now: datetime,
    new_id: Callable[[], str],
    on_check: Callable[[Examined, int], None] = lambda _examined, _total: None,
) -> Report:
    """Check a producer; `on_check` is told each check as it is done, and how many there are in all.

    Raises `ConfigurationError` for settings that cannot work, and nothing for what the producer does.
    """
    checks = chosen_checks(settings)
    client = Client(settings, new_id=new_id)
    started = Fact(label=Text("started", "påbörjad"), value=now.isoformat(timespec="seconds"))
    done: list[Examined] = []

    def tell(examined: Examined, total: int) -> None:
        clean = _clean(examined, settings)
        done.append(clean)
        on_check(clean, total)

    try:
        met = _contact(settings, client, now)
    except RunIsOver:
        met = [_Met(context=None, lost=_TOO_SHORT)]
    plan = _plan(met, checks)
    interrupted = any(one.lost is _TOO_SHORT for one in met)
    for one, check in plan:
        if one.context is None or one.lost is not None:
            tell(_unreached(settings, client, one, check, started), len(plan))
        else:
            examined, broken_off = _examine(one.context, check, started)
            interrupted = interrupted or broken_off
            tell(examined, len(plan))
    return Report.of(done, interrupted=interrupted)


def _plan(met: Iterable[_Met], checks: Iterable[Check]) -> list[tuple[_Met, Check]]:
    """Return what is to be checked, in order: version by version."""
    plan: list[tuple[_Met, Check]] = []
    door = CHECKS[0]
    for one in met:
        fitting = [check for check in checks if one.context is None or _applies(check, one.context)]
        is_closed = one.context is None or one.lost is not None or not one.context.first().is_answer
        if is_closed and door not in fitting:
            # Whoever selects one check must still hear that nothing could be checked.
            fitting = [door, *fitting]
        plan += [(one, check) for check in fitting]
    return plan


def _applies(check: Check, context: Context) -> bool:
    return context.interaction.contract.version in check.contracts


# --- the first contact --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Met:
    """What became of the plain question in one version."""

    context: Context | None
    """None when nobody knows which version the producer speaks."""

    lost: Unanswered | None = None
    """Why no answer came, when none did."""


_TOO_SHORT: Final = Unanswered(
    "gave no answer before the run's time was up", "gav inget svar innan körningens tid tog slut"
)


def _contact(settings: CheckSettings, client: Client, now: datetime) -> list[_Met]:
    """Ask the plain question in each version; return those to check, or the reason why none can be.

    Raises `RunIsOver`.
    """
    reached: list[_Met] = []
    lost: list[_Met] = []
    for interaction in INTERACTIONS:
        if settings.contract in (None, interaction.contract.version):
            context = Context(settings=settings, client=client, interaction=interaction, now=now)
            try:
                context.first()
            except Unanswered as exc:
                lost.append(_Met(context=context, lost=exc))
                if not client.is_resolved:
                    break
            else:
                reached.append(_Met(context=context))
    if settings.contract is not None:
        return reached or lost
    if not reached:
        return [_Met(context=None, lost=lost[0].lost)]
    spoken = [one for one in reached if one.context and one.context.first().form is Form.ANSWER]
    shown = [one for one in (*reached, *lost) if one not in spoken and one.context and _is_shown(one.context)]
    return spoken + shown or lost or reached[:1]


def _is_shown(context: Context) -> bool:
    """Say whether the producer publishes this version's WSDL."""
    with suppress(Unanswered):
        wsdl = find_wsdl(context)
        return (
            wsdl is not None
            and wsdl.root.get("targetNamespace") == context.interaction.contract.wsdl_namespace
        )
    return False


def _unreached(settings: CheckSettings, client: Client, met: _Met, check: Check, started: Fact) -> Examined:
    """Tell that there was no contact: the first check fails, and the others are skipped for that reason."""
    contract = "" if met.context is None else _label(met.context)
    if check is not CHECKS[0] or met.lost is None:
        return _skipped(check, contract, [_reason(_NO_CONTACT, settings)])
    text = met.lost.text
    saw = Remark(Severity.ERROR, Text(f"the producer {text.english}", f"producenten {text.swedish}"))
    findings = (_finding(saw, check, settings),)
    facts = (started, Fact(label=Text("address", "adress"), value=settings.shown_url))
    return Examined(
        name=check.code,
        kind=Kind.CHECK,
        title=check.title,
        verdict=verdict_of(findings),
        findings=findings,
        contract=contract,
        facts=facts + _ids(client.asked[: len(INTERACTIONS)], []),
        reference=check.reference,
    )


def _label(context: Context) -> str:
    contract = context.interaction.contract
    return f"{contract.name} {contract.version}"


def _skipped(check: Check, contract: str, facts: Iterable[Fact]) -> Examined:
    return Examined(
        name=check.code,
        kind=Kind.CHECK,
        title=check.title,
        verdict=Verdict.SKIPPED,
        contract=contract,
        facts=tuple(facts),
        reference=check.reference,
    )


def _reason(reason: Text, settings: CheckSettings) -> Fact:
    return Fact(label=Text("skipped because", "överhoppad eftersom"), value=settings.say(reason))


# --- one check ----------------------------------------------------------------------------------


def _examine(context: Context, check: Check, started: Fact) -> tuple[Examined, bool]:
    """Run one check; say also whether it had to be broken off."""
    asked, logged = len(context.client.asked), len(context.log_ids)
    context.used.clear()
    label = _label(context)
    seen = _Seen(check, context.settings)
    reason: Text | None = None
    broken_off = False
    try:
        for noted in check.run(context):
            seen.add(noted)
    except Skipped as exc:
        reason = exc.text
    except RunIsOver:
        reason, broken_off = _OUT_OF_TIME, True
    except Unanswered as exc:
        saw = Text(f"the producer {exc.text.english}", f"producenten {exc.text.swedish}")
        seen.add(Remark(Severity.ERROR, saw))
    except Exception as exc:  # noqa: BLE001 - a mistake in one check must not cost the others' evidence
        where = whereabouts(exc)
        reason = Text(f"the check itself failed: {where}", f"kontrollen själv misslyckades: {where}")
        broken_off = True
    used = [answered.reply.request_id for answered in context.used]
    log_ids = _log_ids(context.used) + context.log_ids[logged:]
    facts = [
        *([_reason(reason, context.settings)] if reason is not None else []),
        *([started] if check is CHECKS[0] else []),
        *seen.facts,
        *_ids([*used, *context.client.asked[asked:]], log_ids),
    ]
    if reason is not None and not seen.findings:
        return _skipped(check, label, facts), broken_off
    return Examined(
        name=check.code,
        kind=Kind.CHECK,
        title=check.title,
        verdict=verdict_of(seen.findings),
        findings=tuple(seen.findings),
        contract=label,
        levels=tuple(seen.levels),
        facts=tuple(facts),
        reference=check.reference,
    ), broken_off


class _Seen:
    """What one check has noted so far."""

    def __init__(self, check: Check, settings: CheckSettings) -> None:
        self._check = check
        self._settings = settings
        self.findings: list[ReportedFinding] = []
        self.levels: list[StructureLevel] = []
        self.facts: list[Fact] = []

    def add(self, noted: Noted) -> None:
        match noted:
            case Remark():
                self.findings.append(_finding(noted, self._check, self._settings))
            case Fact():
                self.facts.append(noted)
            case StructureLevel():
                self.levels.append(noted)
            case ReportedFinding():
                self.findings.append(replace(noted, file=self._settings.shown_url))


def _log_ids(answers: Iterable[Answered]) -> list[str]:
    return [answered.log_id for answered in answers if answered.has_log_id]


def _ids(request_ids: Iterable[str], log_ids: Iterable[str]) -> tuple[Fact, ...]:
    pairs = (
        (Text("request ids", "frågornas id"), " ".join(dict.fromkeys(request_ids))),
        (Text("log ids", "logg-id"), " ".join(dict.fromkeys(log_ids))),
    )
    return tuple(Fact(label=label, value=value, is_evidence=True) for label, value in pairs if value)


def _finding(remark: Remark, check: Check, settings: CheckSettings) -> ReportedFinding:
    remedy = remark.remedy if remark.remedy.english else check.mend
    return ReportedFinding(
        code=check.code,
        message=remark.text.english,
        message_sv=remark.text.swedish,
        severity=remark.severity,
        layer=Layer.PRODUCER,
        remedy="" if remark.severity is Severity.INFO else remedy.english,
        remedy_sv="" if remark.severity is Severity.INFO else remedy.swedish,
        reference=check.reference,
        file=settings.shown_url,
    )


# --- no person's id in a report -----------------------------------------------------------------


def _clean(examined: Examined, settings: CheckSettings) -> Examined:
    """Mask every text that repeats a patient's id: a producer may have put it anywhere, even in a log id."""
    questions = [repeats(settings.person), repeats(settings.unknown_person)]

    def masked(text: str) -> str:
        return _MASK if any(repeat(text) for repeat in questions) else text

    return replace(
        examined,
        facts=tuple(replace(one, value=masked(one.value)) for one in examined.facts),
        findings=tuple(_masked(finding, masked) for finding in examined.findings),
    )


def _masked(finding: ReportedFinding, masked: Callable[[str], str]) -> ReportedFinding:
    excerpt = finding.excerpt
    return replace(
        finding,
        message=masked(finding.message),
        message_sv=masked(finding.message_sv),
        remedy=masked(finding.remedy),
        remedy_sv=masked(finding.remedy_sv),
        path=masked(finding.path),
        xpath=masked(finding.xpath),
        file=masked(finding.file),
        excerpt=None if excerpt is None else replace(excerpt, text=masked(excerpt.text)),
    )
