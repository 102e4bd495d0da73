"""What interruptions earn, posted by itself for the next bill, each fen once (clauses 13 and 14)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine, insert, select, update

from vidphone.service.billing.lines import in_both
from vidphone.service.billing.standing import ENDED
from vidphone.service.days import CHINA, provider_day, utc
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import ChargeKind
from vidphone.service.outages.book import FIRST, outages_of
from vidphone.service.outages.late_fees import correct_late_fees
from vidphone.service.store.engine import writing
from vidphone.service.store.hints import hint
from vidphone.service.store.standings import tell, withheld_days
from vidphone.service.store.subscriptions import Subscription, at_day, subscriptions_of
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_billing import leavings
from vidphone.service.store.tables_outages import outage_accounts, outage_credits, outages
from vidphone.terms.calendar import Span
from vidphone.terms.figures import Figures
from vidphone.terms.force_majeure import credit_correction_fen
from vidphone.terms.outages import Interruption, credit_fen, interruptions
from vidphone.wire.signaling import Topic

AT_A_TIME = 100
"""Customers in one transaction beside a running service."""


@dataclass(frozen=True, slots=True)
class Credits:
    """Settles outages that are over, some customers at a time. Any process may, and may be killed. Blocking."""

    engine: Engine
    figures: Figures
    at_a_time: int = AT_A_TIME

    def step(self, at: float) -> bool:
        """The next customers of an outage that is over; False once nothing is left for now."""
        over = outages.c.ended_at.is_not(None) | outages.c.withdrawn_at.is_not(None)
        unsettled = select(outages.c.id).where(outages.c.settled_to.is_not(None), over)
        due = unsettled.order_by(outages.c.began_at, outages.c.id).limit(1)
        with self.engine.connect() as connection:
            if connection.scalar(due) is None:
                return False
        with writing(self.engine) as connection:
            if (outage := connection.scalar(due)) is not None:
                self._settle(connection, outage, at)
        return True

    def run(self, at: float) -> None:
        """Everything that is due."""
        while self.step(at):
            pass

    def _settle(self, connection: Connection, outage: str, at: float) -> None:
        row = connection.execute(select(outages).where(outages.c.id == outage)).one()
        wanted = select(accounts.c.id).where(accounts.c.id > (row.settled_to or FIRST))
        if not row.everyone:
            wanted = wanted.join(outage_accounts, outage_accounts.c.account_id == accounts.c.id).where(
                outage_accounts.c.outage_id == outage
            )
        some = connection.scalars(wanted.order_by(accounts.c.id).limit(self.at_a_time)).all()
        changed = self._credit(connection, some, at)
        done = len(some) < self.at_a_time
        settled = {"settled_to": None if done else some[-1]}
        connection.execute(update(outages).where(outages.c.id == outage).values(settled))
        tell(connection, changed, at)
        numbers = connection.scalars(select(accounts.c.number).where(accounts.c.id.in_(changed))).all()
        if numbers:
            hint(connection, numbers, Topic.OUTAGES, at)

    def _credit(self, connection: Connection, some: Sequence[int], at: float) -> list[int]:
        known, plans = outages_of(connection, some), subscriptions_of(connection, some)
        withheld, given, left = withheld_days(connection, some), _given(connection, some), _left(connection, some)
        ended, changed = _ended(connection, some), []
        for account in some:
            rent = _rent(plans.get(account, []), withheld.get(account, []), left.get(account))
            left_over = list(given.get(account, []))
            found = []
            for one in interruptions(known[account], utc(at)):
                here = [row for row in left_over if row.touches(one)]
                left_over = [row for row in left_over if row not in here]
                if not any(outage.ended is None and outage.began <= one.ended for outage in known[account]):
                    wanted = credit_fen(one, rent, CHINA, self.figures.outage_hours)
                    found.append((one.began, one.ended, sum(row.amount_fen for row in here), wanted))
            if left_over:  # outages were withdrawn
                began, over = min(row.began for row in left_over), max(row.ended for row in left_over)
                found.append((began, over, sum(row.amount_fen for row in left_over), 0))
            if account in ended and found:  # what moves from one to another moves no money
                firsts, lasts, given_fen, earned_fen = zip(*found, strict=True)
                found = [(min(firsts), max(lasts), sum(given_fen), sum(earned_fen))]
            for began, over, had, earned in found:
                if fen := credit_correction_fen(had, earned, ended=account in ended):
                    _post(connection, account, began, over, fen, at)
                    changed.append(account)
        return [*changed, *correct_late_fees(connection, some, ended, self.figures.late_fee_percent, at)]


def _post(connection: Connection, account: int, began: datetime, ended: datetime, fen: int, at: float) -> None:
    row = {"began_at": began.timestamp(), "ended_at": ended.timestamp(), "amount_fen": fen, "at": at}
    made = connection.execute(insert(outage_credits).values(account_id=account, **row))
    (number,) = made.inserted_primary_key or (None,)
    first, last = began.astimezone(CHINA), ended.astimezone(CHINA)
    words = in_both("outages.credit", began=f"{first:%Y-%m-%d %H:%M}", ended=f"{last:%Y-%m-%d %H:%M}")
    Ledger().charge(connection, account, ChargeKind.OUTAGE, words, -fen, f"outage-credit:{number}", at)


@dataclass(frozen=True, slots=True)
class _Given:
    began: datetime
    ended: datetime
    amount_fen: int

    def touches(self, interruption: Interruption) -> bool:
        """Whether it counts for an interruption: for the first one that it overlaps, and for no other."""
        return self.began < interruption.ended and interruption.began < self.ended


def _given(connection: Connection, some: Collection[int]) -> dict[int, list[_Given]]:
    found: dict[int, list[_Given]] = {}
    wanted = select(outage_credits).where(outage_credits.c.account_id.in_(some)).order_by(outage_credits.c.id)
    for row in connection.execute(wanted):
        found.setdefault(row.account_id, []).append(_Given(utc(row.began_at), utc(row.ended_at), row.amount_fen))
    return found


def _left(connection: Connection, some: Collection[int]) -> dict[int, date]:
    """The days on which customers asked to leave: the last for which they pay rent."""
    rows = connection.execute(select(leavings.c.account_id, leavings.c.asked_at).where(leavings.c.account_id.in_(some)))
    return {row.account_id: provider_day(row.asked_at) for row in rows}


def _ended(connection: Connection, some: Collection[int]) -> set[int]:
    wanted = select(leavings.c.account_id).where(leavings.c.account_id.in_(some), leavings.c.state == ENDED)
    return set(connection.scalars(wanted))


def _rent(known: Sequence[Subscription], withheld: Sequence[Span], left: date | None) -> Callable[[date], int]:
    """The monthly rent that holds on a day, in fen; 0 where none runs."""

    def rent(day: date) -> int:
        if left is not None and day > left:
            return 0
        if any(span.first <= day and (span.last is None or day <= span.last) for span in withheld):
            return 0
        plan = at_day(known, day)
        return plan.plan.monthly_rent_fen if plan else 0

    return rent
