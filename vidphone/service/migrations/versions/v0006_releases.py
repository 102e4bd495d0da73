"""What support staff released and what phones reported of it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _staff()
    _reports()
    op.create_table(
        "problem_reports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("build", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("received_at", sa.Float(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_problem_reports"),
    )
    op.create_index(
        "ix_problem_reports_build_channel_received_at", "problem_reports", ["build", "channel", "received_at"]
    )
    op.create_index("ix_problem_reports_received_at", "problem_reports", ["received_at"])


def _staff() -> None:
    op.create_table(
        "release_staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("removed_at", sa.Float()),
        sa.PrimaryKeyConstraint("id", name="pk_release_staff"),
        sa.UniqueConstraint("token_hash", name="uq_release_staff_token_hash"),
    )
    _one_open("uq_release_staff_name", "release_staff", "name", "removed_at")
    op.create_table(
        "release_deeds",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("staff", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release_deeds"),
    )
    op.create_index("ix_release_deeds_at", "release_deeds", ["at"])
    op.create_table(
        "release_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("role_version", sa.Integer(), nullable=False),
        sa.Column("build_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release_offers"),
    )
    op.create_index("ix_release_offers_build_id", "release_offers", ["build_id"])
    op.create_table(
        "release_proposals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff", sa.String(length=32), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release_proposals"),
    )


def _reports() -> None:
    op.create_table(
        "release_reports",
        sa.Column("build_id", sa.String(length=64), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("install", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("build_id", "account", "install", "event", name="pk_release_reports"),
    )
    op.create_index("ix_release_reports_at", "release_reports", ["at"])
    op.create_table(
        "release_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("build_id", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("lifted_at", sa.Float()),
        sa.PrimaryKeyConstraint("id", name="pk_release_holds"),
    )
    _one_open("uq_release_holds_build_id", "release_holds", "build_id", "lifted_at")


def _one_open(name: str, table: str, column: str, until: str) -> None:
    open_ones = sa.text(f"{until} IS NULL")
    op.create_index(name, table, [column], unique=True, sqlite_where=open_ones, postgresql_where=open_ones)


def downgrade() -> None:
    """Take back."""
    for table in (
        "release_holds",
        "release_reports",
        "release_proposals",
        "release_offers",
        "release_deeds",
        "release_staff",
        "problem_reports",
    ):
        op.drop_table(table)
