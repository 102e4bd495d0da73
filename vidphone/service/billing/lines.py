"""What is to stand on customers' bills: rent, calls, orders, adjustments, late fees (clauses 2 and 5).

Each is asked for all customers of a chunk at once: a statement for each customer would take most of the time.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection, func, insert, select, update

from vidphone.service.outages.book import excused_of
from vidphone.service.store.standings import withheld_days
from vidphone.service.store.subscriptions import Subscription, subscriptions_of
from vidphone.service.store.tables_billing import allocations, bills, late_fees
from vidphone.service.store.tables_ledger import call_charges, charges
from vidphone.terms.bills import LineKind, Period, rent_days, rent_fen
from vidphone.terms.calendar import Span
from vidphone.terms.late_fee import Debt, Paid, late_fee_between
from vidphone.terms.orders import Words
from vidphone.texts import Language, text


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom to bill, and for which days of the period."""

    account: int
    number: str
    first: date
    last: date
    part: int = 0
    """0: the month's bill; else a final statement."""
    rent: bool = True
    """False once the final statement is made: only late fees come after it."""

    @property
    def has_days(self) -> bool:
        """Whether rent runs on any day of it."""
        return self.rent and self.first <= self.last


@dataclass(frozen=True, slots=True)
class BillLine:
    """A line as it is kept. `count` are calls, or days, 0 of a corrected late fee; `seconds` charged ones.

    `posted`: its money moved when it was charged.
    """

    kind: LineKind
    words: Words
    first: date
    last: date
    amount_fen: int
    count: int = 1
    seconds: int = 0
    posted: bool = False


Lines = dict[int, list[BillLine]]


def of(words: Words, language: Language) -> str:
    """The words of a language."""
    return words.zh if language is Language.CHINESE else words.en


def in_both(key: str, **places: Words | str) -> Words:
    """A text in both languages, its places filled with the words of that language."""

    def told(language: Language) -> str:
        chosen = {
            name: (value if isinstance(value, str) else getattr(value, language.value))
            for name, value in places.items()
        }
        return text(key, language, **chosen)

    return Words(told(Language.CHINESE), told(Language.ENGLISH))


def rent_lines(connection: Connection, subjects: Sequence[Subject], period: Period) -> Lines:
    """The rent of each plan that a customer had in the period, for its days."""
    ids = [one.account for one in subjects]
    plans, withheld = subscriptions_of(connection, ids), withheld_days(connection, ids)
    found: Lines = {}
    for one in subjects:
        known = plans.get(one.account, []) if one.rent else []
        for at, subscription in enumerate(known):
            ends = known[at + 1].plan_from - timedelta(days=1) if at + 1 < len(known) else None
            if line := _rent_line(one, subscription, ends, period, withheld.get(one.account, [])):
                found.setdefault(one.account, []).append(line)
    return found


def _rent_line(
    subject: Subject, subscription: Subscription, ends: date | None, period: Period, withheld: Collection[Span]
) -> BillLine | None:
    first = max(subject.first, subscription.plan_from, period.first)
    last = min(subject.last, ends or subject.last, period.last)
    if last < first:
        return None
    days = rent_days(period, first, last, withheld)
    amount = rent_fen(subscription.plan.monthly_rent_fen, period, days)
    return BillLine(LineKind.RENT, in_both("bill.line.rent", plan=subscription.plan.name), first, last, amount, days)


def call_lines(connection: Connection, accounts: Collection[int], before: float, span: Span) -> Lines:
    """Calls that were charged before that time and stand on no bill: one line for each destination and price."""
    at = call_charges.c
    each = (at.account_id, at.destination_zh, at.destination_en, at.video, at.price_e4_yuan)
    wanted = (
        select(*each, func.count().label("calls"), func.sum(at.billed_s).label("seconds"))
        .add_columns(func.sum(at.amount_fen).label("fen"))
        .where(at.account_id.in_(accounts), at.bill.is_(None), at.charged_at < before, at.billed_s > 0)
        .group_by(*each)
        .order_by(at.account_id, at.destination_zh, at.video, at.price_e4_yuan)
    )
    found: Lines = {}
    for row in connection.execute(wanted):
        key = "bill.line.video-calls" if row.video else "bill.line.voice-calls"
        words = in_both(key, destination=Words(row.destination_zh, row.destination_en))
        line = BillLine(LineKind.CALLS, words, span.first, span.last or span.first, row.fen, row.calls, row.seconds)
        found.setdefault(row.account_id, []).append(line)
    return found


def charge_lines(connection: Connection, accounts: Collection[int], before: float, span: Span) -> Lines:
    """Orders and adjustments that were made before that time and stand on no bill."""
    wanted = select(charges).where(charges.c.account_id.in_(accounts), charges.c.bill.is_(None), charges.c.at < before)
    found: Lines = {}
    for row in connection.execute(wanted.order_by(charges.c.id)):
        kind, words = LineKind(row.kind), Words(row.zh, row.en)
        count = 0 if kind is LineKind.LATE_FEE else 1
        line = BillLine(kind, words, span.first, span.last or span.first, row.amount_fen, count, posted=True)
        found.setdefault(row.account_id, []).append(line)
    return found


def late_fee_lines(connection: Connection, accounts: Collection[int], until: date, percent: Decimal) -> Lines:
    """The late fees of overdue bills up to a day, a line each; marks them as charged to that day."""
    owing = bills.c.account_id.in_(accounts) & bills.c.late_open & (bills.c.late_until < until.isoformat())
    overdue = connection.execute(select(bills).where(owing).order_by(bills.c.due_on)).all()
    if not overdue:
        return {}
    paid: dict[str, list[Paid]] = {}
    for row in connection.execute(select(allocations).where(allocations.c.bill.in_([row.number for row in overdue]))):
        paid.setdefault(row.bill, []).append(Paid(date.fromisoformat(row.on_day), row.principal_fen))
    excused = excused_of(connection, {row.account_id for row in overdue}, until)
    found: Lines = {}
    charged: list[dict[str, object]] = []
    for row in overdue:
        due, after = date.fromisoformat(row.due_on), date.fromisoformat(row.late_until)
        debt = Debt(due, row.total_fen - row.late_fen, tuple(paid.get(row.number, ())))
        fee = late_fee_between(debt, after, until, percent, excused[row.account_id])
        if fee:
            first = max(due, after) + timedelta(days=1)
            words = in_both("bill.line.late-fee", bill=row.number)
            line = BillLine(LineKind.LATE_FEE, words, first, until, fee, (until - first).days + 1)
            found.setdefault(row.account_id, []).append(line)
            days = {"after_day": max(due, after).isoformat(), "until_day": until.isoformat()}
            charged.append({"bill": row.number, "percent": str(percent), "amount_fen": fee, **days})
        marked = {"late_until": until.isoformat(), "late_open": debt.open_fen(until) > 0}
        connection.execute(update(bills).where(bills.c.number == row.number).values(marked))
    if charged:
        connection.execute(insert(late_fees), charged)
    return found
