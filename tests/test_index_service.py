"""The index as its callers see it: what is taken, what is refused and with which code, and what is found."""

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from riv_careplans.contracts.engagement_index import (
    CARE_PLANS_DOMAIN,
    FIND_CONTENT,
    PROCESS_NOTIFICATION,
    UPDATE,
    Transaction,
    write_transactions,
)
from riv_careplans.contracts.soap import write_question
from riv_careplans.settings import CallerSettings, ProducerSettings, ProxySettings
from tests.indexes import (
    LOG_ID,
    NOW,
    OWNER,
    PATIENT,
    SYSTEM,
    Index,
    delete,
    engagement,
    fault_of,
    find,
    found,
    new_store,
    search,
    stored,
    update,
    write,
)
from tests.producer_calls import Reply, call, get, post

CANARY = "197010632391"
ANOTHER_INDEX = "SE2329999995-IDX2"
LATER = datetime(2026, 1, 21, 10, 0, 0)  # noqa: DTZ001 - Swedish local time has no zone


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(new_store(tmp_path / "index.db"))


# --------------------------------------------------------------------------------- written, found, deleted


def test_what_was_written_is_found_with_what_the_index_sets(index: Index) -> None:
    assert stored(index.update(write())) == "OK"

    assert found(index.find()) == (engagement(owner=OWNER, creation_time=NOW, update_time=NOW),)


def test_a_post_with_the_same_key_is_written_over_and_keeps_its_creation_time(index: Index) -> None:
    index.update(write())
    index.now = LATER

    index.update(write(most_recent_content=LATER))

    assert found(index.find()) == (
        engagement(most_recent_content=LATER, owner=OWNER, creation_time=NOW, update_time=LATER),
    )


@pytest.mark.parametrize("content", [None, LATER], ids=["no content time", "a content time"])
def test_an_identical_post_changes_nothing(index: Index, content: datetime | None) -> None:
    index.update(write(most_recent_content=content))
    before = index.find().body
    index.now = LATER

    assert stored(index.update(write(most_recent_content=content))) == "OK"

    assert index.find().body == before


def test_a_post_whose_content_time_goes_away_is_written_over(index: Index) -> None:
    index.update(write())
    index.now = LATER

    index.update(write(most_recent_content=None))

    (post_found,) = found(index.find())
    assert (post_found.most_recent_content, post_found.update_time) == (None, LATER)


@pytest.mark.parametrize("content", [None, LATER], ids=["no content time", "a content time"])
def test_a_deletion_needs_only_the_same_key(index: Index, content: datetime | None) -> None:
    index.update(write(), write(categorization="vko"))

    assert stored(index.update(delete(most_recent_content=content))) == "OK"

    assert [one.categorization for one in found(index.find())] == ["vko"]


def test_deleting_what_is_not_there_is_done_already(index: Index) -> None:
    assert stored(index.update(delete())) == "OK"


def test_deletions_and_posts_go_in_one_message(index: Index) -> None:
    index.update(write(), write(categorization="vko"))

    index.update(
        delete(), write(categorization="vko", most_recent_content=LATER), write(categorization="dia")
    )

    assert {one.categorization: one.most_recent_content for one in found(index.find())} == {
        "vko": LATER,
        "dia": engagement().most_recent_content,
    }


@pytest.mark.parametrize(
    "name",
    [
        "categorization",
        "logical_address",
        "business_object_id",
        "clinical_process_id",
        "source_system",
        "data_controller",
    ],
)
def test_every_part_of_the_key_tells_posts_apart_and_can_be_asked_for(index: Index, name: str) -> None:
    index.update(write(), write(**{name: "other"}))

    assert len(found(index.find())) == 2
    assert found(index.find(search(**{name: "other"}))) == (
        engagement(**{name: "other"}, owner=OWNER, creation_time=NOW, update_time=NOW),
    )


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"most_recent_content": engagement().most_recent_content}, 1),
        ({"most_recent_content": LATER}, 0),
        ({"owner": OWNER}, 1),
        ({"owner": ANOTHER_INDEX}, 0),
        ({"categorization": "CLL-CP"}, 0),
        ({"source_system": SYSTEM.lower()}, 0),
        ({"source_system": "SE2329999995-SYS"}, 0),
        ({"categorization": "cll-cp", "source_system": SYSTEM}, 1),
        ({"categorization": "cll-cp", "source_system": "other"}, 0),
        ({"service_domain": "riv:crm:scheduling"}, 0),
        ({"patient_id": CANARY}, 0),
    ],
)
def test_filters_match_exactly_and_all_at_once(index: Index, filters: dict[str, Any], count: int) -> None:
    index.update(write())

    assert len(found(index.find(search(**filters)))) == count


def test_a_patient_nobody_has_registered_gives_an_empty_answer_and_no_fault(index: Index) -> None:
    assert found(index.find()) == ()


@pytest.mark.parametrize(("most", "told"), [(2, "a Fault"), (3, "all")])
def test_a_part_of_the_posts_is_never_told_as_all(tmp_path: Path, most: int, told: str) -> None:
    index = Index(new_store(tmp_path / "index.db"), max_found=most)
    index.update(*(write(categorization=one) for one in "abc"))

    reply = index.find()

    if told == "all":
        assert len(found(reply)) == 3
    else:
        assert fault_of(reply) == "EI000: There are more than 2 posts; narrow the search."


def test_the_same_content_gives_the_same_bytes_whatever_order_it_came_in(tmp_path: Path) -> None:
    posts = [
        write(source_system=f"SE{number}", categorization=kind) for number in "312" for kind in ("b", "a")
    ]
    secret = b"x" * 32
    one = Index(new_store(tmp_path / "one.db", secret=secret))
    other = Index(new_store(tmp_path / "other.db", secret=secret))

    one.update(*posts)
    for transaction in reversed(posts):
        other.update(transaction)

    assert one.find().body == other.find().body


# ------------------------------------------------------------------------------------- notifications


def notified(**changes: Any) -> Transaction:
    """Make what another index tells."""
    return write(**{"owner": ANOTHER_INDEX, "creation_time": LATER, "update_time": LATER, **changes})


def test_a_notification_keeps_the_owner_and_the_times_it_came_with(index: Index) -> None:
    assert stored(index.update(notified(), contract=PROCESS_NOTIFICATION)) == "OK"

    assert found(index.find()) == (engagement(owner=ANOTHER_INDEX, creation_time=LATER, update_time=LATER),)


def test_a_notification_without_times_gets_those_of_its_arrival(index: Index) -> None:
    index.update(notified(creation_time=None, update_time=None), contract=PROCESS_NOTIFICATION)

    (one,) = found(index.find())
    assert (one.creation_time, one.update_time) == (NOW, NOW)


def test_a_notification_about_our_own_posts_is_taken_and_changes_nothing(index: Index) -> None:
    index.update(write())
    before = index.find().body

    own = notified(owner=OWNER)
    deletion = Transaction(delete=True, engagement=own.engagement)

    assert stored(index.update(own, contract=PROCESS_NOTIFICATION)) == "OK"
    assert stored(index.update(deletion, contract=PROCESS_NOTIFICATION)) == "OK"
    assert index.find().body == before


def test_a_notified_post_stands_beside_our_own_with_the_same_other_fields(index: Index) -> None:
    index.update(write())
    index.update(notified(), contract=PROCESS_NOTIFICATION)

    assert {one.owner for one in found(index.find())} == {OWNER, ANOTHER_INDEX}


def test_an_update_cannot_delete_what_another_index_owns_and_a_notification_can(index: Index) -> None:
    index.update(notified(), contract=PROCESS_NOTIFICATION)

    index.update(delete())
    assert len(found(index.find())) == 1

    index.update(Transaction(delete=True, engagement=notified().engagement), contract=PROCESS_NOTIFICATION)
    assert found(index.find()) == ()


def test_posts_that_differ_in_the_owner_alone_are_no_duplicates_in_a_notification(index: Index) -> None:
    reply = index.update(notified(), notified(owner="SE2329999995-IDX3"), contract=PROCESS_NOTIFICATION)

    assert stored(reply) == "OK"
    assert len(found(index.find())) == 2


# ------------------------------------------------------------------------------------------- refusals

SAME_KEY = "EngagementTransaction 1 and 3 have the same unique key. Duplicates are not allowed."


def test_two_posts_with_one_key_in_a_message_are_an_error_and_none_is_written(index: Index) -> None:
    reply = index.update(write(), write(categorization="vko"), delete(most_recent_content=None))

    assert stored(reply) == f"ERROR {SAME_KEY}"
    assert found(index.find()) == ()


def test_duplicates_are_a_fault_where_the_setting_says_so(tmp_path: Path) -> None:
    index = Index(new_store(tmp_path / "index.db"), duplicates_are_faults=True)

    reply = index.update(write(), write(categorization="vko"), write())

    assert fault_of(reply) == f"EI002: {SAME_KEY}"


@pytest.mark.parametrize(("number", "taken"), [(1, True), (999, True), (1000, True), (1001, False)], ids=str)
def test_a_message_has_at_most_a_thousand_transactions(index: Index, number: int, taken: bool) -> None:  # noqa: FBT001
    reply = index.update(*(write(business_object_id=str(one)) for one in range(number)))

    if taken:
        assert stored(reply) == "OK"
    else:
        assert fault_of(reply) == "EI000: A message has from 1 to 1000 transactions."
    assert len(found(index.find())) == (number if taken else 0)


@pytest.mark.parametrize("contract", [UPDATE, PROCESS_NOTIFICATION], ids=["Update", "ProcessNotification"])
def test_a_message_without_transactions_is_refused(index: Index, contract: Any) -> None:
    body = write_question(f'<u:{contract.name} xmlns:u="{contract.namespace}"/>', OWNER)

    assert fault_of(post(index.app, body)) == "EI000: A message has from 1 to 1000 transactions."


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "<c:categorization>cll-cp</c:categorization>",
            "",
            "EI001: The question breaks the schema of the contract at engagementTransaction/engagement/logicalAddress.",
        ),
        (
            ">false<",
            ">nej<",
            "EI001: The question breaks the schema of the contract at engagementTransaction/deleteFlag.",
        ),
        (
            PATIENT,
            "19121212-1212",
            "EI001: The question breaks the schema of the contract at engagementTransaction/engagement/registeredResidentIdentification.",
        ),
        (
            "20260119081500",
            "20260231081500",
            "EI004: The time at engagementTransaction[1]/engagement/mostRecentContent does not exist.",
        ),
        (
            "20260119081500",
            "18990101000000",
            "EI004: EngagementTransaction 1: mostRecentContent must be in a year from 1900 to 2099.",
        ),
        (">cll-cp<", "><", "EI004: EngagementTransaction 1: categorization is empty."),
        (">cll-cp<", "> cll-cp<", "EI004: EngagementTransaction 1: categorization has blanks around it."),
        (
            ">cll-cp<",
            f">{'x' * 256}<",
            "EI004: EngagementTransaction 1: categorization has more than 255 characters.",
        ),
        (
            "</c:dataController>",
            "</c:dataController><c:owner>SE1</c:owner>",
            "EI004: EngagementTransaction 1: owner is set by the index and must not be sent.",
        ),
    ],
)
def test_an_update_is_refused_with_the_code_of_the_first_thing_wrong(
    index: Index, old: str, new: str, fault: str
) -> None:
    text = update().decode()
    assert old in text

    assert fault_of(post(index.app, text.replace(old, new, 1).encode())) == fault
    assert found(index.find()) == ()


def test_one_bad_transaction_refuses_them_all(index: Index) -> None:
    reply = index.update(write(), write(categorization=" "), write(categorization="vko"))

    assert fault_of(reply) == "EI004: EngagementTransaction 2: categorization is empty."
    assert found(index.find()) == ()


@pytest.mark.parametrize("asked", [update, find], ids=["Update", "FindContent"])
@pytest.mark.parametrize(
    ("address", "fault"),
    [
        (SYSTEM, "EI003: The header LogicalAddress names a system that does not answer here."),
        (f" {OWNER}", "EI003: The header LogicalAddress must be an HSA-id without blanks around it."),
        ("", "EI003: The header LogicalAddress must be an HSA-id without blanks around it."),
        ("S" * 65, "EI003: The header LogicalAddress must be at most 64 characters."),
    ],
)
def test_only_the_owners_address_is_ours(index: Index, asked: Any, address: str, fault: str) -> None:
    assert fault_of(post(index.app, asked(address=address))) == fault


def test_the_owner_may_be_written_in_small_letters_and_have_other_names(tmp_path: Path) -> None:
    index = Index(new_store(tmp_path / "index.db"), also_answers_for=("5565594230",))

    assert stored(index.update(write(), address=OWNER.lower())) == "OK"
    assert stored(index.update(write(), address="5565594230")) == "OK"


@pytest.mark.parametrize(
    ("setting", "changes", "fault"),
    [
        (
            "reserved_logical_addresses",
            {"logical_address": "SE2329999995-agp"},
            "EI005: EngagementTransaction 2: logicalAddress is reserved.",
        ),
        (
            "reserved_source_systems",
            {"source_system": "SE2329999995-agp"},
            "EI006: EngagementTransaction 2: sourceSystem is reserved.",
        ),
    ],
)
def test_a_reserved_id_can_be_deleted_and_not_written(
    tmp_path: Path, setting: str, changes: dict[str, Any], fault: str
) -> None:
    store = new_store(tmp_path / "index.db")
    Index(store).update(write(**changes))
    index = Index(store, **{setting: ("SE2329999995-AGP",)})

    assert fault_of(index.update(write(categorization="vko"), write(**changes))) == fault
    assert stored(index.update(delete(**changes))) == "OK"
    assert found(index.find()) == ()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            f"<r:registeredResidentIdentification>{PATIENT}</r:registeredResidentIdentification>",
            "",
            "EI000: The element registeredResidentIdentification must be there.",
        ),
        (PATIENT, " ", "EI000: The element registeredResidentIdentification must be there."),
        (
            f"<r:serviceDomain>{CARE_PLANS_DOMAIN}</r:serviceDomain>",
            "",
            "EI000: The element serviceDomain must be there.",
        ),
        (CARE_PLANS_DOMAIN, "", "EI000: The element serviceDomain must be there."),
        (
            PATIENT,
            "19121212-1212",
            "EI001: The question breaks the schema of the contract at registeredResidentIdentification.",
        ),
        ("</r:serviceDomain>", "</r:serviceDomain><r:categorization/>", "EI000: categorization is empty."),
        (
            "</r:serviceDomain>",
            "</r:serviceDomain><r:owner> x</r:owner>",
            "EI000: owner has blanks around it.",
        ),
        (
            "</r:serviceDomain>",
            "</r:serviceDomain><r:mostRecentContent>20260231000000</r:mostRecentContent>",
            "EI000: The time at mostRecentContent does not exist.",
        ),
        (
            "</r:serviceDomain>",
            "</r:serviceDomain><r:unknown/>",
            "EI001: The question breaks the schema of the contract.",
        ),
    ],
)
def test_a_search_that_says_too_little_or_something_else_is_a_fault(
    index: Index, old: str, new: str, fault: str
) -> None:
    text = find().decode()
    assert old in text

    assert fault_of(post(index.app, text.replace(old, new, 1).encode())) == fault


@pytest.mark.parametrize(
    "asked", [{}, {"headers": [("x-skltp-correlation-id", LOG_ID)]}], ids=["without", "with"]
)
def test_a_search_without_correlation_id_is_refused_where_the_setting_says_so(
    tmp_path: Path, asked: dict[str, Any]
) -> None:
    index = Index(new_store(tmp_path / "index.db"), correlation_id_required=True)

    reply = index.find(**asked)

    if asked:
        assert found(reply) == ()
    else:
        assert fault_of(reply) == "EI000: The HTTP header x-skltp-correlation-id must be there, a UUID."


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<", "Client"),
        (b"", "Client"),
        (b"<!DOCTYPE x><x/>", "Client"),
        (update().replace(UPDATE.namespace.encode(), b"urn:example:1"), "Client"),
        (update().replace(b"r:Update", b"r:UpdateResponse"), "Client"),
        (update().replace(b"http://schemas.xmlsoap.org/soap/envelope/", b"urn:x"), "VersionMismatch"),
    ],
    ids=["not XML", "nothing", "a DOCTYPE", "another contract", "an answer", "another SOAP"],
)
def test_what_is_no_question_to_an_index_is_a_technical_fault(index: Index, body: bytes, code: str) -> None:
    reply = post(index.app, body)

    assert fault_of(reply).startswith("EI000: ")
    assert reply.fault_code == code


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"REQUEST_METHOD": "PUT"}, 405),
        ({"CONTENT_TYPE": "application/soap+xml"}, 415),
        ({"CONTENT_LENGTH": str(4 * 1024 * 1024 + 1)}, 413),
        ({"HTTP_CONTENT_ENCODING": "gzip"}, 415),
    ],
)
def test_the_producers_guard_stands_in_front(index: Index, environ: dict[str, str], status: int) -> None:
    assert post(index.app, update(), environ=environ).status == status


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("/", "wsdl", "Update"),
        ("/", "wsdl=FindContent", "FindContent"),
        ("/", "WSDL=ProcessNotification", "ProcessNotification"),
        ("/itintegration/engagementindex/FindContent/1/rivtabp21", "wsdl", "FindContent"),
        ("/itintegration/engagementindex/Update/1/rivtabp21", "wsdl", "Update"),
        ("/x/FindContentInteraction_1.0_RIVTABP21.wsdl", "", "FindContent"),
    ],
)
def test_each_wsdl_is_given_out(index: Index, path: str, query: str, name: str) -> None:
    contract = next(one for one in (UPDATE, FIND_CONTENT, PROCESS_NOTIFICATION) if one.name == name)

    reply = get(index.app, path, query)

    assert reply.status == 200
    assert reply.body == contract.wsdl.read_bytes()


def test_a_caller_is_known_by_its_certificate_and_may_ask_what_the_settings_say(tmp_path: Path) -> None:
    serving = ProducerSettings(
        proxy=ProxySettings(addresses=("10.0.0.1",), header="x-caller", carries="subject"),
        callers=(CallerSettings(hsa_id=SYSTEM, contracts=("Update 1.0",)),),
    )
    index = Index(new_store(tmp_path / "index.db"), serving=serving)

    def asked(body: bytes, caller: str) -> Reply:
        subject = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_CALLER": f"CN=x,serialNumber={caller}"}
        return post(index.app, body, environ=subject)

    assert stored(asked(update(), SYSTEM)) == "OK"
    assert fault_of(asked(find(), SYSTEM)) == "EI000: The caller may not ask this here."
    assert fault_of(asked(update(), "SE2329999995-SYS9")) == "The caller is not known here."


def test_health_tells_whether_the_database_can_be_asked(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    index = Index(new_store(file))
    here = {"REMOTE_ADDR": "127.0.0.1", "REQUEST_METHOD": "GET", "PATH_INFO": "/health/ready"}

    well = call(index.app, here)
    file.rename(tmp_path / "elsewhere")
    ill = call(index.app, here)
    (tmp_path / "elsewhere").rename(file)
    well_again = call(index.app, here)

    assert (well.status, ill.status, well_again.status) == (200, 503, 200)


# -------------------------------------------------------------------------------------------- privacy


def test_no_patient_and_nothing_of_a_question_reaches_the_log_or_a_fault(
    index: Index, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bad = f"  {CANARY}"
    questions = [
        update(write(patient_id=CANARY, categorization=CANARY)),
        update(write(patient_id=CANARY), write(patient_id=CANARY)),
        update(write(patient_id=CANARY, categorization=bad)),
        update(write(patient_id=CANARY)).replace(b"<c:cat", f"<c:k{CANARY}/><c:cat".encode()),
        update(write(patient_id=CANARY)).replace(CANARY.encode(), f"{CANARY}x".encode()),
        update(write(patient_id=CANARY), address=CANARY),
        find(search(patient_id=CANARY, categorization=bad)),
        find(search(patient_id=CANARY), address=f"{CANARY} "),
        find(search(patient_id=CANARY)).replace(b"</r:FindContent>", f"{CANARY}</r:Find>".encode()),
    ]

    replies = [post(index.app, question) for question in questions]

    assert [reply.status for reply in replies] == [200, 200, *[500] * 7]
    assert not any(CANARY.encode() in reply.body for reply in replies)
    assert len(caplog.records) >= len(questions)
    assert CANARY not in caplog.text


def test_every_question_is_one_line_in_the_log(index: Index, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    index.update(write(), write(categorization="vko"))
    index.find(headers=[("x-skltp-correlation-id", "7c0ef7d4-4b69-4d53-9f5b-3f8e2f0b7a11")])
    index.update(write(), write())

    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 3
    assert "contract=Update-1.0 records=2" in said[0]
    assert "contract=FindContent-1.0 records=2" in said[1]
    assert "correlation_id=7c0ef7d4-4b69-4d53-9f5b-3f8e2f0b7a11" in said[1]
    assert said[2].startswith("invalid ")


def test_the_database_holds_no_patient_id_anywhere(tmp_path: Path) -> None:
    index = Index(new_store(tmp_path / "index.db"))

    index.update(write(patient_id=CANARY), write(patient_id=PATIENT))

    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert SYSTEM.encode() in held
    assert CANARY.encode() not in held
    assert PATIENT.encode() not in held


def test_what_is_written_is_a_transaction_of_the_published_contract(index: Index) -> None:
    text = write_transactions(UPDATE, [write()])

    assert stored(post(index.app, write_question(text, OWNER), headers=[("SOAPAction", "")])) == "OK"
