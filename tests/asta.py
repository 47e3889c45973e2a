"""The scenario's five source systems, answered in process: what the aggregate would give for Asta.

The documents of examples/asta are read by the library's own contracts; no servers, no sockets.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from riv_careplans import codec
from riv_careplans.codes import ResultCode
from riv_careplans.contracts import interaction_for
from riv_careplans.exchange import Answer, Outcome, OutcomeKind, Result
from riv_careplans.model import Agreement, CarePlan

__all__ = ["ASTA_SYSTEMS", "asta_answer", "asta_records"]

_FOLDER = Path(__file__).parents[1] / "examples" / "asta"

ASTA_SYSTEMS: tuple[dict[str, Any], ...] = tuple(
    tomllib.loads((_FOLDER / "systems.toml").read_text(encoding="utf-8"))["system"]
)
"""The systems as `systems.toml` describes them, P1 to P5."""


@cache
def asta_records(folder: str) -> tuple[tuple[CarePlan, ...], tuple[Agreement, ...]]:
    """Read all records in a folder of examples/asta."""
    plans: list[CarePlan] = []
    agreements: list[Agreement] = []
    for path in sorted((_FOLDER / folder).glob("*.xml")):
        root = codec.parse(path.read_bytes())
        answer = interaction_for(codec.namespace_of(root)).read_response(root).answer
        plans.extend(answer.care_plans)
        agreements.extend(answer.agreements)
    return tuple(plans), tuple(agreements)


def asta_answer(
    *,
    without: Collection[str] = (),
    kind: OutcomeKind = OutcomeKind.TIMED_OUT,
    updated: Collection[str] = (),
) -> Answer:
    """Give the merged systems' answer; those in `without` failed as `kind` says.

    `updated` names systems whose folder in `updates` replaces documents of the same record.
    """
    plans: list[CarePlan] = []
    agreements: list[Agreement] = []
    outcomes = []
    for system in ASTA_SYSTEMS:
        if system["id"] in without:
            outcomes.append(_outcome(system, kind))
            continue
        folders = [system["folder"], *([f"updates/{system['folder']}"] if system["id"] in updated else [])]
        records = 0
        for folder in folders:
            some_plans, some_agreements = asta_records(folder)
            plans.extend(some_plans)
            agreements.extend(some_agreements)
            records += len(some_plans) + len(some_agreements)
        outcomes.append(_outcome(system, OutcomeKind.ANSWERED, records))
    return Answer(
        care_plans=tuple(plans),
        agreements=tuple(agreements),
        result=Result(
            code=ResultCode.INFO if without else ResultCode.OK,
            log_id="6f0d4c1e-1a0b-4f5e-9a51-0d6f1c2b0999",
        ),
        outcomes=tuple(outcomes),
    )


def _outcome(system: Mapping[str, Any], kind: OutcomeKind, records: int = 0) -> Outcome:
    return Outcome(
        logical_address=system["logical_address"],
        name=system["name"],
        kind=kind,
        records=records,
        detail="" if kind.delivered else "did not answer as it should",
    )
