"""What customers ask of prices, bills, payments and leaving: the one face of billing that the HTTP interface sees."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine, select

from vidphone.service.billing.account import account_of, balance_of, calls_of, leaving_of, standing_of
from vidphone.service.billing.changes import Changes
from vidphone.service.billing.documents import BillPaper, calls_csv
from vidphone.service.billing.leaving import Endings
from vidphone.service.billing.lines import in_both
from vidphone.service.billing.payments import PaymentDesk
from vidphone.service.billing.reading import bill_of, bills_of
from vidphone.service.billing.standing import BY_CUSTOMER
from vidphone.service.billing.values import Conditions
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.offer import Offers
from vidphone.service.store.engine import writing
from vidphone.service.store.renumbered import current
from vidphone.service.store.subscriptions import plan_of
from vidphone.service.store.tables_billing import bills
from vidphone.terms.standing import Cause, refusal
from vidphone.terms.tariff import rate
from vidphone.texts import Language
from vidphone.wire.billing import (
    Account,
    Balance,
    BillDetail,
    Bills,
    CallCharges,
    Leaving,
    LeavingState,
    Payment,
    PaymentRequest,
    Payments,
    PlanChange,
    PlanChoice,
    Quote,
    Refusal,
)
from vidphone.wire.errors import CLAUSE, ErrorCode, VidphoneError

T = TypeVar("T")
REFUSALS = {
    Cause.CREDIT_LIMIT: ErrorCode.CREDIT_LIMIT,
    Cause.OVERDUE: ErrorCode.ACCOUNT_SUSPENDED,
    Cause.DATA: ErrorCode.IDENTITY_SUSPENDED,
    Cause.JUDICIAL: ErrorCode.SERVICE_PAUSED,
    Cause.LEAVING: ErrorCode.ACCOUNT_SUSPENDED,
    Cause.LEFT: ErrorCode.AGREEMENT_REQUIRED,
}


@dataclass(frozen=True)
class Money:
    """Blocking. `now` is UTC seconds since 1970, of the service's clock."""

    engine: Engine
    offers: Offers
    conditions: Conditions
    endings: Endings
    changes: Changes
    desk: PaymentDesk
    paper: BillPaper | None
    free_numbers: Collection[str]

    def quote(self, account: int, number: str, video: bool, now: float) -> Quote:
        """What a call would cost now, how long the credit lasts, and why it would be refused."""
        local = datetime.fromtimestamp(now, self.conditions.zone)
        with self.engine.connect() as connection:
            called = current(connection, number)
            plan = plan_of(connection, account, local.date())
            sums = Ledger().balance(connection, account)
            standing = standing_of(connection, account, sums, self.conditions, now)
            if plan is None or called in self.free_numbers:
                quoted, lasts = None, None
                barred = None if called in self.free_numbers else standing.cause
            else:
                quoted = rate(plan, called, video, local, self.free_numbers)
                asked = Ledger().quote(connection, account, quoted)
                lasts = asked.lasts_s
                barred = refusal(standing, quoted, self.conditions.settings.blocks)
                if barred is None and asked.refused is not None:
                    barred = Cause.CREDIT_LIMIT
        code = REFUSALS[barred] if barred else None
        return Quote(
            number=number,
            video=video,
            free=quoted is None or quoted.free,
            destination=(quoted and quoted.destination) or in_both("bill.free"),
            price_e4_yuan=quoted.price_e4_yuan if quoted else 0,
            minimum_s=quoted.minimum_s if quoted else 0,
            increment_s=quoted.increment_s if quoted else 1,
            available_fen=sums.available,
            lasting_s=lasts,
            refusal=Refusal(code=code, clause=CLAUSE.get(code)) if code else None,
        )

    def account(self, account: int, number: str, now: float) -> Account:
        """This month."""
        del number
        catalogue = None if self.offers.closed else self.offers.catalogue()
        return self._read(lambda connection: account_of(connection, account, catalogue, self.conditions, now))

    def calls(self, account: int, before: float | None, limit: int) -> CallCharges:
        """Calls with what they cost, newest first."""
        return self._read(lambda connection: calls_of(connection, account, before, limit))

    def bills(self, account: int, now: float) -> Bills:
        """All bills, newest first."""
        return Bills(bills=self._read(lambda connection: bills_of(connection, account, now)))

    def bill(self, account: int, number: str, now: float) -> BillDetail | None:
        """One bill."""
        return self._read(lambda connection: bill_of(connection, account, number, now))

    def bill_pdf(self, account: int, number: str, language: Language) -> bytes | None:
        """One bill as a document; None where there is none.

        Raises:
            VidphoneError: `SIGN_UP_CLOSED`, the provider is not set up, so that nobody could stand on it.
        """
        detail = self.bill(account, number, 0.0)
        if detail is None:
            return None
        if self.paper is None:
            raise VidphoneError(ErrorCode.SIGN_UP_CLOSED, {"detail": self.offers.closed or "offer.closed.no-provider"})
        whose = select(bills.c.customer_number).where(bills.c.number == number)
        customer: str = self._read(lambda connection: connection.execute(whose).scalar_one())
        return self.paper.pdf(detail, customer, language)

    def bill_csv(self, account: int, number: str, language: Language) -> bytes | None:
        """The calls of one bill as a table; None where there is none."""
        detail = self.bill(account, number, 0.0)
        return None if detail is None else calls_csv(detail, language)

    def change_limit(self, account: int, limit_fen: int, now: float) -> Balance:
        """See `Changes.limit`."""
        with writing(self.engine) as connection:
            self.changes.limit(connection, account, limit_fen, self.offers.catalogue(), "customer", now)
            return balance_of(Ledger().balance(connection, account))

    def change_plan(self, account: int, choice: PlanChoice, now: float) -> PlanChange:
        """See `Changes.plan`.

        Raises:
            VidphoneError: `CATALOGUE_CHANGED`, too: the choice was made from another price list.
        """
        catalogue = self.offers.catalogue()
        if choice.catalogue_version != catalogue.version:
            raise VidphoneError(ErrorCode.CATALOGUE_CHANGED)
        with writing(self.engine) as connection:
            order, begins = self.changes.plan(connection, account, choice.plan, catalogue, "customer", now)
        return PlanChange(plan=order.plan, begins_on=begins)

    def begin_payment(self, account: int, asked: PaymentRequest, base_url: str, now: float) -> Payment:
        """See `PaymentDesk.begin`."""
        return self.desk.begin(account, asked.amount_fen, base_url, now)

    def payments(self, account: int) -> Payments:
        """See `PaymentDesk.all`."""
        return self.desk.all(account)

    def payment(self, account: int, payment: str) -> Payment | None:
        """See `PaymentDesk.one`."""
        return self.desk.one(payment, account)

    def notified(self, body: bytes, signature: str, now: float) -> str | None:
        """See `PaymentDesk.notified`."""
        return self.desk.notified(body, signature, now)

    def has_left(self, account: int) -> bool:
        """Whether the agreement has ended by leaving, or by debt."""
        return self.leaving(account).state is LeavingState.ENDED

    def leaving(self, account: int) -> Leaving:
        """How far the end of the agreement has come."""
        return self._read(lambda connection: leaving_of(connection, account))

    def ask_to_leave(self, account: int, now: float) -> Leaving:
        """Ask for the end; the final statement comes at once where no call runs."""
        with writing(self.engine) as connection:
            self.endings.ask(connection, account, BY_CUSTOMER, now)
            return leaving_of(connection, account)

    def stay(self, account: int, now: float) -> Leaving:
        """Take it back.

        Raises:
            VidphoneError: `NOT_ASKED_FOR`, there is nothing to take back, or it is too late.
        """
        with writing(self.engine) as connection:
            if not self.endings.withdraw(connection, account, now):
                raise VidphoneError(ErrorCode.NOT_ASKED_FOR)
            return leaving_of(connection, account)

    def _read(self, ask: Callable[[Connection], T]) -> T:
        with self.engine.connect() as connection:
            return ask(connection)
