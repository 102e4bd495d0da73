"""Late fees that were billed before their days were marked as force majeure, or no longer are (clause 14)."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Row, insert, select

from vidphone.service.billing.lines import in_both
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import ChargeKind
from vidphone.service.outages.book import excused_of
from vidphone.service.store.tables_billing import allocations, bills, late_fees
from vidphone.terms.calendar import Span
from vidphone.terms.force_majeure import late_fee_correction_fen
from vidphone.terms.late_fee import Debt, Paid, late_fee_between

_Rows = Sequence[Row[tuple[object, ...]]]


def correct_late_fees(
    connection: Connection, some: Collection[int], ended: Collection[int], percent: Decimal, at: float
) -> list[int]:
    """Post for the next bill what late fees on earlier ones differ from what is owed; for whom anything was.

    Args:
        connection: A transaction that writes: the correction and what is kept of it come together, once.
        some: Customers.
        ended: Those of them whose agreement has ended.
        percent: Of fees that were charged before the percentage was kept with them.
        at: Now, UTC seconds since 1970.
    """
    of_theirs = select(late_fees).join(bills, bills.c.number == late_fees.c.bill).where(bills.c.account_id.in_(some))
    charged: dict[str, list[Row[tuple[object, ...]]]] = defaultdict(list)
    for row in connection.execute(of_theirs.order_by(late_fees.c.id)):
        charged[row.bill].append(row)
    if not charged:
        return []
    paid: dict[str, list[Paid]] = defaultdict(list)
    for row in connection.execute(select(allocations).where(allocations.c.bill.in_(list(charged)))):
        paid[row.bill].append(Paid(date.fromisoformat(row.on_day), row.principal_fen))
    until = max(date.fromisoformat(row.until_day) for rows in charged.values() for row in rows if row.until_day)
    late = connection.execute(select(bills).where(bills.c.number.in_(list(charged))).order_by(bills.c.number)).all()
    excused = excused_of(connection, {row.account_id for row in late}, until)
    changed = []
    for bill in late:
        debt = Debt(date.fromisoformat(bill.due_on), bill.total_fen - bill.late_fen, tuple(paid[bill.number]))
        rows = charged[bill.number]
        owed = _owed(rows, debt, percent, excused[bill.account_id])
        billed = sum(row.amount_fen for row in rows if row.until_day)
        corrected = sum(row.amount_fen for row in rows if not row.until_day)
        fen = late_fee_correction_fen(billed, corrected, owed, ended=bill.account_id in ended)
        if fen:
            _post(connection, bill.account_id, bill.number, fen, at)
            changed.append(bill.account_id)
    return changed


def _owed(rows: _Rows, debt: Debt, percent: Decimal, excused: Collection[Span]) -> int:
    return sum(
        late_fee_between(
            debt,
            date.fromisoformat(row.after_day),
            date.fromisoformat(row.until_day),
            Decimal(row.percent) if row.percent else percent,
            excused,
        )
        for row in rows
        if row.until_day
    )


def _post(connection: Connection, account: int, bill: str, fen: int, at: float) -> None:
    made = connection.execute(insert(late_fees).values(bill=bill, amount_fen=fen))
    (number,) = made.inserted_primary_key or (None,)
    words = in_both("outages.late-fee-back" if fen < 0 else "outages.late-fee-again", bill=bill)
    Ledger().charge(connection, account, ChargeKind.LATE_FEE, words, fen, f"late-fee:{number}", at)
