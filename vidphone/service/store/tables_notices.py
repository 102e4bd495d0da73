"""The tables of announcements, changed numbers and changed agreements. Days are ISO 8601 of the provider's."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text, text

from vidphone.service.store.tables import metadata

# What is published stays as it is; `published_at` grows from each announcement to the next.
announcements = Table(
    "announcements",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("title_zh", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("body_zh", Text, nullable=False),
    Column("body_en", Text, nullable=False),
    Column("audience", String(8), nullable=False),
    Column("plan", String(64)),
    Column("agreement_version", ForeignKey("agreement_versions.version")),
    Column("begins_at", Float),
    Column("ends_at", Float),
    Column("publish_at", Float, nullable=False),
    Column("published_at", Float, unique=True),
    Column("withdrawn_at", Float),
    Column("written_by", String(64), nullable=False),
    Column("written_at", Float, nullable=False),
)

# Whom an announcement concerns that is not for everyone.
announcement_accounts = Table(
    "announcement_accounts",
    metadata,
    Column("announcement_id", ForeignKey("announcements.id"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), primary_key=True, index=True),
)

announcement_reads = Table(
    "announcement_reads",
    metadata,
    Column("announcement_id", ForeignKey("announcements.id"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), primary_key=True, index=True),
    Column("read_at", Float, nullable=False),
)

# A number that becomes another; what was done stays, so that the old one leads to its customer.
number_changes = Table(
    "number_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("old_number", String(15), nullable=False, index=True),
    Column("new_number", String(15), nullable=False),
    Column("effective_at", Float, nullable=False),
    Column("rest_s", Float, nullable=False),
    Column("done_at", Float),
    Column("withdrawn_at", Float),
    Column("announcement_id", ForeignKey("announcements.id"), nullable=False),
    sqlite_autoincrement=True,
)

# A customer has one change of number before them at the most.
Index(
    "uq_number_changes_planned",
    number_changes.c.account_id,
    unique=True,
    sqlite_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
    postgresql_where=text("done_at IS NULL AND withdrawn_at IS NULL"),
)

# A version that those who have another one may object to. `settled_account`: up to whom the time has accepted it.
agreement_changes = Table(
    "agreement_changes",
    metadata,
    Column("version", ForeignKey("agreement_versions.version"), primary_key=True),
    Column("announcement_id", ForeignKey("announcements.id"), nullable=False, unique=True),
    Column("months", Integer, nullable=False),
    Column("published_on", String(10)),
    Column("until_day", String(10)),
    Column("settled_account", Integer, nullable=False),
    Column("settled_at", Float),
)

# What became of a version with a customer, once; nothing stands here while the time to object runs.
agreement_answers = Table(
    "agreement_answers",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column("version", ForeignKey("agreement_changes.version"), primary_key=True),
    Column("answer", String(16), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("on_day", String(10), nullable=False),
    Column("at", Float, nullable=False),
    Column("case_number", String(16)),
    Index("ix_agreement_answers_version_answer", "version", "answer"),
)
