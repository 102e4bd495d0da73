"""What the ledger is asked and what it answers. Money is integer fen; seconds are whole, begun ones."""

from dataclasses import dataclass
from enum import StrEnum

from vidphone.terms.credit import Position
from vidphone.terms.tariff import Rate


class Account(StrEnum):
    """The ledger's accounts. The first two are a customer's, the rest the provider's."""

    UNBILLED = "unbilled"
    """Used, and on no bill yet."""
    RECEIVABLE = "receivable"
    """Billed and unpaid; below zero it is paid in advance."""
    REVENUE_CALLS = "revenue-calls"
    REVENUE_RENT = "revenue-rent"
    REVENUE_ORDERS = "revenue-orders"
    REVENUE_LATE_FEES = "revenue-late-fees"
    ADJUSTMENTS = "adjustments"
    CASH = "cash"
    PAYMENT_PROVIDER = "payment-provider"


class Kind(StrEnum):
    """Why money moved."""

    CALL = "call"
    RENT = "rent"
    ORDER = "order"
    LATE_FEE = "late-fee"
    ADJUSTMENT = "adjustment"
    BILL = "bill"
    PAYMENT = "payment"
    REFUND = "refund"


class ChargeKind(StrEnum):
    """What is charged in words of its own."""

    ORDER = "order"
    ADJUSTMENT = "adjustment"
    OUTAGE = "outage"
    """A credit of the service fee, or what is taken back of one: an adjustment in the ledger."""
    LATE_FEE = "late-fee"
    """Given back of one that was billed, or asked for again: an adjustment in the ledger, too."""


class Refusal(StrEnum):
    """Why the ledger lets no call begin."""

    CREDIT_LIMIT = "credit-limit"
    """What is due or used reaches the limit (clause 9). A payment lifts it."""


class UnknownAccount(Exception):
    """The ledger was never opened for that customer."""


class UnknownCall(Exception):
    """The ledger knows of no such call."""


class CallSettled(Exception):
    """The call is over and charged."""


class PostingConflict(Exception):
    """The reference has been used for another movement of money."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """A call wants to begin."""

    call: str
    account_id: int
    number: str
    """As dialled."""
    rate: Rate


@dataclass(frozen=True, slots=True)
class Begin:
    """Charging began: answered, and media up."""

    call: str


@dataclass(frozen=True, slots=True)
class Commit:
    """`used_s` of a call are used in all; with `renew` it asks to go on. `sequence` is that of the grant in hand."""

    call: str
    sequence: int
    used_s: int
    renew: bool


@dataclass(frozen=True, slots=True)
class Finish:
    """A call is over, after `used_s` in all."""

    call: str
    used_s: int


Step = Reserve | Begin | Commit | Finish


@dataclass(frozen=True, slots=True)
class Grant:
    """A call may go on until it has used `until_used_s` in all."""

    call: str
    sequence: int
    seconds: int
    """What of it is left."""
    until_used_s: int
    lasts_s: int | None
    """How many seconds in all the credit carries this call as things stand, other calls' reservations kept. None at a
    price of 0. What warnings count down to."""
    spent_fen: int
    """The charge of what is used so far."""
    final: bool
    """Nothing more can be paid for now. A payment and a renewal clear it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A call may not begin."""

    call: str
    refusal: Refusal
    available_fen: int
    limit_fen: int


@dataclass(frozen=True, slots=True)
class Charge:
    """What a call has come to."""

    call: str
    used_s: int
    billed_s: int
    """With the minimum, in whole increments."""
    fen: int
    uncovered_fen: int
    """What was used beyond both grant and credit: not charged. Above 0 only where a call was cut late."""
    first: bool
    """False when it had been charged before: nothing moved."""


Outcome = Grant | Refused | Charge | None
"""None: of a call that the ledger does not know, as those to free numbers; and of `Begin`."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What a call would cost, and how long the credit lasts for it."""

    rate: Rate
    available_fen: int
    limit_fen: int
    lasts_s: int | None
    """None: without end, since it costs nothing."""
    refused: Refusal | None


@dataclass(frozen=True, slots=True)
class Balance:
    """How a customer stands. `available` may be below zero, as after a month's rent."""

    limit: int
    prepaid: int
    unpaid: int
    unbilled: int
    reserved: int
    available: int

    def position(self) -> Position:
        """The same for the rules of credit."""
        return Position(self.limit, self.prepaid, self.unpaid, self.unbilled, self.reserved)


@dataclass(frozen=True, slots=True)
class Posting:
    """A movement of money: `amount_fen`, above 0, from the account `credit` to `debit`, once a `reference`."""

    reference: str
    kind: Kind
    account_id: int
    debit: Account
    credit: Account
    amount_fen: int
    at: float


@dataclass(frozen=True, slots=True)
class BillRow:
    """A bill's sums in fen: what it takes of `unbilled`, which may be below 0, and what is new with it."""

    account_id: int
    number: str
    from_unbilled_fen: int
    rent_fen: int
    late_fee_fen: int


_SIDES = {
    Kind.CALL: (Account.UNBILLED, Account.REVENUE_CALLS),
    Kind.RENT: (Account.RECEIVABLE, Account.REVENUE_RENT),
    Kind.ORDER: (Account.UNBILLED, Account.REVENUE_ORDERS),
    Kind.LATE_FEE: (Account.RECEIVABLE, Account.REVENUE_LATE_FEES),
    Kind.ADJUSTMENT: (Account.UNBILLED, Account.ADJUSTMENTS),
    Kind.BILL: (Account.RECEIVABLE, Account.UNBILLED),
    Kind.PAYMENT: (Account.PAYMENT_PROVIDER, Account.RECEIVABLE),
    Kind.REFUND: (Account.RECEIVABLE, Account.PAYMENT_PROVIDER),
}


def posting(kind: Kind, account_id: int, amount_fen: int, reference: str, at: float, *, cash: bool = False) -> Posting:
    """The movement of a kind; an amount below 0 moves the other way, as an adjustment in the customer's favour.

    Args:
        kind: Why money moves.
        account_id: Whose.
        amount_fen: Not 0.
        reference: Its own for ever; what is posted again under it moves nothing.
        at: UTC seconds since 1970.
        cash: Of a payment or a refund: over the counter, not by the payment provider.

    Raises:
        ValueError: an amount of 0.
    """
    if amount_fen == 0:
        raise ValueError(reference)
    sides = tuple(Account.CASH if cash and side is Account.PAYMENT_PROVIDER else side for side in _SIDES[kind])
    debit, credit = sides if amount_fen > 0 else sides[::-1]
    return Posting(reference, kind, account_id, debit, credit, abs(amount_fen), at)


def bill_postings(row: BillRow, at: float) -> list[Posting]:
    """The movements of a bill; a sum of 0 moves nothing."""
    parts = (
        (Kind.BILL, f"bill:{row.number}", row.from_unbilled_fen),
        (Kind.RENT, f"bill:{row.number}:rent", row.rent_fen),
        (Kind.LATE_FEE, f"bill:{row.number}:late-fee", row.late_fee_fen),
    )
    return [posting(kind, row.account_id, amount, reference, at) for kind, reference, amount in parts if amount]
