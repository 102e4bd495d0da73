"""The provider's work on bills: cash, standing, leaving, adjustments, runs (clauses 5, 6, 9, 10 and 11).

What staff do by hand is in the audit chain; money is in the ledger, once a receipt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Engine, Row, String, case, cast, exists, func, insert, select, update

from vidphone.service.audit.log import AuditLog
from vidphone.service.billing.changes import Changes
from vidphone.service.billing.leaving import Endings
from vidphone.service.billing.lines import in_both
from vidphone.service.billing.receipts import CASH, receive
from vidphone.service.billing.runner import Done, Runner
from vidphone.service.billing.standing import BY_CUSTOMER, refresh
from vidphone.service.billing.values import Conditions
from vidphone.service.days import provider_day
from vidphone.service.ledger import check
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import Balance, ChargeKind
from vidphone.service.office.reasons import Reasons
from vidphone.service.store.customers import account_id
from vidphone.service.store.engine import writing
from vidphone.service.store.standings import PAUSE_REFERENCE, standings_of, tell, withheld_days
from vidphone.service.store.subscriptions import plans_of
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_billing import bills, judicial_pauses, leavings, standings
from vidphone.service.store.tables_ledger import charges
from vidphone.terms.bills import Period, rent_days, rent_fen
from vidphone.terms.calendar import Span
from vidphone.terms.orders import Catalogue, Order, Words
from vidphone.terms.standing import Standing

RUN_AT_A_TIME = 200
"""Customers in one transaction of a run by hand."""


class NotPossible(Exception):
    """It cannot be done as things stand; the argument is the key of the text `admin.<key>`."""


@dataclass(frozen=True)
class BillOffice:
    """Blocking. Times are UTC seconds since 1970. All raise `UnknownNumber` for a number that nobody has.

    A `reason` is kept sealed beside the audit entry; on the command line the receipt or the file may be enough of one.
    """

    engine: Engine
    conditions: Conditions
    endings: Endings
    changes: Changes
    audit: AuditLog
    reasons: Reasons

    def take_cash(self, number: str, amount_fen: int, receipt: str, staff: str, at: float, *, reason: str = "") -> bool:
        """Cash over the counter; False where the receipt was entered before.

        Raises:
            PostingConflict: it was entered for another customer or amount.
        """
        with writing(self.engine) as connection:
            account = account_id(connection, number)
            new = receive(connection, account, amount_fen, f"cash:{receipt}", CASH, self.conditions, at)
            if new:
                details = {"receipt": receipt, "fen": str(amount_fen)}
                self._record(connection, "cash-received", staff, account, details, reason, at)
                self.endings.advance(connection, account, at)
        return new

    def balance(self, number: str) -> Balance:
        """How a customer stands in the ledger."""
        with self.engine.connect() as connection:
            return Ledger().balance(connection, account_id(connection, number))

    def account(self, number: str) -> int:
        """The id of a customer."""
        with self.engine.connect() as connection:
            return account_id(connection, number)

    def adjust(
        self, number: str, amount_fen: int, words: Words, reference: str, staff: str, at: float, *, reason: str = ""
    ) -> bool:
        """A charge or (below 0) a credit, with the words that stand on the next bill; once a reference.

        Once the agreement has ended, that bill is made at once.
        """
        with writing(self.engine) as connection:
            account = account_id(connection, number)
            known = f"adjust:{reference}"
            new = Ledger().charge(connection, account, ChargeKind.ADJUSTMENT, words, amount_fen, known, at)
            if new:
                details = {"reference": reference, "fen": str(amount_fen)}
                self._record(connection, "adjusted", staff, account, details, reason, at)
                tell(connection, (account,), at)
                self.endings.advance(connection, account, at)
        return new

    def pay_back(
        self, number: str, amount_fen: int, reference: str, staff: str, at: float, *, reason: str = ""
    ) -> bool:
        """What was paid in advance goes back to the customer, in cash; False where the receipt was entered before.

        Raises:
            NotPossible: so much was not paid in advance.
            PostingConflict: it was entered for another customer or amount.
        """
        with writing(self.engine) as connection:
            account = account_id(connection, number)
            try:
                new = Ledger().refund(connection, account, amount_fen, f"refund:{reference}", at, cash=True)
            except ValueError:
                raise NotPossible("refund.too-much") from None
            if new:
                details = {"reference": reference, "fen": str(amount_fen)}
                self._record(connection, "paid-back", staff, account, details, reason, at)
                owed = case((leavings.c.refund_fen > amount_fen, leavings.c.refund_fen - amount_fen), else_=0)
                connection.execute(update(leavings).where(leavings.c.account_id == account).values(refund_fen=owed))
        return new

    def standings(self) -> Sequence[tuple[str, Standing]]:
        """Everybody who is not active, by number."""
        wanted = select(accounts.c.id, accounts.c.number).join(standings, standings.c.account_id == accounts.c.id)
        by_number = wanted.where(standings.c.to_day.is_(None)).order_by(
            func.length(accounts.c.number), accounts.c.number
        )
        with self.engine.connect() as connection:
            rows = connection.execute(by_number).all()
            found = standings_of(connection, [row.id for row in rows])
        return [(row.number, found[row.id]) for row in rows]

    def pause(self, number: str, reference: str, staff: str, at: float, *, reason: str = "") -> None:
        """Pause the service because an authority demands it; the rent goes on (clause 10).

        Raises:
            NotPossible: it is paused.
        """
        with writing(self.engine) as connection:
            account = account_id(connection, number)
            if _pause(connection, account) is not None:
                raise NotPossible("standing.is-paused")
            row = {"account_id": account, "reference": reference, "from_day": provider_day(at).isoformat()}
            connection.execute(insert(judicial_pauses).values(row))
            self._record(connection, "judicial-paused", staff, account, {"file": reference}, reason, at)
            refresh(connection, (account,), self.conditions, at)

    def resume(self, number: str, staff: str, at: float, *, unfounded: bool = False, reason: str = "") -> None:
        """End the pause. Where it had no legal ground, its rent is paid back on the next bill (clause 10).

        Raises:
            NotPossible: it is not paused.
        """
        today = provider_day(at)
        with writing(self.engine) as connection:
            account = account_id(connection, number)
            held = _pause(connection, account)
            if held is None:
                raise NotPossible("standing.not-paused")
            this = update(judicial_pauses).where(judicial_pauses.c.id == held.id)
            connection.execute(this.values(to_day=today.isoformat()))
            refresh(connection, (account,), self.conditions, at)
            if unfounded:
                span = Span(date.fromisoformat(held.from_day), today)
                if back := _rent_of(connection, account, span, _without_rent(connection, account)):
                    words = in_both("bill.line.rent-back", first=held.from_day, last=today.isoformat())
                    kind, known = ChargeKind.ADJUSTMENT, f"{PAUSE_REFERENCE}{held.id}"
                    Ledger().charge(connection, account, kind, words, -back, known, at)
            self._record(connection, "judicial-resumed", staff, account, {}, reason, at)
            self.endings.advance(connection, account, at)

    def leavings(self) -> Sequence[Row[tuple[object, ...]]]:
        """All agreements that are ending or have ended."""
        with self.engine.connect() as connection:
            return connection.execute(select(leavings).order_by(leavings.c.asked_at)).all()

    def end(self, number: str, at: float, staff: str = "") -> Row[tuple[object, ...]]:
        """End an agreement as the customer asked, on paper or at the desk; how far it has come.

        Raises:
            NotPossible: there is none in force.
        """
        with writing(self.engine) as connection:
            account = account_id(connection, number)
            self.endings.ask(connection, account, BY_CUSTOMER, at, staff)
            found = connection.execute(select(leavings).where(leavings.c.account_id == account)).one_or_none()
            if found is None:
                raise NotPossible("leaving.no-agreement")
            return found

    def stay(self, number: str, at: float, staff: str = "") -> None:
        """Take a request to leave back.

        Raises:
            NotPossible: there is none, or it is too late.
        """
        with writing(self.engine) as connection:
            if not self.endings.withdraw(connection, account_id(connection, number), at, staff):
                raise NotPossible("leaving.not-asked")

    def change_plan(self, number: str, plan: str, catalogue: Catalogue, staff: str, at: float) -> tuple[Order, date]:
        """See `Changes.plan`; for customers on paper their first."""
        with writing(self.engine) as connection:
            return self.changes.plan(connection, account_id(connection, number), plan, catalogue, staff, at)

    def change_limit(self, number: str, limit_fen: int, catalogue: Catalogue, staff: str, at: float) -> Order | None:
        """See `Changes.limit`."""
        with writing(self.engine) as connection:
            return self.changes.limit(connection, account_id(connection, number), limit_fen, catalogue, staff, at)

    def run(self, at: float) -> Done:
        """Everything that is due by date, beside a running service or without one."""
        return Runner(self.engine, self.endings, RUN_AT_A_TIME).run(at)

    def faults(self) -> list[str]:
        """What in the ledger does not add up."""
        with self.engine.connect() as connection:
            return check.faults(connection)

    def _record(
        self,
        connection: Connection,
        kind: str,
        staff: str,
        account: int,
        details: Mapping[str, str],
        reason: str,
        at: float,
    ) -> None:
        why = self.reasons.keep(connection, kind, staff, account, reason, at)
        self.audit.append(connection, kind, staff, f"account:{account}", {**details, **why}, at)


def _pause(connection: Connection, account: int) -> Row[tuple[object, ...]] | None:
    mine = (judicial_pauses.c.account_id == account) & judicial_pauses.c.to_day.is_(None)
    return connection.execute(select(judicial_pauses).where(mine)).one_or_none()


def _without_rent(connection: Connection, account: int) -> list[Span]:
    """The days when the service was withheld, of pauses whose rent was paid back, and after the final statement."""
    paid_back = exists().where(charges.c.reference == PAUSE_REFERENCE + cast(judicial_pauses.c.id, String))
    wanted = select(judicial_pauses.c.from_day, judicial_pauses.c.to_day).where(
        judicial_pauses.c.account_id == account, paid_back
    )
    spans = [
        Span(date.fromisoformat(row.from_day), date.fromisoformat(row.to_day)) for row in connection.execute(wanted)
    ]
    final = select(bills.c.to_day).join(leavings, leavings.c.final_bill == bills.c.number)
    if stated := connection.scalar(final.where(leavings.c.account_id == account)):
        spans.append(Span(date.fromisoformat(stated) + timedelta(days=1)))
    return spans + withheld_days(connection, (account,)).get(account, [])


def _rent_of(connection: Connection, account: int, span: Span, without: Sequence[Span]) -> int:
    """The rent of a span of days but those without rent, each month's part rounded once."""
    last, total, period = span.last or span.first, 0, Period.of(span.first)
    while period.first <= last:
        plan = plans_of(connection, (account,), min(last, period.last)).get(account)
        if plan is not None:
            total += rent_fen(plan.monthly_rent_fen, period, rent_days(period, span.first, last, without))
        period = period.next()
    return total
