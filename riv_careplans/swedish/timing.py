"""When something is done, in plain Swedish: once, over a time, roughly, or again and again.

Pure. Says only what the record says: a weekly shower without a week day stays weekly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from riv_careplans.codes import DayPart, TimeUnit
from riv_careplans.model import Recurrence, Timing
from riv_careplans.swedish.dates import clock, in_words, part_text, period_text, span_text, week_days_text
from riv_careplans.swedish.words import DAY_PART, count_text, lower_first

__all__ = ["how_often", "interval_text", "recurrence_text", "timing_text"]

_ORDER_OF_PARTS = {part: number for number, part in enumerate(DayPart)}
_ORDINALS = (
    "tredje",
    "fjärde",
    "femte",
    "sjätte",
    "sjunde",
    "åttonde",
    "nionde",
    "tionde",
    "elfte",
    "tolfte",
)
_UNITS = {
    TimeUnit.DAY: ("varje dag", "varannan dag", "var {} dag"),
    TimeUnit.WEEK: ("varje vecka", "varannan vecka", "var {} vecka"),
    TimeUnit.MONTH: ("varje månad", "varannan månad", "var {} månad"),
    TimeUnit.YEAR: ("varje år", "vartannat år", "vart {} år"),
}

_PER = {
    TimeUnit.DAY: "om dagen",
    TimeUnit.WEEK: "i veckan",
    TimeUnit.MONTH: "i månaden",
    TimeUnit.YEAR: "om året",
}


def timing_text(timing: Timing | None) -> str | None:
    """Say when: `tis 27 jan 2026 kl. 10.30`, `i början av april`, `1 gång i veckan`; nothing for none."""
    match timing:
        case Timing(at=at) if at is not None:
            return part_text(at)
        case Timing(period=period) if period is not None:
            return span_text(period.start, period.end)
        case Timing(approximate=approximate) if approximate is not None:
            return approximate.text
        case Timing(recurrence=recurrence) if recurrence is not None:
            return recurrence_text(recurrence)
        case _:
            return None


def recurrence_text(recurrence: Recurrence) -> str:
    """Say how often, in the record's own words and then what they leave out.

    `1 gång i veckan (tisdagar kl. 09.00, från mån 19 jan 2026)`
    """
    own, often = recurrence.text.strip(), _often(recurrence)
    once = recurrence.frequency == 1 and recurrence.frequency_max in (None, 1)
    # "Varje dag" is once a day.
    said = (often, interval_text(recurrence.every, recurrence.unit)) if once else (often,)
    parts = [] if own.casefold().startswith(said) else [often]
    parts += _details(recurrence)
    if recurrence.bounds is not None:
        parts.append(period_text(recurrence.bounds) or "")
    if recurrence.count is not None:
        parts.append(f"sammanlagt {count_text(recurrence.count, 'gång', 'gånger')}")
    told = ", ".join(parts)
    return f"{own} ({told})" if own and told else own or told


def _often(recurrence: Recurrence) -> str:
    """Say how often in running text: `1 gång i veckan`, `2 gånger om dagen`, `varannan vecka`."""
    times = _times(recurrence)
    if recurrence.every <= 1:
        return f"{times} {_PER[recurrence.unit]}"
    interval = interval_text(recurrence.every, recurrence.unit)
    return interval if times == "1 gång" else f"{times} {interval}"


def how_often(title: str, recurrence: Recurrence, names: Collection[str] = frozenset()) -> str:
    """Say how often: `Varje vecka: dusch 1 gång`, `Varannan vecka: DOS-påsar`.

    `names` are words that keep their capital letter. Contract description, section 5, rule 7.
    """
    interval = interval_text(recurrence.every, recurrence.unit)
    what = title if any(word in names for word in title.split(maxsplit=1)[:1]) else lower_first(title)
    # "dospåsar varannan vecka": once in every other week is the interval itself.
    often = "" if recurrence.every > 1 and _times(recurrence) == "1 gång" else f" {_times(recurrence)}"
    return ", ".join([f"{interval[:1].upper()}{interval[1:]}: {what}{often}", *_details(recurrence)])


def _details(recurrence: Recurrence) -> Iterator[str]:
    """Give the days and times that are stated."""
    if recurrence.week_days:
        yield week_days_text(recurrence.week_days, plural="ar")
    if recurrence.times_of_day:
        yield f"kl. {in_words(clock(moment) for moment in sorted(recurrence.times_of_day))}"
    if recurrence.day_parts:
        parts = sorted(set(recurrence.day_parts), key=_ORDER_OF_PARTS.__getitem__)
        yield in_words(DAY_PART[part] for part in parts)
    if recurrence.duration_minutes is not None:
        yield count_text(recurrence.duration_minutes, "minut", "minuter")


def _times(recurrence: Recurrence) -> str:
    most = recurrence.frequency_max
    if most is not None and most > recurrence.frequency:
        return f"{recurrence.frequency}–{most} gånger"
    return count_text(recurrence.frequency, "gång", "gånger")


def interval_text(every: int, unit: TimeUnit) -> str:
    """Name the interval: `varje dag`, `varannan vecka`, `var tredje månad`."""
    single, second, other = _UNITS[unit]
    if every <= 1:
        return single
    if every == 2:  # noqa: PLR2004 - varannan
        return second
    return other.format(_ordinal(every))


def _ordinal(number: int) -> str:
    if number - 3 < len(_ORDINALS):
        return _ORDINALS[number - 3]
    # "21:a, 22:a, 23:e": an ordinal ends in a after 1 and 2, but 11 and 12 are said with e.
    ends_in_a = number % 10 in (1, 2) and number % 100 not in (11, 12)
    return f"{number}:{'a' if ends_in_a else 'e'}"
