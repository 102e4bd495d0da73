"""Money that came in, and the bills it pays: the oldest first; what is left over is paid in advance (clause 5)."""

from datetime import date

from sqlalchemy import Connection, case, insert, select, update

from vidphone.service.billing.standing import refresh
from vidphone.service.billing.values import Conditions
from vidphone.service.days import provider_day
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.store.standings import tell
from vidphone.service.store.tables_billing import allocations, bills
from vidphone.terms.bills import OpenBill, allocate

CASH = "cash"
PREPAID = "prepaid"
CREDIT = "credit"


def receive(
    connection: Connection,
    account: int,
    amount_fen: int,
    reference: str,
    method: str,
    conditions: Conditions,
    at: float,
) -> bool:
    """A payment, whose effect is whole at once: ledger, bills, standing. False: that reference was there before."""
    if not Ledger().pay(connection, account, amount_fen, f"pay:{reference}", at, cash=method == CASH):
        return False
    spread(connection, account, amount_fen, method, provider_day(at))
    refresh(connection, (account,), conditions, at)
    tell(connection, (account,), at)
    return True


def spread(connection: Connection, account: int, amount_fen: int, method: str, on: date) -> None:
    """Lay an amount on the open bills of a customer."""
    wanted = select(bills).where(bills.c.account_id == account, bills.c.paid_fen < bills.c.total_fen)
    found = [
        OpenBill(
            row.number,
            date.fromisoformat(row.due_on),
            row.total_fen - row.late_fen - (row.paid_fen - row.paid_late_fen),
            row.late_fen - row.paid_late_fen,
        )
        for row in connection.execute(wanted)
    ]
    for part in allocate(amount_fen, found).parts:
        whole = part.principal_fen + part.late_fee_fen
        if not whole:
            continue
        row = {"principal_fen": part.principal_fen, "late_fen": part.late_fee_fen}
        connection.execute(insert(allocations).values(bill=part.bill, on_day=on.isoformat(), method=method, **row))
        paid = bills.c.paid_fen + whole
        in_time = (paid == bills.c.total_fen) & (bills.c.due_on >= on.isoformat())
        connection.execute(
            update(bills)
            .where(bills.c.number == part.bill)
            .values(
                paid_fen=paid,
                paid_late_fen=bills.c.paid_late_fen + part.late_fee_fen,
                late_open=case((in_time, False), else_=bills.c.late_open),
            )
        )
