"""A forgotten password, set anew by who knows the identity that the agreement rests on."""

from sqlalchemy import Engine, select

from vidphone.service.audit.log import AuditLog
from vidphone.service.store.customers import set_password
from vidphone.service.store.engine import writing
from vidphone.service.store.identities import Identities
from vidphone.service.store.tables import accounts

NOBODY = 0
"""No account has that id: what is asked of an unknown number takes as long as of a known one."""


class PasswordResets:
    """Checks and sets. Blocking."""

    def __init__(self, engine: Engine, identities: Identities, audit: AuditLog) -> None:
        self._engine = engine
        self._identities = identities
        self._audit = audit

    def reset(self, number: str, identity_number: str, telephone: str, password_hash: str, at: float) -> bool:
        """Set the password and sign all devices out, if all three belong together; audited either way."""
        with writing(self._engine) as connection:
            account = connection.scalar(select(accounts.c.id).where(accounts.c.number == number)) or NOBODY
            matches = self._identities.matches(connection, account, identity_number, telephone)
            if matches:
                set_password(connection, account, number, password_hash, at, keep=None)
            outcome = {"outcome": "done" if matches else "refused"}
            self._audit.append(connection, "password-reset", "customer", f"account:{account}", outcome, at)
        return matches
