"""Values in words: a time, a party, a code, as short as a line allows. Hides what the mask hides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from functools import singledispatchmethod
from typing import Any

import msgspec

from riv_careplans import codec
from riv_careplans.comparison.masking import Mask
from riv_careplans.comparison.words import code_words
from riv_careplans.identity import PartialTime
from riv_careplans.model import (
    CV,
    II,
    Activity,
    Agreement,
    ApproximateTime,
    Attachment,
    BookingRef,
    CarePlan,
    Channel,
    ContractType,
    DatePeriod,
    FollowUp,
    FollowUpOutcome,
    GoalTarget,
    HoursOfService,
    ImportantToPatient,
    NextStep,
    Organization,
    PartialPeriod,
    Participant,
    Party,
    Person,
    Place,
    RecordRef,
    Recurrence,
    RelatedRecord,
    Responsibility,
    RiskAction,
    RiskTrigger,
    Team,
    Timing,
)
from riv_careplans.swedish.dates import (
    day_and_clock,
    day_text,
    hours_text,
    iso_time,
    part_text,
    period_text,
    span_text,
)
from riv_careplans.swedish.timing import timing_text

__all__ = ["Phrases"]

_REPLACED = msgspec.structs.replace


def _printable(text: str) -> str:
    """Put a text on one line, without the characters that steer a terminal."""
    line = " ".join(text.split())
    return line if line.isprintable() else "".join(one if one.isprintable() else "�" for one in line)


def _listed(*words: str) -> str:
    return ", ".join(filter(None, words))


@dataclass(frozen=True, slots=True)
class Phrases:
    """Tells values in one language, behind one mask."""

    language: str
    """`sv` or `en`."""

    mask: Mask

    def say(self, swedish: str, english: str) -> str:
        """Choose the language."""
        return swedish if self.language == "sv" else english

    def value(self, owner: type[msgspec.Struct], field: str, value: Any) -> str:  # noqa: ANN401 - any value
        """Tell a value; empty when it is hidden, or when nothing of it can be told."""
        if field == "extensions":
            root = codec.parse(value.encode())
            name = f"{codec.local_name(root)} ({codec.namespace_of(root)})"
            return _printable(f"{name}: {self.mask.clean(value)}" if self.mask.show_personal_data else name)
        if self.mask.hides(owner, field, value):
            return ""
        told = self._part(value) if isinstance(value, ContractType) else self._plain(value)
        return self.mask.clean(_printable(told))

    def _plain(self, value: Any) -> str:  # noqa: ANN401 - any value
        swedish = self.language == "sv"
        match value:
            case StrEnum():
                return code_words(value, self.language)
            case bool():
                return self.say("ja", "yes") if value else self.say("nej", "no")
            case PartialTime():
                return part_text(value) if swedish else iso_time(value).replace("T", " ")
            case dt.datetime():
                return day_and_clock(value) if swedish else value.isoformat(" ")
            case dt.date():
                return day_text(value) if swedish else value.isoformat()
            case _:
                return str(value)

    @singledispatchmethod
    def _part(self, value: Any) -> str:  # noqa: ANN401 - any part
        """Tell what a part is called, in one phrase."""
        return self._own_words(value)

    def _own_words(self, value: ContractType) -> str:
        """Name a part by its text; by its id, if it has one, when the text is hidden."""
        text = getattr(value, "text", None)
        if text and not self._hidden(value, "text"):
            return f'"{text}"'
        identity = getattr(value, "id", None)
        return identity if isinstance(identity, str) else ""

    def _hidden(self, value: msgspec.Struct, field: str) -> bool:
        return self.mask.hides(type(value), field, getattr(value, field) or "")

    def _open(self, value: Any, field: str) -> str:  # noqa: ANN401 - any part
        """Give a text of a part, or nothing when it is hidden."""
        return "" if self._hidden(value, field) else getattr(value, field) or ""

    def _code(self, code: StrEnum | None) -> str:
        return "" if code is None else self._plain(code)

    def _optional(self, part: ContractType | None) -> str:
        return "" if part is None else self._part(part)

    def _named(self, code: StrEnum | None, part: ContractType) -> str:
        """Name a part by its code; by its own words when it has none."""
        return self._code(code) or self._own_words(part)

    # --- parts ----------------------------------------------------------------------------------

    @_part.register
    def _(self, value: CarePlan | Agreement) -> str:
        return value.body.title

    @_part.register
    def _(self, value: Activity) -> str:
        return value.title

    @_part.register
    def _(self, value: Attachment) -> str:
        return value.title or self._code(value.media_type)

    @_part.register
    def _(self, value: BookingRef) -> str:
        return f"{value.booking_id}, {self._part(value.healthcare_facility_id)}"

    @_part.register
    def _(self, value: Channel) -> str:
        return self._open(value, "label") or self._code(value.system)

    @_part.register
    def _(self, value: CV) -> str:
        return value.text or ""

    @_part.register
    def _(self, value: FollowUp) -> str:
        return self._optional(value.planned)

    @_part.register
    def _(self, value: FollowUpOutcome) -> str:
        return self._plain(value.date)

    @_part.register
    def _(self, value: GoalTarget) -> str:
        return value.measure

    @_part.register
    def _(self, value: II) -> str:
        return value.extension or value.root

    @_part.register
    def _(self, value: ImportantToPatient) -> str:
        return self._named(value.kind, value)

    @_part.register
    def _(self, value: NextStep) -> str:
        if self._hidden(value, "text"):
            return _listed(self._code(value.initiator), self._optional(value.timing))
        return self._own_words(value)

    @_part.register
    def _(self, value: Organization | Team) -> str:
        return value.name or self._optional(value.id)

    @_part.register
    def _(self, value: Participant) -> str:
        who = filter(None, map(self._optional, (value.person, value.team, value.organization)))
        return _listed(value.role.text or "", next(who, ""))

    @_part.register
    def _(self, value: Party) -> str:
        if self.mask.hides_name(value):
            return self._plain(value.kind)
        return value.name or self._optional(value.id) or self._plain(value.kind)

    @_part.register
    def _(self, value: Person) -> str:
        return _listed(self._open(value, "name"), (value.title and value.title.text) or "")

    @_part.register
    def _(self, value: Place) -> str:
        return _listed(self._plain(value.kind), self._open(value, "text"))

    @_part.register
    def _(self, value: RecordRef) -> str:
        return value.display or self._part(value.record_id)

    @_part.register
    def _(self, value: RelatedRecord) -> str:
        return f"{self._plain(value.relation)} {self._part(value.record)}"

    @_part.register
    def _(self, value: Responsibility) -> str:
        return self._named(value.who, value)

    @_part.register
    def _(self, value: RiskAction) -> str:
        return self._named(value.urgency, value)

    @_part.register
    def _(self, value: RiskTrigger) -> str:
        return self._named(value.level, value)

    # --- times ----------------------------------------------------------------------------------

    @_part.register
    def _timing(self, timing: Timing) -> str:
        """Tell when; without the record's own words when they are hidden."""
        if timing.approximate is not None and self._hidden(timing.approximate, "text"):
            return self._approximately(timing.approximate)
        if timing.recurrence is not None and self._hidden(timing.recurrence, "text"):
            timing = _REPLACED(timing, recurrence=_REPLACED(timing.recurrence, text=""))
        if self.language == "sv":
            return timing_text(timing) or ""
        match timing:
            case Timing(recurrence=recurrence) if recurrence is not None:
                return self._often(recurrence)
            case Timing(period=period) if period is not None:
                return self._span(period)
            case Timing(approximate=approximate) if approximate is not None:
                return approximate.text
            case _:
                return self._plain(timing.at) if timing.at else ""

    def _approximately(self, time: ApproximateTime) -> str:
        about = self.say("ungefär", "about")
        return (
            f"{about} {self._plain(time.sort_time)}" if time.sort_time else self.say("ungefärligt", "roughly")
        )

    def _often(self, recurrence: Recurrence) -> str:
        """Tell a recurrence in English: `2 times every week (Monday, 09:00)`."""
        most = recurrence.frequency_max
        times = (
            f"{recurrence.frequency}-{most}" if most and most > recurrence.frequency else recurrence.frequency
        )
        unit = str(recurrence.unit)
        interval = f"every {unit}" if recurrence.every == 1 else f"every {recurrence.every} {unit}s"
        details = [
            *map(str, recurrence.week_days),
            *(f"{moment:%H:%M}" for moment in recurrence.times_of_day),
            *map(str, recurrence.day_parts),
            f"{recurrence.duration_minutes} minutes" if recurrence.duration_minutes is not None else "",
            self._days(recurrence.bounds) if recurrence.bounds else "",
            f"{recurrence.count} in all" if recurrence.count is not None else "",
        ]
        told = ", ".join(filter(None, details))
        often = f"{times} {'time' if times == 1 else 'times'} {interval}" + (f" ({told})" if told else "")
        return f"{recurrence.text.strip()} ({often})" if recurrence.text.strip() else often

    @_part.register
    def _days(self, period: DatePeriod) -> str:
        if self.language == "sv":
            return period_text(period) or ""
        start = period.start.isoformat()
        return f"{start} to {period.end.isoformat()}" if period.end else f"from {start}"

    @_part.register
    def _span(self, period: PartialPeriod) -> str:
        if self.language == "sv":
            return span_text(period.start, period.end)
        start = self._plain(period.start)
        return f"{start} to {self._plain(period.end)}" if period.end else f"from {start}"

    @_part.register
    def _hours(self, hours: HoursOfService) -> str:
        if self.language == "sv":
            return hours_text(hours)
        time = hours.time
        parts = [
            ", ".join(map(str, hours.week_days)),
            ", ".join(map(str, hours.months)),
            self._days(hours.date_period) if hours.date_period else "",
            f"{time.start or ''}-{time.end or ''}" if time else "",
        ]
        return " ".join(filter(None, parts)) or "always"
