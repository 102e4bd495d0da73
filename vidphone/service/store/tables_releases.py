"""The tables of releases: who publishes them, what was done and why, and what phones reported."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, String, Table, Text, text

from vidphone.service.store.tables import metadata

# Members of staff who may hand in releases. Of their token only its SHA-256 is kept.
release_staff = Table(
    "release_staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(32), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", Float, nullable=False),
    Column("removed_at", Float),
)
Index(
    "uq_release_staff_name",
    release_staff.c.name,
    unique=True,
    sqlite_where=text("removed_at IS NULL"),
    postgresql_where=text("removed_at IS NULL"),
)

# Everything that was done. `finished`: its files are in place; else the folder of its id holds them still.
release_deeds = Table(
    "release_deeds",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", Float, nullable=False, index=True),
    Column("staff", String(32), nullable=False),
    Column("action", String(16), nullable=False),
    Column("about", String(255), nullable=False),
    Column("reason", Text, nullable=False),
    Column("numbers", Text, nullable=False),
    Column("finished", Boolean, nullable=False),
)

# Every manifest that was ever published, by the version of its channel's metadata that first named it.
release_offers = Table(
    "release_offers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(8), nullable=False),
    Column("platform", String(32), nullable=False),
    Column("role_version", Integer, nullable=False),
    Column("build_id", String(64), nullable=False, index=True),
    Column("sequence", BigInteger, nullable=False),
    Column("manifest", String(64), nullable=False),
    Column("at", Float, nullable=False),
)

# Metadata that waits for further signatures.
release_proposals = Table(
    "release_proposals",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("staff", String(32), nullable=False),
    Column("at", Float, nullable=False),
    Column("body", Text, nullable=False),
)

# What became of a build on an account's installation, which is known by a hash only. Each kind of event counts once.
release_reports = Table(
    "release_reports",
    metadata,
    Column("build_id", String(64), primary_key=True),
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("install", String(64), primary_key=True),
    Column("event", String(16), primary_key=True),
    Column("channel", String(8), nullable=False),
    Column("platform", String(32), nullable=False),
    Column("code", String(64), nullable=False),
    Column("at", Float, nullable=False),
)
Index("ix_release_reports_at", release_reports.c.at)

# Builds that are offered to nobody, and were.
release_holds = Table(
    "release_holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("build_id", String(64), nullable=False),
    Column("cause", String(16), nullable=False),
    Column("since", Float, nullable=False),
    Column("lifted_at", Float),
)
Index(
    "uq_release_holds_build_id",
    release_holds.c.build_id,
    unique=True,
    sqlite_where=text("lifted_at IS NULL"),
    postgresql_where=text("lifted_at IS NULL"),
)
