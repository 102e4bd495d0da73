"""The meters of calls that cost."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "meters",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("used_ms", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.Float(), nullable=False),
        sa.Column("flowing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_meters_call_id_calls"),
        sa.PrimaryKeyConstraint("call_id", name="pk_meters"),
    )
    for side in ("caller_id", "callee_id"):  # a customer's own calls, newest first
        op.create_index(f"ix_calls_{side}_proposed_at", "calls", [side, "proposed_at"])


def downgrade() -> None:
    """Take back."""
    for side in ("caller_id", "callee_id"):
        op.drop_index(f"ix_calls_{side}_proposed_at", "calls")
    op.drop_table("meters")
