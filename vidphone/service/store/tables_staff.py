"""The tables of the provider's staff: who may sign in to the console, how, until when, and why they did something."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, LargeBinary, String, Table

from vidphone.service.store.tables import metadata
from vidphone.service.store.tables_identity import SEALED

# `handle` names a member of staff to passkeys; `totp_step` is the last 30 s whose code was taken: none is taken twice.
staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(32), nullable=False, unique=True),
    Column("handle", LargeBinary(32), nullable=False, unique=True),
    Column("roles", String(64), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("password_hash", String(255)),
    Column("totp", LargeBinary, info=SEALED),
    Column("totp_step", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("signed_in_at", Float),
    sqlite_autoincrement=True,
)

staff_passkeys = Table(
    "staff_passkeys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("credential", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", Integer, nullable=False),
    Column("added_at", Float, nullable=False),
    Column("used_at", Float),
    sqlite_autoincrement=True,
)

# A link by which a member of staff sets up a way to sign in, once; `totp` is the secret that it offers.
staff_links = Table(
    "staff_links",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("totp", LargeBinary, nullable=False, info=SEALED),
    Column("expires_at", Float, nullable=False),
)

# What a passkey is asked to sign, once.
staff_challenges = Table(
    "staff_challenges",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id")),
    Column("expires_at", Float, nullable=False, index=True),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("way", String(8), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
    sqlite_autoincrement=True,
)

# Why staff did something. It may name somebody: it is sealed, and the audit chain has its id and its hash only.
staff_reasons = Table(
    "staff_reasons",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), index=True),
    Column("kind", String(32), nullable=False),
    Column("staff", String(64), nullable=False),
    Column("reason", LargeBinary, nullable=False, info=SEALED),
    Column("at", Float, nullable=False),
)
