"""The table of running meters: what a restarted service goes on counting from."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Integer, Table

from vidphone.service.store.tables import metadata

# Of each metered call that was answered, until its end: what of it both sides have confirmed, up to when, and whether
# media flowed then. The ledger has whole seconds, and those of the last renewal.
meters = Table(
    "meters",
    metadata,
    Column("call_id", ForeignKey("calls.id"), primary_key=True),
    Column("used_ms", Integer, nullable=False),
    Column("confirmed_at", Float, nullable=False),
    Column("flowing", Boolean, nullable=False),
)
