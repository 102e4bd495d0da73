"""The tables. Times are UTC seconds since 1970; the migrations create what stands here."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(15), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
)

# A device's token: only its SHA-256 is kept, so that a stolen database signs nobody in.
tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("device", String(32), nullable=False),
    Column("device_name", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("created_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
    UniqueConstraint("account_id", "device"),
    sqlite_autoincrement=True,
)

# What a running service has to hear of: a number disabled, tokens revoked, something new on a topic.
account_events = Table(
    "account_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(15), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("token_id", Integer),
    Column("at", Float, nullable=False),
    Column("topic", String(16)),
    sqlite_autoincrement=True,
)

RINGING, ACCEPTED, ENDED = "ringing", "accepted", "ended"
"""The states of a call."""

calls = Table(
    "calls",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("caller_id", ForeignKey("accounts.id"), nullable=False),
    Column("caller_device", String(32), nullable=False),
    Column("callee_id", ForeignKey("accounts.id"), nullable=False),
    Column("callee_device", String(32)),
    Column("video", Boolean, nullable=False),
    Column("state", String(8), nullable=False),
    Column("accept", Text),
    Column("proposed_at", Float, nullable=False),
    Column("accepted_at", Float),
    Column("ended_at", Float),
    Column("reason", String(32)),
    Index("ix_calls_state_ended_at", "state", "ended_at"),
    Index("ix_calls_caller_id_proposed_at", "caller_id", "proposed_at"),
    Index("ix_calls_callee_id_proposed_at", "callee_id", "proposed_at"),
)
