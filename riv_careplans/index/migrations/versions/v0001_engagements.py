"""The posts, and the seal that hides whom they are about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

__all__ = ["downgrade", "upgrade"]

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "engagement",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("patient", sa.LargeBinary(32), nullable=False),
        sa.Column("service_domain", sa.String(255), nullable=False),
        sa.Column("categorization", sa.String(255), nullable=False),
        sa.Column("logical_address", sa.String(64), nullable=False),
        sa.Column("business_object_id", sa.String(128), nullable=False),
        sa.Column("clinical_process_id", sa.String(128), nullable=False),
        sa.Column("most_recent_content", sa.String(14)),
        sa.Column("source_system", sa.String(64), nullable=False),
        sa.Column("data_controller", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("creation_time", sa.String(14), nullable=False),
        sa.Column("update_time", sa.String(14), nullable=False),
    )
    op.create_index("engagement_patient", "engagement", ["patient", "service_domain"])
    op.create_table(
        "engagement_seal",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("proof", sa.LargeBinary(32), nullable=False),
        sa.Column("secret", sa.LargeBinary(32)),
    )


def downgrade() -> None:
    """Drop the tables, and every post with them."""
    op.drop_table("engagement_seal")
    op.drop_table("engagement")
