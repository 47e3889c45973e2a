"""Overviews of made-up records and of the scenario, on the scenario's day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from riv_careplans.exchange import Answer
from riv_careplans.model import Agreement, CarePlan
from riv_careplans.overview import Audience, Overview, build_overview
from tests.builders import ASTA_ID, answer
from tests.merging import TODAY

__all__ = ["SINCE", "overview_of", "seen"]

SINCE = dt.date(2025, 12, 10)


def seen(given: Answer, audience: Audience = Audience.PATIENT, *, since: dt.date | None = SINCE) -> Overview:
    """Build the overview of an answer about Asta."""
    return build_overview(given, patient_id=ASTA_ID, today=TODAY, audience=audience, since=since)


def overview_of(
    *records: CarePlan | Agreement, audience: Audience = Audience.PATIENT, **changes: Any
) -> Overview:
    """Build the overview of some records; a change names a field of the answer."""
    plans = tuple(record for record in records if isinstance(record, CarePlan))
    agreements = tuple(record for record in records if isinstance(record, Agreement))
    return seen(answer(*plans, agreements=agreements, **changes), audience)
