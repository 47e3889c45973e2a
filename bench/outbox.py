"""The outbox under load and under kill -9: whether the index learns everything, in time and once.

The index is real: the embedded one in a process of its own when pace is measured, and one that
remembers every post that it was told when the reporting process is killed. SQLite keeps the outbox,
one fsync for each report, as it comes.
"""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from time import perf_counter, sleep
from typing import Final
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from riv_careplans import codec
from riv_careplans.contracts.engagement_index import UPDATE, UpdateResult, read_transactions, write_result
from riv_careplans.contracts.soap import read_envelope, write_envelope
from riv_careplans.identity import PersonId
from riv_careplans.index import Database, Store, make_app
from riv_careplans.outbox import Outbox
from riv_careplans.producer import serve
from riv_careplans.settings import IndexSettings, OutboxSettings

__all__ = ["PER_SECOND", "ROWS", "Kills", "Pace", "measure_kills", "measure_pace"]

PER_SECOND: Final = 15
"""Updates."""
ROWS: Final = 20
"""Of an Update."""
_SECONDS: Final = 6
_BACKLOG: Final = 3000
_ACKNOWLEDGED: Final = 20_000
_OWNER: Final = "SE2329999995-IDX"
_NOON: Final = datetime(2026, 1, 20, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How one way of reporting went."""

    way: str
    reporting: float
    """Rows taken, as a share of those that were due in the time."""
    oldest: float
    """Seconds that the oldest row waited at most, while more were reported."""
    sending: float
    """Updates a second out of a backlog, as a share of the Updates asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kills:
    """What became of the rows of a process that was killed again and again."""

    kills: int
    acknowledged: int
    lost: int
    different: int
    """Told more than once, and not the same each time."""
    repeated: int
    """Told more than once, the same each time."""
    seconds: float


# --- pace ---------------------------------------------------------------------------------------


def measure_pace() -> list[Pace]:
    """Report rows at the pace that is asked for, one by one and many at once, to the embedded index."""
    with tempfile.TemporaryDirectory() as folder, _embedded(f"sqlite:///{folder}/index.sqlite") as port:
        return [
            _pace(way, _settings(f"http://127.0.0.1:{port}/", f"{folder}/{most}.sqlite", ROWS), most)
            for way, most in (("changed, one by one", 1), ("changed_many, 20 at once", ROWS))
        ]


def _pace(way: str, settings: OutboxSettings, most: int) -> Pace:
    numbers, oldest = count(), 0.0
    rows = PER_SECOND * ROWS * _SECONDS
    with Outbox(settings) as outbox:
        began = perf_counter()
        for done in range(0, rows, most):
            sleep(max(0.0, began + done / (PER_SECOND * ROWS) - perf_counter()))
            outbox.changed_many((_patient(next(numbers)), _NOON) for _ in range(most))
            if done % (PER_SECOND * ROWS // 5) == 0:
                oldest = max(oldest, outbox.age())
        due = rows / (PER_SECOND * ROWS)
        reporting = due / max(due, perf_counter() - began)
    backlog = Outbox(settings)
    backlog.send()
    backlog.changed_many((_patient(next(numbers)), _NOON) for _ in range(_BACKLOG))
    began = perf_counter()
    if not backlog.send():
        raise AssertionError(f"the index has not taken the backlog: {backlog.problem}")
    sending = _BACKLOG / ROWS / (perf_counter() - began)
    return Pace(way=way, reporting=reporting, oldest=oldest, sending=sending / PER_SECOND)


# --- kill -9 --------------------------------------------------------------------------------------


def measure_kills() -> Kills:
    """Kill the process that reports at random moments, until enough has been acknowledged."""
    randomly, kills, done = Random(1), 0, 0
    began = perf_counter()
    with tempfile.TemporaryDirectory() as folder, _remembering() as (url, told):
        database = f"{folder}/outbox.sqlite"
        while done < _ACKNOWLEDGED:
            done = _report_until_killed(url, database, done, randomly.uniform(0.1, 1.2))
            kills += 1
        if not _sent(Outbox(_settings(url, database, 1000))):
            raise AssertionError("the index has not been told everything")
    return Kills(
        kills=kills,
        acknowledged=done,
        lost=sum(1 for number in range(done) if _patient(number).extension not in told),
        different=sum(1 for contents in told.values() if len(contents) > 1),
        repeated=sum(1 for contents in told.values() if len(contents) == 1 and contents.total() > 1),
        seconds=perf_counter() - began,
    )


def _report_until_killed(url: str, database: str, start: int, seconds: float) -> int:
    """Return how many rows have been acknowledged in all."""
    command = [sys.executable, __file__, url, database, str(start)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline()]
        threading.Timer(seconds, process.kill).start()
        # What is half a line was acknowledged too, but nobody heard it.
        told += [line for line in process.stdout if line.endswith("\n")]
    return int(told[-1]) + 1


def _sent(outbox: Outbox) -> bool:
    """Send, when the one who was killed has left its place."""
    for _ in range(100):
        if outbox.send():
            return True
        sleep(0.1)
    return False


def _report(url: str, database: str, start: int) -> None:
    """Report rows from a number on, one by one and in tens, and tell which have been taken."""
    with Outbox(_settings(url, database, 200)) as outbox:
        number = start
        while True:
            most = 1 if number % 100 < 20 else 10  # noqa: PLR2004 - some of both
            outbox.changed_many((_patient(one), _content(one)) for one in range(number, number + most))
            number += most
            print(number - 1, flush=True)


def _patient(number: int) -> PersonId:
    # A national reserve number: nobody's.
    return PersonId("1.2.752.74.9.1", f"{number:08}TF01")


def _content(number: int) -> datetime:
    return _NOON + timedelta(seconds=number)


def _settings(url: str, database: str, batch: int) -> OutboxSettings:
    return OutboxSettings(
        url=url,
        logical_address=_OWNER,
        source_system="SE2329999995-BENCH",
        data_controller="SE5565594230",
        database=f"sqlite:///{database}",
        batch=batch,
    )


# --- the indexes ----------------------------------------------------------------------------------


def _serve(url: str, told: Connection) -> None:
    database = Database(url, timeout=30)
    database.upgrade()
    app = make_app(
        Store(database, owner=_OWNER),
        IndexSettings(owner=_OWNER),
        clock=lambda: _NOON.replace(tzinfo=None),
        new_log_id=lambda: str(uuid4()),
    )
    serve(app, ready=lambda address: told.send(int(address.rpartition(":")[2])))


@contextmanager
def _embedded(url: str) -> Iterator[int]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(url, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()


@contextmanager
def _remembering() -> Iterator[tuple[str, dict[str, Counter[str]]]]:
    """Run an index that remembers what it was told of whom, and how often."""
    told: dict[str, Counter[str]] = {}
    answer = b"".join(write_envelope([write_result(UPDATE, UpdateResult())]))

    class Index(BaseHTTPRequestHandler):
        """Takes everything."""

        def do_POST(self) -> None:
            body = read_envelope(codec.parse(self.rfile.read(int(self.headers["Content-Length"])))).body
            assert body is not None
            for one in read_transactions(body):
                known = told.setdefault(one.engagement.patient_id, Counter())
                known[f"{one.delete} {one.engagement.most_recent_content}"] += 1
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=UTF-8")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", told
        server.shutdown()


if __name__ == "__main__":
    _report(sys.argv[1], sys.argv[2], int(sys.argv[3]))
