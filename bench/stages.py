"""The stages of reading and writing, each as a ratio to the bare lxml parse of the same bytes."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from lxml import etree

import riv_careplans.producer  # noqa: F401 - after it spyne can be imported on Python 3.12 and later

# isort: split

from spyne.model.complex import ComplexModel, ComplexModelMeta
from spyne.model.primitive import Unicode
from spyne.protocol.xml import XmlDocument
from zeep import Client
from zeep import Settings as ZeepSettings

from bench.plans import answer_document, care_plan
from riv_careplans import CarePlan, codec
from riv_careplans.codec.shape import Kind, shape_of
from riv_careplans.codes import RESPONDER_3
from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.contracts import interaction_for
from riv_careplans.contracts.soap import SOAP_11
from riv_careplans.identity import format_date, format_timestamp
from riv_careplans.model import ContractType

__all__ = ["Measured", "measure_stages", "spyne_class", "spyne_value"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of the table."""

    name: str
    milliseconds: float
    """For 1 000 plans."""


def measure_stages(plans: int = 100, rounds: int = 5) -> tuple[list[Measured], str]:
    """Measure every stage on the same plans; return the rows and a line about the plans.

    The stages take turns and the median of the rounds counts, so that a machine that changes its
    speed changes all of them.
    """
    records = [care_plan(number) for number in range(plans)]
    documents = [answer_document([record]) for record in records]
    stages = {
        "bare lxml parse": _over(etree.fromstring, documents),
        "XSD validation": _over(_validate, [etree.fromstring(document) for document in documents]),
        "our reading (parse + schema + model)": _over(_read, documents),
        "our writing": _over(_write, records),
        "zeep's own reading": _over(_zeep_reader(), [_in_envelope(document) for document in documents[:20]]),
        "spyne's own writing": _over(*_spyne_writer(records[:20])),
    }
    counts = dict.fromkeys(stages, plans) | {"zeep's own reading": 20, "spyne's own writing": 20}
    times: dict[str, list[float]] = {name: [] for name in stages}
    for _ in range(rounds):
        for name, run in stages.items():
            gc.collect()
            started = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - started) / counts[name])
    elements = sum(1 for _ in etree.fromstring(documents[0]).iter())
    about = f"{plans} plans, {len(documents[0]) / 1000:.1f} kB and {elements} elements each"
    rows = [Measured(name, statistics.median(found) * 1_000_000) for name, found in times.items()]
    return rows, about


def _over(work: Callable[[Any], object], inputs: list[Any]) -> Callable[[], None]:
    def run() -> None:
        for one in inputs:
            work(one)

    return run


def _validate(root: codec.Element) -> None:
    if GET_CARE_PLANS_3.violations(root):
        raise AssertionError("a generated plan is not valid")


def _read(document: bytes) -> None:
    root = codec.parse(document)
    _validate(root)
    interaction_for(RESPONDER_3).read_response(root)


def _write(record: CarePlan) -> bytes:
    return codec.element(RESPONDER_3, "carePlan", record).encode()


def _in_envelope(document: bytes) -> bytes:
    return f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body>'.encode() + document + b"</s:Body></s:Envelope>"


def _zeep_reader() -> Callable[[bytes], object]:
    settings = ZeepSettings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    client = Client(str(GET_CARE_PLANS_3.wsdl), settings=settings)
    operation = client.service._binding.get("GetCarePlans")  # noqa: SLF001 - no public way to its reader
    return lambda envelope: operation.process_reply(etree.fromstring(envelope))


def _spyne_writer(records: list[CarePlan]) -> tuple[Callable[[Any], bytes], list[Any]]:
    """Give spyne the same values in classes of its own, made once; only its writing is measured."""
    protocol = XmlDocument()
    values = [spyne_value(record) for record in records]
    declared = spyne_class(CarePlan)

    def write(value: object) -> bytes:
        parent = etree.Element("root")
        protocol.to_parent(None, declared, value, parent, RESPONDER_3, "carePlan")
        return etree.tostring(parent)

    return write, values


_CLASSES: dict[type[ContractType], Any] = {}


def spyne_class(cls: type[ContractType]) -> Any:  # noqa: ANN401 - spyne is untyped
    """Return spyne's own class for one of the model's, made once."""
    if cls not in _CLASSES:
        own: dict[str, Any] = {"__namespace__": cls.namespace}
        for field in shape_of(cls):
            if field.cls is cls:
                continue
            declared = spyne_class(field.cls) if field.cls else Unicode
            own[field.xml_name] = declared.customize(max_occurs="unbounded") if field.many else declared
        _CLASSES[cls] = ComplexModelMeta(f"Spyne{cls.__name__}", (ComplexModel,), own)
    return _CLASSES[cls]


def spyne_value(value: ContractType) -> Any:  # noqa: ANN401 - spyne is untyped
    """Return the same value in spyne's own classes."""
    made = spyne_class(type(value))()
    for field in shape_of(type(value)):
        held = getattr(value, field.name)
        if field.cls is type(value) or held is None:
            continue
        convert = spyne_value if field.cls else (lambda one, kind=field.kind: _text(kind, one))
        setattr(made, field.xml_name, [convert(one) for one in held] if field.many else convert(held))
    return made


def _text(kind: Kind, value: Any) -> str:  # noqa: ANN401 - any leaf of the model
    write = _TEXTS.get(kind, str)
    return write(value)


_TEXTS: dict[Kind, Callable[[Any], str]] = {
    Kind.BOOLEAN: {True: "true", False: "false"}.__getitem__,
    Kind.DATE: format_date,
    Kind.TIMESTAMP: format_timestamp,
    Kind.PARTIAL_TIME: attrgetter("digits"),
}
