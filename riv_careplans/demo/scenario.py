"""Who Asta is, which source systems know something about her, and the ways things can go wrong.

Asta is invented, and so are all persons and units of the scenario.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final

from riv_careplans.errors import ConfigurationError
from riv_careplans.identity import PERSONNUMMER
from riv_careplans.model import II
from riv_careplans.settings import Version

__all__ = [
    "INDEX",
    "PATIENT",
    "SINCE",
    "TODAY",
    "VARIANTS",
    "Behaviour",
    "System",
    "Variant",
    "systems",
    "variant",
]

PATIENT: Final = II(root=PERSONNUMMER, extension="191212121212")
"""Asta's test identity."""

INDEX: Final = "SE2329999995-IDX"
"""Whose engagement index the source systems register in."""

TODAY: Final = date(2026, 1, 20)
"""The day after home care began."""

SINCE: Final = date(2025, 12, 10)
"""What came after this day is new to Asta."""


class Behaviour(StrEnum):
    """How a source system behaves in a variant."""

    NORMAL = "normal"
    DOWN = "down"
    SLOW = "slow"
    WRONG_PATIENT = "wrong-patient"
    ERROR = "error"
    NOT_XML = "not-xml"
    MANY_PLANS = "many-plans"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One source system of the scenario."""

    id: str
    """P1 to P5."""
    folder: Path
    """Its documents."""
    name: str
    """What a citizen calls it, in Swedish."""
    logical_address: str
    law: str
    """HSL or SoL."""
    contract: Version
    """The version of GetCarePlans it speaks."""

    @property
    def data_controller(self) -> str:
        """Who is responsible for its data: the organisation whose number its HSA-id begins with."""
        return self.logical_address.partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way to run the scenario."""

    name: str
    swedish: str
    english: str
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    """What is not normal, by system."""
    index_answers: bool = True
    """False: nobody listens where the engagement index should be."""

    def behaviour(self, system: System) -> Behaviour:
        """Return how a system behaves in this variant."""
        return self.behaviours.get(system.id, Behaviour.NORMAL)


VARIANTS: Final = (
    Variant(name="all", swedish="alla källor svarar", english="all sources answer"),
    Variant(
        name="p3-down",
        swedish="Hemtjänst (P3) är nere",
        english="home care (P3) is down",
        behaviours={"P3": Behaviour.DOWN},
    ),
    Variant(
        name="p2-slow",
        swedish="P2 är långsam (5 s)",
        english="P2 is slow (5 s)",
        behaviours={"P2": Behaviour.SLOW},
    ),
    Variant(
        name="p4-wrong-patient",
        swedish="P4 svarar om en annan patient",
        english="P4 answers about another patient",
        behaviours={"P4": Behaviour.WRONG_PATIENT},
    ),
    Variant(
        name="p1-error",
        swedish="P1 svarar ERROR",
        english="P1 answers ERROR",
        behaviours={"P1": Behaviour.ERROR},
    ),
    Variant(
        name="p5-not-xml",
        swedish="P5 svarar något som inte är XML",
        english="P5 answers something that is not XML",
        behaviours={"P5": Behaviour.NOT_XML},
    ),
    Variant(
        name="many-plans",
        swedish="P2 svarar med 1 000 planer",
        english="P2 answers with 1 000 plans",
        behaviours={"P2": Behaviour.MANY_PLANS},
    ),
    Variant(
        name="index-down",
        swedish="engagemangsindex är nere",
        english="the engagement index is down",
        index_answers=False,
    ),
)


def variant(name: str) -> Variant:
    """Return a variant by its name; raises `ConfigurationError` that names the known ones."""
    for known in VARIANTS:
        if known.name == name:
            return known
    names = [known.name for known in VARIANTS]
    near = difflib.get_close_matches(name, names, n=1)
    meant = f"; did you mean {near[0]}?" if near else "."
    raise ConfigurationError(f"there is no variant {name}{meant} Known are {', '.join(names)}")


def systems() -> tuple[System, ...]:
    """Return the five source systems of the scenario."""
    folder = _scenario_folder()
    read = tomllib.loads((folder / "systems.toml").read_text(encoding="utf-8"))
    return tuple(System(**row | {"folder": folder / row["folder"]}) for row in read["system"])


def _scenario_folder() -> Path:
    """Return the scenario's documents: in the wheel, or in the checkout's examples."""
    packaged = Path(str(files("riv_careplans").joinpath("asta")))
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / "examples" / "asta"
