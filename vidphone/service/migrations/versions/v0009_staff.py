"""Staff, their ways to sign in, sessions of the console; the blind index of customers' names."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("identities", sa.Column("name_index", sa.LargeBinary(length=32), nullable=True))
    op.create_index("ix_identities_name_index", "identities", ["name_index"])
    op.drop_index("ix_reviews_state", "reviews")
    op.create_index("ix_reviews_state", "reviews", ["state", "since", "account_id"])
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("handle", sa.LargeBinary(length=32), nullable=False),
        sa.Column("roles", sa.String(length=64), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("signed_in_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_staff"),
        sa.UniqueConstraint("name", name="uq_staff_name"),
        sa.UniqueConstraint("handle", name="uq_staff_handle"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staff_passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.Float(), nullable=False),
        sa.Column("used_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_passkeys_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_passkeys"),
        sa.UniqueConstraint("credential", name="uq_staff_passkeys_credential"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staff_links",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("totp", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_links_staff_id_staff"),
        sa.PrimaryKeyConstraint("hash", name="pk_staff_links"),
    )
    op.create_table(
        "staff_challenges",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_challenges_staff_id_staff"),
        sa.PrimaryKeyConstraint("hash", name="pk_staff_challenges"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_sessions_staff_id_staff"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_sessions"),
        sa.UniqueConstraint("hash", name="uq_staff_sessions_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "staff_reasons",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("staff", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_staff_reasons_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_reasons"),
    )
    for table in ("staff_passkeys", "staff_links", "staff_sessions"):
        op.create_index(f"ix_{table}_staff_id", table, ["staff_id"])
    op.create_index("ix_staff_challenges_expires_at", "staff_challenges", ["expires_at"])
    op.create_index("ix_staff_reasons_account_id", "staff_reasons", ["account_id"])


def downgrade() -> None:
    """Take back."""
    for table in ("reasons", "sessions", "challenges", "links", "passkeys"):
        op.drop_table(f"staff_{table}")
    op.drop_table("staff")
    op.drop_index("ix_reviews_state", "reviews")
    op.create_index("ix_reviews_state", "reviews", ["state"])
    op.drop_index("ix_identities_name_index", "identities")
    op.drop_column("identities", "name_index")
