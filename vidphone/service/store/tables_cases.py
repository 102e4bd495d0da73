"""The tables of cases, of terminals and of how calls went. Days are ISO 8601 of the provider's, money is fen.

Columns marked `SEALED` hold what the vault made: what people write and photograph may name anybody.
"""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

from vidphone.service.store.tables import metadata
from vidphone.service.store.tables_identity import SEALED

# `request` is the id that whoever opened it chose, so that asking twice opens one. `about` is what it is about:
# `line:<bill>:<position>`, `call:<id>`, `clause:<n>`, `agreement:<version>`, `terminal:<id>`. Where nothing is due,
# `due` is `9999-12-31`.
cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("request", String(64), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("about", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("since", String(10), nullable=False),
    Column("due", String(10), nullable=False),
    Column("ending", String(20)),
    Column("opened_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
    Index("ix_cases_account_id", "account_id", "id"),
    Index("ix_cases_state_due", "state", "due", "id"),
    Index("ix_cases_kind_id", "kind", "id"),
    Unique("account_id", "request"),
    sqlite_autoincrement=True,
)

# What was said and done in a case, in its order. `side` is customer, provider or service; `action` what a message
# did; `amount_fen` an adjustment, which the ledger and the bill know by `reference`.
case_messages = Table(
    "case_messages",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("request", String(64), nullable=False),
    Column("side", String(8), nullable=False),
    Column("staff", String(64)),
    Column("action", String(12), nullable=False),
    Column("words", LargeBinary, info=SEALED),
    Column("amount_fen", Integer),
    Column("reference", String(64)),
    Column("at", Float, nullable=False),
    Unique("case_id", "request"),
)

case_photos = Table(
    "case_photos",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("body", LargeBinary, info=SEALED),
)

# How a call went at one end, as the phone there told it once: figures, nothing that names anybody.
call_quality = Table(
    "call_quality",
    metadata,
    Column("call_id", ForeignKey("calls.id"), primary_key=True),
    Column("side", String(6), primary_key=True),
    Column("body", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# Devices that were handed to customers. `serial` is that of the device in use; those before it are in the events.
terminals = Table(
    "terminals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("serial", String(32), nullable=False, unique=True),
    Column("model", String(64), nullable=False),
    Column("order_number", String(32)),
    Column("installed_on", String(10), nullable=False),
    Column("opened_on", String(10)),
    Column("registered_at", Float, nullable=False),
    sqlite_autoincrement=True,
)

terminal_events = Table(
    "terminal_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("terminal_id", ForeignKey("terminals.id"), nullable=False, index=True),
    Column("kind", String(12), nullable=False),
    Column("on_day", String(10), nullable=False),
    Column("serial", String(32), nullable=False),
    Column("case_id", ForeignKey("cases.id")),
    Column("staff", String(64), nullable=False),
    Column("at", Float, nullable=False),
)

# A claim is a case; here is what the agreement's clause 4 asks of it, and what came of it.
warranty_claims = Table(
    "warranty_claims",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("terminal_id", ForeignKey("terminals.id"), nullable=False, index=True),
    Column("category", String(20), nullable=False),
    Column("noticed_on", String(10), nullable=False),
    Column("granted", Boolean),
    Column("ground", String(20)),
    Column("goodwill", Boolean, nullable=False),
    Column("remedy", String(12)),
    Column("decided_on", String(10)),
    Column("done_on", String(10)),
)
