"""The provider's look at customers' identities in the database (clause 1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, func, select, tuple_
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.audit.log import AuditLog
from vidphone.service.store.customers import account_id
from vidphone.service.store.engine import writing
from vidphone.service.store.hints import hint
from vidphone.service.store.identities import Identities
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import reviews
from vidphone.service.vault.vault import Vault
from vidphone.wire.sign_up import Review, ReviewState
from vidphone.wire.signaling import Topic

MAX_REASON = 500
"""Characters of what a customer is told."""
WAITING_FOR_COPY = frozenset(
    {ReviewState.COPY_WANTED, ReviewState.COPY_SENT, ReviewState.REFUSED, ReviewState.SUSPENDED}
)
"""A copy can be sent: it is asked for, a better one replaces the first, or it may lift what holds the service up."""


class NotAskedFor(Exception):
    """No copy is waited for."""


@dataclass(frozen=True, slots=True)
class ReviewOf:
    """A review with the number that it is about."""

    number: str
    review: Review
    copies: int
    account: int


class StoredReviews:
    """All reviews. Blocking."""

    def __init__(self, engine: Engine, vault: Vault, identities: Identities, audit: AuditLog) -> None:
        self._engine = engine
        self._vault = vault
        self._identities = identities
        self._audit = audit

    def of(self, account: int) -> Review:
        """Where it stands; approved since ever where there was none: signed on paper."""
        with self._engine.connect() as connection:
            row = connection.execute(select(reviews).where(reviews.c.account_id == account)).one_or_none()
        if row is None:
            return Review(state=ReviewState.APPROVED, reason="", since=0)
        return self._review(row.account_id, row.state, row.reason, row.since)

    def list(self, state: ReviewState | None = None) -> Sequence[ReviewOf]:
        """All, or those of one state, the longest-waiting first."""
        wanted = select(reviews, accounts.c.number).join(accounts, accounts.c.id == reviews.c.account_id)
        if state is not None:
            wanted = wanted.where(reviews.c.state == state)
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.order_by(reviews.c.since, func.length(accounts.c.number))).all()
        return [self._listed(row) for row in rows]

    def page(self, state: ReviewState, after: tuple[float, int] | None, limit: int) -> Sequence[ReviewOf]:
        """Those of one state, the longest-waiting first; `after` is since when and whose the last one before was."""
        wanted = select(reviews, accounts.c.number).join(accounts, accounts.c.id == reviews.c.account_id)
        wanted = wanted.where(reviews.c.state == state)
        if after is not None:
            wanted = wanted.where(tuple_(reviews.c.since, reviews.c.account_id) > after)
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.order_by(reviews.c.since, reviews.c.account_id).limit(limit)).all()
        return [self._listed(row) for row in rows]

    def decide(self, number: str, state: ReviewState, reason: str, staff: str, at: float) -> None:
        """Approve, ask for a copy, refuse or suspend. An approval erases the copies: they have served.

        Raises:
            UnknownNumber: there is no such customer.
        """
        with writing(self._engine) as connection:
            account = account_id(connection, number)
            self._set(connection, account, state, reason, staff, at)
            if state is ReviewState.APPROVED:
                self._identities.erase_copies(connection, account, at)
            hint(connection, (number,), Topic.STANDING, at)

    def waits_for_copy(self, account: int) -> bool:
        """Whether a copy can be sent."""
        with self._engine.connect() as connection:
            state = connection.scalar(select(reviews.c.state).where(reviews.c.account_id == account))
        return state in WAITING_FOR_COPY

    def copy_sent(self, account: int, pages: Sequence[bytes], content_type: str, at: float) -> Review:
        """Keep a copy in place of any earlier one. A suspension goes on until the provider has looked at it.

        Raises:
            NotAskedFor: none is waited for.
        """
        with writing(self._engine) as connection:
            row = connection.execute(select(reviews).where(reviews.c.account_id == account)).one_or_none()
            if row is None or row.state not in WAITING_FOR_COPY:
                raise NotAskedFor
            self._identities.erase_copies(connection, account, at)
            for page in pages:
                self._identities.add_copy(connection, account, content_type, page, at)
            if row.state == ReviewState.COPY_WANTED:
                self._set(connection, account, ReviewState.COPY_SENT, "", "customer", at)
        return self.of(account)

    def account(self, number: str) -> int:
        """The id of a customer.

        Raises:
            UnknownNumber: there is no such customer.
        """
        with self._engine.connect() as connection:
            return account_id(connection, number)

    def _set(
        self, connection: Connection, account: int, state: ReviewState, reason: str, staff: str, at: float
    ) -> None:
        sealed = self._vault.encrypt(reason.encode(), table="reviews", row=account, column="reason")
        new = {"state": state, "reason": sealed, "since": at}
        connection.execute(
            upsert(reviews)
            .values(account_id=account, **new)
            .on_conflict_do_update(index_elements=["account_id"], set_=new)
        )
        self._audit.append(connection, "identity-review", staff, f"account:{account}", {"state": state.value}, at)

    def _listed(self, row: Row[tuple[object, ...]]) -> ReviewOf:
        review = self._review(row.account_id, row.state, row.reason, row.since)
        return ReviewOf(row.number, review, len(self._identities.copies(row.account_id)), row.account_id)

    def _review(self, account: int, state: str, reason: bytes, since: float) -> Review:
        plain = self._vault.decrypt(reason, table="reviews", row=account, column="reason")
        return Review(state=ReviewState(state), reason=plain.decode(), since=since)
