"""Whom to ask about a patient, as the engagement index says.

Pure. The index names source systems; a source system that has something and that nobody here knows is
asked too, in a manner of speaking: its answer is that it is missing, so that no overview without it
looks whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from riv_careplans.aggregate.share import NamedSource
from riv_careplans.codes import ResultCode
from riv_careplans.contracts.engagement_index import CARE_PLANS, CARE_PLANS_DOMAIN, Engagement
from riv_careplans.exchange import Answer, Outcome, OutcomeKind, Query, Result
from riv_careplans.identity import HSA_ID, identity_key

__all__ = ["targets"]

_NOT_KNOWN: Final = "the engagement index names a source system that is not among the sources here"


def targets(
    engagements: Iterable[Engagement], sources: Iterable[NamedSource], *, own_addresses: Iterable[str] = ()
) -> tuple[NamedSource, ...]:
    """Return the sources that the index's posts about care plans name, each once.

    They come in the order of `sources`, followed by those that are not known here, in the order of
    their addresses. HSA-ids are compared without regard to case. A post that names one of
    `own_addresses`, as source system or as logical address, is this service's own and is not asked:
    "own address dropped by both fields".
    """
    own = {_key(address) for address in own_addresses}
    named = {
        _key(one.source_system): one.source_system
        for one in engagements
        if (one.service_domain, one.categorization) == (CARE_PLANS_DOMAIN, CARE_PLANS)
        and own.isdisjoint((_key(one.source_system), _key(one.logical_address)))
    }
    known = tuple(source for source in sources if named.pop(_key(source.logical_address), None) is not None)
    return (*known, *(_not_known(named[key]) for key in sorted(named)))


def _key(address: str) -> tuple[str, str]:
    return identity_key(HSA_ID, address)


def _not_known(address: str) -> NamedSource:
    return NamedSource(logical_address=address, source=_NotKnown(address))


@dataclass(frozen=True, slots=True)
class _NotKnown:
    """A source system of which nothing is known but its address."""

    address: str

    async def care_plans_async(self, query: Query) -> Answer:  # noqa: ARG002 - it cannot be asked
        outcome = Outcome(logical_address=self.address, kind=OutcomeKind.NOT_KNOWN_HERE, detail=_NOT_KNOWN)
        return Answer(result=Result(code=ResultCode.INFO, log_id=str(uuid4())), outcomes=(outcome,))
