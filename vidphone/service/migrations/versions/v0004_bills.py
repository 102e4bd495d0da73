"""Bills, standing, payments, leaving, and which plan holds from when; at first that of each order kept so far."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "billing_runs",
    "bills",
    "judicial_pauses",
    "leavings",
    "payment_requests",
    "standings",
    "allocations",
    "bill_lines",
    "subscriptions",
)


def upgrade() -> None:
    """Apply."""
    _tables()
    _existing_orders()


def _tables() -> None:
    op.create_table(
        "billing_runs",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("done_at", sa.Float(), nullable=False),
        sa.Column("bills", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", name="pk_billing_runs"),
    )
    op.create_table(
        "bills",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("customer_number", sa.String(length=15), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.String(length=10), nullable=False),
        sa.Column("to_day", sa.String(length=10), nullable=False),
        sa.Column("made_on", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.String(length=10), nullable=False),
        sa.Column("total_fen", sa.Integer(), nullable=False),
        sa.Column("late_fen", sa.Integer(), nullable=False),
        sa.Column("paid_fen", sa.Integer(), nullable=False),
        sa.Column("paid_late_fen", sa.Integer(), nullable=False),
        sa.Column("late_until", sa.String(length=10), nullable=False),
        sa.Column("late_open", sa.Boolean(), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_bills_account_id_accounts"),
        sa.PrimaryKeyConstraint("number", name="pk_bills"),
        sa.UniqueConstraint("account_id", "period", "part", name="uq_bills_account_id"),
    )
    op.create_index(
        "ix_bills_late_open",
        "bills",
        ["account_id"],
        sqlite_where=sa.text("late_open = 1"),
        postgresql_where=sa.text("late_open"),
    )
    op.create_index(
        "ix_bills_open",
        "bills",
        ["account_id"],
        sqlite_where=sa.text("paid_fen < total_fen"),
        postgresql_where=sa.text("paid_fen < total_fen"),
    )
    op.create_table(
        "judicial_pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("from_day", sa.String(length=10), nullable=False),
        sa.Column("to_day", sa.String(length=10)),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_judicial_pauses_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_judicial_pauses"),
    )
    op.create_index("ix_judicial_pauses_account_id", "judicial_pauses", ["account_id"])
    op.create_table(
        "leavings",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=15), nullable=False),
        sa.Column("cause", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.Float(), nullable=False),
        sa.Column("final_bill", sa.String(length=32)),
        sa.Column("ended_at", sa.Float()),
        sa.Column("rests_until", sa.Float()),
        sa.Column("refund_fen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_leavings_account_id_accounts"),
        sa.PrimaryKeyConstraint("account_id", name="pk_leavings"),
    )
    op.create_index("ix_leavings_state", "leavings", ["state"])
    op.create_table(
        "payment_requests",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("paid_at", sa.Float()),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_payment_requests_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_payment_requests"),
    )
    op.create_index("ix_payment_requests_account_id", "payment_requests", ["account_id"])
    op.create_table(
        "standings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("from_day", sa.String(length=10), nullable=False),
        sa.Column("to_day", sa.String(length=10)),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_standings_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_standings"),
    )
    op.create_index("ix_standings_account_id", "standings", ["account_id"])
    op.create_index(
        "uq_standings_now",
        "standings",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("to_day IS NULL"),
        postgresql_where=sa.text("to_day IS NULL"),
    )
    op.create_table(
        "allocations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bill", sa.String(length=32), nullable=False),
        sa.Column("on_day", sa.String(length=10), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("principal_fen", sa.Integer(), nullable=False),
        sa.Column("late_fen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bill"], ["bills.number"], name="fk_allocations_bill_bills"),
        sa.PrimaryKeyConstraint("id", name="pk_allocations"),
    )
    op.create_index("ix_allocations_bill", "allocations", ["bill"])
    op.create_table(
        "bill_lines",
        sa.Column("bill", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("zh", sa.String(length=255), nullable=False),
        sa.Column("en", sa.String(length=255), nullable=False),
        sa.Column("from_day", sa.String(length=10), nullable=False),
        sa.Column("to_day", sa.String(length=10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bill"], ["bills.number"], name="fk_bill_lines_bill_bills"),
        sa.PrimaryKeyConstraint("bill", "position", name="pk_bill_lines"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("order_number", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("plan_from", sa.String(length=10), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_subscriptions_account_id_accounts"),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name="fk_subscriptions_order_number_orders"),
        sa.PrimaryKeyConstraint("order_number", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_account_id_plan_from", "subscriptions", ["account_id", "plan_from"])


def _existing_orders() -> None:
    connection = op.get_bind()
    ordered = connection.execute(
        sa.text(
            "SELECT orders.number, orders.body, agreements.account_id FROM orders"
            " JOIN agreements ON agreements.id = orders.agreement_id"
        )
    )
    for row in ordered.all():
        order = json.loads(row.body)
        connection.execute(
            sa.text(
                "INSERT INTO subscriptions (order_number, account_id, plan_from, plan)"
                " VALUES (:number, :account, :plan_from, :plan)"
            ),
            {
                "number": row.number,
                "account": row.account_id,
                "plan_from": order["ordered_on"],
                "plan": json.dumps(order["plan"], ensure_ascii=False),
            },
        )


def downgrade() -> None:
    """Take back."""
    for table in reversed(TABLES):
        op.drop_table(table)
