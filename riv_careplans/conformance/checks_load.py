"""Checks of how a producer bears questions: many at once, one after the other, and how long they take."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from statistics import median
from typing import Final

from riv_careplans.conformance.answers import Answered
from riv_careplans.conformance.check import Check, Context, Noted, error, fact, info, not_answered, warning
from riv_careplans.conformance.client import RunIsOver, Unanswered
from riv_careplans.rules import Text

__all__ = ["CHECKS"]

_MUST: Final = 27
_GUIDELINE: Final = 3


def _parallel(context: Context) -> Iterator[Noted]:
    plain = context.plain()
    count = context.settings.parallel

    def one(_: int) -> Answered | Unanswered | RunIsOver:
        try:
            return context.ask(context.query())
        except (Unanswered, RunIsOver) as exc:
            return exc

    with ThreadPoolExecutor(count) as pool:
        outcomes = list(pool.map(one, range(count)))
    if any(isinstance(outcome, RunIsOver) for outcome in outcomes):
        raise RunIsOver
    lost = [outcome for outcome in outcomes if isinstance(outcome, Unanswered)]
    answered = [outcome for outcome in outcomes if isinstance(outcome, Answered)]
    refused = [one for one in answered if not one.is_answer]
    other = [one for one in answered if one.is_answer and one.contents != plain.contents]
    yield fact("questions at the same time", "samtidiga frågor", count)
    if lost:
        yield error(
            f"{len(lost)} of {count} questions asked at the same time got no answer: it "
            f"{lost[0].text.english}",
            f"{len(lost)} av {count} samtidiga frågor fick inget svar: den {lost[0].text.swedish}",
        )
    if refused:
        told = refused[0].as_told
        yield error(
            f"{len(refused)} of {count} questions asked at the same time were answered with {told.english}",
            f"{len(refused)} av {count} samtidiga frågor besvarades med {told.swedish}",
        )
    if other:
        yield error(
            f"{len(other)} of {count} questions asked at the same time got other records than the plain one",
            f"{len(other)} av {count} samtidiga frågor fick andra poster än den vanliga frågan",
        )


def _twice(context: Context) -> Iterator[Noted]:
    context.plain()
    answered = context.ask(context.query())
    yield from context.same_records(answered, asked=Text("asked once more", "ställd en gång till"))


def _keep_alive(context: Context) -> Iterator[Noted]:
    body = context.wording().plain()
    with context.client.connection() as connection:
        first = context.post_on(connection, body)
        second = None
        if first.reply.keeps_alive:
            # HTTP lets a server close a connection at any time: that is no fault, only slow.
            with suppress(Unanswered):
                second = context.post_on(connection, body)
    if second is None:
        yield warning(
            "the connection was closed after the first answer",
            "förbindelsen stängdes efter det första svaret",
        )
        return
    if connection.opened > 1 or second.form is not first.form or second.contents != first.contents:
        told = second.as_told
        yield error(
            f"the second question on a connection was answered with {told.english}, unlike the first",
            f"den andra frågan på en förbindelse besvarades med {told.swedish}, "
            "till skillnad från den första",
        )


def _times(context: Context) -> Iterator[Noted]:
    context.plain()
    times: list[float] = []
    for _ in range(context.settings.questions):
        answered = context.ask(context.query())
        if not answered.is_answer:
            yield not_answered(answered, Text("whose time was taken", "vars tid togs"))
            break
        times.append(answered.reply.seconds)
    if not times:
        return
    ordered = sorted(times)
    slowest = ordered[-1]
    late = ordered[max(-(-len(ordered) * 95 // 100) - 1, 0)]
    yield fact("questions", "frågor", len(times))
    yield fact("median", "median", _seconds(median(times)))
    yield fact("95th percentile", "95:e percentilen", _seconds(late))
    yield fact("slowest", "långsammast", _seconds(slowest))
    if slowest > _MUST:
        yield error(
            f"the slowest answer took {_seconds(slowest)}; the contract allows {_MUST} s",
            f"det långsammaste svaret tog {_seconds(slowest)}; kontraktet tillåter {_MUST} s",
        )
    elif late > _GUIDELINE:
        yield info(
            f"the 95th percentile is {_seconds(late)}; an overview that waits for every source wants "
            f"{_GUIDELINE} s",
            f"95:e percentilen är {_seconds(late)}; en översikt som väntar på alla källor vill ha "
            f"{_GUIDELINE} s",
        )


def _seconds(value: float) -> str:
    return f"{value:.3f} s"


CHECKS: Final = (
    Check(
        code="PC-032",
        title=Text(
            "Questions asked at the same time are all answered rightly",
            "Frågor som ställs samtidigt besvaras alla rätt",
        ),
        why=Text(
            "A producer that mixes up questions under load gives one patient another's plans.",
            "En producent som blandar ihop frågor under belastning ger en patient en annans planer.",
        ),
        mend=Text(
            "Keep nothing about a question outside it, and let at least ten be answered at the same time.",
            "Spara inget om en fråga utanför den, och låt minst tio besvaras samtidigt.",
        ),
        reference="TKB clinicalprocess:logistics:logistics 3.0.13, SLA (at least 10 concurrent questions)",
        run=_parallel,
    ),
    Check(
        code="PC-034",
        title=Text("The same question gets the same records again", "Samma fråga får samma poster igen"),
        why=Text(
            "An overview that changes without cause cannot be trusted.",
            "En översikt som ändras utan orsak går inte att lita på.",
        ),
        mend=Text(
            "Select in a way that does not depend on chance, time of day or cache.",
            "Välj på ett sätt som inte beror på slump, klockslag eller cache.",
        ),
        reference="contract description, section 2; the platform",
        run=_twice,
    ),
    Check(
        code="PC-035",
        title=Text("A connection carries more than one question", "En förbindelse bär mer än en fråga"),
        why=Text(
            "The platform keeps its connections; a new TLS handshake for each question costs time.",
            "Plattformen behåller sina förbindelser; en ny TLS-handskakning för varje fråga kostar tid.",
        ),
        mend=Text(
            "Speak HTTP/1.1 with keep-alive, and send Content-Length or chunks.",
            "Tala HTTP/1.1 med keep-alive, och skicka Content-Length eller chunkar.",
        ),
        reference="the platform (HTTP/1.1, keep-alive)",
        run=_keep_alive,
    ),
    Check(
        code="PC-036",
        title=Text("Answers come within 27 seconds", "Svar kommer inom 27 sekunder"),
        why=Text(
            "After that the platform has given up, and the source is reported as missing.",
            "Därefter har plattformen gett upp, och källan redovisas som saknad.",
        ),
        mend=Text(
            "Index by patient, and leave attachments out of the first selection.",
            "Indexera på patient, och håll bilagor utanför det första urvalet.",
        ),
        reference="TKB clinicalprocess:logistics:logistics 3.0.13, SLA (27 s); guideline 3 s",
        run=_times,
    ),
)
