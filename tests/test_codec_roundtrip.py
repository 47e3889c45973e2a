"""What is written is valid, and is read back as it was: values, extensions, and the scenario's documents."""

# ruff: noqa: DTZ001 - the contract's times are Swedish local time, without a zone

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from xmlschema import XMLSchema
from xmlschema.validators import XsdComplexType, XsdGroup

from riv_careplans import codec, model
from riv_careplans.codec.shape import shape_of
from riv_careplans.codes import CORE_4, RESPONDER_3, PlanStatus, WeekDay
from riv_careplans.contract import GET_CARE_PLANS_3
from riv_careplans.contracts import interaction_for
from riv_careplans.exchange import Answer, Query
from riv_careplans.identity import PartialTime
from riv_careplans.model import (
    CV,
    II,
    Attachment,
    ContractType,
    DatePeriod,
    Extension,
    Record,
    Sha256,
    Timing,
    Uri,
)
from tests.asta_documents import ASTA, DOCUMENTS
from tests.builders import (
    ASTA_ID,
    activity,
    answer,
    attachment,
    care_plan,
    goal,
    header,
    hsa,
    plan_type,
    query,
    record_id,
    recurring,
)
from tests.strategies import answers, extensions, texts

V3 = interaction_for("3.0")
RESPONSES_3 = [path for path in DOCUMENTS if RESPONDER_3 in path.read_text("utf-8")]
CANARY = "kanariefågel"


def written(given: Answer) -> bytes:
    """Write an answer as a whole document."""
    pieces = V3.write_response(given.result, given.care_plans, given.agreements, given.has_more)
    return "".join(pieces).encode()


def read(data: bytes) -> Answer:
    """Read an answer as a consumer does: parse, schema, model."""
    root = codec.parse(data)
    assert GET_CARE_PLANS_3.violations(root) == ()
    reading = V3.read_response(root)
    assert reading.findings == ()
    return reading.answer


def plan_with(**changes: Any) -> Answer:
    return answer(care_plan(**changes))


# --------------------------------------------------------------------------------------- there and back


@settings(max_examples=40)
@given(answers())
def test_every_answer_survives_write_and_read(given: Answer) -> None:
    document = written(given)

    back = read(document)

    assert back == given
    assert written(back) == document


@given(st.lists(st.sampled_from(PlanStatus), max_size=2), texts(), st.booleans())
def test_every_question_survives_write_and_read(
    statuses: list[PlanStatus],
    reference: str,
    include_attachments: bool,  # noqa: FBT001 - hypothesis passes it by name
) -> None:
    asked = query(
        care_unit_ids=(hsa("SE0000000018-E1"), hsa("SE0000000018-E2")),
        care_giver_ids=(II(root="1.2", extensions=(Extension('<x:a xmlns:x="urn:x"></x:a>'),)),),
        plan_types=(plan_type(), CV(original_text="Egenvårdsplan")),
        plan_statuses=tuple(statuses),
        date_period=DatePeriod(start=dt.date(2026, 1, 1), end=dt.date(2026, 12, 31)),
        source_system_id=hsa("SE0000000018-S1"),
        record_ids=(record_id(1), record_id(2)),
        include_attachments=include_attachments,
        has_more_reference=reference,
    )
    root = codec.parse(V3.write_request(asked).encode())

    assert GET_CARE_PLANS_3.violations(root) == ()
    assert V3.read_request(root) == asked


def test_the_shortest_question_says_nothing_but_the_patient() -> None:
    text = V3.write_request(Query(patient_id=ASTA_ID))

    assert re.findall("<[^/?][^ >]*", text) == ["<r:GetCarePlans", "<r:patientId", "<c:root", "<c:extension"]


AWKWARD = [
    "",
    " ",
    "\t\n ",
    "  blanka runt om  ",
    "rad\nrad",
    "rad\rrad\r\nrad",
    "\ttabb\t",
    "]]>",
    "<![CDATA[x]]>",
    "<!-- x --><?y?>&z;&#0;",
    "1 < 2 && 3 > 2",
    "\"'",
    "🧡👩‍👩‍👧 العربية 漢字",
    "A\u030angest Ångest",
    "\u0085\u2028\u200b\ufeff\x7f\x9f",
    "\ud7ff\ue000\ufffd\U00010000\U0010ffff",
    "x" * 100_000,
]


@pytest.mark.parametrize("text", AWKWARD)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    given = plan_with(title=text, goals=(goal(id=text or "1", text=text),))

    assert read(written(given)) == given


@pytest.mark.parametrize(
    "given",
    [
        plan_with(attachments=(attachment(bytes(range(256)) * 10),)),
        plan_with(attachments=(attachment(b""),)),
        plan_with(attachments=(attachment(b"x" * 100_000),)),
        plan_with(attachments=(attachment(value=None, size=None, sha256=None, reference=Uri("https://example.org/å?a=1&b=2#c")),)),
        plan_with(attachments=(attachment(value=None, size=9_999_999_999, sha256=Sha256("0" * 64)),)),
        plan_with(header=header(version=1)),
        plan_with(header=header(version=999_999_999, updated_time=dt.datetime(2099, 12, 31, 23, 59, 59))),
        plan_with(header=header(created_time=dt.datetime(1900, 1, 1), updated_time=dt.datetime(2000, 2, 29))),
        plan_with(period=DatePeriod(start=dt.date(1900, 1, 1), end=dt.date(2099, 12, 31))),
        plan_with(activities=(activity(timing=recurring(week_days=tuple(WeekDay), frequency=-(2**31), every=2**31 - 1)),)),
        plan_with(activities=(activity(timing=recurring(times_of_day=(dt.time(), dt.time(23, 59, 59)))),)),
        *(
            plan_with(activities=(activity(timing=Timing(at=PartialTime(digits))),))
            for digits in ("1900", "202602", "20240229", "20991231235959")
        ),
    ],
)  # fmt: skip
def test_a_value_at_the_edge_of_its_type_comes_back_as_it_was(given: Answer) -> None:
    assert read(written(given)) == given


def test_a_deep_plan_comes_back_as_it_was() -> None:
    deepest = goal(id="mal-0")
    for number in range(1, 50):
        deepest = goal(id=f"mal-{number}", sub_goals=(deepest,))
    given = plan_with(goals=(deepest,))

    assert read(written(given)) == given


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (dt.datetime(2026, 1, 15, 8, 0, tzinfo=dt.UTC), dt.datetime(2026, 1, 15, 9, 0)),
        (dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC), dt.datetime(2026, 7, 2, 0, 30)),
        (dt.datetime(2026, 1, 15, 9, 0, tzinfo=ZoneInfo("Europe/Stockholm")), dt.datetime(2026, 1, 15, 9, 0)),
        (dt.datetime(2026, 1, 15, 9, 0, 0, 999_999), dt.datetime(2026, 1, 15, 9, 0)),
    ],
)
def test_a_moment_is_written_in_swedish_local_time(given: dt.datetime, expected: dt.datetime) -> None:
    # "no time zone; always Swedish local time" -- TKB, format rules
    (plan,) = read(written(plan_with(header=header(updated_time=given)))).care_plans

    assert plan.header.record.updated_time == expected


# ------------------------------------------------------------------------------------------- the scenario


def normalised(data: bytes) -> str:
    """Give a document's content without what may differ: prefixes, comments, indentation, base64 blanks."""
    root = codec.parse(data)
    lines = []
    for element in root.iter():
        text = element.text or ""
        if len(element):
            assert not text.strip()
            text = ""
        elif codec.local_name(element) == "value" and codec.namespace_of(element) == CORE_4:
            text = "".join(text.split())
        depth = sum(1 for _ in element.iterancestors())
        lines.append(f"{'.' * depth}{element.tag} {sorted(element.items())} {text!r}")
    return "\n".join(lines)


@pytest.mark.parametrize("path", RESPONSES_3, ids=lambda path: path.relative_to(ASTA).as_posix())
def test_a_document_of_the_scenario_survives_read_and_write(path: Path) -> None:
    data = path.read_bytes()

    again = written(read(data))

    assert normalised(again) == normalised(data)
    assert written(read(again)) == again


def test_the_scenario_has_documents_of_both_kinds_of_record() -> None:
    found = [read(path.read_bytes()) for path in RESPONSES_3]

    assert len(found) >= 8
    assert sum(len(one.care_plans) for one in found) >= 4
    assert sum(len(one.agreements) for one in found) >= 3


# -------------------------------------------------------------------------------------------- extensions

ENVELOPE = (
    '<e:Envelope xmlns:e="urn:envelope" xmlns="urn:by-default" xmlns:p="urn:of-the-envelope">'
    f'<GetCarePlansResponse xmlns="{RESPONDER_3}" xmlns:c4="{CORE_4}">{{}}</GetCarePlansResponse></e:Envelope>'
)
RESULT = "<result><c4:resultCode>OK</c4:resultCode><c4:logId>x</c4:logId>{}</result>"


def kept(extension: str) -> str:
    """Read a plan whose title is followed by an extension, in a document full of other namespaces."""
    plan = written(plan_with()).decode()
    inner = plan[plan.index("<r:carePlan>") : plan.index("<r:result>")]
    inner = re.sub(r"<(/?)r:", r"<\1", inner).replace("c:", "c4:")
    inner = inner.replace("</c4:body>", f"{extension}</c4:body>")
    root = codec.parse(ENVELOPE.format(inner + RESULT.format("")).encode())[0]
    assert GET_CARE_PLANS_3.violations(root) == ()
    (read_plan,) = V3.read_response(root).answer.care_plans
    (found,) = read_plan.body.extensions
    assert read(written(answer(read_plan))).care_plans == (read_plan,)
    return found


XSI = "http://www.w3.org/2001/XMLSchema-instance"


@pytest.mark.parametrize(
    ("extension", "expected"),
    [
        ('<x:a xmlns:x="urn:x"/>', '<x:a xmlns:x="urn:x"></x:a>'),
        ('<a xmlns="urn:x">å &amp; ö</a>', '<a xmlns="urn:x">å &amp; ö</a>'),
        ("<p:a>1</p:a>", '<p:a xmlns:p="urn:of-the-envelope">1</p:a>'),
        (
            '<x:a xmlns:x="urn:x" b="2" a=" 1 "> <b xmlns=""/> <x:c/></x:a>',
            '<x:a xmlns:x="urn:x" a=" 1 " b="2"> <b></b> <x:c></x:c></x:a>',
        ),
        (
            f'<x:a xmlns:x="urn:x" xmlns:i="{XSI}" i:nil="true"/>',
            f'<x:a xmlns:i="{XSI}" xmlns:x="urn:x" i:nil="true"></x:a>',
        ),
        # A prefix that only a value uses.
        ("<x:a xmlns:x='urn:x' b='p:c'/>", '<x:a xmlns:p="urn:of-the-envelope" xmlns:x="urn:x" b="p:c"></x:a>'),
        ("<x:a xmlns:x='urn:x'> p:c </x:a>", '<x:a xmlns:p="urn:of-the-envelope" xmlns:x="urn:x"> p:c </x:a>'),
        (
            "<x:a xmlns:x='urn:x' b='c p:d'/>",
            '<x:a xmlns:p="urn:of-the-envelope" xmlns:x="urn:x" b="c p:d"></x:a>',
        ),
        (
            '<x:a xmlns:x="urn:x"><x:b xmlns:y="urn:y" c="y:d"/></x:a>',
            '<x:a xmlns:x="urn:x"><x:b xmlns:y="urn:y" c="y:d"></x:b></x:a>',
        ),
        (
            "<x:a xmlns:x='urn:x'><x:b/>p:c</x:a>",
            '<x:a xmlns:p="urn:of-the-envelope" xmlns:x="urn:x"><x:b></x:b>p:c</x:a>',
        ),
        # A prefix that nothing uses, and a text that only looks like one.
        ('<x:a xmlns:x="urn:x" xmlns:unused="urn:u">a: b</x:a>', '<x:a xmlns:x="urn:x">a: b</x:a>'),
        ("<x:a xmlns:x='urn:x'>1<!-- b -->2<![CDATA[<3>]]><?c?></x:a>", '<x:a xmlns:x="urn:x">12&lt;3&gt;</x:a>'),
        ('<x:a xmlns:x="urn:x">&#13;\n</x:a>', '<x:a xmlns:x="urn:x">&#xD;\n</x:a>'),
    ],
)  # fmt: skip
def test_an_extension_is_kept_and_means_the_same_anywhere(extension: str, expected: str) -> None:
    assert kept(extension) == expected


def test_extensions_stay_in_their_type_and_in_their_order() -> None:
    extra = [Extension(f'<x:n{number} xmlns:x="urn:x"></x:n{number}>') for number in range(4)]
    given = plan_with(goals=(goal(extensions=tuple(extra[:2])), goal(id="mal-2", extensions=(extra[2],))), extensions=(extra[3], extra[0]))  # fmt: skip

    (plan,) = read(written(given)).care_plans

    assert [one.extensions for one in plan.body.goals] == [tuple(extra[:2]), (extra[2],)]
    assert plan.body.extensions == (extra[3], extra[0])


@given(st.lists(extensions(), min_size=1, max_size=3))
def test_every_extension_survives_write_and_read(found: list[Extension]) -> None:
    given = plan_with(extensions=tuple(found))

    assert read(written(given)) == given


def test_extensions_of_a_writers_own_making_become_canonical() -> None:
    loose = '<?xml version="1.0"?>\n<!-- x --><x:a  b = "1" xmlns:x="urn:x"/>\n'

    (plan,) = read(written(plan_with(extensions=(loose,)))).care_plans

    assert plan.body.extensions == ('<x:a xmlns:x="urn:x" b="1"></x:a>',)


@pytest.mark.parametrize("name", ["title", "status", "header", "body", "goal", "root", "extension", "id"])
def test_a_foreign_element_with_a_name_of_ours_replaces_nothing(name: str) -> None:
    foreign = Extension(f'<x:{name} xmlns:x="urn:x">cancelled</x:{name}>')
    identity = II(root="1.2", extension="3", extensions=(foreign,))
    given = plan_with(joint_plan_id=identity, goals=(goal(extensions=(foreign,)),), extensions=(foreign,))

    assert read(written(given)) == given


def test_elements_are_told_apart_by_namespace_when_no_schema_was_asked() -> None:
    element = codec.parse(
        f'<c:x xmlns:c="{CORE_4}" xmlns:x="urn:x"><x:root>9</x:root><c:root>1</c:root></c:x>'.encode()
    )

    identity = codec.read(II, element)

    assert identity == II(root="1", extensions=(Extension('<x:root xmlns:x="urn:x">9</x:root>'),))


def test_another_prefix_or_none_changes_nothing() -> None:
    document = written(plan_with())
    default = document.replace(b"<c:", b"<").replace(b"</c:", b"</").replace(b"xmlns:c=", b"xmlns=")

    assert read(default) == read(document)


# ---------------------------------------------------------------------------------------- model and schema


def choices(group: XsdGroup) -> Iterator[tuple[str, ...]]:
    for particle in group:
        if isinstance(particle, XsdGroup):
            if particle.model == "choice":
                yield tuple(str(element.local_name) for element in particle.iter_elements())
            else:
                yield from choices(particle)


def test_the_model_names_every_choice_of_the_schema() -> None:
    schema = XMLSchema(str(GET_CARE_PLANS_3.schema))
    types = {
        name: declared for name, declared in schema.maps.types.items() if isinstance(declared, XsdComplexType)
    }
    classes = [cls for cls in vars(model).values() if isinstance(cls, type) and issubclass(cls, ContractType) and cls is not ContractType]  # fmt: skip

    for cls in classes:
        content = types[f"{{{CORE_4}}}{cls.__name__}Type"].content
        assert isinstance(content, XsdGroup)
        assert list(choices(content)) == ([cls.exactly_one_of] if cls.exactly_one_of else []), cls.__name__


@pytest.mark.parametrize(
    ("cls", "name", "type_name"),
    [(Record, "version", "VersionType"), (Attachment, "size", "SizeType")],
)
def test_the_model_narrows_numbers_as_the_schema_does(
    cls: type[ContractType], name: str, type_name: str
) -> None:
    schema = etree.XMLSchema(
        etree.fromstring(
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
            f'xmlns:c="{CORE_4}"><xs:import namespace="{CORE_4}" schemaLocation="'
            f'{next(GET_CARE_PLANS_3.folder.rglob("*logistics_logistics_4.0.xsd")).as_uri()}"/>'
            f'<xs:element name="v" type="c:{type_name}"/></xs:schema>'
        )
    )
    (smallest, largest) = next(field.range for field in shape_of(cls) if field.name == name)

    verdicts = [
        schema.validate(etree.fromstring(f"<v>{number}</v>"))
        for number in (smallest - 1, smallest, largest, largest + 1)
    ]

    assert verdicts == [False, True, True, False]
