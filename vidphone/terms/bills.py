"""Bills: months, rent, lines, the due day, and what a payment pays (clauses 5, 10 and 11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from vidphone.terms.calendar import Span, add_months, days_within
from vidphone.terms.money import round_half_up

PAYMENT_DAYS = 15
"""From the day of a bill to its due day, where the operator sets no other time."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month in the provider's time zone: what one bill is for."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "Period":
        """The month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def named(cls, name: str) -> "Period":
        """The month of a name such as `2026-08`.

        Raises:
            ValueError: it names none.
        """
        return cls.of(date.fromisoformat(f"{name}-01"))

    @property
    def name(self) -> str:
        """Year and month: `2026-08`."""
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return add_months(self.first, 1) - timedelta(1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.last.day

    def next(self) -> "Period":
        """The month after it."""
        return Period.of(add_months(self.first, 1))

    def previous(self) -> "Period":
        """The month before it."""
        return Period.of(add_months(self.first, -1))

    def bounds(self, zone: tzinfo) -> tuple[float, float]:
        """Its beginning and the beginning of the month after it, in seconds since 1970."""
        begin, end = (datetime.combine(day, time(), zone) for day in (self.first, self.next().first))
        return begin.timestamp(), end.timestamp()


def local_day(at: float, zone: tzinfo) -> date:
    """The provider's day of a moment, given in seconds since 1970."""
    return datetime.fromtimestamp(at, zone).date()


class LineKind(StrEnum):
    """What a line of a bill is for. A line is rounded once to the fen; below 0 it is a credit."""

    RENT = "rent"
    CALLS = "calls"
    ORDER = "order"
    LATE_FEE = "late-fee"
    ADJUSTMENT = "adjustment"
    OUTAGE = "outage"


def rent_days(period: Period, begun: date, ended: date | None = None, withheld: Iterable[Span] = ()) -> int:
    """The days of a month on which rent runs.

    Args:
        period: The month.
        begun: The first day of the agreement or of the plan.
        ended: Its last day.
        withheld: Days on which the provider withheld the whole service (clauses 1, 5, 11). A judicial suspension is
            not one of them: the monthly rent goes on (clause 10).
    """
    first, last = max(period.first, begun), min(period.last, ended or period.last)
    if last < first:
        return 0
    return (last - first).days + 1 - days_within(first, last, withheld)


def rent_fen(monthly_fen: int, period: Period, days: int) -> int:
    """The rent of so many days of a month: their part of the monthly rent, rounded once.

    Raises:
        ValueError: the month has not so many days.
    """
    if not 0 <= days <= period.days:
        raise ValueError(days)
    return round_half_up(monthly_fen * days, period.days)


def bill_number(period: Period, customer_number: str, *, final: bool = False) -> str:
    """The number of a customer's bill of a month, `202608-2001`; of the statement at leaving, `202608-2001-F`."""
    return f"{period.year:04d}{period.month:02d}-{customer_number}{'-F' if final else ''}"


def due_on(issued_on: date, days: int = PAYMENT_DAYS) -> date:
    """The last day on which a bill is paid in time.

    Raises:
        ValueError: less than a day to pay.
    """
    if days < 1:
        raise ValueError(days)
    return issued_on + timedelta(days)


@dataclass(frozen=True, slots=True)
class OpenBill:
    """What is still open of a bill, its late fees apart: they bear none."""

    number: str
    due_on: date
    principal_fen: int
    """Below 0 where its credits are more than its other lines: they then pay of its late fees."""
    late_fee_fen: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment pays one bill."""

    bill: str
    principal_fen: int
    late_fee_fen: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a payment pays; what is left of it is prepaid, and the next bill takes from that."""

    parts: tuple[Part, ...]
    left_fen: int


def allocate(amount_fen: int, open_bills: Iterable[OpenBill]) -> Allocation:
    """Divide a payment, or what is prepaid: the oldest bill first, within it what bears a late fee first (clause 5).

    Raises:
        ValueError: an amount below 0, or a bill with less than nothing open.
    """
    if amount_fen < 0:
        raise ValueError(amount_fen)
    parts, left = [], amount_fen
    for bill in sorted(open_bills, key=lambda bill: (bill.due_on, bill.number)):
        credit = min(bill.principal_fen, 0)
        if bill.late_fee_fen + credit < 0:
            raise ValueError(bill.number)
        principal = min(left, bill.principal_fen - credit)
        late_fee = min(left - principal, bill.late_fee_fen + credit)
        left -= principal + late_fee
        if principal or late_fee:
            parts.append(Part(bill.number, principal, late_fee))
    return Allocation(tuple(parts), left)
