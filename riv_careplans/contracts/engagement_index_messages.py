"""The engagement index's messages, type by type, as the codec reads and writes them.

Update, ProcessNotification and FindContent 1.0. Values only: what they mean is said beside, in
`engagement_index`.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import msgspec

from riv_careplans.codes import (
    ENGAGEMENT_INDEX_1,
    FIND_CONTENT_1,
    PROCESS_NOTIFICATION_1,
    UPDATE_1,
    ResultCode,
)
from riv_careplans.model import ContractType, Uri

__all__ = [
    "EngagementMessage",
    "EngagementTransaction",
    "FindContent",
    "FindContentResponse",
    "ProcessNotification",
    "ProcessNotificationResponse",
    "Update",
    "UpdateResponse",
]


class EngagementMessage(ContractType, frozen=True, kw_only=True):
    """EngagementType: one post of the index."""

    namespace: ClassVar[str] = ENGAGEMENT_INDEX_1

    patient_id: str = msgspec.field(name="registeredResidentIdentification")
    service_domain: Uri
    categorization: str
    logical_address: str
    business_object_id: str = msgspec.field(name="businessObjectInstanceIdentifier")
    clinical_process_id: str = msgspec.field(name="clinicalProcessInterestId")
    most_recent_content: dt.datetime | None = None
    source_system: str
    creation_time: dt.datetime | None = None
    update_time: dt.datetime | None = None
    data_controller: str
    owner: str | None = None


class EngagementTransaction(ContractType, frozen=True, kw_only=True):
    """EngagementTransactionType: a post to write or to delete."""

    namespace: ClassVar[str] = ENGAGEMENT_INDEX_1

    delete_flag: bool
    engagement: EngagementMessage


class Update(ContractType, frozen=True, kw_only=True):
    """What a source system tells the index."""

    namespace: ClassVar[str] = UPDATE_1

    transactions: tuple[EngagementTransaction, ...] = msgspec.field(name="engagementTransaction")


class ProcessNotification(Update, frozen=True, kw_only=True):
    """What another index tells: the same elements in another namespace."""

    namespace: ClassVar[str] = PROCESS_NOTIFICATION_1


class UpdateResponse(ContractType, frozen=True, kw_only=True):
    """How it went, for all transactions together."""

    namespace: ClassVar[str] = UPDATE_1

    # The one element of the contract that begins with a capital.
    result_code: ResultCode = msgspec.field(name="ResultCode")
    comment: str | None = None


class ProcessNotificationResponse(UpdateResponse, frozen=True, kw_only=True):
    """The same elements in another namespace."""

    namespace: ClassVar[str] = PROCESS_NOTIFICATION_1


class FindContent(ContractType, frozen=True, kw_only=True):
    """The question: which posts are there about a person."""

    namespace: ClassVar[str] = FIND_CONTENT_1

    patient_id: str = msgspec.field(name="registeredResidentIdentification")
    service_domain: Uri
    categorization: str | None = None
    logical_address: str | None = None
    business_object_id: str | None = msgspec.field(default=None, name="businessObjectInstanceIdentifier")
    clinical_process_id: str | None = msgspec.field(default=None, name="clinicalProcessInterestId")
    most_recent_content: dt.datetime | None = None
    source_system: str | None = None
    data_controller: str | None = None
    owner: str | None = None


class FindContentResponse(ContractType, frozen=True, kw_only=True):
    """The posts that answer the question."""

    namespace: ClassVar[str] = FIND_CONTENT_1

    engagements: tuple[EngagementMessage, ...] = msgspec.field(default=(), name="engagement")
