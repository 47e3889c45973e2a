"""The producer on real sockets: what waitress, a platform and a foreign SOAP library meet."""

from __future__ import annotations

import http.client
import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import zeep
from lxml import etree

from riv_careplans.contract import GET_CARE_PLANS_2, GET_CARE_PLANS_3, Contract
from riv_careplans.errors import ConfigurationError
from riv_careplans.exchange import Answer, Query
from riv_careplans.identity import PERSONNUMMER
from riv_careplans.producer import Server, make_app, serve
from riv_careplans.settings import ProducerSettings
from tests.builders import ASTA, SOURCE_SYSTEM, answer, attachment, care_plan
from tests.http_vectors import VECTORS, request, status
from tests.producer_calls import CannedSource, clock, post, question
from tests.servers import Running, running

SECONDS = 20


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running(make_app(CannedSource(), clock=clock)) as started:
        yield started


# --- a foreign SOAP library -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/some/path", "/vp/clinicalprocess/logistics/logistics/GetCarePlans/3/rivtabp21"]
)
@pytest.mark.parametrize(
    ("query_string", "contract", "patient"),
    [
        ("wsdl", GET_CARE_PLANS_3, {"root": PERSONNUMMER, "extension": ASTA}),
        ("wsdl=2.0", GET_CARE_PLANS_2, {"id": ASTA, "type": PERSONNUMMER}),
    ],
    ids=["3.0", "2.0"],
)
def test_zeep_reads_the_wsdl_with_its_imports_and_asks(
    server: Running, path: str, query_string: str, contract: Contract, patient: dict[str, str]
) -> None:
    settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_external=False, raw_response=True)
    client = zeep.Client(f"{server.url}{path}?{query_string}", settings=settings)
    with client.transport.session:
        service = client.create_service(
            f"{{{contract.wsdl_namespace}}}GetCarePlansResponderBinding", f"{server.url}{path}"
        )

        answered = service.GetCarePlans(patientId=patient, _soapheaders={"LogicalAddress": SOURCE_SYSTEM})

        assert answered.status_code == 200
        assert contract.violations(etree.fromstring(answered.content)[-1][0]) == ()


def test_zeep_is_told_of_a_fault(server: Running) -> None:
    client = zeep.Client(f"{server.url}/?wsdl")
    with client.transport.session:
        service = client.create_service(
            f"{{{GET_CARE_PLANS_3.wsdl_namespace}}}GetCarePlansResponderBinding", server.url
        )

        with pytest.raises(zeep.exceptions.Fault, match="LogicalAddress must be an HSA-id") as caught:
            service.GetCarePlans(
                patientId={"root": PERSONNUMMER, "extension": ASTA}, _soapheaders={"LogicalAddress": " "}
            )

        assert caught.value.code == "s:Client"


# --- HTTP -----------------------------------------------------------------------------------------


def test_a_connection_is_kept_for_the_next_question(server: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    connection.connect()
    first_socket = connection.sock

    statuses = []
    for body in (question(), b"<a/>", question(version="2.0")):
        connection.request("POST", "/", body, {"Content-Type": "text/xml;charset=UTF-8"})
        answered = connection.getresponse()
        answered.read()
        statuses.append(answered.status)

    assert statuses == [200, 500, 200]
    assert connection.sock is first_socket
    connection.close()


@pytest.mark.parametrize(("sent", "expected"), VECTORS.values(), ids=VECTORS)
def test_bytes_on_a_socket_get_the_answer_of_http(
    server: Running, sent: bytes, expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    answered = server.send(sent, done=not expected)

    assert status(answered) == expected
    head, _, body = answered.partition(b"\r\n\r\n")
    assert ASTA not in (head.decode() if expected == "200 OK" else answered.decode())
    assert ASTA not in caplog.text
    assert server.post(question())[0] == 200
    assert body or not expected


def test_an_expectation_is_met_before_the_body_is_sent(server: Running) -> None:
    head = request(b"", f"Content-Length: {len(question())}", "Expect: 100-continue", "Connection: close")
    with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as connection:
        connection.sendall(head)
        told = connection.recv(1024)
        connection.sendall(question())
        answered = b"".join(iter(lambda: connection.recv(65536), b""))

    assert (status(told), status(answered)) == ("100 Continue", "200 OK")


@pytest.mark.parametrize(
    "sent",
    [
        b"POST / HT",
        request(b"", "Content-Length: 500"),
        request(question()[:-1], f"Content-Length: {len(question())}"),
    ],
    ids=["headers", "no body", "one byte short"],
)
def test_a_question_that_does_not_arrive_in_time_is_cut_off(sent: bytes) -> None:
    app = make_app(CannedSource(), ProducerSettings(read_deadline=0.1), clock=clock)

    with running(app) as server:
        answered = server.send(sent, done=False)

        assert answered == b""
        assert server.post(question())[0] == 200


def test_a_question_that_trickles_is_cut_off_although_it_never_pauses() -> None:
    app = make_app(CannedSource(), ProducerSettings(read_deadline=0.1), clock=clock)
    with (
        running(app) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as connection,
    ):
        connection.sendall(request(b"", "Content-Length: 1000000"))

        def trickle() -> None:
            while True:
                connection.sendall(b" ")
                threading.Event().wait(0.01)

        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            trickle()

        assert server.post(question())[0] == 200


def test_many_open_connections_leave_room_for_a_question(server: Running) -> None:
    idle = [socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) for _ in range(200)]

    assert server.post(question())[0] == 200

    for connection in idle:
        connection.close()


def test_questions_are_answered_side_by_side_without_mixing(server: Running) -> None:
    bodies = [question(), question(version="2.0"), b"<a/>", question(logical_address=" ")] * 15

    with ThreadPoolExecutor(8) as pool:
        answered = list(pool.map(server.post, bodies))

    assert [code for code, _ in answered] == [200, 200, 500, 500] * 15
    assert [b"carePlanHeader" in body for _, body in answered] == [False, True, False, False] * 15
    assert [b"Bra" in body or b"participant" in body for _, body in answered] == [
        True,
        False,
        False,
        False,
    ] * 15


def large() -> Answer:
    pdf = attachment(bytes(90_000))
    return answer(*[care_plan(attachments=(pdf,))] * 50)


def test_a_large_answer_is_streamed_whole(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with running(make_app(CannedSource(large()), clock=clock)) as server:
        code, body = server.post(question())

    assert (code, len(etree.fromstring(body)[0][0])) == (200, 51)
    assert len(body) > 50 * 90_000
    assert "records=50" in caplog.messages[-1]


def test_a_reader_that_leaves_half_way_disturbs_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = question()
    with running(make_app(CannedSource(large()), clock=clock), threads=1) as server:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as connection:
                connection.sendall(request(body, f"Content-Length: {len(body)}"))
                connection.recv(100)

        assert server.post(body)[0] == 200
    assert ASTA not in caplog.text


def test_a_question_under_way_is_answered_before_the_server_ends() -> None:
    asked, stop = threading.Event(), threading.Event()

    def give(_: Query) -> Answer:
        asked.set()
        assert stop.wait(SECONDS)
        return answer(care_plan())

    server = Server(make_app(CannedSource(give), clock=clock), threads=1)
    thread = threading.Thread(target=run, args=(server,))
    thread.start()
    with ThreadPoolExecutor(1) as pool:
        answered = pool.submit(Running(url=server.url, port=server.port).post, question())
        assert asked.wait(SECONDS)
        server.stop()
        stop.set()
        assert answered.result(SECONDS)[0] == 200
    thread.join(SECONDS)

    assert not thread.is_alive()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS)


def run(server: Server) -> None:
    with server:
        server.run()


# --- serve ----------------------------------------------------------------------------------------


def test_serve_tells_its_address_when_it_answers_and_ends_when_told() -> None:
    stopped = threading.Event()
    seen: list[int] = []

    def ready(url: str) -> None:
        def ask() -> None:
            seen.append(Running(url=url, port=int(url.rpartition(":")[2])).post(question())[0])
            stopped.set()

        threading.Thread(target=ask).start()

    serve(make_app(CannedSource(), clock=clock), ready=ready, stopped=stopped)

    assert seen == [200]


def test_serve_ends_quietly_on_an_interrupt_and_leaves_no_socket() -> None:
    urls: list[str] = []

    def interrupted(url: str) -> None:
        urls.append(url)
        raise KeyboardInterrupt

    serve(make_app(CannedSource(), clock=clock), ready=interrupted)

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(urls[0].rpartition(":")[2])), timeout=SECONDS)


def test_a_port_in_use_is_told_in_one_sentence(server: Running) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"^cannot listen on 127\.0\.0\.1 port {server.port}: .*in use"
    ):
        serve(make_app(CannedSource(), clock=clock), port=server.port)


@pytest.mark.parametrize(
    ("host", "port"), [("203.0.113.7", 0), ("no.such.host.invalid", 0), ("127.0.0.1", 70_000)]
)
def test_an_address_that_is_not_ours_is_told_in_one_sentence(host: str, port: int) -> None:
    with pytest.raises(ConfigurationError, match=f"^cannot listen on {host} port {port}: "):
        Server(make_app(CannedSource(), clock=clock), host=host, port=port)


def test_the_wsdl_over_http_is_the_published_file(server: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    connection.request("GET", "/some/path?wsdl")
    answered = connection.getresponse()

    assert answered.read() == GET_CARE_PLANS_3.wsdl.read_bytes()
    assert answered.headers["Content-Encoding"] is None
    connection.close()


def test_a_question_gets_the_same_bytes_from_any_server(server: Running) -> None:
    assert server.post(question())[1] == post(make_app(CannedSource(), clock=clock)).body
