"""What was charged as late fees, so that force majeure which is marked later gives it back."""

import re
from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BILL = re.compile(r"[0-9]{6}-[0-9]+(?:-F[0-9]*)?")


def upgrade() -> None:
    """Apply. The lines of earlier bills name the bill that they are the late fee of."""
    late_fees = op.create_table(
        "late_fees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bill", sa.String(length=32), nullable=False),
        sa.Column("after_day", sa.String(length=10), nullable=True),
        sa.Column("until_day", sa.String(length=10), nullable=True),
        sa.Column("percent", sa.String(length=16), nullable=True),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["bill"], ["bills.number"], name="fk_late_fees_bill_bills"),
        sa.PrimaryKeyConstraint("id", name="pk_late_fees"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_late_fees_bill", "late_fees", ["bill"])
    connection = op.get_bind()
    lines = connection.execute(
        sa.text("SELECT en, from_day, to_day, amount_fen FROM bill_lines WHERE kind = 'late-fee' ORDER BY bill")
    ).all()
    known = set(connection.scalars(sa.text("SELECT number FROM bills")))
    rows = [
        {
            "bill": named[0],
            "after_day": (date.fromisoformat(line.from_day) - timedelta(days=1)).isoformat(),
            "until_day": line.to_day,
            "percent": None,
            "amount_fen": line.amount_fen,
        }
        for line in lines
        if (named := _BILL.search(line.en)) is not None and named[0] in known
    ]
    if rows:
        connection.execute(sa.insert(late_fees), rows)


def downgrade() -> None:
    """Take back."""
    op.drop_table("late_fees")
