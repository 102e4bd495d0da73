"""Why staff did something: sealed beside the audit chain, which binds it by its hash and never holds a sentence."""

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select

from vidphone.service.store.tables_staff import staff_reasons
from vidphone.service.vault.vault import Vault

MAX_REASON = 500
"""Characters."""


@dataclass(frozen=True, slots=True)
class Given:
    """A reason that was given. `at`: UTC seconds since 1970."""

    at: float
    kind: str
    staff: str
    reason: str


@dataclass(frozen=True)
class Reasons:
    """All reasons. Blocking."""

    engine: Engine
    vault: Vault

    def keep(
        self, connection: Connection, kind: str, staff: str, account: int | None, reason: str, at: float
    ) -> Mapping[str, str]:
        """Keep a reason in the caller's transaction; what to say of it in the audit chain, nothing where it is empty.

        `kind` is that of the audit entry; `account` the customer whom it is about, with whose data it is erased.

        Raises:
            ValueError: it is too long.
        """
        reason = reason.strip()
        if not reason:
            return {}
        if len(reason) > MAX_REASON:
            raise ValueError("a reason is short")
        known = uuid.uuid4().hex
        sealed = self.vault.encrypt(reason.encode(), table="staff_reasons", row=known, column="reason")
        row = {"id": known, "account_id": account, "kind": kind, "staff": staff, "reason": sealed, "at": at}
        connection.execute(insert(staff_reasons).values(row))
        return {"reason": known, "reason_sha256": hashlib.sha256(f"{known}:{reason}".encode()).hexdigest()}

    def said(self, known: Collection[str]) -> Mapping[str, str]:
        """The reasons with these ids, those that were erased left out."""
        wanted = select(staff_reasons).where(staff_reasons.c.id.in_(list(known)))
        with self.engine.connect() as connection:
            return {row.id: self._open(row.id, row.reason) for row in connection.execute(wanted)}

    def of(self, account: int, limit: int = 100) -> tuple[Given, ...]:
        """What was done to a customer and why, newest first."""
        mine = select(staff_reasons).where(staff_reasons.c.account_id == account)
        with self.engine.connect() as connection:
            rows = connection.execute(mine.order_by(staff_reasons.c.at.desc(), staff_reasons.c.id).limit(limit)).all()
        return tuple(Given(row.at, row.kind, row.staff, self._open(row.id, row.reason)) for row in rows)

    def _open(self, known: str, sealed: bytes) -> str:
        return self.vault.decrypt(sealed, table="staff_reasons", row=known, column="reason").decode()
