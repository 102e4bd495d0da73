"""The tables of bills and what follows from them. Days are ISO 8601 of the provider's, money is fen."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from vidphone.service.store.tables import metadata

# From which day the plan of an order is charged; an order's credit limit holds at once.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("order_number", ForeignKey("orders.number"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("plan_from", String(10), nullable=False),
    Column("plan", Text, nullable=False),
    Index("ix_subscriptions_account_id_plan_from", "account_id", "plan_from"),
)

# A month is billed once, whatever crashes: an account has one bill of a period and part. Part 0 is the month's own;
# the final statements of a month, where an agreement was to end more than once, are counted from 1.
bills = Table(
    "bills",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("customer_number", String(15), nullable=False),
    Column("period", String(7), nullable=False),
    Column("part", Integer, nullable=False),
    Column("from_day", String(10), nullable=False),
    Column("to_day", String(10), nullable=False),
    Column("made_on", String(10), nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("total_fen", Integer, nullable=False),
    Column("late_fen", Integer, nullable=False),
    Column("paid_fen", Integer, nullable=False),
    Column("paid_late_fen", Integer, nullable=False),
    Column("late_until", String(10), nullable=False),
    Column("late_open", Boolean, nullable=False),
    Column("rehearsal", Boolean, nullable=False),
    UniqueConstraint("account_id", "period", "part"),
)
# Of `total_fen` those late fees are `late_fen`, and of what was paid `paid_late_fen` went to them. For the days up to
# `late_until` late fees have been charged; `late_open`: there may be more to charge. Of both kinds there are few.
Index(
    "ix_bills_open",
    bills.c.account_id,
    sqlite_where=text("paid_fen < total_fen"),
    postgresql_where=text("paid_fen < total_fen"),
)
Index("ix_bills_late_open", bills.c.account_id, sqlite_where=text("late_open = 1"), postgresql_where=text("late_open"))

bill_lines = Table(
    "bill_lines",
    metadata,
    Column("bill", ForeignKey("bills.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),
    Column("zh", String(255), nullable=False),
    Column("en", String(255), nullable=False),
    Column("from_day", String(10), nullable=False),
    Column("to_day", String(10), nullable=False),
    Column("count", Integer, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("amount_fen", Integer, nullable=False),
)

# What of a payment, or of what was paid in advance, went to a bill.
allocations = Table(
    "allocations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bill", ForeignKey("bills.number"), nullable=False, index=True),
    Column("on_day", String(10), nullable=False),
    Column("method", String(16), nullable=False),
    Column("principal_fen", Integer, nullable=False),
    Column("late_fen", Integer, nullable=False),
)

# What was charged as late fee of a bill for the days after one up to another, by which percentage a day (None: it was
# not kept then); rows without days are corrections of it (clause 14), whose money is in `charges`.
late_fees = Table(
    "late_fees",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bill", ForeignKey("bills.number"), nullable=False, index=True),
    Column("after_day", String(10)),
    Column("until_day", String(10)),
    Column("percent", String(16)),
    Column("amount_fen", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# Which months have been billed to the end.
billing_runs = Table(
    "billing_runs",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("done_at", Float, nullable=False),
    Column("bills", Integer, nullable=False),
    Column("total_fen", Integer, nullable=False),
)

# Where customers stand or stood, other than active. The one that holds has no `to_day`; that is the last whole day.
standings = Table(
    "standings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("state", String(12), nullable=False),
    Column("cause", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("from_day", String(10), nullable=False),
    Column("to_day", String(10)),
)
Index(
    "uq_standings_now",
    standings.c.account_id,
    unique=True,
    sqlite_where=text("to_day IS NULL"),
    postgresql_where=text("to_day IS NULL"),
)

# The service paused as the law asks (clause 10); `reference` is the provider's file, never what it is about.
judicial_pauses = Table(
    "judicial_pauses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("reference", String(64), nullable=False),
    Column("from_day", String(10), nullable=False),
    Column("to_day", String(10)),
)

payment_requests = Table(
    "payment_requests",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("amount_fen", Integer, nullable=False),
    Column("provider", String(16), nullable=False),
    Column("state", String(8), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("paid_at", Float),
)

# Agreements that are ending: `cause` is the customer's wish or debt.
leavings = Table(
    "leavings",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("number", String(15), nullable=False),
    Column("cause", String(8), nullable=False),
    Column("state", String(8), nullable=False, index=True),
    Column("asked_at", Float, nullable=False),
    Column("final_bill", String(32)),
    Column("ended_at", Float),
    Column("rests_until", Float),
    Column("refund_fen", Integer, nullable=False),
)
