"""The tables as the programs see them; the migrations make them, and a test compares the two."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table

__all__ = ["ENGAGEMENT", "METADATA", "SEAL", "VERSION_TABLE"]

VERSION_TABLE: Final = "engagement_version"
"""Where alembic notes how far a database has come; its own name, because others may use alembic there too."""

METADATA: Final = MetaData()

ENGAGEMENT: Final = Table(
    "engagement",
    METADATA,
    # Of the seal over everything that makes a post another post, the owner included.
    Column("key", LargeBinary(32), primary_key=True),
    # Of the seal over the patient's id, which itself is nowhere.
    Column("patient", LargeBinary(32), nullable=False),
    Column("service_domain", String(255), nullable=False),
    Column("categorization", String(255), nullable=False),
    Column("logical_address", String(64), nullable=False),
    Column("business_object_id", String(128), nullable=False),
    Column("clinical_process_id", String(128), nullable=False),
    # Times are YYYYMMDDhhmmss, as the contract writes and compares them.
    Column("most_recent_content", String(14)),
    Column("source_system", String(64), nullable=False),
    Column("data_controller", String(64), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("creation_time", String(14), nullable=False),
    Column("update_time", String(14), nullable=False),
    Index("engagement_patient", "patient", "service_domain"),
)

SEAL: Final = Table(
    "engagement_seal",
    METADATA,
    # There is one row.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("proof", LargeBinary(32), nullable=False),
    # Empty when the secret is a file of the operator's.
    Column("secret", LargeBinary(32)),
)
