"""Customers in the database."""

import secrets
from collections.abc import Collection

from sqlalchemy import Connection, Engine, Row, Select, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from vidphone.service.hub.directory import Subscriber
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ports import AccountEvent, AccountEventKind, Bearer, Credentials, Customer
from vidphone.service.store.engine import writing
from vidphone.service.store.numbers import NumberTaken, take_number
from vidphone.service.store.renumbered import current, moved
from vidphone.service.store.tables import account_events, accounts, tokens
from vidphone.service.store.tables_agreement import agreements, reviews
from vidphone.wire.reasons import EndReason
from vidphone.wire.sign_up import AgreementState, ReviewState
from vidphone.wire.signaling import Topic

MAX_TOKENS_PER_NUMBER = 32
"""The one that was not seen for the longest time goes first."""
SEEN_GRAIN_S = 60.0
"""A token in use is written back at most that often."""
EVENTS_KEPT_S = 86_400.0


class UnknownNumber(Exception):
    """No customer has that number."""


class StoredCustomers:
    """`Customers`, and what the provider does with them. Blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # For the running service: see `Customers`.

    def subscribers(self, numbers: Collection[str]) -> dict[str, Subscriber]:
        """See `Customers`."""
        with self._engine.connect() as connection:
            found = {row.number: _subscriber(row) for row in connection.execute(self._subscribers(numbers))}
            if not (unknown := set(numbers) - found.keys()):
                return found
            old = {number: now.number for number, now in moved(connection, unknown).items()}
            if old:
                led = connection.execute(self._subscribers(set(old.values())))
                found |= {row.number: _subscriber(row) for row in led}
        return found | {number: found[now] for number, now in old.items() if now in found}

    @staticmethod
    def _subscribers(numbers: Collection[str]) -> Select[tuple[object, ...]]:
        return (
            select(accounts.c.number, accounts.c.name, accounts.c.enabled, reviews.c.state.label("review"))
            .add_columns(
                exists()
                .where(agreements.c.account_id == accounts.c.id, agreements.c.state != AgreementState.ENDED)
                .label("agreed")
            )
            .outerjoin(reviews, reviews.c.account_id == accounts.c.id)
            .where(accounts.c.number.in_(numbers))
        )

    def credentials(self, number: str) -> Credentials | None:
        """See `Customers`."""
        with self._engine.connect() as connection:
            wanted = select(accounts).where(accounts.c.number == bindparam("number"))
            row = connection.execute(wanted, {"number": number}).one_or_none()
            if row is None:
                row = connection.execute(wanted, {"number": current(connection, number)}).one_or_none()
        return Credentials(row.number, row.name, row.password_hash, row.enabled, row.id) if row else None

    def issue_token(self, number: str, device: str, device_name: str, token_hash: str, at: float) -> None:
        """See `Customers`."""
        with writing(self._engine) as connection:
            account = account_id(connection, number)
            new = {"device_name": device_name, "hash": token_hash, "created_at": at, "seen_at": at}
            connection.execute(
                upsert(tokens)
                .values(account_id=account, device=device, **new)
                .on_conflict_do_update(index_elements=["account_id", "device"], set_=new)
            )
            spare = connection.scalars(
                select(tokens.c.id)
                .where(tokens.c.account_id == account)
                .order_by(tokens.c.seen_at.desc(), tokens.c.id.desc())
                .offset(MAX_TOKENS_PER_NUMBER)
            ).all()
            for token in spare:
                connection.execute(delete(tokens).where(tokens.c.id == token))
                _tell(connection, AccountEvent(AccountEventKind.SIGNED_OUT, number, token), at)

    def authenticate(self, token_hash: str, at: float) -> Bearer | None:
        """See `Customers`."""
        wanted = (
            select(tokens.c.id, tokens.c.device, tokens.c.seen_at, accounts.c.number, accounts.c.name)
            .add_columns(accounts.c.enabled, accounts.c.id.label("account"))
            .join(accounts, accounts.c.id == tokens.c.account_id)
            .where(tokens.c.hash == token_hash)
        )
        with self._engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        if at - row.seen_at >= SEEN_GRAIN_S:
            with writing(self._engine) as connection:
                connection.execute(update(tokens).where(tokens.c.id == row.id).values(seen_at=at))
        return Bearer(row.id, row.number, row.name, row.device, row.enabled, row.account)

    def revoke(self, token: int) -> None:
        """See `Customers`."""
        with writing(self._engine) as connection:
            connection.execute(delete(tokens).where(tokens.c.id == token))

    def replace_hash(self, number: str, old: str, new: str) -> None:
        """See `Customers`."""
        same = (accounts.c.number == number) & (accounts.c.password_hash == old)
        with writing(self._engine) as connection:
            connection.execute(update(accounts).where(same).values(password_hash=new))

    def events_after(self, last: int) -> list[tuple[int, AccountEvent]]:
        """See `Customers`."""
        wanted = select(account_events).where(account_events.c.id > last).order_by(account_events.c.id)
        with self._engine.connect() as connection:
            return [(row.id, _event(row)) for row in connection.execute(wanted)]

    def last_event(self) -> int:
        """See `Customers`."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.max(account_events.c.id))) or 0

    # For the provider.

    def add(self, number: str, name: str, password_hash: str, at: float, paper: str | None = None) -> None:
        """A new customer, enabled; `paper` is the reference of an agreement signed outside this program, if any.

        Raises:
            NumberTaken: there is one of that number, or a sign-up holds it.
        """
        with writing(self._engine) as connection:
            add_customer(connection, number, name, password_hash, at, paper)

    def list(self) -> list[Customer]:
        """All customers by number."""
        wanted = (
            select(accounts.c.number, accounts.c.name, accounts.c.enabled)
            .add_columns(func.count(tokens.c.id).label("devices"), func.max(tokens.c.seen_at).label("seen_at"))
            .outerjoin(tokens, tokens.c.account_id == accounts.c.id)
            .group_by(accounts.c.id)
            .order_by(func.length(accounts.c.number), accounts.c.number)
        )
        with self._engine.connect() as connection:
            return [
                Customer(row.number, row.name, row.enabled, row.devices, row.seen_at)
                for row in connection.execute(wanted)
            ]

    def set_password(self, number: str, password_hash: str, at: float, keep: int | None = None) -> None:
        """A new password. All devices but that of the token `keep` are signed out: it may have been in wrong hands.

        Raises:
            UnknownNumber: there is no such customer.
        """
        with writing(self._engine) as connection:
            set_password(connection, account_id(connection, number), number, password_hash, at, keep)

    def set_enabled(self, number: str, enabled: bool, at: float) -> None:
        """Enable or disable a number.

        Raises:
            UnknownNumber: there is no such customer.
        """
        with writing(self._engine) as connection:
            set_enabled(connection, number, enabled, at)


def account_id(connection: Connection, number: str) -> int:
    """The id of a customer.

    Raises:
        UnknownNumber: there is no such customer.
    """
    found: int | None = connection.scalar(select(accounts.c.id).where(accounts.c.number == number))
    if found is None:
        raise UnknownNumber
    return found


def add_customer(
    connection: Connection, number: str, name: str, password_hash: str, at: float, paper: str | None = None
) -> int:
    """See `StoredCustomers.add`; their id."""
    take_number(connection, number, at)
    account = add_account(connection, number, name, password_hash, at)
    Ledger().open(connection, account, 0)
    if paper is not None:
        signed = {"version": "", "state": AgreementState.ON_PAPER, "reference": paper, "signed_at": at}
        connection.execute(insert(agreements).values(id=secrets.token_hex(16), account_id=account, **signed))
    return account


def add_account(connection: Connection, number: str, name: str, password_hash: str, at: float) -> int:
    """A new customer, enabled; their id.

    Raises:
        NumberTaken: there is one of that number.
    """
    row = {"number": number, "name": name, "password_hash": password_hash, "enabled": True, "created_at": at}
    try:
        added = connection.execute(insert(accounts).values(row).returning(accounts.c.id))
        return int(added.scalar_one())
    except IntegrityError as error:
        raise NumberTaken from error


def set_enabled(connection: Connection, number: str, enabled: bool, at: float) -> int:
    """Enable or disable a number; whose it is.

    Raises:
        UnknownNumber: there is no such customer.
    """
    account = account_id(connection, number)
    connection.execute(update(accounts).where(accounts.c.id == account).values(enabled=enabled))
    if not enabled:
        _tell(connection, AccountEvent(AccountEventKind.DISABLED, number), at)
    return account


def set_password(
    connection: Connection, account: int, number: str, password_hash: str, at: float, keep: int | None
) -> None:
    """Change a password, and revoke all tokens but `keep`."""
    connection.execute(update(accounts).where(accounts.c.id == account).values(password_hash=password_hash))
    revoked = delete(tokens).where(tokens.c.account_id == account, tokens.c.id.is_distinct_from(keep))
    for token in connection.scalars(revoked.returning(tokens.c.id)).all():
        # by name, so that a sign-in with the new password is not ended with them
        _tell(connection, AccountEvent(AccountEventKind.SIGNED_OUT, number, token), at)


def _subscriber(row: Row[tuple[object, ...]]) -> Subscriber:
    barred = None
    if not row.agreed:
        barred = EndReason.AGREEMENT_REQUIRED
    elif row.review in (ReviewState.SUSPENDED, ReviewState.REFUSED):
        barred = EndReason.IDENTITY_SUSPENDED
    return Subscriber(row.number, row.name, row.enabled, barred)


def _tell(connection: Connection, event: AccountEvent, at: float) -> None:
    row = {"number": event.number, "kind": event.kind.value, "token_id": event.token, "at": at}
    connection.execute(delete(account_events).where(account_events.c.at < at - EVENTS_KEPT_S))
    connection.execute(insert(account_events).values(row))


def _event(row: Row[tuple[object, ...]]) -> AccountEvent:
    topic = Topic(row.topic) if row.topic else None
    return AccountEvent(AccountEventKind(row.kind), row.number, row.token_id, topic)
