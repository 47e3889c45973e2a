"""The engagement index's messages and rules: what is written is read back, and what is refused says why."""

from datetime import datetime

import pytest

from riv_careplans import codec
from riv_careplans.codes import ResultCode
from riv_careplans.contract import Contract
from riv_careplans.contracts.engagement_index import (
    CARE_PLANS,
    CARE_PLANS_DOMAIN,
    FIND_CONTENT,
    NOT_APPLICABLE,
    PROCESS_NOTIFICATION,
    UPDATE,
    Engagement,
    Transaction,
    UpdateResult,
    read_found,
    read_result,
    read_search,
    read_transactions,
    write_found,
    write_result,
    write_search,
    write_transactions,
)
from riv_careplans.contracts.engagement_index_rules import (
    duplicates,
    notification_problems,
    search_problems,
    update_problems,
)
from riv_careplans.errors import ContractViolation
from tests.indexes import PATIENT, SYSTEM, delete, engagement, search, write

LATER = datetime(2026, 2, 1, 12, 30, 59)  # noqa: DTZ001 - Swedish local time has no zone
FULL = engagement(owner="SE2329999995-IDX", creation_time=LATER, update_time=LATER)

changing = pytest.mark.parametrize(
    "contract", [UPDATE, PROCESS_NOTIFICATION], ids=["Update", "ProcessNotification"]
)


def parsed(text: str, contract: Contract) -> codec.Element:
    """Parse a message, and be sure that it follows the contract."""
    element = codec.parse(text.encode())
    assert contract.violations(element) == ()
    return element


@changing
def test_transactions_are_read_back_as_they_were_written(contract: Contract) -> None:
    transactions = (write(), delete(most_recent_content=None), Transaction(engagement=FULL))

    message = parsed(write_transactions(contract, transactions), contract)

    assert message.tag == contract.request_tag
    assert read_transactions(message) == transactions


@changing
@pytest.mark.parametrize(
    "result",
    [
        UpdateResult(),
        UpdateResult(code=ResultCode.ERROR, comment="två < tre"),
        UpdateResult(code=ResultCode.INFO),
    ],
    ids=["OK", "ERROR", "INFO"],
)
def test_a_result_is_read_back_as_it_was_written(contract: Contract, result: UpdateResult) -> None:
    message = parsed(write_result(contract, result), contract)

    assert message.tag == contract.response_tag
    assert read_result(message) == result


def test_a_search_with_every_filter_is_read_back_as_it_was_written() -> None:
    asked = search(
        categorization=CARE_PLANS,
        logical_address=SYSTEM,
        business_object_id="1",
        clinical_process_id="2",
        most_recent_content=LATER,
        source_system=SYSTEM,
        data_controller="SE5565594230",
        owner="SE2329999995-IDX",
    )

    assert read_search(parsed(write_search(asked), FIND_CONTENT)) == asked


@pytest.mark.parametrize("posts", [(), (FULL,), (FULL, engagement(categorization="vko"))], ids=len)
def test_what_is_found_is_read_back_as_it_was_written(posts: tuple[Engagement, ...]) -> None:
    assert read_found(parsed("".join(write_found(posts)), FIND_CONTENT)) == posts


def test_a_post_about_care_plans_is_registered_as_the_contract_description_says() -> None:
    # TKB clinicalprocess:logistics:logistics 3.0.13, section 4.1
    post = engagement()

    assert (post.service_domain, post.categorization) == ("riv:clinicalprocess:logistics:logistics", "cll-cp")
    assert (post.business_object_id, post.clinical_process_id) == ("NA", "NA")
    assert (
        post.service_domain,
        post.categorization,
        post.business_object_id,
    ) == (CARE_PLANS_DOMAIN, CARE_PLANS, NOT_APPLICABLE)


def test_an_extension_is_passed_over() -> None:
    text = write_transactions(UPDATE, [write()]).replace(
        "</c:engagement>", '<x:note xmlns:x="urn:example:1">mer</x:note></c:engagement>'
    )

    assert read_transactions(parsed(text, UPDATE)) == (write(),)


@changing
def test_a_message_without_transactions_cannot_be_written(contract: Contract) -> None:
    with pytest.raises(ContractViolation):
        write_transactions(contract, [])


def test_a_time_that_no_calendar_has_is_told_with_its_place() -> None:
    text = write_transactions(UPDATE, [write(), write(categorization="vko")])
    head, _, tail = text.rpartition("20260119081500")

    with pytest.raises(ContractViolation) as caught:
        read_transactions(parsed(f"{head}20260231081500{tail}", UPDATE))

    assert [finding.path for finding in caught.value.findings] == [
        "engagementTransaction[2]/engagement/mostRecentContent"
    ]


@pytest.mark.parametrize("value", [engagement(), write(), search()], ids=["post", "transaction", "search"])
def test_no_representation_shows_the_patient(value: object) -> None:
    assert PATIENT not in repr(value)
    assert PATIENT not in str(value)


# --------------------------------------------------------------------------------------------- the rules

LENGTHS = {
    "service_domain": ("serviceDomain", 255),
    "categorization": ("categorization", 255),
    "logical_address": ("logicalAddress", 64),
    "business_object_id": ("businessObjectInstanceIdentifier", 128),
    "clinical_process_id": ("clinicalProcessInterestId", 128),
    "source_system": ("sourceSystem", 64),
    "data_controller": ("dataController", 64),
}
each_text = pytest.mark.parametrize(
    ("name", "element", "most"), [(name, *rest) for name, rest in LENGTHS.items()], ids=LENGTHS
)


@each_text
def test_a_text_may_be_as_long_as_its_greatest_length(name: str, element: str, most: int) -> None:
    assert list(update_problems(write(**{name: "x" * most}))) == []


@each_text
def test_a_longer_text_is_refused(name: str, element: str, most: int) -> None:
    assert list(update_problems(write(**{name: "x" * (most + 1)}))) == [
        f"{element} has more than {most} characters"
    ]


@each_text
@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u00a0"], ids=["nothing", "blank", "tab", "hard space"])
def test_an_empty_text_is_refused(name: str, element: str, most: int, text: str) -> None:
    assert list(update_problems(write(**{name: text}))) == [f"{element} is empty"]
    assert list(search_problems(search(**{name: text}))) == [f"{element} is empty"]


@each_text
@pytest.mark.parametrize("text", [" x", "x ", "\nx", "x\u00a0"])
def test_blanks_around_a_text_are_refused(name: str, element: str, most: int, text: str) -> None:
    assert list(update_problems(write(**{name: text}))) == [f"{element} has blanks around it"]


@pytest.mark.parametrize(
    ("patient", "accepted"),
    [
        ("191212121212", True),
        ("19121212Z12p", True),
        ("19121212tfpA", True),
        ("19121212121a", False),
        ("19121212-1212", False),
        ("1212121212", False),
        ("191212121212\n", False),
        ("", False),
    ],
)
def test_a_patient_id_has_twelve_characters_of_the_schemas_kind(patient: str, accepted: bool) -> None:  # noqa: FBT001
    expected = (
        [] if accepted else ["registeredResidentIdentification must be twelve characters without separator"]
    )

    assert list(update_problems(write(patient_id=patient))) == expected


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"owner": "SE1"}, "owner"),
        ({"creation_time": LATER}, "creationTime"),
        ({"update_time": LATER}, "updateTime"),
    ],
)
def test_what_the_index_sets_is_refused_in_update_and_taken_in_a_notification(
    changes: dict[str, object], element: str
) -> None:
    assert list(update_problems(write(**changes))) == [f"{element} is set by the index and must not be sent"]
    assert list(notification_problems(write(**{"owner": "SE1", **changes}))) == []


def test_a_notification_without_an_owner_is_refused() -> None:
    assert list(notification_problems(write())) == [
        "owner is missing; a notification says whose index first got the post"
    ]


@pytest.mark.parametrize(("year", "accepted"), [(1899, False), (1900, True), (2099, True), (2100, False)])
def test_a_time_is_of_our_centuries(year: int, accepted: bool) -> None:  # noqa: FBT001
    problems = list(update_problems(write(most_recent_content=datetime(year, 6, 1))))  # noqa: DTZ001

    assert problems == ([] if accepted else ["mostRecentContent must be in a year from 1900 to 2099"])


def test_a_deletion_may_say_when_the_content_changed_and_need_not() -> None:
    assert list(update_problems(delete())) == []
    assert list(update_problems(delete(most_recent_content=None))) == []


@pytest.mark.parametrize(
    ("keys", "expected"),
    [([], None), ("abc", None), ("aba", (1, 3)), ("abba", (2, 3)), ("aa", (1, 2))],
)
def test_the_first_two_with_the_same_key_are_found(keys: str, expected: tuple[int, int] | None) -> None:
    assert duplicates(list(keys)) == expected


KEY_FIELDS = [
    "patient_id",
    "service_domain",
    "categorization",
    "logical_address",
    "business_object_id",
    "clinical_process_id",
    "source_system",
    "data_controller",
]


@pytest.mark.parametrize("name", KEY_FIELDS)
def test_another_value_of_a_key_field_is_another_key(name: str) -> None:
    assert engagement(**{name: "other"}).key != engagement().key


@pytest.mark.parametrize("name", ["most_recent_content", "creation_time", "update_time"])
def test_times_are_no_part_of_the_key(name: str) -> None:
    assert engagement(**{name: LATER}).key == engagement().key
