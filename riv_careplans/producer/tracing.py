"""Spans for OpenTelemetry, where that is installed; nothing where it is not.

One span for each question, below the caller's when it sent a `traceparent` (W3C Trace Context). Its
attributes are those of the log's line, without who asked: nothing in them is about a patient.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final
from wsgiref.types import WSGIEnvironment

from riv_careplans.producer.visit import Outcome, Visit

if TYPE_CHECKING:
    from opentelemetry.trace import Span

try:
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ImportError:
    _TRACER: Any = None
else:
    # Which provider it is, is asked when a span begins: the application may choose it later.
    _TRACER = trace.get_tracer("riv_careplans.producer")

__all__ = ["Trace"]

_BAD: Final = (Outcome.FAILED, Outcome.ABORTED)


class Trace:
    """The span of one question."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._span: Span | None = None
        if _TRACER is not None:
            # tracestate may hold anything, and is not taken over.
            above = {"traceparent": environ.get("HTTP_TRACEPARENT", "")}
            self._span = _TRACER.start_span(
                "riv-careplans question",
                context=TraceContextTextMapPropagator().extract(above),
                kind=trace.SpanKind.SERVER,
                attributes={"rpc.system": "soap", "http.request.method": "POST"},
            )

    def current(self) -> AbstractContextManager[object]:
        """Let spans of the source's own be below this one."""
        if self._span is None:
            return nullcontext()
        return trace.use_span(self._span, record_exception=False, set_status_on_exception=False)

    def end(self, visit: Visit) -> None:
        """Tell how it went."""
        if self._span is None:
            return
        self._span.set_attributes(
            {
                "http.response.status_code": visit.status,
                "riv.contract": visit.namespace,
                "riv.outcome": visit.outcome.value[0],
                "riv.records": visit.records,
                "riv.held_back": len(visit.held_back),
                "riv.log_id": visit.log_id,
            }
        )
        if visit.outcome in _BAD:
            self._span.set_status(trace.StatusCode.ERROR)
        self._span.end()
