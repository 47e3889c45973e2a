"""The rules are watched: break one on purpose, and a document or a case notices.

Two kinds of mistakes: a whole rule that finds nothing, or always finds; and small ones in the source.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

import pytest

from riv_careplans import codec
from riv_careplans.codec.shape import Kind
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.get_care_plans_2 import breaches
from riv_careplans.contracts.get_care_plans_2 import rules as rules_2
from riv_careplans.identity import PartialTime, parse_date, parse_timestamp
from riv_careplans.rules import (
    RULES,
    attachments,
    catalogue,
    check_answer,
    check_query,
    check_record,
    content,
    exchanges,
    identities,
    repeats,
    rule,
    times,
    walk,
)
from riv_careplans.rules.rule import Breach
from riv_careplans.validation.vectors import Vector, documents_of
from tests import older_rule_cases, rule_cases
from tests.builders import NOW, query
from tests.mutants import TookTooLong, mutants_of, within

pytestmark = pytest.mark.once

# The one rule that the codec keeps is kept in here; the package hides the module behind its function.
READ = vars(importlib.import_module("riv_careplans.codec.read"))

TABLES = [
    *((catalogue, name) for name in ("_OF_RECORDS", "_OF_ANSWERS", "_OF_QUERIES")),
    *((rules_2, name) for name in ("_OF_PLANS", "_OF_RESPONSES", "_OF_REQUESTS")),
]
CHECKED_IN_TABLES = [one.code for one in (*RULES, *rules_2.RULES) if not one.by_codec]

EQUIVALENT = {
    "identities.ids_are_unique_and_resolve: referred and (not known[target].issuperset(referred if "
    "isinstance(referred, tuple) else (referred,))) -> referred or not known[target].issuperset(referred if "
    "isinstance(referred, tuple) else (referred,))": (
        "a reference that is not there makes it look closer, and the closer look finds nothing in it"
    ),
    "repeats._has_word: 1 -> 2": (
        "the search goes on one character later: the number would have to begin inside its own first two"
    ),
    "repeats._may_repeat: attachment.value is not None -> attachment.value is None": (
        "documents are searched too, which only leads to the closer look, which leaves them out"
    ),
    "repeats._may_repeat: patient_id.extension or '' -> patient_id.extension and ''": (
        "the closer look is always taken, which is slow, and right"
    ),
    "repeats._may_repeat: written.translate(None, _LOOSE_BYTES).count(digits) > 1 -> "
    "written.translate(None, _LOOSE_BYTES).count(digits) >= 1": (
        "the closer look is always taken, which is slow, and right"
    ),
}
"""Mistakes that change nothing of what is found, and why."""

Told = tuple[tuple[str, str, str, str, bool], ...]


def told(findings: Iterable[Any]) -> Told:
    return tuple((one.code, one.path, one.message, str(one.severity), one.unsafe) for one in findings)


def whole(element: codec.Element, *, attachments_asked: bool = True) -> Told:
    interaction = interaction_for(codec.namespace_of(element))
    return told(interaction.check(element, now=NOW, attachments_asked=attachments_asked).findings)


def of_vector(vector: Vector) -> Callable[[], Told]:
    element = codec.parse(vector.path.read_bytes())
    return lambda: whole(element, attachments_asked=vector.attachments_asked)


def codes(found: Told) -> list[str]:
    return [code for code, *_ in found]


def is_other(look: Callable[[], Told], right: Told) -> bool:
    """Say whether something else is found, or nothing can be found at all."""
    try:
        return look() != right
    except (Exception, TookTooLong):  # noqa: BLE001 - what is wrong may fail in any way
        return True


class Watch:
    """Everything that is looked at, and what is found when the rules are right."""

    def __init__(self, looks: Iterable[Callable[[], Told]]) -> None:
        self.looks = [(look, look()) for look in looks]

    def notices(self) -> bool:
        return any(is_other(look, right) for look, right in self.looks)


@pytest.fixture(scope="module")
def watch() -> Watch:
    """The tables of cases first, because they are quick, and then every document."""
    records = [*rule_cases.BAD_RECORDS, *rule_cases.GOOD_RECORDS]
    answers = [*rule_cases.BAD_ANSWERS, *rule_cases.GOOD_ANSWERS]
    queries = [*rule_cases.BAD_QUERIES, *rule_cases.GOOD_QUERIES]
    return Watch(
        [
            *(lambda given=one.values[0]: told(check_record(given, now=NOW)) for one in records),
            *(lambda given=one.values[0]: told(check_answer(given, query(), now=NOW)) for one in answers),
            *(lambda given=one.values[0]: told(check_query(given)) for one in queries),
            *(of_vector(vector) for one in RULES for vector in documents_of(one.code)),
        ]
    )


@pytest.fixture(scope="module")
def watch_2() -> Watch:
    """The same for GetCarePlans 2.0."""
    odd = [*older_rule_cases.BAD_ANSWERS, *older_rule_cases.GOOD_ANSWERS]
    return Watch(
        [
            *(of_vector(vector) for one in rules_2.RULES for vector in documents_of(one.code)),
            *(lambda given=one.values[0]: whole(given) for one in odd),
        ]
    )


# --- a whole rule is wrong ----------------------------------------------------------------------


def exchange(monkeypatch: pytest.MonkeyPatch, code: str, check: Callable[[Any], Sequence[Breach]]) -> None:
    """Let every check of a rule be another."""
    for module, name in TABLES:
        table = getattr(module, name)
        wrong = tuple((one, check if one.code == code else right) for one, right in table)
        monkeypatch.setattr(module, name, wrong)


@pytest.mark.parametrize("code", CHECKED_IN_TABLES)
def test_every_bad_document_notices_a_rule_that_never_finds(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(of_vector(vector) for vector in documents_of(code) if not vector.is_good)
    exchange(monkeypatch, code, lambda _: ())

    assert watch.looks
    assert all(is_other(look, right) for look, right in watch.looks)


@pytest.mark.parametrize("code", CHECKED_IN_TABLES)
def test_every_good_document_notices_a_rule_that_always_finds(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = [of_vector(vector) for vector in documents_of(code) if vector.is_good]
    exchange(monkeypatch, code, lambda _: (Breach("somewhere"),))

    assert all(code in codes(look()) for look in good)


@contextlib.contextmanager
def reading(convert: dict[Kind, Callable[[str], object]]) -> Iterator[None]:
    """Let the codec read dates and times another way."""
    right = dict(READ["_CONVERT"])
    READ["_CONVERT"].update(convert)
    READ["_reader"].cache_clear()
    try:
        yield
    finally:
        READ["_CONVERT"].update(right)
        READ["_reader"].cache_clear()


def test_every_bad_document_notices_a_codec_that_knows_no_calendar() -> None:
    bad = [of_vector(vector) for vector in documents_of("CP-001") if not vector.is_good]
    trusting: dict[Kind, Callable[[str], object]] = {
        Kind.DATE: lambda _: parse_date("20260116"),
        Kind.TIMESTAMP: lambda _: parse_timestamp("20260116080000"),
        Kind.PARTIAL_TIME: lambda _: PartialTime("2026"),
    }

    with reading(trusting):
        assert all("CP-001" not in codes(look()) for look in bad)


def test_every_good_document_notices_a_codec_that_knows_no_time_at_all() -> None:
    good = [of_vector(vector) for vector in documents_of("CP-001") if vector.is_good]
    strict: dict[Kind, Callable[[str], object]] = {
        kind: lambda _: parse_date("") for kind in (Kind.DATE, Kind.TIMESTAMP, Kind.PARTIAL_TIME)
    }

    with reading(strict):
        assert all(codes(look()) and set(codes(look())) == {"CP-001"} for look in good)


# --- a small mistake in the source --------------------------------------------------------------


def survivors(module: ModuleType, watch: Watch) -> set[str]:
    """Return the mutants of a module that nothing notices."""
    unnoticed = set()
    for mutant in mutants_of(module):
        with mutant.alive(), within(3):
            if not watch.notices():
                unnoticed.add(mutant.name)
    return unnoticed


def equivalent(module: ModuleType) -> set[str]:
    name = module.__name__.rpartition(".")[2]
    return {one for one in EQUIVALENT if one.partition(".")[0] == name}


@pytest.mark.parametrize(
    "module",
    [attachments, catalogue, content, exchanges, identities, repeats, rule, times, walk],
    ids=lambda module: module.__name__.rpartition(".")[2],
)
def test_no_small_mistake_in_the_rules_goes_unnoticed(module: ModuleType, watch: Watch) -> None:
    assert survivors(module, watch) == equivalent(module)


@pytest.mark.parametrize("module", [breaches, rules_2], ids=["breaches", "rules"])
def test_no_small_mistake_in_the_rules_of_2_0_goes_unnoticed(module: ModuleType, watch_2: Watch) -> None:
    assert survivors(module, watch_2) == set()


def test_the_mistakes_are_many_and_the_rules_are_right_again_afterwards(watch: Watch) -> None:
    names = [mutant.name for module in (content, exchanges, breaches) for mutant in mutants_of(module)]

    assert len(names) > 200
    assert not watch.notices()
