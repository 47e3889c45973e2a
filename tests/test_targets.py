"""Whom to ask, as the engagement index says: nobody in vain, nobody twice, and nobody missing in silence."""

from __future__ import annotations

import pytest

from riv_careplans.aggregate import AggregatedSource, NamedSource, targets
from riv_careplans.codes import ResultCode
from riv_careplans.contracts.engagement_index import Engagement
from riv_careplans.exchange import Answer, OutcomeKind, Query
from tests.builders import ASTA, care_plan, query
from tests.indexes import engagement

OURS = "SE5565594230-AGP"
KNOWN = ("SE2329999995-SYS1", "SE2329999995-SYS2")


class Knowing:
    """A source that has one plan."""

    def care_plans(self, query: Query) -> Answer:
        return Answer.ok(care_plans=[care_plan()])


def post(source_system: str, **changes: str) -> Engagement:
    return engagement(**{"logical_address": source_system, "source_system": source_system, **changes})


def sources() -> list[NamedSource]:
    return [NamedSource(logical_address=address, source=Knowing(), name=address[-4:]) for address in KNOWN]


def asked(*posts: Engagement) -> list[str]:
    return [one.logical_address for one in targets(posts, sources(), own_addresses=[OURS])]


ONE, TWO = KNOWN
NINE = "SE2329999995-SYS9"
EIGHT = "se2329999995-sys8"


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        pytest.param([], [], id="nobody has anything"),
        pytest.param([post(TWO)], [TWO], id="one"),
        pytest.param([post(TWO), post(ONE)], [ONE, TWO], id="in the order of the sources"),
        pytest.param([post(TWO.lower())], [TWO], id="without regard to case"),
        pytest.param([post(TWO), post(TWO.lower()), post(TWO, data_controller="X")], [TWO], id="once"),
        pytest.param([post(NINE), post(EIGHT), post(TWO)], [TWO, EIGHT, NINE], id="not known here, last"),
        pytest.param([post(NINE), post(NINE.lower())], [NINE.lower()], id="not known here, once"),
        pytest.param([post(OURS), post(TWO)], [TWO], id="ourselves as source system"),
        pytest.param([post(TWO, logical_address=OURS.lower())], [], id="ourselves as logical address"),
        pytest.param([post(ONE, logical_address=TWO)], [ONE], id="the source system, not the address"),
        pytest.param([post(ONE, categorization="cll-rp")], [], id="another kind of information"),
        pytest.param([post(ONE, service_domain="riv:other")], [], id="another service domain"),
    ],
)
def test_those_are_asked_whom_the_index_names(posts: list[Engagement], expected: list[str]) -> None:
    assert asked(*posts) == expected


def test_a_system_that_is_not_known_here_has_an_outcome_of_its_own_and_the_answer_is_not_whole() -> None:
    chosen = targets([post(NINE), post(TWO)], sources())

    answer = AggregatedSource(chosen).care_plans(query())

    assert [(one.logical_address, one.kind) for one in answer.outcomes] == [
        (TWO, OutcomeKind.ANSWERED),
        (NINE, OutcomeKind.NOT_KNOWN_HERE),
    ]
    assert [one.whole for one in answer.outcomes] == [True, False]
    assert answer.result.code is ResultCode.INFO
    assert len(answer.care_plans) == 1
    assert ASTA not in repr(answer.outcomes)


def test_an_index_that_knows_of_nobody_gives_a_whole_answer_without_plans() -> None:
    answer = AggregatedSource(targets([], sources())).care_plans(query())

    assert (answer.result.code, answer.outcomes, answer.care_plans) == (ResultCode.OK, (), ())
