"""Asta's five source systems and their engagement index, running: what everything is shown on."""

from riv_careplans.demo.processes import (
    RunningScenario,
    RunningSystem,
    StartedScenario,
    running_scenario,
    started_scenario,
)
from riv_careplans.demo.sample import write_sample
from riv_careplans.demo.scenario import (
    INDEX,
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
    "INDEX",
    "PATIENT",
    "SINCE",
    "TODAY",
    "VARIANTS",
    "Behaviour",
    "RunningScenario",
    "RunningSystem",
    "StartedScenario",
    "System",
    "Variant",
    "running_scenario",
    "started_scenario",
    "systems",
    "variant",
    "write_sample",
]
