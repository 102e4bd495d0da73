"""Cases with their messages, terminals and warranty claims, and how calls went at both ends."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("cases", "case_messages", "case_photos", "call_quality", "terminals", "terminal_events", "warranty_claims")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("ending", sa.String(length=20)),
        sa.Column("opened_at", sa.Float(), nullable=False),
        sa.Column("changed_at", sa.Float(), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_cases_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("account_id", "request", name="uq_cases_account_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cases_account_id", "cases", ["account_id", "id"])
    op.create_index("ix_cases_kind_id", "cases", ["kind", "id"])
    op.create_index("ix_cases_state_due", "cases", ["state", "due", "id"])
    op.create_table(
        "case_messages",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("staff", sa.String(length=64)),
        sa.Column("action", sa.String(length=12), nullable=False),
        sa.Column("words", sa.LargeBinary()),
        sa.Column("amount_fen", sa.Integer()),
        sa.Column("reference", sa.String(length=64)),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_messages_case_id_cases"),
        sa.PrimaryKeyConstraint("case_id", "position", name="pk_case_messages"),
        sa.UniqueConstraint("case_id", "request", name="uq_case_messages_case_id"),
    )
    op.create_table(
        "case_photos",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_case_photos_case_id_cases"),
        sa.PrimaryKeyConstraint("case_id", "position", "page", name="pk_case_photos"),
    )
    op.create_table(
        "call_quality",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_quality_call_id_calls"),
        sa.PrimaryKeyConstraint("call_id", "side", name="pk_call_quality"),
    )
    op.create_table(
        "terminals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("order_number", sa.String(length=32)),
        sa.Column("installed_on", sa.String(length=10), nullable=False),
        sa.Column("opened_on", sa.String(length=10)),
        sa.Column("registered_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_terminals_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_terminals"),
        sa.UniqueConstraint("serial", name="uq_terminals_serial"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_terminals_account_id", "terminals", ["account_id"])
    op.create_table(
        "terminal_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("on_day", sa.String(length=10), nullable=False),
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Integer()),
        sa.Column("staff", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_terminal_events_case_id_cases"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminals.id"], name="fk_terminal_events_terminal_id_terminals"),
        sa.PrimaryKeyConstraint("id", name="pk_terminal_events"),
    )
    op.create_index("ix_terminal_events_terminal_id", "terminal_events", ["terminal_id"])
    op.create_table(
        "warranty_claims",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("noticed_on", sa.String(length=10), nullable=False),
        sa.Column("granted", sa.Boolean()),
        sa.Column("ground", sa.String(length=20)),
        sa.Column("goodwill", sa.Boolean(), nullable=False),
        sa.Column("remedy", sa.String(length=12)),
        sa.Column("decided_on", sa.String(length=10)),
        sa.Column("done_on", sa.String(length=10)),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_warranty_claims_case_id_cases"),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminals.id"], name="fk_warranty_claims_terminal_id_terminals"),
        sa.PrimaryKeyConstraint("case_id", name="pk_warranty_claims"),
    )
    op.create_index("ix_warranty_claims_terminal_id", "warranty_claims", ["terminal_id"])


def downgrade() -> None:
    """Take back."""
    for table in reversed(TABLES):
        op.drop_table(table)
