"""The engagement index under load: Updates in bursts, and FindContent in a small and in a large index.

A real server process over HTTP, on SQLite and on PostgreSQL; rows are written as Updates write them.
"""

from __future__ import annotations

import http.client
import multiprocessing
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep
from uuid import uuid4

import click
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from riv_careplans.contracts.engagement_index import (
    UPDATE,
    Engagement,
    Search,
    Transaction,
    write_search,
    write_transactions,
)
from riv_careplans.contracts.soap import write_question
from riv_careplans.index import Database, Store, make_app
from riv_careplans.producer import serve
from riv_careplans.settings import IndexSettings
from tests.postgresql import cluster

__all__ = ["FEW", "PER_SECOND", "Measured", "measure_index"]

_OWNER = "SE2329999995-IDX"
_NOW = datetime(2026, 1, 20, 9)  # noqa: DTZ001 - Swedish local time has no zone
FEW = 1000
"""Rows of the small index."""
_QUESTIONS = 1000
PER_SECOND = 15
"""Updates that come at once, each second."""
_ROWS = 20
"""Rows of one Update."""
_SECONDS = 10
_CLIENTS = 4


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one database did; times in milliseconds."""

    database: str
    find_few: tuple[float, float]
    """Median and 95th percentile of FindContent with a thousand rows."""
    find_many: tuple[float, float]
    """The same with all rows."""
    find_busy: tuple[float, float]
    """The same with all rows, while Updates come in bursts."""
    slowest_burst: float
    """How long the slowest burst took, of the second that it has."""
    updates_per_second: float
    """Updates when they come one after the other from every client."""


def measure_index(rows: int) -> Iterator[Measured]:
    """Measure SQLite, and PostgreSQL where there is one."""
    with tempfile.TemporaryDirectory() as folder:
        yield _measure("SQLite", f"sqlite:///{folder}/index.db", rows)
    try:
        with cluster(durable=True) as server:
            yield _measure("PostgreSQL", server.new_database(), rows)
    except pytest.skip.Exception as exc:
        print(f"PostgreSQL is left out: {exc}", file=sys.stderr)


def _measure(name: str, url: str, rows: int) -> Measured:
    database = Database(url, timeout=30)
    database.upgrade()
    store = Store(database, owner=_OWNER)
    _fill(store, 0, FEW)
    with _serving(url) as port:
        few = _find(port, FEW)
        _fill(store, FEW, rows)
        many = _find(port, rows)
        with ThreadPoolExecutor(1) as beside:
            bursts = beside.submit(_bursts, port, rows)
            busy = _find(port, rows, until=bursts.done)
            slowest = bursts.result()
        rate = _rate(port, rows)
    return Measured(
        database=name,
        find_few=few,
        find_many=many,
        find_busy=busy,
        slowest_burst=slowest,
        updates_per_second=rate,
    )


# --- rows and messages --------------------------------------------------------------------------


def _patient(number: int) -> str:
    # Twelve characters as a national reserve number has them: nobody's number.
    return f"{number // 2:08}TF{number % 7:02}"


def _row(number: int, time: datetime) -> Transaction:
    system = f"SE2329999995-SYS{number % 50}"
    return Transaction(
        engagement=Engagement(
            patient_id=_patient(number),
            logical_address=system,
            source_system=system,
            data_controller=f"SE55655942{number % 21:02}",
            most_recent_content=time,
        )
    )


def _fill(store: Store, first: int, last: int) -> None:
    for start in range(first, last, 1000):
        store.update([_row(number, _NOW) for number in range(start, min(start + 1000, last))], _NOW)


def _update(randomly: random.Random, rows: int) -> bytes:
    time = _NOW + timedelta(seconds=randomly.randrange(10**7))
    chosen = randomly.sample(range(rows * 2), _ROWS)
    return write_question(write_transactions(UPDATE, [_row(number, time) for number in chosen]), _OWNER)


# --- the server and its clients -----------------------------------------------------------------


def _serve(url: str, told: Connection) -> None:
    database = Database(url, timeout=30)
    settings = IndexSettings(owner=_OWNER)
    app = make_app(
        Store(database, owner=_OWNER), settings, clock=lambda: _NOW, new_log_id=lambda: str(uuid4())
    )
    serve(app, ready=lambda address: told.send(int(address.rpartition(":")[2])))


@contextmanager
def _serving(url: str) -> Iterator[int]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(url, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()


class _Client:
    """One connection, kept."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def post(self, body: bytes) -> float:
        """Post and read the whole answer; give the milliseconds."""
        began = perf_counter()
        self._connection.request("POST", "/", body, {"Content-Type": "text/xml"})
        answer = self._connection.getresponse()
        content = answer.read()
        took = (perf_counter() - began) * 1000
        assert answer.status == http.HTTPStatus.OK, content[:500]
        return took


def _find(port: int, rows: int, *, until: Callable[[], bool] | None = None) -> tuple[float, float]:
    """Ask about patients at random; give median and 95th percentile."""
    randomly, client, times = random.Random(1), _Client(port), list[float]()
    while len(times) < _QUESTIONS if until is None else not until() or len(times) < PER_SECOND:
        question = write_search(Search(patient_id=_patient(randomly.randrange(rows))))
        times.append(client.post(write_question(question, _OWNER)))
        if until is not None:
            sleep(0.005)  # a consumer among others, not one that keeps the whole machine
    return median(times), quantiles(times, n=20)[-1]


def _bursts(port: int, rows: int) -> float:
    """Send bursts, one each second; give the milliseconds of the slowest."""
    randomly, slowest = random.Random(2), 0.0
    clients = [_Client(port) for _ in range(_CLIENTS)]
    with ThreadPoolExecutor(_CLIENTS) as pool:
        for _ in range(_SECONDS):
            bodies = [_update(randomly, rows) for _ in range(PER_SECOND)]
            began = perf_counter()
            list(pool.map(lambda one: [one[0].post(body) for body in one[1]], _shared(clients, bodies)))
            took = perf_counter() - began
            slowest = max(slowest, took * 1000)
            sleep(max(0.0, 1 - took))
    return slowest


def _rate(port: int, rows: int) -> float:
    """Send Updates as fast as they are answered; give how many a second."""
    randomly = random.Random(3)
    clients = [_Client(port) for _ in range(_CLIENTS)]
    bodies = [_update(randomly, rows) for _ in range(40 * PER_SECOND)]
    began = perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as pool:
        list(pool.map(lambda one: [one[0].post(body) for body in one[1]], _shared(clients, bodies)))
    return len(bodies) / (perf_counter() - began)


def _shared(clients: list[_Client], bodies: list[bytes]) -> list[tuple[_Client, list[bytes]]]:
    return [(client, bodies[number :: len(clients)]) for number, client in enumerate(clients)]


@click.command()
@click.option("--rows", default=1_000_000, show_default=True, help="Rows of the large index.")
def main(rows: int) -> None:
    """Measure the index and print what was found."""
    for measured in measure_index(rows):
        print(measured)


if __name__ == "__main__":
    main()
