"""Runs of the conformance checks, and what a test looks for in their reports."""

from __future__ import annotations

from typing import Any

import msgspec

from riv_careplans.conformance import CheckSettings
from riv_careplans.validation.report import Examined, Report, Verdict
from tests.broken_producers import ADDRESS
from tests.commands import PATIENT

__all__ = ["everything", "facts", "settings", "the", "with_verdict"]


def settings(url: str, **chosen: Any) -> CheckSettings:
    defaults: dict[str, Any] = {
        "patient": PATIENT,
        "logical_address": ADDRESS,
        "questions": 2,
        "parallel": 4,
        "timeout": 20,
    }
    return CheckSettings(url=url, **defaults | chosen)


def with_verdict(report: Report, verdict: Verdict) -> set[str]:
    return {one.name for one in report.examined if one.verdict is verdict}


def the(report: Report, code: str) -> Examined:
    (one,) = [one for one in report.examined if one.name == code]
    return one


def facts(examined: Examined) -> dict[str, str]:
    return {one.label.english: one.value for one in examined.facts}


def everything(report: Report) -> str:
    return msgspec.json.encode(report).decode()
