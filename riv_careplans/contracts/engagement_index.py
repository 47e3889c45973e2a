"""The engagement index 1.0: Update, FindContent and ProcessNotification, as values and as messages.

An engagement is a post in the index: this source system has this kind of information about this
person. For care plans there is one for each patient, source system and data controller, however many
plans there are. The index holds no plan, and no word of one.

Sources: TKB itintegration:engagementindex 1.0.9, and for the constants of care plans TKB
clinicalprocess:logistics:logistics 3.0.13, section 4.1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from riv_careplans import codec
from riv_careplans.codes import (
    ENGAGEMENT_INDEX_1,
    FIND_CONTENT_1,
    PROCESS_NOTIFICATION_1,
    UPDATE_1,
    ResultCode,
)
from riv_careplans.contract import Contract
from riv_careplans.contracts import engagement_index_messages as messages
from riv_careplans.model import Uri

__all__ = [
    "CARE_PLANS",
    "CARE_PLANS_DOMAIN",
    "CONTRACTS",
    "FIND_CONTENT",
    "MOST_TRANSACTIONS",
    "NOT_APPLICABLE",
    "PROCESS_NOTIFICATION",
    "UPDATE",
    "Engagement",
    "Key",
    "Search",
    "Transaction",
    "UpdateResult",
    "read_found",
    "read_result",
    "read_search",
    "read_transactions",
    "write_found",
    "write_result",
    "write_search",
    "write_transactions",
]

CARE_PLANS_DOMAIN: Final = "riv:clinicalprocess:logistics:logistics"
"""serviceDomain of GetCarePlans; without `urn:`."""

CARE_PLANS: Final = "cll-cp"
"""categorization of GetCarePlans."""

NOT_APPLICABLE: Final = "NA"
"""businessObjectInstanceIdentifier and clinicalProcessInterestId of a post about all plans."""

MOST_TRANSACTIONS: Final = 1000
"""Transactions in one message, as the national index takes them (rule kR3)."""


def _contract(name: str, namespace: str) -> Contract:
    return Contract(
        name=name,
        version="1.0",
        namespace=namespace,
        wsdl_namespace=f"urn:riv:itintegration:engagementindex:{name}:1:rivtabp21",
        soap_actions=(f"{namespace}:{name}",),
        package="itintegration_engagementindex_1.0",
    )


UPDATE: Final = _contract("Update", UPDATE_1)
FIND_CONTENT: Final = _contract("FindContent", FIND_CONTENT_1)
PROCESS_NOTIFICATION: Final = _contract("ProcessNotification", PROCESS_NOTIFICATION_1)
CONTRACTS: Final = (UPDATE, FIND_CONTENT, PROCESS_NOTIFICATION)

Key: TypeAlias = tuple[str, str, str, str, str, str, str, str]
"""What makes a post another post, the owner left out; see `Engagement.key`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """One post of the index. Texts are compared exactly, also HSA-ids."""

    patient_id: str = field(repr=False)
    """Twelve characters without separator; kept out of representations, which end up in logs."""

    service_domain: str = CARE_PLANS_DOMAIN
    categorization: str = CARE_PLANS

    logical_address: str
    """Whom to ask; the source system itself where that is what is addressed, as for care plans."""

    business_object_id: str = NOT_APPLICABLE
    clinical_process_id: str = NOT_APPLICABLE

    most_recent_content: dt.datetime | None = None
    """When the information last changed, removals included; Swedish local time, whole seconds."""

    source_system: str

    data_controller: str
    """`SE` and organisation number, an HSA-id, or an id of the system's own."""

    owner: str | None = None
    """Whose index first got the post. Set by the index, as are the two times."""

    creation_time: dt.datetime | None = None
    update_time: dt.datetime | None = None

    @property
    def key(self) -> Key:
        """The unique key but for the owner, which the index sets: in one index they are one."""
        return (
            self.patient_id,
            self.service_domain,
            self.categorization,
            self.logical_address,
            self.business_object_id,
            self.clinical_process_id,
            self.source_system,
            self.data_controller,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A post to write, over the one with the same key if there is one, or to delete by its key."""

    delete: bool = False
    engagement: Engagement


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateResult:
    """How Update or ProcessNotification went. ERROR: nothing is changed, and sending again is useless."""

    code: ResultCode = ResultCode.OK
    comment: str | None = None
    """Why, for ERROR and INFO. It may repeat what was sent: not for a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What FindContent asks for; a filter that is None lets everything through, others match exactly."""

    patient_id: str = field(repr=False)
    service_domain: str = CARE_PLANS_DOMAIN
    categorization: str | None = None
    logical_address: str | None = None
    business_object_id: str | None = None
    clinical_process_id: str | None = None
    most_recent_content: dt.datetime | None = None
    source_system: str | None = None
    data_controller: str | None = None
    owner: str | None = None


# --- Update and ProcessNotification -------------------------------------------------------------

_CHANGES: Final[dict[str, tuple[type[messages.Update], type[messages.UpdateResponse]]]] = {
    UPDATE_1: (messages.Update, messages.UpdateResponse),
    PROCESS_NOTIFICATION_1: (messages.ProcessNotification, messages.ProcessNotificationResponse),
}
"""The messages of the contracts that change the index, by responder namespace."""


def read_transactions(element: codec.Element) -> tuple[Transaction, ...]:
    """Read an Update or a ProcessNotification that has passed the schema.

    Raises `ContractViolation` for a time that does not exist, such as 31 February.
    """
    kind, _ = _CHANGES[codec.namespace_of(element)]
    return tuple(
        Transaction(delete=one.delete_flag, engagement=_engagement(one.engagement))
        for one in codec.read(kind, element).transactions
    )


def write_transactions(contract: Contract, transactions: Iterable[Transaction]) -> str:
    """Write an Update or a ProcessNotification as an element that can stand in a SOAP body.

    Raises `ContractViolation` for no transaction at all and for a value that XML cannot carry.
    """
    kind, _ = _CHANGES[contract.namespace]
    message = kind(
        transactions=tuple(
            messages.EngagementTransaction(delete_flag=one.delete, engagement=_message(one.engagement))
            for one in transactions
        )
    )
    return f"{_opening(contract, contract.name)}{codec.content(message)}</r:{contract.name}>"


def read_result(element: codec.Element) -> UpdateResult:
    """Read the answer to an Update or a ProcessNotification, which has passed the schema."""
    _, kind = _CHANGES[codec.namespace_of(element)]
    message = codec.read(kind, element)
    return UpdateResult(code=message.result_code, comment=message.comment)


def write_result(contract: Contract, result: UpdateResult) -> str:
    """Write the answer to an Update or a ProcessNotification."""
    _, kind = _CHANGES[contract.namespace]
    message = kind(result_code=result.code, comment=result.comment)
    name = f"{contract.name}Response"
    return f"{_opening(contract, name)}{codec.content(message)}</r:{name}>"


# --- FindContent --------------------------------------------------------------------------------


def read_search(element: codec.Element) -> Search:
    """Read a FindContent that has passed the schema; raises `ContractViolation` as `read_transactions`."""
    message = codec.read(messages.FindContent, element)
    return Search(
        patient_id=message.patient_id,
        service_domain=message.service_domain,
        categorization=message.categorization,
        logical_address=message.logical_address,
        business_object_id=message.business_object_id,
        clinical_process_id=message.clinical_process_id,
        most_recent_content=message.most_recent_content,
        source_system=message.source_system,
        data_controller=message.data_controller,
        owner=message.owner,
    )


def write_search(search: Search) -> str:
    """Write a FindContent as an element that can stand in a SOAP body; raises `ContractViolation`."""
    message = messages.FindContent(
        patient_id=search.patient_id,
        service_domain=Uri(search.service_domain),
        categorization=search.categorization,
        logical_address=search.logical_address,
        business_object_id=search.business_object_id,
        clinical_process_id=search.clinical_process_id,
        most_recent_content=search.most_recent_content,
        source_system=search.source_system,
        data_controller=search.data_controller,
        owner=search.owner,
    )
    return f"{_opening(FIND_CONTENT, 'FindContent')}{codec.content(message)}</r:FindContent>"


def read_found(element: codec.Element) -> tuple[Engagement, ...]:
    """Read the answer to a FindContent, which has passed the schema; raises `ContractViolation`."""
    return tuple(map(_engagement, codec.read(messages.FindContentResponse, element).engagements))


def write_found(engagements: Iterable[Engagement]) -> Iterator[str]:
    """Write the answer to a FindContent, piece by piece."""
    yield _opening(FIND_CONTENT, "FindContentResponse")
    for engagement in engagements:
        yield codec.element(FIND_CONTENT_1, "engagement", _message(engagement))
    yield "</r:FindContentResponse>"


# --- between values and messages ----------------------------------------------------------------


def _opening(contract: Contract, name: str) -> str:
    return f"<r:{name}{codec.declarations(contract.namespace, ENGAGEMENT_INDEX_1)}>"


def _engagement(message: messages.EngagementMessage) -> Engagement:
    return Engagement(
        patient_id=message.patient_id,
        service_domain=message.service_domain,
        categorization=message.categorization,
        logical_address=message.logical_address,
        business_object_id=message.business_object_id,
        clinical_process_id=message.clinical_process_id,
        most_recent_content=message.most_recent_content,
        source_system=message.source_system,
        data_controller=message.data_controller,
        owner=message.owner,
        creation_time=message.creation_time,
        update_time=message.update_time,
    )


def _message(engagement: Engagement) -> messages.EngagementMessage:
    return messages.EngagementMessage(
        patient_id=engagement.patient_id,
        service_domain=Uri(engagement.service_domain),
        categorization=engagement.categorization,
        logical_address=engagement.logical_address,
        business_object_id=engagement.business_object_id,
        clinical_process_id=engagement.clinical_process_id,
        most_recent_content=engagement.most_recent_content,
        source_system=engagement.source_system,
        data_controller=engagement.data_controller,
        owner=engagement.owner,
        creation_time=engagement.creation_time,
        update_time=engagement.update_time,
    )
