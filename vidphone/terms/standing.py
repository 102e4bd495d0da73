"""Standing: whether a customer has service, and where not, by which clause and what lifts it (clauses 1, 5, 9 to 11).

It is a function of facts and of today, and never kept: a payment that changes the facts changes it at once. Nothing
here touches money, so a suspended customer keeps what is prepaid.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from vidphone.terms.calendar import add_months
from vidphone.terms.credit import Block
from vidphone.terms.figures import Figures
from vidphone.terms.late_fee import Debt
from vidphone.terms.tariff import Rate


class State(StrEnum):
    """The states of a customer."""

    ACTIVE = "active"
    RESTRICTED = "restricted"
    """The credit limit is reached: the operator's `Block` holds."""
    SUSPENDED = "suspended"
    JUDICIAL = "judicial"
    """Paused because an authority demands it; the monthly rent goes on."""
    TERMINATED = "terminated"


class Cause(StrEnum):
    """Why a customer is not active."""

    CREDIT_LIMIT = "credit-limit"
    OVERDUE = "overdue"
    DATA = "data"
    """The customer's data are false or incomplete."""
    JUDICIAL = "judicial"
    LEAVING = "leaving"
    """Asked for by the customer; not settled yet."""
    LEFT = "left"


CLAUSES = {
    Cause.CREDIT_LIMIT: 9,
    Cause.OVERDUE: 5,
    Cause.DATA: 1,
    Cause.JUDICIAL: 10,
    Cause.LEAVING: 11,
    Cause.LEFT: 11,
}


class Lift(StrEnum):
    """What lifts a block; of several any one does."""

    PAY = "pay"
    RAISE_LIMIT = "raise-limit"
    PROVIDER = "provider"
    """The provider, once it has what it asked for."""
    AUTHORITY = "authority"
    WITHDRAW = "withdraw"
    """Taking back the request to leave."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer's state, and everything to say about it."""

    state: State = State.ACTIVE
    cause: Cause | None = None
    clause: int | None = None
    since: date | None = None
    """The first day of it."""
    lifted_by: tuple[Lift, ...] = ()
    """Empty where nothing is to lift: active, or ended for good."""
    lifting_fen: int = 0
    """The least payment that lifts it, where paying does."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What standing follows from. Days are those on which something began; None where it is not so."""

    available_fen: int
    """`Position.available_fen` without what running calls hold, so that a call does not restrict its own customer."""
    limit_reached_on: date | None = None
    debts: tuple[Debt, ...] = ()
    """Of bills that are not paid in full, late fees on them included."""
    judicial_since: date | None = None
    data_since: date | None = None
    leaving_since: date | None = None
    ended_on: date | None = None
    ended_cause: Cause | None = None
    """`LEFT` or `OVERDUE`, recorded with `ended_on`: an agreement that has ended does not come back by a payment."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows when a bill stays unpaid, each with its first day (clause 5)."""

    fee_from: date
    suspended_from: date
    terminated_from: date


def consequences(due_on: date, figures: Figures) -> Consequences:
    """When the late fee begins, and when a bill is overdue for more than one month and for more than three."""
    day = timedelta(1)
    return Consequences(
        fee_from=due_on + day,
        suspended_from=add_months(due_on, figures.suspend_after_months) + day,
        terminated_from=add_months(due_on, figures.terminate_after_months) + day,
    )


def standing(facts: Facts, today: date, figures: Figures | None = None) -> Standing:
    """The customer's state on a day. Of several causes the weightiest is told, and the others stay for after it.

    The end weighs most; then what an authority demands, during which nothing ends by date; then the customer's own
    wish to leave, debts, data, and the credit limit.
    """
    figures = figures or Figures()
    if facts.ended_on is not None:
        return _because(facts.ended_cause or Cause.LEFT, State.TERMINATED, facts.ended_on)
    if facts.judicial_since is not None:
        return _because(Cause.JUDICIAL, State.JUDICIAL, facts.judicial_since, Lift.AUTHORITY)
    if (ended := _overdue(facts, today, figures)) and ended.state is State.TERMINATED:
        return ended
    if facts.leaving_since is not None:
        return _because(Cause.LEAVING, State.SUSPENDED, facts.leaving_since, Lift.WITHDRAW)
    if ended is not None:
        return ended
    if facts.data_since is not None:
        return _because(Cause.DATA, State.SUSPENDED, facts.data_since, Lift.PROVIDER)
    if facts.available_fen <= 0:
        since = facts.limit_reached_on or today
        lifting = 1 - facts.available_fen
        return _because(Cause.CREDIT_LIMIT, State.RESTRICTED, since, Lift.PAY, Lift.RAISE_LIMIT, fen=lifting)
    return Standing()


def _overdue(facts: Facts, today: date, figures: Figures) -> Standing | None:
    """Suspended or terminated for what is overdue; None where nothing has been for so long."""
    late = [(consequences(debt.due_on, figures), debt.open_fen()) for debt in facts.debts if debt.open_fen() > 0]
    late = [(when, fen) for when, fen in late if when.suspended_from <= today]
    if not late:
        return None
    ended = min(when.terminated_from for when, _ in late)
    if ended <= today:
        return _because(Cause.OVERDUE, State.TERMINATED, ended)
    since = min(when.suspended_from for when, _ in late)
    return _because(Cause.OVERDUE, State.SUSPENDED, since, Lift.PAY, fen=sum(fen for _, fen in late))


def _because(cause: Cause, state: State, since: date, *lifted_by: Lift, fen: int = 0) -> Standing:
    return Standing(state, cause, CLAUSES[cause], since, lifted_by, fen)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a state lets through. Free numbers are always possible, in every state (clause 9)."""

    charged: bool
    """Calls out that cost something."""
    uncharged: bool
    """Calls out at a price of 0."""
    incoming: bool


_ALL = Allowed(charged=True, uncharged=True, incoming=True)
_PART = Allowed(charged=False, uncharged=True, incoming=True)
_NONE = Allowed(charged=False, uncharged=False, incoming=False)


def allowed(customer: Standing, block: Block) -> Allowed:
    """What a customer may do: everything; what costs nothing (clause 9, "part"); nothing but free numbers."""
    if customer.state is State.ACTIVE:
        return _ALL
    return _PART if customer.state is State.RESTRICTED and block is Block.PART else _NONE


def refusal(customer: Standing, rate: Rate, block: Block) -> Cause | None:
    """Why a call out may not begin, or None where it may: its cause names the clause (`CLAUSES`)."""
    may = allowed(customer, block)
    if rate.free or (may.charged if rate.price_e4_yuan else may.uncharged):
        return None
    return customer.cause
