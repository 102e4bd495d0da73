"""The provider's work on customers: found, and let in or kept out. Blocking. Times are UTC seconds since 1970."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Engine, select

from vidphone.service.audit.log import AuditLog
from vidphone.service.office.reasons import Reasons
from vidphone.service.store.customers import account_id, set_enabled
from vidphone.service.store.engine import writing
from vidphone.service.store.identities import Identities, NoIdentity
from vidphone.service.store.standings import standings_of
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import reviews
from vidphone.service.store.tables_billing import leavings
from vidphone.terms.masks import mask_name
from vidphone.terms.standing import Standing
from vidphone.wire.sign_up import ReviewState

FOUND = 50
"""Customers of a search by what they are called, at most."""


class By(StrEnum):
    """What of somebody's identity is looked for: all of it, for parts of it are not findable."""

    NAME = "name"
    IDENTITY_NUMBER = "identity-number"
    TELEPHONE = "telephone"


@dataclass(frozen=True, slots=True)
class Row:
    """A customer in a list. `name` is the provider's word for them, else their own, masked."""

    account: int
    number: str
    name: str
    enabled: bool
    standing: Standing
    review: ReviewState | None


@dataclass(frozen=True)
class CustomerOffice:
    """Customers as staff see them."""

    engine: Engine
    identities: Identities
    audit: AuditLog
    reasons: Reasons

    def page(self, beginning: str, after: str, limit: int) -> Sequence[Row]:
        """Customers whose numbers begin so (digits, or nothing), in the order of digits, those after a number."""
        wanted = select(accounts.c.id).where(accounts.c.number > (after or "/"))  # "/" stands before all digits
        if beginning:
            wanted = wanted.where(accounts.c.number >= beginning, accounts.c.number < f"{beginning}:")  # after "9"
        with self.engine.connect() as connection:
            found = connection.scalars(wanted.order_by(accounts.c.number).limit(limit)).all()
            return self._rows(connection, found)

    def find(self, by: By, value: str, staff: str, at: float) -> Sequence[Row]:
        """Customers of a name, an identity number or a telephone number; that somebody looked is in the audit chain."""
        with writing(self.engine) as connection:
            match by:
                case By.NAME:
                    found = self.identities.find_by_name(connection, value, FOUND)
                case By.IDENTITY_NUMBER:
                    found = self.identities.find_by_identity_number(connection, value)
                case By.TELEPHONE:
                    found = self.identities.find_by_telephone(connection, value)
            details = {"by": by.value, "found": str(len(found))}
            self.audit.append(connection, "customers-sought", staff, "customers", details, at)
        with self.engine.connect() as connection:
            return self._rows(connection, found[:FOUND])

    def left(self, number: str) -> Sequence[Row]:
        """Those who had a number, and have left."""
        had = select(leavings.c.account_id).join(accounts, accounts.c.id == leavings.c.account_id)
        gone = had.where(leavings.c.number == number, accounts.c.number != number)
        with self.engine.connect() as connection:
            return self._rows(connection, connection.scalars(gone.limit(FOUND)).all())

    def row(self, number: str) -> Row:
        """One customer.

        Raises:
            UnknownNumber: nobody has that number.
        """
        with self.engine.connect() as connection:
            return self._rows(connection, [account_id(connection, number)])[0]

    def enable(self, number: str, enabled: bool, staff: str, reason: str, at: float) -> None:
        """Let a number sign in and call, or no longer.

        Raises:
            UnknownNumber: nobody has that number.
        """
        kind = "customer-enabled" if enabled else "customer-disabled"
        with writing(self.engine) as connection:
            account = set_enabled(connection, number, enabled, at)
            why = self.reasons.keep(connection, kind, staff, account, reason, at)
            self.audit.append(connection, kind, staff, f"account:{account}", why, at)

    def _rows(self, connection: Connection, ids: Collection[int]) -> Sequence[Row]:
        wanted = (
            select(accounts.c.id, accounts.c.number, accounts.c.name, accounts.c.enabled, reviews.c.state)
            .outerjoin(reviews, reviews.c.account_id == accounts.c.id)
            .where(accounts.c.id.in_(ids))
        )
        rows = {row.id: row for row in connection.execute(wanted)}
        stands = standings_of(connection, ids)
        found = [rows[account] for account in ids]
        return [
            Row(
                row.id,
                row.number,
                mask_name(row.name) if row.name else self._masked(row.id),
                row.enabled,
                stands.get(row.id, Standing()),
                ReviewState(row.state) if row.state else None,
            )
            for row in found
        ]

    def _masked(self, account: int) -> str:
        try:
            return self.identities.masked(account).name
        except NoIdentity:
            return ""
