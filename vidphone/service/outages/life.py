"""The service's own downtime: it signs that it lives, and finds after a start how long it did not (clause 13)."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.audit.log import AuditLog
from vidphone.service.billing.lines import in_both
from vidphone.service.outages.book import Cause, Record, record
from vidphone.service.store.engine import writing
from vidphone.service.store.hints import hint
from vidphone.service.store.tables_outages import service_life
from vidphone.wire.signaling import Topic

BEAT_S = 30.0
DOWN_S = 120.0
"""A shorter silence is a restart: nobody waits that long to dial again, and calls go on through it."""
_ROW = 1


@dataclass(frozen=True, slots=True)
class Life:
    """Blocking. Times are UTC seconds since 1970."""

    engine: Engine
    audit: AuditLog

    def begin(self, at: float) -> str | None:
        """As the service starts: records an outage of everyone where it was silent for longer; its id."""
        with writing(self.engine) as connection:
            return _begin(connection, self.audit, at)

    def beat(self, at: float) -> None:
        """The service lives."""
        with writing(self.engine) as connection:
            _sign(connection, at)


def _begin(connection: Connection, audit: AuditLog, at: float) -> str | None:
    alive_at = connection.scalar(select(service_life.c.alive_at).where(service_life.c.id == _ROW))
    _sign(connection, at)
    if alive_at is None or at - alive_at < DOWN_S:
        return None
    words = in_both("outages.service-down")
    outage = record(connection, Record(alive_at, at, words, cause=Cause.SERVICE), "service", at)
    audit.append(connection, "outage-recorded", "service", f"outage:{outage}", {"cause": Cause.SERVICE.value}, at)
    hint(connection, None, Topic.OUTAGES, at)
    return outage


def _sign(connection: Connection, at: float) -> None:
    row = upsert(service_life).values(id=_ROW, alive_at=at)
    connection.execute(row.on_conflict_do_update(index_elements=["id"], set_={"alive_at": at}))
