"""The tables as 0.1.0 made them: readings, and how each case stands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reading",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "case_state",
        sa.Column("case_id", sa.String(255), primary_key=True),
        sa.Column("content_key", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("record", sa.Text),
        sa.Column("request", sa.Text),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
