"""Lists over all customers, a page at a time: by keys, so that the last page takes as long as the first. Blocking."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Engine, func, select, tuple_

from vidphone.service.ledger.values import Kind
from vidphone.service.store.standings import standings_of
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import reviews
from vidphone.service.store.tables_billing import bills, standings
from vidphone.service.store.tables_cases import cases
from vidphone.service.store.tables_ledger import transfers
from vidphone.terms.cases import CaseState
from vidphone.terms.standing import Standing
from vidphone.wire.sign_up import ReviewState

PAID = (Kind.PAYMENT.value, Kind.REFUND.value)


@dataclass(frozen=True, slots=True)
class OpenBillRow:
    """A bill that is not paid in full."""

    number: str
    customer: str
    due_on: date
    total_fen: int
    open_fen: int


@dataclass(frozen=True, slots=True)
class Movement:
    """Money of one customer that moved. `at`: UTC seconds since 1970."""

    id: int
    at: float
    kind: str
    reference: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Tasks:
    """What waits for somebody."""

    reviews: int
    """Not looked at yet, or with a copy that was sent."""
    open_bills: int
    overdue_bills: int
    not_active: int
    open_cases: int
    """With the provider: somebody waits for an answer."""
    late_cases: int


@dataclass(frozen=True)
class Lists:
    """See the module."""

    engine: Engine

    def open_bills(self, after: tuple[str, str] | None, limit: int) -> Sequence[OpenBillRow]:
        """Those due the longest first; `after` is day and number of the last one before."""
        wanted = select(bills).where(bills.c.paid_fen < bills.c.total_fen)
        if after is not None:
            wanted = wanted.where(tuple_(bills.c.due_on, bills.c.number) > after)
        with self.engine.connect() as connection:
            rows = connection.execute(wanted.order_by(bills.c.due_on, bills.c.number).limit(limit)).all()
        return [
            OpenBillRow(
                row.number,
                row.customer_number,
                date.fromisoformat(row.due_on),
                row.total_fen,
                row.total_fen - row.paid_fen,
            )
            for row in rows
        ]

    def not_active(self, after: str, limit: int) -> Sequence[tuple[str, Standing]]:
        """Customers whose service is not simply active, by number."""
        wanted = (
            select(accounts.c.id, accounts.c.number)
            .join(standings, standings.c.account_id == accounts.c.id)
            .where(standings.c.to_day.is_(None), accounts.c.number > (after or "/"))
        )
        with self.engine.connect() as connection:
            rows = connection.execute(wanted.order_by(accounts.c.number).limit(limit)).all()
            found = standings_of(connection, [row.id for row in rows])
        return [(row.number, found[row.id]) for row in rows]

    def payments(self, account: int, before: int | None, limit: int) -> Sequence[Movement]:
        """What a customer paid, or was paid back, newest first."""
        mine = select(transfers).where(transfers.c.account_id == account, transfers.c.kind.in_(PAID))
        if before is not None:
            mine = mine.where(transfers.c.id < before)
        with self.engine.connect() as connection:
            rows = connection.execute(mine.order_by(transfers.c.id.desc()).limit(limit)).all()
        return [Movement(row.id, row.at, row.kind, row.reference, row.amount_fen) for row in rows]

    def tasks(self, today: date) -> Tasks:
        """How much of what waits."""
        waiting = (ReviewState.PENDING, ReviewState.COPY_SENT)
        unpaid = bills.c.paid_fen < bills.c.total_fen
        with self.engine.connect() as connection:

            def count(*where: ColumnElement[bool]) -> int:
                return int(connection.execute(select(func.count()).where(*where)).scalar_one())

            return Tasks(
                count(reviews.c.state.in_(waiting)),
                count(unpaid),
                count(unpaid, bills.c.due_on < today.isoformat()),
                count(standings.c.to_day.is_(None)),
                count(cases.c.state == CaseState.OPEN.value),
                count(cases.c.state == CaseState.OPEN.value, cases.c.due < today.isoformat()),
            )

    def numbers(self, of: Collection[int]) -> Mapping[int, str]:
        """The numbers of customers by the ids of their accounts; those who are there."""
        wanted = select(accounts.c.id, accounts.c.number).where(accounts.c.id.in_(list(of)))
        with self.engine.connect() as connection:
            return {row.id: row.number for row in connection.execute(wanted)}
