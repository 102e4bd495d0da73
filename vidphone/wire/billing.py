"""The bodies of what a signed-in customer asks of prices, credit, bills and payments (clauses 2, 5, 9, 10 and 11).

Amounts are integer fen, prices integer 1/10 000 yuan a minute, times UTC seconds since 1970, dates those of the
provider's time zone. Whatever is refused says why by its code, and with it clause and next step (`wire/errors.py`).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vidphone.terms.bills import LineKind
from vidphone.terms.orders import Plan, Words
from vidphone.terms.standing import Cause, Lift, State
from vidphone.wire.errors import ErrorCode
from vidphone.wire.sign_up import Id
from vidphone.wire.signaling import CallId, Number

MAX_CALLS = 200
"""In one answer of `GET /v1/me/calls`."""
MAX_PAYMENT_FEN = 10_000_000
BillNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,24}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Refusal(_Model):
    """Why a call to a number would not begin."""

    code: ErrorCode
    clause: int | None


class Quote(_Model):
    """`GET /v1/me/quote?number=&video=`: what a call would cost now (clause 9). Nothing is reserved by asking."""

    number: Number
    video: bool
    free: bool
    destination: Words
    price_e4_yuan: int
    """Of a minute; 0 where the call is free."""
    minimum_s: int
    increment_s: int
    available_fen: int
    lasting_s: int | None
    """How long the credit lasts at this price; None where the call costs nothing."""
    refusal: Refusal | None


class Balance(_Model):
    """What counts against the limit: available = limit + prepaid - unpaid - unbilled - reserved."""

    limit_fen: int
    prepaid_fen: int
    unpaid_fen: int
    """Of bills."""
    unbilled_fen: int
    """Calls and orders since the last bill."""
    reserved_fen: int
    """For calls that run now."""
    available_fen: int


class MyStanding(_Model):
    """Where the customer stands (`terms/standing.py`), why, since when, and what lifts it."""

    state: State
    cause: Cause | None
    """None where the customer is active."""
    clause: int | None
    since: date | None
    lifted_by: tuple[Lift, ...]
    """Any one of them does; empty where nothing is to lift."""
    lifting_fen: int
    """The least payment that lifts it; 0 where none does."""


class DaySpent(_Model):
    """What calls of one day cost."""

    day: date
    spent_fen: int


class PlanChange(_Model):
    """A plan that begins on a later day."""

    plan: Plan
    begins_on: date


class LeavingState(StrEnum):
    """The end of an agreement by the customer's wish (clause 11)."""

    NOT_ASKED = "not-asked"
    ASKED = "asked"
    FINAL_BILL = "final-bill"
    ENDED = "ended"


class Leaving(_Model):
    """`GET`, `POST` or `DELETE /v1/me/leaving`. The agreement ends once nothing of the final statement is open."""

    state: LeavingState
    asked_at: float | None = None
    final_bill: BillNumber | None = None
    open_fen: int = 0
    """What is left to pay before it ends."""
    number_rests_until: date | None = None


class Account(_Model):
    """`GET /v1/me/account`: this month at a glance."""

    at: float
    month: date
    """Its first day."""
    balance: Balance
    spent_fen: int
    """By calls of this month, as `days` adds up."""
    days: tuple[DaySpent, ...]
    """Days of this month on which calls cost something."""
    plan: Plan | None
    next_plan: PlanChange | None
    standing: MyStanding
    overdue_fen: int
    late_fee_fen: int
    """Of what is overdue, so far."""
    due_fen: int
    """What is unpaid of bills, overdue or not."""
    due_on: date | None
    """The earliest due date of what is unpaid."""
    suspended_from: date | None = None
    """The day from which the service is suspended if what is overdue is not paid before; None: not by date."""
    credit_limits_fen: tuple[int, ...]
    """Those that may be chosen."""
    leaving: Leaving


class CallCharge(_Model):
    """A call of the customer's, and what it cost them: incoming ones cost nothing."""

    call: CallId
    outgoing: bool
    number: Number
    """The other side's."""
    video: bool
    started_at: float
    answered_at: float | None
    seconds: int
    """Charged ones; 0 where the call was not answered, or was free."""
    destination: Words | None
    price_e4_yuan: int
    charge_fen: int
    billed_in: BillNumber | None


class CallCharges(_Model):
    """`GET /v1/me/calls?before=&limit=`: newest first; `before` is the `started_at` of the last one had."""

    calls: tuple[CallCharge, ...]
    more: bool


class Bill(_Model):
    """One item of `GET /v1/me/bills`. A negative total is a credit."""

    number: BillNumber
    begins_on: date
    ends_on: date
    """Both days are in it."""
    issued_on: date
    due_on: date
    total_fen: int
    paid_fen: int
    open_fen: int
    overdue: bool
    rehearsal: bool
    """Made with a clock that was set; nobody owes it."""
    final: bool
    """The last statement of an agreement (clause 11)."""


class Bills(_Model):
    """`GET /v1/me/bills`, newest first."""

    bills: tuple[Bill, ...]


class BillLine(_Model):
    """One line. Calls to one class of destinations at one price are one line; the itemised list has each."""

    kind: LineKind
    words: Words
    quantity: int
    """Calls: how many. Late fee: days; 0 where it is a correction. Else 1."""
    seconds: int
    """Charged ones, of calls."""
    amount_fen: int
    begins_on: date | None
    ends_on: date | None


class ItemisedCall(_Model):
    """A call on a bill."""

    call: CallId
    at: float
    number: Number
    video: bool
    destination: Words
    seconds: int
    price_e4_yuan: int
    amount_fen: int


class PaidPart(_Model):
    """What a payment has paid of a bill."""

    at: float
    method: str
    amount_fen: int


class BillDetail(_Model):
    """`GET /v1/me/bills/{number}`. With `.pdf` it is a document, with `.csv` the list of its calls."""

    bill: Bill
    lines: tuple[BillLine, ...]
    calls: tuple[ItemisedCall, ...]
    payments: tuple[PaidPart, ...]


class PaymentState(StrEnum):
    """Where a payment is on its way."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class PaymentRequest(_Model):
    """`POST /v1/me/payments`. Asking twice costs nothing: only what is paid at the payment provider's counts."""

    amount_fen: Annotated[int, Field(ge=1, le=MAX_PAYMENT_FEN)]


class Payment(_Model):
    """`GET /v1/me/payments/{id}`. It pays the oldest bill first; what is left over is prepaid."""

    id: Id
    amount_fen: int
    state: PaymentState
    begun_at: float
    paid_at: float | None
    pay_at: str | None
    """The payment provider's page, to be opened in a browser; None where there is nothing to do there."""


class Payments(_Model):
    """`GET /v1/me/payments`, newest first."""

    payments: tuple[Payment, ...]


class CreditLimitChange(_Model):
    """`PUT /v1/me/credit-limit`: one of those on offer. It holds at once. The answer is the new `Balance`."""

    limit_fen: Annotated[int, Field(ge=0, le=100_000_000)]


class PlanChoice(_Model):
    """`PUT /v1/me/plan`: another plan of this price list from the next month on. The answer is a `PlanChange`."""

    plan: Annotated[str, Field(max_length=32)]
    catalogue_version: Annotated[str, Field(max_length=32)]
