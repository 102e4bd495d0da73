"""How Alembic reaches the database: over the connection that `store.engine` hands it, in that one's transaction."""

from alembic import context

from vidphone.service.store import (  # noqa: F401 - they add to the metadata
    tables_agreement,
    tables_billing,
    tables_cases,
    tables_identity,
    tables_ledger,
    tables_meters,
    tables_notices,
    tables_outages,
    tables_releases,
    tables_reports,
    tables_staff,
)
from vidphone.service.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
