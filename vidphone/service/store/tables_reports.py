"""The table of what phones reported of problems and crashes. No account and no address stands in it."""

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, String, Table

from vidphone.service.store.tables import metadata

# `build` is that of an offer, or one name for all others. `body` is the report as JSON, packed with zlib; `size` is
# that of the JSON.
problem_reports = Table(
    "problem_reports",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("build", String(80), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("platform", String(32), nullable=False),
    Column("received_at", Float, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_problem_reports_build_channel_received_at", "build", "channel", "received_at"),
    Index("ix_problem_reports_received_at", "received_at"),
)
