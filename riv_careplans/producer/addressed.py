"""Several source systems behind one endpoint: each question goes to the one it is addressed to."""

from __future__ import annotations

from collections.abc import Mapping

from riv_careplans.exchange import Answer, CarePlanSource, Query
from riv_careplans.identity import HSA_ID, identity_key
from riv_careplans.producer.answering import SourceMistake

__all__ = ["AddressedSources"]


class AddressedSources:
    """Sources by logical address; ready when all of them are."""

    def __init__(self, sources: Mapping[str, CarePlanSource]) -> None:
        self._sources = {identity_key(HSA_ID, address): source for address, source in sources.items()}

    def care_plans(self, query: Query) -> Answer:
        """Ask the one source that the question is for."""
        source = self._sources.get(identity_key(HSA_ID, query.call.logical_address))
        if source is None:
            raise SourceMistake("no source has the logical address that was asked")
        return source.care_plans(query)

    def ready(self) -> bool:
        """Ask those that can tell."""
        hooks = [getattr(source, "ready", None) for source in self._sources.values()]
        return all(ready() for ready in hooks if callable(ready))
