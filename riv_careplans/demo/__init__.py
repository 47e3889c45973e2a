"""Asta's five source systems, running: the scenario that everything is shown on."""

from riv_careplans.demo.processes import RunningSystem, running_systems
from riv_careplans.demo.sample import write_sample
from riv_careplans.demo.scenario import (
    PATIENT,
    SINCE,
    TODAY,
    VARIANTS,
    Behaviour,
    System,
    Variant,
    systems,
    variant,
)

__all__ = [
    "PATIENT",
    "SINCE",
    "TODAY",
    "VARIANTS",
    "Behaviour",
    "RunningSystem",
    "System",
    "Variant",
    "running_systems",
    "systems",
    "variant",
    "write_sample",
]
