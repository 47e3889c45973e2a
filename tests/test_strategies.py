"""The generated records reach everything in the model: else the property tests promise too much."""

from collections import Counter
from collections.abc import Iterator

import hypothesis
from hypothesis import HealthCheck, Phase

from riv_careplans import model
from riv_careplans.model import Agreement, CarePlan, ContractType
from tests.strategies import RICH, agreements, care_plans

TYPES = [
    cls
    for cls in vars(model).values()
    if isinstance(cls, type) and issubclass(cls, ContractType) and cls is not ContractType
]


def held_in(part: ContractType) -> Iterator[tuple[str, object]]:
    """Give what a part and the parts inside it hold, each with the class and field that hold it."""
    for name in part.__struct_fields__:
        value = getattr(part, name)
        for one in value if isinstance(value, tuple) else (value,):
            yield f"{type(part).__name__}.{name}", one
            if isinstance(one, ContractType):
                yield from held_in(one)


def test_every_field_of_every_type_is_generated() -> None:
    generated: Counter[str] = Counter()

    @hypothesis.settings(
        max_examples=35,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
    )
    @hypothesis.given(care_plans(RICH), agreements(RICH))
    def generate(plan: CarePlan, agreement: Agreement) -> None:
        for record in (plan, agreement):
            generated.update(place for place, value in held_in(record) if value is not None)

    generate()

    every_field = {f"{cls.__name__}.{name}" for cls in TYPES for name in cls.__struct_fields__}
    assert every_field - generated.keys() == set()
