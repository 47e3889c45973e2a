"""The model says what the schema says: names, order, cardinality, types and enumerations, both ways.

The schema is normative (contract description, section 1). The walk reads the classes' annotations and not
the codec, so it judges the model on its own; and it is shown to fail, one changed class at a time.
"""

import datetime as dt
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import pytest
from xmlschema import XMLSchema
from xmlschema.validators import XsdAnyElement, XsdComplexType, XsdElement, XsdGroup, XsdSimpleType

from riv_careplans import codes, model
from riv_careplans.codes import CORE_4, ENUMS_4, RESPONDER_3, FixedContact, PartyKind, PlaceKind, PlanType
from riv_careplans.contracts.get_care_plans_3 import GetCarePlans, GetCarePlansResponse, HasMore, Result
from riv_careplans.identity import PartialTime
from riv_careplans.model import ContractType, Sha256, Uri

PACKAGE = Path(__file__).parents[1] / "schemas" / "clinicalprocess_logistics_logistics_4.0"
RESPONDER = PACKAGE / "interactions" / "GetCarePlansInteraction" / "GetCarePlansResponder_3.0.xsd"
XS = "{http://www.w3.org/2001/XMLSchema}"

MESSAGES = [GetCarePlans, GetCarePlansResponse, HasMore, Result]
"""Classes that stand with the service contract, not in the model, though ResultType is a core type."""

CODE_SYSTEMS = {PlanType, FixedContact}
"""Codes that travel in a CVType: the schema has no enumeration of them."""

SIMPLE_TYPES: dict[object, str] = {
    str: f"{XS}string",
    bool: f"{XS}boolean",
    int: f"{XS}int",
    bytes: f"{XS}base64Binary",
    Uri: f"{XS}anyURI",
    Sha256: f"{{{CORE_4}}}Sha256Type",
    dt.date: f"{{{CORE_4}}}DateType",
    dt.datetime: f"{{{CORE_4}}}TimeStampType",
    dt.time: f"{{{CORE_4}}}TimeType",
    PartialTime: f"{{{CORE_4}}}PartialTimeType",
}

NARROWED = {
    ("Record", "version"): f"{{{CORE_4}}}VersionType",
    ("Attachment", "size"): f"{{{CORE_4}}}SizeType",
}
"""Numbers whose range the schema narrows; in the model they are an int like the others."""

AT_MOST = {("Recurrence", "weekDay"): 7, ("HoursOfService", "weekDay"): 7}
"""Repetitions that the schema limits; in the model they are a tuple like the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One element, as the schema or a class declares it."""

    type: str
    least: int
    most: int | None

    def __str__(self) -> str:
        most = "*" if self.most is None else self.most
        return f"{self.type.rpartition('}')[2]} {self.least}..{most}"


# ------------------------------------------------------------------------------------------------ the walk


def elements_of_type(group: XsdGroup, *, optional: bool = False) -> dict[str, Declared]:
    """Give a type's elements in their order; a choice is flattened, and what stands in it is optional."""
    found: dict[str, Declared] = {}
    for particle in group:
        if isinstance(particle, XsdGroup):
            assert (particle.min_occurs, particle.max_occurs) == (1, 1), "the walk does not repeat groups"
            found |= elements_of_type(particle, optional=optional or particle.model == "choice")
        elif isinstance(particle, XsdElement):
            least = 0 if optional else particle.min_occurs
            found[str(particle.name)] = Declared(
                type=str(particle.type.name), least=least, most=particle.max_occurs
            )
        else:
            assert isinstance(particle, XsdAnyElement), f"the walk does not know {particle!r}"
    return found


def elements_of_class(cls: type[ContractType]) -> dict[str, Declared]:
    """Give the elements that a class stands for, in the order of its fields."""
    hints = typing.get_type_hints(cls)
    return {
        f"{{{cls.namespace}}}{field.encode_name}": declared_by(
            (cls.__name__, field.encode_name), hints[field.name], required=field.required
        )
        for field in msgspec.structs.fields(cls)
        if field.name != "extensions"
    }


def declared_by(place: tuple[str, str], hint: Any, *, required: bool) -> Declared:
    least = 1 if required else 0
    if typing.get_origin(hint) is tuple:
        return Declared(type=type_name(place, typing.get_args(hint)[0]), least=least, most=AT_MOST.get(place))
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        (hint,) = (part for part in typing.get_args(hint) if part is not types.NoneType)
    return Declared(type=type_name(place, hint), least=least, most=1)


def type_name(place: tuple[str, str], hint: Any) -> str:
    if place in NARROWED and hint is int:
        return NARROWED[place]
    if hint in SIMPLE_TYPES:
        return SIMPLE_TYPES[hint]
    assert isinstance(hint, type), f"the walk does not know {hint!r}"
    if issubclass(hint, StrEnum):
        return f"{{{ENUMS_4}}}{hint.__name__}Enum"
    assert issubclass(hint, ContractType), f"the walk does not know {hint!r}"
    return f"{{{hint.namespace}}}{hint.__name__}Type"


def differences(cls: type[ContractType], declared: XsdComplexType) -> list[str]:
    """Say in sentences where a class and its type differ."""
    assert isinstance(declared.content, XsdGroup)
    theirs, ours = elements_of_type(declared.content), elements_of_class(cls)
    of_schema, of_class = declared.local_name, cls.__name__
    said = [f"{of_schema} has {name}, which {of_class} lacks" for name in theirs if name not in ours]
    said += [f"{of_class} has {name}, which {of_schema} lacks" for name in ours if name not in theirs]
    said += [
        f"{name} is {theirs[name]} in {of_schema} but {ours[name]} in {of_class}"
        for name in theirs
        if name in ours and theirs[name] != ours[name]
    ]
    if not said and list(theirs) != list(ours):
        said = [f"{of_schema} has the order {', '.join(theirs)}, but {of_class} has {', '.join(ours)}"]
    return [sentence.replace(f"{{{cls.namespace}}}", "") for sentence in said]


def enumeration_differences(cls: type[StrEnum], declared: XsdSimpleType) -> list[str]:
    """Say in a sentence where an enumeration and its simple type differ."""
    theirs, ours = list(map(str, declared.enumeration or [])), [member.value for member in cls]
    if theirs == ours:
        return []
    return [f"{declared.local_name} has the values {', '.join(theirs)}, but {cls.__name__} {', '.join(ours)}"]


def unmatched(classes: Iterable[type], suffix: str, declared: Iterable[str]) -> list[str]:
    """Say which classes have no type and which types have no class; `X` stands for `X` + suffix."""
    ours, theirs = {cls.__name__ + suffix for cls in classes}, set(declared)
    return [f"no type of the schema is called {name}" for name in sorted(ours - theirs)] + [
        f"no class stands for {name}" for name in sorted(theirs - ours)
    ]


# -------------------------------------------------------------------------------------- what is walked over


@pytest.fixture(scope="module")
def schema() -> XMLSchema:
    return XMLSchema(str(RESPONDER))


def declared_in(schema: XMLSchema, namespace: str, kind: type) -> set[str]:
    return {
        str(declared.local_name)
        for declared in schema.maps.types.values()
        if isinstance(declared, kind) and str(declared.name).startswith(f"{{{namespace}}}")
    }


def published(module: types.ModuleType, kind: type) -> list[Any]:
    named = [getattr(module, name) for name in module.__all__]
    return [cls for cls in named if isinstance(cls, type) and issubclass(cls, kind) and cls is not kind]


CLASSES = [*published(model, ContractType), *MESSAGES]
ENUMERATIONS = [cls for cls in published(codes, StrEnum) if cls not in CODE_SYSTEMS]


def name_of(cls: type) -> str:
    return cls.__name__


# ---------------------------------------------------------------------------------- the model and the codes


@pytest.mark.parametrize("cls", CLASSES, ids=name_of)
def test_every_class_has_the_elements_of_its_type(schema: XMLSchema, cls: type[ContractType]) -> None:
    declared = schema.maps.types[f"{{{cls.namespace}}}{cls.__name__}Type"]
    assert isinstance(declared, XsdComplexType)

    assert differences(cls, declared) == []


@pytest.mark.parametrize("namespace", [CORE_4, RESPONDER_3])
def test_every_complex_type_has_its_class_and_every_class_its_type(schema: XMLSchema, namespace: str) -> None:
    classes = [cls for cls in CLASSES if cls.namespace == namespace]

    assert unmatched(classes, "Type", declared_in(schema, namespace, XsdComplexType)) == []


def test_every_simple_type_of_core_has_its_place_in_the_model(schema: XMLSchema) -> None:
    known = {name for name in (*SIMPLE_TYPES.values(), *NARROWED.values()) if not name.startswith(XS)}

    declared = {f"{{{CORE_4}}}{name}" for name in declared_in(schema, CORE_4, XsdSimpleType)}

    assert declared == known


@pytest.mark.parametrize("cls", ENUMERATIONS, ids=name_of)
def test_every_enumeration_has_the_values_of_its_type_in_their_order(
    schema: XMLSchema, cls: type[StrEnum]
) -> None:
    declared = schema.maps.types[f"{{{ENUMS_4}}}{cls.__name__}Enum"]
    assert isinstance(declared, XsdSimpleType)

    assert enumeration_differences(cls, declared) == []


def test_every_enumeration_of_the_schema_has_its_class_and_every_class_its_type(schema: XMLSchema) -> None:
    declared = declared_in(schema, ENUMS_4, XsdSimpleType)

    assert unmatched(ENUMERATIONS, "Enum", declared) == []


# ------------------------------------------------------------------------------------ the walk itself fails


KIND = ("kind", PlaceKind)
TEXT = ("text", str | None, None)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        pytest.param([KIND], "PlaceType has text, which Place lacks", id="a field is missing"),
        pytest.param(
            [KIND, TEXT, ("floor", int | None, None)],
            "Place has floor, which PlaceType lacks",
            id="a field too many",
        ),
        pytest.param(
            [TEXT, KIND], "PlaceType has the order kind, text, but Place has text, kind", id="another order"
        ),
        pytest.param(
            [KIND, ("text", str)],
            "text is string 0..1 in PlaceType but string 1..1 in Place",
            id="required where optional",
        ),
        pytest.param(
            [("kind", PlaceKind | None, None), TEXT],
            "kind is PlaceKindEnum 1..1 in PlaceType but PlaceKindEnum 0..1 in Place",
            id="optional where required",
        ),
        pytest.param(
            [KIND, ("text", tuple[str, ...], ())],
            "text is string 0..1 in PlaceType but string 0..* in Place",
            id="many where one",
        ),
        pytest.param(
            [KIND, ("text", tuple[str, ...])],
            "text is string 0..1 in PlaceType but string 1..* in Place",
            id="at least one where at most one",
        ),
        pytest.param(
            [KIND, ("text", dt.date | None, None)],
            "text is string 0..1 in PlaceType but DateType 0..1 in Place",
            id="another type",
        ),
        pytest.param(
            [("kind", PartyKind), TEXT],
            "kind is PlaceKindEnum 1..1 in PlaceType but PartyKindEnum 1..1 in Place",
            id="another enumeration",
        ),
    ],
)
def test_a_changed_class_is_found_and_named(schema: XMLSchema, fields: list[Any], sentence: str) -> None:
    changed = typing.cast(
        "type[ContractType]",
        msgspec.defstruct("Place", fields, bases=(ContractType,), frozen=True, kw_only=True),
    )
    declared = schema.maps.types[f"{{{CORE_4}}}PlaceType"]
    assert isinstance(declared, XsdComplexType)

    assert differences(changed, declared) == [sentence]


def test_a_class_of_another_namespace_is_found(schema: XMLSchema) -> None:
    class Place(ContractType, frozen=True, kw_only=True):
        namespace = RESPONDER_3
        kind: PlaceKind
        text: str | None = None

    declared = schema.maps.types[f"{{{CORE_4}}}PlaceType"]
    assert isinstance(declared, XsdComplexType)

    assert len(differences(Place, declared)) == 4


def test_a_limit_on_repetition_is_found_where_the_walk_does_not_expect_it(schema: XMLSchema) -> None:
    class Hours(ContractType, frozen=True, kw_only=True):
        week_days: tuple[codes.WeekDay, ...] = ()

    declared = schema.maps.types[f"{{{CORE_4}}}HoursOfServiceType"]
    assert isinstance(declared, XsdComplexType)

    found = differences(Hours, declared)

    assert "weekDay is WeekDayEnum 0..7 in HoursOfServiceType but WeekDayEnum 0..* in Hours" in found


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param(["day", "week", "month"], "day, week, month", id="a value is missing"),
        pytest.param(
            ["day", "week", "month", "year", "decade"], "day, week, month, year, decade", id="too many"
        ),
        pytest.param(["week", "day", "month", "year"], "week, day, month, year", id="another order"),
        pytest.param(["Day", "week", "month", "year"], "Day, week, month, year", id="another spelling"),
    ],
)
def test_a_changed_enumeration_is_found_and_named(schema: XMLSchema, values: list[str], said: str) -> None:
    changed = StrEnum("TimeUnit", [(value.upper(), value) for value in values])  # type: ignore[misc]
    declared = schema.maps.types[f"{{{ENUMS_4}}}TimeUnitEnum"]
    assert isinstance(declared, XsdSimpleType)

    assert enumeration_differences(changed, declared) == [
        f"TimeUnitEnum has the values day, week, month, year, but TimeUnit {said}"
    ]


def test_a_class_without_a_type_and_a_type_without_a_class_are_found() -> None:
    assert unmatched([model.Goal, model.Need], "Type", ["GoalType", "RiskType"]) == [
        "no type of the schema is called NeedType",
        "no class stands for RiskType",
    ]
