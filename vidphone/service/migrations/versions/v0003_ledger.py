"""The ledger: credit, transfers, what calls and orders cost. It begins with everybody who is a customer already."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("credit", "transfers", "call_charges", "charges")


def upgrade() -> None:
    """Apply."""
    _tables()
    _existing_customers()
    if op.get_bind().dialect.name == "sqlite":
        _for_ever("UPDATE")
        _for_ever("DELETE")


def _for_ever(change: str) -> None:
    """What has moved is never changed: whoever would put something right moves it back."""
    op.execute(
        f"CREATE TRIGGER transfers_{change.lower()} BEFORE {change} ON transfers"
        " BEGIN SELECT RAISE(ABORT, 'transfers are for ever'); END"
    )


def _tables() -> None:
    op.create_table(
        "credit",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("limit_fen", sa.Integer(), nullable=False),
        sa.Column("receivable_fen", sa.Integer(), nullable=False),
        sa.Column("unbilled_fen", sa.Integer(), nullable=False),
        sa.Column("reserved_fen", sa.Integer(), nullable=False),
        sa.CheckConstraint("limit_fen >= 0", name="ck_credit_limit"),
        sa.CheckConstraint("reserved_fen >= 0", name="ck_credit_reserved"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_credit_account_id_accounts"),
        sa.PrimaryKeyConstraint("account_id", name="pk_credit"),
    )
    op.create_table(
        "transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("debit", sa.String(length=20), nullable=False),
        sa.Column("credit", sa.String(length=20), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="ck_transfers_amount"),
        sa.CheckConstraint("debit != credit", name="ck_transfers_sides"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_transfers_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_transfers"),
        sa.UniqueConstraint("reference", name="uq_transfers_reference"),
    )
    op.create_index("ix_transfers_account_id", "transfers", ["account_id", "at"])
    op.create_table(
        "call_charges",
        sa.Column("call", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("video", sa.Boolean(), nullable=False),
        sa.Column("destination_zh", sa.String(length=64), nullable=False),
        sa.Column("destination_en", sa.String(length=64), nullable=False),
        sa.Column("price_e4_yuan", sa.Integer(), nullable=False),
        sa.Column("minimum_s", sa.Integer(), nullable=False),
        sa.Column("increment_s", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("used_s", sa.Integer(), nullable=False),
        sa.Column("granted_s", sa.Integer(), nullable=False),
        sa.Column("reserved_fen", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float()),
        sa.Column("touched_at", sa.Float(), nullable=False),
        sa.Column("billed_s", sa.Integer()),
        sa.Column("amount_fen", sa.Integer()),
        sa.Column("uncovered_fen", sa.Integer()),
        sa.Column("charged_at", sa.Float()),
        sa.Column("bill", sa.String(length=32)),
        sa.CheckConstraint("reserved_fen >= 0", name="ck_call_charges_reserved"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_call_charges_account_id_accounts"),
        sa.PrimaryKeyConstraint("call", name="pk_call_charges"),
    )
    op.create_index("ix_call_charges_account_id", "call_charges", ["account_id", "opened_at"])
    op.create_index(
        "ix_call_charges_running",
        "call_charges",
        ["call"],
        sqlite_where=sa.text("charged_at IS NULL"),
        postgresql_where=sa.text("charged_at IS NULL"),
    )
    op.create_index(
        "ix_call_charges_unbilled",
        "call_charges",
        ["account_id"],
        sqlite_where=sa.text("bill IS NULL"),
        postgresql_where=sa.text("bill IS NULL"),
    )
    op.create_table(
        "charges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("zh", sa.String(length=255), nullable=False),
        sa.Column("en", sa.String(length=255), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("bill", sa.String(length=32)),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_charges_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_charges"),
        sa.UniqueConstraint("reference", name="uq_charges_reference"),
    )
    op.create_index("ix_charges_account_id", "charges", ["account_id"])
    op.create_index(
        "ix_charges_unbilled",
        "charges",
        ["account_id"],
        sqlite_where=sa.text("bill IS NULL"),
        postgresql_where=sa.text("bill IS NULL"),
    )


def _existing_customers() -> None:
    """Their limit is that of their newest order; who has none signed on paper, and has no limit here."""
    connection = op.get_bind()
    ordered = connection.execute(
        sa.text(
            "SELECT agreements.account_id, orders.body FROM orders"
            " JOIN agreements ON agreements.id = orders.agreement_id ORDER BY orders.number"
        )
    )
    limits = {row.account_id: json.loads(row.body)["credit_limit_fen"] for row in ordered}
    for account in connection.scalars(sa.text("SELECT id FROM accounts")).all():
        connection.execute(
            sa.text(
                "INSERT INTO credit (account_id, limit_fen, receivable_fen, unbilled_fen, reserved_fen)"
                " VALUES (:account, :limit, 0, 0, 0)"
            ),
            {"account": account, "limit": limits.get(account, 0)},
        )


def downgrade() -> None:
    """Take back."""
    for table in reversed(TABLES):
        op.drop_table(table)
