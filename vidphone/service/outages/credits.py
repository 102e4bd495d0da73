"""What interruptions earn, posted by itself for the next bill, each fen once (clauses 13 and 14)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, insert, select, update

from vidphone.service.billing.lines import in_both
from vidphone.service.days import CHINA, provider_day, utc
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import ChargeKind
from vidphone.service.outages.book import FIRST, outages_of
from vidphone.service.store.engine import writing
from vidphone.service.store.hints import hint
from vidphone.service.store.standings import tell, withheld_days
from vidphone.service.store.subscriptions import Subscription, at_day, subscriptions_of
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_billing import leavings
from vidphone.service.store.tables_outages import outage_accounts, outage_credits, outages
from vidphone.terms.calendar import Span
from vidphone.terms.figures import Figures
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
        changed = []
        for account in some:
            rent = _rent(plans.get(account, []), withheld.get(account, []), left.get(account))
            now = interruptions(known[account], utc(at))
            for one in (*now, *_vanished(given.get(account, []), now)):
                if self._settle_one(connection, account, one, rent, given.get(account, []), at):
                    changed.append(account)
        return changed

    def _settle_one(
        self,
        connection: Connection,
        account: int,
        interruption: Interruption,
        rent: Callable[[date], int],
        given: Sequence["_Given"],
        at: float,
    ) -> bool:
        """Post what is missing to what an interruption earns; one that goes on earns nothing yet."""
        began, ended = interruption.began.timestamp(), interruption.ended.timestamp()
        if ended >= at:
            return False
        inside = [one for one in given if began < one.ended_at and one.began_at < ended]
        wanted = credit_fen(interruption, rent, CHINA, self.figures.outage_hours)
        missing = wanted - sum(one.amount_fen for one in inside)
        if missing == 0:
            return False
        row = {"account_id": account, "began_at": began, "ended_at": ended, "amount_fen": missing, "at": at}
        made = connection.execute(insert(outage_credits).values(row))
        (number,) = made.inserted_primary_key or (None,)
        first, last = (moment.astimezone(CHINA) for moment in (interruption.began, interruption.ended))
        words = in_both("outages.credit", began=f"{first:%Y-%m-%d %H:%M}", ended=f"{last:%Y-%m-%d %H:%M}")
        Ledger().charge(connection, account, ChargeKind.OUTAGE, words, -missing, f"outage-credit:{number}", at)
        return True


@dataclass(frozen=True, slots=True)
class _Given:
    began_at: float
    ended_at: float
    amount_fen: int


def _given(connection: Connection, some: Collection[int]) -> dict[int, list[_Given]]:
    found: dict[int, list[_Given]] = {}
    for row in connection.execute(select(outage_credits).where(outage_credits.c.account_id.in_(some))):
        found.setdefault(row.account_id, []).append(_Given(row.began_at, row.ended_at, row.amount_fen))
    return found


def _vanished(given: Sequence[_Given], now: Sequence[Interruption]) -> list[Interruption]:
    """Interruptions that something was given for and that are none any more: an outage was withdrawn."""
    gone: dict[tuple[float, float], Interruption] = {}
    for one in given:
        began, ended = utc(one.began_at), utc(one.ended_at)
        if not any(began < there.ended and there.began < ended for there in now):
            gone[one.began_at, one.ended_at] = Interruption(began, ended, ((began, ended),))  # earns nothing
    return list(gone.values())


def _left(connection: Connection, some: Collection[int]) -> dict[int, date]:
    """The days on which customers asked to leave: the last for which they pay rent."""
    rows = connection.execute(select(leavings.c.account_id, leavings.c.asked_at).where(leavings.c.account_id.in_(some)))
    return {row.account_id: provider_day(row.asked_at) for row in rows}


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
