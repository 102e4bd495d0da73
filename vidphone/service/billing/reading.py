"""Bills as they are read: by the customer, by staff, and as documents (clause 5)."""

from datetime import UTC, date, datetime

from sqlalchemy import Connection, Row, select

from vidphone.service.days import CHINA, provider_day
from vidphone.service.store.tables_billing import allocations, bill_lines, bills
from vidphone.service.store.tables_ledger import call_charges
from vidphone.terms.bills import LineKind
from vidphone.terms.orders import Words
from vidphone.wire.billing import Bill, BillDetail, BillLine, ItemisedCall, PaidPart

SHOWN = 240
"""Bills of a customer in one list: twenty years."""


def bills_of(connection: Connection, account: int, at: float) -> tuple[Bill, ...]:
    """A customer's bills, newest first."""
    mine = select(bills).where(bills.c.account_id == account)
    newest = mine.order_by(bills.c.made_on.desc(), bills.c.period.desc(), bills.c.part.desc()).limit(SHOWN)
    return tuple(_bill(row, at) for row in connection.execute(newest))


def bill_of(connection: Connection, account: int, number: str, at: float) -> BillDetail | None:
    """A bill with everything that stands on it; None where it is not the customer's."""
    row = connection.execute(select(bills).where(bills.c.number == number, bills.c.account_id == account)).one_or_none()
    if row is None:
        return None
    lines = select(bill_lines).where(bill_lines.c.bill == number).order_by(bill_lines.c.position)
    calls = (
        select(call_charges)
        .where(call_charges.c.account_id == account, call_charges.c.bill == number, call_charges.c.billed_s > 0)
        .order_by(call_charges.c.charged_at, call_charges.c.call)
    )
    paid = select(allocations).where(allocations.c.bill == number).order_by(allocations.c.id)
    return BillDetail(
        bill=_bill(row, at),
        lines=tuple(_line(line) for line in connection.execute(lines)),
        calls=tuple(_call(call) for call in connection.execute(calls)),
        payments=tuple(
            PaidPart(at=_begin(part.on_day), method=part.method, amount_fen=part.principal_fen + part.late_fen)
            for part in connection.execute(paid)
        ),
    )


def local(at: float) -> str:
    """A time of the provider's day as it is printed, to the second."""
    return datetime.fromtimestamp(at, UTC).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _begin(day: str) -> float:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), CHINA).timestamp()


def _bill(row: Row[tuple[object, ...]], at: float) -> Bill:
    due, left = date.fromisoformat(row.due_on), row.total_fen - row.paid_fen
    return Bill(
        number=row.number,
        begins_on=date.fromisoformat(row.from_day),
        ends_on=date.fromisoformat(row.to_day),
        issued_on=date.fromisoformat(row.made_on),
        due_on=due,
        total_fen=row.total_fen,
        paid_fen=row.paid_fen,
        open_fen=left,
        overdue=left > 0 and provider_day(at) > due,
        rehearsal=row.rehearsal,
        final=row.part > 0,
    )


def _line(row: Row[tuple[object, ...]]) -> BillLine:
    return BillLine(
        kind=LineKind(row.kind),
        words=Words(row.zh, row.en),
        quantity=row.count,
        seconds=row.seconds,
        amount_fen=row.amount_fen,
        begins_on=date.fromisoformat(row.from_day),
        ends_on=date.fromisoformat(row.to_day),
    )


def _call(row: Row[tuple[object, ...]]) -> ItemisedCall:
    return ItemisedCall(
        call=row.call,
        at=row.charged_at,
        number=row.number,
        video=row.video,
        destination=Words(row.destination_zh, row.destination_en),
        seconds=row.billed_s,
        price_e4_yuan=row.price_e4_yuan,
        amount_fen=row.amount_fen,
    )
