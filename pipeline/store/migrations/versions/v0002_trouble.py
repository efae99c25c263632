"""Why a case was quarantined (0.1.9)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column."""
    op.add_column("case_state", sa.Column("trouble", sa.Text))
