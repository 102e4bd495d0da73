"""The tables of outages, of the service's sign of life, and of what outages earned."""

from sqlalchemy import Boolean, CheckConstraint, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from vidphone.service.store.tables import metadata

# A time without service. One without an end goes on; one that was withdrawn never was.
outages = Table(
    "outages",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("cause", String(8), nullable=False),
    Column("everyone", Boolean, nullable=False),
    Column("began_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("words_zh", Text, nullable=False),
    Column("words_en", Text, nullable=False),
    Column("force_majeure_zh", Text),
    Column("force_majeure_en", Text),
    Column("withdrawn_at", Float),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", Float, nullable=False),
    # Customers up to this one have got what it earns; None: all have.
    Column("settled_to", Integer),
    CheckConstraint("ended_at IS NULL OR ended_at > began_at", name="ck_outages_times"),
)
Index("ix_outages_began_at", outages.c.began_at)

# Whom an outage concerned that was not everyone's.
outage_accounts = Table(
    "outage_accounts",
    metadata,
    Column("outage_id", ForeignKey("outages.id"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), primary_key=True, index=True),
)

# What a customer got for an interruption, and what was taken back of it; the money itself is in `charges`.
outage_credits = Table(
    "outage_credits",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("began_at", Float, nullable=False),
    Column("ended_at", Float, nullable=False),
    Column("amount_fen", Integer, nullable=False),
    Column("at", Float, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_outage_credits_account_id_began_at", outage_credits.c.account_id, outage_credits.c.began_at)

# One row: when the service was last alive.
service_life = Table(
    "service_life",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alive_at", Float, nullable=False),
)
