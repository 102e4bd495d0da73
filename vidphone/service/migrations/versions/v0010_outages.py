"""Outages and the credits that they earned."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "outages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("cause", sa.String(length=8), nullable=False),
        sa.Column("everyone", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.Float(), nullable=False),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("words_zh", sa.Text(), nullable=False),
        sa.Column("words_en", sa.Text(), nullable=False),
        sa.Column("force_majeure_zh", sa.Text(), nullable=True),
        sa.Column("force_majeure_en", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.Float(), nullable=True),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.Float(), nullable=False),
        sa.Column("settled_to", sa.Integer(), nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR ended_at > began_at", name="ck_outages_times"),
        sa.PrimaryKeyConstraint("id", name="pk_outages"),
    )
    op.create_index("ix_outages_began_at", "outages", ["began_at"])
    op.create_table(
        "outage_accounts",
        sa.Column("outage_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["outage_id"], ["outages.id"], name="fk_outage_accounts_outage_id_outages"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_outage_accounts_account_id_accounts"),
        sa.PrimaryKeyConstraint("outage_id", "account_id", name="pk_outage_accounts"),
    )
    op.create_index("ix_outage_accounts_account_id", "outage_accounts", ["account_id"])
    op.create_table(
        "outage_credits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.Float(), nullable=False),
        sa.Column("ended_at", sa.Float(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_outage_credits_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_outage_credits"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outage_credits_account_id_began_at", "outage_credits", ["account_id", "began_at"])
    op.create_table(
        "service_life",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alive_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_service_life"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("service_life")
    op.drop_table("outage_credits")
    op.drop_table("outage_accounts")
    op.drop_table("outages")
