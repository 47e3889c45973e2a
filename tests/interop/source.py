"""The source that foreign clients ask: four of Asta's systems as one answer, with something of everything.

Served by a real producer process: `riv-careplans serve-producer --source tests.interop.source:SOURCE`.
"""

from __future__ import annotations

from msgspec.structs import replace

from riv_careplans.exchange import Answer, HasMore, Query, select
from tests.asta import asta_answer

__all__ = ["BROKEN", "CANARY", "PATIENT", "SOURCE", "STRANGER"]

PATIENT = "191212121212"
STRANGER = "188803099368"
"""Nobody that the source knows."""
BROKEN = "194911172296"
"""The source fails when it is asked about this person."""
CANARY = "Kanariefågel"
"""What the failing source says; nobody else may."""

_MORE = HasMore(logical_address="SE2329999995-SYS2", reference="fortsätt här: å & <2>")


class Source:
    """Answers as a platform would: several systems, one of them silent, one with more to give."""

    def care_plans(self, query: Query) -> Answer:
        if query.patient_id.extension == BROKEN:
            raise RuntimeError(CANARY)
        found = select(query, asta_answer(without=("P5",)))
        return replace(found, has_more=(_MORE,) if found.care_plans else ())


SOURCE = Source()
