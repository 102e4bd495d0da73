"""The provider's work on outages (clauses 13 and 14). Each is one transaction with its entry in the audit chain."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from vidphone.service.audit.log import AuditLog
from vidphone.service.office.reasons import Reasons
from vidphone.service.outages import book
from vidphone.service.outages.book import BadOutage, Listed, Record
from vidphone.service.store.engine import writing
from vidphone.service.store.hints import hint
from vidphone.service.store.places import Place
from vidphone.terms.orders import Words
from vidphone.wire.signaling import Topic

MOST = 1000
"""Of what a list shows at a time."""


@dataclass(frozen=True)
class OutageOffice:
    """Blocking. `actor` is who does it; times are UTC seconds since 1970. What cannot be done raises `BadOutage`."""

    engine: Engine
    audit: AuditLog
    reasons: Reasons

    def record(self, new: Record, actor: str, at: float, once: str = "", reason: str = "") -> str:
        """Record an outage; its id. `once`: the id to give it; one that is there already is left as it is.

        Raises:
            UnknownNumber: nobody has one of the numbers.
        """
        with writing(self.engine) as connection:
            if once and book.recorded(connection, once):
                return once
            outage = book.record(connection, new, actor, at, once)
            try:
                why = self.reasons.keep(connection, "outage-recorded", actor, None, reason, at)
            except ValueError:
                raise BadOutage("reason") from None
            details = {"cause": new.cause.value, **why}
            self.audit.append(connection, "outage-recorded", actor, f"outage:{outage}", details, at)
            hint(connection, new.numbers or None, Topic.OUTAGES, at)
        return outage

    def end(self, outage: str, ended_at: float, actor: str, reason: str, at: float) -> None:
        """It is over."""
        with writing(self.engine) as connection:
            book.end(connection, outage, ended_at, at)
            self._audit(connection, "outage-ended", actor, outage, reason, at)

    def mark(self, outage: str, force_majeure: Words | None, actor: str, reason: str, at: float) -> None:
        """It was by force majeure (these words say what), or was not after all (None)."""
        with writing(self.engine) as connection:
            book.mark(connection, outage, force_majeure)
            kind = "outage-force-majeure" if force_majeure else "outage-no-force-majeure"
            self._audit(connection, kind, actor, outage, reason, at)

    def withdraw(self, outage: str, actor: str, reason: str, at: float) -> None:
        """It never was."""
        with writing(self.engine) as connection:
            book.withdraw(connection, outage, at)
            self._audit(connection, "outage-withdrawn", actor, outage, reason, at)

    def list(self, after: Place | None = None, limit: int = 50) -> tuple[Listed, ...]:
        """The latest first; those after a place."""
        with self.engine.connect() as connection:
            return book.listed(connection, after, min(limit, MOST))

    def _audit(self, connection: Connection, kind: str, actor: str, outage: str, reason: str, at: float) -> None:
        if not reason.strip():
            raise BadOutage("reason")
        try:
            details = self.reasons.keep(connection, kind, actor, None, reason, at)
        except ValueError:
            raise BadOutage("reason") from None
        self.audit.append(connection, kind, actor, f"outage:{outage}", details, at)
        hint(connection, None, Topic.OUTAGES, at)
