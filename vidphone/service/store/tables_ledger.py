"""The tables of the ledger. Money is integer fen; times are UTC seconds since 1970."""

from sqlalchemy import Boolean, CheckConstraint, Column, Float, ForeignKey, Index, Integer, String, Table, text

from vidphone.service.store.tables import metadata

# What a customer may use and has used. The sums stand here so that a call asks one row; `transfers` is what they are
# the sums of. This row is what all calls of a customer take turns at.
credit = Table(
    "credit",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("limit_fen", Integer, nullable=False),
    Column("receivable_fen", Integer, nullable=False),
    Column("unbilled_fen", Integer, nullable=False),
    Column("reserved_fen", Integer, nullable=False),
    CheckConstraint("limit_fen >= 0", name="ck_credit_limit"),
    CheckConstraint("reserved_fen >= 0", name="ck_credit_reserved"),
)

# Every movement of money, for ever: one row is both of its sides, so each sums to zero. Triggers refuse any change.
transfers = Table(
    "transfers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String(64), nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("debit", String(20), nullable=False),
    Column("credit", String(20), nullable=False),
    Column("amount_fen", Integer, nullable=False),
    Column("at", Float, nullable=False),
    Index("ix_transfers_account_id", "account_id", "at"),
    CheckConstraint("amount_fen > 0", name="ck_transfers_amount"),
    CheckConstraint("debit != credit", name="ck_transfers_sides"),
)

# A call that costs, from its reservation on; `charged_at` is set once it is over; `bill` names the
# bill that it stands on.
call_charges = Table(
    "call_charges",
    metadata,
    Column("call", String(32), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("number", String(32), nullable=False),
    Column("video", Boolean, nullable=False),
    Column("destination_zh", String(64), nullable=False),
    Column("destination_en", String(64), nullable=False),
    Column("price_e4_yuan", Integer, nullable=False),
    Column("minimum_s", Integer, nullable=False),
    Column("increment_s", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("used_s", Integer, nullable=False),
    Column("granted_s", Integer, nullable=False),
    Column("reserved_fen", Integer, nullable=False),
    Column("opened_at", Float, nullable=False),
    Column("started_at", Float),
    Column("touched_at", Float, nullable=False),
    Column("billed_s", Integer),
    Column("amount_fen", Integer),
    Column("uncovered_fen", Integer),
    Column("charged_at", Float),
    Column("bill", String(32)),
    CheckConstraint("reserved_fen >= 0", name="ck_call_charges_reserved"),
)
Index(
    "ix_call_charges_running",
    call_charges.c.call,
    sqlite_where=text("charged_at IS NULL"),
    postgresql_where=text("charged_at IS NULL"),
)
Index(
    "ix_call_charges_unbilled",
    call_charges.c.account_id,
    sqlite_where=text("bill IS NULL"),
    postgresql_where=text("bill IS NULL"),
)
Index("ix_call_charges_account_id", call_charges.c.account_id, call_charges.c.opened_at)

# What else is charged or given back: orders and adjustments, in the provider's words; below zero in the customer's
# favour.
charges = Table(
    "charges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("zh", String(255), nullable=False),
    Column("en", String(255), nullable=False),
    Column("amount_fen", Integer, nullable=False),
    Column("reference", String(64), nullable=False, unique=True),
    Column("at", Float, nullable=False),
    Column("bill", String(32)),
)
Index(
    "ix_charges_unbilled",
    charges.c.account_id,
    sqlite_where=text("bill IS NULL"),
    postgresql_where=text("bill IS NULL"),
)
