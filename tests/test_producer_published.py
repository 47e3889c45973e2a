"""The contract's files, fetched from a running producer: the published bytes, and nothing else."""

from __future__ import annotations

import pytest

from riv_careplans.contract import GET_CARE_PLANS_2, GET_CARE_PLANS_3, Contract
from riv_careplans.producer import make_app
from tests.producer_calls import CannedSource, clock, get

APP = make_app(CannedSource(), clock=clock)


@pytest.mark.parametrize(
    ("path", "query_string", "contract"),
    [
        ("/", "wsdl", GET_CARE_PLANS_3),
        ("/some/path", "wsdl", GET_CARE_PLANS_3),
        ("/", "WSDL", GET_CARE_PLANS_3),
        ("/", "wsdl=", GET_CARE_PLANS_3),
        ("/", "x=1&wsdl=3.0", GET_CARE_PLANS_3),
        ("/some/path/", "wsdl=2.0", GET_CARE_PLANS_2),
        ("/GetCarePlansInteraction_2.0_RIVTABP21.wsdl", "", GET_CARE_PLANS_2),
        ("/any/GetCarePlansInteraction_3.0_RIVTABP21.wsdl", "", GET_CARE_PLANS_3),
    ],
)
def test_the_wsdl_is_the_published_one_byte_for_byte(
    path: str, query_string: str, contract: Contract
) -> None:
    reply = get(APP, path, query_string)

    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/xml; charset=UTF-8")
    assert reply.body == contract.wsdl.read_bytes()


@pytest.mark.parametrize(
    "contract", [GET_CARE_PLANS_3, GET_CARE_PLANS_2], ids=lambda contract: contract.version
)
def test_every_published_file_is_found_under_any_path(contract: Contract) -> None:
    files = [path for path in contract.folder.rglob("*") if path.suffix in (".xsd", ".wsdl")]

    fetched = [get(APP, f"/a/b/{path.parent.name}/{path.name}").body for path in files]

    assert fetched == [path.read_bytes() for path in files]
    assert len(files) >= 5


@pytest.mark.parametrize(
    ("path", "query_string"),
    [
        ("/", ""),
        ("/health", ""),
        ("/", "wsdl=9.9"),
        ("/", "wsdl=../3.0"),
        ("/", "xsd=1"),
        ("/", "&".join(["a=1"] * 100)),
        ("/../../etc/passwd", ""),
        ("/..%2f..%2fetc%2fpasswd", ""),
        ("/schemas/README.md", ""),
        ("/../pyproject.toml", ""),
        ("/GetCarePlansResponder_3.0.xsd/", ""),
        ("/GetCarePlansResponder_3.0.XSD", ""),
        ("/\x00", ""),
    ],
)
def test_nothing_else_can_be_fetched(path: str, query_string: str) -> None:
    reply = get(APP, path, query_string)

    assert (reply.status, reply.headers["Allow"]) == (405, "POST")


def test_head_gives_the_length_alone() -> None:
    reply = get(APP, "/", "wsdl", method="HEAD")

    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["Content-Length"] == str(GET_CARE_PLANS_3.wsdl.stat().st_size)
