"""Risks, as they are shown: the signs to look out for and what to do, the most serious first. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from riv_careplans.aggregate.collation import swedish_key
from riv_careplans.model import Risk
from riv_careplans.overview.entries import Entry, cited_once
from riv_careplans.overview.parties import Parties
from riv_careplans.overview.view import ActionView, RiskView, TriggerView
from riv_careplans.swedish.words import RISK_LEVEL, URGENCY

__all__ = ["risks_in", "risks_of"]

_ORDER_OF_LEVELS = {level: number for number, level in enumerate(RISK_LEVEL)}
_ORDER_OF_URGENCIES = {urgency: number for number, urgency in enumerate(URGENCY)}
_LAST = 9
"""After every known place in an order."""


def risks_of(entries: Iterable[Entry], parties: Parties) -> tuple[RiskView, ...]:
    """Show the risks of all records in force, the most serious first."""
    return risks_in((entry for entry in entries if entry.in_force), parties)


def risks_in(entries: Iterable[Entry], parties: Parties) -> tuple[RiskView, ...]:
    """Show the risks of some records, in force or not."""
    shown = (
        (_risk(risk, entry, parties), entry.cite()) for entry in entries for risk in entry.record.body.risks
    )
    risks = (msgspec.structs.replace(view, citations=citations) for view, citations in cited_once(shown))
    return tuple(sorted(risks, key=_order_of_risks))


def _order_of_risks(risk: RiskView) -> tuple[object, ...]:
    return (
        _ORDER_OF_LEVELS.get(risk.level, _LAST) if risk.level is not None else _LAST,
        swedish_key(risk.triggers[0].text if risk.triggers else ""),
        risk.citations[0].provenance,
    )


def _risk(risk: Risk, entry: Entry, parties: Parties) -> RiskView:
    triggers = sorted(
        (TriggerView(text=one.text, level=one.level) for one in risk.triggers),
        key=lambda one: _LAST if one.level is None else _ORDER_OF_LEVELS[one.level],
    )
    actions = sorted(
        (
            ActionView(
                text=one.text,
                urgency=one.urgency,
                performer=parties.maybe(entry, one.performer),
                contact=parties.contact(entry, one.participant_id),
            )
            for one in risk.actions
        ),
        key=lambda one: _LAST if one.urgency is None else _ORDER_OF_URGENCIES[one.urgency],
    )
    return RiskView(
        level=triggers[0].level if triggers else None,
        triggers=tuple(triggers),
        actions=tuple(actions),
        agreed=risk.agreed_date,
        review=risk.review_date,
        plan=entry.title,
        citations=(),
    )
