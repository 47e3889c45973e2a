"""PingForConfiguration beside GetCarePlans: our own schema, equal to the official one, and a real answer."""

from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree
from zeep import Client

from riv_careplans import codec
from riv_careplans.contracts.ping_for_configuration import PING_FOR_CONFIGURATION, read_pong
from riv_careplans.contracts.soap import read_envelope, write_question
from riv_careplans.exchange import Answer
from riv_careplans.producer import make_app
from riv_careplans.settings import ProducerSettings
from tests.servers import running

REFERENCE = Path(__file__).parents[2] / "shared" / "reference" / "itintegration_monitoring_1.0"
NAMESPACE = PING_FOR_CONFIGURATION.namespace
NOW = datetime.fromisoformat("2026-01-20T12:00:00")


class Untouched:
    """A source that must not be asked."""

    def care_plans(self, query: object) -> Answer:
        raise AssertionError("a ping asks nobody")


def ping(inside: str) -> str:
    return f'<p:PingForConfiguration xmlns:p="{NAMESPACE}">{inside}</p:PingForConfiguration>'


GOOD = ping(
    "<p:serviceContractNamespace>urn:x</p:serviceContractNamespace><p:logicalAddress>SE1</p:logicalAddress>"
)
PONG = (
    f'<p:PingForConfigurationResponse xmlns:p="{NAMESPACE}"><p:version>1</p:version>'
    "<p:pingDateTime>{}</p:pingDateTime>{}</p:PingForConfigurationResponse>"
)
MESSAGES = [
    GOOD,
    ping("<p:logicalAddress>SE1</p:logicalAddress>"),
    ping("<p:serviceContractNamespace>urn:x</p:serviceContractNamespace>"),
    GOOD.replace("</p:PingForConfiguration>", "<o:x xmlns:o='urn:o'/></p:PingForConfiguration>"),
    GOOD.replace("</p:PingForConfiguration>", "<p:x/></p:PingForConfiguration>"),
    PONG.format("20260120120000", ""),
    PONG.format(
        "20260120120000", "<p:configuration><p:name>a</p:name><p:value>b</p:value></p:configuration>"
    ),
    PONG.format("20260120120000", "<p:configuration><p:name>a</p:name></p:configuration>"),
    PONG.format("2026-01-20", ""),
    PONG.format("00260120120000", ""),
    PONG.format("20261320120000", ""),
    PONG.format("20260139120000", ""),
    PONG.format("20260120246000", ""),
]


@pytest.mark.parametrize("message", MESSAGES)
def test_our_schema_accepts_what_the_official_one_does(message: str) -> None:
    if not REFERENCE.exists():
        pytest.skip("the official schemas are not on this machine")
    path = (
        REFERENCE
        / "interactions"
        / "PingForConfigurationInteraction"
        / "PingForConfigurationResponder_1.0.xsd"
    )
    official = etree.XMLSchema(etree.parse(str(path)))

    accepted = official.validate(etree.fromstring(message))

    assert (PING_FOR_CONFIGURATION.violations(codec.parse(message.encode())) == ()) is accepted


def test_a_producer_answers_a_ping_without_asking_its_source() -> None:
    app = make_app(Untouched(), clock=lambda: NOW)
    with running(app) as server:
        status, body = server.post(write_question(GOOD, "SE2129999997-SYS4"))

    answer = read_envelope(codec.parse(body)).body
    assert status == 200
    assert answer is not None
    assert PING_FOR_CONFIGURATION.violations(answer) == ()
    pong = read_pong(answer)
    assert pong.ping_date_time == NOW
    assert {one.name: one.value for one in pong.configurations} == {"GetCarePlans": "3.0, 2.0"}


@pytest.mark.parametrize(
    ("message", "address"),
    [(ping(""), "SE2129999997-SYS4"), (GOOD, "SE2129999997-OTHER")],
    ids=["schema", "address"],
)
def test_a_ping_that_breaks_the_contract_or_is_for_somebody_else_is_a_fault(
    message: str, address: str
) -> None:
    settings = ProducerSettings(logical_addresses=("SE2129999997-SYS4",))
    with running(make_app(Untouched(), settings)) as server:
        status, body = server.post(write_question(message, address))

    assert status == 500
    assert read_envelope(codec.parse(body)).fault is not None


def test_a_generated_client_pings_by_the_published_wsdl() -> None:
    with running(make_app(Untouched())) as server:
        client = Client(f"{server.url}/?wsdl=1.0")
        service = client.create_service(
            f"{{{PING_FOR_CONFIGURATION.wsdl_namespace}}}PingForConfigurationResponderBinding", server.url
        )

        pong = service.PingForConfiguration("urn:x", "SE1", _soapheaders={"LogicalAddress": "SE1"})

    assert pong.version
