"""Payments of customers by the payment provider: begun here, paid there, and counted once when it tells (clause 5)."""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, insert, select, update

from vidphone.service.billing.provider import Notification, Outcome, PaymentProvider, Refused, SandboxCashier
from vidphone.service.billing.receipts import receive
from vidphone.service.billing.values import Conditions
from vidphone.service.clock import Clock
from vidphone.service.store.engine import writing
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_billing import payment_requests
from vidphone.wire.billing import Payment, Payments, PaymentState
from vidphone.wire.errors import ErrorCode, VidphoneError

EXPIRES_S = 86_400.0
"""After it the page of a payment is closed; money that comes in even later counts all the same."""
SHOWN = 100
MAX_PENDING = 20
"""A customer's payments that wait at a time; of more the oldest can no longer be paid."""


@dataclass(frozen=True)
class PaymentDesk:
    """All payments by the provider. Blocking. Times are UTC seconds since 1970."""

    engine: Engine
    conditions: Conditions
    provider: PaymentProvider | None
    clock: Clock

    def begin(self, account: int, amount_fen: int, base_url: str, at: float) -> Payment:
        """A payment that may now be made. Nothing is owed for it.

        Raises:
            VidphoneError: `PAYMENT_CLOSED`, there is no payment provider.
        """
        if self.provider is None:
            raise VidphoneError(ErrorCode.PAYMENT_CLOSED)
        row = {
            "id": secrets.token_hex(16),
            "account_id": account,
            "amount_fen": amount_fen,
            "provider": self.provider.name,
            "state": PaymentState.PENDING.value,
            "created_at": at,
            "expires_at": at + EXPIRES_S,
        }
        pending = payment_requests.c.state == PaymentState.PENDING.value
        mine = select(payment_requests.c.id).where(payment_requests.c.account_id == account, pending)
        spare = mine.order_by(payment_requests.c.created_at.desc()).offset(MAX_PENDING - 1)
        with writing(self.engine) as connection:
            over = connection.scalars(spare).all()
            connection.execute(update(payment_requests).where(payment_requests.c.id.in_(over)).values(expires_at=at))
            made = connection.execute(insert(payment_requests).values(row).returning(*payment_requests.c)).one()
        return self._payment(made, at, base_url)

    def all(self, account: int) -> Payments:
        """A customer's payments, newest first."""
        mine = select(payment_requests).where(payment_requests.c.account_id == account)
        at = self.clock.now()
        newest = mine.order_by(payment_requests.c.created_at.desc(), payment_requests.c.id).limit(SHOWN)
        with self.engine.connect() as connection:
            return Payments(payments=tuple(self._payment(row, at) for row in connection.execute(newest)))

    def one(self, payment: str, account: int | None = None) -> Payment | None:
        """One payment, of a customer or (None) of whomever."""
        wanted = select(payment_requests).where(payment_requests.c.id == payment)
        if account is not None:
            wanted = wanted.where(payment_requests.c.account_id == account)
        with self.engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        return self._payment(row, self.clock.now()) if row else None

    def notified(self, body: bytes, signature: str, at: float) -> str | None:
        """Take the provider's word. The number of the customer whose money it is; None where nothing changed.

        The same payment told again counts once: by the payment, not by the message.

        Raises:
            VidphoneError: `NOT_SIGNED_IN`, it is not the provider's word, or an old one; `BAD_REQUEST`, it is about
                no payment that was begun here, or about another amount.
        """
        if self.provider is None:
            raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
        try:
            said = self.provider.read(body, signature, at)
        except Refused:
            raise VidphoneError(ErrorCode.NOT_SIGNED_IN) from None
        with writing(self.engine) as connection:
            return self._take(connection, said, at)

    def _take(self, connection: Connection, said: Notification, at: float) -> str | None:
        found = connection.execute(select(payment_requests).where(payment_requests.c.id == said.payment)).one_or_none()
        if found is None or found.amount_fen != said.amount_fen:
            raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "payment"})
        if found.state == PaymentState.PAID:
            return None
        this = update(payment_requests).where(payment_requests.c.id == found.id)
        if said.outcome is Outcome.FAILED:
            connection.execute(this.values(state=PaymentState.FAILED.value))
            return None
        connection.execute(this.values(state=PaymentState.PAID.value, paid_at=at))
        reference, method = f"{found.provider}:{found.id}", found.provider
        receive(connection, found.account_id, found.amount_fen, reference, method, self.conditions, at)
        return connection.scalar(select(accounts.c.number).where(accounts.c.id == found.account_id))

    def _payment(self, row: Row[tuple[object, ...]], at: float, base_url: str | None = None) -> Payment:
        state = PaymentState(row.state)
        if state is PaymentState.PENDING and row.expires_at <= at:
            state = PaymentState.EXPIRED
        page = None
        if self.provider and base_url is not None and state is PaymentState.PENDING:
            page = self.provider.page(row.id, row.amount_fen, base_url)
        return Payment(
            id=row.id,
            amount_fen=row.amount_fen,
            state=state,
            begun_at=row.created_at,
            paid_at=row.paid_at,
            pay_at=page,
        )


@dataclass(frozen=True)
class Sandbox:
    """The sandbox's page: shows a payment, and tells the service what the customer chose there."""

    desk: PaymentDesk
    cashier: SandboxCashier

    def page(self, payment: str) -> Payment | None:
        """The payment to show."""
        return self.desk.one(payment)

    def settle(self, payment: str, paid: bool, at: float) -> tuple[bytes, str]:
        """The signed notification of what was chosen: body and signature.

        Raises:
            VidphoneError: `NOT_FOUND`, there is no such payment, or it can no longer be paid.
        """
        found = self.desk.one(payment)
        if found is None or found.state is not PaymentState.PENDING:
            raise VidphoneError(ErrorCode.NOT_FOUND)
        return self.cashier.tell(payment, found.amount_fen, Outcome.PAID if paid else Outcome.FAILED, at)
