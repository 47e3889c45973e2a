"""GetCarePlans 2.0's messages for the tests: made from parts, valid, and read or written with ours."""

from html.parser import HTMLParser
from typing import Any

from riv_careplans import codec
from riv_careplans.codes import (
    CORE_3,
    RESPONDER_2,
    MediaType,
    ResultCode,
)
from riv_careplans.contract import GET_CARE_PLANS_2
from riv_careplans.contracts.get_care_plans_2 import INTERACTION
from riv_careplans.exchange import Result
from riv_careplans.identity import PERSONNUMMER
from riv_careplans.model import (
    Agreement,
    CarePlan,
)
from tests.builders import (
    ASTA,
    LOG_ID,
    SOURCE_SYSTEM,
)

__all__ = [
    "OK",
    "OPENING",
    "PATIENT",
    "PDF",
    "Page",
    "find",
    "page_of",
    "read_back",
    "read_one",
    "record",
    "request",
    "response",
    "written",
]

OK = Result(code=ResultCode.OK, log_id=LOG_ID)
_NAMES = {"r": RESPONDER_2, "c": CORE_3}
OPENING = f'xmlns:r="{RESPONDER_2}" xmlns:c="{CORE_3}"'
PATIENT = f"<c:id>{ASTA}</c:id><c:type>{PERSONNUMMER}</c:type>"
PDF = "<c:content><c:mediaType>application/pdf</c:mediaType><c:value>JVBERi0=</c:value></c:content>"


def request(inside: str) -> codec.Element:
    """Make a valid question of what stands in it."""
    element = codec.parse(f"<r:GetCarePlans {OPENING}>{inside}</r:GetCarePlans>".encode())
    assert GET_CARE_PLANS_2.violations(element) == ()
    return element


def record(
    head: str = "", *, before: str = "", professional: str = "", body: str = PDF, document_id: str = "17"
) -> str:
    """Make a plan as XML; the parts are put where the schema wants them."""
    return (
        f"<r:carePlan><c:carePlanHeader><c:documentId>{document_id}</c:documentId>"
        f"<c:sourceSystemHSAId>{SOURCE_SYSTEM}</c:sourceSystemHSAId>{before}"
        f"<c:patientId>{PATIENT}</c:patientId><c:accountableHealthcareProfessional>"
        f"<c:authorTime>20260116080000</c:authorTime>{professional}"
        f"</c:accountableHealthcareProfessional><c:approvedForPatient>true</c:approvedForPatient>"
        f"{head}</c:carePlanHeader><c:carePlanBody>{body}</c:carePlanBody></r:carePlan>"
    )


def response(*records: str, result: str = "<c:resultCode>OK</c:resultCode>") -> codec.Element:
    """Make a valid answer of plans."""
    closing = f"<r:result>{result}<c:logId>{LOG_ID}</c:logId></r:result>"
    text = f"<r:GetCarePlansResponse {OPENING}>{''.join(records)}{closing}</r:GetCarePlansResponse>"
    element = codec.parse(text.encode())
    assert GET_CARE_PLANS_2.violations(element) == ()
    return element


def read_one(*arguments: str, **parts: str) -> CarePlan:
    reading = INTERACTION.read_response(response(record(*arguments, **parts)))
    assert reading.findings == ()
    (plan,) = reading.answer.care_plans
    return plan


def written(*plans: CarePlan, agreements: tuple[Agreement, ...] = (), **more: Any) -> codec.Element:
    """Write an answer, and see that it is valid."""
    text = "".join(INTERACTION.write_response(more.pop("result", OK), plans, agreements, **more))
    element = codec.parse(text.encode())
    assert GET_CARE_PLANS_2.violations(element) == ()
    return element


def find(element: codec.Element, path: str) -> list[str]:
    return [(one.text or "") for one in element.xpath(path, namespaces=_NAMES)]  # type: ignore[union-attr]


def read_back(*plans: CarePlan, agreements: tuple[Agreement, ...] = ()) -> tuple[CarePlan, ...]:
    reading = INTERACTION.read_response(written(*plans, agreements=agreements))
    assert reading.findings == ()
    return reading.answer.care_plans


class Page(HTMLParser):
    """The text of a page as a reader sees it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(plan: CarePlan) -> str:
    first = plan.body.attachments[0]
    assert (first.media_type, first.value is not None) == (MediaType.TEXT_HTML, True)
    return Page((first.value or b"").decode()).text
