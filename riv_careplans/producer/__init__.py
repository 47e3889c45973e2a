"""Serve any source as the RIV-TA service GetCarePlans, versions 3.0 and 2.0 on one endpoint.

The only package that knows spyne and waitress; what it gives out is a plain WSGI application, and a
server to run it on:

- `guard` refuses what is no question in HTTP's terms, `serving` what never becomes a request;
- `reading` makes a query of the bytes, `answering` and `paging` make a reply of the source's answer;
- `service` is the application on spyne, and `published` the contract's files.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4
from wsgiref.types import WSGIApplication

from riv_careplans.contracts import interaction_for
from riv_careplans.exchange import CarePlanSource
from riv_careplans.producer.guard import Guard
from riv_careplans.producer.published import Published
from riv_careplans.producer.service import Endpoint
from riv_careplans.producer.serving import Server, serve
from riv_careplans.settings import ProducerSettings

__all__ = ["Server", "make_app", "serve"]

_DEFAULTS: Final = ProducerSettings()


def _now() -> datetime:
    # Whoever embeds a producer has no shell of ours that would pass the time in.
    return datetime.now(UTC)


def _random_log_id() -> str:
    return str(uuid4())


def make_app(
    source: CarePlanSource,
    settings: ProducerSettings = _DEFAULTS,
    *,
    clock: Callable[[], datetime] = _now,
    new_log_id: Callable[[], str] = _random_log_id,
) -> WSGIApplication:
    """Make the WSGI application that answers for a source, at any path.

    The source is asked from as many threads as the server has. `clock` gives Swedish local time or a
    time with a zone, `new_log_id` a new UUID for every request.
    """
    published = Published(interaction_for(version).contract for version in settings.contracts)
    endpoint = Endpoint(source, settings, clock=clock)
    return Guard(endpoint, published, settings, new_log_id=new_log_id)
