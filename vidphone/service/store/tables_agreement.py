"""The tables of signing up and of what comes of it. Columns marked `SEALED` hold what the vault made."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from vidphone.service.store.tables import metadata
from vidphone.service.store.tables_identity import SEALED

# The numbers that customers choose from, and what has become of each.
number_pool = Table(
    "number_pool",
    metadata,
    Column("number", String(15), primary_key=True),
    Column("state", String(8), nullable=False, index=True),
    Column("held_by", String(32)),
    Column("until", Float),
)

# A sign-up from its beginning until a day after its end; of one that was given up nothing is kept.
sign_ups = Table(
    "sign_ups",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("state", String(8), nullable=False),
    Column("token_hash", String(64), nullable=False),
    Column("number", String(15), nullable=False),
    Column("identity_index", LargeBinary, unique=True),
    Column("expires_at", Float, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False, info=SEALED),
    Column("document", LargeBinary, info=SEALED),
    Column("agreement_id", ForeignKey("agreements.id")),
)

# Every version that was ever offered, as it was read.
agreement_versions = Table(
    "agreement_versions",
    metadata,
    Column("version", String(32), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("published_on", String(10), nullable=False),
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("notice_zh", Text, nullable=False),
    Column("notice_en", Text, nullable=False),
    Column("kept_at", Float, nullable=False),
)

catalogue_versions = Table(
    "catalogue_versions",
    metadata,
    Column("version", String(32), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("kept_at", Float, nullable=False),
)

agreements = Table(
    "agreements",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("version", String(32), nullable=False),
    Column("state", String(8), nullable=False),
    Column("reference", String(64)),
    Column("signed_at", Float, nullable=False),
    Column("document_sha256", String(64)),
    Column("document", LargeBinary, info=SEALED),
)

# An account has one agreement in force at the most, be it on paper or not.
Index(
    "uq_agreements_in_force",
    agreements.c.account_id,
    unique=True,
    sqlite_where=text("state != 'ended'"),
    postgresql_where=text("state != 'ended'"),
)

# The last order number that was given out, by day of the provider.
order_days = Table(
    "order_days",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("last", Integer, nullable=False),
)

# An order is kept in its canonical form, which its hash is of.
orders = Table(
    "orders",
    metadata,
    Column("number", String(32), primary_key=True),
    Column("agreement_id", ForeignKey("agreements.id"), nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("version", String(32), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("given_at", Float, nullable=False),
)

reviews = Table(
    "reviews",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("state", String(16), nullable=False),
    Column("reason", LargeBinary, nullable=False, info=SEALED),
    Column("since", Float, nullable=False),
    Index("ix_reviews_state", "state", "since", "account_id"),
)
