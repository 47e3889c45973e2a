"""What a producer counts, for Prometheus; in a registry of its own, because a process may have several.

Labels are the contract's version, the outcome and the status: never who asked, whom, or about whom.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from riv_careplans.producer.visit import Visit

__all__ = ["Metrics"]

_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 27)
"""Up to the time after which the platform gives up."""


class Metrics:
    """The counts of one producer; safe to use from many threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=True)
        self._gauges: dict[str, Gauge] = {}
        self._questions = Counter(
            "riv_careplans_questions",
            "Questions, by contract, outcome and HTTP status",
            ["contract", "outcome", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "riv_careplans_question_seconds",
            "Seconds from a whole question to the last byte of its answer",
            ["contract"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._records = Counter(
            "riv_careplans_records", "Records that were sent", ["contract"], registry=self._registry
        )
        self._held_back = Counter(
            "riv_careplans_records_held_back",
            "Records that the source gave and that were not sent",
            ["contract"],
            registry=self._registry,
        )
        self._in_flight = Gauge(
            "riv_careplans_questions_in_flight", "Questions that are being answered", registry=self._registry
        )

    def begin(self) -> None:
        """Count a question that is being answered."""
        self._in_flight.inc()

    def end(self, visit: Visit) -> None:
        """Count a question whose last byte has been given away."""
        contract = visit.contract or "none"
        self._in_flight.dec()
        self._questions.labels(contract, visit.outcome.value[0], str(visit.status)).inc()
        self._seconds.labels(contract).observe(perf_counter() - visit.started)
        self._records.labels(contract).inc(visit.records)
        self._held_back.labels(contract).inc(len(visit.held_back))

    def gauge(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Add a number of somebody else's, read whenever the counts are told: `riv_careplans_` + name.

        The same name again is the same number, read in another way from now on.
        """
        if name not in self._gauges:
            self._gauges[name] = Gauge(f"riv_careplans_{name}", meaning, registry=self._registry)
        self._gauges[name].set_function(read)

    def text(self) -> tuple[str, bytes]:
        """Return the content type and the text that Prometheus reads."""
        return _TEXT, generate_latest(self._registry)
