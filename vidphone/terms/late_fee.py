"""The late fee: 0.3 % of what is overdue for each day (clause 5). A late fee bears none itself.

A day counts with what was open as it began: who pays on the first day after the due day is one day late.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from vidphone.terms.calendar import Span, days_within
from vidphone.terms.money import round_half_up

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Paid:
    """A part of a debt that was paid on a day."""

    on: date
    fen: int


@dataclass(frozen=True, slots=True)
class Debt:
    """What one bill asks for beside its late fees, and what was paid of it."""

    due_on: date
    fen: int
    paid: tuple[Paid, ...] = ()

    def open_fen(self, on: date | None = None) -> int:
        """What was open at the end of a day; without a day, what is open after every payment."""
        return max(self.fen - sum(part.fen for part in self.paid if on is None or part.on <= on), 0)


def late_fee_fen(debt: Debt, until: date, percent: Decimal, excused: Iterable[Span] = ()) -> int:
    """The late fee from the first day after the due day up to `until`, both counted, rounded once.

    Args:
        debt: Of one bill.
        until: The last day that counts.
        percent: Of what is open, for each day (`Figures.late_fee_percent`).
        excused: Days for which there is none: an outage by force majeure (clause 14).
    """
    numerator, denominator = percent.as_integer_ratio()
    return round_half_up(_fen_days(debt, until, tuple(excused)) * numerator, denominator * _PERCENT)


def late_fee_between(debt: Debt, after: date, until: date, percent: Decimal, excused: Iterable[Span] = ()) -> int:
    """The late fee of the days after `after` up to `until`: the line of one month.

    Lines that follow on each other add up to the fee of the whole time to the fen, however it is divided.
    """
    spans = tuple(excused)
    return late_fee_fen(debt, until, percent, spans) - late_fee_fen(debt, after, percent, spans)


def _fen_days(debt: Debt, until: date, excused: tuple[Span, ...]) -> int:
    """The sum of what was open as each overdue day began."""
    first = debt.due_on + timedelta(1)
    changes = sorted({first, *(part.on + timedelta(1) for part in debt.paid if first <= part.on < until)})
    total = 0
    for begin, following in zip(changes, [*changes[1:], until + timedelta(1)], strict=True):
        last = following - timedelta(1)
        if begin <= last:
            days = (last - begin).days + 1 - days_within(begin, last, excused)
            total += debt.open_fen(begin - timedelta(1)) * days
    return total
