"""A producer under load, in a process on a core of its own, and beside it the same on stock spyne.

"Stock" is spyne as it comes: a class of its own for every type of the contract, its own reading and
writing, its own schema validation of the question. It answers with the same plan, ready in its
classes, on the same WSGI server; sub-goals are left out, because its classes cannot contain
themselves. `python -m bench.producer ours 1` is one such server, `profile 1` one that tells at its end
where its time went.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final, Self

import riv_careplans.producer  # noqa: F401 - after it spyne can be imported on Python 3.12 and later

# isort: split

from lxml import etree
from spyne import Application, Service, Unicode, rpc
from spyne.model.complex import ComplexModel, ComplexModelMeta, XmlData
from spyne.protocol.soap import Soap11
from spyne.server.wsgi import WsgiApplication

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.plans import care_plan
from bench.stages import spyne_class, spyne_value
from riv_careplans import CarePlan, ResultCode
from riv_careplans.codes import REGISTRY_1, RESPONDER_3
from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.contracts import get_care_plans_3, interaction_for
from riv_careplans.contracts.soap import read_envelope, write_question
from riv_careplans.exchange import Answer, Query
from riv_careplans.model import II
from riv_careplans.producer import Server, make_app
from riv_careplans.settings import ProducerSettings

__all__ = ["Load", "Throughput", "measure_loads", "measure_memory", "measure_throughput"]

OURS: Final = "ours"
ANEW: Final = "anew"
UNCHECKED: Final = "unchecked"
STOCK: Final = "stock"
_PROFILED: Final = "profile"
_ADDRESS: Final = "SE2329999995-BENCH"
_ROUND_SECONDS: Final = 1.0
_AT_ONCE: Final = 3
"""Questions that are always under way, so that the server never waits for whoever measures."""

_CALLERS: Final = 10
_SECONDS: Final = 6
_IDLE_QUESTIONS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """Answers of one plan over kept connections, per second of one core's time."""

    ours: float
    """The same plan each time, which has passed the checks of what leaves once."""
    anew: float
    """Another plan each time, made and checked anew."""
    unchecked: float
    """Without checking what leaves, which stock spyne does not do either."""
    stock: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How a producer of ten plans answered at a pace; times in milliseconds from when each was due."""

    per_second: int
    asked: int
    answered: int
    median: float
    p95: float


# --- what is measured ---------------------------------------------------------------------------


def measure_throughput(rounds: int = 3) -> Throughput:
    """Let the servers take turns; the median of the rounds counts."""
    kinds = (OURS, ANEW, UNCHECKED, STOCK)
    found: dict[str, list[float]] = {kind: [] for kind in kinds}
    with _our_core(), ExitStack() as stack:
        servers = {kind: stack.enter_context(_serving(kind, 1)) for kind in kinds}
        for port, _ in servers.values():
            _check_answer(port)
        for _ in range(rounds):
            for kind, (port, process) in servers.items():
                found[kind].append(_per_second(port, process))
    return Throughput(**{kind: statistics.median(rates) for kind, rates in found.items()})


def measure_loads(paces: tuple[int, ...] = (50, 100)) -> tuple[float, list[Load]]:
    """Return the median of a question alone, and how each pace went: ten plans, ten connections."""
    with _our_core(), _serving(OURS, 10) as (port, _):
        with _Connection(port) as alone:
            times = [_timed(alone.ask) for _ in range(_IDLE_QUESTIONS)]
        return statistics.median(times), [_load(port, pace) for pace in paces]


def measure_memory() -> list[tuple[int, float, float]]:
    """Return plans, kB of the answer, and kB by which the server's peak grew above one plan's."""
    found = []
    for plans in (10, 100, 1000):
        with _serving(OURS, plans) as (port, process), _Connection(port) as connection:
            connection.ask(_question(narrow=True))
            before = _peak(process)
            answer = connection.ask()
            found.append((plans, len(answer) / 1000, _peak(process) - before))
    return found


def _load(port: int, per_second: int) -> Load:
    """Ask on a fixed schedule, whether or not the answers before have come."""
    times: list[float] = []
    start = time.perf_counter() + 0.2
    threads = [
        threading.Thread(target=_keep_pace, args=(port, start + number / per_second, per_second, times))
        for number in range(_CALLERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    p95 = statistics.quantiles(times, n=20)[-1]
    asked = per_second * _SECONDS
    return Load(
        per_second=per_second, asked=asked, answered=len(times), median=statistics.median(times), p95=p95
    )


def _keep_pace(port: int, due: float, per_second: int, times: list[float]) -> None:
    with _Connection(port) as connection, suppress(OSError, AssertionError):
        for _ in range(per_second * _SECONDS // _CALLERS):
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.ask()
            times.append((time.perf_counter() - due) * 1000)
            due += _CALLERS / per_second


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _per_second(port: int, process: int) -> float:
    """Count answers per second that the server has had its core: others may want it too."""
    with ExitStack() as stack:
        connections = [stack.enter_context(_Connection(port)) for _ in range(_AT_ONCE)]
        for one in connections:
            one.send()
        answered, started, had = 0, time.perf_counter(), _core_seconds(process)
        while time.perf_counter() - started < _ROUND_SECONDS:
            for one in connections:
                one.receive()
                one.send()
            answered += len(connections)
        for one in connections:
            one.receive()
        spent = _core_seconds(process) - had
    return answered / spent


# --- asking ---------------------------------------------------------------------------------------


def _question(*, narrow: bool = False) -> bytes:
    """Write a whole request; `narrow` asks for one plan of many."""
    query = Query(patient_id=II.personnummer("191212121212"))
    if narrow:
        query = Query(patient_id=query.patient_id, record_ids=(II.local("SE2329999995-BENCH:1"),))
    body = write_question(interaction_for(RESPONDER_3).write_request(query), _ADDRESS)
    head = f"POST / HTTP/1.1\r\nHost: bench\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class _Connection:
    """One connection, kept; as little as possible around the socket, for it is not what is measured."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = self._socket.makefile("rb")
        self._usual = _question()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._socket.close()

    def ask(self, question: bytes = b"") -> bytes:
        self.send(question)
        return self.receive()

    def send(self, question: bytes = b"") -> None:
        self._socket.sendall(question or self._usual)

    def receive(self) -> bytes:
        status = self._stream.readline()
        if b" 200 " not in status:
            raise AssertionError(f"the answer was {status!r}")
        length, chunked = 0, False
        while (line := self._stream.readline()) != b"\r\n":
            name, _, value = line.lower().partition(b":")
            length = int(value) if name == b"content-length" else length
            chunked = chunked or name == b"transfer-encoding"
        return b"".join(self._chunks()) if chunked else self._stream.read(length)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._stream.readline(), 16):
            yield self._stream.read(size)
            self._stream.readline()
        self._stream.readline()


def _check_answer(port: int) -> None:
    """Be sure that what is compared is the same: a valid answer with one plan."""
    with _Connection(port) as connection:
        body = read_envelope(etree.fromstring(connection.ask())).body
    if body is None or GET_CARE_PLANS_3.violations(body) or len(body.findall("{*}carePlan")) != 1:
        raise AssertionError("the answer is not a valid one with one plan")


# --- the servers, in processes of their own -------------------------------------------------------


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def _our_core() -> Iterator[None]:
    """Measure from another core than the one that the servers have, where there are two."""
    cores = _cores()
    if len(cores) < 2:  # noqa: PLR2004 - as said
        yield
        return
    os.environ["BENCH_CORE"] = str(cores[0])
    os.sched_setaffinity(0, set(cores[1:]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, set(cores))
        del os.environ["BENCH_CORE"]


@contextmanager
def _serving(kind: str, plans: int) -> Iterator[tuple[int, int]]:
    """Run a server; give its port and its process."""
    command = [sys.executable, __file__, kind, str(plans)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process.pid
        finally:
            process.kill()


def _core_seconds(process: int) -> float:
    """Return how long a process has had a core."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(process: int) -> float:
    """Return the most memory that a process has had, in kB."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


class _Endless:
    """Has another plan each time."""

    def __init__(self) -> None:
        self._numbers = count()

    def care_plans(self, query: Query) -> Answer:  # noqa: ARG002 - it knows one patient
        return Answer.ok(care_plans=[care_plan(next(self._numbers))])


class _Source:
    """Has its answer ready."""

    def __init__(self, plans: list[CarePlan]) -> None:
        self._answer = Answer.ok(care_plans=plans)

    def care_plans(self, query: Query) -> Answer:  # noqa: ARG002 - it knows one patient
        return self._answer


def _stock(plans: list[CarePlan]) -> Any:  # noqa: ANN401 - a WSGI application
    """Make the service that the contract's types become in spyne."""
    question, answer, result = (
        spyne_class(cls)
        for cls in (
            get_care_plans_3.GetCarePlans,
            get_care_plans_3.GetCarePlansResponse,
            get_care_plans_3.Result,
        )
    )
    address = ComplexModelMeta(
        "LogicalAddress", (ComplexModel,), {"__namespace__": REGISTRY_1, "value": XmlData(Unicode)}
    )
    ready = answer(
        carePlan=[spyne_value(plan) for plan in plans],
        result=result(resultCode=ResultCode.OK.value, logId="00000000-0000-4000-8000-000000000000"),
    )

    class Responder(Service):
        @rpc(
            question,
            _returns=answer,
            _in_header=(address,),
            _body_style="bare",
            _in_message_name="GetCarePlans",
            _out_message_name="GetCarePlansResponse",
        )
        def get_care_plans(ctx: Any, question: Any) -> Any:  # noqa: ANN401, ARG002, N805 - spyne's
            return ready

    application = Application(
        [Responder], tns=RESPONDER_3, in_protocol=Soap11(validator="lxml"), out_protocol=Soap11()
    )
    return WsgiApplication(application)


def _serve(kind: str, plans: int) -> None:
    if core := os.environ.get("BENCH_CORE"):
        os.sched_setaffinity(0, {int(core)})
    records = [care_plan(number) for number in range(plans)]
    app = _stock(records) if kind == STOCK else _ours(kind, records)
    with Server(app, threads=16) as server:
        print(server.port, flush=True)
        threading.Thread(target=_stop_at_the_end, args=(server,), daemon=True).start()
        server.run()


def _stop_at_the_end(server: Server) -> None:
    sys.stdin.read()
    server.stop()


def _ours(kind: str, plans: list[CarePlan]) -> Any:  # noqa: ANN401 - a WSGI application
    source = _Endless() if kind == ANEW else _Source(plans)
    app = make_app(source, ProducerSettings(check_records=kind != UNCHECKED))
    return _profiled(app) if kind == _PROFILED else app


def _profiled(app: Any) -> Any:  # noqa: ANN401 - a WSGI application
    """Profile what is between a request and its answer, and tell at the end."""
    profile, lock = cProfile.Profile(), threading.Lock()

    def answer(environ: Any, start_response: Any) -> list[bytes]:  # noqa: ANN401 - WSGI's
        with lock, profile:
            return list(app(environ, start_response))

    def tell() -> None:
        sys.stdin.read()
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(45)
        pstats.Stats(profile, stream=sys.stderr).sort_stats("cumtime").print_stats(60)

    threading.Thread(target=tell).start()
    return answer


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]))
