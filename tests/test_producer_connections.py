"""Connections that idle, trickle, crowd and do not read: each is cut off, and the next is answered."""

from __future__ import annotations

import http.client
import logging
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from riv_careplans.errors import ConfigurationError
from riv_careplans.exchange import Answer, Query
from riv_careplans.producer import Server, make_app
from riv_careplans.producer.workers import Workers
from riv_careplans.settings import ProducerSettings
from tests.builders import answer, attachment, care_plan
from tests.producer_calls import CannedSource, clock, question
from tests.servers import Running, running

SECONDS = 20
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"


def whole(body: bytes | None = None) -> bytes:
    body = question() if body is None else body
    return HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


@contextmanager
def serving(source: CannedSource | None = None, threads: int = 4, **settings: Any) -> Iterator[Running]:
    app = make_app(source or CannedSource(), ProducerSettings(**settings), clock=clock)
    with running(app, threads=threads) as server:
        yield server


def connect(server: Running, small_buffer: bool = False) -> socket.socket:  # noqa: FBT001, FBT002 - one of two
    connection = socket.socket()
    if small_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(SECONDS)
    connection.connect(("127.0.0.1", server.port))
    return connection


def everything(connection: socket.socket) -> bytes:
    """Read until the other side closes, which it must before the test's patience ends."""
    got = b""
    with connection:
        try:
            while piece := connection.recv(65536):
                got += piece
        except ConnectionResetError:
            pass
    return got


def status(connection: socket.socket) -> int:
    """Read one whole answer, and leave the connection open."""
    got = http.client.HTTPResponse(connection)
    got.begin()
    got.read()
    return got.status


def is_cut(connection: socket.socket) -> bool:
    connection.setblocking(False)  # noqa: FBT003 - the name of the socket's own method says it
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def eventually(passes: Callable[[], bool]) -> bool:
    """Try until it passes, or the test's patience ends."""
    end = time.monotonic() + SECONDS
    while not (passed := passes()) and time.monotonic() < end:
        time.sleep(0.02)
    return passed


def answered(caplog: pytest.LogCaptureFixture, questions: int) -> bool:
    """Wait until so many questions have been answered, whether or not anybody has read that."""
    return eventually(lambda: caplog.text.count("answered log_id") >= questions)


# --- idle ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [b"", b"\r\n", b"\r\n\r\n\r\n\r\n", b"P", HEAD, HEAD + b"Content-Length: 5\r\n\r\nab"],
    ids=["nothing", "a blank line", "blank lines", "a byte", "half a header", "half a body"],
)
def test_a_connection_that_asks_nothing_is_closed_after_the_read_deadline(sent: bytes) -> None:
    with serving(read_deadline=0.2, idle_deadline=300) as server:
        connection = connect(server)
        connection.sendall(sent)

        assert everything(connection) == b""


def test_blank_lines_that_trickle_keep_no_connection() -> None:
    with serving(read_deadline=0.2, idle_deadline=300) as server, connect(server) as connection:
        with pytest.raises((BrokenPipeError, ConnectionResetError)):  # noqa: PT012 - until it is cut off
            while True:
                connection.sendall(b"\r\n\r\n")
                time.sleep(0.02)

        assert server.post(question())[0] == 200


def test_a_kept_connection_is_closed_when_it_has_been_idle_long_enough() -> None:
    with serving(idle_deadline=0.2) as server:
        connection = connect(server)
        connection.sendall(whole())

        assert everything(connection).startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_kept_connection_outlives_the_read_deadline() -> None:
    with serving(read_deadline=0.2, idle_deadline=300) as server, connect(server) as connection:
        statuses = []
        for _ in range(2):
            connection.sendall(whole())
            statuses.append(status(connection))
            time.sleep(0.6)

    assert statuses == [200, 200]


def test_at_the_limit_the_connection_that_was_idle_longest_makes_room() -> None:
    with serving(max_connections=10, read_deadline=300) as server, ExitStack() as stack:
        first = connect(server)
        others = [stack.enter_context(connect(server)) for _ in range(9)]
        for connection in others:
            connection.sendall(whole())
            assert status(connection) == 200

        assert server.post(question())[0] == 200

        assert everything(first) == b""
        for connection in others:
            connection.sendall(whole())
            assert status(connection) == 200


def test_half_questions_make_room_when_there_is_nothing_else_to_close() -> None:
    with serving(max_connections=5, read_deadline=300) as server, ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(connect(server)).sendall(HEAD)

        assert server.post(question())[0] == 200


def test_a_thousand_connections_leave_room_for_a_question() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= most < 3000:
        pytest.skip("this computer lets a process open too few files")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], 3000), before[1]))
    try:
        with serving(read_deadline=300) as server, ExitStack() as stack:
            for number in range(1000):
                connection = stack.enter_context(connect(server))
                if number % 3:
                    connection.sendall(HEAD)

            assert server.post(question())[0] == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


# --- slow readers ---------------------------------------------------------------------------------------


def large(megabytes: int) -> Answer:
    return answer(*[care_plan(attachments=(attachment(bytes(90_000)),))] * (megabytes * 8))


def test_an_answer_that_is_not_taken_in_time_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(CannedSource(large(30)), threads=1, write_deadline=0.5) as server:
        connection = connect(server, small_buffer=True)
        connection.sendall(whole())
        time.sleep(1.5)
        got = everything(connection)

        assert server.post(b"<a/>")[0] == 500
    assert got.startswith(b"HTTP/1.1 200 OK")
    assert not got.endswith(b"0\r\n\r\n")
    assert "Exception" not in caplog.text


def test_answers_that_wait_for_slow_readers_are_bounded_together(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with serving(CannedSource(large(8)), max_waiting_answers=20) as server, ExitStack() as stack:
        readers = [stack.enter_context(connect(server, small_buffer=True)) for _ in range(8)]
        for number, connection in enumerate(readers):
            connection.sendall(whole().replace(b"Host", b"Connection: close\r\nHost"))
            assert answered(caplog, number + 1)

        assert server.post(b"<a/>")[0] == 500
        got = [len(everything(connection)) for connection in readers]

    assert "an answer was cut off: its reader is slow and too many answers wait" in caplog.text
    assert got[0] < got[-1]


def test_a_slow_reader_that_reads_gets_its_whole_answer() -> None:
    with serving(CannedSource(large(8))) as server, connect(server, small_buffer=True) as connection:
        connection.sendall(whole().replace(b"Host", b"Connection: close\r\nHost"))
        time.sleep(1)

        assert everything(connection).endswith(b"</s:Envelope>")


# --- large questions, many at a time --------------------------------------------------------------------


def test_large_questions_that_arrive_together_are_bounded(caplog: pytest.LogCaptureFixture) -> None:
    with serving(max_waiting_questions=3, read_deadline=300) as server, ExitStack() as stack:
        connections = [stack.enter_context(connect(server)) for _ in range(8)]
        for connection in connections:
            connection.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n")
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(b" " * 900_000)

        assert server.post(question())[0] == 200
        assert eventually(lambda: len(list(filter(is_cut, connections))) == 5)
    assert "a large question was cut off: too many are arriving" in caplog.text


# --- threads --------------------------------------------------------------------------------------------


class Weighty:
    """A task that notes which thread served it."""

    def __init__(self, weight: int, served: list[threading.Thread], done: threading.Event) -> None:
        self._weight = weight
        self._served = served
        self._done = done

    def weight(self) -> int:
        return self._weight

    def service(self) -> None:
        self._served.append(threading.current_thread())
        self._done.set()

    def cancel(self) -> None:
        raise AssertionError


@pytest.mark.parametrize(("weight", "threads"), [(10, 1), (256 * 1024, 2), (1024 * 1024, 6)])
def test_a_thread_is_replaced_when_it_has_read_much(weight: int, threads: int) -> None:
    workers = Workers(1)
    served: list[threading.Thread] = []
    for _ in range(6):
        done = threading.Event()
        workers.add_task(Weighty(weight, served, done))
        assert done.wait(SECONDS)
    workers.shutdown()

    assert len({id(thread) for thread in served}) == threads
    assert not any(thread.is_alive() for thread in served)


def test_many_questions_at_a_time_are_not_told_on_standard_error(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def slow(_: Query) -> Answer:
        time.sleep(0.05)
        return answer()

    with serving(CannedSource(slow), threads=1) as server, ExitStack() as stack:
        asked = [stack.enter_context(connect(server)) for _ in range(10)]
        for connection in asked:
            connection.sendall(whole())
        for connection in asked:
            assert status(connection) == 200

    assert capfd.readouterr().err == ""
    assert {record.name for record in caplog.records} <= {"riv_careplans.producer"}


# --- ending ---------------------------------------------------------------------------------------------


def test_the_last_answer_says_that_the_connection_ends() -> None:
    asked, go_on = threading.Event(), threading.Event()

    def give(_: Query) -> Answer:
        asked.set()
        assert go_on.wait(SECONDS)
        return answer()

    app = make_app(CannedSource(give), clock=clock)
    server = Server(app)

    def run() -> None:
        with server:
            server.run()

    thread = threading.Thread(target=run)
    thread.start()
    running_server = Running(url=server.url, port=server.port)
    with connect(running_server) as connection, connect(running_server) as half:
        connection.sendall(whole())
        half.sendall(HEAD)
        assert asked.wait(SECONDS)
        server.stop()
        assert eventually(lambda: app.operations.draining)
        go_on.set()
        got = everything(connection)
        half.sendall(f"Content-Length: {len(question())}\r\n\r\n".encode() + question())
        finished = everything(half)
    thread.join(SECONDS)

    for one in (got, finished):
        assert one.startswith(b"HTTP/1.1 200 OK\r\nConnection: close\r\n")


def test_a_source_that_hangs_holds_the_end_up_no_longer_than_the_deadline() -> None:
    release = threading.Event()
    source = CannedSource(lambda _: release.wait(SECONDS))
    app = make_app(source, ProducerSettings(drain_deadline=0.2), clock=clock)
    with ExitStack() as stack:
        with running(app) as server:
            connection = stack.enter_context(connect(server))
            connection.sendall(whole())
            while not source.queries:
                time.sleep(0.01)
        release.set()

        assert connection.recv(100) == b""


# --- who may be answered without TLS ----------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 - that is what is tested
def test_other_computers_are_not_answered_without_tls_unless_the_settings_say_so(host: str) -> None:
    try:
        socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError:
        pytest.skip("this computer has no such address")
    with pytest.raises(ConfigurationError, match=f"^cannot listen on {host} port 0: other computers"):
        Server(make_app(CannedSource()), host=host)

    with Server(make_app(CannedSource(), ProducerSettings(anyone_may_ask=True)), host=host) as server:
        assert server.port


def test_no_question_and_no_answer_is_written_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with serving(CannedSource(large(20))) as server:
        status, body = server.post(question() + b" " * 900_000)

    assert (status, len(body) > 14_000_000) == (200, True)
