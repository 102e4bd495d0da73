"""Sign-ups in the database: what they hold, and the one transaction that makes an agreement of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from vidphone.service.audit.log import AuditLog
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import ChargeKind
from vidphone.service.sign_up.rules import DONE_KEPT_S, Pending, SignUpState
from vidphone.service.store.customers import add_account
from vidphone.service.store.engine import writing
from vidphone.service.store.identities import Identities, IdentityInUse
from vidphone.service.store.numbers import hold_number, keep_number, release_number
from vidphone.service.store.subscriptions import subscribe
from vidphone.service.store.tables_agreement import agreements, consents, order_days, orders, reviews, sign_ups
from vidphone.service.vault.vault import Vault
from vidphone.terms.orders import canonical, order_sha256
from vidphone.wire.sign_up import AgreementState, ReviewState

_PENDING: TypeAdapter[Pending] = TypeAdapter(Pending)
_TABLE = "sign_ups"


class SignUpGone(Exception):
    """There is no such sign-up any more."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """A sign-up as it is kept."""

    id: str
    state: SignUpState
    token_hash: str
    expires_at: float
    pending: Pending
    agreement: str | None
    """Once it is done."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a finished sign-up has come to."""

    agreement: str
    signed_at: float
    document_sha256: str


class StoredSignUps:
    """All sign-ups that have not been forgotten. Blocking."""

    def __init__(self, engine: Engine, vault: Vault, identities: Identities, audit: AuditLog) -> None:
        self._engine = engine
        self._vault = vault
        self._identities = identities
        self._audit = audit

    def find(self, sign_up: str, at: float) -> SignUp | None:
        """One sign-up, unless its time is over."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(sign_ups).where(sign_ups.c.id == sign_up, sign_ups.c.expires_at > at)
            ).one_or_none()
        return self._read(row) if row else None

    def identity_in_use(self, identity_number: str) -> bool:
        """Whether an agreement in force has that identity number."""
        with self._engine.connect() as connection:
            return self._identities.in_use(connection, identity_number)

    def next_order(self, day: str) -> int:
        """The next sequence number of a day's orders. One that comes to nothing leaves a gap."""
        with writing(self._engine) as connection:
            first = upsert(order_days).values(day=day, last=1)
            counted = first.on_conflict_do_update(index_elements=["day"], set_={"last": order_days.c.last + 1})
            return int(connection.execute(counted.returning(order_days.c.last)).scalar_one())

    def begin(self, sign_up: str, token_hash: str, pending: Pending, document: bytes, at: float, until: float) -> None:
        """Hold number and identity, and keep what was composed. An earlier one of that id is replaced.

        Raises:
            NumberTaken: the number is not free.
            IdentityInUse: another sign-up holds the identity, or an agreement in force has it.
            SignUpGone: the earlier one is done.
        """
        with writing(self._engine) as connection:
            _expire(connection, at)
            _forget(connection, sign_up)
            hold_number(connection, pending.order.customer_number, sign_up, until, at)
            if self._identities.in_use(connection, pending.data.identity_number):
                raise IdentityInUse
            row = {
                "id": sign_up,
                "state": SignUpState.BEGUN,
                "token_hash": token_hash,
                "number": pending.order.customer_number,
                "identity_index": self._identities.identity_index(pending.data.identity_number),
                "expires_at": until,
                "sealed": self._vault.encrypt(_PENDING.dump_json(pending), table=_TABLE, row=sign_up, column="sealed"),
                "document": self._vault.encrypt(document, table=_TABLE, row=sign_up, column="document"),
            }
            with _one_identity():
                connection.execute(insert(sign_ups).values(row))

    def document(self, sign_up: SignUp) -> bytes:
        """The unsigned document, or the signed one where it is done.

        Raises:
            SignUpGone: it has gone meanwhile.
        """
        with self._engine.connect() as connection:
            if sign_up.agreement is None:
                sealed = connection.scalar(select(sign_ups.c.document).where(sign_ups.c.id == sign_up.id))
                where = {"table": _TABLE, "row": sign_up.id}
            else:
                wanted = select(agreements.c.document).where(agreements.c.id == sign_up.agreement)
                sealed = connection.scalar(wanted)
                where = {"table": "agreements", "row": sign_up.agreement}
        if sealed is None:
            raise SignUpGone
        return self._vault.decrypt(sealed, column="document", **where)

    def signed(self, agreement: str) -> Signed:
        """What a finished sign-up has come to."""
        with self._engine.connect() as connection:
            row = connection.execute(select(agreements).where(agreements.c.id == agreement)).one()
        return Signed(row.id, row.signed_at, row.document_sha256)

    def complete(self, sign_up: SignUp, document: bytes, signed: Signed) -> str:
        """Make account, agreement, order, consents and identity in one transaction; the id of the agreement.

        Where somebody was faster, the id of theirs; `document` is then forgotten.

        Raises:
            SignUpGone: it was given up or has expired.
            NumberTaken, IdentityInUse: what it held is somebody else's, which a hold excludes.
        """
        pending, at = sign_up.pending, signed.signed_at
        with writing(self._engine) as connection:
            row = connection.execute(select(sign_ups).where(sign_ups.c.id == sign_up.id)).one_or_none()
            if row is None or row.token_hash != sign_up.token_hash:
                raise SignUpGone
            if row.agreement_id is not None:
                return str(row.agreement_id)
            number = pending.order.customer_number
            account = add_account(connection, number, "", pending.password_hash, at)
            Ledger().open(connection, account, pending.order.credit_limit_fen)
            keep_number(connection, number, sign_up.id)
            self._agree(connection, account, pending, document, signed)
            with _one_identity():
                self._identities.store(connection, account, pending.data, at)
            reason = self._vault.encrypt(b"", table="reviews", row=account, column="reason")
            review = {"account_id": account, "state": ReviewState.PENDING, "reason": reason, "since": at}
            connection.execute(insert(reviews).values(review))
            details = {"agreement": signed.agreement, "document": signed.document_sha256, "order": pending.order.number}
            self._audit.append(connection, "agreement-signed", "customer", f"account:{account}", details, at)
            done = {"state": SignUpState.DONE, "agreement_id": signed.agreement, "expires_at": at + DONE_KEPT_S}
            connection.execute(
                update(sign_ups).where(sign_ups.c.id == sign_up.id).values(**done, identity_index=None, document=None)
            )
        return signed.agreement

    def give_up(self, sign_up: str) -> None:
        """Forget a sign-up and give back what it holds.

        Raises:
            SignUpGone: it is done: there is an agreement.
        """
        with writing(self._engine) as connection:
            _forget(connection, sign_up)

    def expire(self, at: float) -> None:
        """Forget those whose time is over."""
        with writing(self._engine) as connection:
            _expire(connection, at)

    def _agree(self, connection: Connection, account: int, pending: Pending, document: bytes, signed: Signed) -> None:
        sealed = self._vault.encrypt(document, table="agreements", row=signed.agreement, column="document")
        connection.execute(
            insert(agreements).values(
                id=signed.agreement,
                account_id=account,
                version=pending.agreement_version,
                state=AgreementState.IN_FORCE,
                signed_at=signed.signed_at,
                document_sha256=signed.document_sha256,
                document=sealed,
            )
        )
        order = pending.order
        body = {"body": canonical(order).decode(), "sha256": order_sha256(order)}
        connection.execute(insert(orders).values(number=order.number, agreement_id=signed.agreement, **body))
        subscribe(connection, account, order, order.ordered_on)
        if order.terminal is not None and order.terminal.price_fen:
            device, price = order.terminal.name, order.terminal.price_fen
            Ledger().charge(
                connection, account, ChargeKind.ORDER, device, price, f"order:{order.number}", signed.signed_at
            )
        given = (("agreement", pending.agreement_sha256), ("identity-data", pending.notice_sha256))
        common = {"account_id": account, "version": pending.agreement_version, "given_at": pending.begun_at}
        connection.execute(insert(consents), [{"kind": kind, "sha256": sha256, **common} for kind, sha256 in given])

    def _read(self, row: Row[tuple[object, ...]]) -> SignUp:
        plain = self._vault.decrypt(row.sealed, table=_TABLE, row=row.id, column="sealed")
        state, pending = SignUpState(row.state), _PENDING.validate_json(plain)
        return SignUp(row.id, state, row.token_hash, row.expires_at, pending, row.agreement_id)


@contextmanager
def _one_identity() -> Iterator[None]:
    """The database itself refuses the second of two for one identity."""
    try:
        yield
    except IntegrityError as error:
        raise IdentityInUse from error


def _forget(connection: Connection, sign_up: str) -> None:
    row = connection.execute(select(sign_ups).where(sign_ups.c.id == sign_up)).one_or_none()
    if row is None:
        return
    if row.state == SignUpState.DONE:
        raise SignUpGone
    release_number(connection, row.number, sign_up)
    connection.execute(delete(sign_ups).where(sign_ups.c.id == sign_up))


def _expire(connection: Connection, at: float) -> None:
    over = sign_ups.c.expires_at <= at
    for row in connection.execute(select(sign_ups.c.id, sign_ups.c.number).where(over)).all():
        release_number(connection, row.number, row.id)
        connection.execute(delete(sign_ups).where(sign_ups.c.id == row.id))
