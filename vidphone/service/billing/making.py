"""Making bills: for many customers in one transaction, each whole or not at all (clause 5)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, insert, select, update

from vidphone.service.billing.lines import (
    BillLine,
    Lines,
    Subject,
    call_lines,
    charge_lines,
    late_fee_lines,
    rent_lines,
)
from vidphone.service.billing.receipts import CREDIT, PREPAID, spread
from vidphone.service.billing.values import Conditions
from vidphone.service.days import provider_day
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import BillRow
from vidphone.service.store.hints import hint
from vidphone.service.store.tables_billing import bill_lines, bills, subscriptions
from vidphone.service.store.tables_ledger import call_charges, charges
from vidphone.terms.bills import LineKind, Period, bill_number, due_on
from vidphone.terms.calendar import Span
from vidphone.wire.signaling import Topic

_call_billed = (
    update(call_charges)
    .where(
        call_charges.c.account_id == bindparam("of_account"),
        call_charges.c.bill.is_(None),
        call_charges.c.charged_at < bindparam("before"),
    )
    .values(bill=bindparam("on_bill"))
)
_charge_billed = (
    update(charges)
    .where(
        charges.c.account_id == bindparam("of_account"), charges.c.bill.is_(None), charges.c.at < bindparam("before")
    )
    .values(bill=bindparam("on_bill"))
)


@dataclass(frozen=True, slots=True)
class Made:
    """What a step has made."""

    bills: int = 0
    total_fen: int = 0


def make_bills(
    connection: Connection,
    subjects: Sequence[Subject],
    period: Period,
    before: float,
    conditions: Conditions,
    at: float,
) -> Made:
    """A bill for each of these customers who has anything to be billed, or a plan.

    Args:
        connection: The transaction; until it is committed there is none of them.
        subjects: Whom.
        period: The month that they are for.
        before: What was charged before that time stands on them.
        conditions: By what is billed.
        at: Now.
    """
    ids = [one.account for one in subjects]
    whole = Span(period.first, min(period.last, max(one.last for one in subjects)))
    rent = rent_lines(connection, subjects, period)
    calls = call_lines(connection, ids, before, whole)
    charged = charge_lines(connection, ids, before, whole)
    late = late_fee_lines(connection, ids, whole.last or period.last, conditions.figures.late_fee_percent)
    planned = set(connection.scalars(select(subscriptions.c.account_id).where(subscriptions.c.account_id.in_(ids))))
    prepaid = {account: one.prepaid for account, one in Ledger().balances(connection, ids).items()}
    made = [
        _Bill(one, period, _lines_of(one.account, rent, calls, charged, late), conditions, at)
        for one in subjects
        if one.part
        or (one.account in planned and one.rent and one.first <= one.last)
        or _any(one.account, calls, charged, late)
    ]
    if not made:
        return Made()
    connection.execute(insert(bills), [one.row() for one in made])
    if rows := [row for one in made for row in one.line_rows()]:
        connection.execute(insert(bill_lines), rows)
    Ledger().bill(connection, [one.ledger_row() for one in made], at)
    for statement, found in ((_call_billed, calls), (_charge_billed, charged)):
        marks = [
            {"of_account": one.subject.account, "before": before, "on_bill": one.number}
            for one in made
            if one.subject.account in found
        ]
        if marks:
            connection.execute(statement, marks)
    for one in made:
        if ahead := min(prepaid.get(one.subject.account, 0), one.total):
            method, amount = (PREPAID, ahead) if ahead > 0 else (CREDIT, -ahead)
            spread(connection, one.subject.account, amount, method, provider_day(at))
    hint(connection, [one.subject.number for one in made], Topic.STANDING, at)
    return Made(len(made), sum(one.total for one in made))


class _Bill:
    def __init__(
        self, subject: Subject, period: Period, lines: Sequence[BillLine], conditions: Conditions, at: float
    ) -> None:
        self.subject, self.period, self.lines = subject, period, lines
        self.number = bill_number(period, subject.number, final=subject.part > 0)
        if subject.part > 1:
            self.number += str(subject.part)
        self.total = sum(line.amount_fen for line in lines)
        self.late = sum(line.amount_fen for line in lines if line.kind is LineKind.LATE_FEE)
        self._conditions, self._made_on = conditions, provider_day(at)

    def row(self) -> dict[str, object]:
        """Of the bill. One whose total is below zero asks for nothing: what it gives back pays others."""
        made_on = self._made_on
        return {
            "number": self.number,
            "account_id": self.subject.account,
            "customer_number": self.subject.number,
            "period": self.period.name,
            "part": self.subject.part,
            "from_day": self.subject.first.isoformat(),
            "to_day": self.subject.last.isoformat(),
            "made_on": made_on.isoformat(),
            "due_on": due_on(made_on, self._conditions.settings.due_days).isoformat(),
            "total_fen": self.total,
            "late_fen": max(0, min(self.late, self.total)),
            "paid_fen": min(0, self.total),
            "paid_late_fen": 0,
            "late_until": made_on.isoformat(),
            "late_open": self.total > 0,
            "rehearsal": self._conditions.rehearsal,
        }

    def line_rows(self) -> list[dict[str, object]]:
        """Of its lines."""
        return [
            {
                "bill": self.number,
                "position": position,
                "kind": line.kind.value,
                "zh": line.words.zh,
                "en": line.words.en,
                "from_day": line.first.isoformat(),
                "to_day": line.last.isoformat(),
                "count": line.count,
                "seconds": line.seconds,
                "amount_fen": line.amount_fen,
            }
            for position, line in enumerate(self.lines, 1)
        ]

    def ledger_row(self) -> BillRow:
        """What moves in the ledger."""
        rent = sum(line.amount_fen for line in self.lines if line.kind is LineKind.RENT)
        late = sum(line.amount_fen for line in self.lines if line.kind is LineKind.LATE_FEE and not line.posted)
        return BillRow(self.subject.account, self.number, self.total - rent - late, rent, late)


def _lines_of(account: int, *found: Lines) -> list[BillLine]:
    return [line for lines in found for line in lines.get(account, ())]


def _any(account: int, *found: Lines) -> bool:
    return any(lines.get(account) for lines in found)
