"""The tables of identity data, of what was disclosed of them, and of the audit chain.

Columns marked `SEALED` hold what the vault made; everything that could name a person is in one of them. The blind
indexes serve to find and to compare, and cannot be read back.
"""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from vidphone.service.store.tables import metadata

SEALED = {"sealed": True}
"""`Column(…, info=SEALED)`: holds a sealed value or a wrapped data key. A change of keys finds its columns by it."""

identities = Table(
    "identities",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("identity_kind", String(32), nullable=False),
    Column("data_key", LargeBinary, info=SEALED),  # destroyed with an erasure: then nothing below can be read
    Column("name", LargeBinary),
    Column("birth_date", LargeBinary),
    Column("address", LargeBinary),
    Column("postcode", LargeBinary),
    Column("identity_number", LargeBinary),
    Column("employer", LargeBinary),
    Column("telephone", LargeBinary),
    Column("identity_index", LargeBinary(32)),
    Column("telephone_index", LargeBinary(32)),
    Column("name_index", LargeBinary(32)),
    Column("active", Boolean, nullable=False),
    Column("stored_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("erased_at", Float),
    Index("ix_identities_identity_index", "identity_index"),
    Index("ix_identities_telephone_index", "telephone_index"),
    Index("ix_identities_name_index", "name_index"),
)

# Of two active agreements for one identity, the second is refused by the database itself.
Index(
    "uq_identities_active",
    identities.c.identity_index,
    unique=True,
    sqlite_where=text("active = 1"),
    postgresql_where=text("active"),
)

# Copies of identity cards and licences, each with a data key of its own inside `body`.
identity_copies = Table(
    "identity_copies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("content_type", String(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, info=SEALED),
    Column("sent_at", Float, nullable=False),
    Column("erased_at", Float),
    sqlite_autoincrement=True,
)

# Each time that identity data were revealed or handed over. The reason may name somebody: it is sealed with the data.
disclosures = Table(
    "disclosures",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("at", Float, nullable=False),
    Column("staff", String(64), nullable=False),
    Column("fields", String(255), nullable=False),
    Column("reason", LargeBinary, nullable=False),
)

# A chain: each hash covers the one before. No two entries can follow the same one.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Float, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    Index("ix_audit_subject", "subject"),
)
