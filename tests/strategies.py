"""Hypothesis strategies for valid records: every type and field of the model, any text XML can carry.

The model's classes say what there is, so an element added to the contract is generated without a
change here; what the rules ask for beyond the types is in `_FIELDS` and `_KEEP`. Records are about Asta
Blomberg and keep every rule that is an error, at any `now` from the scenario's day on. Most are small,
some are rich. Names, ids, codes and times come from small pools, so that records meet each other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from msgspec.structs import replace

from riv_careplans.codec.shape import FieldShape, Kind, shape_of
from riv_careplans.codes import (
    CARE_PLAN_TYPE_SYSTEM,
    FIXED_CONTACT_SYSTEM,
    ActivityStatus,
    ErrorCode,
    FixedContact,
    GoalStatus,
    LegalBasis,
    PlanType,
    ResultCode,
    RiskLevel,
    TimeUnit,
    Urgency,
)
from riv_careplans.exchange import Answer, HasMore, Result
from riv_careplans.identity import HSA_ID, HSA_ID_HL7, ORGANISATIONSNUMMER, PERSONNUMMER, PartialTime
from riv_careplans.model import (
    CV,
    II,
    AccessControl,
    Activity,
    Agreement,
    Attachment,
    BookingRef,
    CarePlan,
    CarePlanBody,
    Circumstance,
    ContractType,
    DatePeriod,
    Extension,
    Goal,
    GoalAchievement,
    Header,
    Need,
    Organization,
    PartialPeriod,
    Participant,
    Party,
    Person,
    Record,
    RecordRef,
    Recurrence,
    Risk,
    RiskAction,
    Sha256,
    TimePeriod,
    Timing,
)

__all__ = [
    "RICH",
    "SMALL",
    "USUAL",
    "agreements",
    "answers",
    "care_plans",
    "extensions",
    "partial_times",
    "texts",
    "values",
]

Model = TypeVar("Model", bound=ContractType)

# --- simple values ------------------------------------------------------------------------------

_CONTROLS = "".join(map(chr, set(range(32)) - {9, 10, 13}))
_TEXTS = st.sampled_from(
    (
        "Dusch",
        "dusch ",
        "Hämta DOS-påsar",
        "Gå på promenad med Ines igen",
        "Österång",
        "A\u030angest",
        "",
        " ",
        "\r\n\tindraget\r",
        "a < b && c > d",
        "]]>",
        "<!-- ingen kommentar -->",
        "&amp;",
        "\"citat\" och 'citat'",
        "\u0085\u2028\x7f",
        "\U0001f9e1 العربية 漢字",
    )
) | st.text(
    st.characters(codec="utf-8", exclude_characters=_CONTROLS + "\ufffe\uffff"),
    max_size=6,
)

# Exclusive canonical XML, as the reader keeps it.
_EXTENSIONS = st.sampled_from(
    (
        '<x:colour xmlns:x="urn:example:local">blå &lt; röd</x:colour>',
        '<extra xmlns="urn:example:default"></extra>',
        '<x:box xmlns:x="urn:example:local" a="1" x:b="&quot;två&quot;"><x:in>1</x:in> <x:in>2</x:in></x:box>',
        '<x:a xmlns:x="urn:example:local"><y:b xmlns:y="urn:example:other"><c></c></y:b>&#xD;</x:a>',
    )
).map(Extension)

_DAYS = st.sampled_from((dt.date(2025, 12, 10), dt.date(2026, 1, 20), dt.date(2026, 2, 24))) | st.dates(
    dt.date(1900, 1, 1), dt.date(2099, 12, 31)
)
_CLOCK = st.sampled_from((dt.time(9, 0), dt.time(14, 30))) | st.builds(
    dt.time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)
)
_PAST_DAYS = st.sampled_from((dt.date(2025, 12, 6), dt.date(2026, 1, 19))) | st.dates(
    dt.date(2000, 1, 1), dt.date(2026, 1, 19)
)
_PAST = st.builds(dt.datetime.combine, _PAST_DAYS, _CLOCK)
_PARTIAL_TIMES = st.builds(
    lambda day, clock, length: PartialTime(f"{day:%Y%m%d}{clock:%H%M%S}"[:length]),
    _DAYS,
    _CLOCK,
    st.sampled_from((8, 14, 4, 6)),
)

_SIMPLE: Mapping[Kind, SearchStrategy[Any]] = {
    Kind.TEXT: _TEXTS,
    Kind.URI: st.sampled_from(("https://example.org/plan.pdf", "http://example.org/?a=1&b=%C3%A5")),
    Kind.BOOLEAN: st.booleans(),
    Kind.INTEGER: st.integers(1, 999_999_999),
    Kind.DATE: _DAYS,
    Kind.TIMESTAMP: _PAST,
    Kind.TIME: _CLOCK,
    Kind.PARTIAL_TIME: _PARTIAL_TIMES,
    Kind.BYTES: st.binary(max_size=12),
    Kind.CHECKSUM: st.text("0123456789abcdef", min_size=64, max_size=64),
}


def texts() -> SearchStrategy[str]:
    """Any text that XML 1.0 can carry; also the empty one, and carriage returns."""
    return _TEXTS


def partial_times() -> SearchStrategy[PartialTime]:
    """A time known to the second, the day, the month or the year."""
    return _PARTIAL_TIMES


def extensions() -> SearchStrategy[Extension]:
    """An element of a namespace that the contract does not know, as canonical XML."""
    return _EXTENSIONS


# --- what the rules ask for, field by field -----------------------------------------------------

_HSA_IDS = st.builds(
    II,
    root=st.sampled_from((HSA_ID, HSA_ID_HL7)),
    extension=st.sampled_from(("SE0000000018-P1", "se0000000018-p1", "SE0000000018-E1", "SE0000000026-E4")),
)
_IDENTITIES = _HSA_IDS | st.sampled_from(
    (
        II(root="1.2.752.129.2.1.2.1", extension="SE0000000018-S1:7"),
        II(
            root="2.25.329800735698586629295641978511506172918",
            extensions=(Extension('<x:kind xmlns:x="urn:example:local"></x:kind>'),),
        ),
    )
)
_CARE_GIVERS = st.sampled_from(
    (
        Organization(id=II(root=HSA_ID, extension="SE0000000018-V1"), name="Regionen"),
        Organization(id=II(root=ORGANISATIONSNUMMER, extension="0000000026"), name="Rymdstadens kommun"),
    )
)
_SYSTEMS = st.sampled_from(("SE0000000018-S1", "SE0000000018-S2", "SE0000000026-S3")).map(
    lambda extension: II(root=HSA_ID, extension=extension)
)
_RECORD_IDS = st.integers(1, 4).map(lambda number: II(root="1.2.752.129.2.1.2.1", extension=f"post:{number}"))
_ROLES = st.sampled_from(
    (
        *(
            CV(code=str(code), code_system=FIXED_CONTACT_SYSTEM, display_name=f"Fast kontakt {code}")
            for code in FixedContact
        ),
        CV(original_text="diabetessjuksköterska"),
    )
)
_PLAN_TYPES = st.sampled_from(
    (
        *(
            CV(code=str(code), code_system=CARE_PLAN_TYPE_SYSTEM, display_name=f"Plan {code}")
            for code in PlanType
        ),
        CV(original_text="Egenvårdsplan"),
    )
)
_JOINT_PLANS = st.sampled_from((II(root="2.25.1"), II(root="1.2.752.129.2.1.2.1", extension="sip")))

_FIELDS: Mapping[tuple[type[ContractType], str], SearchStrategy[Any]] = {
    (AccessControl, "patient_id"): st.just(II(root=PERSONNUMMER, extension="191212121212")),
    (AccessControl, "accountable_care_giver"): _CARE_GIVERS,
    (BookingRef, "booking_id"): st.sampled_from(("bokning-1", "bokning-2")),
    (BookingRef, "healthcare_facility_id"): _HSA_IDS,
    (CarePlanBody, "joint_plan_id"): _JOINT_PLANS,
    (CarePlanBody, "title"): st.sampled_from(("SIP", "Vårdplan", "Åtgärder")) | _TEXTS,
    (CarePlanBody, "type"): _PLAN_TYPES,
    (Header, "source_system_id"): _SYSTEMS,
    (Participant, "role"): _ROLES,
    (Person, "name"): st.sampled_from(("Emilia Ström", "Farzane Hatamian", "farzane  hatamian")) | _TEXTS,
    (Record, "id"): _RECORD_IDS,
    (Record, "version"): st.integers(1, 3),
    (RecordRef, "record_id"): _RECORD_IDS,
    (RecordRef, "source_system_id"): _SYSTEMS,
}

_IDENTIFIED = frozenset({Participant, Circumstance, Need, Goal, Activity, Risk})
"""Parts whose id is unique in the record (CP-006)."""

_REFERENCES: Mapping[tuple[type[ContractType], str], type[ContractType]] = {
    (Need, "circumstance_ids"): Circumstance,
    (Goal, "need_ids"): Need,
    (Activity, "goal_ids"): Goal,
    (Activity, "need_ids"): Need,
    (Party, "participant_id"): Participant,
    (RiskAction, "participant_id"): Participant,
}

_REFERRED_TO_FIRST = ("participants", "circumstances", "needs", "goals")
_DEEPEST_GOAL = 3  # CP-009
SMALL = (3, 2)
USUAL = (3, 1, 1, 0)
RICH = (0,)
"""How many coins must all fall right for an optional part to be there; one of these for the whole value."""


class _Maker:
    """Makes one record, or one part; remembers the ids it has given out."""

    def __init__(self, draw: DrawFn, coins: tuple[int, ...]) -> None:
        self.draw = draw
        self._coins = draw(st.sampled_from(coins))
        self._ids: dict[type[ContractType], list[str]] = defaultdict(list)
        self._goal_depth = 0

    def make(self, cls: type[Model]) -> Model:
        """Make a value of a class, with some of its optional fields."""
        self._goal_depth += cls is Goal
        fields = sorted(shape_of(cls), key=lambda field: field.name not in _REFERRED_TO_FIRST)
        given = {field.name: self._value(cls, field) for field in fields if field.required}
        given |= {
            field.name: value
            for field in self._some([field for field in fields if not field.required])
            if (value := self._value(cls, field)) is not None
        }
        self._goal_depth -= cls is Goal
        if self._chance(2 if self._coins else 0):
            given["extensions"] = self._many(lambda: self.draw(_EXTENSIONS))
        made = cls(**given)
        keep: Callable[[_Maker, Any], Model] | None = _KEEP.get(cls)
        return made if keep is None else keep(self, made)

    def _value(self, cls: type[ContractType], field: FieldShape) -> Any:
        if (cls, field.name) in _REFERENCES:
            return self._reference(_REFERENCES[cls, field.name], many=field.many)
        if cls in _IDENTIFIED and field.name == "id":
            return self._new_id(cls)
        if field.cls is Goal and self._goal_depth == _DEEPEST_GOAL:
            return None
        return self._many(lambda: self._one(cls, field)) if field.many else self._one(cls, field)

    def _one(self, cls: type[ContractType], field: FieldShape) -> Any:
        if (cls, field.name) in _FIELDS:
            return self.draw(_FIELDS[cls, field.name])
        if field.cls is II:
            return self.draw(_IDENTITIES)
        if field.cls is not None:
            return self.make(field.cls)
        return self.draw(_SIMPLE[field.kind] if field.enum is None else st.sampled_from(field.enum))

    def _new_id(self, cls: type[ContractType]) -> str:
        given = sum(map(len, self._ids.values()))
        self._ids[cls].append(f"{cls.__name__.lower()} {given + 1}")
        return self._ids[cls][-1]

    def _reference(self, target: type[ContractType], *, many: bool) -> Any:
        known = self._ids[target]
        if not known:
            return None
        chosen = self.draw(st.sampled_from(known))
        return (chosen,) if many else chosen

    def _some(self, fields: list[FieldShape]) -> list[FieldShape]:
        chosen = (1 << len(fields)) - 1
        for _ in range(self._coins):
            chosen &= self.draw(st.integers(0, (1 << len(fields)) - 1))
        return [field for position, field in enumerate(fields) if chosen >> position & 1]

    def _many(self, one: Callable[[], Any]) -> tuple[Any, ...]:
        return tuple(one() for _ in range(1 + self._chance(2)))

    def _chance(self, coins: int) -> bool:
        return self.draw(st.integers(0, (1 << coins) - 1)) == (1 << coins) - 1


# --- what the rules ask for, type by type -------------------------------------------------------


def _coded_or_text(maker: _Maker, made: CV) -> CV:  # CP-004
    if maker.draw(st.booleans()):
        return CV(original_text=maker.draw(_TEXTS), extensions=made.extensions)
    code = maker.draw(st.sampled_from(("AV034", "QA010", "DOS")))
    return replace(
        made, code=code, code_system="1.2.752.116.1.3.2.1.4", display_name="Åtgärd", original_text=None
    )


def _one_kind_of_time(maker: _Maker, made: Timing) -> Timing:
    kinds = {
        "at": lambda: maker.draw(_PARTIAL_TIMES),
        "period": lambda: maker.make(shape["period"]),
        "approximate": lambda: maker.make(shape["approximate"]),
        "recurrence": lambda: maker.make(shape["recurrence"]),
    }
    shape: dict[str, Any] = {field.name: field.cls for field in shape_of(Timing)}
    kind = maker.draw(st.sampled_from(sorted(kinds)))
    return Timing(**{kind: kinds[kind]()}, extensions=made.extensions)


def _in_order(_: _Maker, made: Any) -> Any:  # CP-008
    if made.start is None or made.end is None:
        return made
    first, last = sorted((made.start, made.end), key=_first_moment)
    return replace(made, start=first, end=last)


def _first_moment(time: Any) -> Any:
    return time.start if isinstance(time, PartialTime) else time


def _that_comes_back(_: _Maker, made: Recurrence) -> Recurrence:  # CP-012
    if made.frequency_max is not None and made.frequency_max < made.frequency:
        made = replace(made, frequency=made.frequency_max, frequency_max=made.frequency)
    return made if made.unit is TimeUnit.WEEK else replace(made, week_days=())


def _person_or_team(maker: _Maker, made: Participant) -> Participant:
    if made.person is None and made.team is None:
        return replace(made, person=maker.make(Person))
    return made


def _embedded_or_referred_to(maker: _Maker, made: Attachment) -> Attachment:  # CP-010
    if maker.draw(st.booleans()):
        address = maker.draw(_SIMPLE[Kind.URI])
        return replace(made, reference=address, value=None, size=None, sha256=None)
    value = maker.draw(_SIMPLE[Kind.BYTES])
    checksum = Sha256(hashlib.sha256(value).hexdigest())
    return replace(
        made,
        reference=None,
        value=value,
        size=len(value) if made.size is not None else None,
        sha256=checksum if made.sha256 is not None else None,
    )


def _booked_with_a_booking(maker: _Maker, made: Activity) -> Activity:  # CP-013
    if made.status is ActivityStatus.BOOKED and not made.bookings:
        return replace(made, bookings=(maker.make(BookingRef),))
    return made


def _completed_with_an_achievement(maker: _Maker, made: Goal) -> Goal:  # CP-013
    if made.status is GoalStatus.COMPLETED and made.achievement is None:
        return replace(made, achievement=maker.make(GoalAchievement))
    return made


def _red_with_something_to_do(_: _Maker, made: Risk) -> Risk:  # CP-017
    if any(trigger.level is RiskLevel.RED for trigger in made.triggers):
        return replace(
            made, actions=(replace(made.actions[0], urgency=Urgency.EMERGENCY_112), *made.actions[1:])
        )
    return made


def _updated_after_it_was_created(_: _Maker, made: Record) -> Record:  # CP-008
    if made.created_time is not None and made.created_time > made.updated_time:
        return replace(made, created_time=made.updated_time, updated_time=made.created_time)
    return made


def _with_something_in_it(maker: _Maker, made: CarePlanBody) -> CarePlanBody:  # CP-011
    if made.goals or made.activities or made.participants or made.attachments:
        return made
    return replace(made, attachments=(maker.make(Attachment),))


def _kept_under_the_right_law(_: _Maker, made: CarePlan) -> CarePlan:  # CP-015
    if made.body.type.code != PlanType.GP:
        return made
    access = replace(made.header.access_control, legal_basis=LegalBasis.SOL)
    return replace(made, header=replace(made.header, access_control=access))


_KEEP: Mapping[type[ContractType], Callable[[_Maker, Any], Any]] = {
    Activity: _booked_with_a_booking,
    Attachment: _embedded_or_referred_to,
    CV: _coded_or_text,
    CarePlan: _kept_under_the_right_law,
    CarePlanBody: _with_something_in_it,
    DatePeriod: _in_order,
    Goal: _completed_with_an_achievement,
    PartialPeriod: _in_order,
    Participant: _person_or_team,
    Record: _updated_after_it_was_created,
    Recurrence: _that_comes_back,
    Risk: _red_with_something_to_do,
    TimePeriod: _in_order,
    Timing: _one_kind_of_time,
}


# --- the strategies -----------------------------------------------------------------------------


def values(cls: type[Model], coins: tuple[int, ...] = USUAL) -> SearchStrategy[Model]:
    """A valid value of any class of the model; references only to parts inside it."""
    return st.composite(lambda draw: _Maker(draw, coins).make(cls))()


def care_plans(coins: tuple[int, ...] = USUAL) -> SearchStrategy[CarePlan]:
    """A valid care plan; one of twelve identities, so that plans may be versions of one another."""
    return values(CarePlan, coins)


def agreements(coins: tuple[int, ...] = USUAL) -> SearchStrategy[Agreement]:
    """A valid agreement; identities as those of care plans."""
    return values(Agreement, coins)


@st.composite
def answers(draw: DrawFn) -> Answer:
    """What a producer may answer: records about one person, each once, or an error."""
    plans = draw(st.lists(care_plans(), max_size=2, unique_by=_identity))
    agreed = draw(st.lists(agreements(), max_size=2, unique_by=_identity))
    known = set(map(_identity, plans))
    log_id = str(draw(st.uuids()))
    text = draw(st.none() | _TEXTS)
    if draw(st.integers(0, 7)) == 7:
        return Answer(
            result=Result(
                code=ResultCode.ERROR, error_code=ErrorCode.INVALID_REQUEST, log_id=log_id, text=text
            )
        )
    more = st.builds(HasMore, logical_address=st.just("SE0000000018-S1"), reference=_TEXTS)
    return Answer(
        care_plans=tuple(plans),
        agreements=tuple(agreement for agreement in agreed if _identity(agreement) not in known),
        result=Result(code=draw(st.sampled_from((ResultCode.OK, ResultCode.INFO))), log_id=log_id, text=text),
        has_more=tuple(draw(st.lists(more, max_size=1))),
    )


def _identity(record: CarePlan | Agreement) -> tuple[tuple[str, str], tuple[str, str]]:
    return record.header.source_system_id.key, record.header.record.id.key
