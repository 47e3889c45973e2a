"""Asking many slow producers at once: our aggregate against zeep in as many threads."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zeep import Client
from zeep import Settings as ZeepSettings

from riv_careplans import II, Query
from riv_careplans.aggregate import AggregatedSource, NamedSource
from riv_careplans.consumer import RemoteSource
from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.settings import ProducerAddress

__all__ = ["DELAY_MILLISECONDS", "FanOut", "measure_fanout"]

DELAY_MILLISECONDS = 200
_PATIENT = "191212121212"


@dataclass(frozen=True, slots=True)
class FanOut:
    """One way of asking."""

    name: str
    wall: float
    """Milliseconds from question to whole answer."""
    cpu: float
    """Milliseconds of this process's CPU time."""


def measure_fanout(producers: int, rounds: int = 5) -> list[FanOut]:
    """Ask all producers in both ways, in turns; the quickest round of each counts."""
    with _running(producers) as ports:
        ways = {"riv-careplans": _ours(ports), f"zeep in {producers} threads": _zeep(ports)}
        best: dict[str, FanOut] = {}
        for _ in range(rounds):
            for name, ask in ways.items():
                found = _timed(name, ask, producers)
                if name not in best or found.wall < best[name].wall:
                    best[name] = found
    return list(best.values())


def _timed(name: str, ask: Callable[[], int], expected: int) -> FanOut:
    wall, cpu = time.perf_counter(), time.process_time()
    answered = ask()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if answered != expected:
        raise AssertionError(f"{name}: {answered} of {expected} producers answered")
    return FanOut(name, wall * 1000, cpu * 1000)


def _ours(ports: list[int]) -> Callable[[], int]:
    addresses = [
        ProducerAddress(logical_address=f"SE2329999995-{port}", url=f"http://127.0.0.1:{port}/")
        for port in ports
    ]
    sources = [
        NamedSource(logical_address=one.logical_address, source=RemoteSource(one)) for one in addresses
    ]
    everyone = AggregatedSource(sources, deadline=10)

    def ask() -> int:
        answer = everyone.care_plans(Query(patient_id=II.personnummer(_PATIENT)))
        return sum(outcome.kind.delivered for outcome in answer.outcomes)

    return ask


def _zeep(ports: list[int]) -> Callable[[], int]:
    settings = ZeepSettings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    client = Client(str(GET_CARE_PLANS_3.wsdl), settings=settings)
    binding = f"{{{GET_CARE_PLANS_3.wsdl_namespace}}}GetCarePlansResponderBinding"
    services = [client.create_service(binding, f"http://127.0.0.1:{port}/") for port in ports]
    pool = ThreadPoolExecutor(len(ports))
    patient = {"root": II.personnummer(_PATIENT).root, "extension": _PATIENT}

    def call(service: Any) -> Any:  # noqa: ANN401 - zeep's own objects
        return service.GetCarePlans(patientId=patient, _soapheaders={"LogicalAddress": "SE2329999995-1"})

    return lambda: sum(len(answer.body.carePlan) for answer in pool.map(call, services))


@contextlib.contextmanager
def _running(count: int) -> Iterator[list[int]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.slow_producers", str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[1],
        text=True,
    )
    with process:
        assert process.stdout is not None
        yield [int(port) for port in process.stdout.readline().split()]
        process.communicate()
