"""Announcements, changed numbers, objections to a changed agreement."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("account_events", sa.Column("topic", sa.String(length=16)))


def downgrade() -> None:
    """Take back."""
    op.drop_column("account_events", "topic")
