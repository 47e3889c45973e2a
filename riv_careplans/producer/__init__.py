"""Serve any source as the RIV-TA service GetCarePlans, versions 3.0 and 2.0 on one endpoint.

The only package that knows spyne and waitress; what it gives out is a plain WSGI application, and a
server to run it on:

- `guard` refuses what is no question in HTTP's terms, and `callers` who may not ask it; `serving`,
  `connections`, `tls` and `workers` are the server, and refuse what never becomes a request;
- `calls` asks the source in time, `addressed` the right one of several;
- `operations`, `metrics`, `tracing` and `lines` tell an operator how it goes;
- `letters` finds out which operation the bytes are for, `service` runs the operations on spyne;
- `care_plans` is the operation GetCarePlans: `reading` makes a query of a letter, `answering` and
  `paging` make a reply of the source's answer;
- `published` gives the contracts' files.

Other operations are served in the same way, with `make_service`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from riv_careplans.contracts import Interaction, interaction_for
from riv_careplans.contracts.get_care_plans_2 import CARRYING
from riv_careplans.exchange import CarePlanSource, StreamingSource
from riv_careplans.producer.calls import BoundedSource
from riv_careplans.producer.care_plans import GetCarePlans
from riv_careplans.producer.guard import Guard, no_problem
from riv_careplans.producer.letters import Letter, Operation, Refused, check_address, check_schema
from riv_careplans.producer.ping import Ping
from riv_careplans.producer.published import Published
from riv_careplans.producer.service import FAILURE, Endpoint, begun
from riv_careplans.producer.serving import Server, serve
from riv_careplans.producer.trying import Passed
from riv_careplans.producer.visit import Outcome, Visit
from riv_careplans.settings import ProducerSettings

__all__ = [
    "FAILURE",
    "Guard",
    "Letter",
    "Operation",
    "Outcome",
    "Refused",
    "Server",
    "Visit",
    "begun",
    "check_address",
    "check_schema",
    "make_app",
    "make_service",
    "serve",
]

_DEFAULTS: Final = ProducerSettings()


def _now() -> datetime:
    # Whoever embeds a producer has no shell of ours that would pass the time in.
    return datetime.now(UTC)


def _random_log_id() -> str:
    return str(uuid4())


def make_app(
    source: CarePlanSource | StreamingSource,
    settings: ProducerSettings = _DEFAULTS,
    *,
    clock: Callable[[], datetime] = _now,
    new_log_id: Callable[[], str] = _random_log_id,
) -> Guard:
    """Make the WSGI application that answers for a source, at any path.

    The source is asked from many threads; one with a method `ready()` is asked for the producer's own
    readiness too. `clock` gives Swedish local time or a time with a zone, `new_log_id` a new UUID for
    every request.
    """
    bounded = BoundedSource(source, deadline=settings.source_deadline, most=2 * settings.threads)
    passed = Passed()
    operations = [
        GetCarePlans(interaction=one, source=bounded, settings=settings, clock=clock, passed=passed)
        for one in (_interaction(version, settings) for version in settings.contracts)
    ]
    ping = Ping(spoken=[one.contract for one in operations], settings=settings, clock=clock)
    app = make_service([*operations, ping], settings, new_log_id=new_log_id, problem=bounded.problem)
    app.metrics.gauge(
        "source_calls_in_flight", "Calls of the source that are under way", lambda: bounded.calls
    )
    return app


def _interaction(version: str, settings: ProducerSettings) -> Interaction:
    return CARRYING if settings.structure_in_2 and version == "2.0" else interaction_for(version)


def make_service(
    operations: Sequence[Operation],
    settings: ProducerSettings,
    *,
    new_log_id: Callable[[], str] = _random_log_id,
    prefix: str = "",
    problem: Callable[[], str] = no_problem,
) -> Guard:
    """Make the WSGI application of any operations, behind the same guard.

    `prefix` begins the Faults about what is no question to any of them; `problem` says why questions
    cannot be answered just now, or nothing.
    """
    endpoint = Endpoint(operations, most_bytes=settings.max_request_bytes, prefix=prefix)
    published = Published(operation.contract for operation in operations)
    return Guard(endpoint, published, settings, new_log_id=new_log_id, problem=problem)
