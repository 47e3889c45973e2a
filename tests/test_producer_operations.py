"""Operation: health, counts, spans and log lines; none of them says whose plans they were."""

from __future__ import annotations

import http.client
import json
import logging
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from riv_careplans.exchange import Answer, Query
from riv_careplans.producer import Server, make_app
from riv_careplans.producer.lines import JsonLines, TextLines
from riv_careplans.settings import CallerSettings, ProducerSettings, ProxySettings
from tests.builders import ASTA, ASTA_ID, SOURCE_SYSTEM, answer, care_plan, query
from tests.producer_calls import CannedSource, Reply, call, clock, get, post, question
from tests.servers import running

SECONDS = 20
PATHS = ["/health/live", "/health/ready", "/metrics"]


def app_of(source: Any = None, **changes: Any) -> Any:
    return make_app(source or CannedSource(), ProducerSettings(**changes), clock=clock)


def fetch(app: Any, path: str, *, address: str = "127.0.0.1", method: str = "GET", **environ: str) -> Reply:
    asked = {"REQUEST_METHOD": method, "PATH_INFO": path, "REMOTE_ADDR": address, **environ}
    return call(app, asked)


# --- health ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_a_healthy_producer_says_so(path: str) -> None:
    reply = fetch(app_of(), path)

    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert reply.headers["Cache-Control"] == "no-store"
    assert fetch(app_of(), path, method="HEAD").body == b""


class Hooked(CannedSource):
    """A source that can tell whether it is ready."""

    def __init__(self, ready: Callable[[], Any]) -> None:
        super().__init__()
        self.ready = ready


def raises() -> bool:
    raise ConnectionError(ASTA)


@pytest.mark.parametrize(
    ("ready", "told"),
    [
        (lambda: True, "ok\n"),
        (lambda: False, "the source is not ready\n"),
        (lambda: None, "the source is not ready\n"),
        (raises, "asked whether it is ready, the source raised ConnectionError in "),
    ],
    ids=["ready", "not", "nothing", "raises"],
)
def test_readiness_is_what_the_source_says(ready: Callable[[], Any], told: str) -> None:
    app = app_of(Hooked(ready))

    reply = fetch(app, "/health/ready")

    assert reply.status == (200 if told == "ok\n" else 503)
    assert reply.body.decode().startswith(told)
    assert ASTA not in reply.body.decode()
    assert fetch(app, "/health/live").status == 200


def test_a_source_that_does_not_say_whether_it_is_ready_is_not() -> None:
    release = threading.Event()
    app = app_of(Hooked(lambda: release.wait(SECONDS)), source_deadline=0.1)

    reply = fetch(app, "/health/ready")
    release.set()

    assert (reply.status, reply.body) == (503, b"the source gave no answer within 0.1 seconds\n")


def test_a_producer_that_ends_is_ready_no_more() -> None:
    asked, go_on = threading.Event(), threading.Event()

    def give(_: Query) -> Answer:
        asked.set()
        assert go_on.wait(SECONDS)
        return answer()

    server = Server(app_of(CannedSource(give), operations_port=0))
    thread = threading.Thread(target=serve, args=(server,))
    thread.start()
    try:
        assert over_http(server.operations_port, "/health/ready") == (200, "ok\n")
        asking = threading.Thread(target=ask, args=(server.port,))
        asking.start()
        assert asked.wait(SECONDS)
        server.stop()
        told = eventually_not(200, server)
    finally:
        go_on.set()
        thread.join(SECONDS)
        asking.join(SECONDS)

    assert told == (503, "the producer is ending\n")


def serve(server: Server) -> None:
    with server:
        server.run()


def ask(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request("POST", "/", question(), {"Content-Type": "text/xml"})
    status = connection.getresponse().status
    connection.close()
    return status


def eventually_not(status: int, server: Server) -> tuple[int, str]:
    end = time.monotonic() + SECONDS
    while (told := over_http(server.operations_port, "/health/ready"))[0] == status:
        assert time.monotonic() < end
        time.sleep(0.02)
    return told


def over_http(port: int | None, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", path, headers=headers or {})
        answered = connection.getresponse()
        return answered.status, answered.read().decode()
    finally:
        connection.close()


# --- who is told ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "", "127.0.0.2", "::2"])
def test_for_everybody_else_these_paths_do_not_exist(path: str, address: str) -> None:
    app = app_of()

    reply = fetch(app, path, address=address)

    assert (reply.status, reply.body[:40]) == (405, fetch(app, "/other").body[:40])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("header", ["HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_VIA", "HTTP_X_REAL_IP"])
def test_what_a_proxy_passes_on_is_not_told(path: str, header: str) -> None:
    assert fetch(app_of(), path, **{header: "192.0.2.1"}).status == 405


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "Via", "X-Real-IP"])
def test_what_a_proxy_passes_on_is_not_told_by_a_server_either(path: str, header: str) -> None:
    with running(app_of()) as server:
        plain, passed_on = over_http(server.port, path), over_http(server.port, path, {header: "192.0.2.1"})

    assert (plain[0], passed_on[0]) == (200, 405)


def test_the_tls_proxy_is_not_told() -> None:
    proxy = ProxySettings(addresses=("127.0.0.1",), header="x-cert")
    app = app_of(proxy=proxy, callers=(CallerSettings(hsa_id="*"),))

    assert fetch(app, "/metrics").status == 405
    assert fetch(app, "/metrics", address="::1").status == 200


def test_networks_may_be_allowed() -> None:
    app = app_of(operations_allowed=("10.0.0.0/8",))

    assert fetch(app, "/health/live", address="10.1.2.3").status == 200
    assert fetch(app, "/health/live").status == 405


def test_a_port_of_its_own_tells_nothing_beside_the_service() -> None:
    app = app_of(operations_port=0)
    with Server(app) as server:
        thread = threading.Thread(target=server.run)
        thread.start()
        told = {path: over_http(server.operations_port, path)[0] for path in [*PATHS, "/", "/?wsdl"]}
        beside = over_http(server.port, "/metrics")[0]
        posted = ask(server.operations_port or 0)
        server.stop()
        thread.join(SECONDS)

    assert told == dict.fromkeys(PATHS, 200) | {"/": 404, "/?wsdl": 404}
    assert (beside, posted) == (405, 404)


def test_a_question_is_a_question_at_any_path() -> None:
    assert post(app_of(), environ={"PATH_INFO": "/metrics", "REMOTE_ADDR": "127.0.0.1"}).verdict == "OK"


# --- counts ---------------------------------------------------------------------------------------------


def counts(app: Any) -> dict[str, float]:
    text = fetch(app, "/metrics").body.decode()
    assert ASTA not in text
    assert SOURCE_SYSTEM not in text
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in pairs if "_created" not in name}


def test_every_question_is_counted_by_contract_outcome_and_status() -> None:
    app = app_of(CannedSource(answer(care_plan(), care_plan())))
    post(app)
    post(app, question(version="2.0"))
    post(app, b"<a/>")
    get(app, "/", "wsdl")
    get(app, "/")

    found = counts(app)

    start = "riv_careplans_questions_total"
    assert {name: value for name, value in found.items() if name.startswith(start)} == {
        f'{start}{{contract="3.0",outcome="answered",status="200"}}': 1,
        f'{start}{{contract="2.0",outcome="answered",status="200"}}': 1,
        f'{start}{{contract="none",outcome="refused",status="500"}}': 1,
        f'{start}{{contract="none",outcome="published",status="200"}}': 1,
        f'{start}{{contract="none",outcome="refused",status="405"}}': 1,
    }
    assert found['riv_careplans_records_total{contract="3.0"}'] == 2
    assert found['riv_careplans_question_seconds_count{contract="3.0"}'] == 1
    assert found["riv_careplans_questions_in_flight"] == 0
    assert found["riv_careplans_source_calls_in_flight"] == 0


def test_records_that_are_held_back_are_counted() -> None:
    stranger = care_plan()
    app = app_of(CannedSource(lambda _: answer(stranger, object())))  # type: ignore[arg-type]
    post(app)

    assert counts(app)['riv_careplans_records_held_back_total{contract="3.0"}'] == 1


def test_two_producers_in_one_process_count_for_themselves() -> None:
    one, other = app_of(), app_of()
    post(one)

    assert not any("questions_total" in name for name in counts(other))


def test_a_vendor_may_add_a_number_of_its_own() -> None:
    app = app_of()
    app.metrics.gauge("outbox_age_seconds", "Seconds that the oldest notification has waited", lambda: 7.5)

    assert counts(app)["riv_careplans_outbox_age_seconds"] == 7.5


# --- the log --------------------------------------------------------------------------------------------

CORRELATION = "5f6f1c0a-7f2e-4d51-9f43-0a6f2c6d1b10"
CONSUMER = "SE2321000016-1177"


def lines(caplog: pytest.LogCaptureFixture, formatter: logging.Formatter) -> list[str]:
    return [formatter.format(record) for record in caplog.records]


def test_a_line_of_json_has_the_platforms_names(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    headers = [
        ("x-skltp-correlation-id", CORRELATION),
        ("x-rivta-original-serviceconsumer-hsaid", CONSUMER),
    ]
    reply = post(app_of(), headers=headers)

    (line,) = lines(caplog, JsonLines())
    fields = json.loads(line)

    assert fields.pop("event.duration") > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", fields.pop("@timestamp"))
    assert fields == {
        "log.level": "INFO",
        "log.logger": "riv_careplans.producer",
        "message": "question answered",
        "event.action": "resp-out",
        "event.outcome": "success",
        "http.response.status_code": 200,
        "labels.log_id": reply.texts("logId")[0],
        "labels.skltp_correlationId": CORRELATION,
        "labels.receiverid": SOURCE_SYSTEM,
        "labels.originalServiceconsumerHsaid": CONSUMER,
        "labels.servicecontract_namespace": "urn:riv:clinicalprocess:logistics:logistics:GetCarePlansResponder:3",
        "labels.outcome": "answered",
        "labels.records": 1,
        "labels.held_back": 0,
    }


@pytest.mark.parametrize("formatter", [JsonLines(), TextLines()], ids=["json", "text"])
def test_a_persons_number_in_any_header_or_address_is_in_no_line(
    formatter: logging.Formatter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    names = [
        "x-skltp-correlation-id",
        "x-rivta-original-serviceconsumer-hsaid",
        "x-vp-sender-id",
        "traceparent",
    ]
    headers = [(name, ASTA) for name in names]
    source = CannedSource()

    replies = [
        post(app_of(source), question(logical_address=ASTA), headers=headers),
        post(
            app_of(source),
            question(query(patient_id=ASTA_ID)),
            headers=headers,
            environ={"PATH_INFO": f"/{ASTA}"},
        ),
        post(app_of(source), f"<{ASTA}/>".encode(), headers=headers),
    ]

    assert ASTA not in "".join(lines(caplog, formatter))
    assert ASTA not in "".join(value for reply in replies for value in reply.headers.values())
    assert {asked.call.correlation_id for asked in source.queries} == {""}
    assert {asked.call.original_consumer for asked in source.queries} == {""}


@pytest.mark.parametrize(
    "said",
    [
        "1212121212",
        "SE1212121212-1",
        "SE191212121212-1",
        "SE2321000016-191212121212",
        "se2321000016-19121212-1212",
        "SE2321000016-121212-1212",
        "SE2321000016-A.1212121212",
    ],
)
def test_a_persons_number_inside_the_name_of_a_system_is_in_no_line(
    said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    source = CannedSource()
    proxy = ProxySettings(addresses=("127.0.0.1",), header="x-cert", carries="subject")
    known = app_of(source, proxy=proxy, callers=(CallerSettings(hsa_id="*", trusted_platform=True),))
    headers = [("x-rivta-original-serviceconsumer-hsaid", said), ("x-cert", f"serialNumber={said}")]

    for app in (app_of(source), known):
        post(app, question(logical_address=said), headers=headers, environ={"REMOTE_ADDR": "127.0.0.1"})

    told = "".join(lines(caplog, JsonLines()) + lines(caplog, TextLines()))
    assert said not in told
    assert {asked.call.original_consumer for asked in source.queries} == {""}


@pytest.mark.parametrize("formatter", [JsonLines(), TextLines()], ids=["json", "text"])
def test_what_other_programs_log_is_masked(formatter: logging.Formatter) -> None:
    def raised() -> Any:
        try:
            raise ValueError(f"no row for {ASTA}")  # noqa: TRY301 - to have a traceback
        except ValueError:
            return sys.exc_info()

    record = logging.LogRecord("vendor", 40, "x", 1, "cannot read %s\n<b>", (ASTA,), raised())

    line = formatter.format(record)

    assert ASTA not in line
    assert "cannot read ****" in line
    assert "ValueError in " in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (CORRELATION, True),
        (CORRELATION.upper(), True),
        (ASTA, False),
        ("HSA-ID-1", False),
        ("00000000-0000-4000-8000-191212121212", False),
        ("00000000-0000-4000-8000-191212121213", True),
        ("19121212-1212-4000-8000-000000000000", False),
        ("19121212-1213-4000-8000-000000000000", True),
        (f"{CORRELATION}x", False),
        ("", False),
    ],
)
def test_a_correlation_id_is_a_uuid_and_nobodys_number(given: str, *, kept: bool) -> None:
    source = CannedSource()

    reply = post(app_of(source), headers=[("x-skltp-correlation-id", given)])

    assert source.queries[0].call.correlation_id == (given if kept else "")
    assert reply.headers.get("X-Skltp-Correlation-Id") == (given if kept else None)


# --- spans ----------------------------------------------------------------------------------------------

SPANS = """
import json, sys
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from riv_careplans.producer import make_app
from tests.producer_calls import CannedSource, post
from tests.builders import answer

kept = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
trace.set_tracer_provider(provider)

def give(query):
    with trace.get_tracer("vendor").start_as_current_span("database"):
        return answer()

app = make_app(CannedSource(give))
post(app, headers=[("traceparent", "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"), ("tracestate", "x=191212121212")])
post(app, b"<a/>")
post(make_app(CannedSource(lambda _: None)))
for span in kept.get_finished_spans():
    print(json.dumps({
        "name": span.name, "trace": f"{span.context.trace_id:032x}", "id": span.context.span_id,
        "parent": span.parent and span.parent.span_id, "kind": span.kind.name, "status": span.status.status_code.name,
        "attributes": dict(span.attributes), "state": dict(span.context.trace_state), "events": len(span.events),
    }))
"""


def test_a_question_is_a_span_below_the_callers_and_above_the_sources() -> None:
    done = subprocess.run([sys.executable, "-c", SPANS], capture_output=True, text=True, check=True)

    database, answered, refused, failed = map(json.loads, done.stdout.splitlines())
    assert (answered["trace"], answered["parent"]) == ("ab" * 16, int("cd" * 8, 16))
    assert (database["trace"], database["parent"]) == (answered["trace"], answered["id"])
    assert answered["kind"] == "SERVER"
    assert answered["attributes"]["riv.outcome"] == "answered"
    assert answered["attributes"]["riv.contract"].endswith("GetCarePlansResponder:3")
    assert (refused["parent"], refused["attributes"]["riv.outcome"]) == (None, "refused")
    assert [one["status"] for one in (answered, refused, failed)] == ["UNSET", "UNSET", "ERROR"]
    assert (answered["state"], answered["events"]) == ({}, 0)
    assert ASTA not in done.stdout


def test_without_opentelemetry_there_are_no_spans_and_no_trouble() -> None:
    program = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from riv_careplans.producer import make_app\n"
        "from tests.producer_calls import CannedSource, post\n"
        "print(post(make_app(CannedSource())).verdict)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "OK\n"


def test_health_and_load_are_told_over_a_socket_on_the_services_own_port() -> None:
    app = app_of()
    for _ in range(2):
        with running(app) as server:
            assert over_http(server.port, "/health/live") == (200, "ok\n")
            _, told = over_http(server.port, "/metrics")

    # The connection before may not have been seen to end yet.
    assert re.search(r"^riv_careplans_connections [12]\.0$", told, re.MULTILINE)
    assert re.search(r"^riv_careplans_questions_waiting 0\.0$", told, re.MULTILINE)
